package query

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query/querytest"
)

// plan is SQLite's plan of a statement, a step a line.
func (s *Store) plan(t *testing.T, q *sqlText) string {
	t.Helper()
	explain := new(sqlText).add("EXPLAIN QUERY PLAN "+q.String(), q.args...)
	var steps []string
	require.NoError(t, s.rows(t.Context(), explain, func(r *row) error {
		r.next()
		r.next()
		r.next()
		steps = append(steps, r.text())
		return nil
	}), q.String())
	return strings.Join(steps, "\n")
}

// wholeTable is a step that reads all rows of a table. Going through the index of a list
// from its newest end on is none.
var wholeTable = regexp.MustCompile(`(?m)^SCAN (t|s|o|l|m|d|otel_\w+|mastra_ai_spans)$`)

// TestNoListReadsOrSortsAWholeTable: in the default order, under the filters of the page.
func TestNoListReadsOrSortsAWholeTable(t *testing.T) {
	path := querytest.Many(t, 3)
	s, err := Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	s.SetClock(func() time.Time { return querytest.Begin.Add(time.Hour) })
	assertPlans := func(t *testing.T) {
		t.Helper()
		for name, test := range map[string]struct {
			filter TraceFilter
			index  string
		}{
			"latest":       {TraceFilter{}, "otel_traces_list"},
			"in a window":  {TraceFilter{Since: querytest.Begin, Until: querytest.Begin.Add(time.Hour)}, "otel_traces_list (start_us>? AND start_us<?)"},
			"service":      {TraceFilter{Service: []string{"desk"}}, "otel_traces_list"},
			"environment":  {TraceFilter{Environment: []string{"staging"}}, "otel_traces_list"},
			"error":        {TraceFilter{Status: []string{"error"}}, "otel_traces_list"},
			"unpriced":     {TraceFilter{Status: []string{"unpriced"}}, "otel_traces_list"},
			"redacted":     {TraceFilter{Status: []string{"redacted"}}, "otel_traces_list"},
			"running":      {TraceFilter{Status: []string{"running"}}, "otel_traces_unrooted"},
			"broken off":   {TraceFilter{Status: []string{"broken_off"}}, "otel_traces_unrooted"},
			"cost":         {TraceFilter{MinCost: 1}, "otel_traces_list"},
			"duration":     {TraceFilter{MinDuration: time.Second}, "otel_traces_list"},
			"user":         {TraceFilter{User: []string{"user 7-3"}}, "otel_traces_user"},
			"session":      {TraceFilter{Session: []string{"session 3-1"}}, "otel_traces_sessions"},
			"rare model":   {TraceFilter{Model: []string{"gpt-5"}}, "otel_spans_model"},
			"rare tool":    {TraceFilter{Tool: []string{"refund"}}, "otel_spans_tool"},
			"rare agent":   {TraceFilter{Agent: []string{"desk agent"}}, "otel_spans_agent"},
			"provider":     {TraceFilter{Provider: []string{"openai"}}, "otel_spans_provider (provider=?)"},
			"name":         {TraceFilter{Name: []string{"answer shop"}}, "otel_spans_name (name=?)"},
			"span service": {TraceFilter{SpanService: []string{"desk"}}, "otel_spans_service (service_name=?)"},
			"span name":    {TraceFilter{SpanName: []string{"chat"}}, "otel_spans_name (name=?)"},
			"attribute":    {TraceFilter{Attributes: []string{"customer=acme"}}, "sqlite_autoindex_otel_spans_1 (trace_id=?)"},
			"text":         {TraceFilter{Text: "order"}, "sqlite_autoindex_otel_spans_1 (trace_id=?)"},
		} {
			list, err := s.traceList(t.Context(), &test.filter)
			require.NoError(t, err)
			plan := s.plan(t, list.ids(&place{Key: querytest.Begin.UnixMicro(), ID: int64(7)}, 101))
			assert.Contains(t, plan, test.index, name)
			assert.Empty(t, wholeTable.FindString(plan), name+"\n"+plan)
			// Starts that are equal are brought into the order of ids.
			if sorted := strings.Contains(strings.ReplaceAll(plan, "USE TEMP B-TREE FOR LAST TERM OF ORDER BY", ""), "B-TREE FOR ORDER BY"); sorted {
				assert.Regexp(t, `(?m)^SEARCH t USING (INDEX sqlite_autoindex_otel_traces_1 \(trace_id=\?\)|INTEGER PRIMARY KEY \(rowid=\?\))`, plan, name+" sorts more than the few it has looked up\n"+plan)
			}
		}
		for name, q := range map[string]*sqlText{
			"sessions": new(SessionFilter).page(nil, 101), "first of changes": new(sqlText).add("SELECT id FROM otel_spans NOT INDEXED WHERE id >= 5 ORDER BY id LIMIT 5"),
			"spend": new(SpendFilter).conditions().to(new(sqlText).add("SELECT "+spendSums+" FROM otel_totals t WHERE slot_us >= 5"), "AND"),
		} {
			plan := s.plan(t, q)
			assert.Empty(t, wholeTable.FindString(plan), name+"\n"+plan)
		}
	}
	t.Run("in a new file", assertPlans)
	plan := s.plan(t, (&SessionFilter{User: []string{"user 7-3"}}).page(nil, 101))
	assert.Contains(t, plan, "otel_traces_user (user_id=?)")
	assert.NotContains(t, plan, "otel_traces_sessions")
}

