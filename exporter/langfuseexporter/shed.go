package langfuseexporter

import (
	"cmp"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
)

// removedKey says how many attributes of a span were taken away.
const removedKey = "langfuse.observation.metadata.removed_attributes"

// leastFrame is the least that protobuf puts around the key and the value of an
// attribute, and twice that of an element of a list.
const leastFrame = 8

// worth is how much the loss of an attribute would hurt; what is worth least goes
// first.
type worth uint8

const (
	worthNoField  worth = iota // Langfuse has no field for it, and shows it among all others
	worthMetadata              // that can be filtered by
	worthField
	worthAll // without which the span is another one
)

func worthOf(key string, value pcommon.Value) worth {
	switch {
	case isDetails(key), key == mapping.TypeKey, value.Type() == pcommon.ValueTypeBool:
		return worthAll
	case !strings.HasPrefix(key, "langfuse."):
		return worthNoField
	case strings.Contains(key, ".metadata."):
		return worthMetadata
	}
	return worthField
}

// shed takes attributes of a span away that are together at least excess bytes
// long, by their worth and then their size, and all events first. Texts count with
// the length to which they can be cut.
func shed(span ptrace.Span, excess int) {
	before := sizer.SpanSize(span)
	span.Events().RemoveIf(func(ptrace.SpanEvent) bool { return true })
	excess -= before - sizer.SpanSize(span)
	if excess <= 0 {
		return
	}
	var all []candidate
	for key, value := range span.Attributes().All() {
		all = append(all, candidate{key, worthOf(key, value), len(key) + leastLength(value) + leastFrame})
	}
	removed := int64(removeWorst(span.Attributes(), all, excess+len(removedKey)+3*frame))
	if told, ok := span.Attributes().Get(removedKey); ok {
		removed += told.Int()
	}
	span.Attributes().PutInt(removedKey, removed)
}

// candidate is an attribute that may be taken away.
type candidate struct {
	key   string
	worth worth
	size  int
}

// removeWorst takes attributes away that are together at least excess bytes long, by
// their worth and then their size, the largest first. It returns how many.
func removeWorst(attributes pcommon.Map, all []candidate, excess int) int {
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.worth, b.worth), cmp.Compare(b.size, a.size))
	})
	gone := map[string]bool{}
	for _, c := range all {
		if excess <= 0 {
			break
		}
		gone[c.key] = true
		excess -= c.size
	}
	attributes.RemoveIf(func(key string, _ pcommon.Value) bool { return gone[key] })
	return len(gone)
}

// leastLength is how long a value is at least, cut where it can be.
func leastLength(value pcommon.Value) int {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		return min(len(value.Str()), shortest)
	case pcommon.ValueTypeSlice:
		n := 0
		for _, element := range value.Slice().All() {
			n += leastLength(element) + leastFrame/2
		}
		return n
	}
	return 0
}
