package tracestore

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const oneDay = 24 * 60 * 60 * 1000 // milliseconds

func inSession(id string) func(*Span) {
	return func(s *Span) { s.Facts.SessionID, s.Facts.UserID = id, "user of "+id }
}

func withModel(name string) func(*Span) { return func(s *Span) { s.Facts.Model = name } }

// writeSums writes three traces of two sessions, models and days.
func writeSums(s *testStore) {
	s.t.Helper()
	s.write(
		newSpan(1, 1, 0, 0, inSession("a")),
		newSpan(1, 2, 1, 1, call(100, 10, 0.25), inSession("a"), func(s *Span) { s.Mastra.Input = `"How \"late\" is it\nin 100% of_cases?"` }),
		newSpan(1, 3, 1, 2, call(10, 1, 0.5), withModel("claude-x"), func(s *Span) { s.Mastra.Output = `"It is LATE."` }),
		newSpan(2, 4, 0, oneDay, inSession("a"), func(s *Span) { s.StatusCode, s.Mastra.Error = 2, `{"message":"too late"}` }),
		newSpan(2, 5, 4, oneDay+1, call(7, 3, 0.125)),
		newSpan(3, 6, 0, oneDay+2, inSession("b"), func(s *Span) { s.EndNanos = at(oneDay + 5000) }),
	)
}

// TestQueriesUseTheirIndexes asserts what libsql reference 4.4 measures as fast.
func TestQueriesUseTheirIndexes(t *testing.T) {
	s := openTestStore(t)
	writeSums(s)
	for name, test := range map[string]struct {
		statement statement
		uses      []string
		sorts     bool
	}{
		"a trace as a tree": {statement{sql: treeQuery, args: []any{"x"}}, []string{"SEARCH s USING INDEX sqlite_autoindex_otel_spans_1 (trace_id=?)", "SEARCH m USING INDEX mastra_ai_spans_"}, true},
		"spans of a trace":  {statement{sql: spanRange, args: []any{"x", 1, 2}}, []string{"SEARCH s USING INDEX sqlite_autoindex_otel_spans_1 (trace_id=?)", "SEARCH d USING INTEGER PRIMARY KEY"}, true},
		"lengths of spans":  {statement{sql: spanLengths, args: []any{"x"}}, []string{"INDEX sqlite_autoindex_otel_spans_1 (trace_id=?)", "SEARCH d USING INTEGER PRIMARY KEY"}, true},
		"a span":            {statement{sql: spanAlone, args: []any{"x", "y"}}, []string{"SEARCH s USING INDEX sqlite_autoindex_otel_spans_1 (trace_id=? AND span_id=?)", "SEARCH m USING INDEX mastra_ai_spans_"}, false},
		"a text":            {SearchFilter{Below: 9}.statement("x", 0), []string{"SEARCH s USING INTEGER PRIMARY KEY", "SEARCH m USING INDEX mastra_ai_spans_spanid_traceid_idx"}, false},
		"logs of a trace":   {LogFilter{TraceID: "x"}.statement(), []string{"USING INDEX otel_logs_trace (trace_id=?)"}, true},
	} {
		plan := s.plan(test.statement.sql, test.statement.args...)
		for _, part := range test.uses {
			assert.Contains(t, plan, part, name)
		}
		if !test.sorts {
			// Starts that are equal are brought into the order of ids.
			assert.NotContains(t, strings.ReplaceAll(plan, "USE TEMP B-TREE FOR LAST TERM OF ORDER BY", ""), "TEMP B-TREE", name)
		}
	}
}

// TestSumsStopAtTheLargestInteger adds up more than 64 bits hold.
func TestSumsStopAtTheLargestInteger(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			for trace, count := range []int{1030, 1} {
				group := 2000*trace + 1
				spans := []Span{newSpan(trace, group, 0, 0, inSession("a"), typed("model_generation"), func(s *Span) { s.Facts.RollUp = true })}
				for n := 1; n <= count; n++ {
					spans = append(spans, newSpan(trace, group+n, group, n, call(MaxInteger, 1, 0.5), inSession("a")))
				}
				s.write(spans...)
				assert.EqualValues(t, MaxInteger, s.value(`SELECT json_extract(attributes, '$.usage.inputTokens') FROM mastra_ai_spans WHERE spanId = ?`, spanID(group)))
			}
			// A call below another that states usage makes the totals anew.
			s.write(newSpan(0, 1500, 2, 5000, call(1, 1, 0.5)))
			assert.EqualValues(t, 1030, s.trace(0).ModelCalls)
			assert.EqualValues(t, MaxInteger, s.trace(0).InputTokens)

			all := s.totals()
			assert.EqualValues(t, 1031, all.ModelCalls)
			assert.EqualValues(t, MaxInteger, all.InputTokens)
			assert.EqualValues(t, 1031, all.OutputTokens)
			for _, view := range []string{"cost_daily", "cost_by_model", "sessions"} {
				assert.Equal(t, [][]any{{int64(MaxInteger), int64(1031)}}, s.rows(`SELECT input_tokens, output_tokens FROM `+view), view)
			}
		})
	}
}
