// Package openlit runs calls through OpenLIT against the built collector.
package openlit

import (
	"testing"

	"github.com/otelcol-llm/otelcol-llm/tests/clients/clienttest"
)

// OpenLIT counts the first output token of a streamed answer of Anthropic's
// twice: 81 × 5 in place of 80 × 5. The cost that it works out by itself, from the
// prices that app.mjs gives it, ignores the cache and is replaced.
func TestTokensAndDollars(t *testing.T) {
	clienttest.Run(t, clienttest.Want{
		Requests: map[string]int{"openai": 3, "anthropic": 2, "embeddings": 1},
		Priced: []clienttest.Call{
			clienttest.Ask, clienttest.Answer, clienttest.Stream, clienttest.ValidateFiveMinutes, clienttest.Embed,
			{Model: "claude-haiku-4-5-20251001", Input: 2850, CacheRead: 1800, CacheWrite: 600, Output: 81, Cost: 1785},
		},
		Session: true,
	})
}
