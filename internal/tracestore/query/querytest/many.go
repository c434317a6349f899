// Package querytest makes large trace stores for tests and benchmarks.
package querytest

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// TracesPerCopy and SpansPerCopy are what one copy of the template has.
const (
	TracesPerCopy = 100
	SpansPerCopy  = 10 * TracesPerCopy
)

// Begin is when the first trace of a store begins. Each copy begins half an hour later.
var Begin = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// Many makes a file with many times a hundred traces of ten spans: runs of agents with
// steps, model calls and tools, of four services, some of which failed, have no price or have not ended.
// The store writes the first hundred; the others are copies of their rows with ids, times, users and sessions of their own.
func Many(tb testing.TB, copies int) (path string) {
	tb.Helper()
	path = filepath.Join(tb.TempDir(), "traces.db")
	file := tracestore.DefaultFileOptions(path)
	file.Synchronous = "off"
	writer, err := tracestore.OpenFile(tb.Context(), file, tracestore.Options{RootGrace: 1000 * time.Hour, Now: func() time.Time { return Begin.Add(30 * time.Minute) }})
	require.NoError(tb, err)
	for n := range TracesPerCopy {
		_, err := writer.Write(tb.Context(), run(n))
		require.NoError(tb, err)
	}
	require.NoError(tb, writer.Close(context.Background()))
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?_pragma=journal_mode(wal)&_pragma=synchronous(off)&_pragma=cache_size(-200000)")
	require.NoError(tb, err)
	defer func() { require.NoError(tb, db.Close()) }()
	db.SetMaxOpenConns(1)
	for from := 1; from < copies; from += 100 { // a transaction each, so that the WAL stays small
		for _, table := range []string{"otel_spans", "otel_span_data", "mastra_ai_spans", "otel_traces", "otel_counted", "otel_totals"} {
			copyRows(tb, db, table, from, min(from+100, copies)-1)
		}
	}
	_, err = db.ExecContext(tb.Context(), "PRAGMA wal_checkpoint(truncate)")
	require.NoError(tb, err)
	var traces, spans int
	require.NoError(tb, db.QueryRowContext(tb.Context(), "SELECT (SELECT count(*) FROM otel_traces), (SELECT count(*) FROM otel_spans)").Scan(&traces, &spans))
	require.Equal(tb, []int{copies * TracesPerCopy, copies * SpansPerCopy}, []int{traces, spans})
	return path
}

// changed are columns that differ from copy n.k to copy; what the others have is the
// template's. Ids begin with the number of the copy.
var changed = map[string]string{
	"id": "{c} + n.k * 1000", "trace_id": "printf('%08x', n.k) || substr({c}, 9)", "traceId": "printf('%08x', n.k) || substr({c}, 9)",
	"owner": "printf('%08x', n.k) || substr({c}, 9)", "user_id": "CASE {c} WHEN '' THEN '' ELSE {c} || '-' || (n.k % 25) END", "session_id": "{c} || '-' || n.k",
}

func copyRows(tb testing.TB, db *sql.DB, table string, from, to int) {
	tb.Helper()
	rows, err := db.QueryContext(tb.Context(), "SELECT name FROM pragma_table_info(?)", table)
	require.NoError(tb, err)
	defer rows.Close()
	var names, values []string
	for rows.Next() {
		var name string
		require.NoError(tb, rows.Scan(&name))
		value := "o." + name
		if expression, ok := changed[name]; ok {
			value = strings.ReplaceAll(expression, "{c}", value)
		} else if strings.HasSuffix(name, "_us") && name != "duration_us" && name != "promote_after_us" {
			value += " + n.k * 1800000000"
		}
		names, values = append(names, `"`+name+`"`), append(values, value)
	}
	require.NoError(tb, rows.Err())
	require.NoError(tb, rows.Close())
	if len(names) == 0 {
		return // a schema without it
	}
	key := map[string]string{
		"otel_spans": "o.id <= 1000", "otel_span_data": "o.id <= 1000", "otel_traces": "o.id <= 1000", "mastra_ai_spans": "o.traceId LIKE '00000000%'",
		"otel_counted": "o.owner LIKE '00000000%'", "otel_totals": fmt.Sprintf("o.slot_us = %d", Begin.UnixMicro()),
	}[table]
	_, err = db.ExecContext(tb.Context(), fmt.Sprintf(`WITH RECURSIVE n (k) AS (SELECT %d UNION ALL SELECT k + 1 FROM n WHERE k < %d)
INSERT INTO %s (%s) SELECT %s FROM n CROSS JOIN %s o WHERE %s`, from, to, table, strings.Join(names, ", "), strings.Join(values, ", "), table, key))
	require.NoError(tb, err, table)
}

