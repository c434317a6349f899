// Package load measures what the built collector needs for a load.
package load

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// duration is how long each load lasts.
const duration = 10 * time.Second

// BenchmarkLoad sends spans over OTLP/HTTP at a constant rate, in requests of about
// 500 as SDKs do, to collectors that do more and more with them:
//
//   - receive: receive and discard, which is what any collector needs;
//   - base: the shipped base (redact, price, spend metrics, nothing stored);
//   - local: the shipped laptop configuration (redact, price, store on disk, synced).
//
// cores is the processor time of the collector in a second, MiB the most memory it
// had, ms-p50 and ms-p99 what a request waited for its answer, counted from when it
// was due.
func BenchmarkLoad(b *testing.B) {
	for _, spans := range []struct {
		name string
		rate int // spans a second
		make func(*traffic.Generator) ptrace.Traces
	}{
		{"10,000 ordinary spans", 10_000, ordinary},
		{"2,000 GenAI spans of 4 KB", 2_000, tickets},
	} {
		for _, collector := range []struct {
			name string
			args []string
		}{
			{"receive", []string{"--config", receiving(b)}},
			{"base", []string{"--config", shipped(b, "otelcol.yaml")}},
			{"local", []string{"--config", shipped(b, "local.yaml")}},
		} {
			b.Run(spans.name+"/"+collector.name, func(b *testing.B) {
				c := e2e.StartCollector(b, collector.args...)
				var waited []time.Duration
				var used time.Duration
				for seed := uint64(1); b.Loop(); seed++ {
					b.StopTimer()
					generator := traffic.New(traffic.Options{Seed: seed, TextSize: 22_000, ServiceName: "load"})
					requests := encode(b, spans.rate, func() ptrace.Traces { return spans.make(generator) })
					before := c.CPU()
					b.StartTimer()
					waited = append(waited, send(b, c.HTTP+"/v1/traces", requests)...)
					used += c.CPU() - before
				}
				slices.Sort(waited)
				b.ReportMetric(used.Seconds()/b.Elapsed().Seconds(), "cores")
				b.ReportMetric(float64(c.PeakMemory())/(1<<20), "MiB")
				b.ReportMetric(float64(waited[len(waited)/2].Microseconds())/1e3, "ms-p50")
				b.ReportMetric(float64(waited[len(waited)*99/100].Microseconds())/1e3, "ms-p99")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// encode makes the requests of batches for the load's duration.
func encode(b *testing.B, rate int, batch func() ptrace.Traces) [][]byte {
	var requests [][]byte
	for spans := 0; spans < rate*int(duration.Seconds()); {
		td := batch()
		spans += td.SpanCount()
		request, err := ptraceotlp.NewExportRequestFromTraces(td).MarshalProto()
		require.NoError(b, err)
		requests = append(requests, request)
	}
	return requests
}

// send sends each request when it is due, and returns what each waited.
func send(b *testing.B, url string, requests [][]byte) []time.Duration {
	waited := make([]time.Duration, len(requests))
	start := time.Now()
	var all sync.WaitGroup
	for i, request := range requests {
		due := start.Add(duration * time.Duration(i) / time.Duration(len(requests)))
		<-time.After(time.Until(due))
		all.Go(func() {
			response, err := http.Post(url, "application/x-protobuf", bytes.NewReader(request))
			if !assert.NoError(b, err) {
				return
			}
			defer response.Body.Close()
			_, _ = io.Copy(io.Discard, response.Body)
			assert.Equal(b, http.StatusOK, response.StatusCode)
			waited[i] = time.Since(due)
		})
	}
	all.Wait()
	return waited
}

// tickets is about 500 spans of whole workflows.
func tickets(generator *traffic.Generator) ptrace.Traces {
	td := ptrace.NewTraces()
	for td.SpanCount() < 500 {
		generator.Trace(time.Now()).ResourceSpans().MoveAndAppendTo(td.ResourceSpans())
	}
	return td
}

// ordinary is 500 spans of HTTP requests, with ten attributes each.
func ordinary(generator *traffic.Generator) ptrace.Traces {
	ids := generator.Trace(time.Now()).ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "checkout")
	spans := rs.ScopeSpans().AppendEmpty().Spans()
	trace, id := ids.TraceID(), ids.SpanID()
	for i := range 500 {
		trace[0], trace[1], id[0], id[1] = byte(i/10), byte(i/10>>8), byte(i), byte(i>>8)
		span := spans.AppendEmpty()
		span.SetTraceID(trace)
		span.SetSpanID(id)
		span.SetName("GET /api/orders/{id}")
		span.SetKind(ptrace.SpanKindServer)
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(time.Now()))
		span.SetStartTimestamp(span.EndTimestamp() - pcommon.Timestamp(12*time.Millisecond))
		attributes := span.Attributes()
		attributes.PutStr("http.request.method", "GET")
		attributes.PutStr("http.route", "/api/orders/{id}")
		attributes.PutInt("http.response.status_code", 200)
		attributes.PutStr("url.scheme", "https")
		attributes.PutStr("url.path", "/api/orders/8412")
		attributes.PutStr("server.address", "checkout.example.com")
		attributes.PutInt("server.port", 443)
		attributes.PutStr("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36")
		attributes.PutStr("network.protocol.version", "1.1")
		attributes.PutStr("thread.name", "http-nio-8080-exec-7")
	}
	return td
}

func shipped(b *testing.B, name string) string {
	path, err := filepath.Abs(filepath.Join("..", "..", "config", name))
	require.NoError(b, err)
	return path
}

// receiving is a configuration of the shipped receiver that discards everything.
func receiving(b *testing.B) string {
	path := filepath.Join(b.TempDir(), "receive.yaml")
	require.NoError(b, os.WriteFile(path, []byte(`
extensions: {health_check: {endpoint: "127.0.0.1:${env:OTELCOL_HEALTH_PORT}"}}
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:${env:OTELCOL_HTTP_PORT}"}}}}
processors: {memory_limiter: {check_interval: 1s, limit_mib: 1024}}
exporters: {nop: {}}
service:
  extensions: [health_check]
  pipelines: {traces: {receivers: [otlp], processors: [memory_limiter], exporters: [nop]}}
  telemetry: {metrics: {level: none}}
`), 0o600))
	return path
}
