package langfuseexporter

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pipeline"
	"go.uber.org/zap"
)

// lane is where spans of a project wait while its server takes none, so that those
// of other projects pass them. It is a queue with attempts of its own, of spans as
// they were mapped. A nil lane takes nothing.
type lane struct {
	queue  exporter.Traces
	pause  time.Duration // before another attempt, where the server does not say
	closed atomic.Pointer[closure]
}

// closure is why and until when a lane sends nothing.
type closure struct {
	err   error
	until time.Time
}

// hasLanes reports whether projects have lanes: there are several, nobody waits for
// the outcome, and what fails is sent again.
func (c *Config) hasLanes() bool {
	return len(c.Projects) > 0 && c.QueueConfig.HasValue() && !c.QueueConfig.Get().WaitForResult && c.RetryConfig.Enabled
}

// laneID is what the queue of a project is found again by, and counted under.
func laneID(exporter component.ID, p *project) component.ID {
	return component.NewIDWithName(exporter.Type(), strings.TrimPrefix(exporter.Name()+"_project_"+p.label(), "_"))
}

// hasExporter reports whether the configuration has an exporter of traces with an
// ID, where the host can say: the Collector's can, by a method that no interface of
// it has.
func hasExporter(host component.Host, id component.ID) bool {
	all, ok := host.(interface {
		GetExporters() map[pipeline.Signal]map[component.ID]component.Component
	})
	if !ok {
		return false
	}
	_, found := all.GetExporters()[pipeline.SignalTraces][id]
	return found
}

// addLanes makes a lane for each project, as large as the exporter's queue and in the
// same storage.
func (e *langfuseExporter) addLanes(ctx context.Context, set exporter.Settings) error {
	if !e.config.hasLanes() {
		return nil
	}
	queue := *e.config.QueueConfig.Get()
	queue.Batch = configoptional.None[exporterhelper.BatchConfig]() // the spans come in batches
	// A full lane is the queue before it to wait for, which can be stopped.
	queue.BlockOnOverflow = false
	for _, p := range e.router.projects {
		of := set
		of.ID = laneID(set.ID, p)
		of.Logger = set.Logger.With(zap.String("project", p.label()))
		l := &lane{pause: e.config.RetryConfig.InitialInterval}
		var err error
		l.queue, err = exporterhelper.NewTraces(ctx, of, e.config, func(ctx context.Context, td ptrace.Traces) error { return e.sendWaiting(ctx, p, td) },
			exporterhelper.WithCapabilities(consumer.Capabilities{MutatesData: true}),
			exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{Timeout: 0}),
			exporterhelper.WithRetry(e.config.RetryConfig),
			exporterhelper.WithQueue(configoptional.Some(queue)),
		)
		if err != nil {
			return err
		}
		p.lane = l
	}
	return nil
}

func (e *langfuseExporter) startLanes(ctx context.Context, host component.Host) error {
	for _, p := range e.router.projects {
		if p.lane == nil {
			continue
		}
		if id := laneID(e.settings.ID, p); hasExporter(host, id) {
			return fmt.Errorf("projects::%s: its queue would be that of the exporter %s; rename one of the two", p.label(), id)
		}
		if err := p.lane.queue.Start(ctx, host); err != nil {
			return err
		}
	}
	return nil
}

// stopLanes sends what waits once more, each project's until its first failure.
func (e *langfuseExporter) stopLanes(ctx context.Context) error {
	return e.router.each(func(p *project) error {
		if p.lane == nil {
			return nil
		}
		p.lane.closed.Store(nil)
		return p.lane.queue.Shutdown(ctx)
	})
}

// sendWaiting sends what has waited for a project.
func (e *langfuseExporter) sendWaiting(ctx context.Context, p *project, td ptrace.Traces) error {
	if err := p.lane.gate(time.Now()); err != nil {
		return err
	}
	d := e.try(ctx, shipment{p, td})
	return e.settle(&outcome{delivered: d.delivered, refusal: d.refusal, retry: d.retry, failed: d.failed})
}

// take puts spans aside. It reports false, and leaves them as they are, where there
// is no room.
func (l *lane) take(ctx context.Context, td ptrace.Traces) bool {
	return l != nil && l.queue.ConsumeTraces(context.WithoutCancel(ctx), td) == nil
}

// note takes how an attempt ended: nil where the server has answered for good.
func (l *lane) note(retry error, now time.Time) {
	switch {
	case l == nil:
	case retry == nil:
		l.closed.Store(nil)
	default:
		pause := l.pause
		if answer, ok := errors.AsType[*answerError](retry); ok {
			pause = max(pause, answer.retryAfter)
		}
		l.closed.Store(&closure{retry, now.Add(pause)})
	}
}

// failure is why the last attempt failed; nil where it did not.
func (l *lane) failure() error {
	if l == nil {
		return nil
	}
	if c := l.closed.Load(); c != nil {
		return c.err
	}
	return nil
}

// gate is an error that says for how long nothing may be sent; nil where it may.
func (l *lane) gate(now time.Time) error {
	if l == nil {
		return nil
	}
	c := l.closed.Load()
	if c == nil || !now.Before(c.until) {
		return nil
	}
	return exporterhelper.NewThrottleRetry(c.err, c.until.Sub(now))
}
