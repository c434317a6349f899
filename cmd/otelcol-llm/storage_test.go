package main

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

var storageID = component.MustNewID("file_storage")

// disk is a storage that outlives processes. After some operations its process has
// been killed: nothing more is written.
type disk struct {
	component.StartFunc
	component.ShutdownFunc
	mu     sync.Mutex
	values map[string][]byte
	left   int // operations that the process still does; negative is any number
}

func (d *disk) GetClient(context.Context, component.Kind, component.ID, string) (storage.Client, error) {
	return d, nil
}

func (d *disk) Get(ctx context.Context, key string) ([]byte, error) {
	op := storage.GetOperation(key)
	err := d.Batch(ctx, op)
	return op.Value, err
}

func (d *disk) Set(ctx context.Context, key string, value []byte) error {
	return d.Batch(ctx, storage.SetOperation(key, value))
}

func (d *disk) Delete(ctx context.Context, key string) error {
	return d.Batch(ctx, storage.DeleteOperation(key))
}

func (d *disk) Batch(_ context.Context, ops ...*storage.Operation) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	killed := d.left == 0
	if d.left > 0 {
		d.left--
	}
	for _, op := range ops {
		switch {
		case op.Type == storage.Get:
			op.Value = d.values[op.Key]
		case killed:
		case op.Type == storage.Set:
			d.values[op.Key] = op.Value
		default:
			delete(d.values, op.Key)
		}
	}
	return nil
}

func (d *disk) Close(context.Context) error { return nil }

// storageHost has the storage.
type storageHost struct {
	component.Host
	storage storage.Extension
}

func (h storageHost) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{storageID: h.storage}
}

// again is the disk as the next process finds it.
func (d *disk) again(left int) *disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	return &disk{values: maps.Clone(d.values), left: left}
}

// process runs a queue on a disk and returns what sends to it. deliver gets the names
// of spans.
func process(t *testing.T, d *disk, deliver func(ctx context.Context, name string)) (send func(name string)) {
	t.Helper()
	config := exporterhelper.NewDefaultQueueConfig()
	config.StorageID, config.NumConsumers = &storageID, 100
	config.Batch = configoptional.None[exporterhelper.BatchConfig]()
	ctx, cancel := context.WithCancel(t.Context())
	e, err := exporterhelper.NewTraces(ctx, exportertest.NewNopSettings(component.MustNewType("test")), &struct{}{},
		func(_ context.Context, td ptrace.Traces) error {
			if td.SpanCount() == 0 {
				return nil // what a process that has been killed believes to have written
			}
			deliver(ctx, td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Name())
			return nil
		}, exporterhelper.WithQueue(configoptional.Some(config)), exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{}))
	require.NoError(t, err)
	require.NoError(t, e.Start(ctx, storageHost{componenttest.NewNopHost(), &wholeStorage{d}}))
	t.Cleanup(func() {
		cancel()
		require.NoError(t, e.Shutdown(context.Background()))
	})
	return func(name string) {
		traces := ptrace.NewTraces()
		traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty().SetName(name)
		require.NoError(t, e.ConsumeTraces(ctx, traces))
	}
}

// TestAQueueWhoseProcessIsKilledWhileItStartsLosesNothing, whichever operation on
// the disk was the last, and where the next process is killed as well.
func TestAQueueWhoseProcessIsKilledWhileItStartsLosesNothing(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e", "f"}
	var away atomic.Int64
	stuck := func(ctx context.Context, _ string) { // a server that does not answer
		away.Add(1)
		<-ctx.Done()
	}
	first := &disk{values: map[string][]byte{}, left: -1}
	send := process(t, first, stuck)
	for _, name := range names {
		send(name)
	}
	require.Eventually(t, func() bool { return away.Load() == int64(len(names)) }, 20*time.Second, time.Millisecond)

	for left := range 20 {
		d := first.again(left)
		process(t, d, stuck)
		d = d.again(left)
		process(t, d, stuck)
		d = d.again(-1)
		got := make(chan string, 10*len(names))
		process(t, d, func(_ context.Context, name string) { got <- name })
		seen := map[string]bool{}
		for len(seen) < len(names) {
			select {
			case name := <-got:
				seen[name] = true
			case <-time.After(20 * time.Second):
				require.Fail(t, "spans are lost", "after %d operations: only %v arrive", left, seen)
			}
		}
	}
}
