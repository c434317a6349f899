package query

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query/querytest"
)

// BenchmarkQuery asks a store of QUERY_TRACES traces (10,000), of ten spans each, what a
// page asks it.
func BenchmarkQuery(b *testing.B) {
	traces := 10_000
	if n, err := strconv.Atoi(os.Getenv("QUERY_TRACES")); err == nil {
		traces = n
	}
	copies := max(traces/querytest.TracesPerCopy, 1)
	path := os.Getenv("QUERY_STORE") // of an earlier run
	if path == "" {
		path = querytest.Many(b, copies)
	}
	s, err := Open(b.Context(), path)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	end := querytest.Begin.Add(time.Duration(copies) * 30 * time.Minute)
	s.SetClock(func() time.Time { return end })
	half := querytest.Begin.Add(time.Duration(copies) * 15 * time.Minute)
	for name, f := range map[string]TraceFilter{
		"latest": {}, "in the middle": {Until: half}, "slowest": {Order: "slowest"}, "cost": {Order: "cost"}, "tokens": {Order: "tokens"}, "errors first": {Order: "errors"},
		"service": {Service: []string{"desk"}}, "no such service": {Service: []string{"none"}}, "environment": {Environment: []string{"staging"}},
		"error": {Status: []string{"error"}}, "running": {Status: []string{"running"}}, "broken off": {Status: []string{"broken_off"}},
		"unpriced": {Status: []string{"unpriced"}}, "redacted": {Status: []string{"redacted"}},
		"model": {Model: []string{"gpt-5"}}, "no such model": {Model: []string{"none"}}, "tool": {Tool: []string{"refund"}}, "no such tool": {Tool: []string{"none"}},
		"agent": {Agent: []string{"desk agent"}}, "provider": {Provider: []string{"openai"}}, "no such provider": {Provider: []string{"none"}},
		"no such name": {Name: []string{"none"}}, "no such span": {SpanName: []string{"none"}},
		"user": {User: []string{"user 7-3"}}, "no such user": {User: []string{"none"}}, "session": {Session: []string{"session 3-50"}},
		"long": {MinDuration: 20 * time.Second}, "dear": {MinCost: 0.03}, "attribute": {Attributes: []string{"customer=acme"}}, "text": {Text: "order 7"},
	} {
		b.Run("list/"+name, func(b *testing.B) {
			for b.Loop() {
				_, err := s.Traces(b.Context(), f)
				require.NoError(b, err)
			}
		})
	}
	for name, ask := range map[string]func() error{
		"stats": func() error { _, err := s.Stats(b.Context(), TraceFilter{}, "Europe/Berlin"); return err },
		"stats of a day": func() error {
			_, err := s.Stats(b.Context(), TraceFilter{Since: end.Add(-24 * time.Hour)}, "Europe/Berlin")
			return err
		},
		"sessions":         func() error { _, err := s.Sessions(b.Context(), SessionFilter{}); return err },
		"sessions of user": func() error { _, err := s.Sessions(b.Context(), SessionFilter{User: []string{"user 7-3"}}); return err },
		"spend by day": func() error {
			_, err := s.Spend(b.Context(), SpendFilter{By: []string{"day"}, Zone: "Europe/Berlin"})
			return err
		},
		"spend by model and user": func() error {
			_, err := s.Spend(b.Context(), SpendFilter{By: []string{"model", "user"}})
			return err
		},
		"spend of a day": func() error {
			_, err := s.Spend(b.Context(), SpendFilter{By: []string{"model"}, Since: end.Add(-24 * time.Hour)})
			return err
		},
		"unpriced":      func() error { _, err := s.UnpricedModels(b.Context(), SpendFilter{}); return err },
		"agents":        func() error { _, err := s.Agents(b.Context(), RunFilter{}); return err },
		"agents of day": func() error { _, err := s.Agents(b.Context(), RunFilter{Since: end.Add(-24 * time.Hour)}); return err },
		"tools":         func() error { _, err := s.Tools(b.Context(), RunFilter{}); return err },
		"tools of day":  func() error { _, err := s.Tools(b.Context(), RunFilter{Since: end.Add(-24 * time.Hour)}); return err },
		"agents of a week": func() error {
			_, err := s.Agents(b.Context(), RunFilter{Since: end.Add(-7 * 24 * time.Hour)})
			return err
		},
		"tools of a week": func() error {
			_, err := s.Tools(b.Context(), RunFilter{Since: end.Add(-7 * 24 * time.Hour)})
			return err
		},
		"loops":      func() error { _, err := s.Loops(b.Context(), RunFilter{}); return err },
		"redactions": func() error { _, err := s.Redactions(b.Context(), RunFilter{}); return err },
		"models":     func() error { _, err := s.Values(b.Context(), "model", "", TraceFilter{}); return err },
		"users":      func() error { _, err := s.Values(b.Context(), "user", "", TraceFilter{}); return err },
		"attributes": func() error { _, err := s.Values(b.Context(), "attribute", "", TraceFilter{}); return err },
		"store":      func() error { _, err := s.Store(b.Context()); return err },
		"changes": func() error {
			c, err := s.Changes(b.Context(), "", TraceFilter{})
			if err == nil {
				_, err = s.Changes(b.Context(), c.Cursor, TraceFilter{})
			}
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				require.NoError(b, ask())
			}
		})
	}
}
