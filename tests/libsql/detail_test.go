package libsql

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	room "github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// heavy is a trace whose payload is longer than the answer of a server may be (10 MB).
func heavy() ptrace.Traces {
	td := ptrace.NewTraces()
	spans := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for i := range byte(15) {
		span := spans.AppendEmpty()
		span.SetTraceID(pcommon.TraceID{0: 0xee})
		span.SetSpanID(pcommon.SpanID{7: i + 1})
		if i > 0 {
			span.SetParentSpanID(pcommon.SpanID{7: 1})
		}
		span.SetName("chat")
		at := time.Date(2026, 11, 20, 10, 0, int(i), 0, time.UTC)
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(at))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(at.Add(time.Second)))
		span.Attributes().PutStr("gen_ai.operation.name", "chat")
		span.Attributes().PutStr("input.value", strings.Repeat(string(rune('a'+i)), 900_000))
	}
	return td
}

// TestTheQueryRoomReadsAServerAsItReadsAFile: the same traces, spans, sessions and hits.
func TestTheQueryRoomReadsAServerAsItReadsAFile(t *testing.T) {
	server := startServer(t, false)
	path := filepath.Join(t.TempDir(), "traces.db")
	batches := []ptrace.Traces{testutil.TicketRun(testutil.NewSecrets(1)), testutil.CoverageRun(testutil.NewSecrets(2)), heavy()}
	for _, url := range []string{"file:" + path, server.url} {
		e := newExporter(t, componenttest.NewNopHost(), map[string]any{"url": url})
		for _, td := range batches {
			copied := ptrace.NewTraces()
			td.CopyTo(copied)
			require.NoError(t, e.ConsumeTraces(t.Context(), copied))
		}
		shutdown(t, e)
	}
	file, err := room.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close()) })
	onServer := room.NewServer(server.client(""))

	same := func(what string, ask func(*room.Store) (any, error)) {
		t.Helper()
		a, err := ask(file)
		require.NoError(t, err, what)
		b, err := ask(onServer)
		require.NoError(t, err, what)
		assert.JSONEq(t, text(t, a), text(t, b), what)
	}
	page, err := file.Traces(t.Context(), room.TraceFilter{})
	require.NoError(t, err)
	require.NotEmpty(t, page.Items)
	spans := 0
	for _, item := range page.Items {
		same("trace", func(s *room.Store) (any, error) {
			trace, err := s.Trace(t.Context(), item.TraceID[:20])
			if trace != nil {
				trace.LastSeen = time.Time{}
			}
			return trace, err
		})
		same("logs", func(s *room.Store) (any, error) { return s.Logs(t.Context(), item.TraceID) })
		trace, err := file.Trace(t.Context(), item.TraceID)
		require.NoError(t, err)
		for _, span := range trace.Spans {
			spans++
			same("span", func(s *room.Store) (any, error) { return s.Span(t.Context(), item.TraceID, span.SpanID, 2000) })
		}
		fromFile, err := file.OTLP(t.Context(), item.TraceID)
		require.NoError(t, err)
		fromServer, err := onServer.OTLP(t.Context(), item.TraceID)
		require.NoError(t, err)
		assert.Equal(t, canonical(t, fromFile), canonical(t, fromServer))
	}
	assert.Greater(t, spans, 100)
	same("session", func(s *room.Store) (any, error) {
		session, err := s.Session(t.Context(), "sess-42", "", 0)
		if session != nil {
			for i := range session.Turns {
				session.Turns[i].Trace.LastSeen = time.Time{}
			}
		}
		return session, err
	})
	for _, words := range []string{"tenant", "lookupFindings", "ee0000000000", "nothing at all"} {
		same("search", func(s *room.Store) (any, error) {
			return s.Search(t.Context(), words, room.SearchFilter{Limit: 50})
		})
	}
}

func text(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	return string(raw)
}
