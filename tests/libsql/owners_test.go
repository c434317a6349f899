package libsql

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// TestViewsOnAServer has traces that come leaf first, a call that a log record reports
// once more, and one that only a record reports, on the real server.
func TestViewsOnAServer(t *testing.T) {
	server := startServer(t, false)
	store, err := tracestore.OpenServer(t.Context(), tracestore.ServerOptions{Client: server.client("")}, tracestore.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close(t.Context())) }()
	resource, scope := &tracestore.Resource{ServiceName: "shop"}, &tracestore.Scope{Name: "test"}
	start := uint64(time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC).UnixNano())
	span := func(id, parent int, facts tracestore.Facts) tracestore.Span {
		s := tracestore.Span{
			TraceID: fmt.Sprintf("%032x", 1), SpanID: fmt.Sprintf("%016x", id), Name: "span", StartNanos: start + uint64(id)*1e6,
			Resource: resource, Scope: scope, Facts: facts,
		}
		if parent != 0 {
			s.ParentSpanID = fmt.Sprintf("%016x", parent)
		}
		return s
	}
	call := tracestore.Facts{
		Type: "model_inference", Model: "gpt-4o", InputTokens: tracestore.Tokens(10), OutputTokens: tracestore.Tokens(1),
		Cost: tracestore.Measured(0.5), CostStatus: "priced", Accounting: tracestore.ModelCall,
	}
	root := span(1, 0, tracestore.Facts{Type: "agent_run", UserID: "root", SessionID: "s", AgentName: "planner"})
	root.EndNanos = start + 1e9
	step := span(2, 1, tracestore.Facts{Type: "model_step", UserID: "near"})
	step.Mastra.Input = `"question"`
	for _, s := range []tracestore.Span{span(4, 3, call), span(3, 2, tracestore.Facts{Type: "generic"}), step, root} {
		_, err := store.Write(t.Context(), []tracestore.Span{s})
		require.NoError(t, err)
	}
	record := func(key string, in int64, traceID, spanID string) tracestore.Log {
		l := tracestore.Log{Key: key, TimeNanos: start, Resource: resource, Scope: scope, Call: call, TraceID: traceID, SpanID: spanID}
		l.Call.InputTokens, l.Call.UserID, l.Call.Cost = tracestore.Tokens(in), "coder", tracestore.Measured(0.25)
		return l
	}
	_, err = store.WriteLogs(t.Context(), []tracestore.Log{record("aa", 10, root.TraceID, root.SpanID), record("bb", 20, "", "")})
	require.NoError(t, err)

	for query, want := range map[string][][]any{
		`SELECT user_id, session_id, agent_name, input, source, duration_ms FROM llm_calls ORDER BY source`: {{"coder", nil, nil, nil, "log", nil}, {"near", "s", "planner", `"question"`, "span", 0.0}},
		`SELECT user_id, model_calls, cost_usd FROM users ORDER BY user_id`:                                 {{"coder", int64(1), 0.25}, {"near", int64(1), 0.5}, {"root", int64(0), nil}},
		`SELECT session_id, traces, model_calls, last_ended_at FROM sessions`:                               {{"s", int64(1), int64(1), "2026-11-30T12:00:01.000Z"}},
		`SELECT model_calls, input_tokens, cost_usd FROM cost_daily`:                                        {{int64(2), int64(30), 0.75}},
		`SELECT duration_ms FROM traces`:                                                                    {{999.0}},
	} {
		got, err := server.query("", query)
		require.NoError(t, err, query)
		assert.Equal(t, want, got, query)
	}
}
