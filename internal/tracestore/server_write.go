package tracestore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

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
	return inParts(ctx, spans, spanSize, w.engine.server.MaxRequestBytes, storing[Span]{w.storeAll, w.refused})
}

// storeAll stores spans, and then those whose ids other spans have.
func (w *serverWrite) storeAll(ctx context.Context, spans []*Span) (Result, error) {
	result, err := w.storeSpans(ctx, spans)
	if err != nil || result.Duplicates == 0 {
		return result, err
	}
	others, awaited, err := othersOf(ctx, w.engine, spans)
	for _, again := range []struct {
		spans []*Span
		store func(context.Context, []*Span) (Result, error)
	}{{others, w.storeSpans}, {awaited, w.storeAwaited}} {
		if err != nil || len(again.spans) == 0 {
			continue
		}
		var apart Result
		apart, err = bisect(ctx, again.spans, storing[Span]{again.store, w.refused})
		result.Duplicates -= apart.Inserted + apart.Rejected
		result.Inserted += apart.Inserted
		result.Rejected += apart.Rejected
	}
	return result, err
}

// storeAwaited stores spans in the place of rows that wait for them.
func (w *serverWrite) storeAwaited(ctx context.Context, spans []*Span) (Result, error) {
	ids := make([][2]string, len(spans))
	for i, s := range spans {
		ids[i] = [2]string{s.TraceID, s.SpanID}
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return Result{}, err
	}
	return w.storeWith(ctx, spans, statement{sql: releaseAll, args: []any{string(list)}})
}

// logs is spans for log records.
func (w *serverWrite) logs(ctx context.Context, logs []Log) (Result, error) {
	pointers := make([]*Log, len(logs))
	for i := range logs {
		pointers[i] = &logs[i]
	}
	return inParts(ctx, pointers, logSize, w.engine.server.MaxRequestBytes, storing[Log]{w.storeLogs, w.refused})
}

// storing stores rows in one transaction, and decides about one that is refused.
type storing[T any] struct {
	rows    func(context.Context, []*T) (Result, error)
	refused func(context.Context, error) (Result, error)
}

// inParts calls store for parts of rows that are not larger than limit.
func inParts[T any](ctx context.Context, rows []*T, size func(*T) int, limit int, store storing[T]) (Result, error) {
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
func bisect[T any](ctx context.Context, rows []*T, store storing[T]) (Result, error) {
	result, err := store.rows(ctx, rows)
	if failureOf(err) != rowRejected {
		return result, err
	}
	if len(rows) == 1 {
		return store.refused(ctx, err)
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

// refused is what becomes of a row that is refused by itself. Where the server answers
// HTTP 400 to anything, it is not the row's fault.
func (w *serverWrite) refused(ctx context.Context, err error) (Result, error) {
	if status, ok := errors.AsType[*hrana.StatusError](err); !ok || status.Status != http.StatusBadRequest {
		return Result{Rejected: 1}, nil
	}
	again := w.engine.query(ctx, statement{sql: "SELECT 1"}, func([]any) error { return nil })
	if again == nil {
		return Result{Rejected: 1}, nil
	}
	if failureOf(again) == rowRejected {
		return Result{}, &serverError{fmt.Sprintf(notFound, again), nil}
	}
	return Result{}, again
}

// What the small columns of a span and of a log record take in a request, about.
const (
	fixedSpanSize = 3000
	fixedLogSize  = 1000
)

func spanSize(s *Span) int { return fixedSpanSize + spanBytes(s) }

func logSize(l *Log) int { return fixedLogSize + logBytes(l) }

// storeSpans stores spans in one transaction, which is one request.
func (w *serverWrite) storeSpans(ctx context.Context, spans []*Span) (Result, error) {
	return w.storeWith(ctx, spans)
}

// storeWith runs statements first.
func (w *serverWrite) storeWith(ctx context.Context, spans []*Span, before ...statement) (Result, error) {
	origins, c := newOrigins(), &rowContext{at: w.at}
	narrow, mastra, data := newRows(spanInsertion, len(spans)), newRows(mastraInsertion, len(spans)), newRows(dataInsertion, len(spans))
	for _, s := range spans {
		c.resource, c.scope = origins.resource(s.Resource), origins.scope(s.Scope)
		narrow.values = appendValues(narrow.values, spanColumns, s, c)
		mastra.values = appendValues(mastra.values, mastraWritten, s, c)
		if needsData(s) {
			data.values = append(data.values, s.TraceID, s.SpanID)
			data.values = appendValues(data.values, dataColumns[1:], s, c)
		}
	}
	for _, r := range []*rows{narrow, mastra, data} {
		r.seal()
	}
	t := w.engine.begin(narrow, mastra, data)
	defer t.end()
	t.run(markNew, nil)
	for _, s := range before {
		t.run(s.sql, s.args)
	}
	t.origins(origins)
	first, end := t.insert(narrow)
	t.run(removeForeign, nil)
	t.insert(mastra)
	t.run(removeStrays, nil)
	t.insert(data)
	if len(before) > 0 {
		for _, sql := range removeReplaced {
			t.run(sql, nil)
		}
	}
	for _, s := range serverFinish(w.at, w.graceEnd) {
		t.run(s.sql, s.args)
	}
	steps, err := t.commit(ctx)
	if err != nil {
		return Result{}, err
	}
	return tally(steps[first:end], len(spans)), nil
}

func appendValues[T any](dst []any, columns []column[T], row *T, c *rowContext) []any {
	for _, column := range columns {
		dst = append(dst, column.value(row, c))
	}
	return dst
}

// storeLogs stores log records in one transaction, which is one request.
func (w *serverWrite) storeLogs(ctx context.Context, logs []*Log) (Result, error) {
	origins, c := newOrigins(), &rowContext{at: w.at}
	records := newRows(logInsertion, len(logs))
	for _, l := range logs {
		c.resource, c.scope = origins.resource(l.Resource), origins.scope(l.Scope)
		records.values = appendValues(records.values, logColumns, l, c)
	}
	records.seal()
	t := w.engine.begin(records)
	defer t.end()
	calls := slices.ContainsFunc(logs, reportsCall)
	if calls {
		t.run(markNewLogs, nil)
	}
	t.origins(origins)
	first, end := t.insert(records)
	if calls {
		for _, sql := range totalsOfLogs {
			t.run(strings.ReplaceAll(sql, "?1", strings.ReplaceAll(newSince, "'since'", "'since_log'")), nil)
		}
	}
	steps, err := t.commit(ctx)
	if err != nil {
		return Result{}, err
	}
	return tally(steps[first:end], len(logs)), nil
}

// tally counts what steps have inserted of n rows.
func tally(steps []hrana.StepResult, n int) Result {
	var r Result
	for _, step := range steps {
		r.Inserted += int(step.Affected)
	}
	r.Duplicates = n - r.Inserted
	return r
}
