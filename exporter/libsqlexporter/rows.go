package libsqlexporter

import (
	"math"
	"sync"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/dburl"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/otlp"
)

// mapper turns a batch of OTLP spans into rows. It is used for one batch after
// the other, by one goroutine.
type mapper struct {
	view       genai.View
	own        pcommon.Map // the attributes of the span at work
	whole      bool        // its attributes stand in Mastra's column as they are
	enc        otlp.Encoder
	metadata   object
	attributes object
	scratch    []byte
	words      skimmer

	relatives relatives
	ids       idMaker
	// pending are the rows whose entity depends on spans above them, which may
	// come later in the batch.
	pending   []pendingEntity
	maxColumn int
	// consumed are the attribute keys that a foreign span has given to columns.
	consumed map[string]bool
}

// serviceName is the one resource attribute that has a column (OpenTelemetry
// semantic conventions, resource).
const serviceName = "service.name"

// mappers lends a mapper with its memory to each batch.
type mappers struct {
	pool    sync.Pool
	maxText int
	// maxColumn is the longest value that the database takes; 0 is no limit.
	maxColumn int
}

func newMappers(maxText, maxColumn int) *mappers {
	return &mappers{maxText: maxText, maxColumn: maxColumn}
}

// maxColumn is the longest value of a column at a target, in bytes.
func maxColumn(at dburl.Target) int {
	if at.Server == nil {
		return 0
	}
	return 4_900_000 // libsql reference 2.3
}

func (p *mappers) borrow() *mapper {
	m, ok := p.pool.Get().(*mapper)
	if !ok {
		m = &mapper{consumed: map[string]bool{}, maxColumn: p.maxColumn}
		m.enc.MaxText = p.maxText
		m.metadata.enc, m.attributes.enc = &m.enc, &m.enc
	}
	m.reset()
	return m
}

func (p *mappers) giveBack(m *mapper) {
	// The view would keep the batch in memory.
	m.view, m.own = genai.View{}, pcommon.Map{}
	p.pool.Put(m)
}

// spans maps a batch. The rows share no memory with it. cut is the number of
// values that were longer than the limit.
func (p *mappers) spans(td ptrace.Traces) (rows []tracestore.Span, cut int) {
	m := p.borrow()
	defer p.giveBack(m)
	return m.batch(td), m.enc.Cut
}

func (m *mapper) reset() {
	m.enc.Cut = 0
	m.relatives.reset()
	m.ids.reset()
	m.pending = m.pending[:0]
}

func (m *mapper) batch(td ptrace.Traces) []tracestore.Span {
	rows := make([]tracestore.Span, 0, td.SpanCount())
	m.ids.look(td)
	for _, rs := range td.ResourceSpans().All() {
		resource := m.resource(rs.Resource(), rs.SchemaUrl())
		for _, ss := range rs.ScopeSpans().All() {
			scope := m.scope(ss.Scope(), ss.SchemaUrl())
			for _, span := range ss.Spans().All() {
				rows = append(rows, tracestore.Span{Resource: resource, Scope: scope})
				row := &rows[len(rows)-1]
				pending := isPending(span)
				if pending {
					var ok bool
					if span, ok = announced(span); !ok {
						rows = rows[:len(rows)-1]
						continue
					}
				}
				m.span(rs.Resource(), ss.Scope(), span, row)
				m.shrink(rs.Resource(), ss.Scope(), span, row)
				if pending {
					hasBegun(row)
				}
				m.pending = appendPending(m.pending, row, len(rows)-1)
				m.relatives.add(row, span)
			}
		}
	}
	m.settleEntities(rows)
	return rows
}

func (m *mapper) resource(resource pcommon.Resource, schemaURL string) *tracestore.Resource {
	m.enc.NextSpan()
	r := &tracestore.Resource{
		Attributes:        tracestore.JSON(m.enc.AppendAttributes(nil, resource.Attributes())),
		DroppedAttributes: resource.DroppedAttributesCount(),
		SchemaURL:         m.enc.Text(schemaURL),
	}
	if name, ok := resource.Attributes().Get(serviceName); ok {
		r.ServiceName = m.enc.Text(name.AsString())
	}
	return r
}

