package pricing

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Models that came out after the newest genai-prices. The sums are worked out by hand from the pages that the overlay
// names; million is one million tokens of a bucket.
func TestModelsNewerThanTheGeneratedListHaveTheirProvidersPrice(t *testing.T) {
	c := embedded(t)
	const million = 1_000_000
	tests := map[string]struct {
		provider, model, when string
		tier                  string
		usage                 Usage
		want                  float64
	}{
		"Opus 5.5 with a cache": {
			"anthropic", "claude-opus-5-5", "2026-10-02T12:00:00Z", "",
			Usage{Input: 2, CacheRead: 47105, CacheWrite: 1076, Output: 714},
			0.029089,
		},
		"Sonnet 5.5 before reading a cache became cheaper": {"anthropic", "claude-sonnet-5-5", "2026-10-06T23:59:59Z", "", Usage{CacheRead: million}, 0.2},
		"and from that day on":                             {"anthropic", "claude-sonnet-5-5", "2026-10-07T00:00:00Z", "", Usage{CacheRead: million}, 0.1},
		"Sonnet 5.5 as gateways spell it":                  {"litellm", "anthropic/claude-sonnet-5.5", "2026-11-20T12:00:00Z", "", Usage{Input: million, Output: million}, 12},
		"Sonnet 5.5 with a date":                           {"anthropic", "claude-sonnet-5-5-20260928", "2026-11-20T12:00:00Z", "", Usage{CacheWrite: million, CacheWrite1h: million}, 6.5},
		"Sonnet 5.5 on Vertex AI":                          {"gcp.vertex_ai", "claude-sonnet-5-5@20260928", "2026-11-20T12:00:00Z", "", Usage{Input: million}, 2},
		"Sonnet 5.5 on Bedrock, anywhere":                  {"aws.bedrock", "global.anthropic.claude-sonnet-5-5-v1:0", "2026-11-20T12:00:00Z", "", Usage{Input: million / 10, CacheRead: million / 10, Output: million / 10}, 1.22},
		"Sonnet 5.5 on Bedrock, in a region":               {"aws.bedrock", "us.anthropic.claude-sonnet-5-5", "2026-11-20T12:00:00Z", "", Usage{Input: million / 10, CacheWrite1h: million / 10, Output: million / 10}, 1.76},
		"Sonnet 5.5 on Bedrock, with neither":              {"aws.bedrock", "anthropic.claude-sonnet-5-5", "2026-11-20T12:00:00Z", "", Usage{Input: million / 10}, 0.22},
		"a batch of Sonnet 5.5":                            {"anthropic", "claude-sonnet-5-5", "2026-11-20T12:00:00Z", "batch", Usage{Input: million, Output: million}, 6},
		"Haiku 5.5, 100,000 tokens":                        {"anthropic", "claude-haiku-5-5", "2026-11-20T12:00:00Z", "", Usage{Input: 60_000, CacheRead: 40_000, Output: 1000}, 0.0069},
		"Haiku 5.5, one token more":                        {"anthropic", "claude-haiku-5-5", "2026-11-20T12:00:00Z", "", Usage{Input: 60_001, CacheRead: 40_000, Output: 1000}, 0.0345005},
		"GPT-6.1 Sol":                                      {"openai", "gpt-6.1-sol", "2026-11-20T12:00:00Z", "", Usage{Input: 1000, Output: 1000}, 0.012},
		"GPT-6.1 Sol, a snapshot":                          {"openai", "gpt-6.1-sol-2026-09-29", "2026-11-20T12:00:00Z", "", Usage{CacheRead: million - 800_000}, 0.02},
		"GPT-6.1 Sol with a long context":                  {"openai", "gpt-6.1-sol", "2026-11-20T12:00:00Z", "", Usage{Input: 272_001, Output: 1000}, 1.103004},
		"GPT-6.1 Sol in fast mode":                         {"openai", "gpt-6.1-sol", "2026-11-20T12:00:00Z", "priority", Usage{Input: 1000, Output: 1000}, 0.024},
		"GPT-6.1 Terra, flex":                              {"openai", "gpt-6.1-terra", "2026-11-20T12:00:00Z", "flex", Usage{Input: 1000, CacheRead: 1000, Output: 1000}, 0.003025},
		"GPT-6.2 Sol":                                      {"openai", "gpt-6.2-sol", "2026-11-20T12:00:00Z", "", Usage{Input: 1000, CacheRead: 1000, CacheWrite: 1000, Output: 1000}, 0.0146},
		"GPT-6.2 Astra with dashes":                        {"openai", "gpt-6-2-astra", "2026-11-20T12:00:00Z", "", Usage{Input: 1000, Output: 1000}, 0.048},
		"GPT-6.2 Sol on Azure":                             {"azure.ai.openai", "gpt-6.2-sol", "2026-11-20T12:00:00Z", "", Usage{Input: 1000}, 0.002},
		"GPT-6 Luna":                                       {"openai", "gpt-6-luna", "2026-11-20T12:00:00Z", "", Usage{Input: million / 5, Output: million / 5}, 0.12},
		"GPT-6 Luna in fast mode, by Vercel's name":        {"gateway", "openai/gpt-6-luna-fast", "2026-11-20T12:00:00Z", "", Usage{Input: million / 5, Output: million / 5}, 0.24},
		"GPT-6 Sol":                                        {"openai", "gpt-6-sol", "2026-11-20T12:00:00Z", "", Usage{CacheRead: 100_000, Output: 1000}, 0.03},
		"Grok 4.7":                                         {"x_ai", "grok-4.7", "2026-11-20T12:00:00Z", "", Usage{Input: 1000, CacheRead: 1000, Output: 1000}, 0.0085},
		"Grok 4.7 at 200,000 tokens":                       {"xai", "x-ai/grok-4.7", "2026-11-20T12:00:00Z", "", Usage{Input: 200_000}, 0.8},
		"Gemini 4 Argon on its last cheap day":             {"gcp.gemini", "gemini-4-argon", "2026-11-30T23:59:59Z", "", Usage{Input: 1000, CacheRead: 1000, Output: 500, Reasoning: 500}, 0.0121},
		"and on the next":                                  {"gcp.gemini", "models/gemini-4-argon", "2026-12-01T00:00:00Z", "", Usage{Input: 1000, CacheRead: 1000, Output: 500, Reasoning: 500}, 0.0242},
		"Gemini 4 Carbon":                                  {"gcp.vertex_ai", "gemini-4-carbon", "2026-11-20T12:00:00Z", "", Usage{Input: 300_000, Output: 1000}, 0.61},
		"Gemini 4 Neon, priority":                          {"gcp.gemini", "gemini-4-neon", "2026-11-20T12:00:00Z", "priority", Usage{Input: 1000, Output: 1000}, 0.0324},
		"Gemini 4 Hydrogen, flex, with a search":           {"gcp.gemini", "gemini-4-hydrogen", "2026-11-20T12:00:00Z", "flex", Usage{Input: 1000, Output: 1000, WebSearch: 1}, 0.0185},
		"Kimi K3.1 Pro, which has prices of writes":        {"moonshot", "kimi-k3.1-pro", "2026-11-20T12:00:00Z", "", Usage{Input: 1000, CacheRead: 1000, CacheWrite: 1000, CacheWrite1h: 1000, Output: 1000}, 0.0182},
		"… and its fast variant":                           {"", "kimi-k3.1-pro-highspeed", "2026-11-20T12:00:00Z", "", Usage{Input: 1000, Output: 1000}, 0.024},
		"DeepSeek at a peak hour of November":              {"deepseek", "deepseek-flash", "2026-11-27T06:00:00Z", "", Usage{Input: million}, 0.3},
		"DeepSeek on New Year's Day":                       {"deepseek", "deepseek-v4-pro", "2027-01-01T02:00:00Z", "", Usage{Input: million}, 0.66},
		"DeepSeek on the Monday after it":                  {"deepseek", "deepseek-v4-pro", "2027-01-04T02:00:00Z", "", Usage{Input: million}, 1.32},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, reason := c.Price(Query{Provider: tt.provider, RequestModel: tt.model, ResponseTier: tt.tier, Time: at(t, tt.when), Usage: tt.usage})
			require.Equal(t, Priced, reason)
			assert.InEpsilon(t, tt.want, got.Total, exactly)
			assert.False(t, got.TierUnpriced)
			assert.Zero(t, got.Partial)
		})
	}
}
