package langfuse

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// TestTwoVariablesAndOneCommand is what the README promises: the two keys of a
// project, the bare command, and traces are in Langfuse's cloud and in the file.
// The network of the test leads to the stand-in where it says cloud.langfuse.com.
func TestTwoVariablesAndOneCommand(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	require.Contains(t, string(readme), "\n$ LANGFUSE_PUBLIC_KEY=pk-lf-… LANGFUSE_SECRET_KEY=sk-lf-… bin/otelcol-llm\n")

	s := newServer(t)
	setenv(t, nil)
	env := append(cloud(t, s), "LANGFUSE_PUBLIC_KEY=pk-lf-1234", "LANGFUSE_SECRET_KEY=sk-lf-5678")
	c := e2e.StartCollectorWith(t, t.TempDir(), env)
	secrets := testutil.NewSecrets(8)
	send(t, c, testutil.TicketRun(secrets))
	all := stored(t, s, 33)

	store, err := tracestore.OpenReader(t.Context(), c.TracesDB())
	require.NoError(t, err)
	defer store.Close()
	trace, err := store.Trace(t.Context(), all[0].TraceID)
	require.NoError(t, err)
	assert.EqualValues(t, 33, trace.Spans)
	cost := 0.0
	for _, o := range all {
		cost += o.TotalCost
	}
	assert.Positive(t, cost)
	assert.InDelta(t, trace.Cost.V, cost, 1e-9, "both have the same dollars")
	require.NoError(t, c.Stop())
	c.AssertNoSecret(t, secrets)
}

// cloud returns the variables of a process whose connections to
// cloud.langfuse.com end at s: a proxy, and a certificate that it trusts.
func cloud(t *testing.T, s *langfusetest.Server) []string {
	t.Helper()
	const host = "cloud.langfuse.com"
	chain, key := e2e.Certificate(t, host)
	pair, err := tls.X509KeyPair(chain, key)
	require.NoError(t, err)
	trusted := filepath.Join(t.TempDir(), "trusted.pem")
	require.NoError(t, os.WriteFile(trusted, chain, 0o600))

	target, err := url.Parse(s.URL)
	require.NoError(t, err)
	end := httptest.NewUnstartedServer(httputil.NewSingleHostReverseProxy(target))
	end.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	end.StartTLS()
	t.Cleanup(end.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != host+":443" {
			http.Error(w, "only "+host, http.StatusForbidden)
			return
		}
		tunnel(w, end.Listener.Addr().String())
	}))
	t.Cleanup(proxy.Close)
	return []string{"HTTPS_PROXY=" + proxy.URL, "SSL_CERT_FILE=" + trusted}
}

// tunnel connects a client of a proxy with an address, until one of them ends.
func tunnel(w http.ResponseWriter, address string) {
	there, err := net.Dial("tcp", address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer there.Close()
	here, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer here.Close()
	_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	done := make(chan struct{}, 2)
	pipe := func(to io.Writer, from io.Reader) {
		_, _ = io.Copy(to, from)
		done <- struct{}{}
	}
	go pipe(there, buffered)
	go pipe(here, there)
	<-done
}