func (m *mapper) scope(scope pcommon.InstrumentationScope, schemaURL string) *tracestore.Scope {
	m.enc.NextSpan()
	return &tracestore.Scope{
		Name:              m.enc.Text(scope.Name()),
		Version:           m.enc.Text(scope.Version()),
		Attributes:        tracestore.JSON(m.enc.AppendAttributes(nil, scope.Attributes())),
		DroppedAttributes: scope.DroppedAttributesCount(),
		SchemaURL:         m.enc.Text(schemaURL),
	}
}

// shrink cuts the values of a span shorter where together they make a column
// longer than the database takes.
func (m *mapper) shrink(resource pcommon.Resource, scope pcommon.InstrumentationScope, span ptrace.Span, row *tracestore.Span) {
	if m.maxColumn == 0 || longestColumn(row) <= m.maxColumn {
		return
	}
	limit := m.enc.MaxText
	defer func() { m.enc.MaxText = limit }()
	for m.enc.MaxText > 64 && longestColumn(row) > m.maxColumn {
		m.enc.MaxText /= 4
		*row = tracestore.Span{Resource: row.Resource, Scope: row.Scope, TraceID: row.TraceID, SpanID: row.SpanID, ParentSpanID: row.ParentSpanID, GeneratedID: row.GeneratedID}
		m.refill(resource, scope, span, row)
	}
	if longestColumn(row) > m.maxColumn {
		// Tens of thousands of attributes: OTLP has a number for those left out.
		row.DroppedAttributes += uint32(min(m.own.Len(), math.MaxUint32-int(row.DroppedAttributes)))
		row.Attributes, row.Events, row.Mastra.Attributes, row.Mastra.Metadata = "{}", "", "", ""
	}
}

func longestColumn(row *tracestore.Span) int {
	m := &row.Mastra
	longest := len(row.Name) + len(row.StatusMessage)
	for _, column := range []tracestore.JSON{row.Attributes, row.Events, m.Input, m.Output, m.Attributes, m.Metadata, m.Tags, m.Error, m.Links} {
		longest = max(longest, len(column))
	}
	return longest
}

// span fills row.
func (m *mapper) span(resource pcommon.Resource, scope pcommon.InstrumentationScope, span ptrace.Span, row *tracestore.Span) {
	m.ids.fill(span, row)
	m.refill(resource, scope, span, row)
}

// refill fills everything of row but its ids.
func (m *mapper) refill(resource pcommon.Resource, scope pcommon.InstrumentationScope, span ptrace.Span, row *tracestore.Span) {
	m.enc.NextSpan()
	m.view.Read(resource, scope, span)
	m.own = span.Attributes()
	row.Name = m.enc.Text(span.Name())
	row.Kind = int32(span.Kind())
	row.StartNanos, row.EndNanos = uint64(span.StartTimestamp()), uint64(span.EndTimestamp())
	row.StatusCode, row.StatusMessage = int32(span.Status().Code()), m.enc.Text(span.Status().Message())
	row.TraceState = m.enc.Text(span.TraceState().AsRaw())
	row.Flags = span.Flags()
	row.DroppedAttributes, row.DroppedEvents, row.DroppedLinks = span.DroppedAttributesCount(), span.DroppedEventsCount(), span.DroppedLinksCount()

	m.facts(&row.Facts)
	m.mastraRow(span, row)
	m.previews(row)
	// The lists come last: they refer to what stands in the columns by now.
	m.lists(span, row)
}

func (m *mapper) lists(span ptrace.Span, row *tracestore.Span) {
	// No list means that Mastra's column is the list.
	if !m.whole {
		m.scratch = m.enc.AppendAttributes(m.scratch[:0], span.Attributes())
		row.Attributes = tracestore.JSON(m.scratch)
	}
	if span.Events().Len() > 0 {
		m.scratch = m.enc.AppendEvents(m.scratch[:0], span.Events())
		row.Events = tracestore.JSON(m.scratch)
	}
}
