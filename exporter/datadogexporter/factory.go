package datadogexporter

import (
	"context"
	"errors"

	upstream "github.com/open-telemetry/opentelemetry-collector-contrib/exporter/datadogexporter"
	datadogconfig "github.com/open-telemetry/opentelemetry-collector-contrib/pkg/datadog/config"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"

	"github.com/otelcol-llm/otelcol-llm/exporter/datadogexporter/internal/metadata"
)

// NewFactory returns the factory of the exporter datadog: upstream's, with its
// configuration, and payloads of traces on disk until Datadog has them.
func NewFactory() exporter.Factory {
	inner := upstream.NewFactory()
	return exporter.NewFactory(
		metadata.Type,
		inner.CreateDefaultConfig,
		exporter.WithTraces(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
			return createTraces(ctx, inner, set, cfg)
		}, metadata.TracesStability),
		exporter.WithMetrics(inner.CreateMetrics, metadata.MetricsStability),
		exporter.WithLogs(inner.CreateLogs, metadata.LogsStability),
	)
}

// flushSeconds is how often the agent makes payloads. What it has not made one of
// is in memory only; its own default is 5 seconds.
const flushSeconds = 1

func createTraces(ctx context.Context, inner exporter.Factory, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
	config, ok := cfg.(*datadogconfig.Config)
	if !ok || !config.QueueSettings.HasValue() || config.QueueSettings.Get().StorageID == nil {
		return inner.CreateTraces(ctx, set, cfg)
	}
	r, err := newRelay(ctx, set, config)
	if err != nil {
		return nil, err
	}
	toRelay := *config
	toRelay.Traces.Endpoint = r.url()
	toRelay.Traces.SetFlushInterval(flushSeconds)
	traces, err := inner.CreateTraces(ctx, set, &toRelay)
	if err != nil {
		return nil, errors.Join(err, r.listener.Close())
	}
	return &durableTraces{Traces: traces, relay: r}, nil
}

// durableTraces is upstream's exporter and the relay that it sends to.
type durableTraces struct {
	exporter.Traces
	relay *relay
}

// Start starts the relay first.
func (d *durableTraces) Start(ctx context.Context, host component.Host) error {
	if err := d.relay.start(ctx, host); err != nil {
		return err
	}
	return d.Traces.Start(ctx, host)
}

// Shutdown ends the relay when the exporter has given it everything.
func (d *durableTraces) Shutdown(ctx context.Context) error {
	err := d.Traces.Shutdown(ctx)
	return errors.Join(err, d.relay.shutdown(ctx))
}
