package langfuseexporter

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/client"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/storagetest"
)

// queueStub is the queue behind a buffer: what it was given, and whether it is full.
type queueStub struct {
	component.StartFunc
	component.ShutdownFunc
	consumertest.TracesSink
	full     bool
	metadata [][]string
}

func (q *queueStub) Capabilities() consumer.Capabilities { return consumer.Capabilities{} }

func (q *queueStub) ConsumeTraces(ctx context.Context, td ptrace.Traces) error {
	if q.full {
		return errors.New("full")
	}
	q.metadata = append(q.metadata, client.FromContext(ctx).Metadata.Get("x-project"))
	return q.TracesSink.ConsumeTraces(ctx, td)
}

// requests are the names of the spans of each request.
func (q *queueStub) requests() [][]string {
	var all [][]string
	for _, td := range q.AllTraces() {
		var names []string
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, span := range ss.Spans().All() {
					names = append(names, span.Name())
				}
			}
		}
		all = append(all, names)
	}
	return all
}

// buffered is a buffer that runs, whose spans wait for an hour, and its queue.
func buffered(t *testing.T, host component.Host, change func(*Config)) (*traceBuffer, *queueStub, *observer.ObservedLogs) {
	t.Helper()
	c := createDefaultConfig().(*Config)
	c.WholeTraces.Wait = time.Hour
	if _, ok := host.GetExtensions()[component.MustNewID("file_storage")]; ok {
		id := component.MustNewID("file_storage")
		c.QueueConfig.Get().StorageID = &id
	}
	if change != nil {
		change(c)
	}
	core, logs := observer.New(zap.WarnLevel)
	set := exportertest.NewNopSettings(metadata.Type)
	set.ID = component.NewID(metadata.Type) // by which the storage is found again
	set.Logger = zap.New(core)
	queue := &queueStub{}
	b := newTraceBuffer(c, set, queue)
	require.NoError(t, b.Start(t.Context(), host))
	return b, queue, logs
}

// spans are of one trace; parent 0 is none.
func spans(trace byte, idsAndParents ...byte) ptrace.Traces {
	b := newBatch("test")
	for i := 0; i < len(idsAndParents); i += 2 {
		id, parent := idsAndParents[i], idsAndParents[i+1]
		b.spanOf(trace, id, parent, fmt.Sprintf("%d.%d", trace, id), nil)
	}
	return b.traces
}

func together(all ...ptrace.Traces) ptrace.Traces {
	td := ptrace.NewTraces()
	for _, one := range all {
		one.ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
	}
	return td
}

// inMemoryAndOnDisk runs a test with both.
func inMemoryAndOnDisk(t *testing.T, test func(t *testing.T, host component.Host)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { test(t, componenttest.NewNopHost()) })
	t.Run("disk", func(t *testing.T) {
		host, stop := storagetest.Start(t, t.TempDir())
		defer stop()
		test(t, host)
	})
}

// TestSpansWaitForTheirRoot, and go with it in one request; those that come later
// wait no more, nor do those without a trace.
func TestSpansWaitForTheirRoot(t *testing.T) {
	inMemoryAndOnDisk(t, func(t *testing.T, host component.Host) {
		t.Helper()
		b, queue, logs := buffered(t, host, nil)
		require.NoError(t, b.ConsumeTraces(t.Context(), spans(1, 3, 2)))
		require.NoError(t, b.ConsumeTraces(t.Context(), together(spans(1, 2, 1), spans(2, 2, 1), spans(3, 1, 0))))
		assert.Equal(t, [][]string{{"3.1"}}, queue.requests())
		require.NoError(t, b.ConsumeTraces(t.Context(), spans(1, 1, 0)))
		require.NoError(t, b.ConsumeTraces(t.Context(), spans(1, 4, 1)))
		assert.Equal(t, [][]string{{"3.1"}, {"1.3", "1.2", "1.1"}, {"1.4"}}, queue.requests())
		assert.Equal(t, 1, b.spans)
		require.NoError(t, b.ConsumeTraces(t.Context(), spans(2, 1, 0)))
		assert.Zero(t, b.spans)
		assert.Empty(t, b.store.live)
		assert.Equal(t, b.store.next, b.store.first)
		nobody := spans(1, 9, 8)
		nobody.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetTraceID([16]byte{})
		require.NoError(t, b.ConsumeTraces(t.Context(), nobody))
		assert.Len(t, queue.requests(), 5)
		require.NoError(t, b.Shutdown(t.Context()))
		assert.Empty(t, logs.All())
	})
}

