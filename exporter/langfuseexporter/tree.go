package langfuseexporter

import (
	"cmp"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// node is a span of a batch.
type node struct {
	span     ptrace.Span
	resource int // index of its resource in the batch
	scope    int // index of its scope in the resource

	kind                    genai.Kind
	usage                   bool // states tokens or a cost
	llm, included, excluded bool
	keep                    bool
	rootName                string // what its trace is called if it is the root

	own   mapping.Trace // what it states itself
	trace mapping.Trace // with what it has inherited
	state walk
	way   int      // the last way up that led over it: see breakCircles
	named *project // project that it names itself

	response string // id of the answer of a call that states its tokens
	judged   bool   // llm_cost has seen it, and says whether it repeats others
	repeats  bool   // another span states them

	to      *project // where it goes
	parent  pcommon.SpanID
	appRoot bool
	isRoot  bool
	action  orphanAction
}

// isSent reports whether the span goes to any project.
func (n *node) isSent() bool { return n.keep && n.to != nil }

type walk uint8

const (
	unseen walk = iota
	entered
	done
)

type orphanAction uint8

const (
	notOrphan orphanAction = iota
	reparented
	promoted
	flagged
)

// family is the spans of one trace in a batch.
type family struct {
	id     pcommon.TraceID
	nodes  []*node
	byID   map[pcommon.SpanID]*node
	known  remembered    // from earlier batches
	fields mapping.Trace // of its spans that go to the trace's own project
	llm    bool
	chosen *project // that it names; nil names none
	to     *project // chosen, or the default
	// hasRoot is set where the span without a parent is in the batch.
	hasRoot bool
	above   map[lookUp]ancestor // of spans that are not sent: see nearest
}

func newFamily(id pcommon.TraceID) *family {
	return &family{id: id, byID: map[pcommon.SpanID]*node{}, above: map[lookUp]ancestor{}}
}

func (f *family) add(n *node) {
	f.nodes = append(f.nodes, n)
	f.byID[n.span.SpanID()] = n
	f.hasRoot = f.hasRoot || n.span.ParentSpanID().IsEmpty()
	f.llm = f.llm || n.llm
}

// choose decides which spans are sent.
func (f *family) choose(config *FilterConfig) {
	llm := f.llm || f.known.llm
	anyKept := false
	for _, n := range f.nodes {
		switch config.Mode {
		case filterAll:
			n.keep = true
		case filterLLMTraces:
			n.keep = llm
		default:
			n.keep = n.llm
		}
		n.keep = (n.keep || n.included) && !n.excluded
		anyKept = anyKept || n.keep
	}
	if !config.KeepRoot || !anyKept && !llm {
		return
	}
	for _, n := range f.nodes {
		n.keep = n.keep || n.span.ParentSpanID().IsEmpty() && !n.excluded
	}
}

// inherit gives each span the fields of the spans above it, and then those of
// its trace. What goes to another project than the rest of its trace has nothing
// of that rest.
func (f *family) inherit(m *mapping.Mapper) {
	fields := map[*project]*mapping.Trace{}
	for _, n := range f.nodes {
		if fields[n.to] == nil {
			fields[n.to] = f.collect(n.to, m)
		}
		f.resolve(n)
		n.trace.Inherit(fields[n.to])
	}
	if own := fields[f.to]; own != nil {
		f.fields = *own
	}
}

// collect finds the fields of the part of a trace that goes to one project: those
// of the root, then of what else has no parent there, then of earlier batches,
// then of any span.
func (f *family) collect(to *project, m *mapping.Mapper) *mapping.Trace {
	tops := make([]*node, 0, 4)
	for _, n := range f.nodes {
		if n.to != to {
			continue
		}
		if above, ok := f.byID[n.span.ParentSpanID()]; !ok || above.to != to {
			tops = append(tops, n)
		}
	}
	slices.SortStableFunc(tops, func(a, b *node) int {
		rootA, rootB := a.span.ParentSpanID().IsEmpty(), b.span.ParentSpanID().IsEmpty()
		if rootA != rootB {
			if rootA {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.span.StartTimestamp(), b.span.StartTimestamp())
	})
	fields := &mapping.Trace{}
	for _, n := range tops {
		fields.Inherit(&n.own)
	}
	if f.known.to == to {
		fields.Inherit(&f.known.fields)
	}
	for _, n := range f.nodes {
		if n.to == to {
			fields.InheritIdentity(&n.own)
		}
	}
	if fields.Name == "" {
		fields.Name = m.Field(f.topName(to))
	}
	return fields
}

// topName is the name of the trace in a project by the span at the top of what is
// sent there, or, where several are, of the root that is not sent; "" where the
// top is not in the batch.
func (f *family) topName(to *project) string {
	var top, root *node
	tops := 0
	for _, n := range f.nodes {
		if n.to != to {
			continue
		}
		if n.span.ParentSpanID().IsEmpty() {
			root = n
		}
		if n.keep && n.isRoot {
			tops++
			if top == nil || n.span.StartTimestamp() < top.span.StartTimestamp() {
				top = n
			}
		}
	}
	switch {
	case tops > 1 && root != nil:
		return root.rootName
	case top != nil:
		return top.rootName
	}
	return ""
}

// resolve fills the fields that a span has with those of the spans above it.
func (f *family) resolve(n *node) {
	if n.state != unseen {
		return
	}
	n.state = entered
	n.trace = n.own
	if above, ok := f.byID[n.span.ParentSpanID()]; ok && above.state != entered && above.to == n.to {
		f.resolveDeep(above)
		n.trace.Inherit(&above.trace)
	}
	n.state = done
}

// resolveDeep is resolve for a span with a long way up: without recursion, so
// that no depth of a trace is too much.
func (f *family) resolveDeep(n *node) {
	way := []*node{}
	for at := n; at != nil && at.state == unseen; at = f.byID[at.span.ParentSpanID()] {
		at.state = entered
		way = append(way, at)
	}
	for _, at := range slices.Backward(way) {
		at.trace = at.own
		if above, ok := f.byID[at.span.ParentSpanID()]; ok && above.state == done && above.to == at.to {
			at.trace.Inherit(&above.trace)
		}
		at.state = done
	}
}

// tell adds the spans to rollups. Of what is not sent only its place counts: no
// span can repeat it, or be told by it, in what Langfuse has.
func (f *family) tell(rollups *genai.Rollups) {
	for _, n := range f.nodes {
		kind := n.kind
		if !n.isSent() && kind.CallsModel() {
			kind = genai.KindOther
		}
		rollups.AddSpan(f.id, n.span.SpanID(), n.span.ParentSpanID(), kind, n.usage && n.isSent())
	}
}

// findRepeats marks calls whose tokens other spans of the trace state: those that
// sum up calls below them, and of several that tell of one answer all but the
// client's, or the first. It is what llm_cost does, for where that does not run.
func (f *family) findRepeats(rollups *genai.Rollups) {
	teller := map[string]*node{}
	for _, n := range f.nodes {
		if n.judged || !n.isSent() {
			continue // mapping goes by llm_cost's verdict; what is not sent tells nothing
		}
		if n.repeats = rollups.Is(f.id, n.span.SpanID()); n.repeats || n.response == "" {
			continue
		}
		other := teller[n.response]
		switch {
		case other == nil:
			teller[n.response] = n
		case genai.IsCopy(other.span, n.span):
			// The same span once more, sent again by its client: Langfuse keeps one of
			// the two, whichever it is.
		case other.span.Kind() != ptrace.SpanKindClient && n.span.Kind() == ptrace.SpanKindClient:
			other.repeats = true
			teller[n.response] = n
		default:
			n.repeats = true
		}
	}
}

// news is what later batches of the trace need to know.
func (f *family) news() *remembered {
	r := &remembered{fields: f.fields, root: f.hasRoot, llm: f.llm, project: f.chosen, to: f.to}
	for _, n := range f.nodes {
		if !n.keep && len(r.dropped) < maxDropped {
			if r.dropped == nil {
				r.dropped = map[pcommon.SpanID]pcommon.SpanID{}
			}
			r.dropped[n.span.SpanID()] = n.span.ParentSpanID()
		}
	}
	return r
}
