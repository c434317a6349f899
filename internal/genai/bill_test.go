package genai

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestGatewaysChargesForTheUsersOwnKey: the provider's cost and the gateway's fee.
func TestGatewaysChargesForTheUsersOwnKey(t *testing.T) {
	metadata := func(text string) map[string]any { return map[string]any{"ai.response.providerMetadata": text} }
	for name, test := range map[string]struct {
		scope      string
		attributes map[string]any
		want       float64 // -1: no charge
	}{
		"OpenRouter":                      {"ai", metadata(`{"openrouter":{"usage":{"cost":0,"costDetails":{"upstreamInferenceCost":0.00197}}}}`), 0.00197},
		"OpenRouter, its API's names":     {"ai", metadata(`{"openrouter":{"usage":{"cost":0,"is_byok":true,"cost_details":{"upstream_inference_cost":0.00197}}}}`), 0.00197},
		"OpenRouter, strings":             {"ai", metadata(`{"openrouter":{"usage":{"cost":"0","costDetails":{"upstreamInferenceCost":"0.00197"}}}}`), 0.00197},
		"OpenRouter with its fee":         {"ai", metadata(`{"openrouter":{"usage":{"cost":0.95,"cost_details":{"upstream_inference_cost":19}}}}`), 19.95},
		"OpenRouter, the key is stated":   {"ai", metadata(`{"openrouter":{"usage":{"cost":0.95,"isByok":true,"costDetails":{"upstreamInferenceCost":1}}}}`), 1.95},
		"OpenRouter, its own key":         {"ai", metadata(`{"openrouter":{"usage":{"cost":0.002,"isByok":false,"costDetails":{"upstreamInferenceCost":0.002}}}}`), 0.002},
		"OpenRouter, nothing says whose":  {"ai", metadata(`{"openrouter":{"usage":{"cost":0.002,"costDetails":{"upstreamInferenceCost":0.002}}}}`), 0.002},
		"OpenRouter, a discount":          {"ai", metadata(`{"openrouter":{"usage":{"cost":0.0018,"costDetails":{"upstreamInferenceCost":0.002}}}}`), 0.0018},
		"OpenRouter, no upstream":         {"ai", metadata(`{"openrouter":{"usage":{"cost":0.002,"costDetails":{"upstreamInferenceCost":null}}}}`), 0.002},
		"OpenRouter, a free model":        {"ai", metadata(`{"openrouter":{"usage":{"cost":0,"costDetails":{"upstreamInferenceCost":0}}}}`), 0},
		"OpenRouter, free without more":   {"ai", metadata(`{"openrouter":{"usage":{"cost":0}}}`), 0},
		"OpenRouter, free on its own key": {"ai", metadata(`{"openrouter":{"usage":{"cost":0,"is_byok":false,"cost_details":{"upstream_inference_cost":0.001}}}}`), 0},
		"OpenRouter, upstream not stated": {"ai", metadata(`{"openrouter":{"usage":{"cost":0,"is_byok":true}}}`), -1},
		"OpenRouter in the usage object":  {"x", map[string]any{"gen_ai.usage.raw": `{"prompt_tokens":1,"cost":0.05,"is_byok":true,"cost_details":{"upstream_inference_cost":1}}`}, 1.05},
		"Vercel":                          {"ai", metadata(`{"gateway":{"cost":"0","marketCost":"0.000027"}}`), 0.000027},
		"Vercel, numbers":                 {"ai", metadata(`{"gateway":{"cost":0,"marketCost":0.000027}}`), 0.000027},
		"Vercel, snake case":              {"ai", metadata(`{"gateway":{"cost":"0","market_cost":"0.000027"}}`), 0.000027},
		"Vercel with its surcharge":       {"ai", metadata(`{"gateway":{"cost":"0","marketCost":"0.002","surcharge":"0.0001"}}`), 0.0021},
		"Vercel, its own key":             {"ai", metadata(`{"gateway":{"cost":"0.00001155","marketCost":"0.00001155"}}`), 0.00001155},
		"Vercel, a discount":              {"ai", metadata(`{"gateway":{"cost":"0.000013","marketCost":"0.000027"}}`), 0.000013},
		"Vercel, a free model":            {"ai", metadata(`{"gateway":{"cost":"0","marketCost":"0"}}`), 0},
		"Vercel, free without more":       {"ai", metadata(`{"gateway":{"cost":"0"}}`), 0},
		"Vercel, market cost only":        {"ai", metadata(`{"gateway":{"marketCost":"0.000027"}}`), -1},
		"Broadcast":                       {"openrouter", map[string]any{"gen_ai.usage.total_cost": 0.0, "trace.metadata.openrouter_generation.is_byok": true, "trace.metadata.openrouter_generation.upstream_inference_cost": 0.002}, 0.002},
		"Broadcast, its own key":          {"openrouter", map[string]any{"gen_ai.usage.total_cost": 0.002}, 0.002},
		"Broadcast, free":                 {"openrouter", map[string]any{"gen_ai.usage.total_cost": 0.0}, 0},
		"attributes of the usage":         {"x", map[string]any{"gen_ai.usage.cost": 0.05, "gen_ai.usage.is_byok": true, "gen_ai.usage.cost_details.upstream_inference_cost": 1.0}, 1.05},
		"attributes, nobody's key":        {"x", map[string]any{"gen_ai.usage.cost": 0.0, "gen_ai.usage.cost_details.upstream_inference_cost": 1.0}, 1},
		"an upstream that is no amount":   {"ai", metadata(`{"openrouter":{"usage":{"cost":0,"costDetails":{"upstreamInferenceCost":-1}}}}`), 0},
		"an upstream that no call costs":  {"ai", metadata(`{"openrouter":{"usage":{"cost":0.5,"is_byok":true,"cost_details":{"upstream_inference_cost":1e300}}}}`), -1},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := viewOf(t, test.scope, test.attributes).Charge()
			assert.Equal(t, test.want >= 0, ok)
			if ok {
				assert.InDelta(t, test.want, got.USD, 1e-12)
				assert.Contains(t, test.attributes, got.Key)
			}
		})
	}
}

// TestCopilotsCreditsAreNoDollars: they are kept under names of their own.
func TestCopilotsCreditsAreNoDollars(t *testing.T) {
	for key, field := range map[string]Field{"github.copilot.cost": CopilotCost, "github.copilot.aiu": CopilotAIU, "github.copilot.nano_aiu": CopilotNano} {
		for _, value := range []any{1, 0.33, "750000000", int64(17249920000)} {
			v := viewOf(t, "github.copilot", map[string]any{"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 1, "gen_ai.usage.output_tokens": 1, key: value})
			_, charged := v.Charge()
			_, worked := v.ClientCost()
			assert.False(t, charged || worked, "%s = %v", key, value)
			assert.Equal(t, key, v.Key(field))
		}
	}
	// Beside dollars of somebody's they change nothing.
	v := viewOf(t, "github.copilot", map[string]any{"github.copilot.cost": 3.0, "gen_ai.usage.cost": 0.25})
	cost, ok := v.ClientCost()
	assert.True(t, ok)
	assert.InDelta(t, 0.25, cost.USD, 1e-12)
}
