package genai

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

func TestCharges(t *testing.T) {
	draft := func(currency, source string) map[string]any {
		return map[string]any{"gen_ai.usage.cost.amount": 0.5, "gen_ai.usage.cost.currency": currency, "gen_ai.usage.cost.source": source}
	}
	for name, test := range map[string]struct {
		attributes map[string]any
		charge     float64 // by a provider or gateway, or -1
		client     float64 // the client's own figure, or -1
	}{
		"none":                          {map[string]any{"gen_ai.request.model": "m"}, -1, -1},
		"LiteLLM":                       {map[string]any{"litellm.cost.total": 0.5, "gen_ai.usage.cost": 0.4}, 0.5, 0.4},
		"LiteLLM's first engine":        {map[string]any{"gen_ai.cost.total_cost": "0.5"}, 0.5, -1},
		"OpenLIT":                       {map[string]any{"gen_ai.usage.cost": 0.5}, -1, 0.5},
		"OpenInference":                 {map[string]any{"llm.cost.total": 0.5}, -1, 0.5},
		"Pydantic AI":                   {map[string]any{"operation.cost": 0.5}, -1, 0.5},
		"Langfuse":                      {map[string]any{"langfuse.observation.cost_details": `{"input":0.2,"output":0.3,"total":0.5}`}, -1, 0.5},
		"Langfuse without a total":      {map[string]any{"langfuse.observation.cost_details": `{"input":0.2,"output":0.3}`}, -1, -1},
		"MLflow":                        {map[string]any{"mlflow.llm.cost": map[string]any{"input_cost": 0.2, "output_cost": 0.3, "total_cost": 0.5}}, -1, 0.5},
		"OpenRouter":                    {map[string]any{"ai.response.providerMetadata": `{"openrouter":{"usage":{"cost":0.5}}}`}, 0.5, -1},
		"Vercel's gateway, in a string": {map[string]any{"ai.response.providerMetadata": `{"gateway":{"cost":"0.5"}}`}, 0.5, -1},
		"draft, from the provider":      {draft("USD", "provider"), 0.5, -1},
		"draft, worked out locally":     {draft("USD", "local"), -1, 0.5},
		"draft, in euros":               {draft("EUR", "provider"), -1, -1},
		"draft, in no currency":         {draft("", "provider"), -1, -1},
		"draft, from nowhere":           {draft("USD", ""), -1, -1},
		"negative":                      {map[string]any{"litellm.cost.total": -0.5}, -1, -1},
		"text":                          {map[string]any{"gen_ai.usage.cost": "free"}, -1, -1},
		"NaN":                           {map[string]any{"gen_ai.usage.cost": "NaN", "ai.response.providerMetadata": `{"gateway":{"cost":"Infinity"}}`}, -1, -1},
	} {
		t.Run(name, func(t *testing.T) {
			v := viewOf(t, "x", test.attributes)
			for _, at := range []struct {
				read func() (Charge, bool)
				want float64
			}{{v.Charge, test.charge}, {v.ClientCost, test.client}} {
				got, ok := at.read()
				assert.Equal(t, at.want >= 0, ok)
				if ok {
					assert.InDelta(t, at.want, got.USD, 1e-12)
					assert.Contains(t, test.attributes, got.Key)
				}
			}
		})
	}
}

func TestServedTierFromTheProvidersMetadata(t *testing.T) {
	for text, want := range map[string]string{
		`{"openai":{"serviceTier":"flex"}}`: "flex", `{"anthropic":{"usage":{"service_tier":"priority"}}}`: "priority", `{"openai":{"serviceTier":null}}`: "", `{`: "",
	} {
		assert.Equal(t, want, viewOf(t, "ai", map[string]any{"ai.response.providerMetadata": text}).ServedTier(), text)
	}
	assert.Equal(t, "standard", viewOf(t, "x", map[string]any{"anthropic.response.service_tier": "standard"}).ServiceTier())
}