// TestARequestThatPassesIsNotCopied, nor changed.
func TestARequestThatPassesIsNotCopied(t *testing.T) {
	b, queue, _ := buffered(t, componenttest.NewNopHost(), nil)
	td := spans(1, 1, 0, 2, 1)
	require.NoError(t, b.ConsumeTraces(t.Context(), td))
	assert.Equal(t, td, queue.AllTraces()[0])
	require.NoError(t, b.Shutdown(t.Context()))
}

// TestTheWaitEnds without the root.
func TestTheWaitEnds(t *testing.T) {
	inMemoryAndOnDisk(t, func(t *testing.T, host component.Host) {
		t.Helper()
		b, queue, _ := buffered(t, host, func(c *Config) { c.WholeTraces.Wait = 10 * time.Millisecond })
		require.NoError(t, b.ConsumeTraces(t.Context(), spans(1, 2, 1, 3, 1)))
		require.NoError(t, b.ConsumeTraces(t.Context(), spans(1, 4, 1)))
		require.Eventually(t, func() bool { return queue.SpanCount() == 3 }, 10*time.Second, time.Millisecond)
		require.Eventually(t, func() bool { return b.waits() == 0 }, 10*time.Second, time.Millisecond)
		require.NoError(t, b.Shutdown(t.Context()))
		assert.Equal(t, 3, queue.SpanCount())
	})
}

// TestAStopWhileSpansWait: on disk they wait for the next process, in which the root
// may come; in memory they go into the queue.
func TestAStopWhileSpansWait(t *testing.T) {
	dir := t.TempDir()
	host, stop := storagetest.Start(t, dir)
	b, queue, _ := buffered(t, host, nil)
	require.NoError(t, b.ConsumeTraces(t.Context(), together(spans(1, 3, 1), spans(2, 3, 1))))
	require.NoError(t, b.ConsumeTraces(t.Context(), spans(1, 4, 1)))
	require.NoError(t, b.ConsumeTraces(t.Context(), spans(2, 1, 0)))
	require.NoError(t, b.Shutdown(t.Context()))
	stop()
	assert.Equal(t, [][]string{{"2.3", "2.1"}}, queue.requests())

	host, stop = storagetest.Start(t, dir)
	b, queue, logs := buffered(t, host, nil)
	assert.Equal(t, 2, b.spans)
	require.NoError(t, b.ConsumeTraces(t.Context(), spans(1, 1, 0)))
	assert.Equal(t, [][]string{{"1.3", "1.4", "1.1"}}, queue.requests())
	require.NoError(t, b.Shutdown(t.Context()))
	assert.Empty(t, logs.All())
	stop()

	b, queue, _ = buffered(t, componenttest.NewNopHost(), nil)
	require.NoError(t, b.ConsumeTraces(t.Context(), spans(1, 3, 1)))
	require.NoError(t, b.Shutdown(t.Context()))
	assert.Equal(t, [][]string{{"1.3"}}, queue.requests())
}

// TestWaitingIsSwitchedOff while spans wait on disk: they are sent.
func TestWaitingIsSwitchedOff(t *testing.T) {
	host, stop := storagetest.Start(t, t.TempDir())
	defer stop()
	b, _, _ := buffered(t, host, nil)
	require.NoError(t, b.ConsumeTraces(t.Context(), spans(1, 3, 1)))
	require.NoError(t, b.Shutdown(t.Context()))
	for _, want := range []int{1, 0} {
		b, queue, _ := buffered(t, host, func(c *Config) { c.WholeTraces.Wait = 0 })
		require.Eventually(t, func() bool { return queue.SpanCount() == want }, 10*time.Second, time.Millisecond)
		require.NoError(t, b.ConsumeTraces(t.Context(), spans(2, 3, 1)))
		assert.Equal(t, want+1, queue.SpanCount())
		require.NoError(t, b.Shutdown(t.Context()))
	}
}

