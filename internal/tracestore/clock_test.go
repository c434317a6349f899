package tracestore

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	day   = 24 * time.Hour
	month = 30 * day
)

// notices are what a store has said.
type notices struct {
	mu   sync.Mutex
	list []string
}

func (n *notices) add(sentence string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, sentence)
}

// take returns them, and forgets them.
func (n *notices) take() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := n.list
	n.list = nil
	return list
}

// takeOf returns those with a word, and forgets all.
func (n *notices) takeOf(word string) []string {
	return slices.DeleteFunc(n.take(), func(sentence string) bool { return !strings.Contains(sentence, word) })
}

// aging is a store that keeps what it has for a week, over several starts.
type aging struct {
	*testStore
	notices
	clock testClock // of the machine
	open  func() (*testStore, func())
	close func()
}

func (a *aging) restart() {
	if a.close != nil {
		a.close()
	}
	a.testStore, a.close = a.open()
	a.testStore.clock = &a.clock
	a.tendNow(1)
}

func (a *aging) assertTraces(want ...string) {
	a.t.Helper()
	a.tendNow(5)
	got := []string{}
	for _, row := range a.rows(`SELECT trace_id FROM otel_traces ORDER BY trace_id`) {
		got = append(got, row[0].(string))
	}
	assert.Equal(a.t, append([]string{}, want...), got)
}

func openAging(t *testing.T) *aging {
	t.Helper()
	a, path := &aging{}, newTestFile(t)
	a.open = func() (*testStore, func()) {
		ended := false
		s, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{
			RootGrace: time.Hour, Now: a.clock.now, Uptime: a.clock.uptime, Retention: Retention{MaxAge: 7 * day}, Notice: a.add,
		})
		require.NoError(t, err)
		end := func() {
			if !ended {
				ended = true
				require.NoError(t, s.Close(context.Background()))
			}
		}
		t.Cleanup(end)
		return &testStore{Store: s, path: path, t: t}, end
	}
	a.restart()
	return a
}

// TestAClockThatIsSetMakesNothingOld writes trace 1, lets things happen, and writes
// trace 2 on the way.
func TestAClockThatIsSetMakesNothingOld(t *testing.T) {
	write := func(a *aging, n int) { a.write(newSpan(n, n, 0, 0)); a.tendNow(1) }
	for name, test := range map[string]struct {
		happens func(a *aging)
		left    []string
		says    []string // what each notice begins with
	}{
		"a month ahead": {
			func(a *aging) { a.clock.jump(month); write(a, 2) },
			[]string{traceID(1), traceID(2)},
			[]string{"The clock went ahead by 720h"},
		},
		"a month ahead, in steps of a day": {
			func(a *aging) {
				for range 30 {
					a.clock.jump(day)
					a.tendNow(1)
				}
			},
			[]string{traceID(1)},
			[]string{"The clock went ahead by 24h"},
		},
		"a month ahead, and a week passes": {
			func(a *aging) { a.clock.jump(month); write(a, 2); a.clock.advance(7*day + time.Minute) },
			nil,
			[]string{"The clock went ahead by 720h"},
		},
		"a month ahead, and six days pass, and one": {
			func(a *aging) {
				a.clock.jump(month)
				a.clock.advance(6 * day)
				write(a, 2)
				a.clock.advance(day + time.Hour)
			},
			[]string{traceID(2)},
			[]string{"The clock went ahead by 720h"},
		},
		"a month ahead and back": {
			func(a *aging) { a.clock.jump(month); a.tendNow(1); a.clock.jump(-month); write(a, 2) },
			[]string{traceID(1), traceID(2)},
			[]string{"The clock went ahead by 720h", "The clock went back by 720h"},
		},
		"a month ahead and back, and a week passes": {
			func(a *aging) {
				a.clock.jump(month)
				a.tendNow(1)
				a.clock.jump(-month)
				a.tendNow(1)
				a.clock.advance(7*day + time.Minute)
			},
			nil,
			[]string{"The clock went ahead by 720h", "The clock went back by 720h"},
		},
		"twice a month ahead": {
			func(a *aging) { a.clock.jump(month); write(a, 2); a.clock.jump(month) },
			[]string{traceID(1), traceID(2)},
			[]string{"The clock went ahead by 720h", "The clock went ahead by 720h"},
		},
		"a month ahead, and a start": {
			func(a *aging) { a.clock.jump(month); a.tendNow(1); a.restart() },
			[]string{traceID(1)},
			[]string{"The clock went ahead by 720h"},
		},
		"a month ahead while it is stopped": {
			func(a *aging) { a.close(); a.clock.jump(month); a.clock.advance(time.Minute); a.restart(); a.restart() },
			[]string{traceID(1)},
			[]string{"The clock went ahead by 720h"},
		},
		"a month ahead while the machine starts": {
			func(a *aging) {
				a.close()
				a.clock.jump(month)
				a.clock.boot.Add(1)
				a.restart()
				a.clock.advance(clockPatience - time.Minute)
				a.restart()
			},
			[]string{traceID(1)},
			[]string{"The clock is 720h", "The clock is 720h"},
		},
		"the machine starts a month later": {
			func(a *aging) {
				a.close()
				a.clock.boot.Add(1)
				a.clock.advance(month)
				a.restart()
				write(a, 2)
				a.clock.advance(clockPatience + time.Minute)
			},
			[]string{traceID(2)},
			[]string{"The clock is 720h"},
		},
		"the machine starts a month ahead and is corrected": {
			func(a *aging) {
				a.close()
				a.clock.boot.Add(1)
				a.clock.jump(month)
				a.restart()
				a.clock.jump(-month)
				a.tendNow(1)
				a.clock.advance(clockPatience + time.Minute)
			},
			[]string{traceID(1)},
			[]string{"The clock is 720h", "The clock went back by 720h"},
		},
		"the machine starts each day, and the clock is right": {
			func(a *aging) {
				for range 3 {
					a.close()
					a.clock.boot.Add(1)
					a.clock.advance(12 * time.Hour)
					a.restart()
				}
			},
			[]string{traceID(1)},
			nil,
		},
		"a month passes while it is stopped": {
			func(a *aging) { a.close(); a.clock.advance(month); a.restart() },
			nil,
			nil,
		},
		"a month passes, suspended": {
			func(a *aging) { a.clock.advance(month) },
			nil,
			nil,
		},
		"a clock that is slewed": {
			func(a *aging) {
				for range 100 {
					a.clock.advance(time.Minute)
					a.clock.jump(5 * time.Second)
					a.tendNow(1)
				}
			},
			[]string{traceID(1)},
			nil,
		},
		"a second more or less": {
			func(a *aging) { a.clock.jump(time.Second); a.tendNow(1); a.clock.jump(-2 * time.Second) },
			[]string{traceID(1)},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := openAging(t)
			write(a, 1)
			a.clock.advance(time.Minute)
			test.happens(a)
			a.assertTraces(test.left...)
			said := a.take()
			if name == "a month ahead, in steps of a day" {
				require.Len(t, said, 30)
				said = said[:1]
			}
			require.Len(t, said, len(test.says), said)
			for i, begin := range test.says {
				assert.Contains(t, said[i], begin)
			}
		})
	}
}

