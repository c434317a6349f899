package viewer

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query/remote"
)

// question is a call of a method of query.Source.
type question struct {
	method string
	ask    func(context.Context, query.Source) (any, error)
}

// questions are calls of every method, with what is stored.
func questions(trace, span, session string) []question {
	filter := query.TraceFilter{Service: []string{"generated", "nobody"}, Since: time.Now().Add(-time.Hour), MinDuration: time.Millisecond, Order: "slowest", Columns: []string{"service.name"}, Limit: 5}
	return []question{
		{"Traces", func(ctx context.Context, s query.Source) (any, error) { return s.Traces(ctx, query.TraceFilter{}) }},
		{"Traces", func(ctx context.Context, s query.Source) (any, error) { return s.Traces(ctx, filter) }},
		{"Traces", func(ctx context.Context, s query.Source) (any, error) {
			page, err := s.Traces(ctx, query.TraceFilter{Limit: 1})
			if err != nil {
				return nil, err
			}
			return s.Traces(ctx, query.TraceFilter{Limit: 1, Cursor: page.Next})
		}},
		{"Traces", func(ctx context.Context, s query.Source) (any, error) {
			return s.Traces(ctx, query.TraceFilter{Order: "x"})
		}},
		{"Stats", func(ctx context.Context, s query.Source) (any, error) {
			return s.Stats(ctx, query.TraceFilter{}, "Asia/Kolkata")
		}},
		{"Values", func(ctx context.Context, s query.Source) (any, error) { return s.Values(ctx, "model", "", filter) }},
		{"Values", func(ctx context.Context, s query.Source) (any, error) {
			return s.Values(ctx, "attribute", "gen", query.TraceFilter{})
		}},
		{"Trace", func(ctx context.Context, s query.Source) (any, error) { return s.Trace(ctx, trace) }},
		{"Trace", func(ctx context.Context, s query.Source) (any, error) { return s.Trace(ctx, trace[:12]) }},
		{"Trace", func(ctx context.Context, s query.Source) (any, error) { return s.Trace(ctx, "last") }},
		{"Trace", func(ctx context.Context, s query.Source) (any, error) { return s.Trace(ctx, "ffffffffffff") }},
		{"Span", func(ctx context.Context, s query.Source) (any, error) { return s.Span(ctx, trace, span, 0) }},
		{"Span", func(ctx context.Context, s query.Source) (any, error) { return s.Span(ctx, trace, span, 30) }},
		{"Span", func(ctx context.Context, s query.Source) (any, error) {
			return s.Span(ctx, trace, "0000000000000001", 30)
		}},
		{"OTLP", func(ctx context.Context, s query.Source) (any, error) {
			traces, err := s.OTLP(ctx, trace)
			if err != nil {
				return nil, err
			}
			return (&ptrace.ProtoMarshaler{}).MarshalTraces(traces)
		}},
		{"Logs", func(ctx context.Context, s query.Source) (any, error) { return s.Logs(ctx, trace) }},
		{"Sessions", func(ctx context.Context, s query.Source) (any, error) {
			return s.Sessions(ctx, query.SessionFilter{Limit: 2})
		}},
		{"Session", func(ctx context.Context, s query.Source) (any, error) { return s.Session(ctx, session, "", 1) }},
		{"Session", func(ctx context.Context, s query.Source) (any, error) {
			return s.Session(ctx, "no/such?session", "", 1)
		}},
		{"Spend", func(ctx context.Context, s query.Source) (any, error) {
			return s.Spend(ctx, query.SpendFilter{By: []string{"day", "model"}, Zone: "America/New_York"})
		}},
		{"Spend", func(ctx context.Context, s query.Source) (any, error) {
			return s.Spend(ctx, query.SpendFilter{By: []string{"x"}})
		}},
		{"UnpricedModels", func(ctx context.Context, s query.Source) (any, error) {
			return s.UnpricedModels(ctx, query.SpendFilter{})
		}},
		{"Agents", func(ctx context.Context, s query.Source) (any, error) { return s.Agents(ctx, query.RunFilter{}) }},
		{"Tools", func(ctx context.Context, s query.Source) (any, error) { return s.Tools(ctx, query.RunFilter{Limit: 1}) }},
		{"Loops", func(ctx context.Context, s query.Source) (any, error) { return s.Loops(ctx, query.RunFilter{}) }},
		{"Search", func(ctx context.Context, s query.Source) (any, error) {
			return s.Search(ctx, "ticket", query.SearchFilter{Limit: 3})
		}},
		{"Changes", func(ctx context.Context, s query.Source) (any, error) { return s.Changes(ctx, "", query.TraceFilter{}) }},
		{"Changes", func(ctx context.Context, s query.Source) (any, error) {
			return s.Changes(ctx, "x", query.TraceFilter{})
		}},
		{"Redactions", func(ctx context.Context, s query.Source) (any, error) { return s.Redactions(ctx, query.RunFilter{}) }},
		{"Store", func(ctx context.Context, s query.Source) (any, error) {
			info, err := s.Store(ctx)
			if err == nil {
				info.Place, info.Bytes = "", 0 // relative for the collector; what is written meanwhile
			}
			return info, err
		}},
		{"Close", func(_ context.Context, s query.Source) (any, error) { return nil, s.Close() }},
	}
}

