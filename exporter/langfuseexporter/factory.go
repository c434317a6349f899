package langfuseexporter

import (
	"context"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/config/confighttp"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
)

// NewFactory returns the factory of the exporter langfuse.
func NewFactory() exporter.Factory {
	return exporter.NewFactory(metadata.Type, createDefaultConfig, exporter.WithTraces(createTraces, metadata.TracesStability))
}

func createDefaultConfig() component.Config {
	client := confighttp.NewDefaultClientConfig()
	client.Timeout = 30 * time.Second // a server that stores to S3 first may take more than the 5s of its SDKs
	client.Compression = configcompression.TypeGzip
	return &Config{
		ClientConfig:     client,
		Encoding:         encodingProto,
		IngestionVersion: maxIngestionVersion,
		ReleaseFrom:      []string{"vcs.ref.head.revision", "service.version"},
		Filter:           FilterConfig{Mode: filterLLM, Orphans: orphansReparent},
		Propagate:        PropagateConfig{Enabled: true, Cache: CacheConfig{MaxTraces: 10_000, TTL: 10 * time.Minute}},
		WholeTraces:      WholeTracesConfig{MaxSpans: 50_000},
		Mapping: MappingConfig{
			Enabled: true, Messages: mapping.MessagesChatML, DropSource: true, Usage: true, Cost: mapping.CostAuto,
			AgentUsage: mapping.AgentUsageDrop, SpanEvents: mapping.EventsMetadata, ModelName: mapping.ModelResponse,
			MetadataAttributes: mapping.DefaultMetadataAttributes(), TraceMetadataAttributes: mapping.DefaultTraceMetadataAttributes(),
			UserIDFrom: mapping.DefaultUserIDFrom(), SessionIDFrom: mapping.DefaultSessionIDFrom(),
			TraceNameFrom: mapping.DefaultTraceNameFrom(), TagsFrom: mapping.DefaultTagsFrom(),
		},
		Media:           MediaConfig{Mode: mediaUpload, MinSize: 1 << 10, MaxSize: 20 << 20, Concurrency: 2},
		MaxRequestBytes: 4_500_000,
		MaxSpanBytes:    4_000_000,
		CheckOnStart:    checkWarn,
		// 500 too: Langfuse answers it where its object store or its queue fails for
		// a moment (langfuse reference 0). 52x and 530 are Cloudflare's.
		RetryStatusCodes: []int{408, 421, 425, 429, 500, 502, 503, 504, 507, 508, 509, 511, 520, 521, 522, 523, 524, 525, 526, 527, 529, 530},
		Refused:          refusal.DefaultConfig(),
		Routing:          RoutingConfig{RemoveAttribute: true},
		QueueConfig:      configoptional.Some(defaultQueue()),
		RetryConfig:      configretry.NewDefaultBackOffConfig(),
	}
}

// defaultQueue gathers what comes within a second: Langfuse's cloud counts
// requests. The exporter splits by bytes itself.
func defaultQueue() exporterhelper.QueueBatchConfig {
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.Sizer = exporterhelper.RequestSizerTypeItems
	queue.QueueSize = 50_000
	queue.Batch = configoptional.Some(exporterhelper.BatchConfig{
		FlushTimeout: time.Second,
		Sizer:        exporterhelper.RequestSizerTypeItems,
		MinSize:      512,
		// No MaxSize: it would cut traces apart before their spans know each other.
	})
	return queue
}

func createTraces(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
	config := cfg.(*Config)
	e, err := newExporter(config, set)
	if err != nil {
		return nil, err
	}
	if err := e.addLanes(ctx, set); err != nil {
		return nil, err
	}
	queue, err := exporterhelper.NewTraces(ctx, set, cfg, e.push,
		exporterhelper.WithStart(e.start),
		exporterhelper.WithShutdown(e.shutdown),
		exporterhelper.WithCapabilities(consumer.Capabilities{MutatesData: false}),
		// The HTTP client has its own timeout, for each request that a batch becomes.
		exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{Timeout: 0}),
		exporterhelper.WithRetry(config.RetryConfig),
		exporterhelper.WithQueue(config.QueueConfig),
	)
	if err != nil {
		return nil, err
	}
	return newTraceBuffer(config, set, queue), nil
}
