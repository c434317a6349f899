package genai

import "go.opentelemetry.io/collector/pdata/pcommon"

// Rollups finds spans whose usage repeats that of spans below them. It is the
// structural rule of llmcost reference 2.5, for instrumentations whose outer
// and inner spans look the same. Only spans that it has been given are known:
// a child in another batch cannot be seen.
//
// The zero Rollups is ready for use; Reset makes it so again and keeps its
// memory.
type Rollups struct {
	parents map[spanKey]pcommon.SpanID
	usage   map[spanKey]bool
	sums    map[spanKey]bool
}

type spanKey struct {
	trace pcommon.TraceID
	span  pcommon.SpanID
}

// Reset forgets all spans.
func (r *Rollups) Reset() {
	if r.parents == nil {
		r.parents = map[spanKey]pcommon.SpanID{}
		r.usage = map[spanKey]bool{}
		r.sums = map[spanKey]bool{}
		return
	}
	clear(r.parents)
	clear(r.usage)
	clear(r.sums)
}

// Add makes a span known: its place in the tree and whether it states usage.
func (r *Rollups) Add(trace pcommon.TraceID, span, parent pcommon.SpanID, hasUsage bool) {
	if span.IsEmpty() {
		return
	}
	r.parents[spanKey{trace, span}] = parent
	if hasUsage {
		r.usage[spanKey{trace, span}] = true
	}
}

// Resolve marks the ancestors of every span that states usage. Call it once
// after the last Add. Its work is linear in the number of spans: a walk ends at
// an ancestor that an earlier walk has marked.
func (r *Rollups) Resolve() {
	for at := range r.usage {
		parent, known := r.parents[at], true
		for known && !parent.IsEmpty() {
			above := spanKey{at.trace, parent}
			if above == at || r.sums[above] { // a span is not its own ancestor, whatever it says
				break
			}
			r.sums[above] = true
			parent, known = r.parents[above]
		}
	}
}

// Is reports whether the span states usage and has a descendant that does.
func (r *Rollups) Is(trace pcommon.TraceID, span pcommon.SpanID) bool {
	at := spanKey{trace, span}
	return r.sums[at] && r.usage[at]
}
