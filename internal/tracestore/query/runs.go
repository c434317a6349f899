package query

import (
	"context"
	"slices"
	"strings"
)

// toolTypes are the span types of tool calls, in Mastra's words.
const toolTypes = `('tool_call', 'mcp_tool_call', 'client_tool_call', 'provider_tool_call')`

// runKind is a kind of spans that runs are added up of.
type runKind struct {
	name  string // the column of their name
	index string // by it and by start, with all that runs are added up from
	types string // a condition on the type of a span
	// rooted says that most are roots of their traces.
	rooted bool
}

var (
	agentRuns = runKind{name: "agent_name", index: "otel_spans_agent", types: "= 'agent_run'", rooted: true}
	toolRuns  = runKind{name: "tool_name", index: "otel_spans_tool", types: "IN " + toolTypes}
)

// Agents lists agents that have run, the one with the most runs first.
func (s *Store) Agents(ctx context.Context, f RunFilter) ([]Runs, error) {
	return s.runs(ctx, &f, agentRuns)
}

// Tools lists tools that have run, likewise.
func (s *Store) Tools(ctx context.Context, f RunFilter) ([]Runs, error) {
	return s.runs(ctx, &f, toolRuns)
}

func (s *Store) runs(ctx context.Context, f *RunFilter, kind runKind) ([]Runs, error) {
	list := []Runs{}
	err := s.rows(ctx, kind.timed(f), func(r *row) error {
		list = append(list, Runs{
			Name: r.text(), Service: r.text(), Runs: r.int(), Errors: r.int(), P50US: r.int(), P95US: r.int(),
			Last: r.time(), TraceID: r.text(), SpanID: r.text(), TopError: r.text(),
		})
		return nil
	})
	if err != nil || len(list) == 0 {
		return list, err
	}
	return list, s.spentBelow(ctx, list, kind, f)
}

// conditions say that a span s is such a run, and that the filter lets it through.
func (k runKind) conditions(f *RunFilter) *conditions {
	is := f.conditions("s")
	is.add("s.span_type " + k.types + " AND s.pending = 0")
	return is
}

// among begins a statement with the common table r: the runs that the filter lets
// through. It goes from name to name along the index, and within each along the time.
func (k runKind) among(f *RunFilter) *sqlText {
	q := new(sqlText).add(`WITH RECURSIVE k (name) AS (
    SELECT min(` + k.name + `) FROM otel_spans INDEXED BY ` + k.index + ` WHERE ` + k.name + ` IS NOT NULL
    UNION ALL
    SELECT (SELECT min(s.` + k.name + `) FROM otel_spans s INDEXED BY ` + k.index + ` WHERE s.` + k.name + ` > k.name) FROM k WHERE k.name IS NOT NULL),
  r (id, name, service, start_us, duration, failed) AS MATERIALIZED (
    SELECT s.id, s.` + k.name + `, coalesce(s.service_name, ''), s.start_us, s.duration_us, s.status_code = 2
    FROM k CROSS JOIN otel_spans s INDEXED BY ` + k.index + ` ON s.` + k.name + ` = k.name`)
	return k.conditions(f).to(q, "WHERE").add("),")
}

// timed is how runs went. How long they took is by their place among all of a name.
func (k runKind) timed(f *RunFilter) *sqlText {
	return k.among(f).add(`
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
FROM g CROSS JOIN otel_spans s ON s.id = g.slowest ORDER BY g.n DESC, g.name, g.service`, int64(pageLimit(f.Limit)))
}

// spentBelow adds the model calls at or below runs, each once for a name.
func (s *Store) spentBelow(ctx context.Context, list []Runs, kind runKind, f *RunFilter) error {
	type key struct{ name, service string }
	of := make(map[key]*Runs, len(list))
	for i := range list {
		of[key{list[i].Name, list[i].Service}] = &list[i]
	}
	return s.rows(ctx, kind.below(f), func(r *row) error {
		if runs := of[key{r.text(), r.text()}]; runs != nil {
			runs.Cost.add(r.cost())
		}
		return nil
	})
}

