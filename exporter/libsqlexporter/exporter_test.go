package libsqlexporter

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter/internal/metadatatest"
)

// running is a started exporter on a new file.
type running struct {
	exporter.Traces
	t    *testing.T
	path string
	once sync.Once
}

func startExporter(t *testing.T, change ...func(*Config)) *running {
	t.Helper()
	return startExporterWith(t, exportertest.NewNopSettings(metadata.Type), change...)
}

func startExporterWith(t *testing.T, set exporter.Settings, change ...func(*Config)) *running {
	t.Helper()
	path := filepath.Join(t.TempDir(), "traces.db")
	cfg := createDefaultConfig().(*Config)
	cfg.URL = "file:" + path
	for _, f := range change {
		f(cfg)
	}
	e, err := NewFactory().CreateTraces(t.Context(), set, cfg)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	r := &running{Traces: e, t: t, path: path}
	t.Cleanup(r.stop)
	return r
}

// stop shuts the exporter down, which its helper can do only once.
func (r *running) stop() {
	r.once.Do(func() { assert.NoError(r.t, r.Shutdown(context.Background())) })
}

func (r *running) spans() int64 {
	r.t.Helper()
	return queryFile(r.t, r.path, `SELECT count(*) FROM mastra_ai_spans`)[0][0].(int64)
}

// lock holds the file's write lock until it is called.
func lock(t *testing.T, path string) (unlock func()) {
	t.Helper()
	// The store looks after what an earlier one has left as it starts.
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)
	return func() {
		_, err := db.ExecContext(context.Background(), "ROLLBACK")
		assert.NoError(t, err)
		assert.NoError(t, db.Close())
	}
}

func numbered(n int) ptrace.Traces {
	return spanBatch(func(s ptrace.Span) {
		s.SetTraceID([16]byte{1, byte(n >> 8), byte(n)})
		s.SetSpanID([8]byte{1, byte(n >> 8), byte(n)})
	})
}

func TestWhatIsAcknowledgedIsInTheFile(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"by default":      func(*Config) {},
		"without a queue": func(c *Config) { c.QueueConfig = noQueue() },
	} {
		t.Run(name, func(t *testing.T) {
			e := startExporter(t, change)
			for n := range int64(5) {
				require.NoError(t, e.ConsumeTraces(t.Context(), numbered(int(n))))
				assert.Equal(t, n+1, e.spans())
			}
		})
	}
}

func TestNothingIsAcknowledgedBeforeTheCommit(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	set := exportertest.NewNopSettings(metadata.Type)
	set.Logger = zap.New(core)
	e := startExporterWith(t, set, func(c *Config) {
		c.File.BusyTimeout = time.Millisecond
		c.RetryConfig.InitialInterval = time.Millisecond
	})
	unlock := lock(t, e.path)
	done := make(chan error, 1)
	go func() { done <- e.ConsumeTraces(context.Background(), numbered(1)) }()
	require.Eventually(t, func() bool {
		return logs.FilterMessageSnippet("Will retry").Len() > 1
	}, 10*time.Second, time.Millisecond)
	require.Empty(t, done, "answered although nothing could be stored")
	unlock()
	require.NoError(t, <-done)
	assert.EqualValues(t, 1, e.spans())
}

func TestAClientThatGivesUpMayTryAgain(t *testing.T) {
	e := startExporter(t)
	unlock := lock(t, e.path)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, e.ConsumeTraces(ctx, numbered(1)), context.DeadlineExceeded)
	unlock()
	require.NoError(t, e.ConsumeTraces(t.Context(), numbered(1)))
	assert.EqualValues(t, 1, e.spans())
}

func TestClientsThatSendAtTheSameTimeShareCommits(t *testing.T) {
	e := startExporter(t)
	const clients = 200
	var wg sync.WaitGroup
	for n := range clients {
		wg.Go(func() { assert.NoError(t, e.ConsumeTraces(context.Background(), numbered(n))) })
	}
	wg.Wait()
	assert.EqualValues(t, clients, e.spans())
	// Spans of one transaction have one time.
	assert.Less(t, queryFile(t, e.path, `SELECT count(DISTINCT inserted_us) FROM otel_spans`)[0][0].(int64), int64(clients/2))
}

func TestAFullQueueTellsTheClientToTryAgain(t *testing.T) {
	e := startExporter(t, func(c *Config) {
		c.QueueConfig.Get().Sizer = exporterhelper.RequestSizerTypeItems
		c.QueueConfig.Get().QueueSize = 600
	})
	unlock := lock(t, e.path)
	var wg sync.WaitGroup
	var refused atomic.Int32
	for n := range 700 {
		wg.Go(func() {
			if err := e.ConsumeTraces(context.Background(), numbered(n)); err != nil {
				assert.ErrorIs(t, err, exporterhelper.ErrQueueIsFull)
				assert.False(t, consumererror.IsPermanent(err))
				refused.Add(1)
			}
		})
	}
	require.Eventually(t, func() bool { return refused.Load() == 100 }, 10*time.Second, time.Millisecond)
	unlock()
	wg.Wait()
	assert.EqualValues(t, 600, e.spans())
}

