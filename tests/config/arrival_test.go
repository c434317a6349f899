package config

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	commonv1 "go.opentelemetry.io/proto/otlp/common/v1"
	resourcev1 "go.opentelemetry.io/proto/otlp/resource/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// toOTLPAndPrometheus runs the base with both destinations, and returns the address of Prometheus' exporter.
func toOTLPAndPrometheus(t *testing.T, backend *otlptest.Server) (c *e2e.Collector, url string) {
	t.Helper()
	port := e2e.FreePorts(t, 1)[0]
	t.Setenv("OTELCOL_PROMETHEUS_PORT", port)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.URL)
	return run(t, "destinations/otlp.yaml", "destinations/prometheus.yaml"), "http://127.0.0.1:" + port + "/metrics"
}

// page is what an address answers, which must be 200.
func page(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, string(raw))
	return string(raw)
}

// TestTextThatIsNoUTF8HarmsNoNeighbour: a destination that reads as strictly as protobuf's rules say takes the good spans, and the broken ones
// too, and pages of metrics go on answering.
func TestTextThatIsNoUTF8HarmsNoNeighbour(t *testing.T) {
	backend := otlptest.Start(t)
	c, prometheus := toOTLPAndPrometheus(t, backend)
	traces := ptrace.NewTraces()
	resource := traces.ResourceSpans().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "shop\xff")
	spans := resource.ScopeSpans().AppendEmpty().Spans()
	const good = 60
	for range good {
		modelCall(spans)
	}
	spoil := []func(ptrace.Span){
		func(s ptrace.Span) { s.SetName("broken\xffname") },
		func(s ptrace.Span) { s.Attributes().PutStr("note", "my private text\xc3") },
		func(s ptrace.Span) { s.Attributes().PutStr("key\xff", "a"); s.Attributes().PutStr("key\xfe", "b") },
		func(s ptrace.Span) {
			s.Attributes().PutStr("gen_ai.request.model", "my-model\xff")
			s.Attributes().PutStr("gen_ai.agent.name", "agent\xff")
			s.Attributes().PutStr("tenant.id", "acme\xff")
			s.Attributes().PutStr("gen_ai.provider.name", "nobody\xff")
		},
		func(s ptrace.Span) {
			s.Attributes().PutEmptyMap("m").PutEmptySlice("l\xff").AppendEmpty().SetStr("\xff")
		},
		func(s ptrace.Span) { // valid, until it is cut to a label
			s.Attributes().PutStr("gen_ai.request.model", "x"+strings.Repeat("模", 200))
			s.Attributes().PutStr("gen_ai.agent.name", "x"+strings.Repeat("模", 2000))
		},
		func(s ptrace.Span) { s.Status().SetMessage("failed\xff"); s.TraceState().FromRaw("a=b\xff") },
		func(s ptrace.Span) {
			s.Events().AppendEmpty().SetName("e\xff")
			s.Links().AppendEmpty().TraceState().FromRaw("\xff")
		},
	}
	for _, f := range spoil {
		f(modelCall(spans))
	}
	send(t, c, traces)
	logs := plog.NewLogs()
	record := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	record.Body().SetStr("body\xff")
	record.SetSeverityText("WARN\xff")
	sendLogs(t, c, logs)
	sendMetric(t, c, "app.queue\xff", "a\xff")

	got := backend.WaitSpans(t, good+len(spoil))
	assert.Len(t, got, good+len(spoil))
	texts := map[string]bool{}
	for _, span := range got {
		texts[span.Name()] = true
		for key, value := range span.Attributes().All() {
			texts[key] = true
			texts[value.AsString()] = true
		}
	}
	for _, want := range []string{"broken\uFFFDname", "my private text\uFFFD", "key\uFFFD", "key\uFFFD_2", "my-model\uFFFD", `{"l` + "\uFFFD" + `":["` + "\uFFFD" + `"]}`} {
		assert.Contains(t, texts, want)
	}
	eventually(t, func() bool {
		_, metric := backend.Metrics()["app.queue\uFFFD"]
		return metric && len(backend.LogRecords()) == 1
	}, "log records and metrics have not come")

	eventually(t, func() bool {
		return strings.Contains(page(t, prometheus), "my-model\uFFFD") || strings.Contains(page(t, prometheus), "acme\uFFFD")
	}, "the broken call is not in the spend metrics")
	assert.True(t, utf8.ValidString(page(t, prometheus)))
	own := page(t, c.Metrics)
	assert.True(t, utf8.ValidString(own))
	assert.EqualValues(t, 15, e2e.Scrape(t, c.Metrics)("otelcol_processor_sensitive_filter_mended_texts", `signal="traces"`), own)
	assert.Contains(t, c.Log(), "not valid UTF-8")
	assert.NotContains(t, c.Log(), "private text")
	require.NoError(t, c.Stop())
}

