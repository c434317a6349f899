package tracestore

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// spanTimes are spans with odd times, and what every row, sum and view has of them.
// Milliseconds are those of at; anything below 0 stands for the value of the same name.
var spanTimes = []struct {
	name       string
	start, end uint64
	// From and to in the rows.
	from, to uint64
}{
	{"as it should be", at(0), at(10), at(0), at(10)},
	{"no length", at(5), at(5), at(5), at(5)},
	{"a nanosecond", at(5), at(5) + 1, at(5), at(5) + 1},
	{"a workflow that waits for weeks", at(0), at(0) + 40*24*3600e9, at(0), at(0) + 40*24*3600e9},
	{"no end", at(3), 0, at(3), at(3)},
	{"ends before it starts", at(10), at(4), at(10), at(10)},
	{"ends a nanosecond before it starts", at(10), at(10) - 1, at(10), at(10)},
	{"no start", 0, at(7), at(7), at(7)},
	{"neither", 0, 0, 0, 0},
	{"the end is the largest number", at(2), 1<<64 - 1, at(2), at(2)},
	{"the end is the largest signed number", at(2), 1<<63 - 1, at(2), at(2)},
	{"the start is the largest number", 1<<64 - 1, at(6), at(6), at(6)},
	{"the end is in seconds", at(1), at(1) / 1e9, at(1), at(1)},
	{"the start is in seconds", at(1) / 1e9, at(8), at(8), at(8)},
	{"the start is in milliseconds", at(1) / 1e6, at(8), at(8), at(8)},
	{"the end is ten years ahead", at(1), at(1) + 10*365*24*3600e9, at(1), at(1)},
	{"the start is 1970, the end 2300", 0, 10_413_792_000e9, 0, 0},
	{"both are beyond all times", 1<<64 - 2, 1<<64 - 1, 1<<64 - 2, 1<<64 - 1},
}

func withTimes(start, end uint64) func(*Span) {
	return func(s *Span) { s.StartNanos, s.EndNanos = start, end }
}

func us(nanos uint64) int64 { n, _, _ := micros(nanos); return n }

// assertTimes asserts what a trace of one span, in a session of its own, has.
func (s *testStore) assertTimes(t *testing.T, trace int, from, to uint64) {
	t.Helper()
	id := traceID(trace)
	ms := float64(us(to)-us(from)) / 1000
	assert.Equal(t, [][]any{{us(from), us(to), us(to - from)}}, s.rows(`SELECT start_us, end_us, duration_us FROM otel_spans WHERE trace_id = ?`, id))
	assert.Equal(t, [][]any{{us(from), us(to)}}, s.rows(`SELECT start_us, end_us FROM otel_traces WHERE trace_id = ?`, id))
	assert.Equal(t, [][]any{{isoMillis(from), isoMillis(to)}}, s.rows(`SELECT startedAt, endedAt FROM mastra_ai_spans WHERE traceId = ?`, id))
	for _, view := range []string{"traces", "llm_calls"} {
		assert.Equal(t, [][]any{{ms}}, s.rows(`SELECT duration_ms FROM `+view+` WHERE trace_id = ?`, id), view)
	}
	session := s.rows(`SELECT first_started_at <= last_ended_at, julianday(last_ended_at) - julianday(first_started_at) < 366.5 FROM sessions WHERE session_id = ?`, strconv.Itoa(trace))
	assert.Equal(t, [][]any{{int64(1), int64(1)}}, session)
	got := s.trace(trace)
	assert.Equal(t, time.Duration(us(to)-us(from))*time.Microsecond, got.Duration)
	assert.Equal(t, got.Duration, got.Roots[0].Duration)
}

func TestNoTimeOfASpanMakesALengthThatCannotBe(t *testing.T) {
	for name, open := range engines {
		s := open(t)
		for i, test := range spanTimes {
			t.Run(name+"/"+test.name, func(t *testing.T) {
				span := newSpan(i, i+1, 0, 0, call(1, 1, 1), withTimes(test.start, test.end), func(s *Span) { s.Facts.SessionID = strconv.Itoa(i) })
				assert.Equal(t, Result{Inserted: 1}, s.write(span))
				s.assertTimes(t, i, test.from, test.to)
				assert.Equal(t, Result{Duplicates: 1}, s.write(span), "it is known again")
				spans, err := s.reader().Spans(t.Context(), traceID(i))
				require.NoError(t, err)
				assert.Equal(t, []uint64{test.start, test.end}, []uint64{spans[0].StartNanos, spans[0].EndNanos}, "what was sent is kept")
			})
		}
	}
}

