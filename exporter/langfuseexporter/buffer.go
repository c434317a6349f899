package langfuseexporter

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
)

// traceBuffer stands before the exporter's queue. Spans of a trace whose root has not
// come wait in it, so that they go into the queue with their root: in the storage of
// the queue, from before they are acknowledged until the queue has them, or in memory
// where the queue has none.
type traceBuffer struct {
	exporter.Traces // the queue
	config          WholeTracesConfig
	storage         *component.ID
	id              component.ID
	metadata        []string // keys of the client's metadata that routing reads
	logger          *zap.Logger
	now             func() time.Time

	mu       sync.Mutex
	store    *bufferStore
	waiting  map[pcommon.TraceID]*list.Element
	order    list.List // of *waitingTrace, the one that is due first in front
	spans    int       // that wait
	complete *recent   // traces whose root has come

	stop    context.CancelFunc
	stopped sync.WaitGroup
}

// waitingTrace is a trace whose root has not come.
type waitingTrace struct {
	id    pcommon.TraceID
	due   time.Time
	parts []tracePart
}

// tracePart is what one request had of a trace, as it is stored.
type tracePart struct {
	key      uint64
	trace    pcommon.TraceID
	spans    int
	metadata string // of the client, encoded
}

const (
	// releaseInterval is how often traces are looked at that may have waited enough.
	releaseInterval = 100 * time.Millisecond
	// releaseAgain is when spans that the queue has no room for are given to it again.
	releaseAgain = time.Second
)

func newTraceBuffer(c *Config, set exporter.Settings, queue exporter.Traces) *traceBuffer {
	b := &traceBuffer{
		Traces: queue, config: c.WholeTraces, id: set.ID, logger: set.Logger, now: time.Now,
		waiting: map[pcommon.TraceID]*list.Element{}, complete: newRecent(c.WholeTraces.MaxSpans), stop: func() {},
	}
	if c.QueueConfig.HasValue() {
		b.storage = c.QueueConfig.Get().StorageID
	}
	for _, source := range c.Routing.From {
		if source.Metadata != "" {
			b.metadata = append(b.metadata, strings.ToLower(source.Metadata))
		}
	}
	return b
}

// Start starts the queue, and takes up what waited when the last process ended.
func (b *traceBuffer) Start(ctx context.Context, host component.Host) error {
	if err := b.Traces.Start(ctx, host); err != nil {
		return err
	}
	store, err := openBufferStore(ctx, host, b.storage, b.id)
	if err != nil {
		return fmt.Errorf("whole_traces: %w", err)
	}
	b.store = store
	found, err := store.recover(ctx, b.logger)
	if err != nil {
		return fmt.Errorf("whole_traces: read what waits on disk: %w", err)
	}
	if b.config.Wait == 0 && len(found) == 0 {
		b.store = nil
		return store.close(ctx)
	}
	for _, p := range found {
		b.wait(p)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	b.stop = stop
	b.stopped.Go(func() { b.run(running) })
	return nil
}

// Shutdown leaves what waits on disk to the next start, and gives what waits in
// memory to the queue.
func (b *traceBuffer) Shutdown(ctx context.Context) error {
	b.stop()
	b.stopped.Wait()
	if b.store == nil {
		return b.Traces.Shutdown(ctx)
	}
	if b.store.inMemory() {
		_ = b.send(ctx, ptrace.NewTraces(), b.take(func(*waitingTrace) bool { return true }))
		if b.spans > 0 {
			b.logger.Error("Spans are dropped that wait for the roots of their traces: the queue does not take them at the stop", zap.Int("dropped_items", b.spans))
		}
	}
	return errors.Join(b.Traces.Shutdown(ctx), b.store.close(ctx))
}

// run releases the traces that have waited enough.
func (b *traceBuffer) run(ctx context.Context) {
	tick := time.NewTicker(releaseInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			now := b.now()
			_ = b.send(ctx, ptrace.NewTraces(), b.take(func(t *waitingTrace) bool { return !t.due.After(now) }))
		}
	}
}