// TestRunsAreReadFromTheirIndexes: each name within the time that is asked for, and no row of a span.
func TestRunsAreReadFromTheirIndexes(t *testing.T) {
	s, err := Open(t.Context(), querytest.Many(t, 1))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	for _, kind := range []runKind{agentRuns, toolRuns} {
		f := RunFilter{Service: []string{"desk"}, Since: querytest.Begin, Until: querytest.Begin.Add(time.Hour)}
		among := kind.among(&f).add(" z AS (SELECT 1) SELECT count(*) FROM r")
		assert.Contains(t, s.plan(t, among), "SEARCH s USING COVERING INDEX "+kind.index+" ("+kind.name+"=? AND start_us>? AND start_us<?)")
		for name, q := range map[string]*sqlText{"timed": kind.timed(&f), "below": kind.below(&f)} {
			plan := s.plan(t, q)
			assert.NotRegexp(t, `(?m)^SCAN (s|otel_\w+)$`, plan, name)
			assert.Contains(t, plan, "USING COVERING INDEX "+kind.index, name)
		}
	}
}

// TestAValueOfManySpansIsSoughtFromItsLastOn: where many spans have a value, none of the last
// traces need have it.
func TestAValueOfManySpansIsSoughtFromItsLastOn(t *testing.T) {
	path := querytest.Many(t, fewSpans/200+1) // two calls a trace
	s, err := Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	f := TraceFilter{Provider: []string{"none", "openai"}}
	few, before, err := s.spread(t.Context(), "provider", "otel_spans_provider", f.Provider)
	require.NoError(t, err)
	assert.False(t, few)
	var last int64
	require.NoError(t, s.rows(t.Context(), new(sqlText).add("SELECT max(start_us) FROM otel_spans WHERE provider = 'openai'"), func(r *row) error {
		last = r.int()
		return nil
	}))
	assert.Equal(t, last, before)
	list, err := s.traceList(t.Context(), &f)
	require.NoError(t, err)
	assert.Contains(t, s.plan(t, list.ids(nil, 101)), "otel_traces_list (start_us<?)")
	all, err := s.Traces(t.Context(), TraceFilter{Limit: 1000})
	require.NoError(t, err)
	f.Limit = 1000
	called, err := s.Traces(t.Context(), f)
	require.NoError(t, err)
	assert.True(t, slices.EqualFunc(all.Items, called.Items, func(a, b TraceSummary) bool { return a.TraceID == b.TraceID }))
	assert.Len(t, called.Items, 1000)
}
