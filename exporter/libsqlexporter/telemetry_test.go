package libsqlexporter

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter/internal/metadatatest"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

func TestRetentionDeletesAndIsMeasured(t *testing.T) {
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.Background())) })
	e := startExporterWith(t, metadatatest.NewSettings(tel), func(c *Config) {
		c.Retention.MaxAge, c.Retention.Interval = time.Millisecond, time.Millisecond
	})
	for n := range 3 {
		require.NoError(t, e.ConsumeTraces(t.Context(), numbered(n)))
	}
	require.Eventually(t, func() bool { return e.spans() == 0 }, 30*time.Second, 5*time.Millisecond)
	e.stop()
	total := metricdatatest.IgnoreTimestamp()
	metadatatest.AssertEqualExporterLibsqlDeletedTraces(t, tel, []metricdata.DataPoint[int64]{{Value: 3}}, total, metricdatatest.IgnoreExemplars())
	metadatatest.AssertEqualExporterLibsqlDeletedSpans(t, tel, []metricdata.DataPoint[int64]{{Value: 3}}, total, metricdatatest.IgnoreExemplars())
	size, err := tel.GetMetric("otelcol_exporter_libsql_database_size")
	require.NoError(t, err)
	assert.Len(t, size.Data.(metricdata.Gauge[int64]).DataPoints, 3, "used, free and wal")
	last, err := tel.GetMetric("otelcol_exporter_libsql_last_commit")
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), time.Unix(last.Data.(metricdata.Gauge[int64]).DataPoints[0].Value, 0), time.Minute)
	requests, err := tel.GetMetric("otelcol_exporter_libsql_transaction_requests")
	require.NoError(t, err)
	assert.EqualValues(t, 3, requests.Data.(metricdata.Histogram[int64]).DataPoints[0].Sum)
}

func TestTheWriterIsMeasured(t *testing.T) {
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.Background())) })
	e := startExporterWith(t, metadatatest.NewSettings(tel), func(c *Config) {
		c.File.BusyTimeout = time.Millisecond
		c.RetryConfig.InitialInterval = time.Millisecond
	})
	value := func(name string) metricdata.Aggregation {
		m, err := tel.GetMetric(name)
		if err != nil {
			return nil
		}
		return m.Data
	}
	require.NoError(t, e.ConsumeTraces(t.Context(), numbered(1)))
	first := value("otelcol_exporter_libsql_written_bytes").(metricdata.Sum[int64]).DataPoints[0].Value
	unlock := lock(t, e.path)
	large := numbered(2)
	large.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().PutStr("text", strings.Repeat("x", 10_000))
	done := make(chan error, 1)
	go func() { done <- e.ConsumeTraces(context.Background(), large) }()
	require.Eventually(t, func() bool {
		busy, ok := value("otelcol_exporter_libsql_busy_retries").(metricdata.Sum[int64])
		return ok && busy.DataPoints[0].Value > 1
	}, 10*time.Second, time.Millisecond)
	unlock()
	require.NoError(t, <-done)
	e.stop()
	written := value("otelcol_exporter_libsql_written_bytes").(metricdata.Sum[int64]).DataPoints[0].Value - first
	assert.Greater(t, written, int64(10_000), "what was not committed does not count")
	assert.Less(t, written, int64(20_000))
	waits := value("otelcol_exporter_libsql_wait_duration").(metricdata.Histogram[float64]).DataPoints[0]
	assert.Greater(t, waits.Count, uint64(3), "each attempt waits for the writer")
}

func TestRetentionThatFailsIsToldOnce(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	set := exportertest.NewNopSettings(metadata.Type)
	set.Logger = zap.New(core)
	config := createDefaultConfig().(*Config)
	config.URL = "file:" + filepath.Join(t.TempDir(), "traces.db")
	e, err := newExporter(config, set)
	require.NoError(t, err)
	locked := tracestore.Tended{Err: errors.New("database is locked")}
	for _, tended := range []tracestore.Tended{{}, locked, locked, {}, {Err: context.Canceled}, {}, locked} {
		e.observeTended(tended)
	}
	told := logs.FilterMessageSnippet("Retention fails").All()
	require.Len(t, told, 2, "once until it works again; the end of the store is no failure")
	assert.Equal(t, "database is locked", told[0].ContextMap()["error"])
}
