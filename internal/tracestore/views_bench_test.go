package tracestore

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkViews reads what people ask of a store with 100,000 traces, of which one in
// fifty is of several users: each trace is an agent's run with a step, a tool and two
// calls, of which the root alone names the user and the session.
func BenchmarkViews(b *testing.B) {
	for _, traces := range []int{10_000, 100_000} {
		db := manyTraces(b, traces)
		for _, query := range []struct{ name, sql string }{
			{"users", `SELECT * FROM users`},
			{"sessions", `SELECT * FROM sessions`},
			{"cost_daily", `SELECT * FROM cost_daily`},
			{"cost_by_model", `SELECT * FROM cost_by_model`},
			{"sum of llm_calls", `SELECT count(*), sum(cost_usd) FROM llm_calls`},
			{"by user", `SELECT user_id, sum(cost_usd) FROM llm_calls GROUP BY 1`},
			{"by agent", `SELECT agent_name, sum(cost_usd) FROM llm_calls GROUP BY 1`},
			{"latest calls", `SELECT started_at, model, user_id, cost_usd FROM llm_calls ORDER BY started_at DESC LIMIT 20`},
			{"calls of a trace", `SELECT * FROM llm_calls WHERE trace_id = printf('%032x', 77)`},
		} {
			b.Run(fmt.Sprint(traces, " traces/", query.name), func(b *testing.B) {
				for b.Loop() {
					rows, err := db.QueryContext(b.Context(), query.sql)
					require.NoError(b, err)
					n := 0
					for rows.Next() {
						n++
					}
					require.NoError(b, rows.Err())
					require.Positive(b, n)
				}
			})
		}
	}
}

// manyTraces makes a store of so many traces of five spans.
func manyTraces(b *testing.B, traces int) *sql.DB {
	b.Helper()
	path := filepath.Join(b.TempDir(), "traces.db")
	s, err := OpenFile(b.Context(), DefaultFileOptions(path), Options{})
	require.NoError(b, err)
	require.NoError(b, s.Close(context.Background()))
	db, err := sql.Open("sqlite", dataSource(path, "_pragma=journal_mode(wal)", "_pragma=synchronous(off)"))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	db.SetMaxOpenConns(1)
	const spans = 5
	for _, statement := range []string{
		`WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1),
		  span (k, type) AS (VALUES (0, 'agent_run'), (1, 'model_step'), (2, 'model_inference'), (3, 'tool_call'), (4, 'model_inference'))
		INSERT INTO otel_spans (trace_id, span_id, parent_span_id, name, kind, start_us, end_us, start_ns_rem, end_ns_rem, duration_us, status_code, flags,
		  resource_id, scope_id, service_name, span_type, provider, model, input_tokens, output_tokens, cost_usd, counted, accounting, roll_up, user_id, session_id, agent_name, generated_id, inserted_us)
		SELECT printf('%032x', i), printf('%016x', i * 8 + k), CASE k WHEN 0 THEN NULL ELSE printf('%016x', i * 8 + min(k - 1, 1)) END, 'span', 1,
		  1790000000000000 + i * 1000000 + k, 1790000000000000 + i * 1000000 + 500, 0, 0, 500, 1, 0, 1, 1, 'shop', type, 'openai',
		  CASE type WHEN 'model_inference' THEN 'gpt-' || (i % 5) END, CASE type WHEN 'model_inference' THEN 100 END, CASE type WHEN 'model_inference' THEN 10 END,
		  CASE type WHEN 'model_inference' THEN 0.001 END, type = 'model_inference', type = 'model_inference', 0,
		  CASE WHEN k = 0 THEN 'user ' || (i % 500) WHEN k = 1 AND i % 50 = 0 THEN 'another' END, CASE k WHEN 0 THEN 'session ' || (i / 10) END, CASE k WHEN 0 THEN 'agent ' || (i % 7) END, 0, 1
		FROM n, span`,
		`INSERT INTO mastra_ai_spans (traceId, spanId, parentSpanId, name, spanType, isEvent, startedAt, createdAt, input, output)
		SELECT trace_id, span_id, parent_span_id, name, span_type, 0, '', '', CASE WHEN span_type <> 'model_inference' THEN json_quote(hex(zeroblob(500))) END, json_quote(hex(zeroblob(250))) FROM otel_spans`,
	} {
		_, err := db.ExecContext(b.Context(), statement, []any{traces}[:parameters(statement)]...)
		require.NoError(b, err)
	}
	for _, statement := range finishing {
		_, err := db.ExecContext(b.Context(), statement, []any{int64(0), int64(1), int64(1)}[:parameters(statement)]...)
		require.NoError(b, err)
	}
	var n int
	require.NoError(b, db.QueryRowContext(b.Context(), `SELECT count(*) FROM otel_spans`).Scan(&n))
	require.Equal(b, spans*traces, n)
	return db
}
