package llmcost

import (
	"encoding/json"
	"math"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// run sends traces through a processor with the default configuration, changed
// by edit, and returns what comes out.
func run(t *testing.T, traces ptrace.Traces, edit ...func(*Config)) ptrace.Traces {
	t.Helper()
	cfg := createDefaultConfig().(*Config)
	for _, f := range edit {
		f(cfg)
	}
	require.NoError(t, cfg.Validate())
	sink := new(consumertest.TracesSink)
	p, err := NewFactory().CreateTraces(t.Context(), processortest.NewNopSettings(metadata.Type), cfg, sink)
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, p.ConsumeTraces(t.Context(), traces))
	require.NoError(t, p.Shutdown(t.Context()))
	require.Len(t, sink.AllTraces(), 1)
	return sink.AllTraces()[0]
}

// at is when the spans of most tests start.
var at = time.Date(2026, 9, 10, 12, 0, 0, 0, time.UTC)

// oneSpan makes traces of one span.
func oneSpan(t *testing.T, scope string, attributes map[string]any) ptrace.Traces {
	t.Helper()
	traces := ptrace.NewTraces()
	ss := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	ss.Scope().SetName(scope)
	addSpan(t, ss.Spans(), 1, 0, attributes)
	return traces
}

func addSpan(t *testing.T, spans ptrace.SpanSlice, id, parent byte, attributes map[string]any) ptrace.Span {
	t.Helper()
	span := spans.AppendEmpty()
	span.SetTraceID(pcommon.TraceID{1})
	span.SetSpanID(pcommon.SpanID{id})
	span.SetParentSpanID(pcommon.SpanID{parent})
	span.SetStartTimestamp(pcommon.NewTimestampFromTime(at))
	span.SetEndTimestamp(pcommon.NewTimestampFromTime(at.Add(2 * time.Second)))
	require.NoError(t, span.Attributes().FromRaw(attributes))
	return span
}

func only(traces ptrace.Traces) map[string]any {
	return traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().AsRaw()
}

type openCase struct {
	ID         string         `json:"id"`
	Scope      string         `json:"scope_name"`
	Name       string         `json:"span_name"`
	Timestamp  time.Time      `json:"timestamp"`
	Attributes map[string]any `json:"attributes"`
	Input      *int64         `json:"expected_input_tokens"`
	Output     *int64         `json:"expected_output_tokens"`
	Cost       *float64       `json:"expected_cost_usd"`
	Status     string         `json:"expected_status"`
	Tolerance  float64        `json:"tolerance_pct"`
	Why        string         `json:"why"`
}

func openCases(t *testing.T) []openCase {
	t.Helper()
	raw, err := os.ReadFile("../../internal/testutil/fixtures/llmcost-open-cases.json")
	require.NoError(t, err)
	var file struct{ Cases []openCase }
	require.NoError(t, json.Unmarshal(raw, &file))
	require.Len(t, file.Cases, 30)
	return file.Cases
}

// TestOpenCases holds the thirty spans whose tokens, status and cost were
// worked out by hand; the arithmetic stands in the file.
func TestOpenCases(t *testing.T) {
	for _, c := range openCases(t) {
		t.Run(c.ID, func(t *testing.T) {
			for key, value := range c.Attributes {
				if f, ok := value.(float64); ok && f == math.Trunc(f) {
					c.Attributes[key] = int64(f)
				}
			}
			traces := oneSpan(t, c.Scope, c.Attributes)
			span := traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
			span.SetName(c.Name)
			span.SetStartTimestamp(pcommon.NewTimestampFromTime(c.Timestamp))
			span.SetEndTimestamp(pcommon.NewTimestampFromTime(c.Timestamp.Add(time.Second)))
			got := only(run(t, traces))
			if c.Status == "not_llm" {
				assert.Equal(t, c.Attributes, got, "nothing may be written")
				return
			}
			assert.Equal(t, c.Status, got[attrStatus])
			if c.Cost == nil {
				assert.NotContains(t, got, attrCost)
				return
			}
			assert.InEpsilon(t, *c.Cost, got[attrCost], c.Tolerance/100, c.Why)
			assert.Equal(t, got[attrCost], got[attrCostTotal])
			assert.InDelta(t, got[attrCost], got[attrCostPrompt].(float64)+got[attrCostCompletion].(float64), 1e-12)
			assert.Equal(t, *c.Input, got[attrInputTokens])
			if *c.Output > 0 {
				assert.Equal(t, *c.Output, got[attrOutputTokens])
			}
		})
	}
}

