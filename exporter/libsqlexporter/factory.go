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
		CreateSchema: true,
		File: FileConfig{
			JournalMode:     file.JournalMode,
			Synchronous:     file.Synchronous,
			BusyTimeout:     file.BusyTimeout,
			PageSize:        file.PageSize,
			Permissions:     "0600",
			CreateDirectory: file.CreateDirectory,
			OnCorruption:    "fail",
		},
		Limits:          LimitsConfig{MaxValueBytes: 1 << 20, MaxRequestBytes: 4 << 20},
		RootGracePeriod: 10 * time.Second,
		QueueConfig:     configoptional.Some(defaultQueue()),
		RetryConfig:     defaultRetry(),
	}
}

// defaultQueue answers a client after the COMMIT, and lets those who send at
// the same time share one: what comes within the flush timeout, or the minimum
// of spans, is one transaction. One consumer is enough, since SQLite has one
// writer.
func defaultQueue() exporterhelper.QueueBatchConfig {
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.WaitForResult = true
	queue.Sizer = exporterhelper.RequestSizerTypeItems
	queue.QueueSize = 10_000
	queue.NumConsumers = 1
	queue.Batch = configoptional.Some(exporterhelper.BatchConfig{
		FlushTimeout: 200 * time.Millisecond,
		Sizer:        exporterhelper.RequestSizerTypeItems,
		MinSize:      512,
		MaxSize:      2048,
	})
	return queue
}

// defaultRetry goes on without an end: a lock or a full disk passes, and the
// client learns from the full queue that it has to wait.
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
	return exporterhelper.NewTraces(ctx, set, cfg, e.pushTraces, e.helperOptions()...)
}

func (s *sharedExporters) createLogs(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
	e, err := s.of(cfg.(*Config), set)
	if err != nil {
		return nil, err
	}
	return exporterhelper.NewLogs(ctx, set, cfg, e.pushLogs, e.helperOptions()...)
}

func (e *libsqlExporter) helperOptions() []exporterhelper.Option {
	return []exporterhelper.Option{
		exporterhelper.WithStart(e.start),
		exporterhelper.WithShutdown(e.shutdown),
		exporterhelper.WithCapabilities(consumer.Capabilities{MutatesData: false}),
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{Timeout: e.config.ClientConfig.Timeout}),
		exporterhelper.WithRetry(e.config.RetryConfig),
		exporterhelper.WithQueue(e.config.QueueConfig),
	}
}
