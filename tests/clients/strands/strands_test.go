// Package strands runs agents of Strands against the built collector.
package strands

import (
	"testing"

	"github.com/otelcol-llm/otelcol-llm/tests/clients/clienttest"
)

// Strands names the asked model only. Where an answer of Bedrock's is not
// streamed it loses what was cached, so that the cost is too low: 450 × 3 +
// 80 × 15 for Claude Sonnet 4.
func TestTokensAndDollars(t *testing.T) {
	clienttest.Run(t, clienttest.Want{
		Requests: map[string]int{"openai": 1, "anthropic": 1, "bedrock": 1},
		Priced: []clienttest.Call{
			clienttest.Stream.Named("gpt-4o-mini"), clienttest.ValidateFiveMinutes.Named("claude-haiku-4-5"),
			{Model: "us.anthropic.claude-sonnet-4-20250514-v1:0", Input: 450, Output: 80, Cost: 2550},
		},
		Session: true,
	})
}
