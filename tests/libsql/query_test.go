package libsql

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	storequery "github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// TestAServerAnswersAsAFileDoes asks both, with the same in them, all that lists ask.
func TestAServerAnswersAsAFileDoes(t *testing.T) {
	server := startServer(t, false)
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	options := tracestore.Options{RootGrace: time.Hour, Now: func() time.Time { return at.Add(time.Minute) }}
	path := filepath.Join(t.TempDir(), "traces.db")
	file, err := tracestore.OpenFile(t.Context(), tracestore.DefaultFileOptions(path), options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, file.Close(context.Background())) })
	remote, err := tracestore.OpenServer(t.Context(), tracestore.ServerOptions{Client: server.client("")}, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, remote.Close(context.Background())) })

	fromFile, err := storequery.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, fromFile.Close()) })
	fromServer := storequery.NewServer(server.client(""))
	sources := []*storequery.Store{fromFile, fromServer}
	var empty []string
	for _, s := range sources {
		s.SetClock(options.Now)
		require.EventuallyWithT(t, func(c *assert.CollectT) { // the writer makes the tables
			changes, err := s.Changes(t.Context(), "", storequery.TraceFilter{})
			if assert.NoError(c, err) {
				empty = append(empty, changes.Cursor)
			}
		}, 20*time.Second, 10*time.Millisecond)
	}
	for _, store := range []*tracestore.Store{file, remote} {
		for n := range 12 {
			_, err := store.Write(t.Context(), queried(n, at))
			require.NoError(t, err)
		}
	}
	all := storequery.TraceFilter{Columns: []string{"customer", "service.name"}}
	asked := map[string]func(context.Context, *storequery.Store) (any, error){
		"changes": func(ctx context.Context, s *storequery.Store) (any, error) {
			c, err := s.Changes(ctx, empty[0], all)
			return len(c.Traces), err
		},
		"stats": func(ctx context.Context, s *storequery.Store) (any, error) { return s.Stats(ctx, all, "Europe/Berlin") },
		"sessions": func(ctx context.Context, s *storequery.Store) (any, error) {
			return s.Sessions(ctx, storequery.SessionFilter{})
		},
		"spend": func(ctx context.Context, s *storequery.Store) (any, error) {
			return s.Spend(ctx, storequery.SpendFilter{By: []string{"day", "model"}, Zone: "Europe/Berlin"})
		},
		"unpriced": func(ctx context.Context, s *storequery.Store) (any, error) {
			return s.UnpricedModels(ctx, storequery.SpendFilter{})
		},
		"agents": func(ctx context.Context, s *storequery.Store) (any, error) {
			return s.Agents(ctx, storequery.RunFilter{})
		},
		"tools": func(ctx context.Context, s *storequery.Store) (any, error) {
			return s.Tools(ctx, storequery.RunFilter{})
		},
		"loops": func(ctx context.Context, s *storequery.Store) (any, error) {
			return s.Loops(ctx, storequery.RunFilter{})
		},
		"redactions": func(ctx context.Context, s *storequery.Store) (any, error) {
			return s.Redactions(ctx, storequery.RunFilter{})
		},
		"store": func(ctx context.Context, s *storequery.Store) (any, error) {
			info, err := s.Store(ctx)
			if err != nil {
				return nil, err
			}
			return []int64{info.Traces, info.Spans, info.Logs, info.Oldest.UnixMicro(), info.Newest.UnixMicro()}, nil
		},
	}
	for _, order := range []string{"latest", "slowest", "cost", "tokens", "errors"} {
		asked["in order "+order] = func(ctx context.Context, s *storequery.Store) (any, error) {
			f := all
			f.Order, f.Limit = order, 5
			first, err := s.Traces(ctx, f)
			if err != nil {
				return nil, err
			}
			f.Cursor = first.Next
			second, err := s.Traces(ctx, f)
			return []any{first, second}, err
		}
	}
	for name, f := range map[string]storequery.TraceFilter{
		"model": {Model: []string{"m1"}}, "agent": {Agent: []string{"planner"}}, "tool": {Tool: []string{"search"}}, "user": {User: []string{"user 1"}}, "session": {Session: []string{"session 1"}},
		"status": {Status: []string{"error", "running", "root_missing", "unpriced"}}, "text": {Text: "grüße"}, "attribute": {Attributes: []string{"customer=acme"}},
	} {
		asked["filter "+name] = func(ctx context.Context, s *storequery.Store) (any, error) { return s.Traces(ctx, f) }
	}
	for _, field := range []string{"service", "model", "agent", "tool", "user", "session", "name", "environment", "attribute", "attribute:customer"} {
		asked["values of "+field] = func(ctx context.Context, s *storequery.Store) (any, error) {
			return s.Values(ctx, field, "", storequery.TraceFilter{})
		}
	}
	for name, ask := range asked {
		var answers [2]string
		for i, s := range sources {
			answer, err := ask(t.Context(), s)
			require.NoError(t, err, name)
			// When the writer has stored it, and the file's clock, are each store's own.
			text, err := json.Marshal(answer)
			require.NoError(t, err)
			answers[i] = string(text)
		}
		assert.Equal(t, answers[0], answers[1], name)
		assert.NotContains(t, []string{"null", "[]", `{"items":[]}`, "0"}, answers[0], name+" finds nothing")
	}
}

