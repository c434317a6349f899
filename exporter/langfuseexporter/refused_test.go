package langfuseexporter

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pipeline"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// fragile stands before a server and answers a status to requests with a span whose
// name has poison in it.
func fragile(t *testing.T, s *langfusetest.Server, status int) *Config {
	t.Helper()
	target, err := url.Parse(s.URL)
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if bytes.Contains(body, []byte("poison")) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<title>Blocked</title>")
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	config := testConfig(s)
	config.ClientConfig.Endpoint, config.ClientConfig.Compression = front.URL, "none"
	config.RetryConfig = quick()
	return config
}

// TestASpanThatAloneIsRefused does not take those of its batch along, nor does it
// keep them for good.
func TestASpanThatAloneIsRefused(t *testing.T) {
	for _, status := range []int{500, 302, 200} {
		s := newServer(t, langfusetest.Options{})
		config := fragile(t, s, status)
		config.Refused.Alone = refusal.AloneConfig{Attempts: 2}
		e := started(t, config)
		b := newBatch("test")
		for id := byte(1); id <= 16; id++ {
			name := "good"
			if id == 11 {
				name = "poison"
			}
			b.spanOf(1, id, 0, name, chat(nil))
		}
		done := make(chan error, 1)
		var sender sync.WaitGroup
		sender.Go(func() { done <- e.ConsumeTraces(t.Context(), b.traces) })
		others := 0
		for ended := false; !ended; {
			select {
			case err := <-done:
				require.NoError(t, err, "some were taken")
				ended = true
			default:
				another := newBatch("test")
				another.spanOf(2, byte(others%200)+1, 0, "another", chat(nil))
				require.NoError(t, e.ConsumeTraces(t.Context(), another.traces))
				others++
			}
		}
		sender.Wait()
		stored := map[string]int{}
		for _, o := range s.Observations() {
			stored[o.Name]++
		}
		assert.Equal(t, map[string]int{"good": 15, "another": others}, stored, status)
	}
}

// TestAProjectThatAnswers500ForEver: what an operator's bound ends does not hold up
// what comes after it.
func TestAProjectThatAnswers500ForEver(t *testing.T) {
	s := newServer(t, langfusetest.Options{})
	config := fragile(t, s, http.StatusInternalServerError)
	config.Refused = refusal.Config{MaxElapsedTime: 300 * time.Millisecond}
	queue := defaultQueue()
	queue.NumConsumers = 2
	queue.Batch.Get().FlushTimeout, queue.Batch.Get().MinSize = time.Millisecond, 1
	config.QueueConfig = configoptional.Some(queue)
	e := started(t, config)
	for id := byte(1); id < 6; id++ {
		b := newBatch("test")
		b.spanOf(id, id, 0, "poison", chat(nil))
		require.NoError(t, e.ConsumeTraces(t.Context(), b.traces))
	}
	b := newBatch("test")
	b.spanOf(9, 9, 0, "good", chat(nil))
	require.NoError(t, e.ConsumeTraces(t.Context(), b.traces))
	storedSoon(t, s, 1)
	assert.Equal(t, "good", s.Observations()[0].Name)
}

// TestARedirectIsAnAddressThatIsWrong: nothing is lost while that is put right.
func TestARedirectIsAnAddressThatIsWrong(t *testing.T) {
	s := newServer(t, langfusetest.Options{})
	s.Plan(langfusetest.Step{Status: 301, Location: "https://other.example.com/api"})
	e := started(t, testConfig(s))
	err := e.ConsumeTraces(t.Context(), calls(1, 10))
	require.ErrorContains(t, err, "Langfuse answers 301: a redirect to https://other.example.com")
	require.ErrorContains(t, err, "final address")
	assert.False(t, consumererror.IsPermanent(err))
	require.NoError(t, e.ConsumeTraces(t.Context(), calls(1, 10)))
	once(t, s, 1)
}

// withExporters is the Collector's host, which knows its exporters.
type withExporters struct {
	component.Host
	ids []component.ID
}

func (h withExporters) GetExporters() map[pipeline.Signal]map[component.ID]component.Component {
	all := map[component.ID]component.Component{}
	for _, id := range h.ids {
		all[id] = nil
	}
	return map[pipeline.Signal]map[component.ID]component.Component{pipeline.SignalTraces: all}
}

// TestAnExporterWithTheNameOfAProjectsQueue would share its storage, so that each
// would send what is the other's.
func TestAnExporterWithTheNameOfAProjectsQueue(t *testing.T) {
	for _, test := range []struct {
		exporter, beside string
		refused          string
	}{
		{"langfuse", "langfuse/project_a", "projects::a: its queue would be that of the exporter langfuse/project_a; rename one of the two"},
		{"langfuse", "langfuse/project_default", "projects::default: its queue would be that of the exporter langfuse/project_default"},
		{"langfuse/x", "langfuse/x_project_a", "projects::a: its queue would be that of the exporter langfuse/x_project_a"},
		{"langfuse/x", "langfuse/project_a", ""},
		{"langfuse", "otlp_http/project_a", ""},
	} {
		_, _, config := laneConfig(t)
		set := exportertest.NewNopSettings(metadata.Type)
		id, beside := new(component.ID), new(component.ID)
		require.NoError(t, id.UnmarshalText([]byte(test.exporter)))
		require.NoError(t, beside.UnmarshalText([]byte(test.beside)))
		set.ID = *id
		e, err := NewFactory().CreateTraces(t.Context(), set, config)
		require.NoError(t, err)
		err = e.Start(t.Context(), withExporters{componenttest.NewNopHost(), []component.ID{*id, *beside}})
		if test.refused == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, test.refused)
		}
		require.NoError(t, e.Shutdown(context.Background()))
	}
}
