package viewer

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// Load of the benchmark: what a busy application sends, and what an open page asks.
const (
	benchTraces   = 2000 // stored before
	benchRate     = 20   // traces of 27 spans a second, for benchDuration
	benchDuration = 20 * time.Second
	pageEvery     = 2 * time.Second
)

// BenchmarkAcknowledged is how long a client waits for its acknowledgement, which comes after
// the commit, while so many pages are open: each listens to what is live, and reads its
// list, its figures and its trace again. make bench-viewer runs it.
func BenchmarkAcknowledged(b *testing.B) {
	for _, pages := range []int{0, 1, 20} {
		b.Run(fmt.Sprintf("pages=%d", pages), func(b *testing.B) {
			for b.Loop() {
				took := acknowledged(b, pages)
				b.ReportMetric(float64(quantile(took, 0.5).Microseconds())/1000, "p50-ms")
				b.ReportMetric(float64(quantile(took, 0.99).Microseconds())/1000, "p99-ms")
			}
		})
	}
}

func quantile(sorted []time.Duration, q float64) time.Duration {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func acknowledged(b *testing.B, pages int) []time.Duration {
	b.Helper()
	c := e2e.StartCollector(b)
	defer c.Kill()
	sender, err := traffic.NewSender("http", c.HTTP, traffic.Connection{})
	require.NoError(b, err)
	defer sender.Close()
	generator := traffic.New(traffic.Options{Seed: 1, TextSize: 2048, ServiceName: "bench"})
	for range benchTraces {
		require.NoError(b, sender.Send(b.Context(), generator.Trace(time.Now())))
	}
	ctx, stop := context.WithCancel(b.Context())
	var open sync.WaitGroup
	for range pages {
		open.Go(func() { page(ctx, c) })
	}
	took := make([]time.Duration, 0, int(benchDuration.Seconds())*benchRate)
	ticker := time.NewTicker(time.Second / benchRate)
	for end := time.Now().Add(benchDuration); time.Now().Before(end); <-ticker.C {
		trace := generator.Trace(time.Now())
		start := time.Now()
		require.NoError(b, sender.Send(b.Context(), trace))
		took = append(took, time.Since(start))
	}
	ticker.Stop()
	stop()
	open.Wait()
	slices.Sort(took)
	return took
}

// page does what an open page does.
func page(ctx context.Context, c *e2e.Collector) {
	get := func(path string) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Viewer+"/api/v1/"+path, nil)
		if err != nil {
			return
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
	}
	var live sync.WaitGroup
	live.Go(func() { get("live") })
	defer live.Wait()
	ticker := time.NewTicker(pageEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		for _, path := range []string{"traces?limit=100", "traces/stats", "traces/last", "collector"} {
			get(path)
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

// BenchmarkLive is how long it takes from sending the first span of a trace until an open page
// is told of it.
func BenchmarkLive(b *testing.B) {
	c := e2e.StartCollector(b)
	stream := follow(b, c, "", "")
	stream.until(b, first)
	generator := traffic.New(traffic.Options{Seed: 3, TextSize: 2048, ServiceName: "bench"})
	var took []time.Duration
	for b.Loop() {
		trace := generator.Trace(time.Now())
		id := trace.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).TraceID().String()
		start := time.Now()
		sendTraces(b, c, trace)
		stream.until(b, func(changes query.Changes) bool {
			return slices.ContainsFunc(changes.Traces, func(t query.TraceSummary) bool { return t.TraceID == id })
		})
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(quantile(took, 0.5).Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(quantile(took, 0.99).Microseconds())/1000, "p99-ms")
}
