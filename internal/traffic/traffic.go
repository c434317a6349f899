// Package traffic makes traces of an LLM application: the ticket-generation
// workflow that the demo shows and that load tests repeat. They have the shape
// that @mastra/otel-exporter 1.4 gives them, down to the attribute names.
package traffic

import (
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Options shape the traces.
type Options struct {
	// Seed decides ids, texts and numbers: equal seeds make equal traces, apart
	// from their times.
	Seed uint64
	// TextSize is the size of each prompt in bytes; prompts are never shorter
	// than what the workflow itself says (about 200 bytes). The spans of a trace
	// that carry a prompt are the agents' runs and generations.
	TextSize int
	// ServiceName is the resource's service.name.
	ServiceName string
}

// Generator makes one trace after the other. It is not safe for concurrent use.
type Generator struct {
	random  *rand.Rand
	options Options
}

// New returns a generator.
func New(options Options) *Generator {
	return &Generator{random: rand.New(rand.NewPCG(options.Seed, 0x6f74656c)), options: options}
}

// Trace makes one whole trace that ends at the given time: an export request of
// one resource and one scope, children before parents as an SDK sends them.
func (g *Generator) Trace(end time.Time) ptrace.Traces {
	traces := ptrace.NewTraces()
	rs := traces.ResourceSpans().AppendEmpty()
	resource := rs.Resource().Attributes()
	resource.PutStr("service.name", g.options.ServiceName)
	resource.PutStr("deployment.environment.name", "demo")
	resource.PutStr("telemetry.sdk.language", "nodejs")
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("@mastra/otel-exporter")
	ss.Scope().SetVersion("1.4.0")

	t := &tracer{generator: g, spans: ss.Spans()}
	g.fill(t.trace[:])
	root := g.ticketWorkflow()
	t.emit(root, pcommon.SpanID{}, end.Add(-root.length()))
	return traces
}

func (g *Generator) fill(id []byte) {
	for i := range id {
		id[i] = byte(g.random.Uint32())
	}
}

// step is a span to be: what it does itself and what it calls, one after the
// other.
type step struct {
	name       string
	kind       ptrace.SpanKind
	own        time.Duration // time spent before and after the children
	attributes map[string]any
	children   []*step
	firstToken time.Duration // after the start; 0 for spans that stream nothing
}

func (s *step) length() time.Duration {
	length := s.own
	for _, child := range s.children {
		length += child.length()
	}
	return length
}

type tracer struct {
	generator *Generator
	spans     ptrace.SpanSlice
	trace     pcommon.TraceID
}

func (t *tracer) emit(s *step, parent pcommon.SpanID, start time.Time) {
	var id pcommon.SpanID
	t.generator.fill(id[:])
	at := start.Add(s.own / 2)
	for _, child := range s.children {
		t.emit(child, id, at)
		at = at.Add(child.length())
	}
	span := t.spans.AppendEmpty()
	span.SetTraceID(t.trace)
	span.SetSpanID(id)
	span.SetParentSpanID(parent)
	span.SetName(s.name)
	span.SetKind(s.kind)
	span.SetFlags(1)
	span.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
	span.SetEndTimestamp(pcommon.NewTimestampFromTime(at.Add(s.own / 2)))
	span.Status().SetCode(ptrace.StatusCodeOk)
	for _, key := range slices.Sorted(maps.Keys(s.attributes)) {
		if err := span.Attributes().PutEmpty(key).FromRaw(s.attributes[key]); err != nil {
			panic(err) // only strings, numbers and booleans of ours
		}
	}
	if s.firstToken > 0 {
		span.Attributes().PutStr("mastra.completion_start_time", start.Add(s.firstToken).UTC().Format("2006-01-02T15:04:05.000Z"))
	}
}
