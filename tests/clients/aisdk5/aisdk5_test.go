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

// Bedrock counts cached tokens beside the input, and the SDK loses the reads:
// 450 × 3 + 600 × 3.75 + 80 × 15. Google counts thoughts beside the answer.
// gemini-2.5-flash: 488 × 0.30 + 512 × 0.03 + 500 × 2.50 = 146.4 + 15.36 + 1,250.
func TestGoogleAndBedrock(t *testing.T) {
	gemini := clienttest.Call{Model: "gemini-2.5-flash", Input: 1000, CacheRead: 512, Output: 500, Cost: 1411.76}
	clienttest.Run(t, clienttest.Want{
		Script:   "providers.mjs",
		Requests: map[string]int{"google": 2, "bedrock": 1},
		Priced: []clienttest.Call{
			gemini, gemini,
			{Model: "us.anthropic.claude-sonnet-4-20250514-v1:0", Input: 1050, CacheWrite: 600, Output: 80, Cost: 4800},
		},
	})
}
