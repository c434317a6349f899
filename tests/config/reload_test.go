package config

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// TestReloadUnderLoad changes the configuration again and again while clients send.
// They try again when they are not answered, as exporters of OpenTelemetry do.
func TestReloadUnderLoad(t *testing.T) {
	const clients, reloads = 3, 4
	backends := [2]*otlptest.Server{otlptest.Start(t), otlptest.Start(t)}
	file := filepath.Join(t.TempDir(), "mine.yaml")
	deliverTo := func(backend *otlptest.Server) {
		// A file in the place of the other, never half of one.
		content := "exporters: {otlp_http: {endpoint: '" + backend.URL + "'}}\n"
		require.NoError(t, os.WriteFile(file+".new", []byte(content), 0o600))
		require.NoError(t, os.Rename(file+".new", file))
	}
	deliverTo(backends[0])
	c := e2e.StartCollector(t, append(arguments(t, "destinations/libsql.yaml", "destinations/otlp.yaml"), "--config", file)...)

	var next, acknowledged atomic.Int64
	var failed atomic.Int64
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				request := call(int(next.Add(1)))
				for trySend(t.Context(), c, request) != nil {
					failed.Add(1)
					<-time.After(5 * time.Millisecond)
				}
				acknowledged.Add(1)
			}
		})
	}
	for n := 1; n <= reloads; n++ {
		backend := backends[n%2]
		before, had := acknowledged.Load(), len(backend.Spans())
		deliverTo(backend)
		require.NoError(t, c.Reload())
		eventually(t, func() bool { return len(backend.Spans()) > had }, "the new configuration is not in force")
		eventually(t, func() bool { return acknowledged.Load() > before+clients }, "nothing is accepted")
	}
	close(stop)
	wg.Wait()
	t.Logf("%d requests acknowledged, %d attempts not answered, in %d reloads", acknowledged.Load(), failed.Load(), reloads)
	assert.Equal(t, acknowledged.Load()*spansOf, storedSpans(t, c.TracesDB()))
	delivered := map[string]bool{}
	eventually(t, func() bool {
		for _, backend := range backends {
			for _, span := range backend.Spans() {
				delivered[span.TraceID().String()+span.SpanID().String()] = true
			}
		}
		return len(delivered) == int(acknowledged.Load())*spansOf
	}, "spans in the queue are lost")
	require.NoError(t, c.Stop())
}

// TestAReloadWaitsForNoDestination reloads while every destination takes connections
// and answers none. The collector accepts again after OTELCOL_STOP_TIMEOUT, in the
// same process, and what it had acknowledged is delivered once the destinations
// answer.
func TestAReloadWaitsForNoDestination(t *testing.T) {
	d := deliverToAll(t).impatient()
	t.Setenv("OTELCOL_STOP_TIMEOUT", "2s")
	c := e2e.StartCollector(t, d.args...)
	d.hang(t, c)
	require.NoError(t, c.Reload())
	eventually(t, func() bool { return strings.Contains(c.Log(), "for a reload: starting anew") }, "it waits")
	d.open()
	eventually(t, func() bool { return trySend(t.Context(), c, call(1+batch)) == nil }, "nothing is accepted")
	d.assertAll(t, 2+batch)
	require.NoError(t, c.Stop(), "the process is the same")
}

// refused are configurations that a collector is asked to take over and does not, and
// what its log says.
var refused = []struct{ name, change, want string }{
	{"a key that does not exist", "processors: {llm_cost: {exsting_cost: keep}}", "processors::llm_cost does not have the key exsting_cost"},
	{"no YAML", "processors: [", "yaml"},
	{"a variable that is not YAML's", "exporters: {otlp_http: {endpoint: '${file:DIR/none}'}}", "no such file"},
	{"no value of an option", "processors: {llm_cost: {existing_cost: maybe}}", "existing_cost"},
	{"a sampling policy with ERR", "processors: {tail_sampling: {policies: [{name: e, type: status_code, status_code: {status_codes: [ERR]}}]}}\n" +
		"service: {pipelines: {traces/otlp: {processors: [tail_sampling]}}}", "processors::tail_sampling::policies::0::status_code::status_codes::0"},
	{"a list of extensions without a middleware", "service: {extensions: [health_check, file_storage]}", "retry_refused is not started"},
	{"a certificate that is not there", "exporters: {otlp_http: {tls: {ca_file: DIR/none.pem}}}", "exporters::otlp_http::tls::ca_file"},
	{"a port of another process", "receivers: {otlp: {protocols: {http: {endpoint: 'TAKEN'}}}}", "TAKEN is taken by another process"},
	{"another database that is none", "exporters: {libsql: {url: 'file:DIR/junk'}}", "is not a SQLite database"},
	{"a circle", "service: {pipelines: {traces/otlp: {exporters: [forward/llm]}}}", "cycle"},
	{"no pipeline", "service: {pipelines: {traces/otlp: {receivers: [forward/none]}}}", "forward/none"},
}

