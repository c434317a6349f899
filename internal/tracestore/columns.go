package tracestore

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// column is a column of one of our tables with the value that a span has in
// it. value is called once for each row.
type column[T any] struct {
	name  string
	value func(*T, *rowContext) any
}

// rowContext is what a row takes from its transaction.
type rowContext struct {
	at moment
	id int64 // otel_spans.id, once the narrow row is in
	// resource and scope are the ids of the row's origins.
	resource, scope int64
}

var spanColumns = []column[Span]{
	{"trace_id", func(s *Span, _ *rowContext) any { return s.TraceID }},
	{"span_id", func(s *Span, _ *rowContext) any { return s.SpanID }},
	{"parent_span_id", func(s *Span, _ *rowContext) any { return text(s.ParentSpanID) }},
	{"name", func(s *Span, _ *rowContext) any { return s.Name }},
	{"kind", func(s *Span, _ *rowContext) any { return int64(s.Kind) }},
	{"start_us", func(s *Span, _ *rowContext) any { us, _, _ := micros(startOf(s)); return us }},
	{"end_us", func(s *Span, _ *rowContext) any { us, _, _ := micros(endOf(s)); return us }},
	{"start_ns_rem", func(s *Span, _ *rowContext) any { _, rem, _ := micros(startOf(s)); return rem }},
	{"end_ns_rem", func(s *Span, _ *rowContext) any { _, rem, _ := micros(endOf(s)); return rem }},
	{"duration_us", func(s *Span, _ *rowContext) any { return durationMicros(s) }},
	{"status_code", func(s *Span, _ *rowContext) any { return int64(s.StatusCode) }},
	{"status_message", func(s *Span, _ *rowContext) any { return text(s.StatusMessage) }},
	{"trace_state", func(s *Span, _ *rowContext) any { return text(s.TraceState) }},
	{"flags", func(s *Span, _ *rowContext) any { return int64(s.Flags) }},
	{"resource_id", func(_ *Span, c *rowContext) any { return c.resource }},
	{"scope_id", func(_ *Span, c *rowContext) any { return c.scope }},
	{"service_name", func(s *Span, _ *rowContext) any { return text(s.Resource.ServiceName) }},
	{"span_type", func(s *Span, _ *rowContext) any { return s.Facts.Type }},
	{"operation", func(s *Span, _ *rowContext) any { return text(s.Facts.Operation) }},
	{"provider", func(s *Span, _ *rowContext) any { return text(s.Facts.Provider) }},
	{"model", func(s *Span, _ *rowContext) any { return text(s.Facts.Model) }},
	{"input_tokens", func(s *Span, _ *rowContext) any { return count(s.Facts.InputTokens) }},
	{"output_tokens", func(s *Span, _ *rowContext) any { return count(s.Facts.OutputTokens) }},
	{"cache_read_tokens", func(s *Span, _ *rowContext) any { return count(s.Facts.CacheReadTokens) }},
	{"cache_write_tokens", func(s *Span, _ *rowContext) any { return count(s.Facts.CacheWriteTokens) }},
	{"reasoning_tokens", func(s *Span, _ *rowContext) any { return count(s.Facts.ReasoningTokens) }},
	{"cost_usd", func(s *Span, _ *rowContext) any { return amount(s.Facts.Cost) }},
	{"cost_status", func(s *Span, _ *rowContext) any { return text(s.Facts.CostStatus) }},
	// A call counts until another span is seen to tell it.
	{"counted", func(s *Span, _ *rowContext) any { return boolean(s.Facts.Accounting != NotCounted) }},
	{"accounting", func(s *Span, _ *rowContext) any { return int64(s.Facts.Accounting) }},
	{"response_id", func(s *Span, _ *rowContext) any { return text(s.Facts.ResponseID) }},
	{"roll_up", func(s *Span, _ *rowContext) any { return boolean(s.Facts.RollUp) }},
	{"session_id", func(s *Span, _ *rowContext) any { return text(s.Facts.SessionID) }},
	{"conversation_id", func(s *Span, _ *rowContext) any { return text(s.Facts.ConversationID) }},
	{"user_id", func(s *Span, _ *rowContext) any { return text(s.Facts.UserID) }},
	{"agent_name", func(s *Span, _ *rowContext) any { return text(s.Facts.AgentName) }},
	{"tool_name", func(s *Span, _ *rowContext) any { return text(s.Facts.ToolName) }},
	{"workflow_name", func(s *Span, _ *rowContext) any { return text(s.Facts.WorkflowName) }},
	{"ttft_ms", func(s *Span, _ *rowContext) any { return amount(s.Facts.FirstTokenMS) }},
	{"generated_id", func(s *Span, _ *rowContext) any { return int64(s.GeneratedID) }},
	{"inserted_us", func(_ *Span, c *rowContext) any { return c.at.us }},
	{"request_id", func(s *Span, _ *rowContext) any { return text(s.Facts.RequestID) }},
	{"environment", func(s *Span, _ *rowContext) any { return text(s.Facts.Environment) }},
	{"tenant", func(s *Span, _ *rowContext) any { return text(s.Facts.Tenant) }},
	{"redactions", func(s *Span, _ *rowContext) any { return min(max(s.Facts.Redactions, 0), MaxInteger) }},
	{"preview", func(s *Span, _ *rowContext) any { return text(s.Facts.Preview) }},
	{"output_preview", func(s *Span, _ *rowContext) any { return text(s.Facts.OutputPreview) }},
	{"error_preview", func(s *Span, _ *rowContext) any { return text(s.Facts.ErrorPreview) }},
	{"arguments_hash", func(s *Span, _ *rowContext) any { return text(s.Facts.ArgumentsHash) }},
	{"pending", func(s *Span, _ *rowContext) any { return boolean(s.Facts.Pending) }},
	{"saved_usd", func(s *Span, _ *rowContext) any { return amount(s.Facts.Saved) }},
}

