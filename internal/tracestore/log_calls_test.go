package tracestore

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// callRecord is a log record that reports a model call which took a second.
func callRecord(n int, in, out int64, cost float64, change ...func(*Log)) Log {
	l := Log{
		Key: fmt.Sprintf("%032x", 0xc0000+n), TimeNanos: at(n), SeverityNumber: 9, EventName: "claude_code.api_request", Duration: time.Second,
		Resource: testResource, Scope: testScope,
		Call: Facts{
			Provider: "openai", Model: "gpt-4o-mini", InputTokens: Tokens(in), OutputTokens: Tokens(out),
			Cost: Measured(cost), CostStatus: "priced", Accounting: ModelCall,
		},
	}
	for _, f := range change {
		f(&l)
	}
	return l
}

// recordOf reports the call of a span once more.
func recordOf(s Span, n int) Log {
	l := callRecord(n, s.Facts.InputTokens.N, s.Facts.OutputTokens.N, s.Facts.Cost.V)
	l.TraceID, l.SpanID, l.TimeNanos, l.Resource = s.TraceID, s.SpanID, endOf(&s), s.Resource
	return l
}

func writeRecords(s *testStore, logs []Log) {
	s.t.Helper()
	if len(logs) == 0 {
		return
	}
	_, err := s.WriteLogs(s.t.Context(), logs)
	require.NoError(s.t, err)
}

func inTrace(trace, span int) func(*Log) {
	return func(l *Log) {
		l.TraceID = traceID(trace)
		if span != 0 {
			l.SpanID = spanID(span)
		}
	}
}

// recorded are calls that came as spans, as log records or as both, and how many there
// were and what they cost.
var recorded = map[string]struct {
	spans []Span
	logs  []Log
	calls int64
	cost  float64
}{
	"a record alone": {nil, []Log{callRecord(1, 10, 1, 0.5)}, 1, 0.5},
	"two records":    {nil, []Log{callRecord(1, 10, 1, 0.5), callRecord(2, 10, 1, 0.5)}, 2, 1},
	"a record that reports no call": {nil, []Log{callRecord(1, 10, 1, 0.5), {
		Key: "0123", TimeNanos: at(1), Resource: testResource, Scope: testScope,
	}}, 1, 0.5},
	"a record of a call whose cost is not known": {nil, []Log{callRecord(1, 10, 1, 0, func(l *Log) { l.Call.Cost = Amount{} })}, 1, 0},
	"two records of one request": {nil, []Log{
		callRecord(1, 10, 1, 0.5, func(l *Log) { l.Call.RequestID = "req_1" }), callRecord(2, 10, 1, 0.5, func(l *Log) { l.Call.RequestID = "req_1" }),
	}, 1, 0.5},
	"two requests": {nil, []Log{
		callRecord(1, 10, 1, 0.5, func(l *Log) { l.Call.RequestID = "req_1" }), callRecord(2, 10, 1, 0.5, func(l *Log) { l.Call.RequestID = "req_2" }),
	}, 2, 1},
	"the record of a span, by the request": {
		[]Span{newSpan(1, 1, 0, 0, call(10, 1, 0.5), func(s *Span) { s.Facts.RequestID = "req_1" })},
		[]Log{callRecord(1, 10, 1, 0.5, func(l *Log) { l.Call.RequestID = "req_1" })},
		1, 0.5,
	},
	"a record of another request": {
		[]Span{newSpan(1, 1, 0, 0, call(10, 1, 0.5), func(s *Span) { s.Facts.RequestID = "req_1" })},
		[]Log{callRecord(1, 10, 1, 0.5, func(l *Log) { l.Call.RequestID = "req_2" })},
		2, 1,
	},
	"the record of a span, by its id": {
		[]Span{newSpan(1, 1, 0, 0, call(10, 1, 0.5))}, []Log{callRecord(1, 11, 2, 0.75, inTrace(1, 1))}, 1, 0.5,
	},
	"the record of a span, by its answer": {
		[]Span{newSpan(1, 1, 0, 0), newSpan(1, 2, 1, 0, call(10, 1, 0.5), answer("msg_1"))},
		[]Log{callRecord(1, 11, 1, 0.75, inTrace(1, 1), func(l *Log) { l.Call.ResponseID = "msg_1" })},
		1, 0.5,
	},
	"the record stands in the span above the call": {
		[]Span{newSpan(1, 1, 0, 0), newSpan(1, 2, 1, 0, call(10, 1, 0.5))}, []Log{callRecord(1, 10, 1, 0.5, inTrace(1, 1))}, 1, 0.5,
	},
	"another call of the trace": {
		[]Span{newSpan(1, 1, 0, 0), newSpan(1, 2, 1, 0, call(10, 1, 0.5))}, []Log{callRecord(1, 12, 1, 0.25, inTrace(1, 1))}, 2, 0.75,
	},
	"the model is spelt otherwise": {
		[]Span{newSpan(1, 1, 0, 0), newSpan(1, 2, 1, 0, call(10, 1, 0.5), withModel("gpt-4o-mini-2024-07-18"))}, []Log{callRecord(1, 10, 1, 0.5, inTrace(1, 1))}, 1, 0.5,
	},
	"the same tokens, but another request": {
		[]Span{newSpan(1, 1, 0, 0), newSpan(1, 2, 1, 0, call(10, 1, 0.5), func(s *Span) { s.Facts.RequestID = "req_1" })},
		[]Log{callRecord(1, 10, 1, 0.5, inTrace(1, 1), func(l *Log) { l.Call.RequestID = "req_2" })},
		2, 1,
	},
	"the same tokens an hour later": {
		[]Span{newSpan(1, 1, 0, 0), newSpan(1, 2, 1, 0, call(10, 1, 0.5))}, []Log{callRecord(3_600_000, 10, 1, 0.5, inTrace(1, 1))}, 2, 1,
	},
	"the same tokens in another program": {
		[]Span{newSpan(1, 1, 0, 0, withService("app")), newSpan(1, 2, 1, 0, call(10, 1, 0.5), withService("app"))}, []Log{callRecord(1, 10, 1, 0.5, inTrace(1, 1))}, 2, 1,
	},
	"the same tokens in another trace": {
		[]Span{newSpan(2, 1, 0, 0, call(10, 1, 0.5))}, []Log{callRecord(1, 10, 1, 0.5, inTrace(1, 1))}, 2, 1,
	},
	"the span states no usage": {
		[]Span{newSpan(1, 1, 0, 0, noUsage)}, []Log{callRecord(1, 10, 1, 0.5, inTrace(1, 1))}, 1, 0.5,
	},
	"a span with no usage and another record": {
		[]Span{newSpan(1, 1, 0, 0, noUsage)}, []Log{callRecord(1, 10, 1, 0.5, inTrace(1, 7))}, 2, 0.5,
	},
	"a log record in a tool's span": {
		[]Span{newSpan(1, 1, 0, 0, typed("tool_call"))}, []Log{callRecord(1, 10, 1, 0.5, inTrace(1, 1))}, 1, 0.5,
	},
}

