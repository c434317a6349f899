package config

import (
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

// TestAWrongConfigurationEndsAReload says what upstream does, and how to find the
// mistake before: deploy/systemd does.
func TestAWrongConfigurationEndsAReload(t *testing.T) {
	file := filepath.Join(t.TempDir(), "mine.yaml")
	require.NoError(t, os.WriteFile(file, []byte("{}"), 0o600))
	args := append(arguments(t, "destinations/libsql.yaml"), "--config", file)
	c := e2e.StartCollector(t, args...)
	send(t, c, call(0)) // it listens for signals by now
	require.NoError(t, os.WriteFile(file, []byte("processors: {llm_cost: {exsting_cost: keep}}"), 0o600))
	const want = "processors::llm_cost does not have the key exsting_cost"
	output, err := e2e.RunBinary(t, t.TempDir(), nil, append([]string{"validate"}, args...)...)
	require.Error(t, err)
	assert.Contains(t, output, want)
	require.NoError(t, c.Reload())
	require.Error(t, c.Wait())
	assert.Contains(t, c.Log(), want)
	assert.EqualValues(t, spansOf, storedSpans(t, c.TracesDB()))
}
