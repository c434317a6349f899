package query_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// tree makes a trace of spans, each given as "span parent start", with a parent "-" for
// none. Times are milliseconds.
func tree(trace byte, spans ...string) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	list := rs.ScopeSpans().AppendEmpty().Spans()
	for _, text := range spans {
		var id, parent string
		var start int
		if _, err := fmt.Sscan(text, &id, &parent, &start); err != nil {
			panic(err)
		}
		span := list.AppendEmpty()
		span.SetTraceID(pcommon.TraceID{0: 0xab, 15: trace})
		span.SetSpanID(pcommon.SpanID{7: id[0]})
		if parent != "-" {
			span.SetParentSpanID(pcommon.SpanID{7: parent[0]})
		}
		span.SetName(id)
		at := time.Date(2026, 11, 22, 10, 0, 0, start*1e6, time.UTC)
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(at))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(at.Add(5 * time.Millisecond)))
	}
	return td
}

func names(spans []query.SpanSummary) string {
	var all []string
	for i := range spans {
		all = append(all, spans[i].Name)
	}
	return strings.Join(all, " ")
}

func TestSpansComeByStartWithParentsFirst(t *testing.T) {
	for name, test := range map[string]struct {
		spans []string
		want  string
	}{
		"in order":                         {[]string{"a - 0", "b a 1", "c a 2"}, "a b c"},
		"a child that starts first":        {[]string{"a - 5", "b a 1", "c b 0"}, "a b c"},
		"a missing parent":                 {[]string{"a - 0", "b z 1", "c b 2"}, "a b c"},
		"its own parent":                   {[]string{"a - 0", "b b 1", "c b 2"}, "a b c"},
		"a circle of two":                  {[]string{"a - 0", "b c 1", "c b 2"}, "a b c"},
		"a circle of three, cut at first":  {[]string{"b c 3", "c d 2", "d b 1"}, "d c b"},
		"a child of a circle, before it":   {[]string{"x b 0", "b c 3", "c d 2", "d b 1"}, "d c b x"},
		"two circles and a chain below":    {[]string{"b c 1", "c b 2", "d e 3", "e d 4", "f e 0"}, "d e f b c"},
		"siblings that start at one time":  {[]string{"a - 0", "b a 1", "c a 1"}, "a b c"},
		"all in one chain, the last first": {[]string{"d c 0", "c b 0", "b a 0", "a - 0"}, "a b c d"},
	} {
		t.Run(name, func(t *testing.T) {
			store := stored(t, tree(1, test.spans...))
			trace, err := store.Trace(t.Context(), "last")
			require.NoError(t, err)
			assert.Equal(t, test.want, names(trace.Spans))
			assert.Len(t, trace.Spans, len(test.spans))
		})
	}
}

func TestATraceIsFoundByAPrefix(t *testing.T) {
	store := stored(t, tree(1, "a - 0"), tree(2, "b - 50"))
	whole := "ab" + strings.Repeat("0", 28)
	for id, want := range map[string]string{
		"last": "b", whole + "01": "a", whole + "02": "b", strings.ToUpper(whole + "02"): "b",
		"ab000000-0000-0000-0000-000000000001": "a",
	} {
		trace, err := store.Trace(t.Context(), id)
		require.NoError(t, err, id)
		assert.Equal(t, want, names(trace.Spans), id)
	}
	for id, want := range map[string]error{
		whole: query.ErrAmbiguous, "ab": query.ErrAmbiguous, "ac": query.ErrNotFound, "": query.ErrNotFound, "%": query.ErrNotFound,
		"last trace": query.ErrNotFound, whole + "0100": query.ErrNotFound, whole + "03": query.ErrNotFound, "'; DROP": query.ErrNotFound,
	} {
		_, err := store.Trace(t.Context(), id)
		require.ErrorIs(t, err, want, id)
		_, err = store.OTLP(t.Context(), id)
		require.ErrorIs(t, err, want, id)
		_, err = store.Span(t.Context(), id, "0000000000000061", 0)
		require.ErrorIs(t, err, want, id)
	}
	_, err := store.Span(t.Context(), whole+"01", "0000000000000062", 0)
	require.ErrorIs(t, err, query.ErrNotFound)
	_, err = stored(t).Trace(t.Context(), "last")
	require.ErrorIs(t, err, query.ErrNotFound)
}

func TestAStateSaysHowFarATraceHasCome(t *testing.T) {
	remote := func(td ptrace.Traces) {
		td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetFlags(0x300)
	}
	server := func(td ptrace.Traces) {
		td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetKind(ptrace.SpanKindServer)
	}
	for name, test := range map[string]struct {
		spans  []string
		change func(ptrace.Traces)
		want   query.State
	}{
		"the root is there":                    {[]string{"a - 0", "b a 1"}, nil, query.Ended},
		"the root is there, a parent is not":   {[]string{"a - 0", "b z 1"}, nil, query.Ended},
		"no root":                              {[]string{"b a 1"}, nil, query.Running},
		"the parent is in another system":      {[]string{"b a 1"}, remote, query.RootMissing},
		"the top span serves another system":   {[]string{"b a 1"}, server, query.RootMissing},
		"a span below the top is remote":       {[]string{"b a 1", "a z 0"}, remote, query.Running},
		"a circle, and nothing that leads out": {[]string{"a b 1", "b a 1"}, nil, query.Running},
	} {
		t.Run(name, func(t *testing.T) {
			td := tree(1, test.spans...)
			if test.change != nil {
				test.change(td)
			}
			trace, err := stored(t, td).Trace(t.Context(), "last")
			require.NoError(t, err)
			assert.Equal(t, test.want, trace.State)
		})
	}
}

