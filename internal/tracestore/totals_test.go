package tracestore

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// totalRows are all rows of otel_totals, with dollars to a millionth of a cent.
func (s *testStore) totalRows() [][]any {
	s.t.Helper()
	rows := s.rows(`SELECT slot_us, ` + totalColumns + ` FROM otel_totals`)
	for _, row := range rows {
		for i, v := range row {
			if f, ok := v.(float64); ok {
				row[i] = math.Round(f*1e8) / 1e8
			}
		}
	}
	return rows
}

// totals adds them up.
func (s *testStore) totals() Totals {
	s.t.Helper()
	return totals(s.rows(`SELECT coalesce(sum(calls), 0), coalesce(sum(unpriced), 0), ` + tokenTotals(``) + `, sum(cost_usd) FROM otel_totals`)[0])
}

const billViews = `SELECT 'day', day, NULL, NULL, model_calls, unpriced_calls, input_tokens, output_tokens, cache_read_tokens, round(cost_usd, 8) FROM cost_daily
UNION ALL SELECT 'model', day, provider, model, model_calls, unpriced_calls, input_tokens, output_tokens, cache_read_tokens, round(cost_usd, 8) FROM cost_by_model
UNION ALL SELECT 'user', user_id, NULL, NULL, model_calls, unpriced_calls, input_tokens, output_tokens, NULL, round(cost_usd, 8) FROM users WHERE model_calls > 0
ORDER BY 1, 2, 3, 4`

// billed makes random traces with users, agents, tenants, environments, several half
// hours, repeated answers, calls without usage and without a price, and log records.
func billed(random *rand.Rand, traces int) (spans []Span, logs []Log) {
	spans, logs = randomTraces(random, traces)
	for i := range spans {
		f := &spans[i].Facts
		if random.IntN(4) == 0 {
			f.Tenant = fmt.Sprint("t", random.IntN(2))
		}
		if random.IntN(4) == 0 {
			f.Environment = fmt.Sprint("e", random.IntN(2))
		}
		if shift := uint64(random.IntN(3)) * uint64(20*time.Minute); spans[i].StartNanos > 0 && spans[i].EndNanos > 0 {
			spans[i].StartNanos += shift
			spans[i].EndNanos += shift
		}
		if f.Accounting == NotCounted {
			continue
		}
		f.Provider, f.Model = fmt.Sprint("p", random.IntN(2)), fmt.Sprint("m", random.IntN(3))
		f.Cost.V = float64(random.IntN(1000)) / 997
		switch random.IntN(8) {
		case 0:
			f.Cost = Amount{}
		case 1:
			f.CostStatus = "partial"
		case 2:
			f.CostStatus, f.Cost.V = "local", 0
		case 3:
			withoutUsage(&spans[i])
		case 4:
			f.Saved = Measured(0.125)
		case 5, 6:
			f.ResponseID = fmt.Sprint("r", random.IntN(2))
		}
	}
	return spans, logs
}

// TestTotalsAreThoseOfOneBatch writes the same spans and records in one batch, and in
// random parts in a random order, some of them twice, between which retention deletes
// what is complete.
func TestTotalsAreThoseOfOneBatch(t *testing.T) {
	const waves, tracesOfWave = 3, 6
	for seed := range seeds(10) {
		spans, logs := billed(rand.New(rand.NewPCG(seed, 77)), waves*tracesOfWave)
		once := openTestStore(t)
		once.write(spans...)
		writeRecords(once, logs)
		want, bills := once.totalRows(), once.rows(billViews)
		require.Greater(t, len(want), 5)
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			retaining(t, Retention{MaxAge: time.Hour, DeleteBatch: 4}, func(t *testing.T, s *testStore) {
				t.Helper()
				random := rand.New(rand.NewPCG(seed, 78))
				for wave := range waves {
					mine := map[string]bool{}
					for n := range tracesOfWave {
						mine[traceID(wave*tracesOfWave+n)] = true
					}
					s.writeShuffled(random,
						slices.DeleteFunc(slices.Clone(spans), func(s Span) bool { return !mine[s.TraceID] }),
						slices.DeleteFunc(slices.Clone(logs), func(l Log) bool { return !mine[l.TraceID] }))
					s.clock.advance(2 * time.Hour)
					for range 100 {
						if s.value(`SELECT (SELECT count(*) FROM otel_spans) + (SELECT count(*) FROM otel_logs)`) == int64(0) {
							break
						}
						s.tendNow(1)
					}
					require.EqualValues(t, 0, s.value(`SELECT (SELECT count(*) FROM otel_spans) + (SELECT count(*) FROM otel_logs) + (SELECT count(*) FROM otel_counted)`))
				}
				assert.Equal(t, want, s.totalRows(), "seed %d", seed)
				assert.Equal(t, bills, s.rows(billViews), "seed %d", seed)
			})
		})
	}
}

