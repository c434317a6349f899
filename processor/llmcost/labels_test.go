package llmcost

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// TestWhatALlmCostBeforeHasPricedIsLeftAlone: a sidecar and a gateway may both price.
// The gateway changes nothing, although its prices are others, whatever the sidecar
// has made of a span.
func TestWhatALlmCostBeforeHasPricedIsLeftAlone(t *testing.T) {
	gateway := func(c *Config) { c.Prices.Overrides = []OverrideConfig{{Provider: "openai", Multiplier: 100}} }
	sidecars := map[string]func(*Config){
		"as shipped":       func(*Config) {},
		"fills in":         func(c *Config) { c.Normalize = normalizeFill },
		"writes no counts": func(c *Config) { c.Normalize = normalizeOff },
		"keeps costs":      func(c *Config) { c.ExistingCost = existingKeep },
		"prices sums":      func(c *Config) { c.Rollups = rollupsPrice },
		"writes the draft": func(c *Config) { c.Write.OTelDraft, c.Write.Cost = true, false },
	}
	for name, sidecar := range sidecars {
		t.Run(name, func(t *testing.T) {
			for want, attributes := range ofEachStatus(t) {
				once := run(t, oneSpan(t, "x", attributes), sidecar)
				before := only(once)
				if name == "as shipped" {
					assert.EqualValues(t, want, before[attrStatus])
				}
				assert.Equal(t, before, only(run(t, once, gateway)), want)
			}
		})
	}
}

