package otlpreceiver

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/receiver"
	upstream "go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/xreceiver"

	"github.com/otelcol-llm/otelcol-llm/receiver/otlpreceiver/internal/metadata"
)

// NewFactory returns the factory of the receiver otlp.
func NewFactory() receiver.Factory {
	f := &factory{inner: upstream.NewFactory().(xreceiver.Factory)}
	return xreceiver.NewFactory(
		metadata.Type,
		createDefaultConfig,
		xreceiver.WithTraces(f.createTraces, metadata.TracesStability),
		xreceiver.WithMetrics(f.createMetrics, metadata.MetricsStability),
		xreceiver.WithLogs(f.createLogs, metadata.LogsStability),
		xreceiver.WithProfiles(f.createProfiles, metadata.ProfilesStability),
	)
}

// factory makes one guard of each configuration, as upstream makes one server of it for
// all signals.
type factory struct {
	inner  xreceiver.Factory
	guards sync.Map // *Config to *guard
}

func (f *factory) guard(set receiver.Settings, config component.Config) (*guard, error) {
	c := config.(*Config)
	if g, ok := f.guards.Load(c); ok {
		return g.(*guard), nil
	}
	g, err := newGuard(set, c)
	if err != nil {
		return nil, err
	}
	g.forget = func() { f.guards.CompareAndDelete(c, g) }
	f.guards.Store(c, g)
	return g, nil
}

func (f *factory) createTraces(ctx context.Context, set receiver.Settings, config component.Config, next consumer.Traces) (receiver.Traces, error) {
	return create(f, set, config, func(c component.Config) (component.Component, error) { return f.inner.CreateTraces(ctx, set, c, next) })
}

func (f *factory) createMetrics(ctx context.Context, set receiver.Settings, config component.Config, next consumer.Metrics) (receiver.Metrics, error) {
	return create(f, set, config, func(c component.Config) (component.Component, error) { return f.inner.CreateMetrics(ctx, set, c, next) })
}

func (f *factory) createLogs(ctx context.Context, set receiver.Settings, config component.Config, next consumer.Logs) (receiver.Logs, error) {
	return create(f, set, config, func(c component.Config) (component.Component, error) { return f.inner.CreateLogs(ctx, set, c, next) })
}

func (f *factory) createProfiles(ctx context.Context, set receiver.Settings, config component.Config, next xconsumer.Profiles) (xreceiver.Profiles, error) {
	return create(f, set, config, func(c component.Config) (component.Component, error) {
		return f.inner.CreateProfiles(ctx, set, c, next)
	})
}

// create makes upstream's receiver of a signal, with the guard in its configuration.
func create(f *factory, set receiver.Settings, config component.Config, inner func(component.Config) (component.Component, error)) (component.Component, error) {
	g, err := f.guard(set, config)
	if err != nil {
		return nil, err
	}
	r, err := inner(g.config)
	if err != nil {
		return nil, err
	}
	return &guarded{Component: r, guard: g}, nil
}

// guarded is upstream's receiver, which finds the guard among the extensions.
type guarded struct {
	component.Component
	guard *guard
}

// Start starts upstream's receiver.
func (g *guarded) Start(ctx context.Context, host component.Host) error {
	return g.Component.Start(ctx, g.guard.host(host))
}

// Shutdown stops it, and does not wait for those who send slowly.
func (g *guarded) Shutdown(ctx context.Context) error {
	g.guard.arrivals.stop()
	g.guard.connections.stop()
	err := g.Component.Shutdown(ctx)
	g.guard.forget()
	g.guard.refusals.flush()
	g.guard.giveBack.stop()
	return err
}
