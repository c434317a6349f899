package config

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// TestLogsAndMetricsOutliveAnOutageAndAStop: what applications send besides traces
// waits on disk as well while a backend is away, refuses the token or hangs, and
// across a stop. Nothing of it is a secret's.
func TestLogsAndMetricsOutliveAnOutageAndAStop(t *testing.T) {
	backend := otlptest.Start(t)
	gate := e2e.StartGate(t, backend.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", gate.URL)
	t.Setenv("OTELCOL_STOP_TIMEOUT", "2s")
	dir := t.TempDir()
	args := append(arguments(t, "destinations/otlp.yaml"),
		"--config", "yaml:exporters::otlp_http::retry_on_failure: {initial_interval: 50ms, max_interval: 200ms}",
		// One batch for each request, so that each is seen to wait.
		"--config", "yaml:exporters::otlp_http::sending_queue::batch: {flush_timeout: 50ms, min_size: 1}")
	secrets := testutil.NewSecrets(63)
	paths := []string{"/v1/logs", "/v1/metrics"}
	troubles := []int32{e2e.Down, http.StatusUnauthorized, e2e.Hanging}
	for i, state := range troubles {
		c := e2e.StartCollectorIn(t, dir, args...)
		gate.Set(state)
		before := map[string]int{}
		for _, path := range paths {
			before[path] = gate.Refused(path) + gate.Held(path)
		}
		sendLogs(t, c, testutil.TicketLogs(secrets))
		sendMetric(t, c, "app.queue."+strconv.Itoa(i), secrets["email"])
		for _, path := range paths {
			eventually(t, func() bool { return gate.Refused(path)+gate.Held(path) > before[path] }, "no attempt at %s", path)
		}
		if err := c.Stop(); state == e2e.Hanging {
			require.ErrorContains(t, err, "exit status 1") // ended, see TestAStopWaitsForNoDestination
		} else {
			require.NoError(t, err)
		}
	}
	assert.Empty(t, backend.Bodies())

	gate.Set(e2e.Open)
	c := e2e.StartCollectorIn(t, dir, args...)
	eventually(t, func() bool { return len(backend.LogRecords()) == len(troubles) }, "log records are lost: %d", len(backend.LogRecords()))
	for i := range troubles {
		eventually(t, func() bool {
			_, ok := backend.Metrics()["app.queue."+strconv.Itoa(i)]
			return ok
		}, "metric %d is lost", i)
	}
	require.NoError(t, c.Stop())
	assertNoSecret(t, secrets, backend.Bodies())
}
