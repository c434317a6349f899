package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pmetric"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

func TestTheBaseAloneAcceptsAndDiscards(t *testing.T) {
	c := run(t, "otelcol.yaml")
	send(t, c, testutil.TicketRun(testutil.NewSecrets(1)))
	sendLogs(t, c, testutil.TicketLogs(testutil.NewSecrets(1)))
	sendMetric(t, c, "app.queue", "nothing")
	require.NoError(t, c.Stop())
}

// storedSpans counts what a trace store has.
func storedSpans(t *testing.T, file string) (spans int64) {
	t.Helper()
	list := e2e.StoredTraces(t, file)
	for _, trace := range list {
		spans += trace.Spans
	}
	return spans
}

// storedLogs counts the log records of a trace store.
func storedLogs(t *testing.T, file string) int {
	t.Helper()
	reader, err := tracestore.OpenReader(t.Context(), file)
	require.NoError(t, err)
	defer reader.Close()
	logs, err := reader.Logs(t.Context(), tracestore.LogFilter{})
	require.NoError(t, err)
	return len(logs)
}

// TestLibSQL stores in a file and acknowledges after the commit.
func TestLibSQL(t *testing.T) {
	for _, file := range []string{"local.yaml", "destinations/libsql.yaml"} {
		t.Run(file, func(t *testing.T) {
			secrets := testutil.NewSecrets(2)
			c := run(t, file)
			send(t, c, testutil.TicketRun(secrets))
			sendLogs(t, c, testutil.TicketLogs(secrets))
			eventually(t, func() bool { return storedSpans(t, c.TracesDB()) == ticketSpans }, "the spans are not stored")
			assert.Equal(t, 1, storedLogs(t, c.TracesDB()))
			c.AssertNoSecret(t, secrets)
			require.NoError(t, c.Stop())
		})
	}
}

// TestOTLP sends all three signals, redacted, with the headers that the variable
// says; spend metrics go with them.
func TestOTLP(t *testing.T) {
	backend := otlptest.Start(t)
	secrets := testutil.NewSecrets(3)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-team=a%20b,authorization=Bearer $1$")
	c := run(t, "destinations/otlp.yaml")
	send(t, c, testutil.TicketRun(secrets))
	sendLogs(t, c, testutil.TicketLogs(secrets))
	sendMetric(t, c, "app.queue", secrets["email"])
	assertTicketRun(t, backend.WaitSpans(t, ticketSpans))
	eventually(t, func() bool { return len(backend.LogRecords()) == 1 }, "the log record has not come")
	eventually(t, func() bool { return len(backend.Metrics()) > 5 }, "application's and spend metrics have not come: %v", len(backend.Metrics()))
	require.NoError(t, c.Stop())

	assert.Equal(t, "a b", backend.Header("x-team"))
	assert.Equal(t, "Bearer $1$", backend.Header("authorization"))
	metrics := backend.Metrics()
	assert.Contains(t, metrics, "app.queue")
	input := metrics["gen_ai.client.inference.usage.input_tokens"]
	require.Equal(t, pmetric.MetricTypeSum, input.Type())
	assert.Equal(t, pmetric.AggregationTemporalityCumulative, input.Sum().AggregationTemporality())
	var tokens int64
	for _, point := range input.Sum().DataPoints().All() {
		tokens += point.IntValue()
	}
	assert.EqualValues(t, ticketInput, tokens)
	assertNoSecret(t, secrets, backend.Bodies())
}

// TestABackendThatIsDownLosesNothing takes the backend away, kills the collector
// while it has undelivered spans, and brings both back.
func TestABackendThatIsDownLosesNothing(t *testing.T) {
	backend := otlptest.Start(t)
	backend.SetDown(true)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.URL)
	dir := t.TempDir()
	args := arguments(t, "destinations/otlp.yaml", "destinations/libsql.yaml")
	c := e2e.StartCollectorIn(t, dir, args...)
	for seed := range uint64(5) {
		send(t, c, testutil.Again(testutil.TicketRun(testutil.NewSecrets(seed)), seed))
	}
	eventually(t, func() bool { return storedSpans(t, c.TracesDB()) == 5*ticketSpans }, "the other destination is disturbed")
	c.Kill()
	require.Empty(t, backend.Spans())
	require.NotEmpty(t, queueFiles(t, dir))

	e2e.StartCollectorIn(t, dir, args...)
	backend.SetDown(false)
	got := map[string]bool{} // a span may come twice
	eventually(t, func() bool {
		for _, span := range backend.Spans() {
			got[span.TraceID().String()+span.SpanID().String()] = true
		}
		return len(got) == 5*ticketSpans
	}, "spans are lost")
}

func queueFiles(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "data", "queue"))
	require.NoError(t, err)
	return entries
}

// TestPrometheus scrapes spend metrics of several applications that send at the
// same time, and compares them with what was sent.
func TestPrometheus(t *testing.T) {
	port := e2e.FreePorts(t, 1)[0]
	t.Setenv("OTELCOL_PROMETHEUS_PORT", port)
	c := run(t, "destinations/prometheus.yaml")
	const runs = 20
	sent := make(chan error)
	for i := range runs {
		go func() {
			sent <- trySend(t.Context(), c, testutil.Again(testutil.TicketRun(testutil.NewSecrets(uint64(i))), uint64(i)))
		}()
	}
	for range runs {
		require.NoError(t, <-sent)
	}
	sendMetric(t, c, "app.queue", "nothing")
	url := "http://127.0.0.1:" + port + "/metrics"
	eventually(t, func() bool {
		return e2e.Scrape(t, url)("gen_ai_client_inference_usage_input_tokens_total") == runs*ticketInput
	}, "input tokens are not what was sent")
	value := e2e.Scrape(t, url)
	assert.EqualValues(t, runs*ticketOutput, value("gen_ai_client_inference_usage_output_tokens_total"))
	assert.EqualValues(t, runs*4, value("llmcost_calls_total", `llmcost_status="priced"`))
	assert.EqualValues(t, runs*4, value("gen_ai_client_operation_duration_seconds_count"))
	assert.EqualValues(t, runs*4, value("gen_ai_client_inference_duration_seconds_count"))
	assert.EqualValues(t, runs*8, value("gen_ai_client_token_usage_count"))
	assert.EqualValues(t, runs*ticketInput, value("gen_ai_client_token_usage_sum", `gen_ai_token_type="input"`))
	assert.Positive(t, value("llmcost_cost_usd_total", `gen_ai_provider_name="openai"`, `gen_ai_request_model="gpt-4o-mini`))
	assert.Positive(t, value("llmcost_cost_usd_total", `gen_ai_provider_name="anthropic"`))
	assert.EqualValues(t, 7, value("app_queue"))
	require.NoError(t, c.Stop())
}