var dataColumns = []column[Span]{
	{"id", func(_ *Span, c *rowContext) any { return c.id }},
	{"attributes", func(s *Span, _ *rowContext) any { return jsonText(s.Attributes) }},
	{"events", func(s *Span, _ *rowContext) any { return jsonText(s.Events) }},
	{"dropped_attributes", func(s *Span, _ *rowContext) any { return int64(s.DroppedAttributes) }},
	{"dropped_events", func(s *Span, _ *rowContext) any { return int64(s.DroppedEvents) }},
	{"dropped_links", func(s *Span, _ *rowContext) any { return int64(s.DroppedLinks) }},
	{"start_ns", func(s *Span, _ *rowContext) any { return sentNanos(s.StartNanos, startOf(s)) }},
	{"end_ns", func(s *Span, _ *rowContext) any { return sentNanos(s.EndNanos, endOf(s)) }},
	{"sent_span_id", func(s *Span, _ *rowContext) any { return text(s.SentSpanID) }},
}

var logColumns = []column[Log]{
	{"key", func(l *Log, _ *rowContext) any { return l.Key }},
	{"time_us", func(l *Log, _ *rowContext) any { us, _, _ := micros(logTime(l)); return us }},
	{"time_ns_rem", func(l *Log, _ *rowContext) any { _, rem, _ := micros(logTime(l)); return rem }},
	{"time_is_observed", func(l *Log, _ *rowContext) any { return boolean(l.TimeNanos == 0) }},
	{"observed_us", func(l *Log, _ *rowContext) any { us, _, _ := micros(l.ObservedNanos); return us }},
	{"observed_ns_rem", func(l *Log, _ *rowContext) any { _, rem, _ := micros(l.ObservedNanos); return rem }},
	{"time_ns", func(l *Log, _ *rowContext) any { return exactNanos(logTime(l)) }},
	{"observed_ns", func(l *Log, _ *rowContext) any { return exactNanos(l.ObservedNanos) }},
	{"severity_number", func(l *Log, _ *rowContext) any { return int64(l.SeverityNumber) }},
	{"severity_text", func(l *Log, _ *rowContext) any { return text(l.SeverityText) }},
	{"event_name", func(l *Log, _ *rowContext) any { return text(l.EventName) }},
	{"body", func(l *Log, _ *rowContext) any { return jsonText(l.Body) }},
	{"attributes", func(l *Log, _ *rowContext) any { return jsonText(l.Attributes) }},
	{"dropped_attributes", func(l *Log, _ *rowContext) any { return int64(l.DroppedAttributes) }},
	{"trace_id", func(l *Log, _ *rowContext) any { return text(l.TraceID) }},
	{"span_id", func(l *Log, _ *rowContext) any { return text(l.SpanID) }},
	{"flags", func(l *Log, _ *rowContext) any { return int64(l.Flags) }},
	{"resource_id", func(_ *Log, c *rowContext) any { return c.resource }},
	{"scope_id", func(_ *Log, c *rowContext) any { return c.scope }},
	{"service_name", func(l *Log, _ *rowContext) any { return text(l.Resource.ServiceName) }},
	{"inserted_us", func(_ *Log, c *rowContext) any { return c.at.us }},
	{"counted", func(l *Log, _ *rowContext) any { return boolean(l.Call.Accounting != NotCounted) }},
	{"duration_us", func(l *Log, _ *rowContext) any { return callDuration(l) }},
	{"operation", func(l *Log, _ *rowContext) any { return text(l.Call.Operation) }},
	{"provider", func(l *Log, _ *rowContext) any { return text(l.Call.Provider) }},
	{"model", func(l *Log, _ *rowContext) any { return text(l.Call.Model) }},
	{"input_tokens", func(l *Log, _ *rowContext) any { return count(l.Call.InputTokens) }},
	{"output_tokens", func(l *Log, _ *rowContext) any { return count(l.Call.OutputTokens) }},
	{"cache_read_tokens", func(l *Log, _ *rowContext) any { return count(l.Call.CacheReadTokens) }},
	{"cache_write_tokens", func(l *Log, _ *rowContext) any { return count(l.Call.CacheWriteTokens) }},
	{"reasoning_tokens", func(l *Log, _ *rowContext) any { return count(l.Call.ReasoningTokens) }},
	{"cost_usd", func(l *Log, _ *rowContext) any { return amount(l.Call.Cost) }},
	{"cost_status", func(l *Log, _ *rowContext) any { return text(l.Call.CostStatus) }},
	{"ttft_ms", func(l *Log, _ *rowContext) any { return amount(l.Call.FirstTokenMS) }},
	{"request_id", func(l *Log, _ *rowContext) any { return text(l.Call.RequestID) }},
	{"response_id", func(l *Log, _ *rowContext) any { return text(l.Call.ResponseID) }},
	{"session_id", func(l *Log, _ *rowContext) any { return text(l.Call.SessionID) }},
	{"conversation_id", func(l *Log, _ *rowContext) any { return text(l.Call.ConversationID) }},
	{"user_id", func(l *Log, _ *rowContext) any { return text(l.Call.UserID) }},
	{"agent_name", func(l *Log, _ *rowContext) any { return text(l.Call.AgentName) }},
	{"environment", func(l *Log, _ *rowContext) any { return text(l.Call.Environment) }},
	{"tenant", func(l *Log, _ *rowContext) any { return text(l.Call.Tenant) }},
	{"saved_usd", func(l *Log, _ *rowContext) any { return amount(l.Call.Saved) }},
}

