package query

import (
	"context"
	"slices"
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
	is := conditions{}
	is.add(name + " IS NOT NULL AND s.span_type " + types + " AND s.pending = 0")
	is.in("s.service_name", f.Service)
	is.in("s.environment", f.Environment)
	is.between("s.start_us", f.Since, f.Until)
	list, err := s.timed(ctx, is.to(new(sqlText).add(runsBegin(name, index)), "WHERE").add(runsEnd, int64(pageLimit(f.Limit))))
	if err != nil || len(list) == 0 {
		return list, err
	}
	return list, s.spentBelow(ctx, list, name, index, &is)
}

// timed reads how runs went.
func (s *Store) timed(ctx context.Context, q *sqlText) ([]Runs, error) {
	list := []Runs{}
	err := s.rows(ctx, q, func(r *row) error {
		list = append(list, Runs{
			Name: r.text(), Service: r.text(), Runs: r.int(), Errors: r.int(), P50US: r.int(), P95US: r.int(),
			Last: r.time(), TraceID: r.text(), SpanID: r.text(), TopError: r.text(),
		})
		return nil
	})
	return list, err
}

// runsBegin begins a statement that adds up the spans s that conditions follow for.
func runsBegin(name, index string) string {
	return `WITH r (id, name, service, start_us, duration, failed) AS MATERIALIZED (
  SELECT s.id, ` + name + `, coalesce(s.service_name, ''), s.start_us, s.duration_us, s.status_code = 2 FROM otel_spans s INDEXED BY ` + index
}

// runsEnd ends it. How long they took is by their place among all of a name.
const runsEnd = `),
  d (name, service, id, start_us, duration, failed, place, n) AS (
    SELECT name, service, id, start_us, duration, failed,
      row_number() OVER (PARTITION BY name, service ORDER BY duration, id), count(*) OVER (PARTITION BY name, service) FROM r),
  e (name, service, why, place) AS MATERIALIZED (
    SELECT r.name, r.service, coalesce(s.error_preview, s.status_message), row_number() OVER (PARTITION BY r.name, r.service ORDER BY count(*) DESC, coalesce(s.error_preview, s.status_message))
    FROM r CROSS JOIN otel_spans s ON s.id = r.id WHERE r.failed AND coalesce(s.error_preview, s.status_message) IS NOT NULL GROUP BY 1, 2, 3),
  g (name, service, n, failed, p50, p95, last, slowest) AS (
    SELECT name, service, n, total(failed), max(CASE WHEN place = (n + 1) / 2 THEN duration END), max(CASE WHEN place = (n * 95 + 99) / 100 THEN duration END),
      max(start_us), max(CASE WHEN place = n THEN id END)
    FROM d GROUP BY name, service ORDER BY n DESC, name, service LIMIT ?)
SELECT g.name, g.service, g.n, g.failed, g.p50, g.p95, g.last, s.trace_id, s.span_id,
  (SELECT e.why FROM e WHERE e.name = g.name AND e.service = g.service AND e.place = 1)
FROM g CROSS JOIN otel_spans s ON s.id = g.slowest ORDER BY g.n DESC, g.name, g.service`

// spentBelow adds the model calls at or below runs, each once for a name. It goes up from
// the calls; the bound on hops ends a circle of parents.
func (s *Store) spentBelow(ctx context.Context, list []Runs, name, index string, is *conditions) error {
	type key struct{ name, service string }
	of := make(map[key]*Runs, len(list))
	for i := range list {
		of[key{list[i].Name, list[i].Service}] = &list[i]
	}
	named := "CASE WHEN " + strings.Join(is.all, " AND ") + " THEN " + name + " END"
	q := is.to(new(sqlText).add("WITH RECURSIVE t (trace_id) AS MATERIALIZED (SELECT DISTINCT s.trace_id FROM otel_spans s INDEXED BY "+index), "WHERE")
	q.add(`), up (call, trace_id, at, hops, name, service) AS (
    SELECT s.id, s.trace_id, s.parent_span_id, 0, `+named+`, s.service_name FROM t CROSS JOIN otel_spans s INDEXED BY otel_spans_calls ON s.trace_id = t.trace_id AND s.counted = 1
    UNION ALL
    SELECT up.call, up.trace_id, s.parent_span_id, up.hops + 1, `+named+`, s.service_name FROM up CROSS JOIN otel_spans s ON s.trace_id = up.trace_id AND s.span_id = up.at
    WHERE up.hops < 64)
SELECT b.name, b.service, sum(s.cost_usd), count(*), total(s.cost_usd IS NULL OR s.cost_status IS 'partial'), total(s.cost_status IS 'local')
FROM (SELECT DISTINCT name, coalesce(service, '') AS service, call FROM up WHERE name IS NOT NULL) b CROSS JOIN otel_spans s ON s.id = b.call GROUP BY b.name, b.service`,
		slices.Repeat(is.args, 2)...)
	return s.rows(ctx, q, func(r *row) error {
		if runs := of[key{r.text(), r.text()}]; runs != nil {
			runs.Cost = r.cost()
		}
		return nil
	})
}

func (f *RunFilter) conditions(alias string) *conditions {
	c := new(conditions)
	c.in(alias+".service_name", f.Service)
	c.in(alias+".environment", f.Environment)
	c.between(alias+".start_us", f.Since, f.Until)
	return c
}