// TestAFullQueue: the client is told, and nothing is lost or there twice when it has
// sent again.
func TestAFullQueue(t *testing.T) {
	inMemoryAndOnDisk(t, func(t *testing.T, host component.Host) {
		t.Helper()
		b, queue, _ := buffered(t, host, nil)
		require.NoError(t, b.ConsumeTraces(t.Context(), spans(1, 3, 1)))
		queue.full = true
		request := func() ptrace.Traces { return together(spans(1, 1, 0), spans(2, 2, 1)) }
		require.Error(t, b.ConsumeTraces(t.Context(), request()))
		assert.Equal(t, 1, b.waits())
		queue.full = false
		require.NoError(t, b.ConsumeTraces(t.Context(), request()))
		assert.Equal(t, [][]string{{"1.3", "1.1"}}, queue.requests())
		assert.Equal(t, 1, b.waits())
		assert.Len(t, b.store.live, 1)
		require.NoError(t, b.Shutdown(t.Context()))
	})
}

// TestTooManyWait: those that have waited longest go, and where the queue does not
// take them what comes is not kept either.
func TestTooManyWait(t *testing.T) {
	inMemoryAndOnDisk(t, func(t *testing.T, host component.Host) {
		t.Helper()
		b, queue, _ := buffered(t, host, func(c *Config) { c.WholeTraces.MaxSpans = 3 })
		for trace := byte(1); trace <= 5; trace++ {
			require.NoError(t, b.ConsumeTraces(t.Context(), spans(trace, 2, 1)))
		}
		assert.Equal(t, [][]string{{"1.2"}, {"2.2"}}, queue.requests())
		require.NoError(t, b.ConsumeTraces(t.Context(), spans(6, 2, 1, 3, 1, 4, 1, 5, 1)), "more than may wait at all")
		assert.Len(t, queue.requests()[len(queue.requests())-1], 4)
		for trace := byte(7); trace <= 9; trace++ {
			require.NoError(t, b.ConsumeTraces(t.Context(), spans(trace, 2, 1)))
		}
		queue.full = true
		require.Error(t, b.ConsumeTraces(t.Context(), spans(10, 2, 1)))
		assert.Equal(t, 3, b.waits())
		queue.full = false
		require.NoError(t, b.Shutdown(t.Context()))
	})
}

// TestTheClientsMetadataIsKept, by which routing decides.
func TestTheClientsMetadataIsKept(t *testing.T) {
	dir := t.TempDir()
	of := func(project string) context.Context {
		return client.NewContext(t.Context(), client.Info{Metadata: client.NewMetadata(map[string][]string{"x-project": {project}, "authorization": {"Bearer secret"}})})
	}
	route := func(c *Config) { c.Routing.From = []RoutingSource{{Metadata: "X-Project"}} }
	host, stop := storagetest.Start(t, dir)
	b, _, _ := buffered(t, host, route)
	require.NoError(t, b.ConsumeTraces(of("a"), spans(1, 3, 1)))
	require.NoError(t, b.ConsumeTraces(of("b"), spans(1, 4, 1)))
	require.NoError(t, b.Shutdown(t.Context()))
	stop()
	host, stop = storagetest.Start(t, dir)
	defer stop()
	b, queue, _ := buffered(t, host, route)
	require.NoError(t, b.ConsumeTraces(of("a"), spans(1, 1, 0)))
	assert.Equal(t, [][]string{{"1.3", "1.1"}, {"1.4"}}, queue.requests())
	assert.Equal(t, [][]string{{"a"}, {"b"}}, queue.metadata)
	assert.JSONEq(t, `{"x-project":["a"]}`, b.metadataOf(of("a")), "no other header is stored")
	require.NoError(t, b.Shutdown(t.Context()))
}

// failingClient is a storage that is full, or cannot be read.
type failingClient struct {
	storage.Client
	write, read error
}

func (f *failingClient) Batch(ctx context.Context, ops ...*storage.Operation) error {
	if f.write != nil {
		return f.write
	}
	return f.Client.Batch(ctx, ops...)
}

