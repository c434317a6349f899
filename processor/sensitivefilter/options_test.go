package sensitivefilter

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestAuditChangesNothing(t *testing.T) {
	b := newBatch()
	for _, place := range attributePlaces {
		require.NoError(t, place.of(b).FromRaw(map[string]any{"a": secret, "password": map[string]any{"x": "y", "n": 1}, "card": int64(4111111111111111), "blob": []byte(secret)}))
	}
	for _, place := range textPlaces {
		_, set := place.of(b)
		set(secret)
	}
	cfg := changed(func(c *Config) {
		c.Mode, c.Keys.AllowedOnly, c.OnError, c.Limits.MaxDepth = "audit", []string{"none"}, "drop_record", 1
	})
	before, err := new(ptrace.ProtoMarshaler).MarshalTraces(b.td)
	require.NoError(t, err)
	metricsBefore, err := new(pmetric.ProtoMarshaler).MarshalMetrics(b.md)
	require.NoError(t, err)
	out := filtered(t, cfg, b)
	after, err := new(ptrace.ProtoMarshaler).MarshalTraces(out.td)
	require.NoError(t, err)
	metricsAfter, err := new(pmetric.ProtoMarshaler).MarshalMetrics(out.md)
	require.NoError(t, err)
	assert.Equal(t, before, after)
	assert.Equal(t, metricsBefore, metricsAfter)
}

func TestEachScopeSwitchLeavesItsPlacesAlone(t *testing.T) {
	for name, c := range map[string]struct {
		off   func(*ScopeConfig)
		maps  []string
		texts []string
	}{
		"resource":          {func(s *ScopeConfig) { s.Resource = false }, []string{"resource of spans", "resource of logs", "resource of metrics"}, []string{"schema URL of a resource of spans", "schema URL of a resource of logs", "schema URL of a resource of metrics"}},
		"scope":             {func(s *ScopeConfig) { s.Scope = false }, []string{"scope of spans", "scope of logs", "scope of metrics"}, []string{"schema URL of a scope of spans", "schema URL of a scope of logs", "schema URL of a scope of metrics", "scope name", "scope version"}},
		"span_name":         {func(s *ScopeConfig) { s.SpanName = false }, nil, []string{"span name"}},
		"status_message":    {func(s *ScopeConfig) { s.StatusMessage = false }, nil, []string{"status message"}},
		"attributes":        {func(s *ScopeConfig) { s.Attributes = false }, []string{"span", "log record"}, nil},
		"events":            {func(s *ScopeConfig) { s.Events = false }, []string{"span event"}, []string{"span event name"}},
		"links":             {func(s *ScopeConfig) { s.Links = false }, []string{"span link"}, nil},
		"log_body":          {func(s *ScopeConfig) { s.LogBody = false }, nil, []string{"log body", "event name of a log record", "severity text"}},
		"metric_attributes": {func(s *ScopeConfig) { s.MetricAttributes = false }, []string{"metadata of a metric", "gauge point", "sum point", "histogram point", "exponential histogram point", "summary point"}, []string{"description of a metric"}},
		"exemplars":         {func(s *ScopeConfig) { s.Exemplars = false }, []string{"exemplar of a gauge point", "exemplar of a sum point", "exemplar of a histogram point", "exemplar of an exponential histogram point"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch()
			for _, place := range attributePlaces {
				place.of(b).PutStr("a", secret)
			}
			for _, place := range textPlaces {
				_, set := place.of(b)
				set(secret)
			}
			out := filtered(t, changed(func(cfg *Config) { c.off(&cfg.Scope) }), b)
			for _, place := range attributePlaces {
				got, _ := place.of(out).Get("a")
				if slices.Contains(c.maps, place.name) {
					assert.Equal(t, secret, got.Str(), place.name)
				} else {
					assert.Equal(t, label, got.Str(), place.name)
				}
			}
			for _, place := range textPlaces {
				get, _ := place.of(out)
				if slices.Contains(c.texts, place.name) {
					assert.Equal(t, secret, get(), place.name)
				} else {
					assert.Equal(t, label, get(), place.name)
				}
			}
		})
	}
}

func TestTraceStateIsLookedAtWhenAsked(t *testing.T) {
	b := newBatch()
	b.span().TraceState().FromRaw("vendor=" + secret)
	b.span().Links().At(0).TraceState().FromRaw("vendor=" + secret)
	out := filtered(t, changed(func(c *Config) { c.Scope.TraceState = true }), b)
	assert.Equal(t, "vendor="+label, out.span().TraceState().AsRaw())
	assert.Equal(t, "vendor="+label, out.span().Links().At(0).TraceState().AsRaw())
}

