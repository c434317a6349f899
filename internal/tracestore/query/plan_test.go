package query

import (
	"regexp"
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
			"latest":      {TraceFilter{}, "otel_traces_list"},
			"in a window": {TraceFilter{Since: querytest.Begin, Until: querytest.Begin.Add(time.Hour)}, "otel_traces_list (start_us>? AND start_us<?)"},
			"service":     {TraceFilter{Service: []string{"desk"}}, "otel_traces_list"},
			"environment": {TraceFilter{Environment: []string{"staging"}}, "otel_traces_list"},
			"error":       {TraceFilter{Status: []string{"error"}}, "otel_traces_list"},
			"unpriced":    {TraceFilter{Status: []string{"unpriced"}}, "otel_traces_list"},
			"redacted":    {TraceFilter{Status: []string{"redacted"}}, "otel_traces_list"},
			"running":     {TraceFilter{Status: []string{"running"}}, "otel_traces_unrooted"},
			"broken off":  {TraceFilter{Status: []string{"broken_off"}}, "otel_traces_unrooted"},
			"cost":        {TraceFilter{MinCost: 1}, "otel_traces_list"},
			"duration":    {TraceFilter{MinDuration: time.Second}, "otel_traces_list"},
			"user":        {TraceFilter{User: []string{"user 7-3"}}, "otel_traces_user"},
			"session":     {TraceFilter{Session: []string{"session 3-1"}}, "otel_traces_sessions"},
			"rare model":  {TraceFilter{Model: []string{"gpt-5"}}, "otel_spans_model"},
			"rare tool":   {TraceFilter{Tool: []string{"refund"}}, "otel_spans_tool"},
			"rare agent":  {TraceFilter{Agent: []string{"desk agent"}}, "otel_spans_agent"},
			"provider":    {TraceFilter{Provider: []string{"openai"}}, "sqlite_autoindex_otel_spans_1 (trace_id=?)"},
			"attribute":   {TraceFilter{Attributes: []string{"customer=acme"}}, "sqlite_autoindex_otel_spans_1 (trace_id=?)"},
			"text":        {TraceFilter{Text: "order"}, "sqlite_autoindex_otel_spans_1 (trace_id=?)"},
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
}
