package libsqlexporter

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

var recordTime = time.Date(2026, 11, 30, 12, 0, 10, 0, time.UTC)

func recordsOf(t *testing.T, scope, event string, attributes map[string]any) plog.Logs {
	t.Helper()
	ld := plog.NewLogs()
	rl := ld.ResourceLogs().AppendEmpty()
	rl.Resource().Attributes().PutStr("service.name", "cli")
	sl := rl.ScopeLogs().AppendEmpty()
	sl.Scope().SetName(scope)
	record := sl.LogRecords().AppendEmpty()
	record.SetTimestamp(pcommon.NewTimestampFromTime(recordTime))
	record.SetEventName(event)
	require.NoError(t, record.Attributes().FromRaw(attributes))
	return ld
}

// withCost is what llm_cost writes beside what was there.
func withCost(attributes map[string]any, status string, cost float64) map[string]any {
	all := map[string]any{"llmcost.status": status, "gen_ai.usage.cost": cost}
	maps.Copy(all, attributes)
	return all
}

// TestRecordsThatReportModelCalls has records of programs that log their calls, and
// others beside them.
func TestRecordsThatReportModelCalls(t *testing.T) {
	claude := map[string]any{
		"model": "claude-haiku-4-5", "input_tokens": 3, "output_tokens": 40, "cache_read_tokens": 500, "cache_creation_tokens": 60,
		"cost_usd": 0.25, "duration_ms": 2500, "request_id": "req_011", "session.id": "session", "user.id": "somebody",
	}
	codex := map[string]any{
		"event.kind": "response.completed", "model": "gpt-5", "input_token_count": "100", "cached_token_count": "30", "output_token_count": "20",
		"reasoning_token_count": "5", "duration_ms": "1500", "conversation.id": "talk",
	}
	gemini := map[string]any{
		"model": "gemini-2.5-flash", "input_token_count": 100, "output_token_count": 20, "cached_content_token_count": 40, "thoughts_token_count": 10,
		"total_token_count": 130, "duration_ms": 1000, "session.id": "session", "prompt_id": "p########0",
	}
	qwen := map[string]any{
		"model": "qwen3-coder-plus", "input_token_count": 100, "output_token_count": 20, "cached_content_token_count": 0, "thoughts_token_count": 0,
		"total_token_count": 120, "duration_ms": 1000, "session.id": "session", "response_id": "chatcmpl-1",
	}
	plain := map[string]any{"gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 7, "gen_ai.usage.output_tokens": 2, "gen_ai.agent.name": "planner"}
	const began, at, lasted = "2026-11-30T12:00:07.500Z", "2026-11-30T12:00:10.000Z", 2500.0
	for name, test := range map[string]struct {
		scope, event string
		attributes   map[string]any
		want         []any // started_at, duration_ms, provider, model, input, output, read, write, reasoning, cost, status, session, conversation, user, agent
	}{
		"Claude Code": {
			"com.anthropic.claude_code.events", "claude_code.api_request", claude,
			[]any{began, lasted, "anthropic", "claude-haiku-4-5", int64(563), int64(40), int64(500), int64(60), nil, 0.25, nil, "session", nil, "somebody", nil},
		},
		"Claude Code, short name": {
			"com.anthropic.claude_code.events", "api_request", claude,
			[]any{began, lasted, "anthropic", "claude-haiku-4-5", int64(563), int64(40), int64(500), int64(60), nil, 0.25, nil, "session", nil, "somebody", nil},
		},
		"Claude Code, priced": {
			"com.anthropic.claude_code.events", "claude_code.api_request", withCost(claude, "reported", 0.25),
			[]any{began, lasted, "anthropic", "claude-haiku-4-5", int64(563), int64(40), int64(500), int64(60), nil, 0.25, "reported", "session", nil, "somebody", nil},
		},
		"Codex": {
			"codex_otel", "codex.sse_event", codex,
			[]any{"2026-11-30T12:00:08.500Z", 1500.0, "openai", "gpt-5", int64(100), int64(20), int64(30), nil, int64(5), nil, nil, nil, "talk", nil, nil},
		},
		"Codex over a web socket, priced": {
			"codex_otel", "codex.websocket_event", withCost(codex, "priced", 0.5),
			[]any{"2026-11-30T12:00:08.500Z", 1500.0, "openai", "gpt-5", int64(100), int64(20), int64(30), nil, int64(5), 0.5, "priced", nil, "talk", nil, nil},
		},
		"Codex, partial": {
			"codex_otel", "codex.sse_event", withCost(codex, "partial", 0.125),
			[]any{"2026-11-30T12:00:08.500Z", 1500.0, "openai", "gpt-5", int64(100), int64(20), int64(30), nil, int64(5), 0.125, "partial", nil, "talk", nil, nil},
		},
		"Gemini CLI": {
			"gemini-cli", "gemini_cli.api_response", gemini,
			[]any{"2026-11-30T12:00:09.000Z", 1000.0, "gcp.gemini", "gemini-2.5-flash", int64(100), int64(30), int64(40), nil, int64(10), nil, nil, "session", nil, nil, nil},
		},
		"Gemini CLI, priced": {
			"gemini-cli", "gemini_cli.api_response", withCost(gemini, "priced", 0.5),
			[]any{"2026-11-30T12:00:09.000Z", 1000.0, "gcp.gemini", "gemini-2.5-flash", int64(100), int64(30), int64(40), nil, int64(10), 0.5, "priced", "session", nil, nil, nil},
		},
		"Qwen Code": {
			"qwen-code", "qwen-code.api_response", withCost(qwen, "priced", 0.5),
			[]any{"2026-11-30T12:00:09.000Z", 1000.0, nil, "qwen3-coder-plus", int64(100), int64(20), int64(0), nil, int64(0), 0.5, "priced", "session", nil, nil, nil},
		},
		"what a span has told already": {"gemini-cli", "gemini_cli.api_response", withCost(gemini, "duplicate", 0), nil},
		"names of the conventions": {
			"app", "", plain,
			[]any{at, nil, "openai", "gpt-4o", int64(7), int64(2), nil, nil, nil, nil, nil, nil, nil, nil, "planner"},
		},
		"… of a model without a price": {
			"app", "call", withCost(plain, "unknown_model", 9),
			[]any{at, nil, "openai", "gpt-4o", int64(7), int64(2), nil, nil, nil, nil, "unknown_model", nil, nil, nil, "planner"},
		},

		"an event of a span":                   {"app", "gen_ai.client.inference.operation.details", plain, nil},
		"the prompt of a user":                 {"com.anthropic.claude_code.events", "claude_code.user_prompt", map[string]any{"prompt_length": 12, "session.id": "session", "user.id": "somebody"}, nil},
		"the result of a tool":                 {"com.anthropic.claude_code.events", "claude_code.tool_result", map[string]any{"tool_name": "Bash", "duration_ms": 5, "tool_result_size_bytes": 9}, nil},
		"a request that failed":                {"com.anthropic.claude_code.events", "claude_code.api_error", map[string]any{"model": "claude-haiku-4-5", "duration_ms": 5, "error": "overloaded"}, nil},
		"a request before its answer":          {"codex_otel", "codex.api_request", map[string]any{"model": "gpt-5", "duration_ms": 5}, nil},
		"part of a stream":                     {"codex_otel", "codex.sse_event", map[string]any{"event.kind": "response.output_item.done", "model": "gpt-5", "duration_ms": 5}, nil},
		"somebody else's api_request":          {"shop", "api_request", map[string]any{"model": "T", "input_tokens": 3, "duration_ms": 5}, nil},
		"a log line":                           {"shop", "", map[string]any{"cost_usd": 3.5, "user.id": "somebody"}, nil},
		"what llm_cost says is none":           {"app", "call", withCost(plain, "skipped", 9), nil},
		"a call with a duration that is a lie": {"codex_otel", "codex.sse_event", map[string]any{"event.kind": "response.completed", "model": "gpt-5", "input_token_count": "1", "output_token_count": "1", "duration_ms": 1e18}, []any{at, nil, "openai", "gpt-5", int64(1), int64(1), nil, nil, nil, nil, nil, nil, nil, nil, nil}},
	} {
		t.Run(name, func(t *testing.T) {
			ld := recordsOf(t, test.scope, test.event, test.attributes)
			f := storeLogs(t, ld, ld)
			rows := f.rows(`SELECT started_at, duration_ms, provider, model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
				cost_usd, cost_status, session_id, conversation_id, user_id, agent_name FROM llm_calls WHERE source = 'log' AND service_name = 'cli'`)
			calls := f.rows(`SELECT coalesce(sum(model_calls), 0) FROM cost_by_model`)[0][0]
			assert.Equal(t, logsWire(t, ld), logsWire(t, f.logs()), "the record is kept as it came")
			if test.want == nil {
				assert.Empty(t, rows)
				assert.EqualValues(t, 0, calls)
				return
			}
			assert.Equal(t, [][]any{test.want}, rows)
			assert.EqualValues(t, 1, calls)
		})
	}
}

// TestClaudeCodesSpanAndRecordAreOneCall sends both, as its tracing does.
func TestClaudeCodesSpanAndRecordAreOneCall(t *testing.T) {
	attributes := map[string]any{"model": "claude-haiku-4-5", "input_tokens": 3, "output_tokens": 40, "cache_read_tokens": 500, "cost_usd": 0.25, "request_id": "req_011"}
	f := store(t, spanBatch(func(s ptrace.Span) {
		s.SetName("claude_code.llm_request")
		require.NoError(t, s.Attributes().FromRaw(attributes))
	}))
	f.add(recordsOf(t, "com.anthropic.claude_code.events", "claude_code.api_request", attributes))
	assert.Equal(t, [][]any{{"span"}}, f.rows(`SELECT source FROM llm_calls`))
	assert.Equal(t, [][]any{{int64(1), 0.25}}, f.rows(`SELECT model_calls, cost_usd FROM cost_daily`))
	attributes["request_id"] = "req_012"
	f.add(recordsOf(t, "com.anthropic.claude_code.events", "claude_code.api_request", attributes))
	assert.Equal(t, [][]any{{int64(2), 0.5}}, f.rows(`SELECT sum(model_calls), sum(cost_usd) FROM cost_daily`))
}