func TestIgnoredPlacesAreNotLookedAt(t *testing.T) {
	b := newBatch()
	for _, m := range []pcommon.Map{b.span().Attributes(), b.record().Attributes()} {
		require.NoError(t, m.FromRaw(map[string]any{"gen_ai.response.id": secret, "http.route": secret, "other": secret, "map": map[string]any{"inner": secret, "more": secret}}))
	}
	b.span().SetName(secret)
	b.record().Body().SetStr(secret)
	out := filtered(t, changed(func(c *Config) {
		c.Keys.Ignore = []string{"attributes.gen_ai.response.id", "*.http.*", "attributes.map.inner", "name", "body"}
	}), b)
	want := map[string]any{"gen_ai.response.id": secret, "http.route": secret, "other": label, "map": map[string]any{"inner": secret, "more": label}}
	assert.Equal(t, want, out.span().Attributes().AsRaw())
	assert.Equal(t, want, out.record().Attributes().AsRaw())
	assert.Equal(t, secret, out.span().Name())
	assert.Equal(t, secret, out.record().Body().Str())
}

func TestOnlyAllowedAttributesStay(t *testing.T) {
	b := newBatch()
	for _, place := range attributePlaces {
		require.NoError(t, place.of(b).FromRaw(map[string]any{"gen_ai.request.model": "m", "service.name": "s", "note": "n"}))
	}
	out := filtered(t, changed(func(c *Config) { c.Keys.AllowedOnly = []string{"gen_ai.*", "service.name"} }), b)
	for _, place := range attributePlaces {
		assert.Equal(t, map[string]any{"gen_ai.request.model": "m", "service.name": "s"}, place.of(out).AsRaw(), place.name)
	}
}

func TestPatternsSeeTheWholePath(t *testing.T) {
	b := newBatch()
	require.NoError(t, b.span().Attributes().FromRaw(map[string]any{"internal.note": "x1", "note": "x2", "app": map[string]any{"private": map[string]any{"note": "x3"}, "note": "x4"}}))
	out := filtered(t, changed(func(c *Config) { c.Keys.SensitivePatterns = []string{`^internal\.`, `\.private\.`} }), b)
	custom := "[REDACTED:secret.custom-key]"
	assert.Equal(t, map[string]any{"internal.note": custom, "note": "x2", "app": map[string]any{"private": map[string]any{"note": custom}, "note": "x4"}}, out.span().Attributes().AsRaw())
}

func TestARecordThatCannotBeScannedIsDroppedWhenAsked(t *testing.T) {
	deep := func(m pcommon.Map) {
		for range 10 {
			m = m.PutEmptyMap("next")
		}
	}
	b := newBatch()
	spans := b.td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	spans.AppendEmpty().SetName("good")
	deep(b.span().Attributes())
	records := b.ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	records.AppendEmpty().Body().SetStr("good")
	deep(b.record().Attributes())
	for i, list := range []pmetric.NumberDataPointSlice{b.metric(0).Gauge().DataPoints(), b.metric(1).Sum().DataPoints()} {
		list.AppendEmpty().SetIntValue(int64(i))
		deep(list.At(0).Exemplars().At(0).FilteredAttributes())
	}
	deep(b.metric(4).Summary().DataPoints().At(0).Attributes())
	out := filtered(t, changed(func(c *Config) { c.OnError, c.Limits.MaxDepth = "drop_record", 5 }), b)
	require.Equal(t, 1, out.td.SpanCount())
	assert.Equal(t, "good", out.span().Name())
	require.Equal(t, 1, out.ld.LogRecordCount())
	assert.Equal(t, "good", out.record().Body().Str())
	assert.Equal(t, 1, out.metric(0).Gauge().DataPoints().Len())
	assert.Equal(t, 1, out.metric(1).Sum().DataPoints().Len())
	assert.Zero(t, out.metric(4).Summary().DataPoints().Len())
}

