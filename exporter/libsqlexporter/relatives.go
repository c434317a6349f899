package libsqlexporter

import (
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// spanKey is a trace id with a span id.
type spanKey [24]byte

func keyOf(span ptrace.Span, parent bool) (k spanKey) {
	trace, id := span.TraceID(), span.SpanID()
	if parent {
		id = span.ParentSpanID()
	}
	copy(k[:16], trace[:])
	copy(k[16:], id[:])
	return k
}

// relative is what spans below a span want to know of it.
type relative struct {
	parent    spanKey
	hasParent bool
	kind      relation
	id, name  string
}

// relation is what a span can be to those below it.
type relation uint8

const (
	noRelation relation = iota
	enclosingAgent
	enclosingWorkflow
)

// relatives are the spans of a batch. Ancestors that came in another batch are
// not found; the columns that want them stay NULL, which Studio does not mind.
type relatives struct {
	spans map[spanKey]relative
	keys  []spanKey // by row
}

func (r *relatives) reset() {
	if r.spans == nil {
		r.spans = map[spanKey]relative{}
	}
	clear(r.spans)
	r.keys = r.keys[:0]
}

// add makes the next row's span known.
func (r *relatives) add(row *tracestore.Span, span ptrace.Span) {
	key := keyOf(span, false)
	r.keys = append(r.keys, key)
	at := relative{parent: keyOf(span, true), hasParent: !span.ParentSpanID().IsEmpty()}
	switch row.Facts.Type {
	case "agent_run":
		at.kind, at.id, at.name = enclosingAgent, row.Mastra.EntityID, row.Mastra.EntityName
	case "workflow_run":
		at.kind, at.id, at.name = enclosingWorkflow, row.Mastra.EntityID, row.Mastra.EntityName
	}
	r.spans[key] = at
}

// maxAncestors bounds the way up, which hostile parents could make a circle.
const maxAncestors = 256

// nearest returns the nearest ancestor of a kind for the row-th span.
func (r *relatives) nearest(row int, kind relation) (relative, bool) {
	at, ok := r.spans[r.keys[row]]
	for range maxAncestors {
		if !ok || !at.hasParent {
			return relative{}, false
		}
		if at, ok = r.spans[at.parent]; ok && at.kind == kind {
			return at, true
		}
	}
	return relative{}, false
}
