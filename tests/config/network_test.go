package config

import (
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestNothingButWhatTheConfigurationNames is listened on or dialled: each shipped file
// runs with all destinations at one address, which takes no connection.
func TestNothingButWhatTheConfigurationNames(t *testing.T) {
	const destination = "127.0.0.1:9"
	for _, file := range files(t) {
		t.Run(file, func(t *testing.T) {
			addresses := e2e.Trace(t)
			for _, name := range []string{"DD_APM_URL", "DD_URL", "DD_LOGS_URL", "LANGFUSE_BASE_URL"} {
				t.Setenv(name, "http://"+destination)
			}
			t.Setenv("DD_OTLP_TRACES_ENDPOINT", "http://"+destination+"/v1/traces")
			t.Setenv("KAFKA_BROKERS", `["`+destination+`"]`)
			// In a cluster, Datadog's exporter asked for more.
			t.Setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
			t.Setenv("DD_KUBERNETES_KUBELET_NODENAME", "node")
			ports := e2e.FreePorts(t, 2)
			t.Setenv("OTELCOL_PROMETHEUS_PORT", ports[0])
			certificate(t)
			write(t, "OTELCOL_TOKEN_FILE", []byte("token\n"))
			args := arguments(t, file)
			dials, listens := []string{destination}, map[string]bool{}
			switch filepath.Base(file) {
			case "datadog.yaml":
				relay := net.JoinHostPort("127.0.0.1", ports[1])
				args = append(args, "--config", "yaml:exporters::datadog::relay::endpoint: "+relay)
				dials, listens[relay] = append(dials, relay), true
			case "prometheus.yaml":
				listens[net.JoinHostPort("127.0.0.1", ports[0])] = true
			}
			environment := required
			if slices.Contains([]string{"local.yaml", "destinations/libsql.yaml", "viewer.yaml"}, file) {
				environment = append(slices.Clone(required), "OTELCOL_TRACES_DB=") // a file, as it is without
			}
			c := e2e.StartCollectorWith(t, t.TempDir(), environment, append(args, "--config", "yaml:service::telemetry::logs::level: error")...)
			for _, port := range c.Ports {
				listens[net.JoinHostPort("127.0.0.1", port)] = true
			}
			if file != "local.yaml" && file != "viewer.yaml" {
				delete(listens, strings.TrimPrefix(c.Viewer, "http://"))
			}
			if slices.Contains([]string{"otelcol.yaml", "local.yaml", "sidecar.yaml", "viewer.yaml"}, file) || filepath.Dir(file) == "destinations" {
				send(t, c, call(0))
			}
			for _, address := range c.Listening(t) {
				assert.True(t, listens[address], "it listens on %s", address)
				delete(listens, address)
			}
			assert.Empty(t, listens, "it does not listen there: or the test sees nothing")
			c.Kill()
			for _, address := range addresses() {
				assert.Contains(t, dials, address, "it dials %s", address)
			}
			if file == "destinations/datadog.yaml" {
				require.NotEmpty(t, addresses(), "the test sees nothing")
			}
		})
	}
}