// TestTheAPISaysWhatTheStoreSays: every method of the remote source answers the same as the
// store itself, errors included.
func TestTheAPISaysWhatTheStoreSays(t *testing.T) {
	c, _ := captured(t)
	here, err := query.Open(t.Context(), c.TracesDB())
	require.NoError(t, err)
	there, err := remote.New(c.Viewer, remote.Options{})
	require.NoError(t, err)
	var traces query.Page[query.TraceSummary]
	require.Eventually(t, func() bool {
		traces, err = here.Traces(t.Context(), query.TraceFilter{})
		return err == nil && len(traces.Items) >= 3
	}, patience, 20*time.Millisecond)
	trace, err := here.Trace(t.Context(), traces.Items[len(traces.Items)-1].TraceID)
	require.NoError(t, err)
	sessions, err := here.Sessions(t.Context(), query.SessionFilter{})
	require.NoError(t, err)
	asked := map[string]bool{}
	for i, q := range questions(trace.TraceID, trace.Spans[1].SpanID, sessions.Items[0].ID) {
		asked[q.method] = true
		want, wrong := q.ask(t.Context(), here)
		got, err := q.ask(t.Context(), there)
		for _, kind := range []error{query.ErrNotFound, query.ErrAmbiguous, query.ErrInvalid} {
			assert.Equal(t, isError(wrong, kind), isError(err, kind), "%d %s: %v, %v", i, q.method, wrong, err)
		}
		if wrong != nil {
			assert.Error(t, err, q.method)
			continue
		}
		require.NoError(t, err, "%d %s", i, q.method)
		assert.JSONEq(t, asJSON(t, want), asJSON(t, got), "%d %s", i, q.method)
	}
	for method := range reflect.TypeFor[query.Source]().Methods() {
		assert.True(t, asked[method.Name], "%s is not asked", method.Name)
	}
}

func isError(err, kind error) bool { return err != nil && errors.Is(err, kind) }

// asJSON is a value, with lists that are nil as empty ones.
func asJSON(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	var decoded any
	require.NoError(t, json.Unmarshal(raw, &decoded))
	raw, err = json.Marshal(withoutNull(decoded))
	require.NoError(t, err)
	return string(raw)
}

// withoutNull leaves out what is null or an empty list, which the API has as [].
func withoutNull(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if inner = withoutNull(inner); inner == nil {
				delete(v, key)
			} else {
				v[key] = inner
			}
		}
	case []any:
		if len(v) == 0 {
			return nil
		}
		for i := range v {
			v[i] = withoutNull(v[i])
		}
	}
	return value
}