// ofEachStatus has a span for each status that a span can get by itself.
func ofEachStatus(t *testing.T) map[status]map[string]any {
	t.Helper()
	return map[status]map[string]any{
		statusPriced:          call("openai", "gpt-4o-mini", map[string]any{"gen_ai.usage.cache_read_input_tokens": 500, "gen_ai.usage.reasoning_tokens": "7"}),
		statusReported:        call("openai", "gpt-4o-mini", map[string]any{"litellm.cost.total": 0.5}),
		statusFree:            call("openrouter", "deepseek/deepseek-chat-v3.1:free", nil),
		statusLocal:           call("ollama", "llama3.2", map[string]any{attrInputTokens: "1000"}),
		statusPartial:         {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini", attrOutputTokens: 100},
		statusEstimated:       silent(t, "openai", "gpt-4o-mini", "How are you?", "Fine."),
		statusUnknownModel:    call("openai", "gpt-4o-supermax", map[string]any{attrCost: math.NaN()}),
		statusUnknownProvider: call("nobody", "nothing", nil),
		statusNoUsage:         {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini"},
		statusInvalidUsage:    call("openai", "gpt-4o-mini", map[string]any{attrReasoning: -1, attrCost: "12"}),
		statusRollup:          call("openai", "gpt-4o-mini", map[string]any{"gen_ai.operation.name": "invoke_agent", attrCost: 0.5}),
		statusSkipped:         call("openai", "gpt-4o-mini", map[string]any{"gen_ai.operation.name": "retrieval"}),
	}
}

// TestWhatLlmCostCannotHaveWrittenIsTakenOff: a client that labels its spans itself
// is priced like any other.
func TestWhatLlmCostCannotHaveWrittenIsTakenOff(t *testing.T) {
	want := only(run(t, oneSpan(t, "x", call("openai", "gpt-4o-mini", nil))))
	for name, forged := range map[string]map[string]any{
		"a status that is none":       {attrStatus: "forged"},
		"a status that is no text":    {attrStatus: 1},
		"labels without a status":     {attrModel: "forged", attrProvider: "forged", attrTier: "forged", "llmcost.anything": "x"},
		"a model that is no text":     {attrStatus: "priced", attrModel: map[string]any{"a": "b"}},
		"a flag that is none":         {attrStatus: "priced", attrEstimated: "yes"},
		"a count that is none":        {attrStatus: "priced", attrInputOriginal: -1},
		"a cost below zero":           {attrStatus: "reported", attrCost: -1.0},
		"a cost that is NaN":          {attrStatus: "reported", attrCost: math.NaN()},
		"a cost without end":          {attrStatus: "reported", attrCostTotal: math.Inf(1)},
		"a cost that no call has":     {attrStatus: "reported", attrCost: 1e12},
		"a cost in words":             {attrStatus: "reported", attrCost: "twelve"},
		"a time below zero":           {attrStatus: "priced", attrTimeToFirst: -1.0},
		"a first token nobody stated": {attrTimeToFirst: 1.0},
	} {
		t.Run(name, func(t *testing.T) {
			got := only(run(t, oneSpan(t, "x", call("openai", "gpt-4o-mini", forged))))
			assert.Equal(t, want, got)
		})
	}
	t.Run("an unknown model", func(t *testing.T) {
		got := only(run(t, oneSpan(t, "x", call("openai", "gpt-4o-supermax", map[string]any{attrModel: "gpt-4o", attrProvider: "forged"}))))
		assert.Equal(t, "unknown_model", got[attrStatus])
		assert.NotContains(t, got, attrModel)
		assert.Equal(t, "openai", got[attrProvider])
	})
	t.Run("a span that calls no model", func(t *testing.T) {
		got := only(run(t, oneSpan(t, "x", map[string]any{"http.route": "/", attrStatus: "priced", attrCost: 0.5})))
		assert.Equal(t, map[string]any{"http.route": "/", attrCost: 0.5}, got)
	})
	t.Run("a record", func(t *testing.T) {
		logs := plog.NewLogs()
		record := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
		record.SetTimestamp(pcommon.NewTimestampFromTime(at))
		require.NoError(t, record.Attributes().FromRaw(call("openai", "gpt-4o-mini", map[string]any{attrStatus: "forged"})))
		sink := new(consumertest.LogsSink)
		p, err := NewFactory().CreateLogs(t.Context(), processortest.NewNopSettings(metadata.Type), createDefaultConfig(), sink)
		require.NoError(t, err)
		require.NoError(t, p.ConsumeLogs(t.Context(), logs))
		require.NoError(t, p.Shutdown(t.Context()))
		status, _ := record.Attributes().Get(attrStatus)
		assert.Equal(t, "priced", status.Str())
	})
}

// TestARecordThatIsNoCallHasNoLabels: llm_cost writes none on it, whoever was before.
func TestARecordThatIsNoCallHasNoLabels(t *testing.T) {
	for name, attributes := range map[string]map[string]any{
		"states no usage": {"event.name": "login", attrStatus: "priced", attrModel: "gpt-4o", attrCostOriginal: 5.0},
		"is a tool's":     {"event.name": "tool", "gen_ai.operation.name": "execute_tool", attrStatus: "duplicate"},
	} {
		t.Run(name, func(t *testing.T) {
			logs := plog.NewLogs()
			record := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
			require.NoError(t, record.Attributes().FromRaw(attributes))
			p, err := NewFactory().CreateLogs(t.Context(), processortest.NewNopSettings(metadata.Type), createDefaultConfig(), new(consumertest.LogsSink))
			require.NoError(t, err)
			require.NoError(t, p.ConsumeLogs(t.Context(), logs))
			require.NoError(t, p.Shutdown(t.Context()))
			for key := range record.Attributes().All() {
				assert.NotContains(t, key, ownPrefix)
			}
			assert.Positive(t, record.Attributes().Len())
		})
	}
}

// TestACountThatIsNoneIsNotPassedOnForOne: who adds gen_ai.usage.* up adds up numbers.
func TestACountThatIsNoneIsNotPassedOnForOne(t *testing.T) {
	for name, test := range map[string]struct {
		attributes map[string]any
		status     string
		want       map[string]any // nil: is not there
	}{
		"a part that is none, of a call without usage": {
			map[string]any{"gen_ai.operation.name": "chat", attrCacheRead: -5, attrReasoning: 1e300},
			"invalid_usage",
			map[string]any{attrCacheRead: int64(-5)},
		},
		"under a second name": {
			call("openai", "gpt-4o-mini", map[string]any{"gen_ai.usage.cache_read_input_tokens": 500, "gen_ai.usage.cached_tokens": -5}),
			"", nil,
		},
		"texts are numbers afterwards": {
			call("openai", "gpt-4o-mini", map[string]any{attrInputTokens: " 1000 ", attrOutputTokens: "100.0", attrCacheRead: " 500 ", attrReasoning: 7.0}),
			"priced",
			map[string]any{attrInputTokens: int64(1000), attrOutputTokens: int64(100), attrCacheRead: int64(500), attrReasoning: int64(7)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := only(run(t, oneSpan(t, "x", test.attributes)))
			if test.status != "" {
				assert.Equal(t, test.status, got[attrStatus])
			}
			for key, value := range test.want {
				assert.Equal(t, value, got[key], key)
			}
			for _, key := range []string{attrInputTokens, attrOutputTokens, attrCacheRead, attrCacheWrite, attrReasoning} {
				if n, ok := got[key]; ok && got[attrStatus] != "invalid_usage" {
					assert.GreaterOrEqual(t, n, int64(0), key)
				}
			}
		})
	}
}

// TestEveryLabelHasAForm: an attribute that is added to what llm_cost writes needs a
// row in own.
func TestEveryLabelHasAForm(t *testing.T) {
	for _, attributes := range ofEachStatus(t) {
		for key := range only(run(t, oneSpan(t, "x", attributes))) {
			if strings.HasPrefix(key, ownPrefix) {
				assert.Contains(t, own, key)
			}
		}
	}
}

func TestWhatACacheHasSavedStandsOnTheSpan(t *testing.T) {
	cached := only(run(t, oneSpan(t, "x", call("openai", "gpt-4o-mini", map[string]any{"gen_ai.usage.cache_read.input_tokens": 500}))))
	assert.InDelta(t, 500*0.075e-6, cached[attrCacheSavings], 1e-12, "0.15 less 0.075 dollars a million")
	plain := only(run(t, oneSpan(t, "x", call("openai", "gpt-4o-mini", nil))))
	assert.NotContains(t, plain, attrCacheSavings)
	charged := only(run(t, oneSpan(t, "x", call("openai", "gpt-4o-mini", map[string]any{"gen_ai.usage.cache_read.input_tokens": 500, attrCacheSavings: "much"}))))
	assert.InDelta(t, 500*0.075e-6, charged[attrCacheSavings], 1e-12, "what a client has made up is replaced")
}