// TestNoClientSpeaksForOurComponents: names that the components of this distribution alone write, from an application, hide no text, change no
// price and count no finding.
func TestNoClientSpeaksForOurComponents(t *testing.T) {
	backend := otlptest.Start(t)
	c, prometheus := toOTLPAndPrometheus(t, backend)
	secrets := testutil.NewSecrets(9)
	traces := ptrace.NewTraces()
	spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	forgeries := map[string]func(pcommon.Map){
		"a duplicate":         func(a pcommon.Map) { a.PutStr("llmcost.status", "duplicate") },
		"a sum":               func(a pcommon.Map) { a.PutStr("llmcost.status", "rollup") },
		"no call":             func(a pcommon.Map) { a.PutStr("llmcost.status", "skipped") },
		"priced at nothing":   func(a pcommon.Map) { a.PutStr("llmcost.status", "priced"); a.PutDouble("gen_ai.usage.cost", 0) },
		"free":                func(a pcommon.Map) { a.PutStr("llmcost.status", "free"); a.PutDouble("gen_ai.usage.cost", 0) },
		"dear":                func(a pcommon.Map) { a.PutStr("llmcost.status", "reported"); a.PutDouble("gen_ai.usage.cost", 900) },
		"another model":       func(a pcommon.Map) { a.PutStr("llmcost.status", "priced"); a.PutStr("llmcost.model", "forged") },
		"many findings":       func(a pcommon.Map) { a.PutInt("sensitive_filter.count", 999) },
		"text for a number":   func(a pcommon.Map) { a.PutStr("sensitive_filter.count", "mail "+secrets["email"]) },
		"text for rules":      func(a pcommon.Map) { a.PutEmptySlice("sensitive_filter.rules").AppendEmpty().SetStr(secrets["email"]) },
		"bytes for a number":  func(a pcommon.Map) { a.PutEmptyBytes("sensitive_filter.count").FromRaw([]byte(secrets["email"])) },
		"a map for a status":  func(a pcommon.Map) { a.PutEmptyMap("llmcost.status").PutStr(secrets["email"], secrets["email"]) },
		"text for a figure":   func(a pcommon.Map) { a.PutStr("llmcost.ttft_ms", secrets["email"]) },
		"a name that is none": func(a pcommon.Map) { a.PutStr("llmcost."+secrets["email"], "x") },
	}
	for _, forge := range forgeries {
		forge(modelCall(spans).Attributes())
	}
	resource := traces.ResourceSpans().At(0)
	resource.Resource().Attributes().PutStr("service.name", "app")
	resource.Resource().Attributes().PutStr("sensitive_filter.count", secrets["email"])
	resource.ScopeSpans().At(0).Scope().Attributes().PutStr("sensitive_filter.rules", secrets["email"])
	spans.At(0).Events().AppendEmpty().Attributes().PutStr("sensitive_filter.count", secrets["email"])
	spans.At(0).Links().AppendEmpty().Attributes().PutStr("sensitive_filter.rules", secrets["email"])
	last := modelCall(spans) // the only one with a finding that is not in an own name
	last.Attributes().PutStr("note", secrets["email"])
	for _, name := range []string{"llmcost.cost.usd", "llmcost.calls", "sensitive_filter.findings"} {
		sendMetric(t, c, name, "nothing")
	}
	sendMetric(t, c, "llmcosts", "nothing")
	send(t, c, traces)
	calls := spans.Len()

	for _, span := range backend.WaitSpans(t, calls) {
		status, _ := span.Attributes().Get("llmcost.status")
		assert.Equal(t, "priced", status.AsString(), span.Attributes().AsRaw())
		cost, _ := span.Attributes().Get("gen_ai.usage.cost")
		assert.InDelta(t, 100*2.5e-6+10*10e-6, cost.Double(), 1e-12)
	}
	eventually(t, func() bool {
		return e2e.Scrape(t, prometheus)("llmcost_calls_total") > 0 && e2e.Scrape(t, prometheus)("sensitive_filter_findings_total") > 0
	}, "spend metrics have not come")
	value := e2e.Scrape(t, prometheus)
	assert.EqualValues(t, calls, value("llmcost_calls_total", `llmcost_status="priced"`))
	assert.InDelta(t, (100*2.5e-6+10*10e-6)*float64(calls), value("llmcost_cost_usd_total"), 1e-12)
	assert.EqualValues(t, 3, value("sensitive_filter_findings_total"), "one on the last span, and one each in an event and a link of the first")
	assert.EqualValues(t, 3, e2e.Scrape(t, c.Metrics)("otelcol_processor_sensitive_filter_deleted_metrics"))
	assert.EqualValues(t, 7, value("llmcosts"))
	require.NoError(t, c.Stop())
	assertNoSecret(t, secrets, backend.Bodies())
}

// TestFieldsThatTheCollectorDoesNotShowHoldNoSecret: entities of a resource, and fields that no version of OTLP has.
func TestFieldsThatTheCollectorDoesNotShowHoldNoSecret(t *testing.T) {
	backend := otlptest.Start(t)
	c, _ := toOTLPAndPrometheus(t, backend)
	secrets := testutil.NewSecrets(10)
	secret := secrets["email"]
	span := &tracev1.Span{TraceId: make([]byte, 16), SpanId: []byte("12345678"), Name: "work", TraceState: "vendor=" + secret}
	span.TraceId[3] = 1
	resource := &resourcev1.Resource{EntityRefs: []*commonv1.EntityRef{{
		SchemaUrl: "https://example.org/" + secret, Type: "service of " + secret, IdKeys: []string{"service.name", secret}, DescriptionKeys: []string{secret},
	}}}
	for _, m := range []proto.Message{span, resource, resource.EntityRefs[0]} {
		m.ProtoReflect().SetUnknown(protowire.AppendString(protowire.AppendTag(nil, 15_000, protowire.BytesType), secret))
	}
	body, err := proto.Marshal(&tracev1.TracesData{ResourceSpans: []*tracev1.ResourceSpans{{Resource: resource, ScopeSpans: []*tracev1.ScopeSpans{{Spans: []*tracev1.Span{span}}}}}})
	require.NoError(t, err)
	post(t, c.HTTP+"/v1/traces", body)
	backend.WaitSpans(t, 1)
	require.NoError(t, c.Stop())
	assertNoSecret(t, secrets, backend.Bodies())
	assert.Contains(t, string(backend.Bodies()[0]), "service of [REDACTED:pii.email]")
}