// writeShuffled writes spans and records in random parts, some of them again.
func (s *testStore) writeShuffled(random *rand.Rand, spans []Span, logs []Log) {
	s.t.Helper()
	random.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
	random.Shuffle(len(logs), func(i, j int) { logs[i], logs[j] = logs[j], logs[i] })
	done := 0
	for done < len(spans) || len(logs) > 0 {
		if n := min(len(spans)-done, random.IntN(8)); n > 0 {
			s.write(spans[done : done+n]...)
			done += n
		}
		if n := min(len(logs), random.IntN(3)); n > 0 {
			writeRecords(s, logs[:n])
			logs = logs[n:]
		}
		if done > 0 && random.IntN(4) == 0 {
			s.write(spans[random.IntN(done)])
		}
	}
}

func TestTotalsFollowWhatALateSpanSays(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			const of = `SELECT user_id, agent, calls, cost_usd FROM otel_totals ORDER BY 1, 2`
			s.write(newSpan(1, 3, 2, 2, call(10, 1, 0.5)))
			assert.Equal(t, [][]any{{"", "", int64(1), 0.5}}, s.rows(of))
			s.write(newSpan(1, 2, 1, 1, typed("agent_run"), by("", "", "", "researcher")))
			assert.Equal(t, [][]any{{"", "researcher", int64(1), 0.5}}, s.rows(of))
			s.write(newSpan(1, 1, 0, 0, by("ann", "", "", "")))
			assert.Equal(t, [][]any{{"ann", "researcher", int64(1), 0.5}}, s.rows(of))
			s.write(newSpan(1, 3, 2, 2, call(10, 1, 0.5)))
			assert.Equal(t, [][]any{{"ann", "researcher", int64(1), 0.5}}, s.rows(of), "a repeated span")
			// What was taken for the call repeats the ones below it.
			s.write(newSpan(1, 4, 3, 3, call(5, 1, 0.25)))
			assert.Equal(t, [][]any{{"ann", "researcher", int64(1), 0.25}}, s.rows(of))
		})
	}
}

func TestTotalsOfUnknownCostAreUnknown(t *testing.T) {
	s := openTestStore(t)
	unknown := call(10, 1, 0)
	s.write(newSpan(1, 1, 0, 0, unknown, func(s *Span) { s.Facts.Cost = Amount{} }))
	assert.Equal(t, [][]any{{int64(1), int64(1), nil}}, s.rows(`SELECT calls, unpriced, cost_usd FROM otel_totals`))
	assert.Equal(t, [][]any{{int64(1), nil}}, s.rows(`SELECT model_calls, cost_usd FROM cost_daily`))
}

// TestAnOlderFileHasItsTotals: the first start after an upgrade fills them.
func TestAnOlderFileHasItsTotals(t *testing.T) {
	path := newTestFile(t)
	spans, logs := billed(rand.New(rand.NewPCG(3, 3)), 12)
	for i := range spans { // older files know neither
		spans[i].Facts.Tenant, spans[i].Facts.Saved = "", Amount{}
	}
	first, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.NoError(t, err)
	_, err = first.Write(t.Context(), spans)
	require.NoError(t, err)
	_, err = first.WriteLogs(t.Context(), logs)
	require.NoError(t, err)
	require.NoError(t, first.Close(context.Background()))
	steps, err := migrations()
	require.NoError(t, err)
	for _, sql := range []string{`DELETE FROM otel_counted`, `DELETE FROM otel_totals`} {
		queryFile(t, path, sql)
	}
	var want [][]any
	func() {
		s := openTestStore(t)
		s.write(spans...)
		writeRecords(s, logs)
		want = s.totalRows()
	}()
	for _, step := range steps {
		if step.name != "totals" {
			continue
		}
		for _, sql := range step.sql {
			if len(sql) > 6 && sql[:6] == "INSERT" {
				queryFile(t, path, sql)
			}
		}
	}
	s := openTestStoreAt(t, path)
	assert.Equal(t, want, s.totalRows())
	// What is there is corrected as ever.
	s.write(newSpan(0, 77_777, 0, 0, call(1, 1, 1)))
	assert.Equal(t, s.rows(`SELECT count(*), sum(input_tokens) FROM llm_calls`), s.rows(`SELECT sum(calls), sum(input_tokens) FROM otel_totals`))
}

