// Package aisdk4 runs calls through the Vercel AI SDK 4 against the built collector.
package aisdk4

import (
	"testing"

	"github.com/otelcol-llm/otelcol-llm/tests/clients/clienttest"
)

// The SDK tells how many tokens were written to the cache, not for how long.
func TestTokensAndDollars(t *testing.T) {
	clienttest.Run(t, clienttest.Want{
		Requests: map[string]int{"openai": 3, "anthropic": 2, "embeddings": 1},
		Priced: []clienttest.Call{
			clienttest.Ask, clienttest.Answer, clienttest.Stream, clienttest.ValidateFiveMinutes, clienttest.ValidateFiveMinutes,
			clienttest.Embed,
		},
		Session: true,
	})
}
