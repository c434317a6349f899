package genai

import "go.opentelemetry.io/collector/pdata/ptrace"

// IsCopy reports whether two spans of one trace are one span that its client sent
// twice. An id alone does not say so: Zipkin's client and server share one.
func IsCopy(a, b ptrace.Span) bool {
	return a.SpanID() == b.SpanID() && a.Kind() == b.Kind() && a.StartTimestamp() == b.StartTimestamp() && a.EndTimestamp() == b.EndTimestamp()
}
