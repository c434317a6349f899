package query

import (
	"context"
	"strings"
)

// toolTypes are the span types of tool calls, in Mastra's words.
const toolTypes = `('tool_call', 'mcp_tool_call', 'client_tool_call', 'provider_tool_call')`

// Agents lists agents that have run, the one with the most runs first.
func (s *Store) Agents(ctx context.Context, f RunFilter) ([]Runs, error) {
	return s.runs(ctx, &f, "s.agent_name", "otel_spans_agent", "= 'agent_run'")
}

// Tools lists tools that have run, likewise.
func (s *Store) Tools(ctx context.Context, f RunFilter) ([]Runs, error) {
	return s.runs(ctx, &f, "s.tool_name", "otel_spans_tool", "IN "+toolTypes)
}

func (s *Store) runs(ctx context.Context, f *RunFilter, name, index, types string) ([]Runs, error) {
	q := f.runs(name, index, types).add(ranked, int64(pageLimit(f.Limit)))
	list := []Runs{}
	err := s.rows(ctx, q, func(r *row) error {
		list = append(list, Runs{
			Name: r.text(), Service: r.text(), Runs: r.int(), Errors: r.int(), P50US: r.int(), P95US: r.int(),
			Last: r.time(), TraceID: r.text(), SpanID: r.text(), TopError: r.text(),
			Cost: Cost{USD: r.float(), Calls: r.int(), Unpriced: r.int(), Local: r.int()},
		})
		return nil
	})
	return list, err
}

// runs are the spans of a type that have a name, as a common table r.
func (f *RunFilter) runs(name, index, types string) *sqlText {
	q := new(sqlText).add("WITH RECURSIVE r (trace_id, span_id, top, name, service, start_us, duration, failed, why) AS MATERIALIZED (" +
		"SELECT s.trace_id, s.span_id, s.parent_span_id IS NULL, " + name + ", coalesce(s.service_name, ''), s.start_us, s.duration_us, s.status_code = 2," +
		" CASE s.status_code WHEN 2 THEN coalesce(s.error_preview, s.status_message) END FROM otel_spans s INDEXED BY " + index +
		" WHERE " + name + " IS NOT NULL AND s.span_type " + types + " AND s.pending = 0")
	return f.conditions("s").to(q, "AND").add(")")
}

func (f *RunFilter) conditions(alias string) *conditions {
	c := new(conditions)
	c.in(alias+".service_name", f.Service)
	c.in(alias+".environment", f.Environment)
	c.between(alias+".start_us", f.Since, f.Until)
	return c
}

// ranked adds up runs r: how long they took by their place, and the model calls at or below
// them, each once for a name. A run at the root has all calls of its trace below it, unless the trace has another root.
var ranked = strings.NewReplacer("{up}", callsUp).Replace(`,
  d (name, service, trace_id, span_id, start_us, duration, failed, place, n) AS (
    SELECT name, service, trace_id, span_id, start_us, duration, failed,
      row_number() OVER (PARTITION BY name, service ORDER BY duration, start_us, span_id), count(*) OVER (PARTITION BY name, service) FROM r),
  e (name, service, why, place) AS (
    SELECT name, service, why, row_number() OVER (PARTITION BY name, service ORDER BY count(*) DESC, why) FROM r WHERE why IS NOT NULL GROUP BY name, service, why),{up},
  c (name, service, usd, calls, unpriced, local) AS (
    SELECT b.name, b.service, sum(s.cost_usd), count(*), total(s.cost_usd IS NULL OR s.cost_status IS 'partial'), total(s.cost_status IS 'local')
    FROM below b CROSS JOIN otel_spans s ON s.id = b.call GROUP BY b.name, b.service)
SELECT d.name, d.service, d.n, total(d.failed), max(CASE WHEN place = (n + 1) / 2 THEN duration END), max(CASE WHEN place = (n * 95 + 99) / 100 THEN duration END),
  max(d.start_us), max(CASE WHEN place = n THEN d.trace_id END), max(CASE WHEN place = n THEN d.span_id END),
  (SELECT e.why FROM e WHERE e.name = d.name AND e.service = d.service AND e.place = 1),
  c.usd, coalesce(c.calls, 0), coalesce(c.unpriced, 0), coalesce(c.local, 0)
FROM d LEFT JOIN c ON c.name = d.name AND c.service = d.service
GROUP BY d.name, d.service ORDER BY d.n DESC, d.name, d.service LIMIT ?`)

// callsUp walks from the model calls of the traces of runs r up to those runs: below
// has each call once for a name.
const callsUp = `
  t (trace_id) AS (SELECT DISTINCT trace_id FROM r),
  up (trace_id, call, at, hops) AS (
    SELECT s.trace_id, s.id, s.span_id, 0 FROM t CROSS JOIN otel_spans s INDEXED BY otel_spans_calls ON s.trace_id = t.trace_id AND s.counted = 1
    UNION
    SELECT p.trace_id, up.call, p.parent_span_id, up.hops + 1 FROM up CROSS JOIN otel_spans p ON p.trace_id = up.trace_id AND p.span_id = up.at
    WHERE p.parent_span_id IS NOT NULL AND up.hops < 64),
  below (name, service, call) AS (
    SELECT DISTINCT r.name, r.service, up.call FROM up CROSS JOIN r ON r.trace_id = up.trace_id AND r.span_id = up.at)`
