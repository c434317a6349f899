package libsqlexporter

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/upstreamfix/reword"
)

// NewFactory returns the factory of the exporter libsql.
func NewFactory() exporter.Factory {
	shared := &sharedExporters{}
	return exporter.NewFactory(
		metadata.Type,
		createDefaultConfig,
		exporter.WithTraces(shared.createTraces, metadata.TracesStability),
		exporter.WithLogs(shared.createLogs, metadata.LogsStability),
	)
}

func createDefaultConfig() component.Config {
	file := tracestore.DefaultFileOptions("")
	client := confighttp.NewDefaultClientConfig()
	client.Timeout = 15 * time.Second
	return &Config{
		URL:          "file:./otelcol-traces.db",
		ClientConfig: client,
		AuthRetry:    true,
		CreateSchema: true,
		File: FileConfig{
			JournalMode:     file.JournalMode,
			Synchronous:     file.Synchronous,
			BusyTimeout:     file.BusyTimeout,
			PageSize:        file.PageSize,
			Permissions:     "0600",
			CreateDirectory: file.CreateDirectory,
			CheckMaxSize:    file.CheckMaxSize,
			OnCorruption:    "fail",
		},
		Retention: RetentionConfig{
			MaxAge: 7 * 24 * time.Hour, TotalsMaxRows: 100_000, MaxSize: 2 << 30, DiskWait: 10 * time.Minute, Interval: time.Minute, DeleteBatch: 500, Pause: 20 * time.Millisecond, Reclaim: "incremental",
		},
		Limits:          LimitsConfig{MaxValueBytes: 1 << 20, MaxRequestBytes: 4 << 20},
		FullTextSearch:  FullTextSearchConfig{MaxChars: 4000},
		RootGracePeriod: 10 * time.Second,
		QueueConfig:     configoptional.Some(defaultQueue()),
		RetryConfig:     defaultRetry(),
	}
}

// Sizes of the queue. The receiver takes requests of 20 MB over HTTP, and a
// request that is larger than the queue can never be stored.
const (
	queueBytes = 128 << 20
	// fileConsumers wait for the file's one writer together, which stores what they
	// have in one transaction.
	fileConsumers = 16
	// serverConsumers: a request can be made while the server is busy with another.
	serverConsumers = 2
)

// defaultQueue answers a client after the COMMIT. Those who send to a file at the
// same time share one without being made to wait for each other; what goes to a
// server is gathered first, see serverBatch.
func defaultQueue() exporterhelper.QueueBatchConfig {
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.WaitForResult = true
	queue.Sizer = exporterhelper.RequestSizerTypeBytes
	queue.QueueSize = queueBytes
	queue.NumConsumers = fileConsumers
	queue.Batch = configoptional.Default(serverBatch())
	return queue
}

// serverBatch is what one request to a server holds.
func serverBatch() exporterhelper.BatchConfig {
	return exporterhelper.BatchConfig{
		FlushTimeout: 200 * time.Millisecond,
		Sizer:        exporterhelper.RequestSizerTypeItems,
		MinSize:      512,
		MaxSize:      2048,
	}
}

// defaultRetry goes on without an end: a lock or a full disk passes. A client
// that waits is sent away after the timeout, see bounded.
func defaultRetry() configretry.BackOffConfig {
	retry := configretry.NewDefaultBackOffConfig()
	retry.InitialInterval = 500 * time.Millisecond
	retry.MaxInterval = 30 * time.Second
	retry.MaxElapsedTime = 0
	return retry
}

func (s *sharedExporters) createTraces(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
	e, err := s.of(cfg.(*Config), set)
	if err != nil {
		return nil, err
	}
	helper, err := exporterhelper.NewTraces(ctx, e.logged(set), cfg, e.pushTraces, e.helperOptions()...)
	if err != nil {
		return nil, err
	}
	return &boundedTraces{Traces: helper, e: e}, nil
}

func (s *sharedExporters) createLogs(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
	e, err := s.of(cfg.(*Config), set)
	if err != nil {
		return nil, err
	}
	helper, err := exporterhelper.NewLogs(ctx, e.logged(set), cfg, e.pushLogs, e.helperOptions()...)
	if err != nil {
		return nil, err
	}
	return &boundedLogs{Logs: helper, e: e}, nil
}

// logged makes the helper say of what a client is told to send again that it is, which
// is everything where the queue waits for the result.
func (e *libsqlExporter) logged(set exporter.Settings) exporter.Settings {
	if !e.config.QueueConfig.HasValue() || e.config.QueueConfig.Get().WaitForResult {
		set.Logger = set.Logger.WithOptions(reword.Drops())
	}
	return set
}

func (e *libsqlExporter) helperOptions() []exporterhelper.Option {
	return []exporterhelper.Option{
		exporterhelper.WithStart(e.start),
		exporterhelper.WithShutdown(e.shutdown),
		exporterhelper.WithCapabilities(consumer.Capabilities{MutatesData: false}),
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{Timeout: e.attemptTimeout()}),
		exporterhelper.WithRetry(e.config.RetryConfig),
		exporterhelper.WithQueue(e.config.QueueConfig),
	}
}

// attemptTimeout bounds an attempt to store a batch on a server. On a file, each of its
// transactions is bounded by file::busy_timeout, and a client's wait by what is stored.
func (e *libsqlExporter) attemptTimeout() time.Duration {
	if e.target.Server == nil {
		return 0
	}
	return e.config.ClientConfig.Timeout
}
