package langfuseexporter

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// usedCall is a model call with content, tokens and a cost.
func usedCall() map[string]any {
	return chat(map[string]any{
		"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5, "gen_ai.usage.cost": 0.1, "gen_ai.response.id": "r1",
		"gen_ai.input.messages": `[{"role":"user","content":"hello"}]`,
	})
}

// TestALongTextInAListIsCut, and takes nothing else of the span with it.
func TestALongTextInAListIsCut(t *testing.T) {
	b := newBatch("test")
	list := b.span(1, 0, "call", usedCall()).Attributes().PutEmptySlice("some.list")
	list.AppendEmpty().SetStr(strings.Repeat("x", 5_000_000))
	list.AppendEmpty().SetStr("short")
	stored := send(t, nil, b.traces)
	require.Len(t, stored, 1)
	o := stored[0]
	assert.JSONEq(t, `[{"role":"user","content":"hello"}]`, o.InputText())
	assert.Equal(t, int64(15), o.Usage["total"])
	assert.InDelta(t, 0.1, o.TotalCost, 1e-12)
	assert.Equal(t, "gpt-4o", o.Model)
	assert.NotContains(t, o.Metadata, "removed_attributes")
	var kept []string
	require.NoError(t, json.Unmarshal([]byte(o.Attributes["some.list"].(string)), &kept))
	require.Len(t, kept, 2)
	assert.Contains(t, kept[0], "truncated")
	assert.Equal(t, "short", kept[1])
}

// TestALongResourceOrScopeIsCut: it goes with every request, so that no smaller
// request would help where a server takes less.
func TestALongResourceOrScopeIsCut(t *testing.T) {
	long := strings.Repeat("x", 6_000_000)
	for name, change := range map[string]func(*batch){
		"resource":     func(b *batch) { b.rs.Resource().Attributes().PutStr("process.command_line", long) },
		"scope":        func(b *batch) { b.ss.Scope().Attributes().PutStr("some.key", long) },
		"name":         func(b *batch) { b.ss.Scope().SetName(long) },
		"version":      func(b *batch) { b.ss.Scope().SetVersion(long) },
		"schema":       func(b *batch) { b.rs.SetSchemaUrl(long) },
		"scope schema": func(b *batch) { b.ss.SetSchemaUrl(long) },
		"list": func(b *batch) {
			b.rs.Resource().Attributes().PutEmptySlice("process.command_args").AppendEmpty().SetStr(long)
		},
		"small things": func(b *batch) {
			list := b.rs.Resource().Attributes().PutEmptySlice("process.command_args")
			for range 100_000 {
				list.AppendEmpty().SetStr(strings.Repeat("x", 60))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBatch("test")
			change(b)
			b.span(1, 0, "one", usedCall())
			b.span(2, 1, "two", chat(nil))
			s := newServer(t, langfusetest.Options{LimitBytes: 5_000_000})
			config := testConfig(s)
			config.ClientConfig.Compression = "none"
			require.NoError(t, started(t, config).ConsumeTraces(t.Context(), b.traces))
			stored := byName(t, s.Observations())
			require.Len(t, stored, 2)
			assert.Equal(t, "shop", stored["one"].Resource["service.name"])
			for _, r := range s.TraceRequests() {
				assert.LessOrEqual(t, r.WireBytes, config.MaxRequestBytes)
			}
		})
	}
}

// TestASpanThatComesTwiceInABatchIsNoRepetition of itself: Langfuse keeps the last of
// the two, which must have the tokens.
func TestASpanThatComesTwiceInABatchIsNoRepetition(t *testing.T) {
	b := newBatch("test")
	b.span(1, 0, "call", usedCall())
	first := b.ss.Spans().At(0)
	first.CopyTo(b.ss.Spans().AppendEmpty())
	stored := send(t, nil, b.traces)
	require.Len(t, stored, 2)
	for _, o := range stored {
		assert.Equal(t, int64(15), o.Usage["total"])
		assert.InDelta(t, 0.1, o.TotalCost, 1e-12)
	}
}

// TestAClientAndAServerThatShareAnID, as Zipkin's do, tell of one call.
func TestAClientAndAServerThatShareAnID(t *testing.T) {
	b := newBatch("test")
	b.span(1, 0, "server", usedCall()).SetKind(ptrace.SpanKindServer)
	b.span(1, 0, "client", usedCall()).SetKind(ptrace.SpanKindClient)
	s := newServer(t, langfusetest.Options{Lax: true}) // one id, two contents
	require.NoError(t, started(t, testConfig(s)).ConsumeTraces(t.Context(), b.traces))
	stored := byName(t, s.Observations())
	assert.Empty(t, stored["server"].Usage)
	assert.Equal(t, int64(15), stored["client"].Usage["total"])
}

// TestWhatIsSaidToBePrivateStaysSo below a root that is public.
func TestWhatIsSaidToBePrivateStaysSo(t *testing.T) {
	b := newBatch("test")
	b.span(1, 0, "root", chat(map[string]any{"langfuse.trace.public": true}))
	b.span(2, 1, "silent", chat(nil))
	b.span(3, 1, "private", chat(map[string]any{"langfuse.trace.public": false}))
	b.span(4, 3, "below", chat(nil))
	b.span(5, 1, "other name", chat(map[string]any{"langfuse.public": false}))
	stored := byName(t, send(t, nil, b.traces))
	for name, public := range map[string]bool{"root": true, "silent": true, "private": false, "below": false, "other name": false} {
		assert.Equal(t, public, stored[name].Public, name)
	}
}

// TestAVersionBelongsToThePromptOfItsOwnName.
func TestAVersionBelongsToThePromptOfItsOwnName(t *testing.T) {
	o := one(t, nil, "test", chat(map[string]any{
		"langfuse.observation.prompt.version": 3, "gen_ai.prompt.name": "greeting", "gen_ai.prompt.version": 7,
	}))
	assert.Equal(t, "greeting", o.PromptName)
	assert.Equal(t, 7, o.PromptVersion)
}
