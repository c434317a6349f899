package langfuseexporter

import (
	"context"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// shipment is what goes to one project.
type shipment struct {
	to     *project
	traces ptrace.Traces
}

// tally counts what happened to the spans of a batch.
type tally struct {
	filtered, truncated, conflicts, unrouted int
	orphans                                  [flagged + 1]int
	sanitized                                mapping.Sanitized
}

// preparation turns one batch into shipments.
type preparation struct {
	e        *langfuseExporter
	mapper   *mapping.Mapper
	view     genai.View
	rollups  genai.Rollups
	source   ptrace.Traces
	families []*family
	byTrace  map[pcommon.TraceID]*family
	all      []node
	order    []*node
	tally    tally
}

// prepare filters, routes, joins and maps a batch. The batch is not changed.
func (e *langfuseExporter) prepare(ctx context.Context, td ptrace.Traces) ([]shipment, *preparation) {
	p := &preparation{e: e, mapper: e.mapping.New(), source: td, byTrace: map[pcommon.TraceID]*family{}}
	p.all = make([]node, 0, td.SpanCount())
	p.rollups.Reset()
	p.read()
	byRequest := e.router.byMetadata(ctx)
	for _, f := range p.families {
		f.known, _ = e.memory.recall(f.id)
		f.choose(&e.config.Filter)
		p.tally.conflicts += e.router.choose(f, byRequest)
		f.tell(&p.rollups)
	}
	p.rollups.Resolve()
	for _, f := range p.families {
		f.findRepeats(&p.rollups)
		f.place(e.config.Filter.Orphans)
		if e.config.Propagate.Enabled {
			f.inherit(p.mapper)
		} else {
			f.isolate(e.config.Mapping.Enabled)
		}
		e.memory.learn(f.id, f.news())
	}
	shipments := p.write(ctx)
	p.tally.sanitized = p.mapper.Sanitized
	return shipments, p
}

// read looks at every span once.
func (p *preparation) read() {
	for r, rs := range p.source.ResourceSpans().All() {
		resource := p.mapper.Resource(rs.Resource())
		for s, ss := range rs.ScopeSpans().All() {
			judged := p.e.filter.scope(ss.Scope().Name())
			for _, span := range ss.Spans().All() {
				if span.TraceID().IsEmpty() || span.SpanID().IsEmpty() {
					// The server refuses the whole request for one such span.
					p.mapper.Sanitized[mapping.ReasonID]++
					continue
				}
				p.readSpan(rs.Resource(), ss.Scope(), span, resource, judged, r, s)
			}
		}
	}
}

func (p *preparation) readSpan(
	resource pcommon.Resource, scope pcommon.InstrumentationScope, span ptrace.Span, facts *mapping.Resource, judged verdict, r, s int,
) {
	v := &p.view
	v.Read(resource, scope, span)
	if v.IsPending() {
		p.tally.filtered++ // the span that it announces comes by itself
		return
	}
	p.all = append(p.all, node{span: span, resource: r, scope: s})
	n := &p.all[len(p.all)-1]
	n.kind, n.usage = v.Kind(), v.HasUsage()
	n.llm, n.included = p.e.filter.llm(v, span.Attributes())
	n.llm = n.llm || judged.llm
	n.included = n.included || judged.included
	n.excluded = judged.excluded
	parent := span.ParentSpanID()
	_, n.judged = span.Attributes().Get(mapping.CostStatusKey)
	if v.Kind().CallsModel() && v.HasUsage() {
		n.response = v.Str(genai.ResponseID)
	}
	n.own = p.mapper.Stated(facts, span.Attributes(), parent.IsEmpty())
	if parent.IsEmpty() {
		n.own.NameRoot(v, span.Name())
	}
	n.rootName = mapping.RootName(v, span.Name())
	n.named = p.e.router.named(resource.Attributes(), scope.Attributes(), span.Attributes())
	f := p.byTrace[span.TraceID()]
	if f == nil {
		f = newFamily(span.TraceID())
		p.byTrace[span.TraceID()] = f
		p.families = append(p.families, f)
	}
	f.add(n)
	p.order = append(p.order, n)
}

// isolate leaves each span with the fields that it states itself, and without mapping
// with none: they are in its attributes.
func (f *family) isolate(mapped bool) {
	for _, n := range f.nodes {
		n.trace = mapping.Trace{}
		if mapped {
			n.trace = n.own
		}
	}
}

// target is where the spans of a project are written.
type target struct {
	shipment
	resource, scope int // of the source, that the last span came from
	spans           ptrace.SpanSlice
	scopes          ptrace.ScopeSpansSlice
}

// write maps the spans that are sent, in the order and the structure of the
// batch.
func (p *preparation) write(ctx context.Context) []shipment {
	targets := map[*project]*target{}
	var order []*target
	for _, n := range p.order {
		switch {
		case !n.keep:
			p.tally.filtered++
			continue
		case n.to == nil:
			p.tally.unrouted++
			continue
		}
		t := targets[n.to]
		if t == nil {
			t = &target{shipment: shipment{to: n.to, traces: ptrace.NewTraces()}, resource: -1, scope: -1}
			targets[n.to] = t
			order = append(order, t)
		}
		p.writeSpan(ctx, t, n)
	}
	shipments := make([]shipment, len(order))
	for i, t := range order {
		shipments[i] = t.shipment
	}
	return shipments
}

// into returns the list of spans for a span's resource and scope.
func (p *preparation) into(t *target, n *node) ptrace.SpanSlice {
	rs := p.source.ResourceSpans().At(n.resource)
	ss := rs.ScopeSpans().At(n.scope)
	if t.resource != n.resource {
		to := t.traces.ResourceSpans().AppendEmpty()
		to.SetSchemaUrl(p.mapper.Name(rs.SchemaUrl()))
		attributes := to.Resource().Attributes()
		p.mapper.CleanResource(attributes, rs.Resource().Attributes())
		p.e.router.remove(attributes, func(s RoutingSource) string { return s.Resource })
		p.fitShared(attributes)
		t.resource, t.scope, t.scopes = n.resource, -1, to.ScopeSpans()
	}
	if t.scope != n.scope {
		to := t.scopes.AppendEmpty()
		to.SetSchemaUrl(p.mapper.Name(ss.SchemaUrl()))
		to.Scope().SetName(p.mapper.Name(ss.Scope().Name()))
		to.Scope().SetVersion(p.mapper.Name(ss.Scope().Version()))
		p.mapper.Clean(to.Scope().Attributes(), ss.Scope().Attributes())
		p.e.router.remove(to.Scope().Attributes(), func(s RoutingSource) string { return s.Scope })
		p.fitShared(to.Scope().Attributes())
		t.scope, t.spans = n.scope, to.Spans()
	}
	return t.spans
}

// fitShared leaves a resource or a scope half of what a request has for more than its
// longest span, and where that is nothing a sixteenth.
func (p *preparation) fitShared(attributes pcommon.Map) {
	c := p.e.config
	if fitShared(attributes, max((c.MaxRequestBytes-c.MaxSpanBytes)/2, c.MaxRequestBytes/16)) {
		p.mapper.Sanitized[mapping.ReasonLength]++
	}
}

func (p *preparation) writeSpan(ctx context.Context, t *target, n *node) {
	spans := p.into(t, n)
	rs := p.source.ResourceSpans().At(n.resource)
	trace, id := n.span.TraceID(), n.span.SpanID()
	in := mapping.Span{
		Resource: rs.Resource(), Scope: rs.ScopeSpans().At(n.scope).Scope(), Span: n.span,
		Trace: n.trace, Parent: n.parent, AppRoot: n.appRoot, IsRoot: n.isRoot || n.appRoot,
		Repeats: n.repeats, SumsUp: p.rollups.Is(trace, id), Covered: p.rollups.Covered(trace, id),
	}
	p.mapper.Fallback(&in.Trace)
	p.tally.orphans[n.action]++
	first := spans.Len()
	dst := spans.AppendEmpty()
	p.mapper.Media = p.mediaOf(ctx, t.to, n)
	// A new span may move those before it: they are looked up again by index.
	var extra []ptrace.Span
	p.mapper.Map(dst, &in, func() ptrace.Span {
		extra = append(extra, ptrace.NewSpan())
		return extra[len(extra)-1]
	})
	for _, span := range extra {
		span.MoveTo(spans.AppendEmpty())
	}
	for i := first; i < spans.Len(); i++ {
		p.e.router.remove(spans.At(i).Attributes(), func(s RoutingSource) string { return s.Span })
		if fit(spans.At(i), p.e.config.MaxSpanBytes) {
			p.tally.truncated++
		}
	}
}