// below is what runs have spent. A run that is the root of its trace has all calls of it,
// which the trace has added up. For others it goes up from the calls of those traces that
// need it; UNION ends a circle of parents.
func (k runKind) below(f *RunFilter) *sqlText {
	is := k.conditions(f)
	is.add("s." + k.name + " IS NOT NULL")
	run := "(" + strings.Join(is.all, " AND ") + ")"
	named := "CASE WHEN " + run + " THEN s." + k.name + " END"
	q := k.among(f)
	if k.rooted {
		q.add(rootedRuns)
	} else {
		q.add(strings.ReplaceAll(nestedRuns, "{run}", run), slices.Repeat(is.args, 2)...)
	}
	q.add(`
  up (call, trace_id, at, name, service) AS (
    SELECT s.id, s.trace_id, s.parent_span_id, `+named+`, s.service_name FROM z CROSS JOIN otel_spans s INDEXED BY otel_spans_calls ON s.trace_id = z.trace_id AND s.counted = 1
    UNION
    SELECT up.call, up.trace_id, s.parent_span_id, `+named+`, s.service_name FROM up CROSS JOIN otel_spans s ON s.trace_id = up.trace_id AND s.span_id = up.at)
SELECT b.name, b.service, sum(s.cost_usd), count(*), total(s.cost_usd IS NULL OR s.cost_status IS 'partial'), total(s.cost_status IS 'local')
FROM (SELECT DISTINCT name, coalesce(service, '') AS service, call FROM up WHERE name IS NOT NULL`, slices.Repeat(is.args, 2)...)
	if k.rooted {
		q.add(" AND (trace_id, name, coalesce(service, '')) IN o")
	}
	q.add(") b CROSS JOIN otel_spans s ON s.id = b.call GROUP BY b.name, b.service")
	if k.rooted {
		q.add(` UNION ALL
SELECT x.name, x.service, sum(t.cost_usd), total(t.model_calls), total(t.unpriced_calls),
  total((SELECT count(*) FROM otel_spans l INDEXED BY otel_spans_local WHERE l.trace_id = t.trace_id AND l.counted = 1 AND l.cost_status = 'local'))
FROM x CROSS JOIN otel_traces t ON t.id = x.id WHERE x.root GROUP BY x.name, x.service`)
	}
	return q
}

// rootedRuns are the traces z with runs that are not their roots, and o which names those
// have that the root has not.
const rootedRuns = `
  x (id, trace_id, name, service, root) AS MATERIALIZED (
    SELECT t.id, t.trace_id, r.name, r.service, t.root_span_id IS s.span_id AND t.promoted_span_id IS NULL
    FROM r CROSS JOIN otel_spans s ON s.id = r.id CROSS JOIN otel_traces t ON t.trace_id = s.trace_id),
  o (trace_id, name, service) AS MATERIALIZED (
    SELECT trace_id, name, service FROM x WHERE NOT root EXCEPT SELECT trace_id, name, service FROM x WHERE root),
  z (trace_id) AS MATERIALIZED (SELECT DISTINCT trace_id FROM o),`

// nestedRuns are the traces z with calls below runs, which few tools have.
const nestedRuns = `
  y (trace_id) AS MATERIALIZED (SELECT DISTINCT s.trace_id FROM r CROSS JOIN otel_spans s ON s.id = r.id),
  a (trace_id, at, run, hops) AS (
    SELECT s.trace_id, s.parent_span_id, {run}, 0 FROM y CROSS JOIN otel_spans s INDEXED BY otel_spans_calls ON s.trace_id = y.trace_id AND s.counted = 1
    UNION ALL
    SELECT s.trace_id, s.parent_span_id, {run}, a.hops + 1 FROM a CROSS JOIN otel_spans s ON s.trace_id = a.trace_id AND s.span_id = a.at WHERE a.run IS NOT 1 AND a.hops < 64),
  z (trace_id) AS MATERIALIZED (SELECT DISTINCT trace_id FROM a WHERE run),`

// conditions are those of the filter on otel_spans, or what else has its columns.
func (f *RunFilter) conditions(alias string) *conditions {
	c := new(conditions)
	c.in(alias+".service_name", f.Service)
	c.in(alias+".environment", f.Environment)
	c.between(alias+".start_us", f.Since, f.Until)
	return c
}
