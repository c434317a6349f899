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
	texts := textsOf(span)
	size = sizer.SpanSize(span)
	if least := leastSize(texts, size); least > limit {
		shed(span, least-limit)
		texts, size = textsOf(span), sizer.SpanSize(span)
	}
	cutTo(texts, size, limit)
	if size = sizer.SpanSize(span); size > limit {
		shed(span, size-limit)
	}
	return true
}

// fitShared brings the attributes of a resource or a scope, which go with every
// request that has a span of theirs, down to limit: their longest texts are cut, and
// where that is not enough the largest are taken away. It reports whether it had to.
func fitShared(attributes pcommon.Map, limit int) bool {
	size := attributesSize(attributes)
	if size <= limit {
		return false
	}
	var texts []pcommon.Value
	for _, value := range attributes.All() {
		texts = appendTexts(texts, value)
	}
	cutTo(texts, size, limit)
	removeLargest(attributes, attributesSize(attributes)-limit)
	return true
}

// removeLargest takes attributes away that are together at least excess bytes long.
func removeLargest(attributes pcommon.Map, excess int) {
	if excess <= 0 {
		return
	}
	all := make([]candidate, 0, attributes.Len())
	for key, value := range attributes.All() {
		all = append(all, candidate{key: key, size: len(key) + valueSize(value)})
	}
	removeWorst(attributes, all, excess)
}

// cutTo cuts the longest texts of something of a size for it to come down to limit.
func cutTo(texts []pcommon.Value, size, limit int) {
	slices.SortFunc(texts, func(a, b pcommon.Value) int { return cmp.Compare(len(b.Str()), len(a.Str())) })
	n, room := share(texts, size, limit)
	for _, value := range texts[:n] {
		value.SetStr(cut.Text(value.Str(), room))
	}
}

// textsOf are the texts of a span that can be cut.
func textsOf(span ptrace.Span) []pcommon.Value {
	var texts []pcommon.Value
	for key, value := range span.Attributes().All() {
		if !isDetails(key) {
			texts = appendTexts(texts, value)
		}
	}
	return texts
}

// appendTexts appends the texts that a value is or, being a list, has.
func appendTexts(texts []pcommon.Value, value pcommon.Value) []pcommon.Value {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		if len(value.Str()) > shortest {
			texts = append(texts, value)
		}
	case pcommon.ValueTypeSlice:
		for _, element := range value.Slice().All() {
			texts = appendTexts(texts, element)
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
