package tracestore

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// begun is a span as it is known when it begins.
func begun(s Span) Span {
	f := Facts{Type: s.Facts.Type, UserID: s.Facts.UserID, AgentName: s.Facts.AgentName, Preview: s.Facts.Preview, Pending: true}
	s.Facts, s.EndNanos, s.StatusCode = f, s.StartNanos, 0
	return s
}

func TestASpanThatHasBegunIsSeenAndNotCounted(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			root := newSpan(1, 1, 0, 0, typed("agent_run"), by("ann", "", "", "planner"), func(s *Span) { s.Facts.Preview = "Book a flight"; s.StatusCode = 2 })
			tool := newSpan(1, 2, 1, 1, typed("tool_call"))
			s.write(begun(root), begun(tool))
			assert.Equal(t, [][]any{{spanID(1), "span 1", int64(1), int64(0), int64(0), int64(0), "ann", "Book a flight"}},
				s.rows(`SELECT root_span_id, root_name, root_pending, span_count, tool_calls, error_count, user_id, input FROM otel_traces`))
			assert.Equal(t, "running", s.value(`SELECT status FROM traces`))
			assert.Equal(t, [][]any{{nil}, {nil}}, s.rows(`SELECT endedAt FROM mastra_ai_spans`))
			for _, view := range []string{"tool_calls", "agent_runs", "llm_calls", "errors"} {
				assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM `+view), view)
			}
			assert.Equal(t, Result{Duplicates: 1}, s.write(begun(root)), "told again")
			assert.Equal(t, Result{Inserted: 1}, s.write(tool))
			assert.Equal(t, Result{Inserted: 1, Duplicates: 1}, s.write(root, begun(tool)), "told too late")
			assert.Equal(t, Result{Duplicates: 2}, s.write(root, tool))
			assert.Equal(t, [][]any{{spanID(1), int64(0), int64(2), int64(2), int64(1), int64(1)}},
				s.rows(`SELECT root_span_id, root_pending, root_status, span_count, tool_calls, error_count FROM otel_traces`))
			assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM mastra_ai_spans WHERE endedAt IS NULL`))
			assert.Equal(t, [][]any{{spanID(1), int64(0)}, {spanID(2), int64(0)}}, s.rows(`SELECT span_id, pending FROM otel_spans ORDER BY 1`))
			assert.EqualValues(t, 1, s.value(`SELECT count(*) FROM tool_calls`))
		})
	}
}

func TestASpanThatHasBegunStandsInForARootUntilItEnds(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			below := newSpan(1, 2, 1, 1)
			s.write(begun(below))
			s.clock.advance(2 * time.Hour)
			s.settleAll()
			require.Equal(t, spanID(2), s.value(`SELECT promoted_span_id FROM otel_traces`))
			s.write(below)
			assert.Equal(t, [][]any{{spanID(2), spanID(2), nil}}, s.rows(`SELECT root_span_id, promoted_span_id, (SELECT parentSpanId FROM mastra_ai_spans) FROM otel_traces`))
			s.write(newSpan(1, 1, 0, 0))
			assert.Equal(t, [][]any{{spanID(1), nil, spanID(1)}}, s.rows(`SELECT root_span_id, promoted_span_id, (SELECT parentSpanId FROM mastra_ai_spans WHERE spanId = ?) FROM otel_traces`, spanID(2)))
		})
	}
}

// TestWhatHasBegunChangesNoCount writes random traces with and without pending spans
// among them, in random orders.
func TestWhatHasBegunChangesNoCount(t *testing.T) {
	const sums = `SELECT trace_id, root_span_id, root_status, span_count, error_count, model_calls, unpriced_calls, tool_calls, input_tokens, output_tokens, roll_ups, redactions FROM otel_traces ORDER BY 1`
	for seed := range seeds(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 5))
			spans, _ := billed(random, 8)
			for trace := range 4 {
				spans = append(spans, randomTree(random, 100+trace)...)
			}
			once := openTestStore(t)
			once.write(spans...)
			for name, open := range engines {
				s := open(t)
				all := append([]Span(nil), spans...)
				for _, span := range spans {
					if random.IntN(2) == 0 {
						all = append(all, begun(span))
					}
				}
				random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
				for len(all) > 0 {
					n := 1 + random.IntN(min(9, len(all)))
					s.write(all[:n]...)
					all = all[n:]
				}
				assert.Equal(t, once.rows(sums), s.rows(sums), name)
				assert.Equal(t, once.totalRows(), s.totalRows(), name)
				assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM otel_spans WHERE pending > 0`), name)
				assert.EqualValues(t, len(spans), s.value(`SELECT count(*) FROM mastra_ai_spans`), name)
				assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM otel_span_data WHERE id NOT IN (SELECT id FROM otel_spans)`), name)
			}
		})
	}
}
