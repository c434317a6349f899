// Package openllmetry runs calls through OpenLLMetry's instrumentations of the providers' SDKs against the built collector.
package openllmetry

import (
	"testing"

	"github.com/otelcol-llm/otelcol-llm/tests/clients/clienttest"
)

// OpenLLMetry loses what OpenAI says of the cache, and the usage of streamed
// answers; it does not watch embeddings.
func TestTokensAndDollars(t *testing.T) {
	clienttest.Run(t, clienttest.Want{
		Requests: map[string]int{"openai": 3, "anthropic": 2, "embeddings": 1},
		Priced: []clienttest.Call{
			clienttest.AskUncached, clienttest.AnswerUncached, clienttest.ValidateFiveMinutes, clienttest.ValidateFiveMinutes,
		},
		Estimated: []string{"gpt-4o-mini-2024-07-18"},
		Session:   true,
	})
}
