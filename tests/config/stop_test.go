package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/datadogtest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// batch is how many requests these tests send before they stop the collector.
const batch = 20

// assertAll waits until each destination has every span.
func (d *delivery) assertAll(t *testing.T, sent int) {
	t.Helper()
	for file, received := range d.received {
		eventually(t, func() bool { return received() >= sent*spansOf }, "%s has %d of %d spans", file, received(), sent*spansOf)
		assert.Equal(t, sent*spansOf, received(), file)
	}
}

// TestAStopLosesNothing stops the collector as soon as it has acknowledged
// everything. What it has not sent by then is sent by the next one, from its disk.
func TestAStopLosesNothing(t *testing.T) {
	d := deliverToAll(t).impatient()
	dir := t.TempDir()
	c := e2e.StartCollectorIn(t, dir, d.args...)
	for n := range batch {
		send(t, c, call(n))
	}
	require.NoError(t, c.Stop())
	assert.NotContains(t, c.Log(), "Not stopped within")
	again := e2e.StartCollectorIn(t, dir, d.args...)
	d.assertAll(t, batch)
	require.NoError(t, again.Stop())
}

// TestAStopWaitsForNoDestination stops the collector while every destination takes
// connections and answers none. It ends by itself, and what it has acknowledged is
// sent by the next one.
func TestAStopWaitsForNoDestination(t *testing.T) {
	d := deliverToAll(t).impatient()
	dir := t.TempDir()
	t.Setenv("OTELCOL_STOP_TIMEOUT", "2s")
	c := e2e.StartCollectorIn(t, dir, d.args...)
	d.hang(t, c)
	require.Error(t, c.Stop())
	assert.Contains(t, c.Log(), "Not stopped within 2s (OTELCOL_STOP_TIMEOUT)")

	d.open()
	again := e2e.StartCollectorIn(t, dir, d.args...)
	d.assertAll(t, 1+batch)
	require.NoError(t, again.Stop())
}

// TestAStopStoresWhatWasAcknowledged: with a file the answer comes after the
// commit, so that a stop has nothing left to do.
func TestAStopStoresWhatWasAcknowledged(t *testing.T) {
	c := run(t, "destinations/libsql.yaml")
	for n := range batch {
		send(t, c, call(n))
	}
	require.NoError(t, c.Stop())
	assert.EqualValues(t, batch*spansOf, storedSpans(t, c.TracesDB()))
}

// TestDatadogLogsAndMetricsOutliveAnOutage: they take another way than traces.
func TestDatadogLogsAndMetricsOutliveAnOutage(t *testing.T) {
	intake := datadogtest.Start(t)
	gate := e2e.StartGate(t, intake.URL)
	for _, name := range []string{"DD_APM_URL", "DD_URL", "DD_LOGS_URL"} {
		t.Setenv(name, gate.URL)
	}
	t.Setenv("DD_API_KEY", intake.Key)
	c := run(t, "destinations/datadog.yaml")
	gate.Set(e2e.Down)
	secrets := testutil.NewSecrets(62)
	sendLogs(t, c, testutil.TicketLogs(secrets))
	sendMetric(t, c, "app.queue", secrets["email"])
	eventually(t, func() bool { return gate.Refused("/logs") > 1 && gate.Refused("/series") > 1 }, "no attempts")
	gate.Set(e2e.Open)
	eventually(t, func() bool { return len(intake.Logs()) == 1 }, "the log record is lost: %v", intake.Refused())
	eventually(t, func() bool {
		for _, series := range intake.Series() {
			if series.Metric == "app.queue" {
				return true
			}
		}
		return false
	}, "the metric is lost: %v", intake.Refused())
	require.NoError(t, c.Stop())
	assertNoSecret(t, secrets, intake.Bodies())
}

// TestASignalBeforeTheStartIsNotLost: SIGTERM as soon as the collector is healthy,
// which is before it listens for signals, ends it in an orderly way.
func TestASignalBeforeTheStartIsNotLost(t *testing.T) {
	for range 5 {
		c := run(t, "otelcol.yaml")
		require.NoError(t, c.Stop())
	}
}

// TestDatadogTraceMetricsOutliveAStop: they are made at intervals, of which the last
// is open when the collector stops.
func TestDatadogTraceMetricsOutliveAStop(t *testing.T) {
	intake := startDatadog(t)
	dir := t.TempDir()
	args := arguments(t, "destinations/datadog.yaml")
	c := e2e.StartCollectorIn(t, dir, args...)
	send(t, c, call(0))
	eventually(t, func() bool { return len(intake.Spans()) == spansOf }, "spans have not come: %v", intake.Refused())
	require.NoError(t, c.Stop())
	again := e2e.StartCollectorIn(t, dir, args...) // sends what is on disk
	eventually(t, func() bool { return len(intake.Stats()) > 0 }, "trace metrics are lost: %v", intake.Refused())
	require.NoError(t, again.Stop())
}
