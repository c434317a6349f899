package sensitivefilter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// batch is one item of every kind that OTLP has.
type batch struct {
	td ptrace.Traces
	ld plog.Logs
	md pmetric.Metrics
}

func newBatch() batch {
	b := batch{ptrace.NewTraces(), plog.NewLogs(), pmetric.NewMetrics()}
	span := b.td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.Events().AppendEmpty()
	span.Links().AppendEmpty()
	b.ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	metrics := b.md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	metrics.AppendEmpty().SetEmptyGauge().DataPoints().AppendEmpty().Exemplars().AppendEmpty()
	metrics.AppendEmpty().SetEmptySum().DataPoints().AppendEmpty().Exemplars().AppendEmpty()
	metrics.AppendEmpty().SetEmptyHistogram().DataPoints().AppendEmpty().Exemplars().AppendEmpty()
	metrics.AppendEmpty().SetEmptyExponentialHistogram().DataPoints().AppendEmpty().Exemplars().AppendEmpty()
	metrics.AppendEmpty().SetEmptySummary().DataPoints().AppendEmpty()
	return b
}

func (b batch) span() ptrace.Span { return b.td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0) }

func (b batch) record() plog.LogRecord {
	return b.ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
}

func (b batch) metric(i int) pmetric.Metric {
	return b.md.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().At(i)
}

// attributePlaces are all maps of attributes that OTLP has.
var attributePlaces = []struct {
	name string
	of   func(batch) pcommon.Map
}{
	{"resource of spans", func(b batch) pcommon.Map { return b.td.ResourceSpans().At(0).Resource().Attributes() }},
	{"scope of spans", func(b batch) pcommon.Map { return b.td.ResourceSpans().At(0).ScopeSpans().At(0).Scope().Attributes() }},
	{"span", func(b batch) pcommon.Map { return b.span().Attributes() }},
	{"span event", func(b batch) pcommon.Map { return b.span().Events().At(0).Attributes() }},
	{"span link", func(b batch) pcommon.Map { return b.span().Links().At(0).Attributes() }},
	{"resource of logs", func(b batch) pcommon.Map { return b.ld.ResourceLogs().At(0).Resource().Attributes() }},
	{"scope of logs", func(b batch) pcommon.Map { return b.ld.ResourceLogs().At(0).ScopeLogs().At(0).Scope().Attributes() }},
	{"log record", func(b batch) pcommon.Map { return b.record().Attributes() }},
	{"resource of metrics", func(b batch) pcommon.Map { return b.md.ResourceMetrics().At(0).Resource().Attributes() }},
	{"scope of metrics", func(b batch) pcommon.Map {
		return b.md.ResourceMetrics().At(0).ScopeMetrics().At(0).Scope().Attributes()
	}},
	{"metadata of a metric", func(b batch) pcommon.Map { return b.metric(0).Metadata() }},
	{"gauge point", func(b batch) pcommon.Map { return b.metric(0).Gauge().DataPoints().At(0).Attributes() }},
	{"exemplar of a gauge point", func(b batch) pcommon.Map {
		return b.metric(0).Gauge().DataPoints().At(0).Exemplars().At(0).FilteredAttributes()
	}},
	{"sum point", func(b batch) pcommon.Map { return b.metric(1).Sum().DataPoints().At(0).Attributes() }},
	{"exemplar of a sum point", func(b batch) pcommon.Map {
		return b.metric(1).Sum().DataPoints().At(0).Exemplars().At(0).FilteredAttributes()
	}},
	{"histogram point", func(b batch) pcommon.Map { return b.metric(2).Histogram().DataPoints().At(0).Attributes() }},
	{"exemplar of a histogram point", func(b batch) pcommon.Map {
		return b.metric(2).Histogram().DataPoints().At(0).Exemplars().At(0).FilteredAttributes()
	}},
	{"exponential histogram point", func(b batch) pcommon.Map {
		return b.metric(3).ExponentialHistogram().DataPoints().At(0).Attributes()
	}},
	{"exemplar of an exponential histogram point", func(b batch) pcommon.Map {
		return b.metric(3).ExponentialHistogram().DataPoints().At(0).Exemplars().At(0).FilteredAttributes()
	}},
	{"summary point", func(b batch) pcommon.Map { return b.metric(4).Summary().DataPoints().At(0).Attributes() }},
}

