package dashboards

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// startCollector runs the shipped configuration with all destinations that have
// metrics of their own, one that refuses, and one that is down and has a full
// queue. spend is where Prometheus scrapes metrics of model calls.
func startCollector(t *testing.T) (c *e2e.Collector, spend string) {
	t.Helper()
	backend := otlptest.Start(t)
	langfuse := langfusetest.New(t, langfusetest.Options{Keys: []langfusetest.Key{{Public: "pk-lf-1234", Secret: "sk-lf-5678", Project: "tickets"}}, Lax: true})
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadRequest) }))
	t.Cleanup(refuses.Close)
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	t.Cleanup(down.Close)

	port := e2e.FreePorts(t, 1)[0]
	t.Setenv("OTELCOL_PROMETHEUS_PORT", port)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.URL)
	t.Setenv("LANGFUSE_BASE_URL", langfuse.URL)
	t.Setenv("LANGFUSE_PUBLIC_KEY", "pk-lf-1234")
	t.Setenv("LANGFUSE_SECRET_KEY", "sk-lf-5678")
	prices := filepath.Join(t.TempDir(), "prices.yaml")
	require.NoError(t, os.WriteFile(prices, []byte("schema: 1\nversion: test\n"), 0o600))
	t.Setenv("TEST_PRICES", prices)
	t.Setenv("TEST_REFUSES", refuses.URL)
	t.Setenv("TEST_DOWN", down.URL)
	t.Setenv("TEST_LANGFUSE", langfuse.URL)
	t.Setenv("TEST_TOKENS", "127.0.0.1:"+e2e.FreePorts(t, 1)[0])
	var args []string
	for _, file := range []string{"otelcol.yaml", "destinations/prometheus.yaml", "destinations/libsql.yaml", "destinations/otlp.yaml", "destinations/langfuse.yaml"} {
		path, err := filepath.Abs(filepath.Join("../../config", file))
		require.NoError(t, err)
		args = append(args, "--config", path)
	}
	shipped, err := os.ReadFile("testdata/incidents.yaml")
	require.NoError(t, err)
	incidents := filepath.Join(t.TempDir(), "incidents.yaml")
	require.NoError(t, os.WriteFile(incidents, shipped, 0o600))
	c = e2e.StartCollector(t, append(args, "--config", incidents)...)
	require.NoError(t, os.WriteFile(incidents, []byte("receivers: 7\n"), 0o600)) // a reload that is refused
	require.NoError(t, c.Reload())
	require.NoError(t, os.WriteFile(prices, []byte("models: 7\n"), 0o600)) // a list that cannot be read
	return c, "127.0.0.1:" + port
}

// feed sends the n-th of captured runs, spans of our own, a log record and a metric.
// They may be answered 503: one destination's queue is full, and others take them.
func feed(t *testing.T, c *e2e.Collector, n uint64) {
	t.Helper()
	secrets := testutil.NewSecrets(1)
	for _, traces := range []ptrace.Traces{testutil.Again(testutil.TicketRun(secrets), n), incidents(secrets["email"])} {
		body, err := ptraceotlp.NewExportRequestFromTraces(traces).MarshalProto()
		require.NoError(t, err)
		post(t, c.HTTP+"/v1/traces", body)
	}
	body, err := plogotlp.NewExportRequestFromLogs(testutil.TicketLogs(secrets)).MarshalProto()
	require.NoError(t, err)
	post(t, c.HTTP+"/v1/logs", body)
	// Requests that are refused: without a token, and not OTLP.
	post(t, "http://"+os.Getenv("TEST_TOKENS")+"/v1/traces", body)
	post(t, c.HTTP+"/v1/traces", []byte("hello"))
	metrics := pmetric.NewMetrics()
	gauge := metrics.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics().AppendEmpty()
	gauge.SetName("app.queue")
	gauge.SetEmptyGauge().DataPoints().AppendEmpty().SetIntValue(7)
	body, err = pmetricotlp.NewExportRequestFromMetrics(metrics).MarshalProto()
	require.NoError(t, err)
	post(t, c.HTTP+"/v1/metrics", body)
}

func post(t *testing.T, url string, body []byte) {
	t.Helper()
	response, err := http.Post(url, "application/x-protobuf", bytes.NewReader(body))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
}

// incidents are a call of a tenant, one of a model that has no price, one that
// failed, one with a value that lies too deep to be scanned, and a span of no LLM
// application.
func incidents(secret string) ptrace.Traces {
	traces := ptrace.NewTraces()
	resource := traces.ResourceSpans().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "incidents")
	resource.Resource().Attributes().PutStr("deployment.environment.name", "Not a name of Langfuse!")
	spans := resource.ScopeSpans().AppendEmpty().Spans()
	add := func(model string) ptrace.Span {
		span := spans.AppendEmpty()
		now := time.Now()
		span.SetTraceID(pcommon.TraceID{1})
		span.SetSpanID(pcommon.SpanID{byte(spans.Len())})
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(now.Add(-time.Second)))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(now))
		span.SetName("GET /")
		if model != "" {
			span.SetName("chat " + model)
			span.Attributes().PutStr("gen_ai.operation.name", "chat")
			span.Attributes().PutStr("gen_ai.provider.name", "openai")
			span.Attributes().PutStr("gen_ai.request.model", model)
			span.Attributes().PutStr("tenant.id", "acme")
			span.Attributes().PutStr("note", secret)
			span.Attributes().PutInt("gen_ai.usage.input_tokens", 100)
			span.Attributes().PutInt("gen_ai.usage.output_tokens", 10)
		}
		return span
	}
	add("gpt-4o-mini")
	add("a-model-of-nobody")
	add("gpt-4o-mini").Status().SetCode(ptrace.StatusCodeError)
	deep := add("gpt-4o-mini").Attributes().PutEmptyMap("deep")
	for range 20 {
		deep = deep.PutEmptyMap("deeper")
	}
	deep.PutStr("text", secret)
	add("")
	return traces
}