// ConsumeTraces passes traces on whose root is here or has been, with what has waited
// of them, and keeps the others until it comes.
func (b *traceBuffer) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	if b.config.Wait == 0 {
		return b.Traces.ConsumeTraces(ctx, td)
	}
	roots := rootsOf(td)
	b.mu.Lock()
	now, later := separate(td, func(id pcommon.TraceID) bool { return id.IsEmpty() || roots[id] || b.complete.has(id) })
	b.mu.Unlock()
	kept, err := b.keep(ctx, later)
	if err != nil {
		b.logger.Warn("Spans do not wait for the roots of their traces", zap.Error(err))
		now = td
	}
	freed := b.takeOf(roots)
	if now.SpanCount() == 0 && len(freed) == 0 {
		return nil
	}
	if err := b.send(ctx, now, freed); err != nil {
		b.discard(ctx, kept) // the client sends them again, with the others
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for id := range roots {
		b.complete.add(id)
	}
	return nil
}

// keep stores the spans of traces whose root has not come. Where they are too many,
// the traces that have waited longest go.
func (b *traceBuffer) keep(ctx context.Context, later map[pcommon.TraceID]ptrace.Traces) ([]tracePart, error) {
	if len(later) == 0 {
		return nil, nil
	}
	n := 0
	for _, td := range later {
		n += td.SpanCount()
	}
	b.mu.Lock()
	excess := b.spans + n - b.config.MaxSpans
	b.mu.Unlock()
	if excess > 0 {
		oldest := b.take(func(t *waitingTrace) bool {
			if excess <= 0 {
				return false
			}
			for _, p := range t.parts {
				excess -= p.spans
			}
			return true
		})
		_ = b.send(ctx, ptrace.NewTraces(), oldest)
		if excess > 0 || b.waits()+n > b.config.MaxSpans {
			return nil, fmt.Errorf("whole_traces::max_spans: %d spans wait", b.waits())
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	added, err := b.store.add(ctx, later, b.metadataOf(ctx))
	for _, p := range added {
		b.waitLocked(p)
	}
	return added, err
}

func (b *traceBuffer) waits() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.spans
}

// send gives spans to the queue, and with them what was taken of waiting traces, in
// one request where the clients' metadata is the same. The error is that of the spans;
// what the queue does not take of the others waits again.
func (b *traceBuffer) send(ctx context.Context, td ptrace.Traces, freed []*waitingTrace) error {
	own := b.metadataOf(ctx)
	groups := map[string][]tracePart{}
	for _, t := range freed {
		for _, p := range t.parts {
			groups[p.metadata] = append(groups[p.metadata], p)
		}
	}
	var err error
	if td.SpanCount() > 0 {
		parts := groups[own]
		delete(groups, own)
		if len(parts) > 0 {
			merged := ptrace.NewTraces()
			parts = b.load(ctx, parts, merged)
			for _, rs := range td.ResourceSpans().All() {
				rs.CopyTo(merged.ResourceSpans().AppendEmpty())
			}
			td = merged
		}
		err = b.hand(ctx, td, parts)
	}
	for metadata, parts := range groups {
		td := ptrace.NewTraces()
		if parts = b.load(ctx, parts, td); td.SpanCount() > 0 {
			_ = b.hand(withMetadata(ctx, metadata), td, parts)
		}
	}
	return err
}

// hand gives spans to the queue, and forgets the parts that they are of.
func (b *traceBuffer) hand(ctx context.Context, td ptrace.Traces, parts []tracePart) error {
	if err := b.Traces.ConsumeTraces(ctx, td); err != nil {
		b.putBack(parts)
		return err
	}
	b.discardTaken(ctx, parts)
	return nil
}

// metadataOf is what routing reads of a client's metadata, encoded.
func (b *traceBuffer) metadataOf(ctx context.Context) string {
	if len(b.metadata) == 0 {
		return ""
	}
	all := map[string][]string{}
	for _, key := range b.metadata {
		if values := client.FromContext(ctx).Metadata.Get(key); len(values) > 0 {
			all[key] = values
		}
	}
	return encodeMetadata(all)
}
