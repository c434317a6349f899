package tracestore

import (
	"context"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
)

// serverWrite stores what one caller has.
type serverWrite struct {
	engine   *serverEngine
	at       moment
	graceEnd int64
}

// spans stores spans in as many transactions as the size of a request demands.
// Where a row is refused, its transaction is cut in halves until the row stands
// alone.
func (w *serverWrite) spans(ctx context.Context, spans []*Span) (Result, error) {
	return inParts(ctx, spans, spanSize, w.engine.server.MaxRequestBytes, w.storeSpans)
}

// logs is spans for log records.
func (w *serverWrite) logs(ctx context.Context, logs []Log) (Result, error) {
	pointers := make([]*Log, len(logs))
	for i := range logs {
		pointers[i] = &logs[i]
	}
	return inParts(ctx, pointers, logSize, w.engine.server.MaxRequestBytes, w.storeLogs)
}

// inParts calls store for parts of rows that are not larger than limit.
func inParts[T any](ctx context.Context, rows []*T, size func(*T) int, limit int, store func(context.Context, []*T) (Result, error)) (Result, error) {
	var sum Result
	for len(rows) > 0 {
		n, bytes := 1, size(rows[0])
		for n < len(rows) && bytes+size(rows[n]) <= limit {
			bytes += size(rows[n])
			n++
		}
		part, err := bisect(ctx, rows[:n], store)
		sum.add(part)
		if err != nil {
			return sum, err
		}
		rows = rows[n:]
	}
	return sum, nil
}

// bisect stores rows together, or where one is refused each half by itself.
func bisect[T any](ctx context.Context, rows []*T, store func(context.Context, []*T) (Result, error)) (Result, error) {
	result, err := store(ctx, rows)
	if failureOf(err) != rowRejected {
		return result, err
	}
	if len(rows) == 1 {
		return Result{Rejected: 1}, nil
	}
	half := len(rows) / 2
	first, err := bisect(ctx, rows[:half], store)
	if err != nil {
		return first, err
	}
	second, err := bisect(ctx, rows[half:], store)
	first.add(second)
	return first, err
}

// fixedSize is about what the small columns of a row take in a request.
const fixedSize = 3000

func spanSize(s *Span) int {
	m := &s.Mastra
	return fixedSize + len(s.Attributes) + len(s.Events) + len(m.Input) + len(m.Output) + len(m.Attributes) + len(m.Metadata) + len(m.Error) + len(m.Links)
}

func logSize(l *Log) int { return 1000 + len(l.Body) + len(l.Attributes) }

// storeSpans stores spans in one transaction, which is one request.
func (w *serverWrite) storeSpans(ctx context.Context, spans []*Span) (Result, error) {
	t := w.engine.begin(len(spans), spanInsertion, mastraInsertion, dataInsertion)
	t.run(markNew, nil)
	var withData []*Span
	for _, s := range spans {
		t.resource(s.Resource)
		t.scope(s.Scope)
		if needsData(s) {
			withData = append(withData, s)
		}
	}
	c := &rowContext{at: w.at}
	first := t.insert(spanInsertion, len(spans), func(i int) {
		c.resource, c.scope = t.resource(spans[i].Resource), t.scope(spans[i].Scope)
		for _, column := range spanColumns {
			t.request.Arg(column.value(spans[i], c))
		}
	})
	t.insert(mastraInsertion, len(spans), func(i int) {
		for _, column := range mastraWritten {
			t.request.Arg(column.value(spans[i], c))
		}
	})
	t.insert(dataInsertion, len(withData), func(i int) {
		t.request.Arg(withData[i].TraceID)
		t.request.Arg(withData[i].SpanID)
		for _, column := range dataColumns[1:] {
			t.request.Arg(column.value(withData[i], c))
		}
	})
	for _, s := range serverFinish(w.at, w.graceEnd) {
		t.run(s.sql, s.args)
	}
	steps, err := t.commit(ctx)
	if err != nil {
		return Result{}, err
	}
	return tally(steps, first, len(spans)), nil
}

// storeLogs stores log records in one transaction, which is one request.
func (w *serverWrite) storeLogs(ctx context.Context, logs []*Log) (Result, error) {
	t := w.engine.begin(len(logs), logInsertion)
	for _, l := range logs {
		t.resource(l.Resource)
		t.scope(l.Scope)
	}
	c := &rowContext{at: w.at}
	first := t.insert(logInsertion, len(logs), func(i int) {
		c.resource, c.scope = t.resource(logs[i].Resource), t.scope(logs[i].Scope)
		for _, column := range logColumns {
			t.request.Arg(column.value(logs[i], c))
		}
	})
	steps, err := t.commit(ctx)
	if err != nil {
		return Result{}, err
	}
	return tally(steps, first, len(logs)), nil
}

// tally counts what the steps have inserted that begin at first and have n rows
// between them.
func tally(steps []hrana.StepResult, first, n int) Result {
	var r Result
	for at := 0; at < n; at += rowsPerStatement {
		r.Inserted += int(steps[first].Affected)
		first++
	}
	r.Duplicates = n - r.Inserted
	return r
}
