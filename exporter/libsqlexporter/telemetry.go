package libsqlexporter

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// outcomes are the measurement options, made once.
var (
	stored    = metric.WithAttributeSet(outcomeSet("stored"))
	duplicate = metric.WithAttributeSet(outcomeSet("duplicate"))
	rejected  = metric.WithAttributeSet(outcomeSet("rejected"))
	committed = metric.WithAttributeSet(resultSet("committed"))
	failed    = metric.WithAttributeSet(resultSet("failed"))
)

// observe records a transaction.
func (e *libsqlExporter) observe(t tracestore.Transaction) {
	ctx := context.Background()
	how := committed
	if t.Err != nil {
		how = failed
	}
	e.telemetry.ExporterLibsqlTransactionDuration.Record(ctx, t.Duration.Seconds(), how)
	e.telemetry.ExporterLibsqlTransactionRequests.Record(ctx, int64(t.Writes))
	if t.Err == nil {
		e.progress.made()
		e.telemetry.ExporterLibsqlLastCommit.Record(ctx, time.Now().Unix())
		e.telemetry.ExporterLibsqlWrittenBytes.Add(ctx, t.Bytes)
	}
	if tracestore.IsBusy(t.Err) {
		e.telemetry.ExporterLibsqlBusyRetries.Add(ctx, 1)
	}
	for _, wait := range t.Waits {
		e.telemetry.ExporterLibsqlWaitDuration.Record(ctx, wait.Seconds())
	}
	for _, c := range []struct {
		counter metric.Int64Counter
		result  tracestore.Result
	}{{e.telemetry.ExporterLibsqlSpans, t.Spans}, {e.telemetry.ExporterLibsqlLogRecords, t.Logs}} {
		add(ctx, c.counter, c.result.Inserted, stored)
		add(ctx, c.counter, c.result.Duplicates, duplicate)
		add(ctx, c.counter, c.result.Rejected, rejected)
	}
}

func add(ctx context.Context, counter metric.Int64Counter, n int, how metric.AddOption) {
	if n > 0 {
		counter.Add(ctx, int64(n), how)
	}
}

func outcomeSet(word string) attribute.Set {
	return attribute.NewSet(attribute.String("outcome", word))
}

func resultSet(word string) attribute.Set {
	return attribute.NewSet(attribute.String("result", word))
}

// What pages and files are.
var (
	used = metric.WithAttributeSet(stateSet("used"))
	free = metric.WithAttributeSet(stateSet("free"))
	wal  = metric.WithAttributeSet(stateSet("wal"))
)

// observeTended records a look at the database, or a step of deleting.
func (e *libsqlExporter) observeTended(t tracestore.Tended) {
	ctx := context.Background()
	if t.Err != nil {
		e.telemetry.ExporterLibsqlRetentionFailures.Add(ctx, 1)
		if !e.retentionFails && !errors.Is(t.Err, context.Canceled) {
			e.logger.Warn("Retention fails and is tried again; until then nothing is deleted", zap.Error(t.Err))
		}
		e.retentionFails = true
		return
	}
	e.retentionFails = false
	e.telemetry.ExporterLibsqlDatabaseSize.Record(ctx, t.Size.Used, used)
	e.telemetry.ExporterLibsqlDatabaseSize.Record(ctx, t.Size.Free, free)
	if e.target.Server == nil {
		e.telemetry.ExporterLibsqlDatabaseSize.Record(ctx, t.Size.WAL, wal)
	}
	age := 0.0
	if !t.Oldest.IsZero() {
		age = max(time.Since(t.Oldest).Seconds(), 0)
	}
	e.telemetry.ExporterLibsqlOldestTraceAge.Record(ctx, age)
	if t.DeletedTraces > 0 {
		e.telemetry.ExporterLibsqlDeletedTraces.Add(ctx, int64(t.DeletedTraces))
	}
	if t.DeletedSpans > 0 {
		e.telemetry.ExporterLibsqlDeletedSpans.Add(ctx, t.DeletedSpans)
	}
	if t.DeletedLogs > 0 {
		e.telemetry.ExporterLibsqlDeletedLogRecords.Add(ctx, t.DeletedLogs)
	}
	if t.DeletedTraces > 0 || t.DeletedSpans > 0 || t.DeletedLogs > 0 {
		e.telemetry.ExporterLibsqlRetentionDuration.Record(ctx, t.Duration.Seconds())
	}
}

func stateSet(word string) attribute.Set {
	return attribute.NewSet(attribute.String("state", word))
}