func TestBareNamesAreReadOnTheEventsThatHaveThem(t *testing.T) {
	claude := map[string]any{"model": "claude-haiku-4-5", "input_tokens": 3, "output_tokens": 4, "cache_read_tokens": 5, "cost_usd": 0.5, "speed": "fast"}
	for name, test := range map[string]struct {
		scope, event string
		attributes   map[string]any
		kind         Kind
		provider     string
		repeats      bool
	}{
		"Claude Code's long name":      {"x", "claude_code.api_request", claude, KindInference, "anthropic", false},
		"Claude Code's short name":     {"com.anthropic.claude_code.events", "api_request", claude, KindInference, "anthropic", false},
		"… known by its attributes":    {"x", "api_request", claude, KindInference, "anthropic", false},
		"somebody else's api_request":  {"x", "api_request", map[string]any{"model": "T", "input_tokens": 3}, KindOther, "", false},
		"another event of Claude Code": {"com.anthropic.claude_code.events", "claude_code.api_error", claude, KindOther, "", false},
		"Codex over a web socket":      {"x", "codex.websocket_event", map[string]any{"event.kind": "response.completed", "model": "gpt-5", "input_token_count": "3"}, KindInference, "openai", false},
		"Codex, another kind":          {"x", "codex.sse_event", map[string]any{"event.kind": "response.failed", "model": "gpt-5", "input_token_count": "3"}, KindOther, "", false},
		"an event of a span":           {"x", "gen_ai.client.inference.operation.details", map[string]any{"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 3}, KindInference, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			record := plog.NewLogRecord()
			assert.NoError(t, record.Attributes().FromRaw(test.attributes))
			scope := pcommon.NewInstrumentationScope()
			scope.SetName(test.scope)
			for _, where := range []string{"event name", "attribute"} {
				if where == "attribute" {
					record.SetEventName("")
					record.Attributes().PutStr("event.name", test.event)
				} else {
					record.SetEventName(test.event)
				}
				var v View
				v.ReadRecord(pcommon.NewResource(), scope, record)
				assert.Equal(t, test.kind.String(), v.Kind().String(), where)
				assert.Equal(t, test.provider, v.Provider(), where)
				assert.Equal(t, test.repeats, v.RepeatsSpan(), where)
				if test.kind == KindOther {
					assert.False(t, v.HasUsage())
				}
			}
		})
	}
	assert.Equal(t, "fast", func() string {
		record := plog.NewLogRecord()
		assert.NoError(t, record.Attributes().FromRaw(claude))
		record.SetEventName("claude_code.api_request")
		var v View
		v.ReadRecord(pcommon.NewResource(), pcommon.NewInstrumentationScope(), record)
		return v.ServedTier()
	}())
}

// TestASpanThatLLMCostHasBeenThroughIsReadAsItLeftIt goes through what llm_cost
// writes for spans whose numbers it made whole, or was not asked to.
func TestASpanThatLLMCostHasBeenThroughIsReadAsItLeftIt(t *testing.T) {
	before := map[string]any{
		"gen_ai.provider.name": "anthropic", "gen_ai.usage.input_tokens": 3000, "gen_ai.usage.output_tokens": 80,
		"gen_ai.usage.cache_read_input_tokens": 1800, "gen_ai.usage.cache_creation_input_tokens": 600,
	}
	with := func(more map[string]any) map[string]any {
		all := map[string]any{}
		for _, m := range []map[string]any{before, more} {
			maps.Copy(all, m)
		}
		return all
	}
	for name, attributes := range map[string]map[string]any{
		"untouched": before,
		"made whole": with(map[string]any{
			"gen_ai.usage.input_tokens": 5400, "gen_ai.usage.cache_read.input_tokens": 1800, "gen_ai.usage.cache_write.input_tokens": 600,
			"llmcost.tokens.input_mode": "exclusive", "llmcost.tokens.input_original": 3000,
		}),
		"filled in only": with(map[string]any{
			"gen_ai.usage.cache_read.input_tokens": 1800, "gen_ai.usage.cache_write.input_tokens": 600, "llmcost.tokens.input_mode": "exclusive",
		}),
	} {
		t.Run(name, func(t *testing.T) {
			for _, scope := range []string{"x", "@traceloop/instrumentation-anthropic"} {
				u, state := viewOf(t, scope, attributes).Usage()
				assert.Equal(t, UsageValid, state)
				assert.EqualValues(t, 5400, u.Input, scope)
				assert.EqualValues(t, 1800, u.CacheRead)
				assert.EqualValues(t, 600, u.CacheWrite)
			}
		})
	}
	gemini := map[string]any{
		"ai.operationId": "ai.streamText.doStream", "ai.model.provider": "google.generative-ai", "ai.usage.inputTokens": 10, "ai.usage.outputTokens": 20,
		"ai.usage.reasoningTokens": 5, "gen_ai.usage.output_tokens": 25, "llmcost.tokens.output_original": 20, "llmcost.tokens.input_mode": "assumed",
	}
	u, _ := viewOf(t, "ai", gemini).Usage()
	assert.EqualValues(t, 25, u.Output)
	delete(gemini, "llmcost.tokens.output_original")
	gemini["ai.usage.totalTokens"] = 35
	u, _ = viewOf(t, "ai", gemini).Usage()
	assert.EqualValues(t, 25, u.Output, "the total says that it is whole")
}
