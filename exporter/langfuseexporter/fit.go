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

// fit brings a span down to limit: its longest texts are cut to one length, and
// where it has too many small things for that, some are taken away. It reports
// whether it had to.
func fit(span ptrace.Span, limit int) bool {
	size := sizer.SpanSize(span)
	if size <= limit {
		return false
	}
	if message := span.Status().Message(); len(message) > maxStatusMessage {
		span.Status().SetMessage(cut.Text(message, maxStatusMessage))
	}
	if len(span.TraceState().AsRaw()) > shortest {
		span.TraceState().FromRaw("")
	}
	texts := textsOf(span)
	size = sizer.SpanSize(span)
	if least := leastSize(texts, size); least > limit {
		shed(span, least-limit)
		texts, size = textsOf(span), sizer.SpanSize(span)
	}
	slices.SortFunc(texts, func(a, b pcommon.Value) int { return cmp.Compare(len(b.Str()), len(a.Str())) })
	n, room := share(texts, size, limit)
	for _, value := range texts[:n] {
		value.SetStr(cut.Text(value.Str(), room))
	}
	if size = sizer.SpanSize(span); size > limit {
		shed(span, size-limit)
	}
	return true
}

// textsOf are the texts of a span that can be cut.
func textsOf(span ptrace.Span) []pcommon.Value {
	var texts []pcommon.Value
	for key, value := range span.Attributes().All() {
		if value.Type() == pcommon.ValueTypeStr && len(value.Str()) > shortest && !isDetails(key) {
			texts = append(texts, value)
		}
	}
	return texts
}

// leastSize is the size of a span all of whose texts are cut.
func leastSize(texts []pcommon.Value, size int) int {
	for _, value := range texts {
		size -= len(value.Str()) - shortest
	}
	return size
}

// share finds how many of the longest texts have to be cut, and to which
// length, for a span of a size to come down to limit.
func share(texts []pcommon.Value, size, limit int) (n, room int) {
	rest := size
	if len(texts) == 0 {
		return 0, 0
	}
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
