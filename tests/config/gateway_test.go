package config

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// certificate writes one for 127.0.0.1 that signs itself, and its key, and tells
// the gateway of them.
func certificate(t *testing.T) (certFile string, pool *x509.CertPool) {
	t.Helper()
	chain, key := e2e.Certificate(t, "127.0.0.1")
	certFile = write(t, "OTELCOL_TLS_CERT_FILE", chain)
	write(t, "OTELCOL_TLS_KEY_FILE", key)
	pool = x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(chain))
	return certFile, pool
}

// write makes a file and sets a variable to its path.
func write(t *testing.T, variable string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), variable)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	t.Setenv(variable, path)
	return path
}

// fastSampling decides soon, and keeps what is told.
func fastSampling(t *testing.T, percentage string) {
	t.Helper()
	t.Setenv("OTELCOL_SAMPLING_WAIT", "2s")
	t.Setenv("OTELCOL_SAMPLING_PERCENTAGE", percentage)
}

// export sends traces to a gateway and returns the status of the answer.
func export(t *testing.T, c *e2e.Collector, pool *x509.CertPool, authorize func(*http.Request), traces ptrace.Traces) int {
	t.Helper()
	body, err := ptraceotlp.NewExportRequestFromTraces(traces).MarshalProto()
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, strings.Replace(c.HTTP, "http:", "https:", 1)+"/v1/traces", bytes.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/x-protobuf")
	authorize(request)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport}).Do(request)
	require.NoError(t, err)
	response.Body.Close()
	return response.StatusCode
}

// TestASidecarSendsToAGateway runs both tiers. What leaves the sidecar is
// redacted, what leaves the gateway is priced as well.
func TestASidecarSendsToAGateway(t *testing.T) {
	backend := otlptest.Start(t)
	secrets := testutil.NewSecrets(4)
	certFile, pool := certificate(t)
	write(t, "OTELCOL_TOKEN_FILE", []byte("first-token\nsecond-token\n"))
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.URL)
	fastSampling(t, "100")
	gateway := run(t, "gateway.yaml", "destinations/otlp.yaml")
	bearer := func(token string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	}
	assert.Equal(t, http.StatusUnauthorized, export(t, gateway, pool, func(*http.Request) {}, ptrace.NewTraces()))
	assert.Equal(t, http.StatusUnauthorized, export(t, gateway, pool, bearer("wrong"), ptrace.NewTraces()))
	assert.Equal(t, http.StatusOK, export(t, gateway, pool, bearer("first-token"), ptrace.NewTraces()))
	response, err := http.Post(gateway.HTTP+"/v1/traces", "application/x-protobuf", nil)
	if err == nil {
		response.Body.Close()
		assert.NotEqual(t, http.StatusOK, response.StatusCode, "without TLS")
	}

	t.Setenv("OTELCOL_GATEWAY_ENDPOINT", strings.TrimPrefix(gateway.GRPC, "http://"))
	t.Setenv("OTELCOL_GATEWAY_TOKEN", "second-token")
	t.Setenv("OTELCOL_GATEWAY_CA_FILE", certFile)
	sidecar := run(t, "sidecar.yaml")
	const forged = 1_000_000
	traces := testutil.TicketRun(secrets)
	for _, span := range traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
		span.Attributes().PutInt("sensitive_filter.count", forged)
	}
	send(t, sidecar, traces)
	sendLogs(t, sidecar, testutil.TicketLogs(secrets))
	sendMetric(t, sidecar, "app.queue", secrets["email"])
	assertTicketRun(t, backend.WaitSpans(t, ticketSpans))
	eventually(t, func() bool {
		_, metric := backend.Metrics()["app.queue"]
		return metric && len(backend.LogRecords()) == 1
	}, "log records and metrics have not come")
	eventually(t, func() bool {
		findings, ok := backend.Metrics()["sensitive_filter.findings"]
		return ok && findings.Sum().DataPoints().At(0).IntValue() > 0
	}, "the gateway does not count what the sidecar has redacted")
	assert.Less(t, backend.Metrics()["sensitive_filter.findings"].Sum().DataPoints().At(0).IntValue(), int64(forged), "an application's own figure")
	require.NoError(t, sidecar.Stop())
	require.NoError(t, gateway.Stop())
	assertNoSecret(t, secrets, backend.Bodies())
}

func TestAGatewayWithPasswords(t *testing.T) {
	_, pool := certificate(t)
	t.Setenv("OTELCOL_AUTH", "basicauth")
	// htpasswd -nbs team swordfish
	write(t, "OTELCOL_HTPASSWD_FILE", []byte("team:{SHA}T1cYHcqt6YBVXyzmdVykJfAGWL4=\n"))
	gateway := run(t, "gateway.yaml")
	basic := func(password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth("team", password) }
	}
	assert.Equal(t, http.StatusUnauthorized, export(t, gateway, pool, basic("shark"), ptrace.NewTraces()))
	assert.Equal(t, http.StatusOK, export(t, gateway, pool, basic("swordfish"), ptrace.NewTraces()))
	require.NoError(t, gateway.Stop())
}
