package tracestore

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tend makes the writer do n steps of retention.
func (s *testStore) tendNow(n int) {
	s.t.Helper()
	for range n {
		done := make(chan struct{})
		s.poke <- done
		<-done
	}
}

// retaining are stores of both kinds with a retention. The step that a store has due when
// it opens is done, and the steps that follow are those that the test asks for: the next
// one of the store's own would follow after the pause.
func retaining(t *testing.T, r Retention, test func(t *testing.T, s *testStore)) {
	t.Helper()
	if r.Pause == 0 {
		r.Pause = time.Hour
	}
	begun := func(t *testing.T, open func(o func(*Options)) *testStore) {
		t.Helper()
		var steps atomic.Int64
		s := open(func(o *Options) { o.Retention, o.Tended = r, func(Tended) { steps.Add(1) } })
		require.Eventually(t, func() bool { return steps.Load() > 0 }, time.Minute, time.Millisecond)
		test(t, s)
	}
	t.Run("file", func(t *testing.T) {
		begun(t, func(change func(*Options)) *testStore {
			return openTestStore(t, func(_ *FileOptions, o *Options) { change(o) })
		})
	})
	t.Run("server", func(t *testing.T) {
		begun(t, func(change func(*Options)) *testStore {
			s, _ := openTestServer(t, func(_ *ServerOptions, o *Options) { change(o) })
			return s
		})
	})
}

// withPayload gives a span a payload of so many bytes.
func withPayload(bytes int) func(*Span) {
	return func(s *Span) {
		s.Mastra.Input = JSON(`"` + strings.Repeat("x", bytes) + `"`)
		s.Attributes = `{"a":1}`
	}
}

// assertWhole asserts that every trace is stored in all tables or in none.
func (s *testStore) assertWhole(spansOfATrace int) {
	s.t.Helper()
	assert.Empty(s.t, s.rows(`SELECT trace_id, count(*) FROM otel_spans GROUP BY trace_id HAVING count(*) <> ?`, spansOfATrace))
	assert.EqualValues(s.t, 0, s.value(`SELECT count(*) FROM otel_spans WHERE trace_id NOT IN (SELECT trace_id FROM otel_traces)`))
	assert.EqualValues(s.t, 0, s.value(`SELECT count(*) FROM otel_traces WHERE trace_id NOT IN (SELECT trace_id FROM otel_spans)`))
	assert.EqualValues(s.t, 0, s.value(`SELECT count(*) FROM otel_span_data WHERE id NOT IN (SELECT id FROM otel_spans)`))
	assert.EqualValues(s.t, 0, s.value(`SELECT (SELECT count(*) FROM mastra_ai_spans) - (SELECT count(*) FROM otel_spans)`))
}

func TestWhatIsOlderThanTheAgeIsDeletedAsWholeTraces(t *testing.T) {
	retaining(t, Retention{MaxAge: 24 * time.Hour, DeleteBatch: 4}, func(t *testing.T, s *testStore) {
		t.Helper()
		for n := range 5 {
			s.write(newSpan(n, 10*n+1, 0, 0, withPayload(10)), newSpan(n, 10*n+2, 10*n+1, 1), newSpan(n, 10*n+3, 10*n+1, 2))
		}
		_, err := s.WriteLogs(t.Context(), []Log{testLog(1), testLog(2)})
		require.NoError(t, err)
		s.clock.advance(23 * time.Hour)
		// A late span keeps its trace.
		s.write(newSpan(3, 34, 31, 9))
		s.write(newSpan(9, 91, 0, 0))
		_, err = s.WriteLogs(t.Context(), []Log{testLog(3)})
		require.NoError(t, err)
		s.tendNow(20)
		assert.EqualValues(t, 6, s.value(`SELECT count(*) FROM otel_traces`), "nothing is that old yet")
		s.clock.advance(2 * time.Hour)
		s.tendNow(20)
		assert.Equal(t, [][]any{{traceID(3), int64(4)}, {traceID(9), int64(1)}}, s.rows(`SELECT trace_id, span_count FROM otel_traces ORDER BY trace_id`))
		assert.EqualValues(t, 5, s.value(`SELECT count(*) FROM mastra_ai_spans`))
		assert.EqualValues(t, 1, s.value(`SELECT count(*) FROM otel_span_data`))
		assert.Equal(t, [][]any{{testLog(3).Key}}, s.rows(`SELECT key FROM otel_logs`))
	})
}

