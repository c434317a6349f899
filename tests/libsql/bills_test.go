package libsql

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// billedTrace is a run of an agent for a user, with one call of a model.
func billedTrace(n byte, prompt string) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	rs.Resource().Attributes().PutStr("deployment.environment.name", "production")
	ss := rs.ScopeSpans().AppendEmpty()
	now := time.Now()
	add := func(id byte, operation string) pcommon.Map {
		span := ss.Spans().AppendEmpty()
		span.SetTraceID(pcommon.TraceID{15: n})
		span.SetSpanID(pcommon.SpanID{6: n, 7: id})
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(now))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(now.Add(time.Second)))
		span.SetName(operation)
		span.Attributes().PutStr("gen_ai.operation.name", operation)
		if id > 1 {
			span.SetParentSpanID(pcommon.SpanID{6: n, 7: 1})
		}
		return span.Attributes()
	}
	run := add(1, "invoke_agent")
	run.PutStr("gen_ai.agent.name", "planner")
	run.PutStr("user.id", "ann")
	run.PutStr("tenant.id", "acme")
	call := add(2, "chat")
	call.PutStr("gen_ai.provider.name", "openai")
	call.PutStr("gen_ai.request.model", "gpt-4o-mini")
	call.PutInt("gen_ai.usage.input_tokens", 1_000_000)
	call.PutInt("gen_ai.usage.cache_read.input_tokens", 500_000)
	call.PutInt("gen_ai.usage.output_tokens", 1000)
	call.PutStr("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"text","content":"`+prompt+`"}]}]`)
	call.PutStr("gen_ai.output.messages", `[{"role":"assistant","parts":[{"type":"text","content":"`+prompt+` too"}]}]`)
	call.PutStr("app.note", prompt)
	return td
}

// ask queries a store as somebody else does.
type ask func(sql string) [][]any

// TestPromptsGoAndDollarsStay runs the built collector with a content that goes before
// its trace, and then with a trace that goes before its bill, on a file and a server.
func TestPromptsGoAndDollarsStay(t *testing.T) {
	e2e.Binary(t)
	config, err := filepath.Abs("../../config")
	require.NoError(t, err)
	start := func(t *testing.T, dir, destination, url, retention string) *e2e.Collector {
		t.Helper()
		overlay := filepath.Join(dir, "overlay.yaml")
		require.NoError(t, os.WriteFile(overlay, []byte("exporters: {libsql: {full_text_search: {enabled: true}, retention: {"+retention+", interval: 50ms, pause: 1ms}}}\n"), 0o600))
		return e2e.StartCollectorWith(t, dir, []string{"OTELCOL_TRACES_DB=" + url},
			"--config", filepath.Join(config, "otelcol.yaml"), "--config", filepath.Join(config, "destinations", destination), "--config", overlay)
	}
	test := func(t *testing.T, destination, url string, asking func(dir string) ask) {
		t.Helper()
		dir := t.TempDir()
		c := start(t, dir, destination, url, "content: 1h, max_age: 2h")
		send(t, c, billedTrace(1, "xyzzy plugh"))
		look := asking(dir)
		until := func(sql string, want ...any) {
			t.Helper()
			require.Eventually(t, func() bool { return assert.ObjectsAreEqual([][]any{want}, look(sql)) }, time.Minute, 20*time.Millisecond, "%s: %v\n%s", sql, want, c.Log())
		}
		until(`SELECT input, environment, tenant, user_id FROM otel_traces`, "xyzzy plugh", "production", "acme", "ann")
		until(`SELECT count(*) FROM otel_search WHERE otel_search MATCH 'xyzzy'`, int64(1))
		bill := look(`SELECT service, environment, provider, model, agent, user_id, tenant, calls, input_tokens, output_tokens, cost_usd, saved_usd FROM otel_totals`)
		require.Len(t, bill, 1)
		require.Equal(t, []any{"shop", "production", "openai", "gpt-4o-mini", "planner", "ann", "acme", int64(1), int64(1_000_000), int64(1000)}, bill[0][:10])
		require.InDelta(t, 0.1131, bill[0][10], 1e-9)
		require.InDelta(t, 0.0375, bill[0][11], 1e-9, "half of the input was read from the cache, at half the price")
		views := look(`SELECT * FROM cost_daily`)
		require.NoError(t, c.Stop())

		c = start(t, dir, destination, url, "content: 1s, max_age: 1h")
		until(`SELECT content_gone, input, output, model_calls, cost_usd FROM otel_traces`, int64(1), nil, nil, int64(1), bill[0][10])
		until(`SELECT count(*) FROM otel_search WHERE otel_search MATCH 'xyzzy'`, int64(0))
		for _, table := range []string{"mastra_ai_spans", "otel_spans", "otel_span_data", "otel_traces"} {
			for _, row := range look(`SELECT * FROM ` + table) {
				for _, v := range row {
					assert.NotContains(t, fmt.Sprint(v), "xyzzy", table)
				}
			}
		}
		require.Eventually(t, func() bool { return strings.Contains(c.Log(), "Deleted what 1 traces and 0 log records say") }, time.Minute, 20*time.Millisecond)
		until(`SELECT count(*), sum(input_tokens) FROM llm_calls`, int64(1), int64(1_000_000))
		until(`SELECT count(*) FROM mastra_ai_spans WHERE json_valid(attributes) AND coalesce(json_valid(input), 1)`, int64(2))
		require.NoError(t, c.Stop())

		c = start(t, dir, destination, url, "max_age: 1s")
		until(`SELECT (SELECT count(*) FROM otel_spans) + (SELECT count(*) FROM mastra_ai_spans) + (SELECT count(*) FROM otel_traces)`, int64(0))
		assert.Equal(t, views, look(`SELECT * FROM cost_daily`))
		until(`SELECT user_id, traces, model_calls FROM users`, "ann", int64(0), int64(1))
		require.NoError(t, c.Stop())
	}
	t.Run("file", func(t *testing.T) {
		test(t, "libsql.yaml", "file:data/traces.db", func(dir string) ask {
			return func(sql string) [][]any {
				r, err := tracestore.OpenReader(t.Context(), filepath.Join(dir, "data", "traces.db"))
				require.NoError(t, err)
				defer r.Close()
				var rows [][]any
				require.NoError(t, r.Query(t.Context(), sql, nil, func(row []any) error {
					rows = append(rows, slices.Clone(row))
					return nil
				}))
				return rows
			}
		})
	})
	t.Run("server", func(t *testing.T) {
		server := startServer(t, false)
		test(t, "libsql-server.yaml", server.url, func(string) ask {
			return func(sql string) [][]any {
				rows, err := server.query("", sql)
				require.NoError(t, err)
				return rows
			}
		})
	})
}