// TestAClockThatWasBehindIsCorrected has everything stored by a clock that was a
// month behind, log records too.
func TestAClockThatWasBehindIsCorrected(t *testing.T) {
	retaining(t, Retention{MaxAge: 7 * day}, func(t *testing.T, s *testStore) {
		t.Helper()
		s.write(newSpan(1, 1, 0, 0))
		_, err := s.WriteLogs(t.Context(), []Log{testLog(1)})
		require.NoError(t, err)
		s.tendNow(1)
		s.clock.jump(month)
		s.tendNow(5)
		assert.EqualValues(t, 1, s.value(`SELECT count(*) FROM otel_traces`))
		assert.EqualValues(t, 1, s.value(`SELECT count(*) FROM otel_logs`))
		s.clock.advance(7*day + time.Hour)
		s.tendNow(5)
		assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM otel_traces`))
		assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM otel_logs`))
	})
}

// TestTimesOfSpansMoveNoClock: a client's clock is its own.
func TestTimesOfSpansMoveNoClock(t *testing.T) {
	a := openAging(t)
	for n, start := range []uint64{1, 1_000_000_000, at(0), uint64(time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()), 1<<63 + 1} {
		a.write(newSpan(n+1, n+1, 0, 0, func(s *Span) { s.StartNanos, s.EndNanos = start, start+1 }))
	}
	a.restart()
	a.assertTraces(traceID(1), traceID(2), traceID(3), traceID(4), traceID(5))
	a.clock.advance(7*day + time.Hour)
	a.assertTraces()
	assert.Empty(t, a.take())
}

// TestAStoreOfAnEarlierReleaseHasNoClock: when its newest row was stored has to do.
func TestAStoreOfAnEarlierReleaseHasNoClock(t *testing.T) {
	a := openAging(t)
	a.write(newSpan(1, 1, 0, 0))
	a.close()
	queryFile(t, a.path, `DELETE FROM otel_state WHERE key LIKE 'clock%'`)
	a.clock.advance(month)
	a.restart()
	a.assertTraces(traceID(1))
	require.Len(t, a.take(), 1)
	a.clock.advance(clockPatience + time.Minute)
	a.assertTraces()
}
