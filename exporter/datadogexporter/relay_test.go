package datadogexporter

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/datadogtest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/storagetest"
)

// configured is the configuration of an exporter that sends to an address.
func configured(t *testing.T, address, key string, changes map[string]any) *Config {
	t.Helper()
	cfg := NewFactory().CreateDefaultConfig()
	section := map[string]any{
		"api":              map[string]any{"key": key},
		"hostname":         "test",
		"host_metadata":    map[string]any{"enabled": false},
		"traces":           map[string]any{"endpoint": address},
		"metrics":          map[string]any{"endpoint": address},
		"sending_queue":    map[string]any{"storage": "file_storage"},
		"retry_on_failure": map[string]any{"initial_interval": "10ms", "max_interval": "50ms"},
	}
	maps.Copy(section, changes)
	require.NoError(t, confmap.NewFromStringMap(section).Unmarshal(cfg))
	require.NoError(t, confmap.Validate(cfg))
	return cfg.(*Config)
}

func started(t *testing.T, h component.Host, cfg component.Config) exporter.Traces {
	t.Helper()
	factory := NewFactory()
	set := exportertest.NewNopSettings(factory.Type())
	set.ID = component.NewID(factory.Type()) // the queue is found again by it
	e, err := factory.CreateTraces(t.Context(), set, cfg)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), h))
	return e
}

func span(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	resource := td.ResourceSpans().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "app")
	s := resource.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	s.SetTraceID([16]byte{1, 15: byte(n + 1)})
	s.SetSpanID([8]byte{1, byte(n)})
	s.SetName("chat gpt-4o")
	s.SetStartTimestamp(1_795_345_569_000_000_000)
	s.SetEndTimestamp(1_795_345_570_000_000_000)
	return td
}

// front answers for the intake with a status of the test's choosing; 0 lets
// requests through.
func front(t *testing.T, intake *datadogtest.Server) (address string, status, refused *atomic.Int32) {
	t.Helper()
	status, refused = &atomic.Int32{}, &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if code := int(status.Load()); code != 0 && r.URL.Path == "/api/v0.2/traces" {
			refused.Add(1)
			w.WriteHeader(code)
			return
		}
		intake.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, status, refused
}

const patience = 30 * time.Second

func soon(t *testing.T, condition func() bool, message string) {
	t.Helper()
	require.Eventually(t, condition, patience, 10*time.Millisecond, message)
}

// TestPayloadsOutliveAnOutageAndTheCollector: the intake is away for more attempts
// than the agent makes, the exporter is stopped meanwhile, and the next one
// delivers. Neither the key nor anything else of the configuration is on the disk.
func TestPayloadsOutliveAnOutageAndTheCollector(t *testing.T) {
	intake := datadogtest.Start(t)
	address, status, refused := front(t, intake)
	status.Store(http.StatusServiceUnavailable)
	dir := t.TempDir()
	h, end := storagetest.Start(t, dir)
	cfg := configured(t, address, intake.Key, nil)
	e := started(t, h, cfg)
	const spans = 5
	for n := range spans {
		require.NoError(t, e.ConsumeTraces(t.Context(), span(n)))
	}
	soon(t, func() bool { return refused.Load() > 20 }, "no attempts")
	status.Store(http.StatusForbidden) // a key that is being changed
	soon(t, func() bool { return refused.Load() > 30 }, "no attempts")
	require.NoError(t, e.Shutdown(t.Context()))
	end()
	assert.Empty(t, intake.Spans())
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.NotContains(t, string(raw), intake.Key, file)
	}

	status.Store(0)
	h, end = storagetest.Start(t, dir)
	defer end()
	e = started(t, h, cfg)
	soon(t, func() bool { return len(intake.Spans()) == spans }, "spans are lost")
	require.NoError(t, e.Shutdown(t.Context()))
	assert.Len(t, intake.Spans(), spans)
	assert.Empty(t, intake.Refused())
}

