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

// 450 × 3 + 1,800 × 0.30 + 600 × 3.75 + 80 × 15 for Claude Sonnet 4, which has no
// regional premium.
// gemini-2.5-flash: 488 × 0.30 + 512 × 0.03 + 500 × 2.50 = 146.4 + 15.36 + 1,250.
func TestGoogleAndBedrock(t *testing.T) {
	gemini := clienttest.Call{Model: "gemini-2.5-flash", Input: 1000, CacheRead: 512, Output: 500, Cost: 1411.76}
	clienttest.Run(t, clienttest.Want{
		Script:   "providers.mjs",
		Requests: map[string]int{"google": 2, "bedrock": 1},
		Priced: []clienttest.Call{
			gemini, gemini,
			{Model: "us.anthropic.claude-sonnet-4-20250514-v1:0", Input: 2850, CacheRead: 1800, CacheWrite: 600, Output: 80, Cost: 5340},
		},
	})
}
