package config

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// TestAFullQueueBehindTailSampling: tail sampling has acknowledged what it decides on,
// so that there is nobody to refuse. What a full queue does not take is lost, and
// counted; with block_on_overflow it waits for room.
func TestAFullQueueBehindTailSampling(t *testing.T) {
	for name, blocks := range map[string]bool{"refuses": false, "blocks": true} {
		t.Run(name, func(t *testing.T) {
			backend := otlptest.Start(t)
			backend.SetDown(true)
			_, pool := certificate(t)
			write(t, "OTELCOL_TOKEN_FILE", []byte("token"))
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.URL)
			fastSampling(t, "100")
			args := append(arguments(t, "gateway.yaml", "destinations/otlp.yaml"), "--config", "yaml:"+smallQueue,
				"--config", "yaml:exporters::otlp_http::retry_on_failure: {initial_interval: 50ms, max_interval: 200ms}")
			if blocks {
				args = append(args, "--config", "yaml:exporters::otlp_http::sending_queue::block_on_overflow: true")
			}
			c := e2e.StartCollector(t, args...)
			const traces = 20
			authorize := func(r *http.Request) { r.Header.Set("Authorization", "Bearer token") }
			for n := range traces {
				require.Equal(t, http.StatusOK, export(t, c, pool, authorize, call(n)))
			}
			refused := func() float64 { return e2e.Scrape(t, c.Metrics)("otelcol_exporter_enqueue_failed_spans") }
			waits := func() float64 { return e2e.Scrape(t, c.Metrics)("otelcol_exporter_queue_size", `exporter="otlp_http"`) }
			eventually(t, func() bool { return waits() > 0 && (blocks || refused() > 0) }, "the queue does not fill up: %v", waits())
			backend.SetDown(false)
			if blocks {
				backend.WaitSpans(t, traces*spansOf)
				assert.Zero(t, refused())
				require.NoError(t, c.Stop())
				return
			}
			eventually(t, func() bool { return len(backend.Spans())+int(refused()) == traces*spansOf }, "%d spans have come, %v were counted as refused", len(backend.Spans()), refused())
			assert.Contains(t, c.Log(), "sending queue is full")
			require.NoError(t, c.Stop())
		})
	}
}
