package main

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

// lateReceivers makes the receivers of factories start late. Upstream starts a
// component after all that it sends to, for each signal by itself; but a receiver of
// several signals is one server, which listens as soon as the first of them starts.
// The exporters of the others may then still read their queues from disk, and what
// comes meanwhile is written over what they read, though it has been acknowledged.
// So no signal of a receiver starts before all are asked to.
func lateReceivers(factories func() (otelcol.Factories, error)) func() (otelcol.Factories, error) {
	return func() (otelcol.Factories, error) {
		all, err := factories()
		for id, factory := range all.Receivers {
			late := &lateFactory{Factory: factory, signals: map[component.Config]*signals{}}
			all.Receivers[id] = late
			if x, ok := factory.(xreceiver.Factory); ok {
				all.Receivers[id] = &lateProfiles{lateFactory: late, profiles: x}
			}
		}
		return all, err
	}
}

// lateFactory makes receivers that start together.
type lateFactory struct {
	receiver.Factory
	mu      sync.Mutex
	signals map[component.Config]*signals // by the receiver's configuration, a pointer
}

// lateProfiles is lateFactory for a receiver that can do profiles too, which the
// Collector has behind a feature gate.
type lateProfiles struct {
	*lateFactory
	profiles xreceiver.Factory
}

// CreateProfiles makes the receiver of profiles.
func (f *lateProfiles) CreateProfiles(
	ctx context.Context, set receiver.Settings, config component.Config, next xconsumer.Profiles,
) (xreceiver.Profiles, error) {
	r, err := f.profiles.CreateProfiles(ctx, set, config, next)
	return f.late(config, r, err)
}

// ProfilesStability is the stability of the receiver of profiles.
func (f *lateProfiles) ProfilesStability() component.StabilityLevel {
	return f.profiles.ProfilesStability()
}

// signals are the receivers of one configuration, one of each signal.
type signals struct {
	created int
	held    []func(context.Context) error // starts those that have been asked to
}

// CreateTraces makes the receiver of traces.
func (f *lateFactory) CreateTraces(
	ctx context.Context, set receiver.Settings, config component.Config, next consumer.Traces,
) (receiver.Traces, error) {
	r, err := f.Factory.CreateTraces(ctx, set, config, next)
	return f.late(config, r, err)
}

// CreateMetrics makes the receiver of metrics.
func (f *lateFactory) CreateMetrics(
	ctx context.Context, set receiver.Settings, config component.Config, next consumer.Metrics,
) (receiver.Metrics, error) {
	r, err := f.Factory.CreateMetrics(ctx, set, config, next)
	return f.late(config, r, err)
}

// CreateLogs makes the receiver of log records.
func (f *lateFactory) CreateLogs(
	ctx context.Context, set receiver.Settings, config component.Config, next consumer.Logs,
) (receiver.Logs, error) {
	r, err := f.Factory.CreateLogs(ctx, set, config, next)
	return f.late(config, r, err)
}

func (f *lateFactory) late(config component.Config, r component.Component, err error) (component.Component, error) {
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.signals[config] == nil {
		f.signals[config] = &signals{}
	}
	f.signals[config].created++
	return &lateReceiver{Component: r, factory: f, config: config}, nil
}

// lateReceiver is the receiver of one signal.
type lateReceiver struct {
	component.Component
	factory *lateFactory
	config  component.Config
}

// Start starts all signals of the receiver, once it is the last that is asked to.
func (r *lateReceiver) Start(ctx context.Context, host component.Host) error {
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
