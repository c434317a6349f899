package langfuseexporter

import (
	"container/list"
	"maps"
	"sync"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
)

// memory knows of the traces of earlier batches what later spans of theirs need
// to know. It is bounded: the trace that was used least recently goes first.
type memory struct {
	config CacheConfig
	now    func() time.Time

	mu     sync.Mutex
	traces map[pcommon.TraceID]*list.Element
	order  list.List // of *remembered, the latest first
}

// remembered is one trace.
type remembered struct {
	id   pcommon.TraceID
	used time.Time

	fields  mapping.Trace // of its root, or else of any span
	root    bool          // fields are those of the root
	to      *project      // that the spans went to which state fields
	llm     bool          // it has a span of an LLM application
	project *project      // nil is not decided

	// dropped are spans that filter left out, with their parents.
	dropped map[pcommon.SpanID]pcommon.SpanID
}

// maxDropped bounds what is remembered of one trace.
const maxDropped = 1000

func newMemory(config CacheConfig) *memory {
	return &memory{config: config, now: time.Now, traces: map[pcommon.TraceID]*list.Element{}}
}

// recall returns a copy of what is known of a trace. Its fields must not be
// changed.
func (m *memory) recall(id pcommon.TraceID) (remembered, bool) {
	if m.config.MaxTraces == 0 {
		return remembered{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expire()
	at, ok := m.traces[id]
	if !ok {
		return remembered{}, false
	}
	m.touch(at)
	known := *at.Value.(*remembered)
	// The map is replaced, never changed: see learn.
	return known, true
}

// learn adds what a batch tells about a trace.
func (m *memory) learn(id pcommon.TraceID, news *remembered) {
	if m.config.MaxTraces == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expire()
	at, ok := m.traces[id]
	if !ok {
		news.id = id
		news.fields = news.fields.Own()
		at = m.order.PushFront(news)
		m.traces[id] = at
		m.touch(at)
		for len(m.traces) > m.config.MaxTraces {
			m.forget(m.order.Back())
		}
		return
	}
	m.touch(at)
	known := at.Value.(*remembered)
	known.llm = known.llm || news.llm
	if known.project == nil || news.root && news.project != nil {
		known.project = news.project
	}
	fields := news.fields.Own()
	switch {
	case news.to != known.to && news.to != known.project:
		// The fields are of spans that went elsewhere than the trace does.
	case news.to != known.to:
		known.fields, known.root, known.to = fields, news.root, news.to
	case news.root && !known.root:
		fields.Inherit(&known.fields)
		known.fields, known.root = fields, true
	default:
		merged := known.fields
		merged.Inherit(&fields)
		known.fields = merged
	}
	if len(news.dropped) > 0 && len(known.dropped) < maxDropped {
		dropped := make(map[pcommon.SpanID]pcommon.SpanID, min(len(known.dropped)+len(news.dropped), maxDropped))
		maps.Copy(dropped, known.dropped)
		for id, parent := range news.dropped {
			if len(dropped) >= maxDropped {
				break
			}
			dropped[id] = parent
		}
		known.dropped = dropped
	}
}

func (m *memory) touch(at *list.Element) {
	at.Value.(*remembered).used = m.now()
	m.order.MoveToFront(at)
}

// expire forgets traces that were not used for the TTL.
func (m *memory) expire() {
	if m.config.TTL == 0 {
		return
	}
	for at := m.order.Back(); at != nil && m.now().Sub(at.Value.(*remembered).used) > m.config.TTL; at = m.order.Back() {
		m.forget(at)
	}
}

func (m *memory) forget(at *list.Element) {
	delete(m.traces, at.Value.(*remembered).id)
	m.order.Remove(at)
}
