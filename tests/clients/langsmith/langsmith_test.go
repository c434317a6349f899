// Package langsmith runs calls through LangSmith's wrappers, exported as OpenTelemetry against the built collector.
package langsmith

import (
	"testing"

	"github.com/otelcol-llm/otelcol-llm/tests/clients/clienttest"
)

// Anthropic's SDK reports its calls too: one span lies below LangSmith's, the
// streamed one beside it, with the same response id. LangSmith does not watch
// embeddings.
func TestTokensAndDollars(t *testing.T) {
	clienttest.Run(t, clienttest.Want{
		Requests: map[string]int{"openai": 3, "anthropic": 2, "embeddings": 1},
		Priced: []clienttest.Call{
			clienttest.Ask, clienttest.Answer, clienttest.Stream, clienttest.Validate, clienttest.Validate,
		},
		Session: true,
	})
}
