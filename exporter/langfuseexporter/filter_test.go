package langfuseexporter

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// service is a trace of an HTTP server that runs an agent, and one that does not.
func service() ptrace.Traces {
	b := newBatch("http")
	b.span(1, 0, "POST /ask", nil)
	b.span(2, 1, "SELECT", map[string]any{"db.system": "postgresql", "session.id": "s", "traceloop.association.properties.user_id": "u"})
	b.spanOf(2, 9, 0, "GET /health", map[string]any{"gen_ai.conversation.id": "c"})
	b.scope("my-agent")
	b.span(3, 1, "agent", map[string]any{"gen_ai.operation.name": "invoke_agent"})
	b.scope("crewai.telemetry")
	b.span(4, 3, "Task Created", nil)
	b.scope("ai.other")
	b.span(5, 3, "no AI SDK", nil)
	return b.traces
}

func names(stored []*langfusetest.Observation) []string {
	var all []string
	for _, o := range stored {
		all = append(all, o.Name)
	}
	return all
}

func TestWhichSpansAreSent(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*FilterConfig)
		want   []string
	}{
		"llm":                   {func(*FilterConfig) {}, []string{"agent", "Task Created"}},
		"llm with its root":     {func(c *FilterConfig) { c.KeepRoot = true }, []string{"POST /ask", "agent", "Task Created"}},
		"llm_traces":            {func(c *FilterConfig) { c.Mode = "llm_traces" }, []string{"POST /ask", "SELECT", "agent", "Task Created", "no AI SDK"}},
		"all":                   {func(c *FilterConfig) { c.Mode = "all" }, []string{"POST /ask", "SELECT", "GET /health", "agent", "Task Created", "no AI SDK"}},
		"excluded scopes":       {func(c *FilterConfig) { c.Mode = "all"; c.ExcludeScopes = []string{"http", "ai"} }, []string{"agent", "Task Created", "no AI SDK"}},
		"a name before another": {func(c *FilterConfig) { c.Mode = "all"; c.ExcludeScopes = []string{"my", "crewai"} }, []string{"POST /ask", "SELECT", "GET /health", "agent", "no AI SDK"}},
		"included scopes":       {func(c *FilterConfig) { c.IncludeScopes = []string{"ai.other"} }, []string{"agent", "Task Created", "no AI SDK"}},
		"included attribute":    {func(c *FilterConfig) { c.IncludeAttributes = []string{"db.system"} }, []string{"SELECT", "agent", "Task Created"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, names(send(t, func(c *Config) { test.change(&c.Filter) }, service())))
		})
	}
}

func TestOrphans(t *testing.T) {
	of := func(orphans string) map[string]*langfusetest.Observation {
		return byName(t, send(t, func(c *Config) { c.Filter.Orphans = orphans }, service()))
	}
	parent := spanID(1).String()
	o := of("reparent")["agent"]
	assert.Equal(t, []any{"", true, parent}, []any{o.ParentID, o.Root, o.Metadata["original_parent_span_id"]})
	o = of("flag")["agent"]
	assert.Equal(t, []any{parent, true, nil}, []any{o.ParentID, o.Root, o.Metadata["original_parent_span_id"]})
	o = of("keep")["agent"]
	assert.Equal(t, []any{parent, false, nil}, []any{o.ParentID, o.Root, o.Metadata["original_parent_span_id"]})
}

func TestAParentInAnotherProcess(t *testing.T) {
	for flags, root := range map[uint32]bool{0: false, 0x100: false, 0x300: true} {
		b := newBatch("test")
		b.span(2, 1, "agent", map[string]any{"gen_ai.operation.name": "invoke_agent"}).SetFlags(flags)
		o := send(t, nil, b.traces)[0]
		assert.Equal(t, root, o.Root, flags)
		assert.Equal(t, spanID(1).String(), o.ParentID)
	}
}

func TestSpansThatNameEachOtherAsParents(t *testing.T) {
	b := newBatch("http")
	b.span(1, 2, "one", nil)
	b.span(2, 1, "two", nil)
	b.scope("test")
	b.span(3, 1, "call", chat(nil))
	b.span(4, 4, "own parent", chat(nil))
	stored := byName(t, send(t, nil, b.traces))
	require.Len(t, stored, 2)
	assert.True(t, stored["call"].Root)
	assert.True(t, stored["own parent"].Root)
	assert.Empty(t, stored["own parent"].ParentID)
	assert.Equal(t, spanID(4).String(), stored["own parent"].Metadata["original_parent_span_id"])
}

