package query

import (
	"context"
	"strings"
)

// withoutPrice says of a model call that its cost is not known, or only in part. The
// index otel_spans_unpriced has the same words.
const withoutPrice = "(cost_usd IS NULL OR cost_status IS 'partial')"

// completed says of a span s that a log record tells what its call has used, and counts
// in its place: see the view otel_calls.
const completed = `(s.input_tokens IS NULL AND s.output_tokens IS NULL AND s.cost_usd IS NULL
  AND EXISTS (SELECT 1 FROM otel_logs o WHERE o.counted = 1 AND o.trace_id = s.trace_id AND o.span_id = s.span_id))`

// UnpricedModels lists models without a price, the most frequent first.
func (s *Store) UnpricedModels(ctx context.Context, f SpendFilter) ([]Unpriced, error) {
	// The columns beside the aggregates are those of the latest call.
	q := new(sqlText).add("SELECT coalesce(provider, ''), coalesce(model, ''), coalesce(cost_status, ''), count(*), max(start_us), coalesce(trace_id, ''), coalesce(span_id, '') FROM (")
	f.calls("otel_spans", "s").to(q.add(`SELECT s.provider, s.model, s.cost_status, s.start_us, s.trace_id, s.span_id FROM otel_spans s INDEXED BY otel_spans_unpriced WHERE s.counted = 1 AND NOT `+completed+` AND `+strings.ReplaceAll(withoutPrice, "cost_", "s.cost_")), "AND")
	f.calls("otel_log_calls", "l").to(q.add(` UNION ALL SELECT l.provider, l.model, l.cost_status, l.start_us, l.trace_id, l.span_id FROM otel_log_calls l WHERE `+strings.ReplaceAll(withoutPrice, "cost_", "l.cost_")), "AND")
	q.add(") GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3 LIMIT ?", int64(pageLimit(f.Limit)))
	list := []Unpriced{}
	err := s.rows(ctx, q, func(r *row) error {
		u := Unpriced{Provider: r.text(), Model: r.text(), Status: r.text(), Calls: r.int(), Last: r.time(), TraceID: r.text(), SpanID: r.text()}
		why := remedyOf(u.Status, u.Provider, u.Model)
		u.Reason, u.Remedy, u.RemedyYAML = why.Reason, why.Text, why.YAML
		list = append(list, u)
		return nil
	})
	return list, err
}

// calls are the conditions of the filter on calls, spans or log records.
func (f *SpendFilter) calls(table, alias string) *conditions {
	c := new(conditions)
	c.in(alias+".service_name", f.Service)
	c.in(alias+".provider", f.Provider)
	c.in(alias+".model", f.Model)
	c.between(alias+".start_us", f.Since, f.Until)
	owners := map[string][]string{"user_id": f.User, "agent_name": f.Agent}
	for _, column := range []string{"user_id", "agent_name"} {
		if values := owners[column]; len(values) > 0 {
			if table == "otel_spans" { // whose a span is may stand above it
				c.in("(SELECT o."+column+" FROM otel_span_owners o WHERE o.id = "+alias+".id)", values)
				continue
			}
			c.in(alias+"."+column, values)
		}
	}
	for _, of := range []struct {
		column string
		values []string
	}{{"environment", f.Environment}, {"tenant", f.Tenant}} {
		if len(of.values) == 0 {
			continue
		}
		own := alias + "." + of.column
		if table == "otel_log_calls" { // which does not have them
			own = "(SELECT o." + of.column + " FROM otel_logs o WHERE o.id = " + alias + ".id)"
		}
		c.in("coalesce("+own+", (SELECT t."+of.column+" FROM otel_traces t WHERE t.trace_id = "+alias+".trace_id))", of.values)
	}
	return c
}