// TestASpanWithoutTimesStretchesNoTrace has each odd span beside two others, in any order.
func TestASpanWithoutTimesStretchesNoTrace(t *testing.T) {
	s := openTestStore(t)
	trace := 1000
	for _, test := range spanTimes {
		if isTime(test.from) && isTime(test.to) {
			continue
		}
		for order := range 6 {
			trace++
			spans := []Span{
				newSpan(trace, 1, 0, 0), newSpan(trace, 2, 1, 20),
				newSpan(trace, 3, 1, 0, withTimes(test.start, test.end)),
			}
			rand.New(rand.NewPCG(uint64(order), 1)).Shuffle(3, func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
			for _, span := range spans {
				s.write(span)
			}
			assert.Equal(t, [][]any{{us(at(0)), us(at(30))}}, s.rows(`SELECT start_us, end_us FROM otel_traces WHERE trace_id = ?`, traceID(trace)), test.name)
		}
	}
	assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM traces WHERE duration_ms <> 30`))
	assert.Equal(t, "2026-11-22T10:00:00.000Z", s.value(`SELECT min(started_at) FROM traces`))
}

// TestTimesOfAnOlderFileAreMended opens a file as the version before has written it.
func TestTimesOfAnOlderFileAreMended(t *testing.T) {
	path := newFileAtVersion(t, 7)
	db := lookAt(t, path)
	exec := func(sql string, args ...any) {
		_, err := db.ExecContext(t.Context(), sql, args...)
		require.NoError(t, err)
	}
	for i, test := range spanTimes {
		start, startRem, _ := micros(test.start)
		end, endRem, _ := micros(test.end)
		exec(`INSERT INTO otel_spans (trace_id, span_id, name, kind, start_us, end_us, start_ns_rem, end_ns_rem, duration_us, status_code, flags,
		  resource_id, scope_id, span_type, counted, accounting, roll_up, generated_id, inserted_us, session_id) VALUES (?, ?, 'old', 1, ?, ?, ?, ?, ?, 0, 0, 0, 0, 'model_inference', 1, 1, 0, 0, 1, ?)`,
			traceID(i), spanID(i+1), start, end, startRem, endRem, max(0, end-start), strconv.Itoa(i))
		exec(`INSERT INTO otel_span_data (id, dropped_attributes, dropped_events, dropped_links, start_ns, end_ns) VALUES (?, 0, 0, 0, ?, ?)`,
			i+1, exactNanos(test.start), exactNanos(test.end))
		exec(`INSERT INTO mastra_ai_spans (traceId, spanId, name, spanType, isEvent, startedAt, endedAt, createdAt) VALUES (?, ?, 'old', 'generic', 0, ?, ?, '')`,
			traceID(i), spanID(i+1), isoMillis(test.start), isoMillis(test.end))
		exec(`INSERT INTO otel_traces (trace_id, start_us, end_us, last_seen_us, root_span_id, root_name, root_start_us, span_count, error_count, model_calls, unpriced_calls, tool_calls,
		  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, roll_ups, session_id) VALUES (?, ?, ?, 1, ?, 'old', 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ?)`,
			traceID(i), start, end, spanID(i+1), strconv.Itoa(i))
	}
	s := openTestStoreAt(t, path)
	for i, test := range spanTimes {
		t.Run(test.name, func(t *testing.T) {
			spans, err := s.reader().Spans(t.Context(), traceID(i))
			require.NoError(t, err)
			assert.Equal(t, []uint64{test.start, test.end}, []uint64{spans[0].StartNanos, spans[0].EndNanos}, "what was sent is kept")
			if strings.HasPrefix(test.name, "both are beyond") {
				return // cut to microseconds, the two are one
			}
			s.assertTimes(t, i, test.from, test.to)
		})
	}
}
