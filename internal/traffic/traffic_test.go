package traffic

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

var end = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func marshal(t *testing.T, traces ptrace.Traces) string {
	t.Helper()
	raw, err := new(ptrace.JSONMarshaler).MarshalTraces(traces)
	require.NoError(t, err)
	return string(raw)
}

func TestEqualSeedsMakeEqualTraces(t *testing.T) {
	a, b := New(Options{Seed: 7, TextSize: 2000}), New(Options{Seed: 7, TextSize: 2000})
	first := marshal(t, a.Trace(end))
	assert.Equal(t, first, marshal(t, b.Trace(end)))
	assert.NotEqual(t, first, marshal(t, a.Trace(end)), "the next trace is another one")
	assert.NotEqual(t, first, marshal(t, New(Options{Seed: 8, TextSize: 2000}).Trace(end)))
}

func TestATraceIsOneTreeInsideItsRoot(t *testing.T) {
	spans := New(Options{Seed: 1}).Trace(end).ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	byID := map[pcommon.SpanID]ptrace.Span{}
	for _, span := range spans.All() {
		byID[span.SpanID()] = span
	}
	require.Len(t, byID, spans.Len(), "ids are unique")
	roots := 0
	for _, span := range spans.All() {
		if span.ParentSpanID().IsEmpty() {
			roots++
			assert.Equal(t, end, span.EndTimestamp().AsTime())
			continue
		}
		parent, ok := byID[span.ParentSpanID()]
		require.True(t, ok, span.Name())
		assert.False(t, span.StartTimestamp().AsTime().Before(parent.StartTimestamp().AsTime()), span.Name())
		assert.False(t, span.EndTimestamp().AsTime().After(parent.EndTimestamp().AsTime()), span.Name())
	}
	assert.Equal(t, 1, roots)
}

func TestATraceHasTwelveStepsTwoAgentsToolsAndCallsOfTwoProviders(t *testing.T) {
	ss := New(Options{Seed: 1, TextSize: 5000}).Trace(end).ResourceSpans().At(0).ScopeSpans().At(0)
	types, providers := map[string]int{}, map[string]int{}
	var cached, written, reasoning int64
	var v genai.View
	for _, span := range ss.Spans().All() {
		v.Read(pcommon.NewResource(), ss.Scope(), span)
		types[v.MastraSpanType()]++
		if v.MastraSpanType() == "agent_run" {
			input, ok := v.Input()
			require.True(t, ok)
			assert.GreaterOrEqual(t, len(input.Value.Str()), 5000)
		}
		if v.Kind().CallsModel() {
			usage, state := v.Usage()
			require.Equal(t, genai.UsageValid, state)
			cached += usage.CacheRead
			written += usage.CacheWrite
			reasoning += usage.Reasoning
			providers[v.Provider()]++
			_, ok := v.FirstToken()
			assert.True(t, ok)
		}
	}
	assert.Equal(t, map[string]int{
		"workflow_run": 1, "workflow_step": 12, "agent_run": 2, "model_generation": 2, "model_step": 4, "model_inference": 4, "tool_call": 2,
	}, types)
	assert.Equal(t, map[string]int{"openai": 2, "anthropic": 2}, providers)
	assert.EqualValues(t, 512+1024+1152, cached)
	assert.EqualValues(t, 512, written)
	assert.EqualValues(t, 320, reasoning)
}
