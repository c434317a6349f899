package tracestore

// A span that has only begun (Facts.Pending) has a row as others have, so that a trace
// is seen while it runs; Mastra lists it as one that has not ended. It is in no count,
// and walks that ask which spans repeat a call find no span there yet. When the span
// itself comes, it takes its place: the row that waited for it is renamed, so that the
// new one can have a new id, and removed before anything is summed up. One that comes
// after its span is a repeated span.

// release makes room for the span ?2 of the trace ?1.
const release = `UPDATE otel_spans SET pending = 2, span_id = '*' || span_id WHERE trace_id = ?1 AND span_id = ?2 AND pending = 1`

// releaseAll makes room for spans, a JSON list of pairs of ids.
const releaseAll = `UPDATE otel_spans SET pending = 2, span_id = '*' || span_id WHERE id IN (
  SELECT s.id FROM json_each(?1) j CROSS JOIN otel_spans s
    ON s.trace_id = json_extract(j.value, '$[0]') AND s.span_id = json_extract(j.value, '$[1]') AND s.pending = 1)`

// takenOver are the rows that have had their place taken.
const takenOver = `otel_spans INDEXED BY otel_spans_replaced WHERE pending = 2`

// removeReplaced removes them. One that stood in for a root does so no longer.
var removeReplaced = []string{
	`UPDATE otel_traces SET promote_after_us = 0, root_span_id = NULL, promoted_span_id = NULL
WHERE promoted_span_id IS NOT NULL AND (trace_id, promoted_span_id) IN (SELECT trace_id, substr(span_id, 2) FROM ` + takenOver + `)`,
	`DELETE FROM otel_span_data WHERE id IN (SELECT id FROM ` + takenOver + `)`,
	`DELETE FROM ` + takenOver,
}
