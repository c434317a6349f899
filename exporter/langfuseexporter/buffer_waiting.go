package langfuseexporter

import (
	"container/list"
	"context"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
)

// wait has a part wait for the root of its trace.
func (b *traceBuffer) wait(p tracePart) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waitLocked(p)
}

func (b *traceBuffer) waitLocked(p tracePart) {
	at, ok := b.waiting[p.trace]
	if !ok {
		at = b.order.PushBack(&waitingTrace{id: p.trace, due: b.now().Add(b.config.Wait)})
		b.waiting[p.trace] = at
	}
	t := at.Value.(*waitingTrace)
	t.parts = append(t.parts, p)
	b.spans += p.spans
}

// take takes out waiting traces, the ones that are due first in front.
func (b *traceBuffer) take(wanted func(*waitingTrace) bool) []*waitingTrace {
	b.mu.Lock()
	defer b.mu.Unlock()
	var taken []*waitingTrace
	for at := b.order.Front(); at != nil; {
		next := at.Next()
		if !wanted(at.Value.(*waitingTrace)) {
			break
		}
		taken = append(taken, b.takeLocked(at.Value.(*waitingTrace).id))
		at = next
	}
	return taken
}

// takeOf takes out the traces of some roots.
func (b *traceBuffer) takeOf(roots map[pcommon.TraceID]bool) []*waitingTrace {
	b.mu.Lock()
	defer b.mu.Unlock()
	var taken []*waitingTrace
	for id := range roots {
		if t := b.takeLocked(id); t != nil {
			taken = append(taken, t)
		}
	}
	return taken
}

func (b *traceBuffer) takeLocked(id pcommon.TraceID) *waitingTrace {
	at, ok := b.waiting[id]
	if !ok {
		return nil
	}
	t := at.Value.(*waitingTrace)
	b.order.Remove(at)
	delete(b.waiting, id)
	for _, p := range t.parts {
		b.spans -= p.spans
	}
	return t
}

// putBack has parts wait again, for a moment.
func (b *traceBuffer) putBack(parts []tracePart) {
	b.mu.Lock()
	defer b.mu.Unlock()
	due := b.now().Add(min(releaseAgain, b.config.Wait))
	for _, p := range parts {
		if at, ok := b.waiting[p.trace]; ok {
			t := at.Value.(*waitingTrace)
			t.parts = append(t.parts, p)
		} else {
			b.waiting[p.trace] = b.insert(&waitingTrace{id: p.trace, due: due, parts: []tracePart{p}})
		}
		b.spans += p.spans
	}
}

// load reads parts from the store and adds their spans. What cannot be read now waits
// again; what is not there any more is given up.
func (b *traceBuffer) load(ctx context.Context, parts []tracePart, to ptrace.Traces) []tracePart {
	var loaded []tracePart
	for _, p := range parts {
		b.mu.Lock()
		td, err := b.store.get(ctx, p)
		b.mu.Unlock()
		switch {
		case err != nil && ctx.Err() == nil:
			b.logger.Error("Spans that wait for the root of their trace cannot be read; they are read again", zap.Error(err))
			b.putBack([]tracePart{p})
		case err != nil:
			b.putBack([]tracePart{p})
		default:
			td.ResourceSpans().MoveAndAppendTo(to.ResourceSpans())
			loaded = append(loaded, p)
		}
	}
	return loaded
}

// discard removes parts that wait.
func (b *traceBuffer) discard(ctx context.Context, parts []tracePart) {
	b.mu.Lock()
	var mine []tracePart
	for _, p := range parts {
		at, ok := b.waiting[p.trace]
		if !ok {
			continue // on its way
		}
		t := at.Value.(*waitingTrace)
		for i, other := range t.parts {
			if other.key == p.key {
				t.parts = append(t.parts[:i:i], t.parts[i+1:]...)
				b.spans -= p.spans
				mine = append(mine, p)
				break
			}
		}
		if len(t.parts) == 0 {
			b.takeLocked(p.trace)
		}
	}
	b.mu.Unlock()
	b.discardTaken(ctx, mine)
}

