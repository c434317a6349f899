package sensitivefilter

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelcol-llm/otelcol-llm/processor/sensitivefilter/internal/metadatatest"
)

// known is a made-up password that nothing gives away but its name.
const (
	known      = "hunter2xy!"
	knownLabel = "[REDACTED:secret.password]"
)

// tell puts the password under its name into each signal of a batch.
func tell(b batch) {
	b.span().Attributes().PutStr("db.password", known)
	b.record().Attributes().PutStr("db.password", known)
	b.metric(4).Summary().DataPoints().At(0).Attributes().PutStr("db.password", known)
}

func TestAKnownValueGoesFromEveryAttribute(t *testing.T) {
	for _, place := range attributePlaces {
		t.Run(place.name, func(t *testing.T) {
			b := newBatch()
			tell(b)
			m := place.of(b)
			m.PutStr("note", "I used "+known+" to log in")
			m.PutEmptyBytes("blob").FromRaw([]byte("with " + known))
			require.NoError(t, m.PutEmptyMap("nested").FromRaw(map[string]any{"list": []any{"x", known}, known: true}))
			m.PutStr(known, "a name")
			got := place.of(filtered(t, defaults(), b)).AsRaw()
			assert.Equal(t, "I used "+knownLabel+" to log in", got["note"])
			assert.Equal(t, []byte("with "+knownLabel), got["blob"])
			assert.Equal(t, map[string]any{"list": []any{"x", knownLabel}, knownLabel: true}, got["nested"])
			assert.Equal(t, "a name", got[knownLabel])
		})
	}
}

func TestAKnownValueGoesFromEveryText(t *testing.T) {
	for _, place := range textPlaces {
		t.Run(place.name, func(t *testing.T) {
			b := newBatch()
			tell(b)
			_, set := place.of(b)
			set("see " + known)
			get, _ := place.of(filtered(t, defaults(), b))
			assert.Equal(t, "see "+knownLabel, get())
		})
	}
}

func TestAKnownNumberGoes(t *testing.T) {
	b := newBatch()
	m := b.span().Attributes()
	require.NoError(t, m.FromRaw(map[string]any{"login": map[string]any{"pin": int64(49302137)}, "n": int64(49302137), "d": float64(49302137), "count": int64(49302138), "text": "pin 49302137, order 493021370", "json": `{"n":49302137}`}))
	out := filterTraces(t, defaults(), b.td).ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().AsRaw()
	pin := "[REDACTED:secret.pin]"
	assert.Equal(t, map[string]any{"login": map[string]any{"pin": pin}, "n": pin, "d": pin, "count": int64(49302138), "text": "pin " + pin + ", order 493021370", "json": `{"n":"` + pin + `"}`}, out)
}

// conversation is a batch of one span of a trace, with messages in an attribute.
func conversation(trace byte, messages string) ptrace.Traces {
	td := ptrace.NewTraces()
	span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetTraceID([16]byte{trace})
	span.Attributes().PutStr("gen_ai.input.messages", messages)
	return td
}

func messagesOf(td ptrace.Traces, resource int) string {
	v, _ := td.ResourceSpans().At(resource).ScopeSpans().At(0).Spans().At(0).Attributes().Get("gen_ai.input.messages")
	return v.Str()
}

// pipelines are a filter for traces and one for logs, of one factory and configuration.
type pipelines struct {
	traces     processor.Traces
	logs       processor.Logs
	tracesSink *consumertest.TracesSink
	logsSink   *consumertest.LogsSink
}

func newPipelines(t *testing.T, cfg *Config) *pipelines {
	t.Helper()
	p := &pipelines{tracesSink: new(consumertest.TracesSink), logsSink: new(consumertest.LogsSink)}
	factory := NewFactory()
	var err error
	p.traces, err = factory.CreateTraces(t.Context(), processorSettings(), cfg, p.tracesSink)
	require.NoError(t, err)
	p.logs, err = factory.CreateLogs(t.Context(), processorSettings(), cfg, p.logsSink)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, p.traces.Shutdown(context.Background()))
		require.NoError(t, p.logs.Shutdown(context.Background()))
	})
	return p
}

func (p *pipelines) pass(t *testing.T, td ptrace.Traces) ptrace.Traces {
	t.Helper()
	p.tracesSink.Reset()
	require.NoError(t, p.traces.ConsumeTraces(t.Context(), td))
	return p.tracesSink.AllTraces()[0]
}