// TestACircleOfSpans that are all sent has one root: the first to begin.
func TestACircleOfSpans(t *testing.T) {
	b := newBatch("test")
	b.span(1, 3, "one", chat(nil))
	b.span(2, 1, "two", chat(nil))
	b.span(3, 2, "three", chat(nil))
	b.span(4, 3, "below", chat(nil))
	stored := byName(t, send(t, nil, b.traces))
	require.Len(t, stored, 4)
	for name, want := range map[string][]any{
		"one": {"", true}, "two": {spanID(1).String(), false}, "three": {spanID(2).String(), false}, "below": {spanID(3).String(), false},
	} {
		assert.Equal(t, want, []any{stored[name].ParentID, stored[name].Root}, name)
	}
}

// TestALongWayUpIsGoneOnce: the nearest ancestor of many spans below a long chain
// that is not sent.
func TestALongWayUpIsGoneOnce(t *testing.T) {
	const depth = 10_000
	b := newBatch("http")
	for i := range depth {
		span := b.span(1, 0, "layer", nil)
		span.SetSpanID(id(i))
		if i > 0 {
			span.SetParentSpanID(id(i - 1))
		}
	}
	b.scope("test")
	for i := range depth {
		span := b.span(2, 0, "call", chat(nil))
		span.SetSpanID(id(depth + i))
		span.SetParentSpanID(id(i))
	}
	f := familyOf(t, b.traces)
	f.place(orphansReparent)
	assert.LessOrEqual(t, len(f.above), depth, "each layer is looked at once")
	for _, n := range f.nodes {
		if n.keep {
			assert.Equal(t, promoted, n.action)
		}
	}
}

// familyOf reads the spans of a trace.
func familyOf(t *testing.T, td ptrace.Traces) *family {
	t.Helper()
	config := createDefaultConfig().(*Config)
	config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
	e, err := newExporter(config, exportertest.NewNopSettings(metadata.Type))
	require.NoError(t, err)
	p := &preparation{e: e, mapper: e.mapping.New(), source: td, byTrace: map[pcommon.TraceID]*family{}, all: make([]node, 0, td.SpanCount())}
	p.read()
	require.Len(t, p.families, 1)
	p.families[0].choose(&config.Filter)
	e.router.choose(p.families[0], nil)
	return p.families[0]
}

// TestADeepTrace has a span below each span.
func TestADeepTrace(t *testing.T) {
	const depth = 10_000
	b := newBatch("http")
	for i := range depth {
		span := b.span(1, 0, "layer", map[string]any{"user.id": "u"})
		if i > 0 {
			span.Attributes().Clear()
			span.SetParentSpanID(id(i - 1))
		}
		span.SetSpanID(id(i))
	}
	b.scope("test")
	b.span(9, 0, "call", chat(nil)).SetParentSpanID(id(depth - 1))
	stored := send(t, nil, b.traces)
	require.Len(t, stored, 1)
	assert.Equal(t, "u", stored[0].UserID)
	assert.True(t, stored[0].Root)
}

func id(i int) pcommon.SpanID {
	return pcommon.SpanID{0: 0xd, 5: byte(i >> 16), 6: byte(i >> 8), 7: byte(i)}
}

// TestATraceInSeveralBatches comes as it really does: children first.
func TestATraceInSeveralBatches(t *testing.T) {
	s := newServer(t, langfusetest.Options{})
	e := started(t, testConfig(s))
	one := func(scope string, id, parent byte, name string, attributes map[string]any) {
		b := newBatch(scope)
		b.span(id, parent, name, attributes)
		require.NoError(t, e.ConsumeTraces(t.Context(), b.traces))
	}
	one("http", 2, 1, "middleware", map[string]any{"user.id": "u", "langfuse.trace.metadata.team": "blue"})
	one("test", 3, 2, "agent", map[string]any{"gen_ai.operation.name": "invoke_agent"})
	one("test", 1, 0, "root", map[string]any{"gen_ai.operation.name": "invoke_workflow", "session.id": "s"})
	one("test", 4, 3, "late", chat(nil))
	stored := byName(t, s.Observations())
	require.Len(t, stored, 3)
	assert.Equal(t, spanID(1).String(), stored["agent"].ParentID, "the parent was left out in an earlier batch")
	assert.Equal(t, []any{"u", "blue", ""}, []any{stored["agent"].UserID, stored["agent"].Metadata["team"], stored["agent"].SessionID})
	assert.Equal(t, []any{"u", "s", "root"}, []any{stored["late"].UserID, stored["late"].SessionID, stored["late"].TraceName})
}

