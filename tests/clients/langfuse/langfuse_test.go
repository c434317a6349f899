// Package langfuse runs calls through Langfuse's SDK against the built collector.
package langfuse

import (
	"testing"

	"github.com/otelcol-llm/otelcol-llm/tests/clients/clienttest"
)

// The wrapper loses the model that answered where the answer is streamed, and the
// usage of embeddings. The application reports one call of Anthropic's itself,
// with the figure that it cost 2,080 millionths of a dollar.
func TestTokensAndDollars(t *testing.T) {
	clienttest.Run(t, clienttest.Want{
		Requests: map[string]int{"openai": 3, "embeddings": 1},
		Priced: []clienttest.Call{
			clienttest.Ask, clienttest.Answer, clienttest.Stream.Named("gpt-4o-mini"), clienttest.Validate.Named("claude-haiku-4-5"),
		},
		Estimated: []string{"text-embedding-3-small"},
		Session:   true,
	})
}
