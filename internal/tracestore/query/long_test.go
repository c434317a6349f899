package query_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// longTrace is a trace of n spans: calls of models and tools below steps, some below
// parents that are missing, some in a circle, and some that have only begun.
func longTrace(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "long")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	id := func(n int) (id pcommon.SpanID) {
		binary.BigEndian.PutUint64(id[:], uint64(n+1))
		return id
	}
	for i := range n {
		span := spans.AppendEmpty()
		span.SetTraceID(pcommon.TraceID{0: 0xfa})
		span.SetSpanID(id(i))
		switch {
		case i == 0:
		case i%97 == 0:
			span.SetParentSpanID(id(1_000_000 + i)) // is not there
		case i%101 == 0:
			span.SetParentSpanID(id(i + 1)) // a circle with the next
		case i%101 == 1 && i > 1:
			span.SetParentSpanID(id(i - 1))
		default:
			span.SetParentSpanID(id(i / 7))
		}
		start := time.Date(2026, 11, 22, 10, 0, 0, i*1000*1000, time.UTC)
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(500 * time.Microsecond)))
		span.SetName("span")
		switch i % 3 {
		case 1:
			_ = span.Attributes().FromRaw(chat(says("user: hi"), says("assistant: hello")))
		case 2:
			_ = span.Attributes().FromRaw(map[string]any{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "look", "gen_ai.tool.call.arguments": `{"n":1}`})
		}
		if i > 0 && i%211 == 0 {
			span.Attributes().PutStr("logfire.span_type", "pending_span")
			span.SetParentSpanID(id(2_000_000 + i)) // Logfire: of a span that is to come
		}
	}
	return td
}

func TestALongTraceIsWhole(t *testing.T) {
	const n = 5000
	store := stored(t, longTrace(n))
	trace, err := store.Trace(t.Context(), "last")
	require.NoError(t, err)
	assert.InDelta(t, n, len(trace.Spans), n/200, "announcements may be in the place of their spans")
	at := map[string]int{}
	for i := range trace.Spans {
		at[trace.Spans[i].SpanID] = i
	}
	assert.Len(t, at, len(trace.Spans))
	running, orphans, circles := 0, 0, 0
	for i := range trace.Spans {
		s := &trace.Spans[i]
		if s.State == query.Running {
			running++
		}
		parent, ok := at[s.ParentID]
		switch {
		case !ok && s.ParentID != "":
			orphans++
		case ok && parent > i:
			circles++
		}
	}
	assert.Positive(t, orphans)
	assert.Positive(t, running)
	// Of each circle the earliest comes before its parent, and no other span does.
	assert.InDelta(t, n/101, circles, 3)
	tree := trace.Tree()
	total := 0
	var walk func([]*query.Node)
	walk = func(nodes []*query.Node) {
		for _, node := range nodes {
			total++
			walk(node.Children)
		}
	}
	walk(tree)
	assert.Equal(t, len(trace.Spans), total)
}

// BenchmarkTrace reads a trace of 5,000 spans; the goal is 150 ms.
func BenchmarkTrace(b *testing.B) {
	store := stored(b, longTrace(5000))
	b.ResetTimer()
	for b.Loop() {
		if _, err := store.Trace(b.Context(), "last"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSpan reads one of its spans, with its conversation.
func BenchmarkSpan(b *testing.B) {
	store := stored(b, longTrace(5000))
	b.ResetTimer()
	for b.Loop() {
		if _, err := store.Span(b.Context(), "last", "0000000000000fa1", 20_000); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOTLP reads it whole.
func BenchmarkOTLP(b *testing.B) {
	store := stored(b, longTrace(5000))
	b.ResetTimer()
	for b.Loop() {
		if _, err := store.OTLP(b.Context(), "last"); err != nil {
			b.Fatal(err)
		}
	}
}
