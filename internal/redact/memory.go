package redact

import (
	"container/list"
	"sync"
	"sync/atomic"
	"time"
)

// RepeatOptions bounds what is remembered of values that were found once, to find them where neither name nor place gives them away. Zero
// values mean the defaults.
type RepeatOptions struct {
	// Off has nothing remembered.
	Off bool
	// MaxValues is the number of values that a trace is remembered with.
	MaxValues int
	// MaxTraces is the number of traces that are remembered.
	MaxTraces int
	// MaxAge is how long a trace is remembered after it was last seen.
	MaxAge time.Duration
}

// Defaults and bounds of RepeatOptions.
const (
	DefaultRepeatValues = 100
	DefaultRepeatTraces = 1000
	DefaultRepeatAge    = 10 * time.Minute

	maxRepeatValues = 1000
	maxRepeatTraces = 1_000_000
	maxRepeatAge    = 24 * time.Hour
)

func (o *RepeatOptions) validate(p *problems) {
	if o.MaxValues < 0 || o.MaxValues > maxRepeatValues {
		p.add("repeats.max_values", "must be between 1 and %d; leave it out for %d", maxRepeatValues, DefaultRepeatValues)
	}
	if o.MaxTraces < 0 || o.MaxTraces > maxRepeatTraces {
		p.add("repeats.max_traces", "must be between 1 and %d; leave it out for %d", maxRepeatTraces, DefaultRepeatTraces)
	}
	if o.MaxAge < 0 || o.MaxAge > maxRepeatAge {
		p.add("repeats.max_age", "must be more than 0 and at most %v; leave it out for %v", maxRepeatAge, DefaultRepeatAge)
	}
}

// memory keeps hashes of the values that were found in traces, from batch to batch. It forgets the traces that were seen longest ago. It is
// safe for concurrent use.
type memory struct {
	options RepeatOptions
	now     func() time.Time
	// size is the number of traces, so that nothing is asked of an empty memory.
	size atomic.Int64

	mu     sync.Mutex
	traces map[[16]byte]*list.Element
	order  *list.List // of *knownTrace, the latest first
}

// knownTrace is what is remembered of a trace. The set is replaced, never changed.
type knownTrace struct {
	id   [16]byte
	set  *knownSet
	seen time.Time
}

func newMemory(o RepeatOptions) *memory {
	if o.MaxValues == 0 {
		o.MaxValues = DefaultRepeatValues
	}
	if o.MaxTraces == 0 {
		o.MaxTraces = DefaultRepeatTraces
	}
	if o.MaxAge == 0 {
		o.MaxAge = DefaultRepeatAge
	}
	return &memory{options: o, now: time.Now, traces: map[[16]byte]*list.Element{}, order: list.New()}
}

// recall returns what is known of a trace, or nil.
func (m *memory) recall(id [16]byte) *knownSet {
	if m.size.Load() == 0 || id == [16]byte{} {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	m.expire(now)
	e, ok := m.traces[id]
	if !ok {
		return nil
	}
	t := e.Value.(*knownTrace)
	t.seen = now
	m.order.MoveToFront(e)
	return t.set
}

// remember adds values to what is known of a trace.
func (m *memory) remember(id [16]byte, values []knownValue) {
	if len(values) == 0 || id == [16]byte{} {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.now()
	m.expire(now)
	e, ok := m.traces[id]
	if !ok {
		e = m.order.PushFront(&knownTrace{id: id, set: &knownSet{}})
		m.traces[id] = e
	}
	t := e.Value.(*knownTrace)
	t.seen = now
	m.order.MoveToFront(e)
	t.set = t.set.with(values, m.options.MaxValues, false)
	for m.order.Len() > m.options.MaxTraces {
		m.forget(m.order.Back())
	}
	m.size.Store(int64(m.order.Len()))
}

// expire forgets the traces that were last seen too long ago.
func (m *memory) expire(now time.Time) {
	for e := m.order.Back(); e != nil && now.Sub(e.Value.(*knownTrace).seen) > m.options.MaxAge; e = m.order.Back() {
		m.forget(e)
	}
	m.size.Store(int64(m.order.Len()))
}

func (m *memory) forget(e *list.Element) {
	delete(m.traces, m.order.Remove(e).(*knownTrace).id)
}
