package llmcost

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestACostThatArrives(t *testing.T) {
	// gpt-4o-mini: 1,000 × 0.15 + 100 × 0.60 = 210 millionths.
	const ours = 0.00021
	call := func(key string, cost any) map[string]any {
		return map[string]any{
			"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini",
			"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 100, key: cost,
		}
	}
	for name, test := range map[string]struct {
		existing   string
		attributes map[string]any
		status     string
		cost       float64
		original   any
	}{
		"a gateway's charge wins":                   {existingPrefer, call("litellm.cost.total", 0.5), "reported", 0.5, nil},
		"a gateway's charge of nothing is a charge": {existingPrefer, call("litellm.cost.total", 0.0), "reported", 0, nil},
		"a charge that is no number is not one":     {existingPrefer, call("litellm.cost.total", "cheap"), "priced", ours, nil},
		"a charge that no call can cost is not one": {existingPrefer, call("litellm.cost.total", 1e7), "priced", ours, nil},
		"nor is a figure":                           {existingKeep, call("gen_ai.usage.cost", 1e7), "priced", ours, nil},
		"a client's figure close to ours is kept":   {existingPrefer, call("llm.cost.total", ours*1.005), "priced", ours * 1.005, nil},
		"a client's figure far off stands beside":   {existingPrefer, call("gen_ai.usage.cost", 0.5), "priced", ours, 0.5},
		"a client's zero says nothing":              {existingPrefer, call("gen_ai.usage.cost", 0.0), "priced", ours, nil},
		"a negative figure says nothing":            {existingPrefer, call("operation.cost", -1.0), "priced", ours, nil},
		"override writes ours and keeps the other":  {existingOverride, call("litellm.cost.total", 0.5), "priced", ours, 0.5},
		"keep never replaces a figure":              {existingKeep, call("gen_ai.usage.cost", 0.5), "reported", 0.5, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := only(run(t, oneSpan(t, "x", test.attributes), func(c *Config) { c.ExistingCost = test.existing }))
			assert.Equal(t, test.status, got[attrStatus])
			assert.InDelta(t, test.cost, got[attrCost], 1e-12)
			assert.Equal(t, test.original, got[attrCostOriginal])
		})
	}
	t.Run("a client's figure for a model that we do not know is kept", func(t *testing.T) {
		attributes := call("gen_ai.usage.cost", 0.5)
		attributes["gen_ai.request.model"] = "gpt-4o-supermax"
		got := only(run(t, oneSpan(t, "x", attributes)))
		assert.Equal(t, "reported", got[attrStatus])
		assert.Equal(t, 0.5, got[attrCost])
		assert.Equal(t, "span", got[attrPriceSource])
	})
}

// TestASpanWithoutACostOfOursLosesTheOneItCameWith: who adds up gen_ai.usage.cost
// would count a call twice, or take an unknown model for a free one.
func TestASpanWithoutACostOfOursLosesTheOneItCameWith(t *testing.T) {
	for name, test := range map[string]struct {
		model, operation string
		figure           float64
		status           string
	}{
		"an agent's sum":              {"gpt-4o-mini", "invoke_agent", 0.5, "rollup"},
		"a zero for an unknown model": {"gpt-4o-supermax", "chat", 0, "unknown_model"},
		"NaN for an unknown model":    {"gpt-4o-supermax", "chat", math.NaN(), "unknown_model"},
		"a debt for an unknown model": {"gpt-4o-supermax", "chat", -1, "unknown_model"},
		"a figure for a retrieval":    {"gpt-4o-mini", "retrieval", 0.5, "skipped"},
	} {
		t.Run(name, func(t *testing.T) {
			attributes := call("openai", test.model, map[string]any{
				"gen_ai.operation.name": test.operation, "gen_ai.usage.cost": test.figure, "llm.cost.total": test.figure,
			})
			got := only(run(t, oneSpan(t, "x", attributes)))
			assert.Equal(t, test.status, got[attrStatus])
			assert.NotContains(t, got, attrCost)
			assert.NotContains(t, got, attrCostTotal)
			if test.figure >= 0 {
				assert.InDelta(t, test.figure, got[attrCostOriginal], 1e-12)
			} else {
				assert.NotContains(t, got, attrCostOriginal)
			}
			got = only(run(t, oneSpan(t, "x", attributes), func(c *Config) { c.ExistingCost = existingKeep }))
			if test.figure >= 0 {
				assert.Contains(t, got, attrCost, "keep never replaces a figure")
			} else {
				assert.NotContains(t, got, attrCost, "who adds it up would have a wrong sum")
			}
		})
	}
}

func TestAGatewayThatDoesNotKnowTheModelHasNoChargeEither(t *testing.T) {
	got := only(run(t, oneSpan(t, "x", call("openai", "gpt-4o-supermax", map[string]any{"litellm.cost.total": 0.0}))))
	assert.Equal(t, "unknown_model", got[attrStatus])
	assert.NotContains(t, got, attrCost)
	got = only(run(t, oneSpan(t, "x", call("ollama", "llama3.2", map[string]any{"litellm.cost.total": 0.0}))))
	assert.Equal(t, "reported", got[attrStatus])
}

func TestACallOfARerankerIsSeenAndHasNoCost(t *testing.T) {
	for name, attributes := range map[string]map[string]any{
		"OpenInference": {"openinference.span.kind": "RERANKER", "reranker.model_name": "rerank-v3.5"},
		"OpenLLMetry":   {"llm.request.type": "rerank", "gen_ai.system": "Cohere", "gen_ai.request.model": "rerank-v3.5"},
		"with tokens":   {"gen_ai.operation.name": "rerank", "gen_ai.request.model": "rerank-2.5", "gen_ai.usage.input_tokens": 100},
	} {
		t.Run(name, func(t *testing.T) {
			got := only(run(t, oneSpan(t, "x", attributes)))
			assert.Equal(t, "skipped", got[attrStatus])
			assert.NotContains(t, got, attrCost)

			attributes["litellm.cost.total"] = 0.002
			got = only(run(t, oneSpan(t, "x", attributes)))
			assert.Equal(t, "reported", got[attrStatus], "a gateway knows what it charged")
			assert.Equal(t, 0.002, got[attrCost])
		})
	}
}
