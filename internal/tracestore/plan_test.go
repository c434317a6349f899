package tracestore

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// plan returns SQLite's plan of a query, one step a line.
func (s *testStore) plan(query string, args ...any) string {
	s.t.Helper()
	var steps []string
	for _, row := range s.rows("EXPLAIN QUERY PLAN "+query, args...) {
		steps = append(steps, asText(row[3]))
	}
	return strings.Join(steps, "\n")
}

// scanned are the tables, by name and by the aliases that the queries use,
// that must never be read as a whole. An index that is empty between transactions
// may.
var scanned = regexp.MustCompile(`(?m)^SCAN (otel_spans|otel_traces|mastra_ai_spans|[spmgt])( USING INDEX otel_spans_(session|model|service|response|calls).*| USING COVERING INDEX.*)?$`)

// TestNothingThatRunsWithEveryWriteScansATable guards what a transaction costs
// in a large database: only rows of the touched traces may be read.
func TestNothingThatRunsWithEveryWriteScansATable(t *testing.T) {
	s := openTestStore(t)
	t.Run("in a new file", s.assertNoScan)
	// Somebody may run ANALYZE, after which SQLite weighs its plans anew.
	var spans []Span
	for trace := range 300 {
		spans = append(spans, newSpan(trace, 3*trace+1, 0, trace), newSpan(trace, 3*trace+2, 3*trace+1, trace, call(1, 1, 1), answer("x")), newSpan(trace, 3*trace+3, 3*trace+2, trace, call(1, 1, 1)))
	}
	s.write(spans...)
	s.rows("ANALYZE")
	t.Run("after ANALYZE", s.assertNoScan)
}

func (s *testStore) assertNoScan(t *testing.T) {
	t.Helper()
	for name, query := range map[string]string{
		"sumTraces": sumTraces, "setRoots": setRoots, "unfinished": unfinished, "markRepeated": markRepeated, "markCovered": markCovered, "chooseAnswers": chooseAnswers, "recount": recount, "settleCounted": settleCounted,
		"rollUp": rollUp, "restoreParents": restoreParents, "dismiss": dismiss, "promote": promote, "appoint": appoint, "nextDue": nextDue,
	} {
		t.Run(name, func(t *testing.T) {
			plan := s.plan(query, slices.Repeat([]any{int64(1)}, parameters(query))...)
			assert.Empty(t, scanned.FindString(plan), plan)
		})
	}
	for _, st := range serverFinish(momentOf(time.Now()), 0) {
		plan := s.plan(st.sql, st.args...)
		assert.Empty(t, scanned.FindString(plan), st.sql+plan)
	}
	for name, i := range map[string]*insertion{"spans": spanInsertion, "mastra": mastraInsertion, "data": dataInsertion, "logs": logInsertion} {
		r := newRows(i, 1)
		for range i.columns {
			r.values = append(r.values, "x")
		}
		r.seal()
		sql := r.statement(3)
		plan := s.plan(sql, make([]any, strings.Count(sql, "?"))...)
		assert.Empty(t, scanned.FindString(plan), name+plan)
	}
	plan := s.plan(removeForeign)
	assert.Empty(t, scanned.FindString(plan), plan)
	// max(id) is the end of the table.
	assert.NotContains(t, s.plan(markNew), "INDEX")
}

// TestAViewLooksEachCallUp guards what the views cost in a large store: beside one
// walk over the calls, or the traces, what a call belongs to and which span tells a record's call are
// looked up.
func TestAViewLooksEachCallUp(t *testing.T) {
	s := openTestStore(t)
	scan := regexp.MustCompile(`(?m)^SCAN (otel_spans|otel_traces|otel_logs|mastra_ai_spans|[abd-z])( .*)?$`) // c is the list of calls
	for view, scans := range map[string][]string{
		"llm_calls": {"SCAN otel_spans USING INDEX otel_spans_calls", "SCAN l USING INDEX otel_logs_calls"},
		"users":     {"SCAN t USING INDEX otel_traces_varies", "SCAN l USING INDEX otel_logs_calls"},
		"sessions":  {"SCAN otel_traces", "SCAN otel_traces USING INDEX otel_traces_varies", "SCAN t USING INDEX otel_traces_varies", "SCAN l USING INDEX otel_logs_calls"},
	} {
		plan := s.plan(`SELECT * FROM ` + view)
		assert.Equal(t, scans, scan.FindAllString(plan, -1), view)
		for _, index := range []string{"otel_spans_calls (trace_id=? AND input_tokens=? AND output_tokens=?)", "otel_spans_request (request_id=?)", "otel_spans_response (trace_id=? AND response_id=?)", "otel_logs_calls_request (request_id=?)"} {
			assert.Contains(t, plan, index, view)
		}
	}
	for _, view := range []string{"cost_daily", "cost_by_model"} {
		assert.NotRegexp(t, `otel_(spans|logs|traces)`, s.plan(`SELECT * FROM `+view), view)
	}
	for _, view := range []string{"llm_calls", "tool_calls", "agent_runs", "errors"} {
		plan := s.plan(`SELECT * FROM ` + view + ` WHERE trace_id = 'x'`)
		assert.Empty(t, scan.FindString(plan), view)
	}
}
