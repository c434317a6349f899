package query

import "context"

// loopFrom is how often a tool is called with the same arguments in a trace that loops.
const loopFrom = 3

// Loops lists repeated calls of a tool, the most repeated first.
func (s *Store) Loops(ctx context.Context, f RunFilter) ([]Loop, error) {
	q := new(sqlText).add(`WITH g (trace_id, tool, hash, first, last, times) AS MATERIALIZED (
  SELECT s.trace_id, s.tool_name, s.arguments_hash, min(s.start_us), max(s.start_us), count(*)
  FROM otel_spans s INDEXED BY otel_spans_arguments WHERE s.arguments_hash IS NOT NULL AND s.tool_name IS NOT NULL`)
	f.conditions("s").to(q, "AND").add(` GROUP BY s.trace_id, s.tool_name, s.arguments_hash HAVING count(*) >= ? ORDER BY count(*) DESC, min(s.start_us) DESC, s.trace_id LIMIT ?),
  h AS (SELECT g.*, (SELECT s.id FROM otel_spans s WHERE s.trace_id = g.trace_id AND s.tool_name = g.tool AND s.arguments_hash = g.hash AND s.start_us >= g.first ORDER BY s.start_us, s.id LIMIT 1) AS id FROM g)
SELECT h.trace_id, s.span_id, coalesce(t.root_name, `+firstSpan("name")+`), h.tool, o.agent_name, h.times, s.preview, h.first,
  (SELECT sum(c.cost_usd) FROM otel_spans c WHERE c.trace_id = h.trace_id AND c.counted = 1 AND c.start_us BETWEEN h.first AND h.last)
FROM h CROSS JOIN otel_spans s ON s.id = h.id CROSS JOIN otel_span_owners o ON o.id = h.id JOIN otel_traces t ON t.trace_id = h.trace_id
ORDER BY h.times DESC, h.first DESC, h.trace_id`, int64(loopFrom), int64(pageLimit(f.Limit)))
	list := []Loop{}
	err := s.rows(ctx, q, func(r *row) error {
		list = append(list, Loop{
			TraceID: r.text(), SpanID: r.text(), Trace: r.text(), Tool: r.text(), Agent: r.text(), Times: r.int(), Arguments: r.text(), Start: r.time(), USD: r.float(),
		})
		return nil
	})
	return list, err
}
