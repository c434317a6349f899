package lifecycle

import (
	"context"
	"sync/atomic"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/service/telemetry"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// counts are how reloads of this process went.
type counts struct{ accepted, refused, reverted atomic.Int64 }

// in adds the metric otelcol_llm_reloads to what a collector says of itself. Each
// configuration has its own meters; the counts are the process's.
func (c *counts) in(factories func() (otelcol.Factories, error)) func() (otelcol.Factories, error) {
	return func() (otelcol.Factories, error) {
		all, err := factories()
		if err != nil || all.Telemetry == nil {
			return all, err
		}
		f := all.Telemetry
		all.Telemetry = telemetry.NewFactory(f.CreateDefaultConfig,
			telemetry.WithCreateResource(f.CreateResource),
			telemetry.WithCreateLogger(f.CreateLogger),
			telemetry.WithCreateTracerProvider(f.CreateTracerProvider),
			telemetry.WithCreateMeterProvider(func(ctx context.Context, set telemetry.MeterSettings, config component.Config) (telemetry.MeterProvider, error) {
				provider, err := f.CreateMeterProvider(ctx, set, config)
				if err != nil {
					return nil, err
				}
				_, err = provider.Meter("github.com/otelcol-llm/otelcol-llm/internal/upstreamfix/lifecycle").Int64ObservableCounter(
					"otelcol_llm_reloads", metric.WithUnit("{reload}"), metric.WithDescription("Reloads, by what became of the new configuration."),
					metric.WithInt64Callback(c.observe))
				return provider, err
			}))
		return all, nil
	}
}

func (c *counts) observe(_ context.Context, o metric.Int64Observer) error {
	for outcome, n := range map[string]*atomic.Int64{"accepted": &c.accepted, "refused": &c.refused, "reverted": &c.reverted} {
		o.Observe(n.Load(), metric.WithAttributes(attribute.String("outcome", outcome)))
	}
	return nil
}
