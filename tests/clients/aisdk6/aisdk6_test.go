// Package aisdk6 runs calls through the Vercel AI SDK 6 against the built collector.
package aisdk6

import (
	"testing"

	"github.com/otelcol-llm/otelcol-llm/tests/clients/clienttest"
)

func TestTokensAndDollars(t *testing.T) {
	clienttest.Run(t, clienttest.Want{
		Requests: map[string]int{"openai": 3, "anthropic": 2, "embeddings": 1},
		Priced: []clienttest.Call{
			clienttest.Ask, clienttest.Answer, clienttest.Stream, clienttest.Validate, clienttest.Validate, clienttest.Embed,
		},
		Session: true,
	})
}
