package query

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// orders of a list of traces, by the name that TraceFilter.Order has, as expressions over
// otel_traces t that are never NULL.
var orders = map[string]string{
	"latest":  "t.start_us",
	"slowest": "t.end_us - t.start_us",
	"cost":    "coalesce(t.cost_usd, -1)",
	"tokens":  "t.input_tokens + t.output_tokens",
	"errors":  "t.error_count",
}

// order is the expression of the filter's order.
func (f *TraceFilter) order() (string, error) {
	if f.Order == "" {
		return orders["latest"], nil
	}
	if by, ok := orders[f.Order]; ok {
		return by, nil
	}
	return "", invalidf("order: %q is not one of latest, slowest, cost, tokens, errors", f.Order)
}

// statuses are what TraceFilter.Status knows, as conditions on otel_traces t.
func statuses(now time.Time) map[string]string {
	return map[string]string{
		"ok":           "(t.error_count = 0 AND NOT " + unrooted + ")",
		"error":        "t.error_count > 0",
		"running":      "(" + unrooted + " AND " + recent(now) + " AND NOT " + foreignTop + ")",
		"broken_off":   "(" + unrooted + " AND NOT " + recent(now) + " AND NOT " + foreignTop + ")",
		"root_missing": "(" + unrooted + " AND " + foreignTop + ")",
		"unpriced":     "t.unpriced_calls > 0",
		"redacted":     "t.redactions > 0",
	}
}

// ofSpans are the fields that any span of a trace can have, with the column of otel_spans
// that has them, and its index, by start within each value.
var ofSpans = []struct {
	values        func(*TraceFilter) []string
	column, index string
	root          bool // the root alone
}{
	{func(f *TraceFilter) []string { return f.Provider }, "provider", "otel_spans_provider", false},
	{func(f *TraceFilter) []string { return f.Model }, "model", "otel_spans_model", false},
	{func(f *TraceFilter) []string { return f.Agent }, "agent_name", "otel_spans_agent", false},
	{func(f *TraceFilter) []string { return f.Tool }, "tool_name", "otel_spans_tool", false},
	{func(f *TraceFilter) []string { return f.SpanName }, "name", "otel_spans_name", false},
	{func(f *TraceFilter) []string { return f.SpanService }, "service_name", "otel_spans_service", false},
	{func(f *TraceFilter) []string { return f.Name }, "name", "otel_spans_name", true},
}

// fewSpans is up to how many spans with a value are looked up by it.
const fewSpans = 5000

// spans narrows by those fields. A value that few spans have leads to their traces. One
// that many have is soon found by going through the traces from the last that can have it
// on, which the plus keeps SQLite to.
func (s *Store) spans(ctx context.Context, f *TraceFilter, c *conditions) error {
	for _, field := range ofSpans {
		values := field.values(f)
		if len(values) == 0 {
			continue
		}
		if field.root {
			if c.in("t.root_name", values); slices.Contains(values, "") { // that no span has
				continue
			}
		}
		in, args := field.column+" IN ("+marks(len(values))+")", texts(values)
		few, before, err := s.spread(ctx, field.column, field.index, values)
		if err != nil {
			return err
		}
		if few {
			c.add("t.trace_id IN (SELECT s.trace_id FROM otel_spans s INDEXED BY "+field.index+" WHERE s."+in+")", args...)
		} else if before > 0 {
			c.add("t.start_us <= ?", before)
		}
		if !few && !field.root {
			c.add("EXISTS (SELECT 1 FROM otel_spans s WHERE s.trace_id = t.trace_id AND +s."+in+")", args...)
		}
	}
	return nil
}

// spread says whether few spans have one of some values in a column, or else up to when
// traces with them start at the latest; 0 is not known.
func (s *Store) spread(ctx context.Context, column, index string, values []string) (few bool, before int64, err error) {
	of := " FROM otel_spans INDEXED BY " + index + " WHERE " + column
	q := new(sqlText).add("SELECT (SELECT count(*) FROM (SELECT 1"+of+" IN ("+marks(len(values))+")"+fmt.Sprintf(" LIMIT %d)), min(first), max(last) FROM (", fewSpans+1), texts(values)...)
	for i, v := range values {
		if i > 0 {
			q.add(" UNION ALL ")
		}
		q.add("SELECT (SELECT min(start_us)"+of+" = ?) AS first, (SELECT max(start_us)"+of+" = ?) AS last", v, v)
	}
	err = s.rows(ctx, q.add(")"), func(r *row) error {
		few = r.int() <= fewSpans
		first, last := r.int(), r.int()
		// A trace starts with its first span, but for those without a time, see isTime.
		if first >= earliestTimeUS {
			before = last
		}
		return nil
	})
	return few, before, err
}

