package libsql

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"

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

func benchmark(b *testing.B, url string, server *sqld, consumers int) {
	e := newExporter(b, host{}, map[string]any{"url": url, "sending_queue": map[string]any{"enabled": false}})
	defer shutdown(b, e)
	generator := traffic.New(traffic.Options{Seed: 1, TextSize: 22_000, ServiceName: "bench"})
	var marshaler ptrace.ProtoMarshaler
	spans, bytes := 0, 0
	batches := make(chan ptrace.Traces, b.N)
	for range b.N {
		batch := ptrace.NewTraces()
		for batch.SpanCount() < 500 {
			generator.Trace(time.Now()).ResourceSpans().MoveAndAppendTo(batch.ResourceSpans())
		}
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
