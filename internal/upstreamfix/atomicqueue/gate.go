package atomicqueue

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/xconsumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/xexporter"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Upstream counts a request that the disk does not take as one that waits, until the
// queue is empty: a disk that is full for a minute leaves a queue that is full, and
// refuses what comes, though it holds nothing. So what would be refused does not get
// there: an exporter asks its queue first.

// gateFactory makes exporters that ask first.
type gateFactory struct{ exporter.Factory }

// gateProfiles is gateFactory for an exporter that can do profiles too.
type gateProfiles struct {
	gateFactory
	profiles xexporter.Factory
}

func gated(factory exporter.Factory) exporter.Factory {
	if x, ok := factory.(xexporter.Factory); ok {
		return &gateProfiles{gateFactory: gateFactory{factory}, profiles: x}
	}
	return &gateFactory{factory}
}

// CreateTraces makes the exporter of traces.
func (f *gateFactory) CreateTraces(ctx context.Context, set exporter.Settings, config component.Config) (exporter.Traces, error) {
	made, err := f.Factory.CreateTraces(ctx, set, config)
	if err != nil {
		return nil, err
	}
	return &tracesGate{Traces: made, gate: gate{inner: made, id: set.ID, signal: "traces"}}, nil
}

// CreateMetrics makes the exporter of metrics.
func (f *gateFactory) CreateMetrics(ctx context.Context, set exporter.Settings, config component.Config) (exporter.Metrics, error) {
	made, err := f.Factory.CreateMetrics(ctx, set, config)
	if err != nil {
		return nil, err
	}
	return &metricsGate{Metrics: made, gate: gate{inner: made, id: set.ID, signal: "metrics"}}, nil
}

// CreateLogs makes the exporter of log records.
func (f *gateFactory) CreateLogs(ctx context.Context, set exporter.Settings, config component.Config) (exporter.Logs, error) {
	made, err := f.Factory.CreateLogs(ctx, set, config)
	if err != nil {
		return nil, err
	}
	return &logsGate{Logs: made, gate: gate{inner: made, id: set.ID, signal: "logs"}}, nil
}

// CreateProfiles makes the exporter of profiles.
func (f *gateProfiles) CreateProfiles(ctx context.Context, set exporter.Settings, config component.Config) (xexporter.Profiles, error) {
	made, err := f.profiles.CreateProfiles(ctx, set, config)
	if err != nil {
		return nil, err
	}
	return &profilesGate{Profiles: made, gate: gate{inner: made, id: set.ID, signal: "profiles"}}, nil
}

// ProfilesStability is the stability of the exporter of profiles.
func (f *gateProfiles) ProfilesStability() component.StabilityLevel {
	return f.profiles.ProfilesStability()
}

// gate stands before an exporter of one signal.
type gate struct {
	inner  component.Component
	id     component.ID
	signal string
	queue  *client // nil: it has no queue on disk
}

// Start starts the exporter, which opens its queue.
func (g *gate) Start(ctx context.Context, host component.Host) error {
	if err := g.inner.Start(ctx, host); err != nil {
		return err
	}
	for _, extension := range host.GetExtensions() {
		if q, ok := extension.(*queues); ok {
			if c := q.of(g.id, g.signal); c != nil {
				g.queue = c
			}
		}
	}
	return nil
}

// Shutdown stops the exporter.
func (g *gate) Shutdown(ctx context.Context) error { return g.inner.Shutdown(ctx) }

// open says whether the queue would take a request.
func (g *gate) open(ctx context.Context) error {
	if g.queue == nil {
		return nil
	}
	return g.queue.takes(ctx)
}

type (
	tracesGate struct {
		exporter.Traces
		gate
	}
	metricsGate struct {
		exporter.Metrics
		gate
	}
	logsGate struct {
		exporter.Logs
		gate
	}
	profilesGate struct {
		xexporter.Profiles
		gate
	}
)

// Start starts the exporter.
func (g *tracesGate) Start(ctx context.Context, host component.Host) error {
	return g.gate.Start(ctx, host)
}

// Shutdown stops the exporter.
func (g *tracesGate) Shutdown(ctx context.Context) error { return g.gate.Shutdown(ctx) }

// ConsumeTraces takes traces.
func (g *tracesGate) ConsumeTraces(ctx context.Context, traces ptrace.Traces) error {
	if err := g.open(ctx); err != nil {
		return err
	}
	return g.Traces.ConsumeTraces(ctx, traces)
}

// Start starts the exporter.
func (g *metricsGate) Start(ctx context.Context, host component.Host) error {
	return g.gate.Start(ctx, host)
}

// Shutdown stops the exporter.
func (g *metricsGate) Shutdown(ctx context.Context) error { return g.gate.Shutdown(ctx) }

// ConsumeMetrics takes metrics.
func (g *metricsGate) ConsumeMetrics(ctx context.Context, metrics pmetric.Metrics) error {
	if err := g.open(ctx); err != nil {
		return err
	}
	return g.Metrics.ConsumeMetrics(ctx, metrics)
}

// Start starts the exporter.
func (g *logsGate) Start(ctx context.Context, host component.Host) error {
	return g.gate.Start(ctx, host)
}

// Shutdown stops the exporter.
func (g *logsGate) Shutdown(ctx context.Context) error { return g.gate.Shutdown(ctx) }

// ConsumeLogs takes log records.
func (g *logsGate) ConsumeLogs(ctx context.Context, logs plog.Logs) error {
	if err := g.open(ctx); err != nil {
		return err
	}
	return g.Logs.ConsumeLogs(ctx, logs)
}

// Start starts the exporter.
func (g *profilesGate) Start(ctx context.Context, host component.Host) error {
	return g.gate.Start(ctx, host)
}

// Shutdown stops the exporter.
func (g *profilesGate) Shutdown(ctx context.Context) error { return g.gate.Shutdown(ctx) }

// ConsumeProfiles takes profiles.
func (g *profilesGate) ConsumeProfiles(ctx context.Context, profiles pprofile.Profiles) error {
	if err := g.open(ctx); err != nil {
		return err
	}
	return g.Profiles.ConsumeProfiles(ctx, profiles)
}

var (
	_ consumer.Traces    = (*tracesGate)(nil)
	_ xconsumer.Profiles = (*profilesGate)(nil)
)

// probeKey is written and deleted to see whether there is room.
const probeKey = "probe"

// A full disk is asked for room once in probePause, or in probeShare times what it took
// to ask: bbolt looks at all pages anew after a write that failed.
const (
	probePause = 200 * time.Millisecond
	probeShare = 10
)

// takes says whether a request like the one that was last refused would be written.
func (c *client) takes(ctx context.Context) error {
	if !c.full.Load() {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.full.Load() {
		return nil
	}
	if time.Now().Before(c.asks) {
		return c.refusal
	}
	began := time.Now()
	c.settle(ctx)
	err := c.Client.Set(ctx, probeKey, make([]byte, c.size))
	if err == nil {
		err = c.Client.Delete(ctx, probeKey)
	}
	if err != nil {
		c.refusal = fmt.Errorf("the queue on disk does not take it: %w", err)
		c.asks = time.Now().Add(max(probePause, probeShare*time.Since(began)))
		return c.refusal
	}
	c.hasRoom()
	return nil
}

// of is the queue of an exporter, if it is here.
func (q *queues) of(id component.ID, signal string) *client {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.clients[queueID{id, signal}]
}

type queueID struct {
	exporter component.ID
	signal   string
}

var _ storage.Extension = (*queues)(nil)