func TestATraceLargerThanABatchIsDeletedInParts(t *testing.T) {
	retaining(t, Retention{MaxAge: time.Hour, DeleteBatch: 10}, func(t *testing.T, s *testStore) {
		t.Helper()
		var spans []Span
		for n := range 95 {
			spans = append(spans, newSpan(1, n+1, min(n, 1), n, withPayload(10)))
		}
		s.write(spans...)
		s.write(newSpan(2, 200, 0, 0))
		s.clock.advance(2 * time.Hour)
		s.write(newSpan(3, 300, 0, 0))
		s.tendNow(1)
		assert.EqualValues(t, 85, s.value(`SELECT count(*) FROM mastra_ai_spans WHERE traceId = ?`, traceID(1)))
		assert.EqualValues(t, 1, s.value(`SELECT count(*) FROM otel_spans WHERE trace_id = ? AND parent_span_id IS NULL`, traceID(1)), "the root goes last")
		s.tendNow(20)
		assert.Equal(t, [][]any{{traceID(3)}}, s.rows(`SELECT trace_id FROM otel_traces`))
		s.assertWhole(1)
	})
}

// TestATraceThatIsBegunIsDeletedToItsEnd: half a trace has wrong totals.
func TestATraceThatIsBegunIsDeletedToItsEnd(t *testing.T) {
	many := func(bytes int) (spans []Span) {
		for n := range 95 {
			spans = append(spans, newSpan(1, n+1, min(n, 1), n, withPayload(bytes), call(10, 1, 0.5)))
		}
		return spans
	}
	t.Run("the size is small enough", func(t *testing.T) {
		retaining(t, Retention{MaxSize: 800 << 10, DeleteBatch: 10}, func(t *testing.T, s *testStore) {
			t.Helper()
			s.write(many(10_000)...)
			s.write(newSpan(2, 200, 0, 0))
			s.tendNow(20)
			assert.Equal(t, [][]any{{traceID(2), int64(1)}}, s.rows(`SELECT trace_id, span_count FROM otel_traces`))
			s.assertWhole(1)
		})
	})
	t.Run("a span comes late", func(t *testing.T) {
		retaining(t, Retention{MaxAge: time.Hour, DeleteBatch: 10}, func(t *testing.T, s *testStore) {
			t.Helper()
			s.write(many(10)...)
			s.clock.advance(2 * time.Hour)
			s.tendNow(3)
			s.write(newSpan(1, 999, 1, 99, call(10, 1, 0.5)), newSpan(2, 200, 0, 0))
			s.tendNow(20)
			assert.Equal(t, [][]any{{traceID(2), int64(1)}}, s.rows(`SELECT trace_id, span_count FROM otel_traces`))
			s.assertWhole(1)
		})
	})
	t.Run("the collector is started anew", func(t *testing.T) {
		path := newTestFile(t)
		first, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
		require.NoError(t, err)
		_, err = first.Write(t.Context(), append(many(1), newSpan(2, 200, 0, 0)))
		require.NoError(t, err)
		require.NoError(t, first.Close(t.Context()))
		// As the first of several parts leaves it.
		db := lookAt(t, path)
		for _, sql := range deletePart {
			_, err := db.ExecContext(t.Context(), sql, []any{traceID(1), int64(MaxInteger), int64(10)}[:parameters(sql)]...)
			require.NoError(t, err)
		}
		s := openTestStoreAt(t, path, func(_ *FileOptions, o *Options) { o.Retention = Retention{MaxSize: 800 << 10, DeleteBatch: 10} })
		s.tendNow(20)
		assert.Equal(t, [][]any{{traceID(2), int64(1)}}, s.rows(`SELECT trace_id, span_count FROM otel_traces`))
		s.assertWhole(1)
	})
}

