package datadogexporter

import (
	"context"
	"errors"

	upstream "github.com/open-telemetry/opentelemetry-collector-contrib/exporter/datadogexporter"
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
		func() component.Config { return createDefaultConfig(inner.CreateDefaultConfig()) },
		exporter.WithTraces(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
			return createTraces(ctx, inner, set, cfg)
		}, metadata.TracesStability),
		exporter.WithMetrics(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Metrics, error) {
			return create(ctx, set, cfg, inner.CreateMetrics)
		}, metadata.MetricsStability),
		exporter.WithLogs(func(ctx context.Context, set exporter.Settings, cfg component.Config) (exporter.Logs, error) {
			return create(ctx, set, cfg, inner.CreateLogs)
		}, metadata.LogsStability),
	)
}

// create makes one of upstream's exporters.
func create[E any](ctx context.Context, set exporter.Settings, cfg component.Config, upstream func(context.Context, exporter.Settings, component.Config) (E, error)) (none E, err error) {
	config, ok := cfg.(*Config)
	if !ok {
		return none, errors.New("datadog: not its configuration")
	}
	return upstream(ctx, set, withoutDetection(&config.Datadog))
}

// flushSeconds is how often the agent makes payloads. What it has not made one of
// is in memory only; its own default is 5 seconds.
const flushSeconds = 1

func createTraces(ctx context.Context, inner exporter.Factory, set exporter.Settings, cfg component.Config) (exporter.Traces, error) {
	own, ok := cfg.(*Config)
	if !ok || !own.Datadog.QueueSettings.HasValue() || own.Datadog.QueueSettings.Get().StorageID == nil {
		return create(ctx, set, cfg, inner.CreateTraces)
	}
	config := withoutDetection(&own.Datadog)
	r, err := newRelay(ctx, set, config, own.Relay)
	if err != nil {
		return nil, err
	}
	toRelay := *config
	toRelay.Traces.Endpoint = r.url()
	toRelay.Traces.SetFlushInterval(flushSeconds)
	// With each batch that the agent has got, upstream tells the metrics intake that it
	// runs, and repeats that for as long as the configuration has payloads repeated: a
	// consumer of the queue waits, and so does a stop. Once is enough.
	toRelay.BackOffConfig.Enabled = false
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
