package sensitivefilter

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
)

// errInternal is all that a caller learns of a panic: its text could hold a value.
var errInternal = errors.New("sensitive_filter failed on the batch and has dropped it; see processor_sensitive_filter_errors")

// filter is one instance of the processor for one signal.
type filter struct {
	telemetry *reporter
	walkers   sync.Pool
	// release gives back what the signals share.
	release func()
}

// newProcessor returns a filter for a signal that finds and remembers with r.
func newProcessor(set processor.Settings, cfg *Config, signal string, r *redact.Redactor) (*filter, error) {
	rep, err := newReporter(set, r, signal, cfg.Mode == modeAudit)
	if err != nil {
		return nil, err
	}
	p := newPlan(cfg, r)
	f := &filter{telemetry: rep, release: func() {}}
	f.walkers.New = func() any { return newWalker(p) }
	return f, nil
}

func (f *filter) shutdown(context.Context) error {
	f.telemetry.builder.Shutdown()
	f.release()
	return nil
}

// run gives a walker to admit, then to walk, and reports what it has found. A panic drops the batch: what was not looked at does not pass.
func (f *filter) run(ctx context.Context, admit, walk func(*walker)) (err error) {
	start := time.Now()
	w := f.walkers.Get().(*walker)
	w.begin()
	defer func() {
		if recover() != nil {
			f.telemetry.failed(ctx)
			err = consumererror.NewPermanent(errInternal)
			return // the walker may be in any state: it is not given back
		}
		f.telemetry.report(ctx, w, time.Since(start))
		w.end()
		f.walkers.Put(w)
	}()
	admit(w)
	walk(w)
	if !w.perResource && w.repeat() {
		walk(w)
	}
	return nil
}

func (f *filter) processTraces(ctx context.Context, td ptrace.Traces) (ptrace.Traces, error) {
	return td, f.run(ctx, func(w *walker) { w.admitTraces(td) }, func(w *walker) { w.traces(td) })
}

func (f *filter) processLogs(ctx context.Context, ld plog.Logs) (plog.Logs, error) {
	return ld, f.run(ctx, func(w *walker) { w.admitLogs(ld) }, func(w *walker) { w.logs(ld) })
}

func (f *filter) processMetrics(ctx context.Context, md pmetric.Metrics) (pmetric.Metrics, error) {
	return md, f.run(ctx, func(w *walker) { w.admitMetrics(md) }, func(w *walker) { w.metrics(md) })
}
