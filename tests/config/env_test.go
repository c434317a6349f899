package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// TestWithoutArgumentsTracesAreStored runs the binary bare.
func TestWithoutArgumentsTracesAreStored(t *testing.T) {
	c := e2e.StartCollector(t)
	send(t, c, testutil.TicketRun(testutil.NewSecrets(8)))
	eventually(t, func() bool { return storedSpans(t, c.TracesDB()) == ticketSpans }, "the spans are not stored")
	require.NoError(t, c.Stop())
}

// TestEnvironmentVariablesSwitchDestinationsOn has two destinations of one kind,
// and samples nothing for them; spend metrics stay whole.
func TestEnvironmentVariablesSwitchDestinationsOn(t *testing.T) {
	backend, mastra := otlptest.Start(t), otlptest.Start(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-key=one")
	t.Setenv("MASTRA_PLATFORM_ACCESS_TOKEN", "sk_$a")
	t.Setenv("MASTRA_PROJECT_ID", "p1")
	t.Setenv("MASTRA_OTLP_ENDPOINT", mastra.URL)
	t.Setenv("MASTRA_OBSERVABILITY_STORAGE", "file:elsewhere/traces.db")
	c := e2e.StartCollector(t, "--config", "mastra:env")
	send(t, c, testutil.TicketRun(testutil.NewSecrets(9)))
	backend.WaitSpans(t, ticketSpans)
	mastra.WaitSpans(t, ticketSpans)
	assert.Equal(t, "Bearer sk_$a", mastra.Header("authorization"))
	assert.Equal(t, "one", backend.Header("x-key"))
	eventually(t, func() bool { return storedSpans(t, c.Dir+"/elsewhere/traces.db") == ticketSpans }, "the spans are not stored")
	require.NoError(t, c.Stop())
}

func TestSamplingNeverLeavesSpendWhole(t *testing.T) {
	port := e2e.FreePorts(t, 1)[0]
	t.Setenv("OTELCOL_PROMETHEUS_PORT", port)
	t.Setenv("MASTRA_OBSERVABILITY_SAMPLING", "never")
	c := e2e.StartCollector(t, append([]string{"--config", "mastra:env"}, soon...)...)
	send(t, c, testutil.TicketRun(testutil.NewSecrets(10)))
	eventually(t, func() bool {
		return e2e.Scrape(t, "http://127.0.0.1:"+port+"/metrics")("gen_ai_client_inference_usage_input_tokens_total") == ticketInput
	}, "spend is not whole")
	assert.Zero(t, storedSpans(t, c.TracesDB()))
	require.NoError(t, c.Stop())
}

func TestDisabledDiscardsAndIsHealthy(t *testing.T) {
	t.Setenv("MASTRA_OBSERVABILITY_ENABLED", "false")
	c := e2e.StartCollector(t)
	send(t, c, testutil.TicketRun(testutil.NewSecrets(11)))
	sendLogs(t, c, testutil.TicketLogs(testutil.NewSecrets(11)))
	sendMetric(t, c, "app.queue", "nothing")
	require.NoError(t, c.Stop())
	assert.NoDirExists(t, c.Dir+"/data")
	assert.Equal(t, 1, strings.Count(c.Log(), "MASTRA_OBSERVABILITY_ENABLED is false"), "one warning")
}

// TestWhatIsNotUnderstoodIsAnErrorThatSaysWhatIs collects everything that is
// wrong.
func TestWhatIsNotUnderstoodIsAnErrorThatSaysWhatIs(t *testing.T) {
	output, err := e2e.RunBinary(t, t.TempDir(), []string{
		"MASTRA_OBSERVABILITY_ENABLED=perhaps", "MASTRA_OBSERVABILITY_SAMPLING=2", "MASTRA_OBSERVABILITY_STORAGE=s3://bucket",
		"MASTRA_CLOUD_ACCESS_TOKEN=top-secret",
	})
	require.Error(t, err)
	for _, want := range []string{
		`MASTRA_OBSERVABILITY_ENABLED: "perhaps" is neither true nor false`,
		`MASTRA_OBSERVABILITY_SAMPLING: "2" is not one of always, never, and a fraction from 0 to 1`,
		"MASTRA_OBSERVABILITY_STORAGE: is not one of file:PATH",
		"MASTRA_CLOUD_ACCESS_TOKEN: needs the address of an OTLP intake in MASTRA_OTLP_ENDPOINT",
	} {
		assert.Contains(t, output, want)
	}
	assert.NotContains(t, output, "top-secret")
}

// TestACheckReadsWhatAStartReads: the variable is no part of a configuration.
func TestACheckReadsWhatAStartReads(t *testing.T) {
	for _, args := range [][]string{nil, {"check"}} {
		output, err := e2e.RunBinary(t, t.TempDir(), []string{"OTELCOL_STOP_TIMEOUT=soon"}, args...)
		require.Error(t, err, args)
		assert.Contains(t, output, `OTELCOL_STOP_TIMEOUT: "soon" is not a duration above zero, such as 30s`, args)
	}
}

// TestPrintConfigMasksSecrets shows the assembled configuration.
func TestPrintConfigMasksSecrets(t *testing.T) {
	env := []string{
		"DD_API_KEY=secret-1", "DD_LLMOBS_ENABLED=1", "MASTRA_PLATFORM_ACCESS_TOKEN=secret-2", "MASTRA_PROJECT_ID=p1",
		"MASTRA_OTLP_ENDPOINT=https://otlp.example.com", "OTEL_EXPORTER_OTLP_ENDPOINT=https://otlp.example.org",
		"OTEL_EXPORTER_OTLP_HEADERS=x-key=secret-3", "MASTRA_OBSERVABILITY_STORAGE=libsql://db.example.com", "OTELCOL_TRACES_DB_TOKEN=secret-4",
		"OTELCOL_PROMETHEUS_PORT=9999",
	}
	output, err := e2e.RunBinary(t, t.TempDir(), env, "print-config", "--config", "mastra:env")
	require.NoError(t, err, output)
	for _, want := range []string{
		"https://otlp.example.com/projects/p1", "https://otlp.example.org", "libsql://db.example.com", "127.0.0.1:9999", "[REDACTED]",
		"traces/datadog_llmobs", "traces/libsql",
	} {
		assert.Contains(t, output, want)
	}
	assert.NotContains(t, output, "secret-")
}