func TestRowsOfOthersStayWhereATraceIsDeleted(t *testing.T) {
	retaining(t, Retention{MaxAge: time.Hour}, func(t *testing.T, s *testStore) {
		t.Helper()
		s.write(newSpan(1, 1, 0, 0))
		queryFile(t, s.path, `INSERT INTO mastra_ai_spans (traceId, spanId, name, spanType, isEvent, startedAt, createdAt) VALUES (?, 'of another', 'x', 'generic', 0, '', '')`, traceID(1))
		s.clock.advance(2 * time.Hour)
		s.tendNow(5)
		assert.Equal(t, [][]any{{"of another"}}, s.rows(`SELECT spanId FROM mastra_ai_spans`))
		assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM otel_spans`))
	})
}

// TestAClockThatWasAheadKeepsNoLogs: records that were stored in what is now the
// future stay, those after them do not.
func TestAClockThatWasAheadKeepsNoLogs(t *testing.T) {
	const year = 365 * 24 * time.Hour
	retaining(t, Retention{MaxAge: time.Hour, DeleteBatch: 2}, func(t *testing.T, s *testStore) {
		t.Helper()
		s.clock.advance(year)
		_, err := s.WriteLogs(t.Context(), []Log{testLog(1)})
		require.NoError(t, err)
		s.clock.advance(-year)
		for n := range 5 {
			_, err := s.WriteLogs(t.Context(), []Log{testLog(n + 2)})
			require.NoError(t, err)
		}
		s.clock.advance(2 * time.Hour)
		s.tendNow(10)
		assert.Equal(t, [][]any{{testLog(1).Key}}, s.rows(`SELECT key FROM otel_logs`))
	})
}

func TestAboveTheSizeTheOldestGo(t *testing.T) {
	const limit = 800 << 10
	retaining(t, Retention{MaxSize: limit, DeleteBatch: 20}, func(t *testing.T, s *testStore) {
		t.Helper()
		const traces = 120
		for n := 0; n < traces; n += 10 {
			var spans []Span
			for id := n; id < n+10; id++ {
				spans = append(spans, newSpan(id, 10*id+1, 0, 0, withPayload(5000)), newSpan(id, 10*id+2, 10*id+1, 1, withPayload(5000)))
			}
			s.write(spans...)
			_, err := s.WriteLogs(t.Context(), []Log{testLog(n)})
			require.NoError(t, err)
		}
		s.tendNow(20)
		used := s.value(`SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size`).(int64)
		assert.Less(t, used, int64(limit))
		assert.Greater(t, used, int64(limit/2), "no more than is needed")
		s.assertWhole(2)
		left := s.value(`SELECT count(*) FROM otel_traces`).(int64)
		assert.Greater(t, left, int64(10))
		// The newest are left, and log records of the same time.
		assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM otel_traces WHERE trace_id < ?`, traceID(traces-int(left))))
		assert.LessOrEqual(t, s.value(`SELECT count(*) FROM otel_logs`).(int64), left/10+2)
	})
}

// TestTracesAndLogsOfOneTransactionGo has them stored at one time, to the microsecond:
// neither is the older, and each step deletes something all the same.
func TestTracesAndLogsOfOneTransactionGo(t *testing.T) {
	const limit = 800 << 10
	start := time.Now()
	for name, test := range map[string]struct{ logs, traces time.Duration }{
		"at one time":        {},
		"the traces a while": {traces: time.Microsecond},
		"the logs a while":   {logs: time.Microsecond},
	} {
		t.Run(name, func(t *testing.T) {
			retaining(t, Retention{MaxSize: limit, DeleteBatch: 20}, func(t *testing.T, s *testStore) {
				t.Helper()
				for n := range 60 {
					s.write(newSpan(n, n+1, 0, 0, withPayload(20_000)))
					_, err := s.WriteLogs(t.Context(), []Log{testLog(n)})
					require.NoError(t, err)
				}
				when := start.UnixMicro()
				queryFile(t, s.path, `UPDATE otel_traces SET last_seen_us = ?`, when+test.traces.Microseconds())
				queryFile(t, s.path, `UPDATE otel_logs SET inserted_us = ?`, when+test.logs.Microseconds())
				s.tendNow(60)
				used := s.value(`SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size`).(int64)
				assert.Less(t, used, int64(limit))
				s.assertWhole(1)
			})
		})
	}
}

// TestAboveTheSizeAFewStepsAreEnough has traces and log records that were each
// stored at a time of their own.
func TestAboveTheSizeAFewStepsAreEnough(t *testing.T) {
	const limit = 1 << 20
	path := newTestFile(t)
	full := openTestStoreAt(t, path)
	for n := range 100 {
		full.write(newSpan(n, 2*n+1, 0, 0, withPayload(20_000)), newSpan(n, 2*n+2, 2*n+1, 1, withPayload(20_000)))
		_, err := full.WriteLogs(t.Context(), []Log{testLog(n)})
		require.NoError(t, err)
		full.clock.advance(time.Second)
	}
	var (
		mu   sync.Mutex
		list []Tended
	)
	taken := func() []Tended {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(list)
	}
	s := openTestStoreAt(t, path, func(_ *FileOptions, o *Options) {
		o.Retention = Retention{MaxSize: limit}
		o.Tended = func(done Tended) {
			mu.Lock()
			defer mu.Unlock()
			list = append(list, done)
		}
	})
	s.clock.advance(time.Hour)
	require.Eventually(t, func() bool {
		s.tendNow(1)
		steps := taken()
		return steps[len(steps)-1].Size.Used < limit
	}, 30*time.Second, time.Millisecond)
	steps := taken()
	assert.Less(t, len(steps), 30, "of 100 traces and 100 log records")
	for _, done := range steps {
		assert.LessOrEqual(t, done.DeletedSpans, int64(defaultDeleteBatch))
	}
	assert.Greater(t, steps[len(steps)-1].Size.Used, int64(limit*8/10), "no more than is needed")
	assert.Less(t, s.value(`SELECT count(*) FROM otel_logs`), int64(80), "log records go with the traces of their time")
	s.assertWhole(2)
}

