package config

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	_ "modernc.org/sqlite" // holds the lock of a trace store

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// refusal is a destination that refuses what all of a client's request is then
// refused for.
type refusal struct {
	files   []string // besides libsql.yaml and prometheus.yaml
	options []string // make it refuse soon
	// begin makes the destination refuse; what it returns ends that.
	begin func(*testing.T, *e2e.Collector) (end func())
	prior int // requests that must have been taken first
}

// TestWhatIsSentAgainIsCountedOnce: while a destination refuses, clients are told
// to send again, and do until they are acknowledged: one is a sidecar, with the
// shipped configuration, the others send by themselves. Spend metrics are what was
// sent, each span is stored once.
func TestWhatIsSentAgainIsCountedOnce(t *testing.T) {
	for name, r := range map[string]func(*testing.T) refusal{"a locked file": lockedFile, "a full queue": fullQueue} {
		t.Run(name, func(t *testing.T) {
			r := r(t)
			port := e2e.FreePorts(t, 1)[0]
			t.Setenv("OTELCOL_PROMETHEUS_PORT", port)
			args := append(arguments(t, append(r.files, "destinations/libsql.yaml", "destinations/prometheus.yaml")...), soon...)
			// As gateway.yaml: what a sidecar has redacted is counted here.
			for _, option := range append(r.options, "processors: {sensitive_filter: {keys: {remove: []}}}") {
				args = append(args, "--config", "yaml:"+option)
			}
			c := e2e.StartCollector(t, args...)
			sidecar := startSidecar(t, c)
			for n := range r.prior {
				send(t, c, resent(n))
			}
			end := r.begin(t, c)
			const each = 5
			ctx, cancel := context.WithTimeout(t.Context(), otlptest.Patience)
			defer cancel()
			var clients sync.WaitGroup
			for n := range each {
				send(t, sidecar, resent(r.prior+n))
				clients.Go(func() { insist(ctx, t, c, resent(r.prior+each+n)) })
			}
			all := r.prior + 2*each
			const enough = 2 * each * spansOf
			eventually(t, func() bool {
				return refusedSpans(t, c, "http") >= enough && refusedSpans(t, c, "grpc") >= enough
			}, "%v and %v spans are refused", refusedSpans(t, c, "http"), refusedSpans(t, c, "grpc"))
			end()
			clients.Wait()
			eventually(t, func() bool { return storedSpans(t, c.TracesDB()) == int64(all*spansOf) }, "%d spans are not stored", all*spansOf)

			url := "http://127.0.0.1:" + port + "/metrics"
			eventually(t, func() bool { return e2e.Scrape(t, url)("gen_ai_invoke_agent_duration_seconds_count") >= float64(all) }, "spend metrics have not come")
			value := e2e.Scrape(t, url)
			const calls = spansOf - 1
			tokens := float64(calls * all * int(kinds[0].tokens))
			assert.EqualValues(t, calls*all, value("llmcost_calls_total"))
			assert.Equal(t, tokens, value("gen_ai_client_inference_usage_input_tokens_total"))
			assert.InDelta(t, tokens*2.5e-6, value("llmcost_cost_usd_total"), 1e-12, "gpt-4o costs 2.50 dollars a million input tokens")
			assert.EqualValues(t, calls*all, value("gen_ai_client_inference_duration_seconds_count"))
			assert.EqualValues(t, calls*all, value("gen_ai_client_operation_duration_seconds_sum"))
			assert.EqualValues(t, all, value("gen_ai_invoke_agent_duration_seconds_count"))
			assert.EqualValues(t, all, value("sensitive_filter_findings_total"))
			assert.EqualValues(t, all*spansOf, storedSpans(t, c.TracesDB()))
			require.NoError(t, sidecar.Stop())
			require.NoError(t, c.Stop())
		})
	}
}

