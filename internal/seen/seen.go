// Package seen remembers which spans have come, for those who count them: a client
// that is told to send again sends the same spans again.
package seen

import (
	"encoding/binary"
	"hash/maphash"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// What is remembered unless something else is asked for. Clients send again after
// seconds, a collector's exporter after 30 s at most; 300 spans a second for ten
// minutes are 180,000.
const (
	DefaultMaxSpans = 500_000
	DefaultWindow   = 10 * time.Minute
)

// Key is what a span has whenever it is sent. Two spans of a trace may have one id:
// the client's and the server's half of a call in Zipkin, which kind and start tell
// apart, as in internal/tracestore; or one that was sent before it had ended, and has
// no end then.
type Key struct {
	Trace      pcommon.TraceID
	Span       pcommon.SpanID
	Start, End pcommon.Timestamp
	Kind       ptrace.SpanKind
}

// KeyOf returns the key of a span. The second result is false where trace or span
// id are all zeroes: nothing tells such a span from another.
func KeyOf(span ptrace.Span) (Key, bool) {
	key := Key{span.TraceID(), span.SpanID(), span.StartTimestamp(), span.EndTimestamp(), span.Kind()}
	return key, !key.Trace.IsEmpty() && !key.Span.IsEmpty()
}

// fingerprint stands for a key: 16 bytes that are as good as certain to be those of
// no other, and take a third of its memory.
type fingerprint [16]byte

// Memory is a bounded set of keys, safe for concurrent use. It has two halves: what
// comes goes into the young one, which becomes the old one when it is full or as
// old as the window; the old one is forgotten then.
type Memory struct {
	half   int // keys of one half
	window time.Duration
	now    func() time.Time
	seeds  [2]maphash.Seed

	mu         sync.Mutex
	young, old map[fingerprint]struct{} // nothing is in both
	since      time.Time                // when the young half began
	early      int64
}

// NewMemory returns a memory of at most maxSpans keys (2 or more), each of which
// is remembered for the window or longer after it came last, where maxSpans allows.
func NewMemory(maxSpans int, window time.Duration) *Memory {
	return newMemory(maxSpans, window, time.Now)
}

func newMemory(maxSpans int, window time.Duration, now func() time.Time) *Memory {
	return &Memory{
		half: max(1, maxSpans/2), window: window, now: now, since: now(),
		seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, young: map[fingerprint]struct{}{},
	}
}

func (m *Memory) print(key Key) (p fingerprint) {
	binary.NativeEndian.PutUint64(p[:8], maphash.Comparable(m.seeds[0], key))
	binary.NativeEndian.PutUint64(p[8:], maphash.Comparable(m.seeds[1], key))
	return p
}

// Add remembers a key, and reports whether it is new.
func (m *Memory) Add(key Key) bool {
	p := m.print(key)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.age()
	if m.knows(p) {
		return false
	}
	m.remember(p)
	return true
}

// Knows reports whether a key is remembered. From now on it is remembered for the
// window again: who sends again may send a third time.
func (m *Memory) Knows(key Key) bool {
	p := m.print(key)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.age()
	return m.knows(p)
}

func (m *Memory) knows(p fingerprint) bool {
	if _, ok := m.young[p]; ok {
		return true
	}
	if _, ok := m.old[p]; !ok {
		return false
	}
	delete(m.old, p)
	m.remember(p)
	return true
}

func (m *Memory) remember(p fingerprint) {
	if len(m.young) >= m.half {
		m.turn(m.now())
	}
	m.young[p] = struct{}{}
}

// Len is how many keys are remembered.
func (m *Memory) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.age()
	return len(m.young) + len(m.old)
}

// Early is how many keys were forgotten before the window was over, because others
// needed their room.
func (m *Memory) Early() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.early
}

// age forgets what is older than the window.
func (m *Memory) age() {
	now := m.now()
	age := now.Sub(m.since)
	if age >= m.window {
		m.turn(now)
	}
	if age >= 2*m.window {
		m.old = nil // what was young is over too
	}
}

// turn forgets the old half and begins a young one.
func (m *Memory) turn(now time.Time) {
	if now.Sub(m.since) < m.window { // which is when the last of the old half came
		m.early += int64(len(m.old))
	}
	m.old, m.young, m.since = m.young, map[fingerprint]struct{}{}, now
}
