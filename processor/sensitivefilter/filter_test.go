package sensitivefilter

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
	"github.com/otelcol-llm/otelcol-llm/processor/sensitivefilter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/processor/sensitivefilter/internal/metadatatest"
)

func TestFindingsAreCountedByRuleSignalAndLocation(t *testing.T) {
	telemetry := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, telemetry.Shutdown(context.Background())) })
	p, err := NewFactory().CreateTraces(t.Context(), metadatatest.NewSettings(telemetry), defaults(), consumertest.NewNop())
	require.NoError(t, err)
	b := newBatch()
	b.span().SetName("GET " + secret)
	b.span().Attributes().PutStr("a", secret+" and "+secret)
	b.span().Events().At(0).Attributes().PutStr("mail", "jane@example.com")
	require.NoError(t, p.ConsumeTraces(t.Context(), b.td))

	point := func(rule, location string, n int64) metricdata.DataPoint[int64] {
		return metricdata.DataPoint[int64]{Value: n, Attributes: attribute.NewSet(attribute.String("rule", rule), attribute.String("signal", "traces"), attribute.String("location", location), attribute.String("action", "replaced"))}
	}
	metadatatest.AssertEqualProcessorSensitiveFilterFindings(t, telemetry, []metricdata.DataPoint[int64]{
		point("secret.github-pat", "name", 1), point("secret.github-pat", "attributes", 2), point("pii.email", "events", 1),
	}, metricdatatestIgnore...)
	metadatatest.AssertEqualProcessorSensitiveFilterChangedValues(t, telemetry, []metricdata.DataPoint[int64]{
		{Value: 3, Attributes: attribute.NewSet(attribute.String("signal", "traces"))},
	}, metricdatatestIgnore...)
	require.NoError(t, p.Shutdown(t.Context()))
}

func TestWhatLiesTooDeepIsReplaced(t *testing.T) {
	td := ptrace.NewTraces()
	m := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().Attributes()
	for range 200 {
		m = m.PutEmptyMap("next")
	}
	m.PutStr("note", "deep and dark")
	raw, err := new(ptrace.JSONMarshaler).MarshalTraces(filterTraces(t, defaults(), td))
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "deep and dark")
	assert.Contains(t, string(raw), "[REDACTED:redact.error]")
}

func TestAPanicDropsTheBatchAndSaysNothingOfItsContent(t *testing.T) {
	set := processorSettings()
	f, err := (&sharedRedactors{}).filter(set, defaults(), "traces")
	require.NoError(t, err)
	err = f.run(t.Context(), func(*walker) {}, func(*walker) { panic(secret) })
	require.Error(t, err)
	assert.True(t, consumererror.IsPermanent(err))
	assert.NotContains(t, err.Error(), secret)
}

func TestBytesThatAreNoTextPassUnlessTheirKeyIsSensitive(t *testing.T) {
	b := newBatch()
	raw := []byte{0xFF, 0xFE, 0x00, 0x01}
	b.span().Attributes().PutEmptyBytes("blob").FromRaw(raw)
	b.span().Attributes().PutEmptyBytes("password").FromRaw(raw)
	out := filterTraces(t, defaults(), b.td).ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().AsRaw()
	assert.Equal(t, raw, out["blob"])
	assert.NotEqual(t, raw, out["password"])
}

func TestASchemaIsNoValue(t *testing.T) {
	b := newBatch()
	schema := map[string]any{"properties": map[string]any{"password": map[string]any{"type": "string", "description": "the password"}, "token": map[string]any{"type": "string"}}}
	require.NoError(t, b.span().Attributes().PutEmptyMap("tool").FromRaw(schema))
	got, _ := filterTraces(t, defaults(), b.td).ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().Get("tool")
	assert.Equal(t, schema, got.AsRaw())
}

func TestEightGoroutinesShareAProcessor(t *testing.T) {
	sink := new(consumertest.TracesSink)
	p, err := NewFactory().CreateTraces(t.Context(), processorSettings(), defaults(), sink)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				b := newBatch()
				b.span().Attributes().PutStr("a", strings.Repeat("some text ", 50)+secret)
				assert.NoError(t, p.ConsumeTraces(t.Context(), b.td))
			}
		})
	}
	wg.Wait()
	require.NoError(t, p.Shutdown(t.Context()))
	require.Len(t, sink.AllTraces(), 400)
	for _, td := range sink.AllTraces() {
		raw, err := new(ptrace.ProtoMarshaler).MarshalTraces(td)
		require.NoError(t, err)
		require.NotContains(t, string(raw), secret)
	}
}

// ordinary fills a span with ten attributes as a model call has them.
func ordinary(m pcommon.Map) {
	m.PutStr("gen_ai.operation.name", "chat")
	m.PutStr("gen_ai.provider.name", "openai")
	m.PutStr("gen_ai.request.model", "gpt-4o-mini-2024-07-18")
	m.PutStr("gen_ai.response.id", "chatcmpl-9fA3kLmNoPqRsTuVwXyZ012345")
	m.PutStr("server.address", "api.openai.com")
	m.PutStr("session.id", "0b2de99e-c78f-4e35-a0af-2399c9d205e5")
	m.PutInt("gen_ai.usage.input_tokens", 1240)
	m.PutInt("gen_ai.usage.output_tokens", 42)
	m.PutDouble("gen_ai.request.temperature", 0.2)
	m.PutBool("gen_ai.is_streaming", true)
}

func TestASpanWithoutAFindingAllocatesNothing(t *testing.T) {
	b := newBatch()
	ordinary(b.span().Attributes())
	b.span().Attributes().PutStr("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"text","content":"How do I rotate the login token? It is 12:30."}]}]`)
	require.NoError(t, b.span().Attributes().PutEmptyMap("nested").FromRaw(map[string]any{"a": []any{"b", map[string]any{"c": "d"}}}))
	w := defaultWalker(t)
	w.begin()
	assert.Zero(t, testing.AllocsPerRun(100, func() { w.traces(b.td) }))
	assert.Zero(t, w.changed)
}

func defaultWalker(t testing.TB) *walker {
	t.Helper()
	r, err := redact.New(defaults().Options())
	require.NoError(t, err)
	return newWalker(newPlan(defaults(), r))
}

func BenchmarkOrdinarySpan(b *testing.B) {
	td := ptrace.NewTraces()
	ordinary(td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().Attributes())
	w := defaultWalker(b)
	w.begin()
	span := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	b.ReportAllocs()
	done := measureCPU(b, 0)
	for b.Loop() {
		w.span(span)
	}
	done()
}

func TestTheOldTypeNameStillWorks(t *testing.T) {
	assert.Equal(t, "sensitive_filter", NewFactory().Type().String())
	assert.Equal(t, "sensitivefilter", metadata.DeprecatedType.String())
}
