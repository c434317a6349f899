package clients

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/datadogtest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// world is one collector with every shipped destination.
type world struct {
	collector            *e2e.Collector
	store                *tracestore.Reader
	langfuse             *langfusetest.Server
	datadog              *datadogtest.Server
	llmobs, otlp, mastra *otlptest.Server
	prometheus           string // URL
	scraped              []byte // what was scraped last
	read                 map[string][]mastraSpan
}

// start runs the collector with nothing but environment variables; only the
// interval of metrics is shortened.
func start(t *testing.T) *world {
	t.Helper()
	w := &world{
		langfuse: langfusetest.New(t, langfusetest.Options{Keys: []langfusetest.Key{{Public: "pk-lf-1234", Secret: "sk-lf-5678", Project: "tickets"}}}),
		datadog:  datadogtest.Start(t), llmobs: otlptest.Start(t), otlp: otlptest.Start(t), mastra: otlptest.Start(t),
	}
	port := e2e.FreePorts(t, 1)[0]
	w.prometheus = "http://127.0.0.1:" + port + "/metrics"
	w.collector = e2e.StartCollectorWith(t, t.TempDir(), []string{
		"LANGFUSE_PUBLIC_KEY=pk-lf-1234", "LANGFUSE_SECRET_KEY=sk-lf-5678", "LANGFUSE_BASE_URL=" + w.langfuse.URL,
		"DD_API_KEY=" + w.datadog.Key, "DD_APM_URL=" + w.datadog.URL, "DD_URL=" + w.datadog.URL, "DD_LOGS_URL=" + w.datadog.URL,
		"DD_LLMOBS_ENABLED=true", "DD_OTLP_TRACES_ENDPOINT=" + w.llmobs.URL + "/v1/traces",
		"OTEL_EXPORTER_OTLP_ENDPOINT=" + w.otlp.URL,
		"MASTRA_CLOUD_ACCESS_TOKEN=none", "MASTRA_OTLP_ENDPOINT=" + w.mastra.URL,
		"OTELCOL_PROMETHEUS_PORT=" + port,
	}, "--config", "mastra:env", "--config", "yaml:processors::cumulative::interval: 200ms")
	return w
}

// wait waits until everything that is stored has come to all destinations, and
// stops the collector.
func (w *world) wait(t *testing.T, calls int) {
	t.Helper()
	var err error
	w.store, err = tracestore.OpenReader(t.Context(), w.collector.TracesDB())
	require.NoError(t, err)
	t.Cleanup(func() { w.store.Close() })
	list := e2e.StoredTraces(t, w.collector.TracesDB())
	spans := 0
	for i := range list {
		spans += int(list[i].Spans)
	}
	come := func() map[string]int {
		return map[string]int{
			"otlp": len(w.otlp.Spans()), "mastra": len(w.mastra.Spans()), "datadog-llmobs": len(w.llmobs.Spans()), "datadog": len(w.datadog.Spans()),
		}
	}
	for deadline := time.Now().Add(otlptest.Patience); ; <-time.After(20 * time.Millisecond) {
		w.scrape(t)
		done := w.langfuseCalls() >= calls && w.metric("llmcost_calls_total", nil) >= float64(calls)
		for _, n := range come() {
			done = done && n >= spans
		}
		if done {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("of %d spans have come %v; of %d calls %d to langfuse, %v to prometheus; datadog refused %v", spans, come(), calls, w.langfuseCalls(), w.metric("llmcost_calls_total", nil), w.datadog.Refused())
		}
	}
	require.NoError(t, w.collector.Stop())
	for name, n := range come() {
		require.Equal(t, spans, n, "%s has every span once", name)
	}
	require.Empty(t, w.datadog.Refused())
}

func (w *world) langfuseCalls() (calls int) {
	for _, o := range w.langfuse.Observations() {
		if len(o.Usage) > 0 {
			calls++
		}
	}
	return calls
}

func (w *world) scrape(t *testing.T) {
	t.Helper()
	response, err := http.Get(w.prometheus)
	require.NoError(t, err)
	defer response.Body.Close()
	w.scraped, err = io.ReadAll(response.Body)
	require.NoError(t, err)
}

// assertNoSecret looks at every byte that any destination was sent, and at what
// the collector itself has written.
func (w *world) assertNoSecret(t *testing.T, secrets testutil.Secrets) {
	t.Helper()
	w.collector.AssertNoSecret(t, secrets)
	places := map[string][][]byte{
		"otlp": w.otlp.Bodies(), "mastra": w.mastra.Bodies(), "datadog-llmobs": w.llmobs.Bodies(), "datadog": w.datadog.Bodies(), "prometheus": {w.scraped},
	}
	for _, request := range w.langfuse.Requests() {
		places["langfuse"] = append(places["langfuse"], request.Body)
	}
	for place, bodies := range places {
		require.NotEmpty(t, bodies, place)
		for _, body := range bodies {
			for name, needle := range secrets.Needles() {
				if contains(body, needle) {
					t.Errorf("%s was sent to %s", name, place)
				}
			}
		}
	}
}