// TestAStopLosesNothing stops at once: what the queue before the agent has not
// handed over stays there, and what the agent has it flushes, which upstream's
// shutdown does not wait for.
func TestAStopLosesNothing(t *testing.T) {
	intake := datadogtest.Start(t)
	h, end := storagetest.Start(t, t.TempDir())
	defer end()
	cfg := configured(t, intake.URL, intake.Key, nil)
	e := started(t, h, cfg)
	const spans = 20
	for n := range spans {
		require.NoError(t, e.ConsumeTraces(t.Context(), span(n)))
	}
	require.NoError(t, e.Shutdown(t.Context()))
	e = started(t, h, cfg)
	soon(t, func() bool { return len(intake.Spans()) == spans }, "spans are lost")
	require.NoError(t, e.Shutdown(t.Context()))
	assert.Len(t, intake.Spans(), spans)
}

// TestWhatTheIntakeRefusesIsDropped: it would be refused again.
func TestWhatTheIntakeRefusesIsDropped(t *testing.T) {
	for _, code := range []int32{http.StatusRequestEntityTooLarge, http.StatusBadRequest, http.StatusUnprocessableEntity} {
		intake := datadogtest.Start(t)
		address, status, refused := front(t, intake)
		status.Store(code)
		h, end := storagetest.Start(t, t.TempDir())
		e := started(t, h, configured(t, address, intake.Key, nil))
		require.NoError(t, e.ConsumeTraces(t.Context(), span(1)))
		soon(t, func() bool { return refused.Load() == 1 }, "no attempt")
		status.Store(0)
		require.NoError(t, e.ConsumeTraces(t.Context(), span(2)))
		soon(t, func() bool { return len(intake.Spans()) == 1 }, "the next payload has not come")
		require.NoError(t, e.Shutdown(t.Context()))
		end()
		assert.EqualValues(t, 1, refused.Load())
	}
}

// TestWhatAnAnswerMeans: what is not known to be refused for good is sent again.
func TestWhatAnAnswerMeans(t *testing.T) {
	for _, test := range []struct {
		status      int
		typ, body   string
		again, lost bool
		says        string
	}{
		{status: 200},
		{status: 202, typ: "application/json", body: "{}"},
		{status: 200, typ: "text/html", body: "<html>", again: true, says: "a page of HTML: check traces::endpoint"},
		{status: 200, body: "<!DOCTYPE html>", again: true, says: "a page of HTML"},
		{status: 302, again: true, says: "check traces::endpoint"},
		{status: 307, again: true, says: "check traces::endpoint"},
		{status: 404, again: true, says: "check traces::endpoint"},
		{status: 405, again: true, says: "check traces::endpoint"},
		{status: 401, again: true, says: "check api::key"},
		{status: 403, again: true, says: "check api::key"},
		{status: 402, again: true},
		{status: 407, again: true},
		{status: 408, again: true},
		{status: 429, again: true},
		{status: 500, again: true},
		{status: 503, again: true},
		{status: 507, again: true},
		{status: 520, again: true},
		{status: 599, again: true},
		{status: 400, lost: true},
		{status: 413, lost: true},
		{status: 415, lost: true},
		{status: 422, lost: true},
	} {
		response := &http.Response{StatusCode: test.status, Status: http.StatusText(test.status), Header: http.Header{"Content-Type": {test.typ}}}
		err := answered(response, []byte(test.body))
		assert.Equal(t, test.again || test.lost, err != nil, test.status)
		assert.Equal(t, test.lost, consumererror.IsPermanent(err), test.status)
		if test.says != "" {
			assert.ErrorContains(t, err, test.says)
		}
	}
}