func (p *pipelines) passLog(t *testing.T, trace byte, body string) plog.LogRecord {
	t.Helper()
	ld := plog.NewLogs()
	r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	if trace > 0 {
		r.SetTraceID([16]byte{trace})
	}
	r.Body().SetStr(body)
	p.logsSink.Reset()
	require.NoError(t, p.logs.ConsumeLogs(t.Context(), ld))
	return p.logsSink.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
}

func TestATraceIsRememberedOverBatchesAndSignals(t *testing.T) {
	p := newPipelines(t, defaults())
	const said = `[{"role":"assistant","content":"I used ` + known + ` to log in"}]`
	assert.Contains(t, messagesOf(p.pass(t, conversation(1, said)), 0), known, "the first batch is gone before the second tells")
	p.pass(t, conversation(1, `[{"role":"tool","content":"{\"password\":\"`+known+`\"}"}]`))
	assert.JSONEq(t, strings.ReplaceAll(said, known, knownLabel), messagesOf(p.pass(t, conversation(1, said)), 0))
	assert.Equal(t, "retry with "+knownLabel, p.passLog(t, 1, "retry with "+known).Body().Str())
	assert.Contains(t, messagesOf(p.pass(t, conversation(2, said)), 0), known, "another trace")
	assert.Equal(t, "retry with "+known, p.passLog(t, 2, "retry with "+known).Body().Str(), "another trace")
	assert.Equal(t, "retry with "+known, p.passLog(t, 0, "retry with "+known).Body().Str(), "no trace")

	// And from logs to traces.
	p.passLog(t, 3, "api_key=q7"+"Zk20vBx9LmT4wRe1Ns")
	assert.Equal(t, "key [REDACTED:secret.api-key]", messagesOf(p.pass(t, conversation(3, "key q7"+"Zk20vBx9LmT4wRe1Ns")), 0))

	// What stands beside the spans of the trace.
	td := conversation(1, "nothing")
	td.ResourceSpans().At(0).Resource().Attributes().PutStr("note", known)
	td.ResourceSpans().At(0).ScopeSpans().At(0).Scope().SetName("scope " + known)
	out := p.pass(t, td).ResourceSpans().At(0)
	v, _ := out.Resource().Attributes().Get("note")
	assert.Equal(t, knownLabel, v.Str())
	assert.Equal(t, "scope "+knownLabel, out.ScopeSpans().At(0).Scope().Name())
}

func TestOtherConfigurationsRememberForThemselves(t *testing.T) {
	p, other := newPipelines(t, defaults()), newPipelines(t, defaults())
	p.pass(t, conversation(1, "password="+known))
	assert.Contains(t, messagesOf(other.pass(t, conversation(1, "see "+known)), 0), known)
	off := newPipelines(t, changed(func(c *Config) { c.Repeats.Enabled = false }))
	assert.Equal(t, "see "+known+", password="+knownLabel, messagesOf(off.pass(t, conversation(1, "see "+known+", password="+known)), 0))
	assert.Contains(t, messagesOf(off.pass(t, conversation(1, "see "+known)), 0), known)
}

func TestTheMemoryOfAConfigurationGoesWithItsLastFilter(t *testing.T) {
	shared := &sharedRedactors{}
	cfg := defaults()
	first, err := shared.filter(processorSettings(), cfg, "traces")
	require.NoError(t, err)
	second, err := shared.filter(processorSettings(), cfg, "logs")
	require.NoError(t, err)
	require.NoError(t, first.shutdown(t.Context()))
	require.NoError(t, first.shutdown(t.Context()))
	assert.Len(t, shared.redactors, 1)
	require.NoError(t, second.shutdown(t.Context()))
	assert.Empty(t, shared.redactors)
}

func TestABatchIsSearchedAcrossItsResourcesUnlessEachIsOnItsOwn(t *testing.T) {
	fill := func() ptrace.Traces {
		td := ptrace.NewTraces()
		for i, text := range []string{"before " + known, "password=" + known, "after " + known} {
			conversation(byte(1+i), text).ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
		}
		return td
	}
	out := filterTraces(t, defaults(), fill())
	assert.Equal(t, "before "+knownLabel, messagesOf(out, 0))
	assert.Equal(t, "after "+knownLabel, messagesOf(out, 2))
	out = filterTraces(t, changed(func(c *Config) { c.Repeats.PerResource = true }), fill())
	assert.Equal(t, "before "+known, messagesOf(out, 0))
	assert.Equal(t, "password="+knownLabel, messagesOf(out, 1))
	assert.Equal(t, "after "+known, messagesOf(out, 2))

	// Within the resource the option changes nothing, and a trace is known over resources from then on.
	td := conversation(1, "before "+known)
	td.ResourceSpans().At(0).Resource().Attributes().PutStr("db.password", known)
	td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().PutStr("password", known)
	conversation(1, "after "+known).ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
	out = filterTraces(t, changed(func(c *Config) { c.Repeats.PerResource = true }), td)
	assert.Equal(t, "before "+knownLabel, messagesOf(out, 0))
	assert.Equal(t, "after "+knownLabel, messagesOf(out, 1))
}