// TestTheDiskIsBoundedUnderLoad writes many times what may be stored, as an hour
// of traffic would, while a reader reads.
func TestTheDiskIsBoundedUnderLoad(t *testing.T) {
	const limit = 1 << 20
	var deleted, most atomic.Int64
	s := openTestStore(t, func(_ *FileOptions, o *Options) {
		o.Retention = Retention{MaxSize: limit, MaxAge: 10 * time.Minute, DeleteBatch: 50, Pause: time.Millisecond, Reclaim: true}
		o.Tended = func(done Tended) {
			deleted.Add(done.DeletedSpans)
			most.Store(max(most.Load(), done.DeletedSpans))
		}
	})
	reader := s.reader()
	var highest, written int64
	for n := range 60 { // a minute each
		var spans []Span
		for i := range 10 {
			trace := 100*n + i
			spans = append(spans, newSpan(trace, 2*trace+1, 0, 0, withPayload(5000)), newSpan(trace, 2*trace+2, 2*trace+1, 1, withPayload(5000)))
			written += 10_000
		}
		var reading sync.WaitGroup
		reading.Go(func() {
			_, err := latestTraces(t.Context(), reader, 10)
			assert.NoError(t, err, "a reader is never refused")
		})
		s.write(spans...)
		s.clock.advance(time.Minute)
		s.tendNow(1)
		reading.Wait()
		info, err := os.Stat(s.path)
		require.NoError(t, err)
		highest = max(highest, info.Size())
	}
	require.Greater(t, written, int64(5*limit))
	assert.Less(t, highest, int64(limit+limit/2), "of %d bytes written", written)
	assert.Positive(t, deleted.Load())
	assert.LessOrEqual(t, most.Load(), int64(50), "no transaction deletes more than a batch")
	s.assertWhole(2)
	assert.EqualValues(t, "ok", s.value(`PRAGMA integrity_check`))
}

func TestFreePagesAreGivenBackAfterABurst(t *testing.T) {
	s := openTestStore(t, func(_ *FileOptions, o *Options) {
		o.Retention = Retention{MaxAge: time.Hour, Pause: time.Millisecond, Reclaim: true}
	})
	var spans []Span
	for n := range 100 {
		spans = append(spans, newSpan(n, n+1, 0, 0, withPayload(100_000)))
	}
	s.write(spans...)
	s.clock.advance(2 * time.Hour)
	s.tendNow(1)
	require.Eventually(t, func() bool {
		s.tendNow(1)
		return s.value(`SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`).(int64) < 5<<20
	}, 30*time.Second, time.Millisecond)
}

func TestRetentionThatIsOffDeletesNothing(t *testing.T) {
	s := openTestStore(t)
	s.write(newSpan(1, 1, 0, 0))
	s.clock.advance(10 * 365 * 24 * time.Hour)
	s.tendNow(3)
	assert.EqualValues(t, 1, s.value(`SELECT count(*) FROM otel_traces`))
}

func TestDeletingScansNoTable(t *testing.T) {
	s := openTestStore(t)
	statements := append(append([]string{
		oldestQuery, expired, logOrigins, deleteLogs, originsOfTraces, originsOfPart, removeUnused, forScopes(removeUnused),
	}, deleteWhole...), deletePart...)
	for i, sql := range statements {
		args := make([]any, parameters(sql))
		for j := range args {
			args[j] = "[]"
		}
		plan := s.plan(sql, args...)
		assert.Empty(t, scanned.FindString(plan), fmt.Sprint(i, " ", plan))
	}
	for _, sql := range []string{removeUnused, forScopes(removeUnused), sweepQuery, forScopes(sweepQuery)} {
		plan := s.plan(sql, make([]any, parameters(sql))...)
		assert.Regexp(t, `SEARCH otel_spans USING COVERING INDEX otel_spans_(resource|scope)`, plan)
		assert.Regexp(t, `SEARCH otel_logs USING COVERING INDEX otel_logs_(resource|scope)`, plan)
	}
}
