package libsql

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// BenchmarkStore sends ticket workflows (33 spans each) in batches of about 512
// spans, 4 KB each, through the exporter, from pdata to COMMIT: to a file from
// one goroutine, and to libsql-server on the same machine from two, as the
// exporter's queue does by default.
func BenchmarkStore(b *testing.B) {
	b.Run("file", func(b *testing.B) { benchmark(b, "file:"+filepath.Join(b.TempDir(), "traces.db"), nil, 1) })
	b.Run("server", func(b *testing.B) {
		s := startServer(b, false)
		benchmark(b, s.url, s, 2)
	})
}

// benchBatch is a batch of whole traces, of about 512 spans.
func benchBatch(generator *traffic.Generator) ptrace.Traces {
	batch := ptrace.NewTraces()
	for batch.SpanCount() < 500 {
		generator.Trace(time.Now()).ResourceSpans().MoveAndAppendTo(batch.ResourceSpans())
	}
	return batch
}

func benchmark(b *testing.B, url string, server *sqld, consumers int) {
	e := newExporter(b, host{}, map[string]any{"url": url, "sending_queue": map[string]any{"enabled": false}})
	defer shutdown(b, e)
	generator := traffic.New(traffic.Options{Seed: 1, TextSize: 22_000, ServiceName: "bench"})
	var marshaler ptrace.ProtoMarshaler
	spans, bytes := 0, 0
	batches := make(chan ptrace.Traces, b.N)
	for range b.N {
		batch := benchBatch(generator)
		spans, bytes = spans+batch.SpanCount(), bytes+marshaler.TracesSize(batch)
		batches <- batch
	}
	close(batches)
	var used time.Duration
	if server != nil {
		used = server.cpu()
	}
	b.ResetTimer()
	var wg sync.WaitGroup
	for range consumers {
		wg.Go(func() {
			for batch := range batches {
				assert.NoError(b, e.ConsumeTraces(context.Background(), batch))
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(spans)/b.Elapsed().Seconds(), "spans/s")
	b.ReportMetric(float64(bytes)/float64(spans), "B/span")
	b.ReportMetric(float64(bytes)/b.Elapsed().Seconds()/1e6, "MB/s")
	if server != nil {
		b.ReportMetric(float64((server.cpu()-used).Microseconds())/float64(spans), "server-cpu-µs/span")
	}
}

// besideBatches is how many batches a round of BenchmarkBesideMastra stores.
const besideBatches = 20

// sideOfMastra is how long one way of writing took (write.mjs).
type sideOfMastra struct{ Milliseconds, CPU float64 }

func (s *sideOfMastra) add(other sideOfMastra) {
	s.Milliseconds += other.Milliseconds
	s.CPU += other.CPU
}

// BenchmarkBesideMastra stores the same spans on the same disk: through the
// exporter, from pdata to COMMIT, each of them synced; and in two ways through the
// storage class of @mastra/libsql with its own settings (synchronous NORMAL): as
// Mastra's own exporter writes them by default (mastra), and inserted only
// (mastra-insert). ratio and insert-ratio are the spans a second of the first over
// those of the other two; the cpu-ratios those of processor time, which other work
// on the machine changes less.
func BenchmarkBesideMastra(b *testing.B) {
	var ours, mastra, insert sideOfMastra
	spans := 0
	for round := 0; b.Loop(); round++ {
		dir := b.TempDir()
		from := "file:" + filepath.Join(dir, "traces.db")
		generator := traffic.New(traffic.Options{Seed: uint64(round + 1), TextSize: 22_000, ServiceName: "bench"})
		batches, size := make([]ptrace.Traces, besideBatches), 0
		for i := range batches {
			batches[i] = benchBatch(generator)
			size += batches[i].SpanCount()
		}
		e := newExporter(b, host{}, map[string]any{"url": from, "sending_queue": map[string]any{"enabled": false}})
		start, used := time.Now(), testCPU()
		for _, batch := range batches {
			require.NoError(b, e.ConsumeTraces(context.Background(), batch))
		}
		ours.add(sideOfMastra{milliseconds(time.Since(start)), milliseconds(testCPU() - used)})
		shutdown(b, e)

		var wrote struct {
			Spans            int
			Exporter, Insert sideOfMastra
		}
		e2e.Node(b, nil, &wrote, filepath.Join("..", "clients", "mastra", "write.mjs"), from, dir)
		require.Equal(b, size, wrote.Spans)
		mastra.add(wrote.Exporter)
		insert.add(wrote.Insert)
		spans += size
	}
	b.ReportMetric(float64(spans)/ours.Milliseconds*1e3, "spans/s")
	b.ReportMetric(float64(spans)/mastra.Milliseconds*1e3, "mastra-spans/s")
	b.ReportMetric(float64(spans)/insert.Milliseconds*1e3, "mastra-insert-spans/s")
	b.ReportMetric(mastra.Milliseconds/ours.Milliseconds, "ratio")
	b.ReportMetric(insert.Milliseconds/ours.Milliseconds, "insert-ratio")
	b.ReportMetric(mastra.CPU/ours.CPU, "cpu-ratio")
	b.ReportMetric(insert.CPU/ours.CPU, "insert-cpu-ratio")
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

// testCPU is the processor time that this process has used.
func testCPU() time.Duration {
	user, system := testutil.CPU()
	return user + system
}

// BenchmarkVisible sends a ticket workflow (33 spans, 4 KB each) every 33 ms, a
// thousand spans a second, to an exporter with its default queue, and reads each
// from another connection as soon as it is acknowledged. The store may have 16 MiB,
// so that after a few seconds retention deletes as much as comes in. An operation is
// a workflow: use -benchtime 1800x for a minute.
func BenchmarkVisible(b *testing.B) {
	path := filepath.Join(b.TempDir(), "traces.db")
	e := newExporter(b, host{}, map[string]any{"url": "file:" + path, "retention": map[string]any{"max_size": 16 << 20}})
	defer shutdown(b, e)
	reader, err := tracestore.OpenReader(b.Context(), path)
	require.NoError(b, err)
	defer reader.Close()
	generator := traffic.New(traffic.Options{Seed: 1, TextSize: 22_000, ServiceName: "bench"})
	acknowledged, visible := make([]time.Duration, b.N), make([]time.Duration, b.N)
	ticks := time.NewTicker(33 * time.Millisecond)
	defer ticks.Stop()
	var wg sync.WaitGroup
	b.ResetTimer()
	for i := range b.N {
		<-ticks.C
		trace := generator.Trace(time.Now())
		id := trace.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).TraceID().String()
		wg.Go(func() {
			start := time.Now()
			assert.NoError(b, e.ConsumeTraces(context.Background(), trace))
			acknowledged[i] = time.Since(start)
			start = time.Now()
			for {
				if _, err := reader.Trace(b.Context(), id); err == nil {
					break
				} else if !assert.ErrorIs(b, err, tracestore.ErrNotFound) {
					break
				}
			}
			visible[i] = time.Since(start)
		})
	}
	wg.Wait()
	left, err := reader.RecentTraces(b.Context(), tracestore.TraceFilter{Limit: b.N})
	require.NoError(b, err)
	b.ReportMetric(float64(b.N-len(left)), "deleted-traces")
	for _, m := range []struct {
		name  string
		times []time.Duration
	}{{"sent-to-acknowledged", acknowledged}, {"acknowledged-to-visible", visible}} {
		slices.Sort(m.times)
		b.ReportMetric(float64(m.times[len(m.times)*99/100].Microseconds())/1e3, m.name+"-p99-ms")
	}
}
