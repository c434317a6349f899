package upstreamfix

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/xreceiver"
)

// StartBarrier makes the receivers of factories start late. Upstream starts a
// component after all that it sends to, for each signal by itself; but a receiver of
// several signals is one server, which listens as soon as the first of them starts.
// The exporters of the others may then still read their queues from disk, and what
// comes meanwhile is written over what they read, though it has been acknowledged.
// So no signal of a receiver starts before all are asked to.
//
// Delete when upstream starts a receiver of several signals after all of its pipelines.
func StartBarrier(factories func() (otelcol.Factories, error)) func() (otelcol.Factories, error) {
	return func() (otelcol.Factories, error) {
		all, err := factories()
		for id, factory := range all.Receivers {
			barrier := &barrierFactory{Factory: factory, signals: map[component.Config]*signals{}}
			all.Receivers[id] = barrier
			if x, ok := factory.(xreceiver.Factory); ok {
				all.Receivers[id] = &barrierProfiles{barrierFactory: barrier, profiles: x}
			}
		}
		return all, err
	}
}

// barrierFactory makes receivers that start together.
type barrierFactory struct {
	receiver.Factory
	mu      sync.Mutex
	signals map[component.Config]*signals // by the receiver's configuration, a pointer
}

// barrierProfiles is barrierFactory for a receiver that can do profiles too, which the
// Collector has behind a feature gate.
type barrierProfiles struct {
	*barrierFactory
	profiles xreceiver.Factory
}

// CreateProfiles makes the receiver of profiles.
func (f *barrierProfiles) CreateProfiles(
	ctx context.Context, set receiver.Settings, config component.Config, next xconsumer.Profiles,
) (xreceiver.Profiles, error) {
	r, err := f.profiles.CreateProfiles(ctx, set, config, next)
	return f.behind(config, r, err)
}

// ProfilesStability is the stability of the receiver of profiles.
func (f *barrierProfiles) ProfilesStability() component.StabilityLevel {
	return f.profiles.ProfilesStability()
}

// signals are the receivers of one configuration, one of each signal.
type signals struct {
	created int
	held    []func(context.Context) error // starts those that have been asked to
}

// CreateTraces makes the receiver of traces.
func (f *barrierFactory) CreateTraces(
	ctx context.Context, set receiver.Settings, config component.Config, next consumer.Traces,
) (receiver.Traces, error) {
	r, err := f.Factory.CreateTraces(ctx, set, config, next)
	return f.behind(config, r, err)
}

// CreateMetrics makes the receiver of metrics.
func (f *barrierFactory) CreateMetrics(
	ctx context.Context, set receiver.Settings, config component.Config, next consumer.Metrics,
) (receiver.Metrics, error) {
	r, err := f.Factory.CreateMetrics(ctx, set, config, next)
	return f.behind(config, r, err)
}

// CreateLogs makes the receiver of log records.
func (f *barrierFactory) CreateLogs(
	ctx context.Context, set receiver.Settings, config component.Config, next consumer.Logs,
) (receiver.Logs, error) {
	r, err := f.Factory.CreateLogs(ctx, set, config, next)
	return f.behind(config, r, err)
}

func (f *barrierFactory) behind(config component.Config, r component.Component, err error) (component.Component, error) {
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.signals[config] == nil {
		f.signals[config] = &signals{}
	}
	f.signals[config].created++
	return &barrierReceiver{Component: r, factory: f, config: config}, nil
}

// barrierReceiver is the receiver of one signal.
type barrierReceiver struct {
	component.Component
	factory *barrierFactory
	config  component.Config
}

// Start starts all signals of the receiver, once it is the last that is asked to.
func (r *barrierReceiver) Start(ctx context.Context, host component.Host) error {
	f := r.factory
	f.mu.Lock()
	s := f.signals[r.config]
	s.held = append(s.held, func(ctx context.Context) error { return r.Component.Start(ctx, host) })
	if len(s.held) < s.created {
		f.mu.Unlock()
		return nil
	}
	delete(f.signals, r.config)
	f.mu.Unlock()
	for _, start := range s.held {
		if err := start(ctx); err != nil {
			return err
		}
	}
	return nil
}