// noUsage makes a span a call that states no tokens and no cost.
func noUsage(s *Span) {
	s.Facts = Facts{Type: "model_inference", Model: "gpt-4o-mini", Provider: "openai", CostStatus: "no_usage", Accounting: ModelCall, SessionID: s.Facts.SessionID, UserID: s.Facts.UserID}
}

func TestACallIsCountedOnceWhetherSpansOrRecordsTellIt(t *testing.T) {
	for name, open := range engines {
		for what, test := range recorded {
			for _, first := range []string{"spans", "records"} {
				t.Run(name+"/"+what+"/"+first+" first", func(t *testing.T) {
					s := open(t)
					// All are one user's in one session.
					var spans []Span
					for _, span := range test.spans {
						span.Facts.UserID, span.Facts.SessionID = "u", "s"
						spans = append(spans, span)
					}
					var logs []Log
					for _, l := range test.logs {
						l.Call.UserID, l.Call.SessionID = "u", "s"
						logs = append(logs, l)
					}
					if first == "records" {
						writeRecords(s, logs)
					}
					if len(spans) > 0 {
						s.write(spans...)
					}
					if first == "spans" {
						writeRecords(s, logs)
						writeRecords(s, logs) // sent again
					}
					want := [][]any{{test.calls, test.cost}}
					assert.Equal(t, want, s.rows(`SELECT count(*), coalesce(sum(cost_usd), 0.0) FROM llm_calls`), "llm_calls")
					for _, view := range []string{"cost_daily", "cost_by_model", "sessions", "users"} {
						assert.Equal(t, want, s.rows(`SELECT sum(model_calls), coalesce(sum(cost_usd), 0.0) FROM `+view), view)
					}
				})
			}
		}
	}
}

func TestARecordsCallHasWhatItSays(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.write(newSpan(2, 1, 0, 0, by("u", "s", "c", "a")))
			writeRecords(s, []Log{
				callRecord(5000, 10, 1, 0.5, func(l *Log) {
					l.Call.UserID, l.Call.SessionID, l.Call.ConversationID, l.Call.AgentName = "me", "mine", "talk", "coder"
					l.Call.CacheReadTokens, l.Call.FirstTokenMS, l.SeverityNumber = Tokens(4), Measured(12.5), 17
				}),
				callRecord(6000, 20, 2, 0.25, inTrace(2, 1), func(l *Log) { l.Duration = 0 }),
			})
			assert.Equal(t, [][]any{
				{"2026-11-22T10:00:04.000Z", 1000.0, "gpt-4o-mini", int64(10), int64(4), 12.5, "error", "me", "mine", "talk", "coder", "shop", "log", nil},
				{"2026-11-22T10:00:06.000Z", nil, "gpt-4o-mini", int64(20), nil, nil, "ok", "u", "s", "c", "a", "shop", "log", nil},
			}, s.rows(`SELECT started_at, duration_ms, model, input_tokens, cache_read_tokens, ttft_ms, status, user_id, session_id, conversation_id, agent_name, service_name, source, input
				FROM llm_calls ORDER BY started_at`))
			assert.Equal(t, [][]any{{"mine", int64(0), "2026-11-22T10:00:04.000Z", "2026-11-22T10:00:05.000Z"}, {"s", int64(1), "2026-11-22T10:00:00.000Z", "2026-11-22T10:00:06.000Z"}},
				s.rows(`SELECT session_id, traces, first_started_at, last_ended_at FROM sessions ORDER BY 1`))
		})
	}
}

// TestRetentionTakesRecordsOfCallsAsItTakesOthers deletes them by their age. What they
// have cost stays in the bills.
func TestRetentionTakesRecordsOfCallsAsItTakesOthers(t *testing.T) {
	retaining(t, Retention{MaxAge: time.Hour}, func(t *testing.T, s *testStore) {
		t.Helper()
		writeRecords(s, []Log{callRecord(1, 10, 1, 0.5)})
		s.clock.advance(2 * time.Hour)
		writeRecords(s, []Log{callRecord(2, 20, 1, 0.25)})
		s.tendNow(5)
		assert.Equal(t, [][]any{{int64(1), 0.25}}, s.rows(`SELECT count(*), sum(cost_usd) FROM llm_calls`))
		assert.Equal(t, [][]any{{int64(2), 0.75}}, s.rows(`SELECT model_calls, cost_usd FROM cost_daily`))
	})
}
