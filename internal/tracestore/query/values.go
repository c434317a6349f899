package query

import (
	"context"
	"fmt"
	"strings"
)

// Bounds of what Values looks at: a menu need not wait for all that is stored.
const (
	valueTraces     = 10_000 // the latest, for a field of traces or spans
	attributeTraces = 500    // the latest, for attributes
	maxValues       = 100
)

// fields are what Values knows beside attributes, as the column that has it: of traces t
// or of spans s.
var fields = map[string]string{
	"service": "t.service_name", "environment": "t.environment", "tenant": "t.tenant", "name": "t.root_name",
	"user": "t.user_id", "session": "coalesce(t.session_id, t.conversation_id)",
	"provider": "s.provider", "model": "s.model", "agent": "s.agent_name", "tool": "s.tool_name", "span_name": "s.name", "span_service": "s.service_name",
}

// Values lists the values of a field among the latest traces that the filter lets
// through, the most frequent first.
func (s *Store) Values(ctx context.Context, field, prefix string, f TraceFilter) ([]Value, error) {
	c, err := s.conditions(ctx, &f)
	if err != nil {
		return nil, err
	}
	var q *sqlText
	attribute, isAttribute := strings.CutPrefix(field, "attribute:")
	switch column := fields[field]; {
	case field == "attribute":
		q = latest(c, attributeTraces).add(attributeNames + " GROUP BY trace_id, name)")
	case isAttribute && attribute != "":
		q = latest(c, attributeTraces).add(`, v (value, trace_id) AS (SELECT DISTINCT CASE WHEN NOT json_valid(value) THEN NULL WHEN json_type(value) IN ('true', 'false') THEN value ELSE value ->> '$' END, trace_id FROM (
  SELECT s.trace_id, `+attributeJSON(attribute)+` AS value FROM l CROSS JOIN otel_spans s ON s.trace_id = l.trace_id `+attributeRows+`) WHERE value IS NOT NULL)`, attributeArgs(attribute)...)
	case strings.HasPrefix(column, "t."), strings.HasPrefix(column, "coalesce(t."):
		q = latest(c, valueTraces).add(", v (value, trace_id) AS (SELECT " + column + ", t.trace_id FROM l CROSS JOIN otel_traces t ON t.trace_id = l.trace_id)")
	case column != "":
		q = latest(c, valueTraces).add(", v (value, trace_id) AS (SELECT DISTINCT " + column + ", s.trace_id FROM l CROSS JOIN otel_spans s ON s.trace_id = l.trace_id)")
	default:
		return nil, invalidf("values: %q is not one of service, environment, provider, model, agent, tool, user, tenant, session, name, span_name, span_service, attribute, attribute:NAME", field)
	}
	q.add(" SELECT value, count(*) FROM v WHERE value IS NOT NULL AND value <> ''")
	if prefix != "" {
		q.add(` AND value LIKE ? ESCAPE '\'`, strings.TrimPrefix(like(prefix), "%"))
	}
	q.add(fmt.Sprintf(" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %d", maxValues))
	values := []Value{}
	err = s.rows(ctx, q, func(r *row) error {
		values = append(values, Value{Value: r.text(), Traces: r.int()})
		return nil
	})
	return values, err
}

// latest are the latest traces that a filter lets through, as a common table l.
func latest(c *conditions, n int) *sqlText {
	q := new(sqlText).add("WITH l (trace_id) AS MATERIALIZED (SELECT t.trace_id FROM otel_traces t")
	return c.to(q, "WHERE").add(fmt.Sprintf(" ORDER BY t.start_us DESC LIMIT %d)", n))
}

// attributeNames are the names of attributes of spans, of runs of members too, and of what
// sent them, see package otlp.
var attributeNames = `, a (trace_id, name) AS (
  SELECT s.trace_id, CASE WHEN e.key LIKE '$$%' THEN substr(e.key, 2) ELSE e.key END
  FROM l CROSS JOIN otel_spans s ON s.trace_id = l.trace_id ` + attributeRows + `, ` + storedAttributes + ` e WHERE e.key <> '$run'
  UNION ALL
  SELECT s.trace_id, (e.value ->> 1) || x.key
  FROM l CROSS JOIN otel_spans s ON s.trace_id = l.trace_id ` + attributeRows + `, ` + storedAttributes + ` e, json_each(` + columnNamed(`e.value ->> 0`) + `) x
  WHERE e.key = '$run' AND e.type = 'array'
  UNION ALL
  SELECT s.trace_id, e.key FROM l CROSS JOIN otel_spans s ON s.trace_id = l.trace_id CROSS JOIN otel_resources r ON r.id = s.resource_id, json_each(r.attributes) e),
v (value, trace_id) AS (SELECT name, trace_id FROM a`