// TestAFullQueueSendsNothingTwice: a queue that is full refuses clients' requests for
// all destinations. The others have taken them by then, at each attempt.
func TestAFullQueueSendsNothingTwice(t *testing.T) {
	d := deliverToAll(t).impatient()
	c := e2e.StartCollector(t, append(d.args, "--config", "yaml:"+smallQueue)...)
	const down = "otlp.yaml"
	d.gates[down].Set(e2e.Down)
	const requests = 10
	ctx, cancel := context.WithTimeout(t.Context(), otlptest.Patience)
	defer cancel()
	var clients sync.WaitGroup
	for n := range requests {
		clients.Go(func() { insist(ctx, t, c, call(n)) })
	}
	eventually(t, func() bool { return refusedSpans(t, c, "http") >= 4*requests*spansOf }, "%v spans are refused", refusedSpans(t, c, "http"))
	d.gates[down].Set(e2e.Open)
	clients.Wait()
	for file, received := range d.received {
		eventually(t, func() bool { return received() == requests*spansOf }, "%s has %d of %d spans", file, received(), requests*spansOf)
	}
	eventually(t, func() bool { return e2e.Scrape(t, c.Metrics)("otelcol_exporter_queue_size") == 0 }, "queues do not become empty")
	require.NoError(t, c.Stop())
	for file, all := range d.all {
		assert.Equal(t, requests*spansOf, all(), file)
	}
}

// smallQueue makes the queue of otlp.yaml full at once.
const smallQueue = "exporters::otlp_http::sending_queue: {queue_size: 10, batch: {flush_timeout: 10ms, min_size: 1, max_size: 10}}"

// refusedSpans is how many spans clients were told to send again.
func refusedSpans(t *testing.T, c *e2e.Collector, transport string) float64 {
	t.Helper()
	value := e2e.Scrape(t, c.Metrics)
	label := `transport="` + transport + `"`
	return value("otelcol_receiver_refused_spans", label) + value("otelcol_receiver_failed_spans", label)
}

// resent is call with a secret.
func resent(n int) ptrace.Traces {
	traces := call(n)
	traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().PutStr("note", testutil.NewSecrets(1)["email"])
	return traces
}

// lockedFile is a trace store that another process writes to for long.
func lockedFile(*testing.T) refusal {
	return refusal{
		options: []string{"exporters::libsql: {timeout: 300ms, file: {busy_timeout: 100ms}}"},
		prior:   1, // makes the tables
		begin: func(t *testing.T, c *e2e.Collector) func() {
			t.Helper()
			db, err := sql.Open("sqlite", "file:"+c.TracesDB())
			require.NoError(t, err)
			db.SetMaxOpenConns(1)
			_, err = db.ExecContext(t.Context(), "BEGIN IMMEDIATE")
			require.NoError(t, err)
			return func() { assert.NoError(t, db.Close()) }
		},
	}
}

// fullQueue is a backend that is away and whose queue is full.
func fullQueue(t *testing.T) refusal {
	t.Helper()
	backend := otlptest.Start(t)
	backend.SetDown(true)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.URL)
	return refusal{
		files: []string{"destinations/otlp.yaml"},
		options: []string{
			smallQueue,
			"exporters::otlp_http::retry_on_failure: {initial_interval: 50ms, max_interval: 200ms}",
		},
		begin: func(*testing.T, *e2e.Collector) func() { return func() { backend.SetDown(false) } },
	}
}

// startSidecar starts the shipped sidecar, impatient, before a collector.
func startSidecar(t *testing.T, gateway *e2e.Collector) *e2e.Collector {
	t.Helper()
	args := append(arguments(t, "sidecar.yaml"), "--config", "yaml:exporters::otlp_grpc::retry_on_failure: {initial_interval: 50ms, max_interval: 200ms}")
	return e2e.StartCollectorWith(t, t.TempDir(), []string{
		"OTELCOL_GATEWAY_ENDPOINT=" + strings.TrimPrefix(gateway.GRPC, "http://"), "OTELCOL_GATEWAY_TOKEN=none", "OTELCOL_GATEWAY_INSECURE=true",
	}, args...)
}

// insist sends until it is acknowledged.
func insist(ctx context.Context, t *testing.T, c *e2e.Collector, traces ptrace.Traces) {
	t.Helper()
	for trySend(ctx, c, traces) != nil {
		select {
		case <-ctx.Done():
			t.Error("the collector takes nothing")
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}