// TestTotalsAreFoldedNotDropped has more rows than may be: half hours become days, and
// days months. Late spans are added to those.
func TestTotalsAreFoldedNotDropped(t *testing.T) {
	retaining(t, Retention{TotalsMaxRows: 10}, func(t *testing.T, s *testStore) {
		t.Helper()
		at := func(n int, ago time.Duration) Span {
			span := newSpan(n, n+1, 0, 0, call(10, 1, 0.25))
			span.StartNanos = uint64(s.clock.now().Add(-ago).UnixNano())
			span.EndNanos = span.StartNanos
			return span
		}
		n := 0
		for day := range 100 {
			for _, hour := range []time.Duration{time.Hour, 3 * time.Hour, 5 * time.Hour} {
				n++
				s.write(at(n, time.Duration(day)*24*time.Hour+hour))
			}
		}
		sums := s.rows(`SELECT sum(calls), sum(input_tokens), sum(cost_usd) FROM otel_totals`)
		require.EqualValues(t, n, s.value(`SELECT count(*) FROM otel_totals`))
		s.clock.advance(2 * time.Minute)
		for range 400 {
			s.tendNow(1)
		}
		assert.Less(t, s.value(`SELECT count(*) FROM otel_totals`), int64(50), "31 days, months, and the half hours of two days")
		assert.Greater(t, s.value(`SELECT count(*) FROM otel_totals`), int64(31))
		assert.Equal(t, sums, s.rows(`SELECT sum(calls), sum(input_tokens), sum(cost_usd) FROM otel_totals`))
		rows := s.value(`SELECT count(*) FROM otel_totals`)
		s.write(at(n+1, 90*24*time.Hour), at(n+2, 10*24*time.Hour))
		assert.Equal(t, rows, s.value(`SELECT count(*) FROM otel_totals`))
		assert.EqualValues(t, n+2, s.value(`SELECT sum(calls) FROM otel_totals`))
		// And taken away again, where they are no calls after all.
		late := newSpan(n+1, 5000, n+2, 0, call(1, 1, 0.125))
		late.StartNanos, late.EndNanos = at(0, 90*24*time.Hour).StartNanos, at(0, 90*24*time.Hour).StartNanos
		s.write(late)
		assert.EqualValues(t, n+2, s.value(`SELECT sum(calls) FROM otel_totals`))
		assert.Equal(t, s.rows(`SELECT count(*), sum(input_tokens), sum(cost_usd) FROM llm_calls`), s.rows(`SELECT sum(calls), sum(input_tokens), sum(cost_usd) FROM otel_totals`))
	})
}

func TestTotalsGoWithTheirAge(t *testing.T) {
	retaining(t, Retention{Totals: 30 * 24 * time.Hour}, func(t *testing.T, s *testStore) {
		t.Helper()
		now := uint64(s.clock.now().UnixNano())
		for n, days := range []uint64{1, 10, 40, 50} {
			s.write(newSpan(n, n+1, 0, 0, call(10, 1, 0.25), func(s *Span) {
				s.StartNanos = now - days*uint64(24*time.Hour)
				s.EndNanos = s.StartNanos
			}))
		}
		s.clock.advance(2 * time.Minute)
		for range 20 {
			s.tendNow(1)
		}
		assert.EqualValues(t, 2, s.value(`SELECT sum(calls) FROM otel_totals`))
		// What is corrected later is not taken away twice.
		s.write(newSpan(3, 100, 4, 1, call(1, 1, 1), func(s *Span) { s.StartNanos, s.EndNanos = now-50*uint64(24*time.Hour), now-50*uint64(24*time.Hour) }))
		assert.EqualValues(t, 2, s.value(`SELECT sum(calls) FROM otel_totals`))
		assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM otel_totals WHERE calls = 0`))
	})
}

// TestWhatComesOfATraceThatIsBeingDeletedIsCounted deletes a trace in parts, between
// which another call of it comes.
func TestWhatComesOfATraceThatIsBeingDeletedIsCounted(t *testing.T) {
	retaining(t, Retention{MaxAge: time.Hour, DeleteBatch: 4}, func(t *testing.T, s *testStore) {
		t.Helper()
		spans := []Span{newSpan(1, 1, 0, 0, by("ann", "", "", ""))}
		for i := range 9 {
			spans = append(spans, newSpan(1, 10+i, 1, i, call(10, 1, 0.25)))
		}
		s.write(spans...)
		s.clock.advance(2 * time.Hour)
		for s.value(`SELECT count(*) FROM otel_spans`) == int64(10) {
			s.tendNow(1)
		}
		require.Positive(t, s.value(`SELECT count(*) FROM otel_spans`))
		s.write(newSpan(1, 30, 1, 1, call(10, 1, 0.25)), newSpan(1, 31, 30, 1))
		assert.Equal(t, [][]any{{"ann", int64(10), int64(100), 2.5}}, s.rows(`SELECT user_id, calls, input_tokens, cost_usd FROM otel_totals`))
		for range 10 {
			s.tendNow(1)
		}
		assert.EqualValues(t, 0, s.value(`SELECT (SELECT count(*) FROM otel_spans) + (SELECT count(*) FROM otel_counted)`))
		assert.EqualValues(t, 10, s.value(`SELECT sum(calls) FROM otel_totals`))
	})
}
