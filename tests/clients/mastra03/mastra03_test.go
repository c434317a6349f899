// Package mastra03 runs a Mastra application with @mastra/otel-exporter 0.3 against the built collector.
package mastra03

import (
	"testing"

	"github.com/otelcol-llm/otelcol-llm/tests/clients/clienttest"
)

// As in 1.3, and what was written to the cache is lost: 450 × 1 + 1,800 × 0.10 +
// 80 × 5.
func TestTokensAndDollars(t *testing.T) {
	clienttest.Run(t, clienttest.Want{
		Requests: map[string]int{"openai": 2, "anthropic": 1},
		Priced: []clienttest.Call{
			{Model: "gpt-4o-mini", Input: 2626, CacheRead: 2176, Output: 160, Cost: 326.7},
			{Model: "claude-haiku-4-5", Input: 2250, CacheRead: 1800, Output: 80, Cost: 1030},
		},
		Session: true,
	})
}
