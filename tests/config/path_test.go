package config

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestAnAddressOfItsOwnThatIsNotFound: 404 keeps traces at an address that does not end in
// /v1/traces, and at one to which a redirect leads.
func TestAnAddressOfItsOwnThatIsNotFound(t *testing.T) {
	folder, err := filepath.Abs("../../config")
	require.NoError(t, err)
	for _, configured := range []string{"/ingest", "/v1/traces"} {
		t.Run(configured, func(t *testing.T) {
			var missed, taken atomic.Int32
			var there atomic.Bool
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/v1/traces":
					http.Redirect(w, r, "/ingest", http.StatusTemporaryRedirect)
				case there.Load():
					taken.Add(1)
				default:
					missed.Add(1)
					http.NotFound(w, r)
				}
			}))
			defer server.Close()
			c := e2e.StartCollector(t, "--config", filepath.Join(folder, "otelcol.yaml"), "--config", `yaml:{
exporters: {otlp_http: {traces_endpoint: "`+server.URL+configured+`", middlewares: [{id: retry_refused}],
  sending_queue: {storage: file_storage}, retry_on_failure: {initial_interval: 20ms, max_interval: 100ms, max_elapsed_time: 0s}}},
service: {pipelines: {traces/own: {receivers: [forward/llm], exporters: [otlp_http]}}}}`)
			send(t, c, call(0))
			eventually(t, func() bool { return missed.Load() > 2 }, "the request is not sent again")
			there.Store(true)
			eventually(t, func() bool { return taken.Load() == 1 }, "the request is lost")
			require.NoError(t, c.Stop())
		})
	}
}
