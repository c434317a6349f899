package config

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// poisonName is the span that a backend does not bear.
const poisonName = "poison"

// startFragile starts a backend that answers a status to each request with such a
// span, and counts them.
func startFragile(t *testing.T, status int) (backend *otlptest.Server, url string, refused *atomic.Int32) {
	t.Helper()
	backend, refused = otlptest.Start(t), &atomic.Int32{}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		packed, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		body := packed
		if unzip, err := gzip.NewReader(bytes.NewReader(packed)); err == nil {
			body, _ = io.ReadAll(unzip)
		}
		if bytes.Contains(body, []byte(poisonName)) {
			refused.Add(1)
			w.WriteHeader(status)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(packed))
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return backend, front.URL, refused
}

func poison(n int) ptrace.Traces {
	traces := call(n)
	traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetName(poisonName)
	return traces
}

// oneByOne has each request leave by itself, and attempts follow each other quickly.
func oneByOne(limits string) []string {
	return []string{
		"--config", "yaml:exporters::otlp_http::sending_queue::batch: {flush_timeout: 1ms, min_size: 1, max_size: 0}",
		"--config", "yaml:exporters::otlp_http::retry_on_failure: {initial_interval: 20ms, max_interval: 50ms}",
		"--config", "yaml:extensions::retry_refused: " + limits,
	}
}

// TestARequestThatAloneIsRefused does not hold up others, is kept as long as it may
// be what is right, and is given up with its reason in the log.
func TestARequestThatAloneIsRefused(t *testing.T) {
	for _, status := range []int{http.StatusInternalServerError, http.StatusForbidden} {
		backend, url, refused := startFragile(t, status)
		t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
		c := e2e.StartCollector(t, append(arguments(t, "destinations/otlp.yaml"), oneByOne("{alone: {attempts: 5, elapsed_time: 1s}}")...)...)
		send(t, c, poison(0))
		eventually(t, func() bool { return refused.Load() > 10 }, "it is not sent again")
		require.False(t, logged(c, "Dropping data"), "nothing else was taken")
		sent := 0
		eventually(t, func() bool {
			sent++
			send(t, c, call(sent))
			return logged(c, "Dropping data", "while others were taken; it is given up (retry_refused)")
		}, "it is sent again for ever")
		require.NoError(t, c.Stop())
		require.Len(t, backend.Spans(), sent*spansOf)
	}
}

// TestMoreRefusedThanConsumers: requests that all of a queue's consumers are busy
// with end at the bound that the operator sets, and those behind them are delivered.
func TestMoreRefusedThanConsumers(t *testing.T) {
	const consumers = 10
	backend, url, refused := startFragile(t, http.StatusInternalServerError)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
	c := e2e.StartCollector(t, append(arguments(t, "destinations/otlp.yaml"), oneByOne("{max_elapsed_time: 3s}")...)...)
	for n := range 2 * consumers {
		send(t, c, poison(n))
	}
	eventually(t, func() bool { return refused.Load() > 3*consumers }, "they are not sent again")
	for n := range consumers {
		send(t, c, call(100+n))
	}
	backend.WaitSpans(t, consumers*spansOf)
	require.NoError(t, c.Stop())
	require.True(t, logged(c, "Dropping data", "; it is given up (retry_refused)"))
	require.Len(t, backend.Spans(), consumers*spansOf)
}
