// Package aisdk5 runs calls through the Vercel AI SDK 5 against the built collector.
package aisdk5

import (
	"testing"

	"github.com/otelcol-llm/otelcol-llm/tests/clients/clienttest"
)

// Where an answer is not streamed, the SDK loses what OpenAI says of the cache.
func TestTokensAndDollars(t *testing.T) {
	clienttest.Run(t, clienttest.Want{
		Requests: map[string]int{"openai": 3, "anthropic": 2, "embeddings": 1},
		Priced: []clienttest.Call{
			clienttest.AskUncached, clienttest.AnswerUncached, clienttest.Stream, clienttest.Validate, clienttest.Validate, clienttest.Embed,
		},
		Session: true,
	})
}