func TestNothingIsPropagatedWhereThatIsOff(t *testing.T) {
	b := newBatch("test")
	b.span(1, 0, "root", map[string]any{"gen_ai.operation.name": "invoke_workflow", "user.id": "u"})
	b.span(2, 1, "call", chat(nil))
	stored := byName(t, send(t, func(c *Config) { c.Propagate.Enabled = false }, b.traces))
	assert.Equal(t, "u", stored["root"].UserID)
	assert.Empty(t, stored["call"].UserID)
}

func TestTheMemoryIsBounded(t *testing.T) {
	now := time.Unix(0, 0)
	m := newMemory(CacheConfig{MaxTraces: 2, TTL: time.Minute})
	m.now = func() time.Time { return now }
	knows := func(i byte) bool {
		_, ok := m.recall(pcommon.TraceID{i})
		return ok
	}
	for i := range byte(3) {
		m.learn(pcommon.TraceID{i}, &remembered{})
	}
	assert.False(t, knows(0))
	assert.True(t, knows(1))
	m.learn(pcommon.TraceID{3}, &remembered{})
	assert.False(t, knows(2), "that was used least recently")
	assert.True(t, knows(1))
	now = now.Add(2 * time.Minute)
	assert.False(t, knows(1))
	assert.Empty(t, m.traces)
	assert.Zero(t, m.order.Len())

	off := newMemory(CacheConfig{})
	off.learn(pcommon.TraceID{1}, &remembered{})
	_, ok := off.recall(pcommon.TraceID{1})
	assert.False(t, ok)
}

// TestTokensThatAreStatedTwiceOfWhichOneIsNotSent must not lose both.
func TestTokensThatAreStatedTwiceOfWhichOneIsNotSent(t *testing.T) {
	call := map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.response.id": "r1",
		"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5, "gen_ai.usage.cost": 0.5,
	}
	for name, parent := range map[string]byte{"below": 1, "beside": 9} {
		t.Run(name, func(t *testing.T) {
			b := newBatch("my.sdk")
			b.span(1, 9, "kept", call)
			b.scope("their.sdk").span(2, parent, "excluded", call).SetKind(ptrace.SpanKindClient)
			stored := send(t, func(c *Config) { c.Filter.ExcludeScopes = []string{"their.sdk"} }, b.traces)
			require.Len(t, stored, 1)
			assert.EqualValues(t, 10, stored[0].Usage["input"])
			assert.Equal(t, 0.5, stored[0].Cost["total"])
		})
	}
}

// TestWhatIsInheritedIsBounded has more metadata than spans may inherit.
func TestWhatIsInheritedIsBounded(t *testing.T) {
	const most = 128
	s := newServer(t, langfusetest.Options{})
	e := started(t, testConfig(s))
	inherited := func(o *langfusetest.Observation) (n int) {
		for key := range o.Metadata {
			if strings.HasPrefix(key, "key_") {
				n++
			}
		}
		return n
	}
	for batch := range byte(10) {
		metadata := map[string]any{}
		for i := range 50 {
			metadata[fmt.Sprintf("langfuse.trace.metadata.key_%d_%d", batch, i)] = "v"
		}
		b := newBatch("test")
		b.span(10+batch, 1, "some", chat(metadata))
		require.NoError(t, e.ConsumeTraces(t.Context(), b.traces))
	}
	all := map[string]any{}
	for i := range 300 {
		all[fmt.Sprintf("langfuse.trace.metadata.key_%d", i)] = "v"
	}
	b := newBatch("test")
	b.span(2, 1, "heir of earlier batches", chat(nil))
	b.spanOf(2, 3, 0, "all", chat(all))
	b.spanOf(2, 4, 3, "heir of its parent", chat(nil))
	require.NoError(t, e.ConsumeTraces(t.Context(), b.traces))
	stored := byName(t, s.Observations())
	assert.Equal(t, 300, inherited(stored["all"]), "a span keeps its own")
	for _, heir := range []string{"heir of earlier batches", "heir of its parent"} {
		assert.LessOrEqual(t, inherited(stored[heir]), most, heir)
		assert.Greater(t, inherited(stored[heir]), most/2, heir)
	}
}

func TestTheMemoryOfSpansThatAreNotSentIsBounded(t *testing.T) {
	m := newMemory(CacheConfig{MaxTraces: 1})
	for batch := range 3 {
		news := &remembered{dropped: map[pcommon.SpanID]pcommon.SpanID{}}
		for i := range maxDropped - 1 {
			news.dropped[id(batch*maxDropped+i)] = pcommon.SpanID{}
		}
		m.learn(pcommon.TraceID{1}, news)
	}
	known, ok := m.recall(pcommon.TraceID{1})
	require.True(t, ok)
	assert.Len(t, known.dropped, maxDropped)
}