// TestTicketRun prices the captured 33-span run. List prices, US dollars per
// million tokens, as published in November 2026:
//
//	gpt-4o-mini       input 0.15  cached input 0.075  output 0.60
//	claude-haiku-4-5  input 1.00  cache read 0.10  cache write (5 min) 1.25  output 5.00
//
// gpt-4o-mini: 2,626 in, of which 2,176 cache read; 160 out.
//
//	450 × 0.15 + 2,176 × 0.075 + 160 × 0.60 = 67.5 + 163.2 + 96 = 326.7
//
// claude-haiku-4-5: 1,754 in, of which 512 cache read and 512 cache write; 100 out.
//
//	730 × 1 + 512 × 0.1 + 512 × 1.25 + 100 × 5 = 730 + 51.2 + 640 + 500 = 1,921.2
//
// Together 2,247.9 millionths of a dollar.
func TestTicketRun(t *testing.T) {
	const want = 0.0022479
	total, in, out := 0.0, int64(0), int64(0)
	statuses := map[string]int{}
	for _, span := range run(t, testutil.TicketRun(testutil.NewSecrets(1))).ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
		attributes := span.Attributes().AsRaw()
		status, ok := attributes[attrStatus].(string)
		if !ok {
			assert.NotContains(t, attributes, attrCost)
			continue
		}
		statuses[status]++
		total += attributes[attrCost].(float64)
		in += attributes[attrInputTokens].(int64)
		out += attributes[attrOutputTokens].(int64)
		assert.Equal(t, "inclusive", attributes[attrInputMode])
		assert.NotEmpty(t, attributes[attrPriceVersion])
		assert.NotEmpty(t, attributes[attrPriceSource])
		assert.NotContains(t, attributes, attrInputOriginal)
		assert.Contains(t, attributes, attrLatency)
	}
	assert.Equal(t, map[string]int{"priced": 4}, statuses)
	assert.InEpsilon(t, want, total, 0.001)
	assert.EqualValues(t, 4380, in)
	assert.EqualValues(t, 260, out)
}

func TestTokensThatLeaveOutTheCacheAreMadeWhole(t *testing.T) {
	attributes := map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.request.model": "claude-haiku-4-5",
		"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10, "gen_ai.usage.cache_read.input_tokens": 500, "gen_ai.usage.cache_creation.input_tokens": 400,
	}
	// 100 × 1 + 500 × 0.1 + 400 × 1.25 + 10 × 5 = 700 millionths.
	const cost = 0.0007
	t.Run("corrected by default", func(t *testing.T) {
		got := only(run(t, oneSpan(t, "x", attributes)))
		assert.EqualValues(t, 1000, got[attrInputTokens])
		assert.EqualValues(t, 100, got[attrInputOriginal])
		assert.EqualValues(t, 400, got[attrCacheWrite], "under the newest name too")
		assert.Equal(t, "exclusive", got[attrInputMode])
		assert.InEpsilon(t, cost, got[attrCost], 1e-9)
		assert.InEpsilon(t, 0.00005, got["llm.cost.prompt_details.cache_read"], 1e-9)
		assert.InEpsilon(t, 0.0005, got["llm.cost.prompt_details.cache_write"], 1e-9)
	})
	t.Run("priced the same, but left as it came with normalize: fill", func(t *testing.T) {
		got := only(run(t, oneSpan(t, "x", attributes), func(c *Config) { c.Normalize = normalizeFill }))
		assert.EqualValues(t, 100, got[attrInputTokens])
		assert.NotContains(t, got, attrInputOriginal)
		assert.InEpsilon(t, cost, got[attrCost], 1e-9)
	})
	t.Run("with normalize: off no token attribute is written", func(t *testing.T) {
		got := only(run(t, oneSpan(t, "x", attributes), func(c *Config) { c.Normalize = normalizeOff }))
		assert.NotContains(t, got, attrCacheWrite)
		assert.InEpsilon(t, cost, got[attrCost], 1e-9)
	})
}