// TestTheMetricsIntakeHoldsUpNoTraces, which upstream tells with each batch that it
// runs.
func TestTheMetricsIntakeHoldsUpNoTraces(t *testing.T) {
	intake := datadogtest.Start(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/series") {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		intake.ServeHTTP(w, r)
	}))
	defer server.Close()
	h, end := storagetest.Start(t, t.TempDir())
	defer end()
	e := started(t, h, configured(t, server.URL, intake.Key, map[string]any{"retry_on_failure": map[string]any{"initial_interval": "1m", "max_elapsed_time": "0s"}}))
	const spans = 30 // more than a queue has consumers
	for n := range spans {
		require.NoError(t, e.ConsumeTraces(t.Context(), span(n)))
	}
	soon(t, func() bool { return len(intake.Spans()) == spans }, "traces wait for the metrics intake")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, e.Shutdown(ctx))
}

// TestAPayloadThatAloneIsRefused is given up, and so is one after an answer that may
// be due to it; others pass them.
func TestAPayloadThatAloneIsRefused(t *testing.T) {
	payload := func(name string) plog.LogRecord {
		entry := plog.NewLogRecord()
		entry.Body().SetEmptyBytes().FromRaw([]byte(name))
		return entry
	}
	refused, final := errors.New("refused"), consumererror.NewPermanent(errors.New("final"))
	r := &relay{refused: refusal.NewLedger(refusal.Config{Alone: refusal.AloneConfig{Attempts: 2}})}
	for range 100 {
		require.False(t, consumererror.IsPermanent(r.bounded(payload("poison"), 500, refused)), "nothing else is taken")
	}
	require.NoError(t, r.bounded(payload("good"), 202, nil))
	require.False(t, consumererror.IsPermanent(r.bounded(payload("poison"), 403, refused)))
	require.NoError(t, r.bounded(payload("good"), 202, nil))
	require.False(t, consumererror.IsPermanent(r.bounded(payload("poison"), 503, refused)), "it will pass")
	err := r.bounded(payload("poison"), 500, refused)
	require.True(t, consumererror.IsPermanent(err))
	require.ErrorContains(t, err, "while others were taken; it is given up")
	require.Equal(t, final, r.bounded(payload("poison"), 413, final))

	r = &relay{refused: refusal.NewLedger(refusal.Config{MaxElapsedTime: 1})}
	for _, status := range []int{500, 401, 302, 404, 200, 507} {
		require.False(t, consumererror.IsPermanent(r.bounded(payload("a"), status, refused)), status)
	}
	assert.True(t, consumererror.IsPermanent(r.bounded(payload("a"), 500, refused)))
}

// TestARedirectIsNotFollowed to a page that takes everything.
func TestARedirectIsNotFollowed(t *testing.T) {
	intake := datadogtest.Start(t)
	var moved atomic.Bool
	var refused atomic.Int32
	moved.Store(true)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v0.2/traces" && moved.Load() {
			refused.Add(1)
			http.Redirect(w, r, "/login", http.StatusFound)
			return
		}
		if r.URL.Path != "/login" {
			intake.ServeHTTP(w, r)
		}
	}))
	defer server.Close()
	h, end := storagetest.Start(t, t.TempDir())
	defer end()
	e := started(t, h, configured(t, server.URL, intake.Key, nil))
	require.NoError(t, e.ConsumeTraces(t.Context(), span(1)))
	soon(t, func() bool { return refused.Load() > 3 }, "it is not sent again")
	moved.Store(false)
	soon(t, func() bool { return len(intake.Spans()) == 1 }, "the span is lost")
	require.NoError(t, e.Shutdown(t.Context()))
}

