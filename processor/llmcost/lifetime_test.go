package llmcost

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestCacheWritesWhoseLifetimeNobodyStates prices Claude's writes to a cache.
// claude-haiku-4-5 at 1, written for five minutes 1.25 and for an hour 2, 5 out:
// 10 + 1,000 × 1.25 + 20 × 5 = 1,360 millionths, or with 2 for the writes 2,110.
func TestCacheWritesWhoseLifetimeNobodyStates(t *testing.T) {
	const fiveMinutes, hour = 0.00136, 0.00211
	code := map[string]any{"model": "claude-haiku-4-5", "input_tokens": 10, "output_tokens": 20, "cache_creation_tokens": 1000}
	api := map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.request.model": "claude-haiku-4-5",
		"gen_ai.usage.input_tokens": 1010, "gen_ai.usage.output_tokens": 20, "gen_ai.usage.cache_creation.input_tokens": 1000,
	}
	stated := with(api, "gen_ai.usage.cache_creation.1h_input_tokens", 1000)
	for name, tt := range map[string]struct {
		span       string
		attributes map[string]any
		assume     string
		status     string
		cost       float64
		written    any // llmcost.tokens.cache_write_1h
	}{
		"Claude Code":                        {"claude_code.llm_request", code, "", "priced", fiveMinutes, nil},
		"Claude Code with a key":             {"claude_code.llm_request", code, "5m", "priced", fiveMinutes, nil},
		"Claude Code with a subscription":    {"claude_code.llm_request", code, "1h", "priced", hour, int64(1000)},
		"Claude Code that wrote nothing":     {"claude_code.llm_request", with(code, "cache_creation_tokens", 0, "input_tokens", 1260), "", "priced", fiveMinutes, nil},
		"Claude Code on Bedrock":             {"claude_code.llm_request", with(code, "model", "global.anthropic.claude-haiku-4-5-20251001-v1:0"), "1h", "priced", hour, int64(1000)},
		"the API's default":                  {"chat", api, "", "priced", fiveMinutes, nil},
		"a client that always asks for more": {"chat", api, "1h", "priced", hour, int64(1000)},
		"what is stated needs no assumption": {"chat", stated, "5m", "priced", hour, int64(1000)},
		"five minutes that are stated":       {"chat", with(api, "gen_ai.usage.cache_creation.5m_input_tokens", 1000), "1h", "priced", fiveMinutes, nil},
		"another provider's writes": {
			"chat", with(api, "gen_ai.provider.name", "openai", "gen_ai.request.model", "gpt-6-sol", "gen_ai.usage.input_tokens", 1000), "1h", "priced",
			0.0027, nil,
		}, // 1,000 × 2.5 + 20 × 10
		"a charge is a charge": {"claude_code.llm_request", with(code, "cost_usd", 0.5), "", "reported", 0.5, nil},
	} {
		t.Run(name, func(t *testing.T) {
			traces := oneSpan(t, "x", tt.attributes)
			traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetName(tt.span)
			got := only(run(t, traces, func(c *Config) {
				if tt.assume != "" {
					c.AssumeCacheWrite = tt.assume
				}
			}))
			assert.Equal(t, tt.status, got[attrStatus])
			assert.InEpsilon(t, tt.cost, got[attrCost], 1e-9)
			assert.Equal(t, tt.written, got[attrCacheWrite1h])
		})
	}
	cfg := createDefaultConfig().(*Config)
	cfg.AssumeCacheWrite = "2h"
	assert.ErrorContains(t, cfg.Validate(), `assume_cache_write is "2h": use one of 5m, 1h`)
}
