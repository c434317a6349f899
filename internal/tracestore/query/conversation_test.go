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

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// written is a trace in the making.
type written struct {
	td    ptrace.Traces
	spans ptrace.SpanSlice
	trace pcommon.TraceID
}

func newTrace(n byte) *written {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	return &written{td: td, spans: rs.ScopeSpans().AppendEmpty().Spans(), trace: pcommon.TraceID{0: 0xcd, 15: n}}
}

func (w *written) id() string { return w.trace.String() }

func spanID(n byte) string { return pcommon.SpanID{7: n}.String() }

// span adds a span that starts after n seconds and takes one half; parent 0 is none.
func (w *written) span(n, parent byte, attributes map[string]any) ptrace.Span {
	span := w.spans.AppendEmpty()
	span.SetTraceID(w.trace)
	span.SetSpanID(pcommon.SpanID{7: n})
	if parent > 0 {
		span.SetParentSpanID(pcommon.SpanID{7: parent})
	}
	start := time.Date(2026, 11, 22, 10, int(w.trace[15]), int(n), 0, time.UTC)
	span.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
	span.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Second / 2)))
	span.SetName(fmt.Sprint("span ", n))
	if err := span.Attributes().FromRaw(attributes); err != nil {
		panic(err)
	}
	return span
}

func chat(in, out string) map[string]any {
	return map[string]any{"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.input.messages": in, "gen_ai.output.messages": out}
}

// says writes messages of OpenAI's form, each given as "role: text".
func says(messages ...string) string {
	var list []map[string]string
	for _, m := range messages {
		role, text, _ := strings.Cut(m, ": ")
		list = append(list, map[string]string{"role": role, "content": text})
	}
	raw, err := json.Marshal(list)
	if err != nil {
		panic(err)
	}
	return string(raw)
}

func TestNewMessagesAreToldByWhatTheySay(t *testing.T) {
	const (
		system = "system: be brief"
		hi     = "user: hi"
		hello  = "assistant: hello"
		more   = "user: more"
		done   = "assistant: done"
	)
	for name, test := range map[string]struct {
		before      [][2]string // input and output of the calls before, the last one last
		now         string
		wantNew     int
		wantEarlier byte // which of them, counted from 1; 0 is none
	}{
		"the first call":                       {nil, says(system, hi), 0, 0},
		"a second turn":                        {[][2]string{{says(system, hi), says(hello)}}, says(system, hi, hello, more), 3, 1},
		"the same again":                       {[][2]string{{says(system, hi), says(hello)}}, says(system, hi), 2, 1},
		"another conversation":                 {[][2]string{{says("system: x", "user: y"), says(hello)}}, says(system, hi), 0, 0},
		"only the instructions are the same":   {[][2]string{{says(system, "user: y"), says(hello)}}, says(system, hi), 1, 1},
		"instructions with the time in them":   {[][2]string{{says("system: it is 10:00", hi), says(hello)}}, says("system: it is 10:01", hi, hello, more), 3, 1},
		"a history that was shortened":         {[][2]string{{says(system, hi, hello, more), says(done)}}, says(system, "user: in short: hi", more, done, "user: and?"), 4, 1},
		"a word that is said a second time":    {[][2]string{{says(system, hi), says(hello)}}, says(system, hi, hello, hi), 3, 1},
		"two agents take turns":                {[][2]string{{says(system, hi), says(hello)}, {says("system: other", "user: z"), says("assistant: q")}}, says(system, hi, hello, more), 3, 1},
		"the longest of several":               {[][2]string{{says(system, hi), says(hello)}, {says(system, hi, hello, more), says(done)}}, says(system, hi, hello, more, done, "user: and?"), 5, 2},
		"a branch from the first of two":       {[][2]string{{says(system, hi), says(hello)}, {says(system, hi, hello, more), says(done)}}, says(system, hi, hello, "user: else?"), 3, 1},
		"what was called is new with its gain": {[][2]string{{says(system, hi), `[{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"look","arguments":"{}"}}]}]`}}, `[{"role":"system","content":"be brief"},{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"look","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"seen"}]`, 2, 1},
		"another order of the arguments":       {[][2]string{{`[{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"look","arguments":"{\"a\":1,\"b\":2}"}}]}]`, says(done)}}, `[{"role":"assistant","tool_calls":[{"id":"c9","function":{"name":"look","arguments":"{\"b\":2,\"a\":1}"}}]},{"role":"user","content":"hi"}]`, 1, 1},
		"thoughts that the history leaves out": {[][2]string{{says(hi), `[{"role":"assistant","reasoning_content":"hm","content":"hello"}]`}}, says(hi, hello, more), 2, 1},
	} {
		t.Run(name, func(t *testing.T) {
			// In one trace, and in the traces of one session.
			one := newTrace(1)
			one.span(1, 0, map[string]any{"gen_ai.operation.name": "invoke_workflow"})
			var many []ptrace.Traces
			for i, b := range test.before {
				one.span(byte(2+i), 1, chat(b[0], b[1]))
				other := newTrace(byte(10 + i))
				a := chat(b[0], b[1])
				a["session.id"] = "s1"
				other.span(1, 0, a)
				many = append(many, other.td)
			}
			one.span(20, 1, chat(test.now, ""))
			last := newTrace(40)
			a := chat(test.now, "")
			a["session.id"] = "s1"
			last.span(1, 0, a)
			store := stored(t, append(many, last.td, one.td)...)

			span, err := store.Span(t.Context(), one.id(), spanID(20), 0)
			require.NoError(t, err)
			assert.Equal(t, test.wantNew, span.NewFrom)
			assert.Empty(t, span.EarlierTrace)
			if test.wantEarlier == 0 {
				assert.Empty(t, span.Earlier)
			} else {
				assert.Equal(t, spanID(1+test.wantEarlier), span.Earlier)
			}
			span, err = store.Span(t.Context(), last.id(), spanID(1), 0)
			require.NoError(t, err)
			assert.Equal(t, test.wantNew, span.NewFrom, "across traces")
			if test.wantEarlier > 0 {
				assert.Equal(t, newTrace(9+test.wantEarlier).id(), span.EarlierTrace)
				assert.Equal(t, spanID(1), span.Earlier)
			}
		})
	}
}

