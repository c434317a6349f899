package langfuse

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// startFragile stands before a server, answers 500 to each request with a span that
// is called poison, and counts them.
func startFragile(t *testing.T, s *langfusetest.Server) (address string, refused *atomic.Int32) {
	t.Helper()
	target, err := url.Parse(s.URL)
	require.NoError(t, err)
	proxy, refused := httputil.NewSingleHostReverseProxy(target), &atomic.Int32{}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		packed, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		body := packed
		if unzip, err := gzip.NewReader(bytes.NewReader(packed)); err == nil {
			body, _ = io.ReadAll(unzip)
		}
		if bytes.Contains(body, []byte("poison")) {
			refused.Add(1)
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(packed))
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return front.URL, refused
}

// named is call with another name.
func named(trace byte, project, name string) ptrace.Traces {
	traces := call(trace, project)
	traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetName(name)
	return traces
}

// TestAProjectThatAnswers500ForEver to more batches than its queue has consumers: they
// end at the operator's bound, and what is behind them is delivered.
func TestAProjectThatAnswers500ForEver(t *testing.T) {
	const consumers = 10
	s := newServer(t)
	checkout := langfusetest.New(t, langfusetest.Options{Keys: []langfusetest.Key{{Public: "pk-lf-c", Secret: "sk-lf-c", Project: "checkout"}}})
	front, refused := startFragile(t, checkout)
	setenv(t, map[string]string{"LANGFUSE_API_KEY": "pk-lf-1234:sk-lf-5678", "LANGFUSE_BASE_URL": s.URL, "CHECKOUT": front})
	file := filepath.Join(t.TempDir(), "projects.yaml")
	require.NoError(t, os.WriteFile(file, []byte(secondProject), 0o600))
	c := e2e.StartCollector(t, append(configs(t), "--config", file,
		"--config", "yaml:exporters::langfuse::sending_queue::batch: {flush_timeout: 1ms, min_size: 1}",
		"--config", "yaml:exporters::langfuse::retry_on_failure: {initial_interval: 20ms, max_interval: 50ms}",
		"--config", "yaml:exporters::langfuse::refused: {max_elapsed_time: 2s}")...)
	for n := range byte(2 * consumers) {
		send(t, c, named(n+1, "checkout", "poison"))
	}
	require.Eventually(t, func() bool { return refused.Load() > 2*consumers }, 30*time.Second, 10*time.Millisecond, "they are not sent again")
	for n := range byte(consumers) {
		send(t, c, named(n+100, "checkout", "good"))
		send(t, c, named(n+150, "", "good"))
	}
	stored(t, s, consumers)
	stored(t, checkout, consumers)
	require.NoError(t, c.Stop())
	assert.Len(t, s.Observations(), consumers)
	assert.Len(t, checkout.Observations(), consumers)
	assert.Contains(t, c.Log(), "; given up)")
}

// TestAnExporterWithTheNameOfAProjectsQueue shares no storage with it: the start says
// what to rename.
func TestAnExporterWithTheNameOfAProjectsQueue(t *testing.T) {
	s := newServer(t)
	setenv(t, map[string]string{"LANGFUSE_API_KEY": "pk-lf-1234:sk-lf-5678", "LANGFUSE_BASE_URL": s.URL, "CHECKOUT": s.URL})
	file := filepath.Join(t.TempDir(), "projects.yaml")
	require.NoError(t, os.WriteFile(file, []byte(secondProject+`
  langfuse/project_checkout:
    endpoint: "${env:CHECKOUT}"
    public_key: pk-lf-1234
    secret_key: sk-lf-5678
    sending_queue: {storage: file_storage}
service:
  pipelines:
    traces/beside: {receivers: [forward/llm], exporters: [langfuse/project_checkout]}
`), 0o600))
	output, err := e2e.RunBinary(t, t.TempDir(), e2e.PortEnvironment(t), append(configs(t), "--config", file)...)
	require.Error(t, err)
	assert.Contains(t, output, "projects::checkout: its queue would be that of the exporter langfuse/project_checkout; rename one of the two")
}