// TestARefusedReloadKeepsTheService asks for each in turn while a client sends. None
// of its requests fails, and the process is the same. A right one is taken over then.
func TestARefusedReloadKeepsTheService(t *testing.T) {
	backend := otlptest.Start(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	dir, temporary := startFiles(t), t.TempDir()
	file := filepath.Join(dir, "mine.yaml")
	filled := strings.NewReplacer("DIR", dir, "TAKEN", taken.Addr().String())
	write := func(text string) { require.NoError(t, os.WriteFile(file, []byte(filled.Replace(text)), 0o600)) }
	write("{}")
	env := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9", "TMPDIR=" + temporary}
	c := e2e.StartCollectorWith(t, t.TempDir(), env, append(arguments(t, "destinations/libsql.yaml", "destinations/otlp.yaml"), "--config", file)...)

	ctx, end := context.WithCancel(t.Context())
	var sent, failed atomic.Int64
	var wg sync.WaitGroup
	wg.Go(func() {
		for ctx.Err() == nil {
			if err := trySend(t.Context(), c, call(int(sent.Load()))); err != nil {
				failed.Add(1)
			} else {
				sent.Add(1)
			}
			<-time.After(20 * time.Millisecond) // fewer than are counted at once
		}
	})
	const line = "The new configuration is refused, the old one goes on"
	for n, r := range refused {
		write(r.change)
		require.NoError(t, c.Reload())
		eventually(t, func() bool { return strings.Count(c.Log(), line) == n+1 }, "%s: it is not refused", r.name)
		lines := strings.Split(c.Log(), line)
		reason, _, _ := strings.Cut(lines[len(lines)-1], "\n")
		assert.Contains(t, reason, filled.Replace(r.want), r.name)
	}
	assert.InDelta(t, len(refused), e2e.Scrape(t, c.Metrics)("otelcol_llm_reloads", `outcome="refused"`), 0)
	end()
	wg.Wait()
	assert.Zero(t, failed.Load(), "requests that were not answered")
	assert.Equal(t, sent.Load()*spansOf, storedSpans(t, c.TracesDB()))
	assert.NotContains(t, c.Log(), "Starting shutdown")
	assertEmpty(t, temporary)

	write("exporters: {otlp_http: {endpoint: '" + backend.URL + "'}}")
	require.NoError(t, c.Reload())
	eventually(t, func() bool { return len(backend.Spans()) > 0 }, "the right configuration is not in force")
	// Its queue sends before all of it has started.
	eventually(t, func() bool { return strings.Count(c.Log(), inForce) == 2 }, "it has not started")
	eventually(t, func() bool { return e2e.Scrape(t, c.Metrics)("otelcol_llm_reloads", `outcome="accepted"`) == 1 }, "it is not counted")
	require.NoError(t, c.Stop(), "the process is the same")
}

// TestAReloadThatPassesItsTrialAndDoesNotStart takes a port between the two.
func TestAReloadThatPassesItsTrialAndDoesNotStart(t *testing.T) {
	address := "127.0.0.1:" + e2e.FreePorts(t, 1)[0]
	source := serveConfiguration(t)
	source.set("{}")
	args := append(arguments(t, "destinations/libsql.yaml"), "--config", source.URL)
	c := e2e.StartCollector(t, args...)
	send(t, c, call(0))
	source.set("receivers: {otlp: {protocols: {grpc: {endpoint: '" + address + "'}}}}")
	var taken net.Listener
	source.onAsked(func() {
		if taken == nil && strings.Contains(c.Log(), hasPassed) {
			taken, _ = net.Listen("tcp", address)
		}
	})
	require.NoError(t, c.Reload())
	eventually(t, func() bool { return strings.Contains(c.Log(), "the last one that ran is in force again") }, "it has ended")
	require.NotNil(t, taken)
	require.NoError(t, taken.Close())
	assert.Contains(t, c.Log(), "does not start, though it passed its trial")
	assert.Contains(t, c.Log(), "address already in use")
	send(t, c, call(1))
	assert.EqualValues(t, 2*spansOf, storedSpans(t, c.TracesDB()))
	assert.InDelta(t, 1, e2e.Scrape(t, c.Metrics)("otelcol_llm_reloads", `outcome="reverted"`), 0)

	source.onAsked(nil)
	require.NoError(t, c.Reload())
	eventually(t, func() bool {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			_ = connection.Close()
		}
		return err == nil
	}, "the next reload is not done")
	require.NoError(t, c.Stop())
}

// hasPassed is what the log says before a reload stops anything.
const hasPassed = "The new configuration has passed its trial"

// configuration is one that a collector reads over HTTP.
type configuration struct {
	URL string

	mu    sync.Mutex
	text  string
	asked func()
}

func serveConfiguration(t *testing.T) *configuration {
	t.Helper()
	c := &configuration{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c.mu.Lock()
		text, asked := c.text, c.asked
		c.mu.Unlock()
		if asked != nil {
			asked()
		}
		_, _ = io.WriteString(w, text)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	c.URL = server.URL
	return c
}

func (c *configuration) set(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text = text
}

// onAsked calls a function whenever the configuration is read, before it is answered.
func (c *configuration) onAsked(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = f
}