// textPlaces are all single texts of OTLP that may hold a secret.
var textPlaces = []struct {
	name string
	of   func(batch) (get func() string, set func(string))
}{
	{"schema URL of a resource of spans", func(b batch) (func() string, func(string)) {
		r := b.td.ResourceSpans().At(0)
		return r.SchemaUrl, r.SetSchemaUrl
	}},
	{"schema URL of a scope of spans", func(b batch) (func() string, func(string)) {
		s := b.td.ResourceSpans().At(0).ScopeSpans().At(0)
		return s.SchemaUrl, s.SetSchemaUrl
	}},
	{"scope name", func(b batch) (func() string, func(string)) {
		s := b.td.ResourceSpans().At(0).ScopeSpans().At(0).Scope()
		return s.Name, s.SetName
	}},
	{"scope version", func(b batch) (func() string, func(string)) {
		s := b.td.ResourceSpans().At(0).ScopeSpans().At(0).Scope()
		return s.Version, s.SetVersion
	}},
	{"span name", func(b batch) (func() string, func(string)) { return b.span().Name, b.span().SetName }},
	{"status message", func(b batch) (func() string, func(string)) {
		return b.span().Status().Message, b.span().Status().SetMessage
	}},
	{"span event name", func(b batch) (func() string, func(string)) {
		return b.span().Events().At(0).Name, b.span().Events().At(0).SetName
	}},
	{"schema URL of a resource of logs", func(b batch) (func() string, func(string)) {
		r := b.ld.ResourceLogs().At(0)
		return r.SchemaUrl, r.SetSchemaUrl
	}},
	{"schema URL of a scope of logs", func(b batch) (func() string, func(string)) {
		s := b.ld.ResourceLogs().At(0).ScopeLogs().At(0)
		return s.SchemaUrl, s.SetSchemaUrl
	}},
	{"event name of a log record", func(b batch) (func() string, func(string)) { return b.record().EventName, b.record().SetEventName }},
	{"severity text", func(b batch) (func() string, func(string)) {
		return b.record().SeverityText, b.record().SetSeverityText
	}},
	{"log body", func(b batch) (func() string, func(string)) { return b.record().Body().Str, b.record().Body().SetStr }},
	{"schema URL of a resource of metrics", func(b batch) (func() string, func(string)) {
		r := b.md.ResourceMetrics().At(0)
		return r.SchemaUrl, r.SetSchemaUrl
	}},
	{"schema URL of a scope of metrics", func(b batch) (func() string, func(string)) {
		s := b.md.ResourceMetrics().At(0).ScopeMetrics().At(0)
		return s.SchemaUrl, s.SetSchemaUrl
	}},
	{"description of a metric", func(b batch) (func() string, func(string)) {
		return b.metric(0).Description, b.metric(0).SetDescription
	}},
}

// values are the ways in which an OTLP value may hold the secret. The result is given as it is read back.
var values = []struct {
	name string
	put  func(pcommon.Value)
	want any
}{
	{"a string", func(v pcommon.Value) { v.SetStr("see " + secret + ".") }, "see " + label + "."},
	{"bytes", func(v pcommon.Value) { v.SetEmptyBytes().FromRaw([]byte("see " + secret)) }, []byte("see " + label)},
	{"a list", func(v pcommon.Value) { v.SetEmptySlice().AppendEmpty().SetStr(secret) }, []any{label}},
	{"a map", func(v pcommon.Value) { v.SetEmptyMap().PutStr("a", secret) }, map[string]any{"a": label}},
	{"a map in a list in a map", func(v pcommon.Value) {
		v.SetEmptyMap().PutEmptySlice("list").AppendEmpty().SetEmptyMap().PutStr("a", secret)
	}, map[string]any{"list": []any{map[string]any{"a": label}}}},
	{"a password in a map", func(v pcommon.Value) { v.SetEmptyMap().PutStr("password", "swordfish") }, map[string]any{"password": "[REDACTED:secret.password]"}},
	{"a map under a sensitive key", func(v pcommon.Value) {
		m := v.SetEmptyMap().PutEmptyMap("credentials")
		m.PutStr("user", "bob")
		m.PutInt("n", 5)
		m.PutBool("ok", true)
		m.PutEmptySlice("list").AppendEmpty().SetStr("x1")
	}, map[string]any{"credentials": map[string]any{"user": "[REDACTED:secret.credentials]", "n": "[REDACTED:secret.credentials]", "ok": true, "list": []any{"[REDACTED:secret.credentials]"}}}},
	{"a pair of name and value", func(v pcommon.Value) {
		v.SetEmptyMap().PutStr("name", "DB_PASSWORD")
		v.Map().PutStr("value", "swordfish")
	}, map[string]any{"name": "DB_PASSWORD", "value": "[REDACTED:secret.password]"}},
	{"an integer that is a card number", func(v pcommon.Value) { v.SetInt(4111111111111111) }, "[REDACTED:pii.card]"},
	{"a whole double that is a card number", func(v pcommon.Value) { v.SetDouble(4111111111111111) }, "[REDACTED:pii.card]"},
	{"an integer under a sensitive key", func(v pcommon.Value) { v.SetEmptyMap().PutInt("pin", 4711) }, map[string]any{"pin": "[REDACTED:secret.pin]"}},
	{"JSON text", func(v pcommon.Value) { v.SetStr(`{"a":["` + secret + `",1]}`) }, `{"a":["` + label + `",1]}`},
}

// filtered passes the batch through all three signals.
func filtered(t *testing.T, cfg *Config, b batch) batch {
	t.Helper()
	return batch{filterTraces(t, cfg, b.td), filterLogs(t, cfg, b.ld), filterMetrics(t, cfg, b.md)}
}

func TestASecretGoesFromEveryAttributeWhateverItsType(t *testing.T) {
	for _, place := range attributePlaces {
		for _, value := range values {
			t.Run(place.name+", "+value.name, func(t *testing.T) {
				b := newBatch()
				value.put(place.of(b).PutEmpty("note"))
				place.of(b).PutStr("model", "gpt-4o-mini")
				out := place.of(filtered(t, defaults(), b))
				got, ok := out.Get("note")
				assert.True(t, ok)
				assert.Equal(t, value.want, got.AsRaw())
				model, _ := out.Get("model")
				assert.Equal(t, "gpt-4o-mini", model.Str())
			})
		}
	}
}

func TestASecretGoesFromALogBodyWhateverItsType(t *testing.T) {
	for _, value := range values {
		t.Run(value.name, func(t *testing.T) {
			b := newBatch()
			value.put(b.record().Body())
			assert.Equal(t, value.want, filtered(t, defaults(), b).record().Body().AsRaw())
		})
	}
}

func TestASecretGoesFromEveryText(t *testing.T) {
	for _, place := range textPlaces {
		t.Run(place.name, func(t *testing.T) {
			b := newBatch()
			_, set := place.of(b)
			set("see " + secret)
			get, _ := place.of(filtered(t, defaults(), b))
			assert.Equal(t, "see "+label, get())
		})
	}
}