func TestForeignNamesGetTheirSemconvCounterparts(t *testing.T) {
	got := only(run(t, oneSpan(t, "openinference.instrumentation.openai", map[string]any{
		"openinference.span.kind": "LLM", "llm.system": "openai", "llm.model_name": "gpt-4o-mini",
		"llm.token_count.prompt": 1000, "llm.token_count.completion": 100, "llm.token_count.prompt_details.cache_read": 400,
		"llm.token_count.completion_details.reasoning": 30,
	})))
	assert.EqualValues(t, 1000, got[attrInputTokens])
	assert.EqualValues(t, 100, got[attrOutputTokens])
	assert.EqualValues(t, 400, got[attrCacheRead])
	assert.EqualValues(t, 30, got[attrReasoning])
	assert.Equal(t, "openai", got[attrProviderName])
	assert.Equal(t, "chat", got[attrOperationName])
}

func TestWhatIsUnknownIsNeverZero(t *testing.T) {
	for name, test := range map[string]struct {
		attributes map[string]any
		want       status
	}{
		"model":    {map[string]any{"gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-supermax"}, statusUnknownModel},
		"provider": {map[string]any{"gen_ai.provider.name": "acme-ai", "gen_ai.request.model": "acme-1"}, statusUnknownProvider},
		"nothing":  {map[string]any{}, statusUnknownProvider},
	} {
		t.Run(name, func(t *testing.T) {
			test.attributes["gen_ai.operation.name"] = "chat"
			test.attributes["gen_ai.usage.input_tokens"] = 100
			test.attributes["gen_ai.usage.output_tokens"] = 10
			got := only(run(t, oneSpan(t, "x", test.attributes)))
			assert.Equal(t, string(test.want), got[attrStatus])
			for key := range got {
				assert.NotContains(t, key, "cost.total")
				assert.NotContains(t, key, "usage.cost")
			}
		})
	}
}

func TestALocalModelIsAKnownZero(t *testing.T) {
	got := only(run(t, oneSpan(t, "x", map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": "ollama", "gen_ai.request.model": "llama3.2", "gen_ai.usage.input_tokens": 100,
	})))
	assert.Equal(t, "local", got[attrStatus])
	assert.Equal(t, 0.0, got[attrCost])
}