func TestACallOfAToolIsJoinedWithItsResultAndSpan(t *testing.T) {
	w := newTrace(1)
	w.span(1, 0, map[string]any{"gen_ai.operation.name": "invoke_agent"})
	w.span(2, 1, chat(says("user: hi"), `[{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"look","arguments":"{\"at\":\"x\"}"}},{"id":"c2","function":{"name":"look","arguments":"{\"at\":\"y\"}"}},{"id":"c3","function":{"name":"lost","arguments":"{}"}}]}]`))
	w.span(3, 1, map[string]any{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "look", "gen_ai.tool.call.id": "c1", "gen_ai.tool.call.arguments": `{"at":"x"}`, "gen_ai.tool.call.result": `{"seen":1}`})
	failed := w.span(4, 1, map[string]any{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "look", "gen_ai.tool.call.arguments": `{ "at": "y" }`})
	failed.Status().SetCode(ptrace.StatusCodeError)
	failed.Status().SetMessage("no such place")
	w.span(5, 1, chat(`[{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"look","arguments":"{\"at\":\"x\"}"}},{"id":"c2","function":{"name":"look","arguments":"{\"at\":\"y\"}"}}]},{"role":"tool","tool_call_id":"c1","content":"{\"seen\":1}"},{"role":"tool","tool_call_id":"c2","content":"Error: no such place"}]`, says("assistant: done")))
	store := stored(t, w.td)

	first, err := store.Span(t.Context(), w.id(), spanID(2), 0)
	require.NoError(t, err)
	require.Len(t, first.Answers, 1)
	calls := first.Answers[0].Parts
	require.Len(t, calls, 3)
	assert.Equal(t, query.Part{Kind: "tool_call", ToolCallID: "c1", Tool: "look", Arguments: json.RawMessage(`{"at":"x"}`), Result: json.RawMessage(`{"seen":1}`), SpanID: spanID(3)}, calls[0])
	assert.Equal(t, spanID(4), calls[1].SpanID, "by its arguments")
	assert.True(t, calls[1].Failed)
	assert.Contains(t, string(calls[1].Result), "no such place")
	assert.Empty(t, calls[2].SpanID)
	assert.Nil(t, calls[2].Result)

	second, err := store.Span(t.Context(), w.id(), spanID(5), 0)
	require.NoError(t, err)
	require.Len(t, second.Messages, 4)
	assert.Equal(t, spanID(2), second.Earlier)
	assert.Equal(t, 1, second.NewFrom)
	call, result := second.Messages[1].Parts[0], second.Messages[2].Parts[0]
	assert.JSONEq(t, `{"seen":1}`, string(call.Result))
	assert.Equal(t, spanID(3), call.SpanID)
	assert.Equal(t, query.Part{Kind: "tool_result", ToolCallID: "c1", Tool: "look", Result: json.RawMessage(`{"seen":1}`), SpanID: spanID(3)}, result)
	assert.Equal(t, spanID(4), second.Messages[3].Parts[0].SpanID)
	assert.True(t, second.Messages[1].Parts[1].Failed, "its span has failed, whatever the message says")
	assert.True(t, second.Messages[3].Parts[0].Failed)
}