func (f *failingClient) Get(ctx context.Context, key string) ([]byte, error) {
	if f.read != nil {
		return nil, f.read
	}
	return f.Client.Get(ctx, key)
}

// TestADiskThatFails: what cannot be kept does not wait; what cannot be removed is
// removed later; what cannot be read waits.
func TestADiskThatFails(t *testing.T) {
	host, stop := storagetest.Start(t, t.TempDir())
	defer stop()
	b, queue, logs := buffered(t, host, nil)
	disk := &failingClient{Client: b.store.client}
	b.store.client = disk
	require.NoError(t, b.ConsumeTraces(t.Context(), spans(1, 3, 1)))
	disk.write = errors.New("no space left on device")
	require.NoError(t, b.ConsumeTraces(t.Context(), spans(2, 3, 1)))
	assert.Equal(t, [][]string{{"2.3"}}, queue.requests())
	require.NoError(t, b.ConsumeTraces(t.Context(), spans(1, 1, 0)))
	assert.Equal(t, [][]string{{"2.3"}, {"1.3", "1.1"}}, queue.requests())
	assert.Len(t, b.store.garbage, 1)
	disk.write = nil
	require.NoError(t, b.ConsumeTraces(t.Context(), spans(3, 3, 1)))
	disk.read = errors.New("input/output error")
	require.NoError(t, b.ConsumeTraces(t.Context(), spans(3, 1, 0)))
	assert.Equal(t, []string{"3.1"}, queue.requests()[2])
	assert.Equal(t, 1, b.waits())
	disk.read = nil
	require.Eventually(t, func() bool { return queue.SpanCount() == 5 }, 10*time.Second, time.Millisecond)
	require.NoError(t, b.Shutdown(t.Context()))
	assert.Empty(t, b.store.garbage)
	assert.Equal(t, b.store.next, b.store.first)
	assert.Equal(t, 3, logs.Len())
}

// TestADamagedPart takes no other along.
func TestADamagedPart(t *testing.T) {
	host, stop := storagetest.Start(t, t.TempDir())
	defer stop()
	b, _, _ := buffered(t, host, nil)
	require.NoError(t, b.ConsumeTraces(t.Context(), spans(1, 3, 1)))
	require.NoError(t, b.ConsumeTraces(t.Context(), spans(2, 3, 1)))
	require.NoError(t, b.store.client.Set(t.Context(), partKey(0), []byte("\n\xff\xff")))
	require.NoError(t, b.Shutdown(t.Context()))
	b, queue, logs := buffered(t, host, nil)
	assert.Equal(t, 1, b.waits())
	assert.Equal(t, 1, logs.FilterMessageSnippet("damaged on disk").Len())
	require.NoError(t, b.ConsumeTraces(t.Context(), spans(2, 1, 0)))
	assert.Equal(t, [][]string{{"2.3", "2.1"}}, queue.requests())
	require.NoError(t, b.Shutdown(t.Context()))
}

// TestWholeTracesInConfig: mistakes name the key and the remedy.
func TestWholeTracesInConfig(t *testing.T) {
	c := testConfig(newServer(t, langfusetest.Options{}))
	queue := defaultQueue()
	queue.WaitForResult = true
	c.QueueConfig = configoptional.Some(queue)
	c.WholeTraces = WholeTracesConfig{Wait: time.Second, MaxSpans: 1}
	require.ErrorContains(t, c.Validate(), "whole_traces::wait: does not go with sending_queue::wait_for_result")
	c.WholeTraces = WholeTracesConfig{Wait: -1}
	err := c.Validate()
	require.ErrorContains(t, err, "whole_traces::wait: -1ns is negative")
	assert.ErrorContains(t, err, "whole_traces::max_spans")
}

// TestRecentIsBounded: the trace that was added first goes.
func TestRecentIsBounded(t *testing.T) {
	r := newRecent(2)
	for trace := byte(1); trace <= 3; trace++ {
		r.add([16]byte{trace})
		r.add([16]byte{trace})
	}
	assert.False(t, r.has([16]byte{1}))
	assert.True(t, r.has([16]byte{2}))
	assert.True(t, r.has([16]byte{3}))
	assert.Len(t, r.ids, 2)
}