// TestCapturesComeBackAsTheyWereSent: what the API gives as OTLP is what came.
func TestCapturesComeBackAsTheyWereSent(t *testing.T) {
	for name, sent := range captures(t) {
		t.Run(name, func(t *testing.T) {
			store := stored(t, sent)
			ids := map[string]bool{}
			spansOf(sent, func(_ ptrace.ResourceSpans, _ ptrace.ScopeSpans, span ptrace.Span) {
				ids[span.TraceID().String()] = true
			})
			var back []ptrace.Traces
			spans := 0
			for id := range ids {
				td, err := store.OTLP(t.Context(), id)
				require.NoError(t, err)
				back = append(back, td)
				trace, err := store.Trace(t.Context(), id)
				require.NoError(t, err)
				assert.Len(t, trace.Spans, td.SpanCount())
				spans += td.SpanCount()
			}
			assert.Equal(t, sent.SpanCount(), spans)
			assert.Equal(t, lines(t, sent), lines(t, back...))
		})
	}
}

// TestASpanHasAllThatWasSent: each attribute, event, link and resource attribute of
// each captured span, in its order, with its value.
func TestASpanHasAllThatWasSent(t *testing.T) {
	for name, sent := range captures(t) {
		t.Run(name, func(t *testing.T) {
			store := stored(t, sent)
			spansOf(sent, func(rs ptrace.ResourceSpans, ss ptrace.ScopeSpans, want ptrace.Span) {
				got, err := store.Span(t.Context(), want.TraceID().String(), want.SpanID().String(), 0)
				require.NoError(t, err)
				assert.Equal(t, raw(want.Attributes()), plain(t, got.Attributes))
				assert.Equal(t, raw(rs.Resource().Attributes()), plain(t, got.Resource))
				assert.Equal(t, ss.Scope().Name(), got.Scope.Name)
				assert.Equal(t, ss.Scope().Version(), got.Scope.Version)
				require.Len(t, got.Events, want.Events().Len())
				for i, event := range got.Events {
					assert.Equal(t, want.Events().At(i).Name(), event.Name)
					assert.Equal(t, want.Events().At(i).Timestamp().AsTime(), event.Time)
					assert.Equal(t, raw(want.Events().At(i).Attributes()), plain(t, event.Attributes))
				}
				require.Len(t, got.Links, want.Links().Len())
				assert.Equal(t, want.StartTimestamp().AsTime(), got.Start)
				assert.Equal(t, strings.ToLower(want.Kind().String()), got.Kind)
				assert.Equal(t, want.Status().Code() == ptrace.StatusCodeError, got.Failed)
				for _, value := range []json.RawMessage{got.Input, got.Output, got.ErrorDetail} {
					assert.True(t, value == nil || json.Valid(value))
				}
			})
		})
	}
}

// pair is an attribute as JSON that can be compared.
type pair struct{ key, value string }

func raw(m pcommon.Map) []pair {
	list := []pair{}
	for key, value := range m.All() {
		text, err := json.Marshal(value.AsRaw())
		if err != nil {
			panic(err)
		}
		list = append(list, pair{key, canonicalJSON(text)})
	}
	return list
}

func plain(t testing.TB, attributes []query.Attribute) []pair {
	t.Helper()
	list := []pair{}
	for _, a := range attributes {
		assert.Zero(t, a.Cut)
		list = append(list, pair{a.Key, canonicalJSON(a.Value)})
	}
	return list
}

func canonicalJSON(text []byte) string {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		panic(err)
	}
	out, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(out)
}

func TestLongValuesAreCutAtTheLimit(t *testing.T) {
	td := tree(1, "a - 0")
	span := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	long := strings.Repeat("äöü", 100)
	span.Attributes().PutStr("gen_ai.operation.name", "chat")
	span.Attributes().PutStr("input.value", long)
	span.Attributes().PutStr("gen_ai.completion", `{"role":"assistant","content":"`+long+`"}`)
	span.Attributes().PutEmptySlice("list").AppendEmpty().SetStr(long)
	span.Attributes().PutInt("large", 1<<62)
	span.Attributes().PutDouble("odd", 0.1)
	store := stored(t, td)
	got, err := store.Span(t.Context(), "last", span.SpanID().String(), 101)
	require.NoError(t, err)
	var text string
	require.NoError(t, json.Unmarshal(got.Input, &text))
	assert.Equal(t, map[string]int{"input": len(long) + 2, "output": len(long) + 33}, got.Cut)
	assert.True(t, strings.HasPrefix(`"`+long, text), text)
	cut := map[string]int{}
	for _, a := range got.Attributes {
		require.True(t, json.Valid(a.Value), a.Key)
		if a.Cut > 0 {
			cut[a.Key] = a.Cut
			require.NoError(t, json.Unmarshal(a.Value, &text))
			assert.LessOrEqual(t, len(text), 101)
			assert.Greater(t, len(text), 98)
		}
		if a.Key == "large" {
			assert.JSONEq(t, `"4611686018427387904"`, string(a.Value))
		}
	}
	assert.Equal(t, map[string]int{"input.value": len(long), "gen_ai.completion": len(long) + 33, "list": len(long) + 4}, cut)

	got, err = store.Span(t.Context(), "last", span.SpanID().String(), 0)
	require.NoError(t, err)
	assert.Nil(t, got.Cut)
}
