package seen

import (
	"encoding/binary"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func key(n int) (k Key) {
	k.Trace[0] = 1
	binary.BigEndian.PutUint64(k.Span[:], uint64(n+1))
	return k
}

func TestASpanIsNewOnce(t *testing.T) {
	m := NewMemory(10, time.Minute)
	assert.True(t, m.Add(key(1)))
	assert.False(t, m.Add(key(1)))
	assert.True(t, m.Add(key(2)))
	assert.Equal(t, 2, m.Len())
	assert.True(t, m.Knows(key(1)))
	assert.False(t, m.Knows(key(3)))
	assert.True(t, m.Add(key(3)), "to ask is not to add")
}

// TestWhatTellsSpansApart: spans of one id are one where kind and times are the same,
// whatever else they say.
func TestWhatTellsSpansApart(t *testing.T) {
	with := func(change func(ptrace.Span)) ptrace.Span {
		span := ptrace.NewSpan()
		span.SetTraceID(pcommon.TraceID{1})
		span.SetSpanID(pcommon.SpanID{2})
		span.SetKind(ptrace.SpanKindClient)
		span.SetStartTimestamp(5)
		if change != nil {
			change(span)
		}
		return span
	}
	one, ok := KeyOf(with(nil))
	assert.True(t, ok)
	same, _ := KeyOf(with(func(span ptrace.Span) { span.SetName("longer"); span.Attributes().PutStr("llmcost.status", "rollup") }))
	assert.Equal(t, one, same)
	for name, change := range map[string]func(ptrace.Span){
		"trace": func(span ptrace.Span) { span.SetTraceID(pcommon.TraceID{2}) },
		"id":    func(span ptrace.Span) { span.SetSpanID(pcommon.SpanID{3}) },
		"kind":  func(span ptrace.Span) { span.SetKind(ptrace.SpanKindServer) },
		"start": func(span ptrace.Span) { span.SetStartTimestamp(6) },
		"end":   func(span ptrace.Span) { span.SetEndTimestamp(7) },
	} {
		other, ok := KeyOf(with(change))
		assert.True(t, ok)
		assert.NotEqual(t, one, other, name)
	}
	_, ok = KeyOf(with(func(span ptrace.Span) { span.SetTraceID(pcommon.TraceID{}) }))
	assert.False(t, ok)
	_, ok = KeyOf(with(func(span ptrace.Span) { span.SetSpanID(pcommon.SpanID{}) }))
	assert.False(t, ok)
}

func TestTheMemoryIsBoundedInNumber(t *testing.T) {
	const most = 100
	m := NewMemory(most, time.Hour)
	for n := range 10 * most {
		assert.True(t, m.Add(key(n)))
		assert.LessOrEqual(t, m.Len(), most)
	}
	assert.EqualValues(t, 10*most, m.Early()+int64(m.Len()))
	for n := 10*most - most/2; n < 10*most; n++ {
		assert.False(t, m.Add(key(n)), "the latest half is remembered")
	}
	assert.True(t, m.Add(key(0)))
}

func TestTheMemoryIsBoundedInTime(t *testing.T) {
	c := &clock{time.Unix(0, 0)}
	m := newMemory(1000, time.Minute, c.now)
	assert.True(t, m.Add(key(1)))
	c.at = c.at.Add(59 * time.Second)
	assert.True(t, m.Add(key(2)))
	c.at = c.at.Add(59 * time.Second)
	assert.False(t, m.Add(key(2)), "a span is remembered for the window")
	c.at = c.at.Add(119 * time.Second)
	assert.True(t, m.Knows(key(2)), "from when it came last")
	assert.Equal(t, 1, m.Len(), "the other one did not come again")
	c.at = c.at.Add(2 * time.Minute)
	assert.Zero(t, m.Len(), "also when nothing comes")
	assert.True(t, m.Add(key(2)))
	assert.Zero(t, m.Early())
}

// TestOnlyOneOfManyIsTheFirst: a client sends again while its first request runs.
func TestOnlyOneOfManyIsTheFirst(t *testing.T) {
	const spans = 1000
	m := NewMemory(2*spans, time.Hour)
	var first atomic.Int64
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for n := range spans {
				if m.Add(key(n)) {
					first.Add(1)
				}
			}
		})
	}
	clients.Wait()
	assert.EqualValues(t, spans, first.Load())
}

// BenchmarkMemory fills a memory of the default size, and says what it has on the
// heap then.
func BenchmarkMemory(b *testing.B) {
	heap := func() float64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return float64(stats.HeapAlloc)
	}
	empty := heap()
	var m *Memory
	for b.Loop() {
		m = NewMemory(DefaultMaxSpans, time.Hour)
		for n := range DefaultMaxSpans {
			m.Add(key(n))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/DefaultMaxSpans, "ns/span")
	b.ReportMetric((heap()-empty)/float64(m.Len()), "B/span")
}