// discardTaken removes parts from the store that wait no longer. Where that fails
// they are sent once more by the next start, and removed with the next ones.
func (b *traceBuffer) discardTaken(ctx context.Context, parts []tracePart) {
	if len(parts) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.store.remove(context.WithoutCancel(ctx), parts); err != nil {
		b.logger.Warn("Spans that have waited for the root of their trace are sent and cannot be removed from the disk", zap.Error(err))
	}
}

// insert puts a trace into the order in which traces are due.
func (b *traceBuffer) insert(t *waitingTrace) (at *list.Element) {
	for at := b.order.Front(); at != nil; at = at.Next() {
		if t.due.Before(at.Value.(*waitingTrace).due) {
			return b.order.InsertBefore(t, at)
		}
	}
	return b.order.PushBack(t)
}

// rootsOf are the traces whose root is in a request.
func rootsOf(td ptrace.Traces) map[pcommon.TraceID]bool {
	roots := map[pcommon.TraceID]bool{}
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				if span.ParentSpanID().IsEmpty() && !span.TraceID().IsEmpty() {
					roots[span.TraceID()] = true
				}
			}
		}
	}
	return roots
}

// separate takes a request apart: what passes, and by trace what does not. Where all
// passes it is the request itself.
func separate(td ptrace.Traces, passes func(pcommon.TraceID) bool) (now ptrace.Traces, later map[pcommon.TraceID]ptrace.Traces) {
	later = map[pcommon.TraceID]ptrace.Traces{}
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				if id := span.TraceID(); !passes(id) {
					later[id] = ptrace.NewTraces()
				}
			}
		}
	}
	if len(later) == 0 {
		return td, nil
	}
	now = ptrace.NewTraces()
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			into := map[pcommon.TraceID]ptrace.SpanSlice{}
			for _, span := range ss.Spans().All() {
				id := span.TraceID()
				to, held := later[id]
				if !held {
					to, id = now, pcommon.TraceID{}
				}
				spans, ok := into[id]
				if !ok {
					spans = like(to, rs, ss)
					into[id] = spans
				}
				span.CopyTo(spans.AppendEmpty())
			}
		}
	}
	return now, later
}

// like adds an empty list of spans for a resource and scope.
func like(to ptrace.Traces, rs ptrace.ResourceSpans, ss ptrace.ScopeSpans) ptrace.SpanSlice {
	resource := to.ResourceSpans().AppendEmpty()
	rs.Resource().CopyTo(resource.Resource())
	resource.SetSchemaUrl(rs.SchemaUrl())
	scope := resource.ScopeSpans().AppendEmpty()
	ss.Scope().CopyTo(scope.Scope())
	scope.SetSchemaUrl(ss.SchemaUrl())
	return scope.Spans()
}

// recent is a bounded set of traces; the one that was added first goes first.
type recent struct {
	ids  map[pcommon.TraceID]struct{}
	ring []pcommon.TraceID
	next int
}

func newRecent(n int) *recent {
	return &recent{ids: map[pcommon.TraceID]struct{}{}, ring: make([]pcommon.TraceID, 0, min(n, maxComplete))}
}

// maxComplete is how many traces are remembered whose root has come: 16 bytes each,
// and as much again for finding them.
const maxComplete = 50_000

func (r *recent) has(id pcommon.TraceID) bool { _, ok := r.ids[id]; return ok }

func (r *recent) add(id pcommon.TraceID) {
	if r.has(id) || cap(r.ring) == 0 {
		return
	}
	if len(r.ring) < cap(r.ring) {
		r.ring = append(r.ring, id)
	} else {
		delete(r.ids, r.ring[r.next])
		r.ring[r.next] = id
		r.next = (r.next + 1) % len(r.ring)
	}
	r.ids[id] = struct{}{}
}