func TestPlacesThatAreNotLookedAtKeepKnownValues(t *testing.T) {
	b := newBatch()
	tell(b)
	b.span().SetName("a " + known)
	b.span().Attributes().PutStr("note", known)
	b.span().Attributes().PutStr("other", known)
	b.span().Attributes().PutStr("backup_token", known)
	b.span().Attributes().PutStr(known, "x")
	b.span().Events().At(0).Attributes().PutStr("note", known)
	b.record().Body().SetStr(known)
	out := filtered(t, changed(func(c *Config) {
		c.Scope.SpanName, c.Scope.Keys, c.Scope.Events = false, false, false
		c.Keys.Ignore, c.Keys.Safe = []string{"attributes.note", "body"}, []string{"backup_token"}
	}), b)
	assert.Equal(t, "a "+known, out.span().Name())
	assert.Equal(t, map[string]any{"db.password": knownLabel, "note": known, "other": knownLabel, "backup_token": known, known: "x"}, out.span().Attributes().AsRaw())
	v, _ := out.span().Events().At(0).Attributes().Get("note")
	assert.Equal(t, known, v.Str())
	assert.Equal(t, known, out.record().Body().Str())
}

func TestNamesOfServicesAndModelsStay(t *testing.T) {
	td := conversation(1, "password=checkout-eu-1 and checkout-eu-1")
	td.ResourceSpans().At(0).Resource().Attributes().PutStr("service.name", "checkout-eu-1")
	out := filterTraces(t, defaults(), td)
	v, _ := out.ResourceSpans().At(0).Resource().Attributes().Get("service.name")
	assert.Equal(t, "checkout-eu-1", v.Str())
	assert.Equal(t, "password="+knownLabel+" and "+knownLabel, messagesOf(out, 0))
}

func TestRepeatsAreCountedApart(t *testing.T) {
	for _, mode := range []string{"redact", "audit"} {
		t.Run(mode, func(t *testing.T) {
			telemetry := componenttest.NewTelemetry()
			t.Cleanup(func() { require.NoError(t, telemetry.Shutdown(context.Background())) })
			sink := new(consumertest.TracesSink)
			p, err := NewFactory().CreateTraces(t.Context(), metadatatest.NewSettings(telemetry), changed(func(c *Config) { c.Mode, c.Summary = mode, "rules" }), sink)
			require.NoError(t, err)
			b := newBatch()
			tell(b)
			b.span().SetName("login " + known)
			b.span().Events().At(0).Attributes().PutStr("note", known+", again "+known+", password="+known)
			other := b.td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().AppendEmpty()
			other.Attributes().PutStr("note", known)
			require.NoError(t, p.ConsumeTraces(t.Context(), b.td))
			first := "replaced"
			if mode == "audit" {
				first = "found"
			}
			point := func(location, action string, n int64) metricdata.DataPoint[int64] {
				return metricdata.DataPoint[int64]{Value: n, Attributes: attribute.NewSet(attribute.String("rule", "secret.password"), attribute.String("signal", "traces"), attribute.String("location", location), attribute.String("action", action))}
			}
			metadatatest.AssertEqualProcessorSensitiveFilterFindings(t, telemetry, []metricdata.DataPoint[int64]{
				point("attributes", first, 1), point("events", first, 1), point("name", "repeated", 1), point("events", "repeated", 2), point("attributes", "repeated", 1),
			}, metricdatatestIgnore...)
			spans := sink.AllTraces()[0].ResourceSpans().At(0).ScopeSpans().At(0).Spans()
			assert.Equal(t, int64(5), spans.At(0).Attributes().AsRaw()[attributeCount])
			assert.Equal(t, []any{"secret.password"}, spans.At(0).Attributes().AsRaw()[attributeRules])
			assert.Equal(t, int64(1), spans.At(1).Attributes().AsRaw()[attributeCount])
			assert.Equal(t, mode == "audit", strings.Contains(spans.At(0).Name(), known))
			require.NoError(t, p.Shutdown(t.Context()))
		})
	}
}

