package langfuseexporter

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// place finds a parent for each span that is sent.
func (f *family) place(orphans string) {
	for _, n := range f.nodes {
		if !n.keep {
			continue
		}
		parent := n.span.ParentSpanID()
		n.parent, n.isRoot = parent, parent.IsEmpty()
		if parent.IsEmpty() || orphans == orphansKeep {
			continue
		}
		nearest, found := f.nearest(n)
		switch {
		case found && nearest == parent:
		case !found && !nearest.IsEmpty() && nearest == parent:
			// The parent is in no batch that is remembered. If it lives in another
			// process this span is the root of this one, as Langfuse's SDKs have it.
			if isRemote(n.span) {
				n.appRoot, n.action = true, flagged
			}
		case orphans == orphansFlag:
			n.appRoot, n.action = true, flagged
		case nearest.IsEmpty():
			n.parent, n.appRoot, n.isRoot, n.action = nearest, true, true, promoted
		default:
			n.parent, n.action = nearest, reparented
		}
	}
	if orphans != orphansKeep {
		f.breakCircles(orphans)
	}
}

// Flags of a span that say whether its parent lives in another process (OTLP,
// SpanFlags).
const (
	hasIsRemote = 0x100
	isRemoteBit = 0x200
)

func isRemote(span ptrace.Span) bool {
	return span.Flags()&(hasIsRemote|isRemoteBit) == hasIsRemote|isRemoteBit
}

// lookUp asks for the nearest ancestor that is sent to a project, from a span that
// is not sent there on.
type lookUp struct {
	to   *project
	from pcommon.SpanID
}

// ancestor is the answer. Where none is found the id is that of the unknown span at
// which the way up ends; it is empty above the root.
type ancestor struct {
	id    pcommon.SpanID
	found bool
}

// nearest walks up to the nearest ancestor that is sent to the same project. The
// second result is false where the walk ends at a span that is not known, or above
// the root: then the id is that of the unknown span, or empty. It is empty too
// where the way leads through a span of another project: what is above that one is
// taken to be there as well.
func (f *family) nearest(n *node) (pcommon.SpanID, bool) {
	var way []lookUp
	answer := ancestor{}
	for at := n.span.ParentSpanID(); !at.IsEmpty(); {
		step := lookUp{n.to, at}
		if known, ok := f.above[step]; ok {
			answer = known
			break
		}
		parent, known := f.known.dropped[at]
		if above, ok := f.byID[at]; ok {
			if above.keep && above.to == n.to {
				answer = ancestor{at, true}
				break
			}
			parent, known = above.span.ParentSpanID(), true
		}
		if !known {
			answer = ancestor{at, false}
			break
		}
		f.above[step] = ancestor{} // until it is known: spans that name each other as parents end here
		way = append(way, step)
		at = parent
	}
	for _, step := range slices.Backward(way) {
		if n, ok := f.byID[step.from]; ok && n.keep && !answer.found {
			answer = ancestor{}
		}
		f.above[step] = answer
	}
	return answer.id, answer.found
}

// breakCircles makes a root of one span, the first to begin, of those that are
// below each other, or below themselves: Langfuse would list none of them.
func (f *family) breakCircles(orphans string) {
	for i, n := range f.nodes {
		way := i + 1
		at := n
		for at != nil && at.isSent() && at.way == 0 {
			at.way = way
			at = f.byID[at.parent] // none has the empty id
		}
		if at == nil || at.way != way || at.parent.IsEmpty() {
			continue
		}
		first := at
		for next := f.byID[at.parent]; next != at; next = f.byID[next.parent] {
			if next.span.StartTimestamp() < first.span.StartTimestamp() {
				first = next
			}
		}
		first.appRoot, first.action = true, flagged
		if orphans == orphansReparent {
			first.parent, first.isRoot, first.action = pcommon.SpanID{}, true, promoted
		}
	}
}
