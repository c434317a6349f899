// Package openinference runs calls through OpenInference's instrumentations of the providers' SDKs against the built collector.
package openinference

import (
	"testing"

	"github.com/otelcol-llm/otelcol-llm/tests/clients/clienttest"
)

// Anthropic's SDK reports its calls too, below OpenInference's spans, so each is
// reported twice. OpenInference loses the usage of streamed answers of OpenAI
// and of embeddings.
func TestTokensAndDollars(t *testing.T) {
	clienttest.Run(t, clienttest.Want{
		Requests: map[string]int{"openai": 3, "anthropic": 2, "embeddings": 1},
		Priced: []clienttest.Call{
			clienttest.Ask, clienttest.Answer, clienttest.Validate, clienttest.Validate,
		},
		Estimated: []string{"gpt-4o-mini", "text-embedding-3-small"},
		Session:   true,
	})
}
