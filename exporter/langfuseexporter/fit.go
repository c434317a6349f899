package langfuseexporter

import (
	"cmp"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/cut"
	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
)

const (
	// shortest is the length to which texts of a span are cut at most.
	shortest = 256
	// maxStatusMessage is what is left of a status message where a span is cut.
	maxStatusMessage = 4 << 10
)

// fit cuts the longest texts of a span to one length, so that the span is no
// longer than limit. It reports whether it had to.
func fit(span ptrace.Span, limit int) bool {
	size := sizer.SpanSize(span)
	if size <= limit {
		return false
	}
	if message := span.Status().Message(); len(message) > maxStatusMessage {
		span.Status().SetMessage(cut.Text(message, maxStatusMessage))
		size = sizer.SpanSize(span)
	}
	var texts []pcommon.Value
	for key, value := range span.Attributes().All() {
		if value.Type() == pcommon.ValueTypeStr && len(value.Str()) > shortest && !isDetails(key) {
			texts = append(texts, value)
		}
	}
	slices.SortFunc(texts, func(a, b pcommon.Value) int { return cmp.Compare(len(b.Str()), len(a.Str())) })
	n, room := share(texts, size, limit)
	for _, value := range texts[:n] {
		value.SetStr(cut.Text(value.Str(), room))
	}
	if sizer.SpanSize(span) > limit {
		// Many small things: those that Langfuse has no field for go.
		span.Attributes().RemoveIf(func(key string, value pcommon.Value) bool {
			return value.Type() != pcommon.ValueTypeBool && !isField(key)
		})
		span.Events().RemoveIf(func(ptrace.SpanEvent) bool { return true })
	}
	return true
}

// share finds how many of the longest texts have to be cut, and to which
// length, for a span of a size to come down to limit.
func share(texts []pcommon.Value, size, limit int) (n, room int) {
	rest := size
	for n = 1; n <= len(texts); n++ {
		rest -= len(texts[n-1].Str())
		next := 0
		if n < len(texts) {
			next = len(texts[n].Str())
		}
		if room = (limit - rest) / n; room >= max(next, shortest) {
			return n, room
		}
	}
	return len(texts), shortest
}

// isDetails tells tokens and costs. They are read as numbers: cut, the server
// would lose them all.
func isDetails(key string) bool {
	return key == mapping.UsageKey || key == mapping.CostKey
}

// isField tells attributes that Langfuse has fields for.
func isField(key string) bool {
	const prefix = "langfuse."
	return len(key) > len(prefix) && key[:len(prefix)] == prefix
}
