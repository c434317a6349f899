package query_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// told writes the messages of a turn as "role: text" and "calls tool".
func told(messages []query.Message) []string {
	var lines []string
	for _, m := range messages {
		for _, p := range m.Parts {
			switch p.Kind {
			case "tool_call":
				lines = append(lines, fmt.Sprintf("calls %s %s = %s", p.Tool, p.Arguments, p.Result))
			case "tool_result":
				lines = append(lines, "result "+string(p.Result))
			default:
				lines = append(lines, m.Role+": "+p.Text)
			}
		}
	}
	return lines
}

func TestASessionIsReadAsTurns(t *testing.T) {
	// A client that sends its whole history, without an agent above it.
	one := newTrace(1)
	one.span(1, 0, map[string]any{"http.route": "/chat"})
	one.span(2, 1, chat(says("system: be brief", "user: hi"), says("assistant: hello")))
	// The same with a tool: two calls of the model in one trace.
	two := newTrace(2)
	two.span(1, 0, map[string]any{"http.route": "/chat"})
	called := `{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"look","arguments":"{}"}}]}`
	history := says("system: be brief", "user: hi", "assistant: hello", "user: look")
	two.span(2, 1, chat(history, "["+called+"]"))
	two.span(3, 1, map[string]any{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "look", "gen_ai.tool.call.id": "c1", "gen_ai.tool.call.arguments": `{}`, "gen_ai.tool.call.result": `{"seen":1}`})
	two.span(4, 1, chat(strings.TrimSuffix(history, "]")+","+called+`,{"role":"tool","tool_call_id":"c1","content":"{\"seen\":1}"}]`, says("assistant: seen it")))
	// An agent that is only told what is new, and whose messages tell of no tool.
	three := newTrace(3)
	three.span(1, 0, map[string]any{"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a", "input.value": "hi", "output.value": "hello again"})
	three.span(2, 1, chat(says("system: be brief", "user: hi"), ""))
	three.span(3, 1, map[string]any{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "more", "gen_ai.tool.call.arguments": `{"n":2}`, "gen_ai.tool.call.result": `3`})
	// Nothing is recorded.
	four := newTrace(4)
	four.span(1, 0, map[string]any{"gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 77, "gen_ai.usage.output_tokens": 1})
	var all []ptrace.Traces
	for _, w := range []*written{one, two, three, four} {
		w.spans.At(0).Attributes().PutStr("session.id", "s1")
		all = append(all, w.td)
	}
	store := stored(t, all...)
	want := [][]string{
		{"user: hi", "assistant: hello"},
		{"user: look", `calls look {} = {"seen":1}`, `result {"seen":1}`, "assistant: seen it"},
		{"user: hi", `calls more {"n":2} = 3`, "assistant: hello again"},
		nil,
	}
	session, err := store.Session(t.Context(), "s1", "", 0)
	require.NoError(t, err)
	assert.EqualValues(t, 4, session.Traces)
	assert.Equal(t, "s1", session.ID)
	assert.Empty(t, session.Next)
	var got [][]string
	for _, turn := range session.Turns {
		got = append(got, told(turn.Messages))
	}
	assert.Equal(t, want, got)
	assert.Equal(t, []string{"gpt-4o-mini"}, session.Turns[0].Models)
	assert.EqualValues(t, 77, session.Turns[3].ContextTokens)

	for limit := 1; limit <= 4; limit++ {
		var paged [][]string
		cursor := ""
		for {
			page, err := store.Session(t.Context(), "s1", cursor, limit)
			require.NoError(t, err)
			assert.LessOrEqual(t, len(page.Turns), limit)
			for _, turn := range page.Turns {
				paged = append(paged, told(turn.Messages))
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		assert.Equal(t, want, paged, "pages of %d", limit)
	}
	_, err = store.Session(t.Context(), "s2", "", 0)
	require.ErrorIs(t, err, query.ErrNotFound)
	_, err = store.Session(t.Context(), "s1", "x", 0)
	require.ErrorIs(t, err, query.ErrInvalid)
}

// TestTheTicketRunIsATurn: agents in the steps of a workflow.
func TestTheTicketRunIsATurn(t *testing.T) {
	store := stored(t, testutil.TicketRun(testutil.NewSecrets(1)))
	session, err := store.Session(t.Context(), "sess-42", "", 0)
	require.NoError(t, err)
	require.Len(t, session.Turns, 1)
	turn := session.Turns[0]
	assert.Len(t, turn.Models, 2)
	lines := strings.Join(told(turn.Messages), "\n")
	for _, words := range []string{"user: Check access", "PASS: access confirmed", "user: Findings for acme", "calls lookupFindings", "calls checkAccess", "Who owns the checkout service?"} {
		assert.Contains(t, lines, words)
	}
	assert.NotContains(t, lines, "system:")
}