// queried is a trace with something for each question.
func queried(n int, at time.Time) []tracestore.Span {
	resource := &tracestore.Resource{Attributes: `{"service.name":"shop"}`, ServiceName: "shop"}
	span := func(k, parent int, kind string, change func(*tracestore.Span)) tracestore.Span {
		begin := at.Add(time.Duration(n)*time.Second + time.Duration(k)*time.Millisecond)
		s := tracestore.Span{
			TraceID: fmt.Sprintf("%032x", n+1), SpanID: fmt.Sprintf("%016x", n*16+k+1), Name: kind, Kind: 1, StatusCode: 1,
			StartNanos: uint64(begin.UnixNano()), EndNanos: uint64(begin.Add(time.Duration(n%5+1) * time.Second).UnixNano()),
			Resource: resource, Scope: &tracestore.Scope{Name: "test"}, Facts: tracestore.Facts{Type: kind, Environment: "test"}, Mastra: tracestore.MastraRow{Name: kind},
		}
		if parent > 0 {
			s.ParentSpanID = fmt.Sprintf("%016x", n*16+parent)
		}
		change(&s)
		return s
	}
	parent := 0
	if n%4 == 3 {
		parent = 15 // it has not come
	}
	spans := []tracestore.Span{
		span(0, parent, "agent_run", func(s *tracestore.Span) {
			s.Facts.AgentName, s.Facts.UserID, s.Facts.SessionID = "planner", fmt.Sprint("user ", n%3), fmt.Sprint("session ", n%2)
			s.Facts.Redactions, s.Attributes = 2, `{"customer":"acme","sensitive_filter.count":2,"sensitive_filter.rules":["pii.email"]}`
			s.Mastra.Input = `"viele grüße"`
		}),
		span(1, 1, "model_inference", func(s *tracestore.Span) {
			s.Facts.Provider, s.Facts.Model, s.Facts.Accounting, s.Facts.CostStatus = "openai", fmt.Sprint("m", n%2), tracestore.ModelCall, "priced"
			s.Facts.InputTokens, s.Facts.OutputTokens, s.Facts.Cost = tracestore.Tokens(int64(100+n)), tracestore.Tokens(10), tracestore.Measured(0.25*float64(n))
			if n == 5 {
				s.Facts.Cost, s.Facts.CostStatus = tracestore.Amount{}, "unknown_model"
			}
		}),
	}
	for k := range 3 {
		spans = append(spans, span(2+k, 1, "tool_call", func(s *tracestore.Span) {
			s.Facts.ToolName, s.Facts.ArgumentsHash, s.Facts.Preview = "search", "same", "words"
			if n == 7 {
				s.StatusCode, s.StatusMessage, s.Facts.ErrorPreview = 2, "nothing found", "nothing found"
			}
		}))
	}
	return spans
}