func TestSpansThatSumUpOthersArePricedOnce(t *testing.T) {
	call := map[string]any{"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10}
	agent := map[string]any{"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 200, "gen_ai.usage.output_tokens": 20}
	traces := ptrace.NewTraces()
	spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	addSpan(t, spans, 1, 0, agent) // states what its calls used
	addSpan(t, spans, 2, 1, call)
	addSpan(t, spans, 3, 1, call) // looks like a call, but a gateway's span below it is the call
	// The gateway's span comes in a resource of its own.
	gateway := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	addSpan(t, gateway, 4, 3, call)

	want := map[byte]status{1: statusRollup, 2: statusPriced, 3: statusRollup, 4: statusPriced}
	costs := 0
	for _, rs := range run(t, traces).ResourceSpans().All() {
		for _, span := range rs.ScopeSpans().At(0).Spans().All() {
			got := span.Attributes().AsRaw()
			assert.Equal(t, string(want[span.SpanID()[0]]), got[attrStatus], "span %d", span.SpanID()[0])
			if _, ok := got[attrCost]; ok {
				costs++
			}
		}
	}
	assert.Equal(t, 2, costs)
}

func TestSpansOfNoModelAreLeftAsTheyAre(t *testing.T) {
	for name, attributes := range map[string]map[string]any{
		"http":                {"http.request.method": "POST", "server.address": "api.openai.com"},
		"tool":                {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"},
		"agent without usage": {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a", "gen_ai.request.model": "gpt-4o"},
		"Mastra generation":   {"gen_ai.operation.name": "model_generation", "mastra.span.type": "model_generation"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, attributes, only(run(t, oneSpan(t, "x", attributes))))
		})
	}
}

func TestASecondProcessorChangesNothing(t *testing.T) {
	once := run(t, testutil.TicketRun(testutil.NewSecrets(1)))
	copied := ptrace.NewTraces()
	once.CopyTo(copied)
	assert.Equal(t, marshal(t, copied), marshal(t, run(t, once)))
}

func marshal(t *testing.T, traces ptrace.Traces) string {
	t.Helper()
	raw, err := new(ptrace.JSONMarshaler).MarshalTraces(traces)
	require.NoError(t, err)
	return string(raw)
}

func TestBadCountsNeverStopABatchNorMakeACost(t *testing.T) {
	traces := ptrace.NewTraces()
	spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	bad := []any{-5, math.NaN(), math.Inf(1), 1.5, "lots", true, []any{1}, map[string]any{"a": 1}, int64(1) << 60}
	for i, value := range bad {
		addSpan(t, spans, byte(i+1), 0, map[string]any{
			"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.usage.input_tokens": value,
		})
	}
	good := addSpan(t, spans, 99, 0, map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.usage.input_tokens": 1000,
	})
	good.SetStartTimestamp(0) // and a span without a time is priced by the newest prices that hold
	out := run(t, traces).ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	require.Equal(t, len(bad)+1, out.Len())
	for i, span := range out.All() {
		got := span.Attributes().AsRaw()
		if i == len(bad) {
			assert.Equal(t, "priced", got[attrStatus])
			continue
		}
		assert.Equal(t, "invalid_usage", got[attrStatus], "%v", bad[i])
		assert.NotContains(t, got, attrCost)
	}
}

func TestLatency(t *testing.T) {
	got := only(run(t, oneSpan(t, "x", map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini",
		"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 150, "gen_ai.response.time_to_first_chunk": 0.5,
	})))
	assert.Equal(t, 2000.0, got[attrLatency])
	assert.Equal(t, 500.0, got[attrTimeToFirst])
	assert.Equal(t, 100.0, got[attrTokensPerSecond], "150 tokens in the 1.5 seconds after the first")
}

func TestFamiliesOfAttributesCanBeSwitchedOff(t *testing.T) {
	attributes := map[string]any{"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.usage.input_tokens": 10}
	got := only(run(t, oneSpan(t, "x", attributes), func(c *Config) { c.Write = WriteConfig{} }))
	for key := range got {
		_, came := attributes[key]
		assert.True(t, came || key == attrStatus || key == attrInputMode, key)
	}
	got = only(run(t, oneSpan(t, "x", attributes), func(c *Config) { c.Write, c.Normalize = WriteConfig{}, normalizeOff }))
	assert.NotContains(t, got, attrInputMode)
}

func TestSelfMetricsCountSpansByStatusAndUnknownModelsUpToABound(t *testing.T) {
	telemetry := componenttest.NewTelemetry()
	defer func() { require.NoError(t, telemetry.Shutdown(t.Context())) }()
	core, logs := observer.New(zap.WarnLevel)
	set := processortest.NewNopSettings(metadata.Type)
	set.TelemetrySettings = telemetry.NewTelemetrySettings()
	set.Logger = zap.New(core)
	cfg := createDefaultConfig().(*Config)
	cfg.Unknown.MaxModels = 2
	p, err := NewFactory().CreateTraces(t.Context(), set, cfg, consumertest.NewNop())
	require.NoError(t, err)

	traces := ptrace.NewTraces()
	spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for i, model := range []string{"gpt-4o-mini", "nope-1", "nope-2", "nope-3", "nope-4", "nope-1"} {
		addSpan(t, spans, byte(i+1), 0, map[string]any{"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": model, "gen_ai.usage.input_tokens": 1})
	}
	require.NoError(t, p.ConsumeTraces(t.Context(), traces))

	assert.Equal(t, map[string]int64{"priced": 1, "unknown_model": 5}, sums(t, telemetry, "otelcol_processor_llm_cost_spans", "status"))
	assert.Equal(t, map[string]int64{"nope-1": 2, "nope-2": 1, "other": 2}, sums(t, telemetry, "otelcol_processor_llm_cost_unpriced_spans", "model"))
	assert.Equal(t, 3, logs.Len(), "each model once per interval")
	require.NoError(t, p.Shutdown(t.Context()))
}
