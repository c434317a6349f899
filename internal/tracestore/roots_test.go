package tracestore

import (
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// settleAll lets all graces end.
func (s *testStore) settleAll() {
	s.t.Helper()
	s.clock.advance(24 * time.Hour)
	require.Eventually(s.t, func() bool {
		select {
		case s.settle <- time.Now():
		default:
		}
		return s.value(`SELECT count(*) FROM otel_traces WHERE promote_after_us IS NOT NULL`) == int64(0)
	}, 30*time.Second, 5*time.Millisecond)
}

// listed are the spans that Mastra lists as roots.
func (s *testStore) listed() []string {
	s.t.Helper()
	var names []string
	for _, row := range s.rows(`SELECT name FROM mastra_ai_spans WHERE parentSpanId IS NULL ORDER BY startedAt`) {
		names = append(names, row[0].(string))
	}
	return names
}

func TestATraceWithoutARootIsNotTouchedDuringItsGrace(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.write(newSpan(1, 2, 1, 5), newSpan(1, 3, 2, 6))
			assert.WithinDuration(t, time.Now().Add(time.Hour), time.UnixMicro(s.value(nextDue).(int64)), 10*time.Minute)
			assert.Empty(t, s.listed())
			assert.True(t, s.trace(1).RootMissing)
			assert.Equal(t, [][]any{{nil, "incomplete"}}, s.rows(`SELECT name, status FROM traces`))
		})
	}
}

func TestTheEarliestSpanWithoutAStoredParentStandsInForTheRoot(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.write(newSpan(1, 3, 2, 1), newSpan(1, 2, 1, 5, typed("agent_run")), newSpan(1, 4, 9, 7), newSpan(2, 7, 0, 0))
			s.settleAll()
			assert.Equal(t, []string{"span 7", "span 2"}, s.listed())
			trace := s.trace(1)
			assert.Equal(t, "span 2", trace.Name)
			assert.Equal(t, "agent_run", trace.Type)
			assert.True(t, trace.RootMissing)
			assert.Equal(t, spanID(1), s.value(`SELECT parent_span_id FROM otel_spans WHERE span_id = ?`, spanID(2)))
		})
	}
}

func TestTheTrueRootTakesItsPlaceBack(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.write(newSpan(1, 2, 1, 5), newSpan(1, 3, 2, 6))
			s.settleAll()
			require.Equal(t, []string{"span 2"}, s.listed())
			s.write(newSpan(1, 1, 0, 0))
			assert.Equal(t, []string{"span 1"}, s.listed())
			assert.Equal(t, spanID(1), s.value(`SELECT parentSpanId FROM mastra_ai_spans WHERE spanId = ?`, spanID(2)))
			trace := s.trace(1)
			assert.Equal(t, "span 1", trace.Name)
			assert.False(t, trace.RootMissing)
		})
	}
}

func TestARootThatIsNotTheParentOfTheStandInTakesItsPlaceToo(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.write(newSpan(1, 2, 99, 5))
			s.settleAll()
			s.write(newSpan(1, 1, 0, 7))
			assert.Equal(t, []string{"span 1"}, s.listed())
			assert.Equal(t, spanID(99), s.value(`SELECT parentSpanId FROM mastra_ai_spans WHERE spanId = ?`, spanID(2)))
		})
	}
}

func TestAnAncestorThatComesLateIsTheNewStandInAtOnce(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.write(newSpan(1, 3, 2, 6))
			s.settleAll()
			require.Equal(t, []string{"span 3"}, s.listed())
			s.write(newSpan(1, 2, 1, 5))
			assert.Equal(t, []string{"span 2"}, s.listed())
			assert.True(t, s.trace(1).RootMissing)
			s.write(newSpan(1, 1, 0, 0))
			assert.Equal(t, []string{"span 1"}, s.listed())
			assert.False(t, s.trace(1).RootMissing)
			assert.EqualValues(t, 0, s.value(`SELECT count(*) FROM otel_traces WHERE promote_after_us IS NOT NULL`))
		})
	}
}

func TestACircleOfParentsIsListed(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.write(newSpan(1, 1, 2, 1), newSpan(1, 2, 1, 0), newSpan(2, 5, 5, 0))
			s.settleAll()
			assert.ElementsMatch(t, []string{"span 2", "span 5"}, s.listed())
			s.write(newSpan(1, 3, 1, 2))
			assert.ElementsMatch(t, []string{"span 2", "span 5"}, s.listed())
			trace := s.trace(1)
			require.Len(t, trace.Roots, 1)
			assert.Equal(t, "span 2", trace.Roots[0].Name)
			require.Len(t, trace.Roots[0].Children, 1)
			assert.Len(t, trace.Roots[0].Children[0].Children, 1)
		})
	}
}

func TestManyTracesWithoutARootAreAllSettled(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			var spans []Span
			for i := range 250 {
				spans = append(spans, newSpan(i, i, 9999, i))
			}
			s.write(spans...)
			s.settleAll()
			assert.Len(t, s.listed(), 250)
		})
	}
}

func TestTheWriterSettlesRootsByItself(t *testing.T) {
	s := openTestStore(t, func(_ *FileOptions, o *Options) { o.RootGrace = time.Millisecond })
	s.write(newSpan(1, 2, 1, 5))
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		assert.Equal(c, []string{"span 2"}, s.listed())
	}, 10*time.Second, 5*time.Millisecond)
}

func TestTheEarliestOfSeveralRootsNamesTheTrace(t *testing.T) {
	for name, open := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			s.write(newSpan(1, 2, 0, 5), newSpan(1, 1, 0, 3))
			assert.Equal(t, "span 1", s.trace(1).Name)
			s.write(newSpan(1, 3, 0, 1))
			assert.Equal(t, "span 3", s.trace(1).Name)
			s.write(newSpan(1, 4, 0, 9))
			assert.Equal(t, "span 3", s.trace(1).Name)
			assert.Len(t, s.trace(1).Roots, 4)
		})
	}
}
