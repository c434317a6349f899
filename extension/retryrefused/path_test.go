package retryrefused

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
)

// TestAPathThatIsNotFound: what is sent to it is kept, unless its path says that it is
// log records or metrics, which a backend may lack for good.
func TestAPathThatIsNotFound(t *testing.T) {
	for path, want := range map[string]fate{
		"/v1/traces":              kept,
		"/v1/traces/":             kept,
		"/api/otel/v1/traces":     kept,
		"/ingest":                 kept, // traces_endpoint may be any
		"/":                       kept,
		"":                        kept,
		"/v1/traces?key=1":        kept,
		"/v1/logs":                lost,
		"/v1/logs/":               lost,
		"/api/v2/metrics":         lost,
		"/v1development/profiles": lost,
		"/logs/v1/traces":         kept,
		"/catalogs":               kept,
	} {
		t.Run(path, func(t *testing.T) {
			assert.Equal(t, want, fateAt(t, path, "", http.NotFoundHandler()))
		})
		t.Run(path+" after a redirect", func(t *testing.T) {
			assert.Equal(t, want, fateAt(t, path, "/elsewhere", http.NotFoundHandler()))
		})
	}
	// The way back: whatever a redirect leads to, it is the first path that counts.
	assert.Equal(t, kept, fateAt(t, "/v1/traces", "/v1/logs", http.NotFoundHandler()))
	assert.Equal(t, lost, fateAt(t, "/v1/logs", "/v1/traces", http.NotFoundHandler()))
}

// fateAt is what becomes of a request to a path, which leads elsewhere with 307 where
// that is not empty, by the second attempt.
func fateAt(t *testing.T, path, elsewhere string, handler http.Handler) fate {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if elsewhere != "" && r.URL.Path != elsewhere {
			http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	defer server.Close()
	retry := &retryRefused{config: createDefaultConfig().(*Config), logger: zap.NewNop()}
	wrap, err := retry.GetHTTPRoundTripper(t.Context())
	require.NoError(t, err)
	transport, err := wrap(t.Context(), http.DefaultTransport)
	require.NoError(t, err)
	client := &http.Client{Transport: transport}
	var status int
	for range 2 {
		response, err := client.Post(server.URL+path, protobufType, http.NoBody)
		require.NoError(t, err)
		status = response.StatusCode
		require.NoError(t, response.Body.Close())
	}
	if status == http.StatusServiceUnavailable {
		return kept
	}
	return lost
}
