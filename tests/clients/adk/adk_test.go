// Package adk runs an agent of Google ADK against the built collector.
package adk

import (
	"testing"

	"github.com/otelcol-llm/otelcol-llm/tests/clients/clienttest"
)

// The SDK's output leaves Gemini's thoughts out: 488 × 0.30 + 512 × 0.03 +
// 500 × 2.50 = 146.4 + 15.36 + 1,250.
func TestTokensAndDollars(t *testing.T) {
	clienttest.Run(t, clienttest.Want{
		Requests: map[string]int{"google": 1},
		Priced:   []clienttest.Call{{Model: "gemini-2.5-flash", Input: 1000, CacheRead: 512, Output: 500, Cost: 1411.76}},
		Session:  true,
	})
}