// models are asked in turn.
var models = []string{"gpt-5", "claude-sonnet-4-5", "gemini-3-pro"}

// run is one trace of the template.
func run(n int) []tracestore.Span {
	traceID := fmt.Sprintf("%032x", 0xabc000+n)
	service := []string{"shop", "desk", "search", "billing"}[n%4]
	resource := &tracestore.Resource{Attributes: tracestore.JSON(`{"service.name":"` + service + `"}`), ServiceName: service}
	begin := Begin.Add(time.Duration(n) * 15 * time.Second)
	span := func(k, parent int, kind string, from, length time.Duration, change func(*tracestore.Span)) tracestore.Span {
		s := tracestore.Span{
			TraceID: traceID, SpanID: fmt.Sprintf("%016x", n*16+k+1), Name: kind, Kind: 1, StatusCode: 1, Flags: 257,
			StartNanos: uint64(begin.Add(from).UnixNano()), EndNanos: uint64(begin.Add(from + length).UnixNano()),
			Resource: resource, Scope: &tracestore.Scope{Name: "template"},
			Facts:  tracestore.Facts{Type: kind, Environment: []string{"production", "staging"}[n%10/9]},
			Mastra: tracestore.MastraRow{Name: kind},
		}
		if parent >= 0 {
			s.ParentSpanID = fmt.Sprintf("%016x", n*16+parent+1)
		}
		if change != nil {
			change(&s)
		}
		return s
	}
	call := func(k int) func(*tracestore.Span) {
		return func(s *tracestore.Span) {
			s.Name = "chat"
			f := &s.Facts
			f.Provider, f.Model, f.Accounting, f.CostStatus = "openai", models[(n+k)%len(models)], tracestore.ModelCall, "priced"
			f.InputTokens, f.OutputTokens, f.Cost = tracestore.Tokens(int64(1000+n)), tracestore.Tokens(int64(100+k)), tracestore.Measured(0.001*float64(n%17+k))
			if n%33 == 32 {
				f.Cost, f.CostStatus = tracestore.Amount{}, "unknown_model"
			}
			f.Preview = "What is the state of order " + strconv.Itoa(n) + "?"
			s.Mastra.Input = tracestore.JSON(`[{"role":"user","content":"What is the state of order ` + strconv.Itoa(n) + `? ` + strings.Repeat("Please look it up. ", 8) + `"}]`)
			s.Mastra.Output = `{"text":"It has left the house."}`
			s.Attributes = `{"gen_ai.request.temperature":0.5,"customer":"acme"}`
		}
	}
	tool := func(k int) func(*tracestore.Span) {
		return func(s *tracestore.Span) {
			s.Facts.ToolName, s.Facts.ArgumentsHash = []string{"lookup", "search", "refund"}[(n+k)%3], fmt.Sprintf("%016x", n%7*(k%2))
			s.Facts.Preview = `{"order":7}`
			if n%25 == 24 {
				s.StatusCode, s.StatusMessage, s.Facts.ErrorPreview = 2, "no such order", "no such order"
			}
		}
	}
	spans := []tracestore.Span{
		span(0, -1, "agent_run", 0, time.Duration(n%20+1)*time.Second, func(s *tracestore.Span) {
			s.Name = "answer " + service
			s.Facts.AgentName = service + " agent"
			s.Facts.UserID, s.Facts.SessionID = fmt.Sprint("user ", n%20), fmt.Sprint("session ", n%10)
			s.Facts.Preview, s.Facts.OutputPreview = "Where is my order?", "It has left the house."
			if n%50 == 7 {
				s.Facts.Redactions = 2
				s.Attributes = `{"sensitive_filter.count":2,"sensitive_filter.rules":["pii.email"]}`
			}
		}),
		span(1, 0, "model_step", 10*time.Millisecond, 500*time.Millisecond, nil), span(2, 1, "model_inference", 20*time.Millisecond, 450*time.Millisecond, call(0)),
		span(3, 0, "tool_call", 520*time.Millisecond, 100*time.Millisecond, tool(0)), span(4, 0, "tool_call", 620*time.Millisecond, 100*time.Millisecond, tool(1)),
		span(5, 0, "model_step", 720*time.Millisecond, 200*time.Millisecond, nil), span(6, 5, "model_inference", 730*time.Millisecond, 150*time.Millisecond, call(1)),
		span(7, 0, "tool_call", 920*time.Millisecond, 20*time.Millisecond, tool(3)), span(8, 0, "generic", 950*time.Millisecond, time.Millisecond, nil), span(9, 8, "generic", 950*time.Millisecond, time.Millisecond, nil),
	}
	if n%100 == 50 { // its root has not come
		spans = append(slices.Clone(spans[1:]), span(10, 8, "generic", 950*time.Millisecond, time.Millisecond, nil))
	}
	return spans
}
