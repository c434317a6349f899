package query

import (
	"context"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/otlp"
)

// maxLogs is how many log records of a trace, or of a span, are read.
const maxLogs = 1000

// Logs lists the log records of a trace, the earliest first: the last 1000.
func (s *Store) Logs(ctx context.Context, traceID string) ([]Log, error) {
	traceID, err := s.traceID(ctx, traceID)
	if err != nil {
		return nil, err
	}
	return s.logs(ctx, tracestore.LogFilter{TraceID: traceID}, 0)
}

func (s *Store) logs(ctx context.Context, f tracestore.LogFilter, limit int) ([]Log, error) {
	f.Limit = maxLogs
	records, err := s.db.Logs(ctx, f)
	if err != nil {
		return nil, err
	}
	slices.Reverse(records)
	list := make([]Log, 0, len(records))
	for i := range records {
		decoded, err := otlp.Logs(records[i : i+1])
		if err != nil {
			return nil, err
		}
		list = append(list, logOf(decoded.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0), limit))
	}
	return list, nil
}

func logOf(r plog.LogRecord, limit int) Log {
	at := r.Timestamp()
	if at == 0 {
		at = r.ObservedTimestamp()
	}
	l := Log{Time: at.AsTime(), Severity: r.SeverityText(), Event: r.EventName(), Attributes: attributesOf(r.Attributes(), limit)}
	if l.Severity == "" && r.SeverityNumber() != plog.SeverityNumberUnspecified {
		l.Severity = r.SeverityNumber().String()
	}
	if body := valueOf(r.Body(), limit); string(body.Value) != "null" {
		l.Body = body.Value
	}
	if !r.SpanID().IsEmpty() {
		l.SpanID = r.SpanID().String()
	}
	if l.Time.Before(time.Unix(1, 0)) {
		l.Time = time.Time{}
	}
	return l
}