func TestAnAuditChangesNoRepeats(t *testing.T) {
	b := newBatch()
	for _, place := range attributePlaces {
		require.NoError(t, place.of(b).FromRaw(map[string]any{"password": known, "note": known, "n": int64(49302137), "pin": int64(49302137), known: "x", "deep": map[string]any{"credentials": map[string]any{"a": known}}}))
	}
	before, err := new(ptrace.JSONMarshaler).MarshalTraces(b.td)
	require.NoError(t, err)
	after, err := new(ptrace.JSONMarshaler).MarshalTraces(filterTraces(t, changed(func(c *Config) { c.Mode = "audit" }), b.td))
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
}

// randomSecret is a value of letters, digits and signs that is no word.
func randomSecret(r *rand.Rand) string {
	const letters = `abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#$%&*+-/=?@^_~"\äß `
	runes := []rune(letters)
	out := []rune{'q'}
	for range 7 + r.IntN(30) {
		out = append(out, runes[r.IntN(len(runes))])
	}
	return string(out) + "7z"
}

// TestNoKnownValueStandsInTheOutput writes made-up secrets in all spellings into all kinds of places of a batch.
func TestNoKnownValueStandsInTheOutput(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		b := newBatch()
		secrets := make([]string, 1+r.IntN(20))
		for i := range secrets {
			secrets[i] = randomSecret(r)
		}
		places := attributePlaces[:5]
		for i, s := range secrets {
			quoted, _ := json.Marshal(s)
			twice, _ := json.Marshal(string(quoted))
			texts := []string{
				s, "so " + s + ", then", `{"a":` + string(quoted) + `,"b":` + string(twice) + `}`, url.QueryEscape(s), url.PathEscape("a/" + s), strings.ToLower(url.QueryEscape("")) + "x=" + url.QueryEscape(s),
				base64.StdEncoding.EncodeToString([]byte("a:" + s)), base64.RawURLEncoding.EncodeToString([]byte(":" + s + ":")), base64.URLEncoding.EncodeToString([]byte("usr:" + s)),
			}
			for j, text := range texts {
				places[r.IntN(len(places))].of(b).PutStr(fmt.Sprintf("note%d_%d", i, j), text)
			}
		}
		tools := b.span().Attributes().PutEmptySlice("tools")
		for _, s := range secrets {
			tools.AppendEmpty().SetEmptyMap().PutStr("password", s)
		}
		raw, err := new(ptrace.JSONMarshaler).MarshalTraces(filterTraces(t, defaults(), b.td))
		require.NoError(t, err)
		td, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(raw)
		require.NoError(t, err)
		out := strings.Join(textsOf(td), "\n")
		for _, s := range secrets {
			quoted, _ := json.Marshal(s)
			for name, form := range map[string]string{
				"as it is": s, "in JSON": strings.Trim(string(quoted), `"`), "in a URL": url.QueryEscape(s),
				"in base64": base64.StdEncoding.EncodeToString([]byte("a:" + s))[4:12],
			} {
				require.NotContains(t, out, form, "seed %d: %q %s", seed, s, name)
			}
		}
	}
}

// textsOf returns all texts in attributes of spans.
func textsOf(td ptrace.Traces) (out []string) {
	add := func(m pcommon.Map) {
		for _, v := range m.All() {
			out = append(out, v.AsString())
		}
	}
	rs := td.ResourceSpans().At(0)
	span := rs.ScopeSpans().At(0).Spans().At(0)
	add(rs.Resource().Attributes())
	add(rs.ScopeSpans().At(0).Scope().Attributes())
	add(span.Attributes())
	add(span.Events().At(0).Attributes())
	add(span.Links().At(0).Attributes())
	return out
}

func TestGoroutinesShareTheMemoryOfTraces(t *testing.T) {
	p := newPipelines(t, changed(func(c *Config) { c.Repeats.MaxTraces = 3 }))
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 40 {
				trace := byte(1 + (g+i)%5)
				assert.NoError(t, p.traces.ConsumeTraces(t.Context(), conversation(trace, fmt.Sprintf("password=%s%d and %s%d", known, i, known, i))))
				ld := plog.NewLogs()
				r := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
				r.SetTraceID([16]byte{trace})
				r.Body().SetStr(known + "1")
				assert.NoError(t, p.logs.ConsumeLogs(t.Context(), ld))
			}
		})
	}
	wg.Wait()
	for _, td := range p.tracesSink.AllTraces() {
		assert.NotContains(t, messagesOf(td, 0), known)
	}
}
