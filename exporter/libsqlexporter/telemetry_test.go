package libsqlexporter

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter/internal/metadatatest"
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