// logTime is when a record is sorted in.
func logTime(l *Log) uint64 {
	if l.TimeNanos == 0 {
		return l.ObservedNanos
	}
	return l.TimeNanos
}

var (
	// A span that is stored already stays as it is: a retry changes nothing.
	spanInsert = insert("otel_spans", spanColumns) + " ON CONFLICT (trace_id, span_id) DO NOTHING"
	logInsert  = insert("otel_logs", logColumns) + " ON CONFLICT (key) DO NOTHING"
	// The id is that of the narrow row, so that a row already there is left over
	// from a span that somebody deleted by hand.
	dataInsert = strings.Replace(insert("otel_span_data", dataColumns), "INSERT", "INSERT OR REPLACE", 1)
)

func insert[T any](table string, columns []column[T]) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table, strings.Join(names, ", "), placeholders(len(columns)))
}

func placeholders(n int) string {
	return strings.TrimSuffix(strings.Repeat("?, ", n), ", ")
}

// needsData reports whether a span has anything for otel_span_data.
func needsData(s *Span) bool {
	return s.Attributes != "" || s.Events != "" || s.SentSpanID != "" ||
		s.DroppedAttributes|s.DroppedEvents|s.DroppedLinks != 0 ||
		sentNanos(s.StartNanos, startOf(s)) != nil || sentNanos(s.EndNanos, endOf(s)) != nil
}

func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func jsonText(j JSON) any { return text(string(j)) }

func boolean(b bool) any {
	if b {
		return int64(1)
	}
	return int64(0)
}

func count(c Count) any {
	if !c.Known {
		return nil
	}
	return min(max(c.N, 0), MaxInteger)
}

func amount(a Amount) any {
	if !a.Known || math.IsNaN(a.V) || math.IsInf(a.V, 0) {
		return nil
	}
	return a.V
}

// durationMicros is never negative, see times.
func durationMicros(s *Span) any {
	start, end := times(s)
	us, _, _ := micros(end - start)
	return us
}

// callDuration is how long the call of a record took; unknown where no call takes that long.
func callDuration(l *Log) any {
	if l.Duration <= 0 || uint64(l.Duration) > longestSpan {
		return nil
	}
	return l.Duration.Microseconds()
}

// sentNanos is a time as it was sent, where the row has another.
func sentNanos(sent, row uint64) any {
	if sent != row {
		return strconv.FormatUint(sent, 10)
	}
	return exactNanos(sent)
}

func exactNanos(nanos uint64) any {
	if _, _, whole := micros(nanos); whole {
		return nil
	}
	return strconv.FormatUint(nanos, 10)
}