// TestTheRelaysAddress is the configuration's, and on loopback.
func TestTheRelaysAddress(t *testing.T) {
	intake := datadogtest.Start(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	h, end := storagetest.Start(t, t.TempDir())
	defer end()
	e := started(t, h, configured(t, intake.URL, intake.Key, map[string]any{"relay": map[string]any{"endpoint": address}}))
	assert.Equal(t, "http://"+address, e.(*durableTraces).relay.url())
	require.NoError(t, e.ConsumeTraces(t.Context(), span(1)))
	soon(t, func() bool { return len(intake.Spans()) == 1 }, "the span has not come")
	require.NoError(t, e.Shutdown(t.Context()))

	for endpoint, says := range map[string]string{"0.0.0.0:0": "is not on loopback", "10.0.0.1:1": "is not on loopback", ":0": "is not on loopback", "127.0.0.1": "is not HOST:PORT"} {
		assert.ErrorContains(t, (&RelayConfig{Endpoint: endpoint}).Validate(), says)
	}
	for _, endpoint := range []string{"127.0.0.1:0", "[::1]:1234", "localhost:1"} {
		require.NoError(t, (&RelayConfig{Endpoint: endpoint}).Validate())
	}
	cfg := NewFactory().CreateDefaultConfig()
	err = confmap.NewFromStringMap(map[string]any{"relay": map[string]any{"endpiont": "x"}}).Unmarshal(cfg)
	require.ErrorContains(t, err, "endpiont")
	err = confmap.NewFromStringMap(map[string]any{"tracess": map[string]any{}}).Unmarshal(cfg)
	require.ErrorContains(t, err, "tracess")
}

// TestNoCloudIsAsked where the host's name is given; upstream's own way is left where
// it is not.
func TestNoCloudIsAsked(t *testing.T) {
	given := configured(t, "http://127.0.0.1:9", "key", nil)
	assert.EqualValues(t, 1, withoutDetection(&given.Datadog).HostnameDetectionTimeout)
	assert.Greater(t, given.Datadog.HostnameDetectionTimeout, time.Second, "the configuration is not changed")
	_, err := url.Parse("http://" + os.Getenv(gceMetadataHost) + "/")
	require.Error(t, err)
	detected := configured(t, "http://127.0.0.1:9", "key", map[string]any{"hostname": ""})
	assert.Same(t, &detected.Datadog, withoutDetection(&detected.Datadog))
}

func TestOnlyTheAgentIsServed(t *testing.T) {
	intake := datadogtest.Start(t)
	h, end := storagetest.Start(t, t.TempDir())
	defer end()
	e := started(t, h, configured(t, intake.URL, intake.Key, nil))
	defer func() { require.NoError(t, e.Shutdown(context.Background())) }()
	address := e.(*durableTraces).relay.url()
	assert.True(t, strings.HasPrefix(address, "http://127.0.0.1:"), address)
	for _, key := range []string{"", "wrong", intake.Key} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/api/v0.2/stats", strings.NewReader("\x80"))
		require.NoError(t, err)
		request.Header.Set(keyHeader, key)
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		want := http.StatusForbidden
		if key == intake.Key {
			want = http.StatusAccepted
		}
		assert.Equal(t, want, response.StatusCode)
	}
}

// TestWithoutAStorageItIsUpstreams: nothing stands between.
func TestWithoutAStorageItIsUpstreams(t *testing.T) {
	intake := datadogtest.Start(t)
	e := started(t, componenttest.NewNopHost(), configured(t, intake.URL, intake.Key, map[string]any{"sending_queue": map[string]any{"queue_size": 10}}))
	_, relayed := e.(*durableTraces)
	assert.False(t, relayed)
	require.NoError(t, e.Shutdown(t.Context()))
}

func TestAnExporterThatIsNotStartedListensNoLonger(t *testing.T) {
	intake := datadogtest.Start(t)
	factory := NewFactory()
	e, err := factory.CreateTraces(t.Context(), exportertest.NewNopSettings(factory.Type()), configured(t, intake.URL, intake.Key, nil))
	require.NoError(t, err)
	listener := e.(*durableTraces).relay.listener
	require.NoError(t, e.Shutdown(t.Context()))
	_, err = listener.Accept()
	require.ErrorIs(t, err, net.ErrClosed)
}