// conditions are those of a filter on otel_traces t, but for the cursor.
func (s *Store) conditions(ctx context.Context, f *TraceFilter) (*conditions, error) {
	c := new(conditions)
	c.between("t.start_us", f.Since, f.Until)
	c.in("t.service_name", f.Service)
	c.in("t.environment", f.Environment)
	c.in("t.tenant", f.Tenant)
	if err := s.spans(ctx, f, c); err != nil {
		return nil, err
	}
	f.owners(c)
	f.numbers(c)
	if f.Text != "" {
		f.text(c)
	}
	for _, a := range f.Attributes {
		if err := attribute(c, a); err != nil {
			return nil, err
		}
	}
	return c, f.status(c, s.now())
}

// owners narrows by user and session. Spans of a trace may name several, which
// otel_traces.varies says.
func (f *TraceFilter) owners(c *conditions) {
	for _, owner := range []struct {
		values []string
		column func(alias string) string
		varies int
	}{
		{f.User, func(alias string) string { return alias + ".user_id" }, 1},
		{f.Session, sessionOf, 6},
	} {
		if n := len(owner.values); n > 0 {
			in, none := " IN ("+marks(n)+")", ""
			if slices.Contains(owner.values, "") { // nobody is named
				none = " OR " + owner.column("t") + " IS NULL"
			}
			c.add(fmt.Sprintf(`(t.id IN (SELECT o.id FROM otel_traces o WHERE %s%s
  UNION ALL SELECT o.id FROM otel_traces o INDEXED BY otel_traces_varies WHERE o.varies & 7 AND o.varies & %d AND EXISTS (
    SELECT 1 FROM otel_spans s WHERE s.trace_id = o.trace_id AND +%s%s))%s)`, owner.column("o"), in, owner.varies, owner.column("s"), in, none),
				slices.Repeat(texts(owner.values), 2)...)
		}
	}
}

func (f *TraceFilter) numbers(c *conditions) {
	if f.MinDuration > 0 {
		c.add("t.end_us - t.start_us >= ?", f.MinDuration.Microseconds())
	}
	if f.MaxDuration > 0 {
		c.add("t.end_us - t.start_us <= ?", f.MaxDuration.Microseconds())
	}
	if f.MinCost > 0 {
		c.add("t.cost_usd >= ?", f.MinCost)
	}
	if f.MaxCost > 0 {
		c.add("t.cost_usd <= ?", f.MaxCost)
	}
	if f.MinTokens > 0 {
		c.add("t.input_tokens + t.output_tokens >= ?", f.MinTokens)
	}
	if f.MinErrors > 0 {
		c.add("t.error_count >= ?", f.MinErrors)
	}
}

func (f *TraceFilter) status(c *conditions, now time.Time) error {
	var either []string
	known := statuses(now)
	for _, s := range f.Status {
		condition, ok := known[s]
		if !ok {
			return invalidf("status: %q is not one of ok, error, running, root_missing, broken_off, unpriced, redacted", s)
		}
		either = append(either, condition)
	}
	if len(either) > 0 {
		c.add("(" + strings.Join(either, " OR ") + ")")
	}
	return nil
}

// text narrows to traces with a text in a name, an error or a payload.
func (f *TraceFilter) text(c *conditions) {
	pattern := like(f.Text)
	payload := []string{`s.name LIKE ? ESCAPE '\'`, `s.status_message LIKE ? ESCAPE '\'`}
	args := []any{pattern, pattern}
	for _, spelling := range jsontext.Spellings(f.Text) {
		for _, column := range []string{"input", "output", "error"} {
			payload = append(payload, "m."+column+` LIKE ? ESCAPE '\'`)
			args = append(args, like(spelling))
		}
	}
	c.add(`EXISTS (SELECT 1 FROM otel_spans s LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
  WHERE s.trace_id = t.trace_id AND (`+strings.Join(payload, " OR ")+`))`, args...)
}

// attribute narrows to traces of which a span, or what sent it, has an attribute with a
// value: "name=value".
func attribute(c *conditions, text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return invalidf("attribute: %q is not name=value", text)
	}
	condition, args := hasAttribute(name, value)
	c.add(condition, args...)
	return nil
}
