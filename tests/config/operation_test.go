package config

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// get returns what a GET answers, which must be 200.
func get(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s: %s", address, body)
	return string(body)
}

// operated are the ways to run the collector that have their own extensions.
var operated = map[string]struct {
	files   []string
	args    []string
	prepare func(*testing.T)
}{
	"local": {files: []string{"local.yaml"}},
	"base":  {files: []string{"otelcol.yaml"}},
	"sidecar": {files: []string{"sidecar.yaml"}, prepare: func(t *testing.T) {
		t.Helper()
		t.Setenv("OTELCOL_GATEWAY_ENDPOINT", "127.0.0.1:9")
		t.Setenv("OTELCOL_GATEWAY_TOKEN", "none")
	}},
	"gateway": {files: []string{"gateway.yaml"}, prepare: func(t *testing.T) {
		t.Helper()
		certificate(t)
		write(t, "OTELCOL_TOKEN_FILE", []byte("token"))
	}},
	"environment": {args: []string{"--config", "mastra:env"}},
	"disabled": {args: []string{"--config", "mastra:env"}, prepare: func(t *testing.T) {
		t.Helper()
		t.Setenv("MASTRA_OBSERVABILITY_ENABLED", "false")
	}},
}

// TestOperatorsSeeHowItDoes asks each way of running for its health, its metrics,
// its zpages and a profile.
func TestOperatorsSeeHowItDoes(t *testing.T) {
	for name, way := range operated {
		t.Run(name, func(t *testing.T) {
			if way.prepare != nil {
				way.prepare(t)
			}
			c := e2e.StartCollector(t, append(arguments(t, way.files...), way.args...)...)
			assert.Contains(t, get(t, c.Health), "Server available")
			assert.Contains(t, get(t, c.Metrics), "otelcol_process_uptime")
			for _, page := range []string{"servicez", "pipelinez", "extensionz", "featurez"} {
				assert.Contains(t, get(t, c.ZPages+"/debug/"+page), "<html", page)
			}
			assert.Contains(t, get(t, c.PProf+"/debug/pprof/goroutine?debug=1"), "goroutine profile")
			require.NoError(t, c.Stop())
		})
	}
}

// TestPagesForOperatorsAreOnLoopbackOnly lets the collector listen for everyone,
// as in a container: what is meant for others answers on every address of this
// machine, zpages, profiles and the page of traces on 127.0.0.1 alone.
func TestPagesForOperatorsAreOnLoopbackOnly(t *testing.T) {
	t.Setenv("OTELCOL_LISTEN_HOST", "0.0.0.0")
	c := run(t, "viewer.yaml")
	// The whole of 127.0.0.0/8 is this machine, on Linux.
	on := func(ip, address string) error {
		u, err := url.Parse(address)
		require.NoError(t, err)
		connection, err := net.Dial("tcp", net.JoinHostPort(ip, u.Port()))
		if err == nil {
			connection.Close()
		}
		return err
	}
	for _, address := range []string{c.HTTP, c.GRPC, c.Health, c.Metrics} {
		assert.NoError(t, on("127.0.0.2", address), address)
	}
	for _, address := range []string{c.ZPages, c.PProf, c.Viewer} {
		assert.NoError(t, on("127.0.0.1", address), address)
		assert.Error(t, on("127.0.0.2", address), address)
	}
	require.NoError(t, c.Stop())
}