// TestWhatHasBegunOnAServer has a span's announcement before it, with it and after it.
func TestWhatHasBegunOnAServer(t *testing.T) {
	server := startServer(t, false)
	store, err := tracestore.OpenServer(t.Context(), tracestore.ServerOptions{Client: server.client("")}, tracestore.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close(t.Context())) }()
	resource, scope := &tracestore.Resource{ServiceName: "shop"}, &tracestore.Scope{Name: "test"}
	span := func(trace int, pending bool) tracestore.Span {
		s := tracestore.Span{
			TraceID: fmt.Sprintf("%032x", trace), SpanID: fmt.Sprintf("%016x", trace), Name: "run", StartNanos: 1_790_000_000_000_000_000, EndNanos: 1_790_000_000_000_000_000,
			Resource: resource, Scope: scope, Facts: tracestore.Facts{Type: "agent_run", Pending: pending},
		}
		if !pending {
			s.EndNanos += uint64(time.Second)
		}
		return s
	}
	_, err = store.Write(t.Context(), []tracestore.Span{span(1, true), span(3, false), span(4, true)})
	require.NoError(t, err)
	result, err := store.Write(t.Context(), []tracestore.Span{span(1, false), span(2, true), span(2, false), span(3, true)})
	require.NoError(t, err)
	assert.Equal(t, tracestore.Result{Inserted: 3, Duplicates: 1}, result)
	got, err := server.query("", `SELECT t.span_count, t.root_pending, s.pending, m.endedAt IS NULL FROM otel_traces t JOIN otel_spans s ON s.trace_id = t.trace_id
		JOIN mastra_ai_spans m ON m.traceId = t.trace_id ORDER BY t.trace_id`)
	require.NoError(t, err)
	ended := []any{int64(1), int64(0), int64(0), int64(0)}
	assert.Equal(t, [][]any{ended, ended, ended, {int64(0), int64(1), int64(1), int64(1)}}, got)
}
