package config

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// TestTracesThatWaitForTailSampling are decided at a stop and at a reload, by what has
// come of them; what is kept is whole, and on disk while the destination is away.
func TestTracesThatWaitForTailSampling(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *e2e.Collector) (ended bool){
		"stop": func(t *testing.T, c *e2e.Collector) bool { t.Helper(); require.NoError(t, c.Stop()); return true },
		"reload": func(t *testing.T, c *e2e.Collector) bool {
			t.Helper()
			const ready = "Everything is ready"
			before := strings.Count(c.Log(), ready)
			require.NoError(t, c.Reload())
			eventually(t, func() bool { return strings.Count(c.Log(), ready) > before }, "it is not reloaded")
			return false
		},
	} {
		t.Run(name, func(t *testing.T) {
			backend := otlptest.Start(t)
			gate := e2e.StartGate(t, backend.URL)
			gate.Set(e2e.Down)
			_, pool := certificate(t)
			write(t, "OTELCOL_TOKEN_FILE", []byte("token"))
			t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", gate.URL)
			t.Setenv("OTELCOL_SAMPLING_TOKENS", "45000")
			t.Setenv("OTELCOL_SAMPLING_WAIT", "1h")
			t.Setenv("OTELCOL_SAMPLING_PERCENTAGE", "0")
			dir, args := t.TempDir(), arguments(t, "gateway.yaml", "destinations/otlp.yaml")
			args = append(args, "--config", "yaml:exporters::otlp_http::retry_on_failure: {initial_interval: 50ms, max_interval: 200ms}")
			c := e2e.StartCollectorIn(t, dir, args...)
			authorize := func(r *http.Request) { r.Header.Set("Authorization", "Bearer token") }
			for n := range ofEachKind {
				for _, k := range kinds {
					for _, request := range traceOf(k, n) {
						require.Equal(t, http.StatusOK, export(t, c, pool, authorize, request))
					}
				}
			}
			if end(t, c) {
				c = e2e.StartCollectorIn(t, dir, args...)
			}
			gate.Set(e2e.Open)
			const spans = 4 * ofEachKind * spansOf // of the kinds that are kept
			backend.WaitSpans(t, spans)
			require.NoError(t, c.Stop())
			kept := keptTraces(t, backend, func(map[string]map[string]int) bool { return true })
			for _, k := range kinds {
				if k.kept {
					assert.Len(t, kept[k.name], ofEachKind, k.name)
				} else {
					assert.Empty(t, kept[k.name], k.name)
				}
				for id, n := range kept[k.name] {
					assert.Equal(t, spansOf, n, "trace %s of kind %s", id, k.name)
				}
			}
		})
	}
}
