package query

import (
	"strings"
	"time"
)

// summaryColumns are what a TraceSummary is read from, of otel_traces t. Only a few
// rows of a page may ask for them: some look into otel_spans.
func summaryColumns(now time.Time) string {
	columns := []string{
		"t.trace_id", stateColumn(now),
		"coalesce(t.root_name, " + firstSpan("name") + ")", "coalesce(t.root_type, " + firstSpan("span_type") + ")",
		"t.start_us", "t.end_us", "t.last_seen_us", "t.service_name", "t.environment", "t.input", "t.output", "t.error",
		"t.root_status IS 2", "t.error_count", "t.span_count", "t.tool_calls", "t.redactions",
	}
	for _, c := range tokenColumns {
		columns = append(columns, "t."+c)
	}
	columns = append(columns,
		"t.cost_usd", "t.model_calls", "t.unpriced_calls",
		"(SELECT count(*) FROM otel_spans s WHERE s.trace_id = t.trace_id AND s.counted = 1 AND s.cost_status = 'local')",
		"coalesce(t.session_id, t.conversation_id)", "t.user_id", "t.tenant")
	return strings.Join(columns, ", ")
}

// firstSpan is a column of the span that stands in for a root that is not there.
func firstSpan(column string) string {
	return "(SELECT s." + column + " FROM otel_spans s WHERE s.trace_id = t.trace_id ORDER BY s.start_us, s.id LIMIT 1)"
}

// summary reads summaryColumns.
func (r *row) summary() TraceSummary {
	t := TraceSummary{TraceID: r.text(), State: State(r.text()), Name: r.text(), Type: r.text()}
	start, end := r.int(), r.int()
	t.Start, t.DurationUS = time.UnixMicro(start).UTC(), end-start
	t.LastSeen = r.time()
	t.Service, t.Environment, t.Input, t.Output, t.Error = r.text(), r.text(), r.text(), r.text(), r.text()
	t.Failed, t.Errors, t.Spans, t.ToolCalls, t.Redactions = r.bool(), r.int(), r.int(), r.int(), r.int()
	t.Tokens, t.Cost = r.tokens(), r.cost()
	t.Session, t.User, t.Tenant = r.text(), r.text(), r.text()
	return t
}

// cost reads a sum of dollars, and the counts of calls, of unpriced and of local ones.
func (r *row) cost() Cost {
	return Cost{USD: r.float(), Calls: r.int(), Unpriced: r.int(), Local: r.int()}
}