// gathering is a batch that nothing but a shutdown sends.
func gathering() exporterhelper.BatchConfig {
	batch := serverBatch()
	batch.FlushTimeout = time.Hour
	return batch
}

func TestShutdownStoresWhatIsInTheQueue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.db")
	cfg := createDefaultConfig().(*Config)
	cfg.URL = "file:" + path
	cfg.QueueConfig.Get().WaitForResult = false
	cfg.QueueConfig.Get().Batch = configoptional.Some(gathering())
	e, err := NewFactory().CreateTraces(t.Context(), exportertest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	for n := range 100 {
		require.NoError(t, e.ConsumeTraces(t.Context(), numbered(n)))
	}
	require.NoError(t, e.Shutdown(t.Context()))
	assert.EqualValues(t, 100, queryFile(t, path, `SELECT count(*) FROM mastra_ai_spans`)[0][0])
	assert.NoFileExists(t, path+"-wal")
}

func TestShutdownAnswersThoseWhoWait(t *testing.T) {
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.Background())) })
	e := startExporterWith(t, metadatatest.NewSettings(tel), func(c *Config) {
		c.QueueConfig.Get().Batch = configoptional.Some(gathering())
	})
	done := make(chan error, 1)
	go func() { done <- e.ConsumeTraces(context.Background(), numbered(1)) }()
	require.Eventually(t, func() bool {
		queue, err := tel.GetMetric("otelcol_exporter_queue_size")
		return err == nil && queue.Data.(metricdata.Gauge[int64]).DataPoints[0].Value > 0
	}, 10*time.Second, time.Millisecond)
	require.Empty(t, done)
	e.stop()
	require.NoError(t, <-done)
	assert.EqualValues(t, 1, e.spans())
}

func TestTransactionsAreMeasured(t *testing.T) {
	tel := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, tel.Shutdown(context.Background())) })
	e := startExporterWith(t, metadatatest.NewSettings(tel), func(c *Config) { c.Limits.MaxValueBytes = 100 })
	long := numbered(1)
	long.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().PutStr("x", strings.Repeat("y", 101))
	require.NoError(t, e.ConsumeTraces(t.Context(), long))
	require.NoError(t, e.ConsumeTraces(t.Context(), numbered(1)))
	metadatatest.AssertEqualExporterLibsqlSpans(t, tel, []metricdata.DataPoint[int64]{
		{Attributes: attribute.NewSet(attribute.String("outcome", "stored")), Value: 1},
		{Attributes: attribute.NewSet(attribute.String("outcome", "duplicate")), Value: 1},
	}, metricdatatest.IgnoreTimestamp(), metricdatatest.IgnoreExemplars())
	metadatatest.AssertEqualExporterLibsqlCutValues(t, tel, []metricdata.DataPoint[int64]{{Value: 1}}, metricdatatest.IgnoreTimestamp(), metricdatatest.IgnoreExemplars())
	duration, err := tel.GetMetric("otelcol_exporter_libsql_transaction_duration")
	require.NoError(t, err)
	assert.EqualValues(t, 2, duration.Data.(metricdata.Histogram[float64]).DataPoints[0].Count)
}

func TestARequestLargerThanATransactionIsStoredWhole(t *testing.T) {
	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	for n := range 5000 {
		span := addSpan(ss, 1, 1, 0)
		span.SetSpanID([8]byte{1, byte(n >> 8), byte(n)})
	}
	e := startExporter(t, func(c *Config) { c.ClientConfig.Timeout = 0 })
	require.NoError(t, e.ConsumeTraces(t.Context(), td))
	assert.EqualValues(t, 5000, e.spans())
}

func TestAStartThatFailsSaysWhy(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.URL = "file:" + t.TempDir() + "/missing/traces.db"
	cfg.File.CreateDirectory = false
	e, err := NewFactory().CreateTraces(t.Context(), exportertest.NewNopSettings(metadata.Type), cfg)
	require.NoError(t, err)
	require.ErrorContains(t, e.Start(t.Context(), componenttest.NewNopHost()), "file::create_directory: true")
	require.NoError(t, e.Shutdown(t.Context()))
}

func TestADamagedDatabaseIsTriedAgain(t *testing.T) {
	e := startExporter(t, func(c *Config) {
		c.File.JournalMode = "delete"
		c.RetryConfig.Enabled = false
		c.QueueConfig = noQueue()
	})
	require.NoError(t, e.ConsumeTraces(t.Context(), numbered(1)))
	whole, err := os.ReadFile(e.path)
	require.NoError(t, err)
	require.Eventually(t, func() bool { // what the store does by itself may repair the head
		require.NoError(t, os.WriteFile(e.path, bytes.Repeat([]byte("garbage "), len(whole)/8), 0o600)) // of the same size
		err = e.ConsumeTraces(t.Context(), numbered(2))
		return err != nil
	}, 10*time.Second, 10*time.Millisecond)
	require.ErrorContains(t, err, "file::on_corruption: quarantine")
	assert.False(t, consumererror.IsPermanent(err), "what a queue holds is stored once the file is restored")
	require.NoError(t, os.WriteFile(e.path, whole, 0o600))
	require.NoError(t, e.ConsumeTraces(t.Context(), numbered(2)))
	assert.EqualValues(t, 2, e.spans())
}
