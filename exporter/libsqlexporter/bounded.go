package libsqlexporter

import (
	"context"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
)

// shutdownGrace is how long a shutdown goes on storing what is in the queue: less
// than the 9s after which the process ends in any case (OTELCOL_STOP_TIMEOUT), so
// that what is lost can be told.
const shutdownGrace = 7 * time.Second

// boundedTraces bounds how long a client waits for its answer, and how long a
// shutdown takes: the receivers of a collector that stops wait for all requests
// which they hold, and the helper repeats its attempts without an end.
type boundedTraces struct {
	exporter.Traces
	e *libsqlExporter
}

// ConsumeTraces returns after the COMMIT, or with an error after the timeout.
func (b *boundedTraces) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	n := td.SpanCount()
	return b.e.bounded(ctx, "spans", n, func(ctx context.Context) error { return b.Traces.ConsumeTraces(ctx, td) })
}

// Shutdown gives up what could not be stored when the grace ends.
func (b *boundedTraces) Shutdown(ctx context.Context) error {
	b.e.startGrace()
	return b.Traces.Shutdown(ctx)
}

// boundedLogs is boundedTraces for log records.
type boundedLogs struct {
	exporter.Logs
	e *libsqlExporter
}

// ConsumeLogs returns after the COMMIT, or with an error after the timeout.
func (b *boundedLogs) ConsumeLogs(ctx context.Context, ld plog.Logs) error {
	n := ld.LogRecordCount()
	return b.e.bounded(ctx, "log records", n, func(ctx context.Context) error { return b.Logs.ConsumeLogs(ctx, ld) })
}

// Shutdown gives up what could not be stored when the grace ends.
func (b *boundedLogs) Shutdown(ctx context.Context) error {
	b.e.startGrace()
	return b.Logs.Shutdown(ctx)
}

// bounded calls consume with a context that ends when nothing has been stored for the
// timeout: a request that is large takes longer than one timeout, and is answered when
// all of it is stored. A queue that does not wait for the result is not concerned: it
// takes no context with it.
func (e *libsqlExporter) bounded(ctx context.Context, what string, n int, consume func(context.Context) error) error {
	limit := e.config.ClientConfig.Timeout
	if limit <= 0 {
		return consume(ctx)
	}
	bounded, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := e.progress.watch(limit, func() { cancel(context.DeadlineExceeded) })
	err := consume(bounded)
	watch.Stop()
	if err == nil || bounded.Err() == nil || ctx.Err() != nil {
		return err
	}
	e.logger.Warn("Not stored within the timeout; the sender was told to send it again",
		zap.Int(what, n), zap.Duration("timeout", limit), zap.NamedError("reason", e.lastFailure()))
	return fmt.Errorf("not stored within %v (timeout): %w", limit, context.DeadlineExceeded)
}

// startGrace begins the end of the exporter.
func (e *libsqlExporter) startGrace() {
	e.graceOnce.Do(func() { e.graceTimer = time.AfterFunc(e.grace, e.giveUp) })
}

// abandon is called with what an attempt has not stored.
func (e *libsqlExporter) abandon(spans, logs int) {
	if e.givenUp.Err() != nil {
		e.lostSpans.Add(int64(spans))
		e.lostLogs.Add(int64(logs))
	}
}

// reportAbandoned says what a shutdown has not stored.
func (e *libsqlExporter) reportAbandoned() {
	if e.graceTimer != nil {
		e.graceTimer.Stop()
	}
	spans, logs := e.lostSpans.Load(), e.lostLogs.Load()
	if spans == 0 && logs == 0 {
		return
	}
	hint := "their senders have no answer and may send them again"
	if queue := e.config.QueueConfig; queue.HasValue() && !queue.Get().WaitForResult {
		hint = "they are lost"
		if queue.Get().StorageID != nil {
			hint = "they are kept in the storage of the queue"
		}
	}
	e.logger.Error("Shut down before everything was stored: "+hint,
		zap.Int64("spans", spans), zap.Int64("log records", logs), zap.Duration("waited", e.grace), zap.NamedError("reason", e.lastFailure()))
}

// lastFailure is why the latest attempt failed; nil where it did not.
func (e *libsqlExporter) lastFailure() error {
	if f := e.failure.Load(); f != nil {
		return *f
	}
	return nil
}