// TestEveryCapturedCallShowsWhatItWasAsked: whichever instrumentation recorded messages.
func TestEveryCapturedCallShowsWhatItWasAsked(t *testing.T) {
	for name, sent := range captures(t) {
		t.Run(name, func(t *testing.T) {
			store := stored(t, sent)
			spansOf(sent, func(_ ptrace.ResourceSpans, _ ptrace.ScopeSpans, span ptrace.Span) {
				got, err := store.Span(t.Context(), span.TraceID().String(), span.SpanID().String(), 4000)
				require.NoError(t, err)
				assert.LessOrEqual(t, got.NewFrom, len(got.Messages))
				if len(got.Answers) > 0 && got.Type == "model_inference" {
					assert.NotEmpty(t, got.Messages, span.Name())
				}
				for _, m := range append(got.Messages, got.Answers...) {
					assert.Contains(t, []string{"system", "user", "assistant", "tool"}, m.Role)
					for _, p := range m.Parts {
						assert.Contains(t, []string{"text", "thinking", "tool_call", "tool_result", "media", "data"}, p.Kind)
						if p.Kind == "tool_call" && p.SpanID != "" {
							tool, err := store.Span(t.Context(), span.TraceID().String(), p.SpanID, 0)
							require.NoError(t, err)
							assert.Equal(t, p.Tool, tool.Tool)
							assert.JSONEq(t, string(tool.Input), string(p.Arguments))
						}
					}
				}
			})
		})
	}
}

// TestACallWithoutAnInputHasThatOfItsStep: Mastra records what was asked on the step.
func TestACallWithoutAnInputHasThatOfItsStep(t *testing.T) {
	store := stored(t, testutil.TicketRun(testutil.NewSecrets(1)))
	trace, err := store.Trace(t.Context(), "last")
	require.NoError(t, err)
	calls := 0
	for _, span := range trace.Spans {
		if span.Type != "model_inference" {
			continue
		}
		calls++
		got, err := store.Span(t.Context(), trace.TraceID, span.SpanID, 0)
		require.NoError(t, err)
		assert.Nil(t, got.Input)
		require.NotEmpty(t, got.Messages)
		assert.Equal(t, "system", got.Messages[0].Role)
		require.NotEmpty(t, got.Answers)
		if calls == 2 {
			assert.Positive(t, got.NewFrom)
			assert.NotEmpty(t, got.Earlier)
		}
	}
	assert.Equal(t, 4, calls)
}

func TestTheTextOfAMessageIsCutAtTheLimit(t *testing.T) {
	w := newTrace(1)
	long := strings.Repeat("ä", 500)
	w.span(1, 0, chat(says("user: "+long), `[{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"look","arguments":"{\"at\":\"`+long+`\"}"}}]}]`))
	got, err := stored(t, w.td).Span(t.Context(), w.id(), spanID(1), 101)
	require.NoError(t, err)
	assert.Equal(t, query.Part{Kind: "text", Text: strings.Repeat("ä", 50), Cut: 1000}, got.Messages[0].Parts[0])
	call := got.Answers[0].Parts[0]
	assert.Equal(t, 1009, call.Cut)
	assert.True(t, json.Valid(call.Arguments))
	assert.LessOrEqual(t, len(call.Arguments), 120)
}
