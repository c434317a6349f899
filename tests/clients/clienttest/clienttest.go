// Package clienttest runs the applications of tests/clients, each with a real
// instrumentation, against the built collector, and compares what was stored
// with what the served model reported.
package clienttest

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// Call is a model call as it is to be stored. Cost is in millionths of a
// dollar.
type Call struct {
	Model                                string
	Input, CacheRead, CacheWrite, Output int64
	Cost                                 float64
}

// The calls of calls.mjs with the usage that model.mjs reports, and the cost
// from the list prices of November 2026, in dollars a million tokens:
//
//	gpt-4o-mini             0.15 in, 0.075 cache read, 0.60 out
//	claude-haiku-4-5        1 in, 0.10 cache read, 1.25 cache write for 5 minutes, 2 for an hour, 5 out
//	text-embedding-3-small  0.02 in
var (
	// 216 × 0.15 + 1,024 × 0.075 + 42 × 0.60 = 32.4 + 76.8 + 25.2
	Ask = Call{Model: gpt, Input: 1240, CacheRead: 1024, Output: 42, Cost: 134.4}
	// 234 × 0.15 + 1,152 × 0.075 + 118 × 0.60 = 35.1 + 86.4 + 70.8
	Answer = Call{Model: gpt, Input: 1386, CacheRead: 1152, Output: 118, Cost: 192.3}
	// 464 × 0.15 + 1,536 × 0.075 + 300 × 0.60 = 69.6 + 115.2 + 180
	Stream = Call{Model: gpt, Input: 2000, CacheRead: 1536, Output: 300, Cost: 364.8}
	// 450 × 1 + 1,800 × 0.10 + 200 × 1.25 + 400 × 2 + 80 × 5 = 450 + 180 + 250 + 800 + 400
	Validate = Call{Model: haiku, Input: 2850, CacheRead: 1800, CacheWrite: 600, Output: 80, Cost: 2080}
	// The same where nothing tells how long writes live: 600 × 1.25 = 750 in place
	// of 250 + 800.
	ValidateFiveMinutes = Call{Model: haiku, Input: 2850, CacheRead: 1800, CacheWrite: 600, Output: 80, Cost: 1780}
	// 28 × 0.02
	Embed = Call{Model: "text-embedding-3-small", Input: 28, Cost: 0.56}

	// Ask and Answer where the instrumentation does not tell what was cached:
	// 1,240 × 0.15 + 42 × 0.60 = 186 + 25.2 and 1,386 × 0.15 + 118 × 0.60 = 207.9 + 70.8
	AskUncached    = Call{Model: gpt, Input: 1240, Output: 42, Cost: 211.2}
	AnswerUncached = Call{Model: gpt, Input: 1386, Output: 118, Cost: 278.7}
)

const (
	gpt   = "gpt-4o-mini-2024-07-18"
	haiku = "claude-haiku-4-5-20251001"
)

// Named returns the call under another model name, for instrumentations that do
// not tell which model answered.
func (c Call) Named(model string) Call {
	c.Model = model
	return c
}

// Result is what an application prints.
type Result struct {
	TraceID  string   `json:"traceId"`
	TraceIDs []string `json:"traceIds"`
	Requests map[string]int
}

// Want is what is to be stored.
type Want struct {
	Script   string         // of the test's own folder; app.mjs where empty
	Requests map[string]int // that the served model saw
	Priced   []Call
	// Estimated are the models of calls whose usage the instrumentation does not
	// report. Their tokens may be estimated, and are never taken for priced ones.
	Estimated []string
	// Session is set where the application gives a session and a user.
	Session bool
}

// statusesWithoutUsage are what may become of a call that states no usage.
var statusesWithoutUsage = []string{"no_usage", "estimated"}

// Run runs a script of the test's own folder and checks what the collector has
// stored.
func Run(t *testing.T, want Want) {
	t.Helper()
	c := e2e.StartCollector(t)
	secrets := testutil.NewSecrets(44)
	given, err := json.Marshal(secrets)
	require.NoError(t, err)
	var ran Result
	script := want.Script
	if script == "" {
		script = "app.mjs"
	}
	e2e.Node(t, []string{"OTLP_ENDPOINT=" + c.HTTP, "SECRETS=" + string(given)}, &ran, script)
	require.Equal(t, want.Requests, ran.Requests)

	reader, err := tracestore.OpenReader(t.Context(), c.TracesDB())
	require.NoError(t, err)
	defer reader.Close()
	if ran.TraceID != "" {
		ran.TraceIDs = append(ran.TraceIDs, ran.TraceID)
	}
	got := stored{sessions: map[string]bool{}, users: map[string]bool{}}
	for _, id := range ran.TraceIDs {
		got.read(t, reader, id)
	}
	got.check(t, want)
	c.AssertNoSecret(t, secrets)
	require.NoError(t, c.Stop())
	c.AssertNoSecret(t, secrets)
}

// stored is what is in the trace store.
type stored struct {
	priced    []Call
	estimated []string
	others    []string // spans that count and are neither
	sessions  map[string]bool
	users     map[string]bool

	input, output int64 // totals of the traces
	cost          float64
	estimatedCost float64
}

func (s *stored) read(t *testing.T, reader *tracestore.Reader, traceID string) {
	t.Helper()
	spans, err := reader.Spans(t.Context(), traceID)
	require.NoError(t, err)
	for i := range spans {
		f := &spans[i].Facts
		s.sessions[f.SessionID], s.users[f.UserID] = true, true
		switch {
		case f.CostStatus == "priced":
			s.priced = append(s.priced, Call{
				Model: f.Model, Input: f.InputTokens.N, CacheRead: f.CacheReadTokens.N, CacheWrite: f.CacheWriteTokens.N,
				Output: f.OutputTokens.N, Cost: f.Cost.V * 1e6,
			})
		case slices.Contains(statusesWithoutUsage, f.CostStatus):
			s.estimated = append(s.estimated, f.Model)
			s.estimatedCost += f.Cost.V * 1e6
			s.input -= f.InputTokens.N
			s.output -= f.OutputTokens.N
		case f.Cost.Known:
			s.others = append(s.others, spans[i].Name+": "+f.CostStatus)
		}
	}
	trace, err := reader.Trace(t.Context(), traceID)
	require.NoError(t, err)
	s.input += trace.InputTokens
	s.output += trace.OutputTokens
	s.cost += trace.Cost.V * 1e6
}

func (s *stored) check(t *testing.T, want Want) {
	t.Helper()
	var input, output int64
	var cost float64
	for i := range want.Priced {
		input += want.Priced[i].Input
		output += want.Priced[i].Output
		cost += want.Priced[i].Cost
	}
	rounded := func(calls []Call) []Call {
		out := make([]Call, len(calls))
		for i, call := range calls {
			// A thousandth of a millionth: what summing floats may leave.
			call.Cost = float64(int64(call.Cost*1e3+0.5)) / 1e3
			out[i] = call
		}
		return out
	}
	assert.ElementsMatch(t, rounded(want.Priced), rounded(s.priced))
	assert.ElementsMatch(t, want.Estimated, s.estimated)
	assert.Empty(t, s.others, "spans with a cost that are no calls")
	assert.Equal(t, input, s.input, "input of the whole trace")
	assert.Equal(t, output, s.output, "output of the whole trace")
	assert.InDelta(t, cost, s.cost-s.estimatedCost, 0.001, "cost of the whole trace, in millionths of a dollar")
	if want.Session {
		assert.True(t, s.sessions["sess-42"], "session")
		assert.True(t, s.users["user-17"], "user")
	}
}
