package tracestore

import (
	"context"
	"time"
)

// A trace that Mastra is to list needs one row without a parent. Where the root
// has not come after a while, the earliest span whose parent is not stored
// stands in for it: its row in mastra_ai_spans loses its parent, otel_spans
// keeps it. When the root or the stand-in's parent comes, the row gets its
// parent back.

// overtaken are the touched traces (?1) whose stand-in is no longer needed.
const overtaken = `
SELECT t.trace_id, t.promoted_span_id FROM otel_traces t
WHERE t.promoted_span_id IS NOT NULL AND t.trace_id IN ` + touched + `
  AND (t.root_span_id <> t.promoted_span_id OR EXISTS (
    SELECT 1 FROM otel_spans s
    JOIN otel_spans p ON p.trace_id = s.trace_id AND p.span_id = s.parent_span_id AND p.id > ?1
    WHERE s.trace_id = t.trace_id AND s.span_id = t.promoted_span_id))`

// restoreParents gives stand-ins their parents back. ?2 is now in Mastra's
// form.
const restoreParents = `
UPDATE mastra_ai_spans SET
  parentSpanId = (SELECT s.parent_span_id FROM otel_spans s WHERE s.trace_id = traceId AND s.span_id = spanId),
  updatedAt = ?2
WHERE (traceId, spanId) IN (` + overtaken + `)`

// dismiss forgets stand-ins. A trace that has no root yet is due for another
// stand-in at once: it was listed, and stays listed.
const dismiss = `
UPDATE otel_traces SET
  promote_after_us = CASE WHEN root_span_id = promoted_span_id THEN 0 END,
  root_span_id = CASE WHEN root_span_id = promoted_span_id THEN NULL ELSE root_span_id END,
  promoted_span_id = NULL
WHERE (trace_id, promoted_span_id) IN (` + overtaken + `)`

// standIns chooses a span for each of up to 100 traces that are due by ?1
// (microseconds): one whose parent is not stored, else any, and of those the
// earliest.
const standIns = `
SELECT trace_id, span_id, name, span_type, start_us, status_code FROM (
  SELECT s.*, row_number() OVER (PARTITION BY s.trace_id ORDER BY
    EXISTS (SELECT 1 FROM otel_spans p WHERE p.trace_id = s.trace_id AND p.span_id = s.parent_span_id AND p.id <> s.id),
    s.start_us, s.id) AS place
  FROM otel_spans s WHERE s.trace_id IN (
    SELECT trace_id FROM otel_traces WHERE promote_after_us <= ?1 ORDER BY promote_after_us, id LIMIT 100))
WHERE place = 1`

// nextDue is when the next trace is due, or NULL.
const nextDue = `SELECT min(promote_after_us) FROM otel_traces WHERE promote_after_us IS NOT NULL`

// promote makes the stand-ins Mastra's roots. ?2 is now in Mastra's form.
const promote = `
UPDATE mastra_ai_spans SET parentSpanId = NULL, updatedAt = ?2
WHERE (traceId, spanId) IN (SELECT trace_id, span_id FROM (` + standIns + `))`

// appoint makes them the roots of their traces. It runs after promote, which
// leaves what it reads as it was.
const appoint = `
UPDATE otel_traces SET
  promoted_span_id = c.span_id, root_span_id = c.span_id, root_name = c.name, root_type = c.span_type,
  root_start_us = c.start_us, root_status = c.status_code, promote_after_us = NULL
FROM (` + standIns + `) AS c
WHERE otel_traces.trace_id = c.trace_id`

// settleRoots gives traces that are due a root, up to a hundred at a time, and
// returns when the next are due, or the zero time.
func settleRoots(ctx context.Context, db database, at time.Time) (time.Time, error) {
	for range 100 {
		due, err := dueAt(ctx, db)
		if err != nil || due.IsZero() || due.After(at) {
			return due, err
		}
		err = db.apply(ctx, []statement{
			{sql: promote, args: []any{at.UnixMicro(), momentOf(at).iso}},
			{sql: appoint, args: []any{at.UnixMicro()}},
		})
		if err != nil {
			return time.Time{}, err
		}
	}
	// There is more, but somebody may wait to write.
	return at, nil
}

func dueAt(ctx context.Context, db database) (time.Time, error) {
	var due time.Time
	err := db.query(ctx, statement{sql: nextDue}, func(row []any) error {
		if row[0] != nil {
			due = time.UnixMicro(asInt(row[0]))
		}
		return nil
	})
	return due, err
}
