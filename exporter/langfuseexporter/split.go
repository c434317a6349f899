package langfuseexporter

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

var sizer ptrace.ProtoMarshaler

// spanAt is a span of a batch by its place.
type spanAt struct {
	resource, scope int
	span            ptrace.Span
	size            int
}

// split divides a batch into parts that are at most limit bytes long, as far as
// single spans allow: between traces where that is enough, else between spans.
// A batch that fits is returned as it is; otherwise its spans are moved.
func split(td ptrace.Traces, limit int) []ptrace.Traces {
	if sizer.TracesSize(td) <= limit {
		return []ptrace.Traces{td}
	}
	var parts []ptrace.Traces
	part := newPart(td)
	flush := func() {
		if part.traces.ResourceSpans().Len() > 0 {
			parts = append(parts, part.traces)
		}
		part = newPart(td)
	}
	for _, trace := range byTrace(td) {
		size := 0
		for _, at := range trace {
			size += at.size
		}
		// What a resource and a scope add is counted when the span is.
		if part.size > 0 && part.size+size > limit {
			flush()
		}
		for _, at := range trace {
			if part.size > 0 && part.size+part.cost(at) > limit {
				flush()
			}
			part.add(at)
		}
	}
	flush()
	return parts
}

// halve divides a batch of at least two spans into two of about the same size.
func halve(td ptrace.Traces) (ptrace.Traces, ptrace.Traces) {
	traces := byTrace(td)
	total := 0
	for _, trace := range traces {
		for _, at := range trace {
			total += at.size
		}
	}
	first, second := newPart(td), newPart(td)
	seen := 0
	left := td.SpanCount()
	for _, trace := range traces {
		for _, at := range trace {
			// The first span goes to the first half and the last to the second.
			if seen == 0 || seen+at.size/2 < total/2 && left > 1 {
				first.add(at)
			} else {
				second.add(at)
			}
			seen += at.size
			left--
		}
	}
	return first.traces, second.traces
}

// byTrace lists the spans of each trace, in the order of the batch.
func byTrace(td ptrace.Traces) [][]spanAt {
	var order [][]spanAt
	index := map[pcommon.TraceID]int{}
	for r, rs := range td.ResourceSpans().All() {
		for s, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				i, ok := index[span.TraceID()]
				if !ok {
					i = len(order)
					index[span.TraceID()] = i
					order = append(order, nil)
				}
				// A length and a tag before each span.
				order[i] = append(order[i], spanAt{r, s, span, sizer.SpanSize(span) + frame})
			}
		}
	}
	return order
}

// frame is the most that protobuf puts before a message of these sizes.
const frame = 6

// part is a batch that takes spans of another one.
type part struct {
	from            ptrace.Traces
	traces          ptrace.Traces
	resource, scope int // of the last span
	size            int
}

func newPart(from ptrace.Traces) *part {
	return &part{from: from, traces: ptrace.NewTraces(), resource: -1, scope: -1}
}

// cost is how many bytes a span adds.
func (p *part) cost(at spanAt) int {
	size := at.size
	rs := p.from.ResourceSpans().At(at.resource)
	if p.resource != at.resource {
		size += resourceSize(rs)
	}
	if p.resource != at.resource || p.scope != at.scope {
		size += scopeSize(rs.ScopeSpans().At(at.scope))
	}
	return size
}

func (p *part) add(at spanAt) {
	p.size += p.cost(at)
	from := p.from.ResourceSpans().At(at.resource)
	if p.resource != at.resource {
		to := p.traces.ResourceSpans().AppendEmpty()
		from.Resource().CopyTo(to.Resource())
		to.SetSchemaUrl(from.SchemaUrl())
		p.resource, p.scope = at.resource, -1
	}
	to := p.traces.ResourceSpans().At(p.traces.ResourceSpans().Len() - 1)
	if p.scope != at.scope {
		scope := to.ScopeSpans().AppendEmpty()
		from.ScopeSpans().At(at.scope).Scope().CopyTo(scope.Scope())
		scope.SetSchemaUrl(from.ScopeSpans().At(at.scope).SchemaUrl())
		p.scope = at.scope
	}
	at.span.MoveTo(to.ScopeSpans().At(to.ScopeSpans().Len() - 1).Spans().AppendEmpty())
}

func resourceSize(rs ptrace.ResourceSpans) int {
	return attributesSize(rs.Resource().Attributes()) + len(rs.SchemaUrl()) + 2*frame
}

func scopeSize(ss ptrace.ScopeSpans) int {
	return attributesSize(ss.Scope().Attributes()) + len(ss.Scope().Name()) + len(ss.Scope().Version()) + len(ss.SchemaUrl()) + 4*frame
}

// attributesSize is at least what cleaned attributes take.
func attributesSize(attributes pcommon.Map) int {
	size := 0
	for key, value := range attributes.All() {
		size += len(key) + valueSize(value) + 3*frame
	}
	return size
}

func valueSize(value pcommon.Value) int {
	switch value.Type() {
	case pcommon.ValueTypeStr:
		return len(value.Str()) + frame
	case pcommon.ValueTypeSlice:
		size := frame
		for _, element := range value.Slice().All() {
			size += valueSize(element) + frame
		}
		return size
	}
	return 10 + frame
}