func TestSummaries(t *testing.T) {
	fill := func() batch {
		b := newBatch()
		b.span().SetName(secret)
		b.span().Attributes().PutStr("mail", "jane@example.com and bob@example.com")
		b.td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().AppendEmpty().SetName("clean")
		b.record().Body().SetStr(secret)
		return b
	}
	for _, mode := range []string{"redact", "audit"} {
		out := filtered(t, changed(func(c *Config) { c.Mode, c.Summary = mode, "rules" }), fill())
		got := out.span().Attributes().AsRaw()
		assert.Equal(t, int64(3), got[attributeCount])
		assert.Equal(t, []any{"pii.email", "secret.github-pat"}, got[attributeRules])
		assert.Equal(t, []any{int64(2), int64(1)}, got[attributeRuleCounts])
		assert.Equal(t, map[string]any{attributeCount: int64(1), attributeRules: []any{"secret.github-pat"}, attributeRuleCounts: []any{int64(1)}}, out.record().Attributes().AsRaw())
		assert.Zero(t, out.td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(1).Attributes().Len())
	}
	out := filtered(t, changed(func(c *Config) { c.Summary = "count" }), fill())
	assert.Equal(t, int64(3), out.span().Attributes().AsRaw()[attributeCount])
	assert.NotContains(t, out.span().Attributes().AsRaw(), attributeRules)

	// A second filter adds to the first.
	b := fill()
	b.span().Attributes().PutInt(attributeCount, 4)
	b.span().Attributes().PutEmptySlice(attributeRules).AppendEmpty().SetStr("acme-token")
	out = filtered(t, changed(func(c *Config) { c.Summary = "rules" }), b)
	assert.Equal(t, int64(7), out.span().Attributes().AsRaw()[attributeCount])
	assert.Equal(t, []any{"acme-token", "pii.email", "secret.github-pat"}, out.span().Attributes().AsRaw()[attributeRules])
	assert.Equal(t, []any{int64(1), int64(2), int64(1)}, out.span().Attributes().AsRaw()[attributeRuleCounts])
	// And one that has said how many of each adds up.
	b = fill()
	b.span().Attributes().PutEmptySlice(attributeRules).AppendEmpty().SetStr("pii.email")
	b.span().Attributes().PutEmptySlice(attributeRuleCounts).AppendEmpty().SetInt(5)
	out = filtered(t, changed(func(c *Config) { c.Summary = "rules" }), b)
	assert.Equal(t, []any{int64(7), int64(1)}, out.span().Attributes().AsRaw()[attributeRuleCounts])

	// What no filter has counted hides no finding.
	for _, absurd := range []int64{-3, math.MaxInt64} {
		b := fill()
		b.span().Attributes().PutInt(attributeCount, absurd)
		out = filtered(t, changed(func(c *Config) { c.Summary = "count" }), b)
		assert.Equal(t, int64(3), out.span().Attributes().AsRaw()[attributeCount])
	}
}

func TestEqualValuesOfATraceHaveTheSameNumber(t *testing.T) {
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for i, mail := range []string{"a@example.com", "b@example.com", "a@example.com", "b@example.com"} {
		s := spans.AppendEmpty()
		s.SetTraceID([16]byte{byte(1 + i/3)})
		s.Attributes().PutStr("mail", mail)
	}
	out := filterTraces(t, changed(func(c *Config) { c.Style.Type = "indexed" }), td).ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	var got []string
	for i := range out.Len() {
		v, _ := out.At(i).Attributes().Get("mail")
		got = append(got, v.Str())
	}
	assert.Equal(t, []string{"[EMAIL_1]", "[EMAIL_2]", "[EMAIL_1]", "[EMAIL_1]"}, got)
}

func TestAFiveMegabyteAttributeIsCutAndCounted(t *testing.T) {
	b := newBatch()
	b.span().Attributes().PutStr("big", strings.Repeat("word ", 1<<20)+secret)
	out := filtered(t, defaults(), b)
	v, _ := out.span().Attributes().Get("big")
	assert.LessOrEqual(t, len(v.Str()), 4<<20+40)
	assert.Contains(t, v.Str(), "[TRUNCATED ")
}

func TestInvalidTextIsNoObstacle(t *testing.T) {
	b := newBatch()
	b.span().Attributes().PutStr("a", "\xff\xfe "+secret+" \x00")
	b.span().Attributes().PutDouble("nan", nan())
	out := filtered(t, defaults(), b)
	v, _ := out.span().Attributes().Get("a")
	assert.Equal(t, "\uFFFD "+label+" \x00", v.Str())
}

func nan() float64 {
	zero := 0.0
	return zero / zero
}
