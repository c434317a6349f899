package genai

import "go.opentelemetry.io/collector/pdata/pcommon"

// Rollups finds spans that tell once more what spans below or above them tell.
// It is the structural rule of llmcost reference 2.5, for instrumentations
// whose outer and inner spans look the same, and for a client, a gateway and a
// framework that each report the same call. Only spans that it has been given
// are known: a child in another batch cannot be seen.
//
// The zero Rollups is ready for use; Reset makes it so again and keeps its
// memory.
type Rollups struct {
	nodes map[spanKey]*node
	// order has the nodes as they were added; they are used again after Reset.
	order []*node
	used  int
}

type spanKey struct {
	trace pcommon.TraceID
	span  pcommon.SpanID
}

// node is a span in the tree.
type node struct {
	walk     int // the number of the walk in cutRings that came here first
	at       spanKey
	parent   pcommon.SpanID
	kind     Kind
	hasUsage bool

	sums        bool // a span below states usage
	sumsThrough bool // … below a tool that this one ran
	wraps       bool // a span below calls a model, and no tool lies between
}

// Reset forgets all spans.
func (r *Rollups) Reset() {
	if r.nodes == nil {
		r.nodes = map[spanKey]*node{}
	}
	clear(r.nodes)
	r.used = 0
}

// Add makes a span known of whose kind nothing is: its place in the tree and
// whether it states usage. Given twice, it states usage if it does once.
func (r *Rollups) Add(trace pcommon.TraceID, span, parent pcommon.SpanID, hasUsage bool) {
	r.AddSpan(trace, span, parent, KindOther, hasUsage)
}

// AddSpan makes a span known: its place in the tree, what it does, and whether
// it states usage.
func (r *Rollups) AddSpan(trace pcommon.TraceID, span, parent pcommon.SpanID, kind Kind, hasUsage bool) {
	if span.IsEmpty() {
		return
	}
	at := spanKey{trace, span}
	n := r.nodes[at]
	if n == nil {
		n = r.unused()
		*n = node{at: at}
		r.nodes[at] = n
	}
	n.parent = parent
	n.hasUsage = n.hasUsage || hasUsage
	if kind != KindOther {
		n.kind = kind
	}
}

func (r *Rollups) unused() *node {
	if r.used == len(r.order) {
		r.order = append(r.order, new(node))
	}
	r.used++
	return r.order[r.used-1]
}

// Resolve marks the spans above every span that states usage or calls a model.
// Call it once after the last Add. Its work is linear in the number of spans: a
// walk ends at a span that an earlier walk has marked.
//
// A tool that a model asked for may call models in turn, and instrumentations
// differ in whether the tool's span lies below the call that asked (Mastra 1.0
// to 1.3) or beside it. A call does not sum up what its tools spend, so a tool
// hides what is below it from the calls above; whatever else is above, an agent
// or a span of the application's own, may sum it up.
func (r *Rollups) Resolve() {
	r.cutRings()
	for _, n := range r.order[:r.used] {
		if n.hasUsage {
			r.markSums(n)
		}
		if n.kind.CallsModel() {
			r.markWraps(n)
		}
	}
}

// cutRings makes one span of those that name each other as parents the top of the
// others: in a ring each would sum up all, and nobody would be charged.
func (r *Rollups) cutRings() {
	for i, n := range r.order[:r.used] {
		for walk := i + 1; n != nil && n.walk == 0; n = r.above(n) {
			n.walk = walk
		}
		if n == nil || n.walk != i+1 {
			continue
		}
		top := n
		for m := r.above(n); m != n && top.hasUsage; m = r.above(m) {
			if !m.hasUsage {
				top = m // it has nothing to charge
			}
		}
		top.parent = pcommon.SpanID{}
	}
}

func (r *Rollups) markSums(n *node) {
	through := false
	for above := r.above(n); above != nil; above = r.above(above) {
		mark := &above.sums
		if through {
			mark = &above.sumsThrough
		}
		if *mark || above == n { // a span is not its own ancestor, whatever it says
			return
		}
		*mark = true
		through = through || above.kind == KindTool
	}
}

func (r *Rollups) markWraps(n *node) {
	for above := r.above(n); above != nil && above.kind != KindTool; above = r.above(above) {
		if above.wraps || above == n {
			return
		}
		above.wraps = true
	}
}

func (r *Rollups) above(n *node) *node {
	if n.parent.IsEmpty() {
		return nil
	}
	return r.nodes[spanKey{n.at.trace, n.parent}]
}

// Is reports whether the span repeats spans below it: it states usage, and a
// descendant does; or it calls a model and states none, and a descendant calls
// one too (the Vercel AI SDK 7 embeds so).
func (r *Rollups) Is(trace pcommon.TraceID, span pcommon.SpanID) bool {
	n := r.nodes[spanKey{trace, span}]
	switch {
	case n == nil:
		return false
	case n.hasUsage:
		return n.sums || n.sumsThrough && !n.kind.CallsModel()
	}
	return n.kind.CallsModel() && n.wraps
}

// Covered reports whether a span above tells the usage that this one does not:
// it calls a model and states none, and an ancestor calls one and states it,
// with no tool between.
func (r *Rollups) Covered(trace pcommon.TraceID, span pcommon.SpanID) bool {
	n := r.nodes[spanKey{trace, span}]
	if n == nil || n.hasUsage || !n.kind.CallsModel() {
		return false
	}
	steps := 0
	for above := r.above(n); above != nil && above.kind != KindTool && steps < maxCoverDepth; above = r.above(above) {
		if above.hasUsage && above.kind.CallsModel() {
			return true
		}
		steps++
	}
	return false
}

// Below reports whether a span lies below another one, up to maxCoverDepth
// spans apart.
func (r *Rollups) Below(trace pcommon.TraceID, span, other pcommon.SpanID) bool {
	n := r.nodes[spanKey{trace, span}]
	if n == nil {
		return false
	}
	n = r.above(n)
	for steps := 0; n != nil && steps < maxCoverDepth; steps++ {
		if n.at.span == other {
			return true
		}
		n = r.above(n)
	}
	return false
}

// maxCoverDepth bounds the way up; spans that name each other as parents have
// no end.
const maxCoverDepth = 64
