package query

import (
	"context"
	"strings"
)

// Redactions adds up findings by rule, the most frequent first. Spans say how many values
// were replaced in them, by which rules and how many by each (sensitive_filter.count,
// .rules, .rule_counts). Where one with several rules does not say how many by each, the
// marks in what is stored count, at least one a rule. A row without a rule is of spans that
// do not name them.
func (s *Store) Redactions(ctx context.Context, f RunFilter) ([]Redactions, error) {
	q := new(sqlText).add(`WITH s AS MATERIALIZED (
  SELECT s.trace_id, s.start_us, s.redactions, ` + listAttribute("sensitive_filter.rules") + ` AS rules, ` + listAttribute("sensitive_filter.rule_counts") + ` AS counts, ` + storedText + ` AS stored
  FROM otel_spans s INDEXED BY otel_spans_redacted ` + attributeRows + ` WHERE s.redactions > 0`)
	f.conditions("s").to(q, "AND").add(`)
SELECT coalesce(j.value, ''), sum(CASE WHEN j.value IS NULL OR json_array_length(s.rules) = 1 THEN s.redactions
    WHEN json_array_length(s.counts) = json_array_length(s.rules) THEN json_extract(s.counts, '$[' || j.key || ']')
    ELSE max(1, (length(s.stored) - length(replace(s.stored, 'REDACTED:' || j.value || ']', ''))) / length('REDACTED:' || j.value || ']')) END),
  count(*), count(DISTINCT s.trace_id), max(s.start_us)
FROM s LEFT JOIN json_each(s.rules) j GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ?`, int64(pageLimit(f.Limit)))
	list := []Redactions{}
	err := s.rows(ctx, q, func(r *row) error {
		list = append(list, Redactions{Rule: r.text(), Count: r.int(), Spans: r.int(), Traces: r.int(), Last: r.time()})
		return nil
	})
	return list, err
}

// listAttribute is an attribute of a span that is a list, as JSON.
func listAttribute(name string) string {
	return `(SELECT e.value FROM ` + storedAttributes + ` e WHERE e.key = '` + name + `' AND e.type = 'array')`
}

// storedText is all text of a span where marks of redaction can be.
var storedText = func() string {
	columns := []string{"s.name", "s.status_message", "d.attributes", "d.events"}
	for _, column := range []string{"input", "output", "error", "attributes", "metadata", "links"} {
		columns = append(columns, "m."+column)
	}
	for i, column := range columns {
		columns[i] = "coalesce(" + column + ", '')"
	}
	return strings.Join(columns, " || ' ' || ")
}()
