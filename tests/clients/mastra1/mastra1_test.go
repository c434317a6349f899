// Package mastra1 runs a Mastra application with @mastra/otel-exporter 1.3 against the built collector.
package mastra1

import (
	"testing"

	"github.com/otelcol-llm/otelcol-llm/tests/clients/clienttest"
)

// Usage stands on generations, which sum up the requests of an agent: 450 × 0.15 +
// 2,176 × 0.075 + 160 × 0.60 = 67.5 + 163.2 + 96.
func TestTokensAndDollars(t *testing.T) {
	clienttest.Run(t, clienttest.Want{
		Requests: map[string]int{"openai": 2, "anthropic": 1},
		Priced: []clienttest.Call{
			{Model: "gpt-4o-mini-2024-07-18", Input: 2626, CacheRead: 2176, Output: 160, Cost: 326.7}, clienttest.ValidateFiveMinutes,
		},
		Session: true,
	})
}
