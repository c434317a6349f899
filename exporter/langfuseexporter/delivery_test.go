package langfuseexporter

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// quick repeats a failed request soon.
func quick() configretry.BackOffConfig {
	retry := configretry.NewDefaultBackOffConfig()
	retry.InitialInterval, retry.MaxInterval, retry.MaxElapsedTime = time.Millisecond, 5*time.Millisecond, time.Minute
	return retry
}

// calls are n model calls of one trace, with content of a size.
func calls(n, bytes int) ptrace.Traces {
	b := newBatch("test")
	for i := range n {
		span := b.span(1, 0, fmt.Sprintf("call %d", i), chat(map[string]any{"gen_ai.input.messages": `[{"role":"user","content":"` + strings.Repeat("w ", bytes/2) + `"}]`}))
		span.SetSpanID(pcommon.SpanID{0: 0xc, 5: byte(i >> 16), 6: byte(i >> 8), 7: byte(i)})
		if i > 0 {
			span.SetParentSpanID(pcommon.SpanID{0: 0xc})
		}
	}
	return b.traces
}

// once asserts that each of n spans is stored exactly once.
func once(t *testing.T, s *langfusetest.Server, n int) {
	t.Helper()
	seen := map[string]int{}
	for _, o := range s.Observations() {
		seen[o.TraceID+o.ID]++
	}
	assert.Len(t, seen, n)
	assert.Len(t, s.Observations(), n, "every span once")
}

func TestWhatPassesIsSentAgain(t *testing.T) {
	for _, status := range []int{408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 527, 530} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			s := newServer(t, langfusetest.Options{})
			s.Plan(langfusetest.Step{Status: status}, langfusetest.Step{Status: status})
			config := testConfig(s)
			config.RetryConfig = quick()
			require.NoError(t, started(t, config).ConsumeTraces(t.Context(), calls(3, 10)))
			assert.Len(t, s.TraceRequests(), 3)
			once(t, s, 3)
		})
	}
	t.Run("a connection that is cut", func(t *testing.T) {
		s := newServer(t, langfusetest.Options{})
		s.Plan(langfusetest.Step{Cut: true})
		config := testConfig(s)
		config.RetryConfig = quick()
		require.NoError(t, started(t, config).ConsumeTraces(t.Context(), calls(3, 10)))
		once(t, s, 3)
	})
}

// TestAnAnswerThatDoesNotCome is waited for as long as timeout says.
func TestAnAnswerThatDoesNotCome(t *testing.T) {
	s := newServer(t, langfusetest.Options{})
	s.Plan(langfusetest.Step{Delay: time.Hour})
	config := testConfig(s)
	config.RetryConfig = quick()
	config.ClientConfig.Timeout = time.Second
	require.NoError(t, started(t, config).ConsumeTraces(t.Context(), calls(3, 10)))
	assert.GreaterOrEqual(t, len(s.TraceRequests()), 2)
	stored := map[string]bool{}
	for _, o := range s.Observations() { // a busy machine may be slow a second time
		stored[o.ID] = true
	}
	assert.Len(t, stored, 3)
}

func TestRetryAfterIsHonoured(t *testing.T) {
	s := newServer(t, langfusetest.Options{})
	s.Plan(langfusetest.RateLimited(1))
	config := testConfig(s)
	config.RetryConfig = quick()
	begin := time.Now()
	require.NoError(t, started(t, config).ConsumeTraces(t.Context(), calls(1, 10)))
	assert.GreaterOrEqual(t, time.Since(begin), time.Second)
	once(t, s, 1)

	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-1": 0, "soon": 0, "999999": time.Hour, "Sun, 22 Nov 2026 10:00:30 GMT": 30 * time.Second, "Sun, 22 Nov 2026 09:00:00 GMT": 0,
	} {
		assert.Equal(t, want, retryAfter(header, now), header)
	}
}

// TestAnAnswerThatGotLost sends the same spans again in the same form: the
// server is strict about that.
func TestAnAnswerThatGotLost(t *testing.T) {
	s := newServer(t, langfusetest.Options{})
	s.Plan(langfusetest.Step{Cut: true, Keep: true})
	config := testConfig(s)
	config.RetryConfig = quick()
	require.NoError(t, started(t, config).ConsumeTraces(t.Context(), calls(2, 10)))
	assert.Len(t, s.Observations(), 4)
}

func TestOnlyWhatFailedIsSentAgain(t *testing.T) {
	s := newServer(t, langfusetest.Options{})
	s.Plan(langfusetest.Step{}, langfusetest.Step{Status: 500}, langfusetest.Step{}, langfusetest.Step{Status: 503})
	config := testConfig(s)
	config.RetryConfig = quick()
	config.MaxSpanBytes, config.MaxRequestBytes = minBytes, minBytes
	require.NoError(t, started(t, config).ConsumeTraces(t.Context(), calls(20, 4000)))
	once(t, s, 20)
	for _, o := range s.Observations() {
		assert.NotContains(t, fmt.Sprint(o.Resource), preparedKey)
	}
}

func TestALargeTraceIsSplitByBytes(t *testing.T) {
	for encoding, n := range map[string]int{encodingProto: 10_000, encodingJSON: 1000} {
		t.Run(encoding, func(t *testing.T) {
			s := newServer(t, langfusetest.Options{})
			config := testConfig(s)
			config.Encoding = encoding
			config.MaxSpanBytes, config.MaxRequestBytes = 40*n, 40*n
			require.NoError(t, started(t, config).ConsumeTraces(t.Context(), calls(n, 40)))
			once(t, s, n)
			require.Greater(t, len(s.TraceRequests()), 5)
			for _, r := range s.TraceRequests() {
				assert.LessOrEqual(t, len(r.Body), 40*n)
			}
		})
	}
}

func TestTracesAreKeptTogetherWhereTheyFit(t *testing.T) {
	b := newBatch("test")
	for i := range byte(100) {
		b.spanOf(1+i%10, 1+i, 0, "call", chat(map[string]any{"gen_ai.input.messages": strings.Repeat("x", 1000)}))
	}
	s := newServer(t, langfusetest.Options{})
	config := testConfig(s)
	config.MaxSpanBytes, config.MaxRequestBytes = minBytes, 40_000
	require.NoError(t, started(t, config).ConsumeTraces(t.Context(), b.traces))
	once(t, s, 100)
	requests := map[string]map[int]bool{}
	at := 0
	for i, r := range s.TraceRequests() {
		for range r.Spans {
			o := s.Observations()[at]
			if requests[o.TraceID] == nil {
				requests[o.TraceID] = map[int]bool{}
			}
			requests[o.TraceID][i] = true
			at++
		}
	}
	for trace, in := range requests {
		assert.Len(t, in, 1, trace)
	}
}

func TestAProxyThatTakesLess(t *testing.T) {
	s := newServer(t, langfusetest.Options{LimitBytes: 20_000})
	config := testConfig(s)
	config.ClientConfig.Compression = "none"
	td := calls(50, 2000)
	// One span alone is longer than the proxy lets through.
	long := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(25)
	long.Attributes().PutStr("gen_ai.input.messages", `[{"role":"user","content":"short"},{"role":"user","content":"`+strings.Repeat("long ", 20_000)+`"}]`)
	require.NoError(t, started(t, config).ConsumeTraces(t.Context(), td))
	once(t, s, 50)
	o := byName(t, s.Observations())["call 25"]
	var messages []map[string]string
	require.NoError(t, json.Unmarshal([]byte(o.InputText()), &messages))
	assert.Equal(t, "short", messages[0]["content"])
	assert.Contains(t, messages[1]["content"], "[truncated ")
}

func TestASpanOverTheLimitIsCutAndItsNeighboursAreNot(t *testing.T) {
	td := calls(3, 1000)
	long := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(1)
	long.Attributes().PutStr("gen_ai.input.messages", `[{"role":"user","content":"`+strings.Repeat("ü", 40_000)+`"}]`)
	long.Attributes().PutStr("gen_ai.output.messages", `[{"role":"assistant","content":"`+strings.Repeat("a", 40_000)+`"}]`)
	long.Attributes().PutStr("http.request.body", strings.Repeat("b", 40_000))
	stored := byName(t, send(t, func(c *Config) { c.MaxSpanBytes = 20_000 }, td))
	require.Len(t, stored, 3)
	o := stored["call 1"]
	assert.True(t, json.Valid([]byte(o.InputText())))
	assert.True(t, json.Valid([]byte(o.OutputText())))
	assert.Contains(t, o.InputText(), "[truncated ")
	assert.Less(t, len(o.InputText())+len(o.OutputText()), 20_000)
	assert.Greater(t, len(o.InputText())+len(o.OutputText()), 10_000)
	assert.NotContains(t, stored["call 0"].InputText(), "truncated")
}

// TestOneBadSpanNeverTakesItsNeighboursAlong has a server that refuses a span
// for a reason of its own.
func TestOneBadSpanNeverTakesItsNeighboursAlong(t *testing.T) {
	var mu sync.Mutex
	accepted := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		request := ptraceotlp.NewExportRequest()
		if err := request.UnmarshalProto(body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		var names []string
		bad := 0
		for _, ss := range request.Traces().ResourceSpans().At(0).ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				names = append(names, span.Name())
				if span.Name() == "call 13" {
					bad++
				}
			}
		}
		if bad > 0 {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":"Invalid OTLP trace export: %d of %d span(s) cannot be processed (name:unlucky). The entire export was rejected."}`, bad, len(names))
			return
		}
		mu.Lock()
		defer mu.Unlock()
		for _, name := range names {
			accepted[name]++
		}
	}))
	defer server.Close()
	config := createDefaultConfig().(*Config)
	config.ClientConfig.Endpoint, config.ClientConfig.Compression = server.URL, "none"
	config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
	config.CheckOnStart = checkOff
	config.QueueConfig.GetOrInsertDefault().Batch.GetOrInsertDefault().FlushTimeout = time.Millisecond
	e := started(t, config)
	require.NoError(t, e.ConsumeTraces(t.Context(), calls(40, 10)))
	require.Eventually(t, func() bool { mu.Lock(); defer mu.Unlock(); return len(accepted) == 39 }, 20*time.Second, time.Millisecond)
	for name, n := range accepted {
		assert.Equal(t, 1, n, name)
	}
}

func TestTheHeadersOfARequest(t *testing.T) {
	s := newServer(t, langfusetest.Options{})
	require.NoError(t, started(t, testConfig(s)).ConsumeTraces(t.Context(), calls(1, 10)))
	r := s.TraceRequests()[0]
	for name, want := range map[string]string{
		"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip", "X-Langfuse-Ingestion-Version": "4",
		"X-Langfuse-Sdk-Name": "otelcol-llm", "X-Langfuse-Sdk-Version": "1.2.3", "X-Langfuse-Public-Key": "pk-lf-one",
	} {
		assert.Equal(t, want, r.Header.Get(name), name)
	}
	assert.Less(t, r.WireBytes, len(r.Body)+100)

	s = newServer(t, langfusetest.Options{Version: "3.29.0"})
	config := testConfig(s)
	config.IngestionVersion, config.Encoding, config.ClientConfig.Compression = 0, encodingJSON, configcompression.Type("none")
	config.SDKName = "mine"
	// A header of the operator's in the place of keys.
	config.Keys = KeysConfig{}
	config.ClientConfig.Headers = configopaque.MapList{{Name: "Authorization", Value: "Basic " + configopaque.String(base64.StdEncoding.EncodeToString([]byte("pk-lf-one:sk-lf-one")))}}
	require.NoError(t, started(t, config).ConsumeTraces(t.Context(), calls(1, 10)))
	r = s.TraceRequests()[0]
	assert.Equal(t, "application/json", r.Header.Get("Content-Type"))
	assert.Empty(t, r.Header.Get("X-Langfuse-Ingestion-Version"))
	assert.Equal(t, "mine", r.Header.Get("X-Langfuse-Sdk-Name"))
	once(t, s, 1)
}

// TestRefusalsAreLoggedOnceAMinute and say nothing that they should not.
func TestRefusalsAreLoggedOnceAMinute(t *testing.T) {
	s := newServer(t, langfusetest.Options{Region: "us"})
	core, logs := observer.New(zapcore.DebugLevel)
	set := exportertest.NewNopSettings(metadata.Type)
	set.Logger = zap.New(core)
	e := startedWith(t, testConfig(s), set)
	for range 5 {
		require.Error(t, e.ConsumeTraces(t.Context(), calls(2, 10)))
	}
	said := logs.FilterMessageSnippet("Spans are dropped").All()
	require.Len(t, said, 1)
	assert.Contains(t, fmt.Sprint(said[0].ContextMap()), "Invalid credentials")
	for _, entry := range logs.All() {
		text := entry.Message + fmt.Sprint(entry.ContextMap())
		for _, secret := range []string{"lf-one", "w w w", "Basic "} {
			assert.NotContains(t, text, secret)
		}
	}
	r := newRefusals(zap.New(core).Error, "Spans are dropped", "spans")
	now := time.Unix(0, 0)
	r.now = func() time.Time { return now }
	r.note(nil, errors.New("no"), 1)
	r.note(nil, errors.New("no"), 2)
	now = now.Add(refusalInterval)
	r.note(nil, errors.New("no"), 4)
	all := logs.FilterMessageSnippet("Spans are dropped").All()
	require.Len(t, all, 3)
	assert.EqualValues(t, 6, all[2].ContextMap()["spans"], "those that nothing was said about are counted")
}

// TestConcurrentBatches runs under the race detector.
func TestConcurrentBatches(t *testing.T) {
	s := newServer(t, langfusetest.Options{})
	e := started(t, testConfig(s))
	var wait sync.WaitGroup
	var failed atomic.Int32
	for i := range byte(8) {
		wait.Go(func() {
			for j := range byte(10) {
				b := newBatch("test")
				b.spanOf(1+j, 1+i, 0, "call", chat(map[string]any{"user.id": "u", "gen_ai.input.messages": `[{"role":"user","content":"hi"}]`}))
				if e.ConsumeTraces(context.Background(), b.traces) != nil {
					failed.Add(1)
				}
			}
		})
	}
	wait.Wait()
	assert.Zero(t, failed.Load())
	assert.Len(t, s.Observations(), 80)
}

// TestASpanThatCannotBeMadeSmaller is given up, and not sent for ever.
func TestASpanThatCannotBeMadeSmaller(t *testing.T) {
	s := newServer(t, langfusetest.Options{LimitBytes: 1000})
	config := testConfig(s)
	config.ClientConfig.Compression = "none"
	many := chat(nil)
	for i := range 1000 {
		many[fmt.Sprintf("langfuse.observation.metadata.key_%d", i)] = "small"
	}
	b := newBatch("test")
	b.span(1, 0, "call", many)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err := started(t, config).ConsumeTraces(ctx, b.traces)
	require.Error(t, err)
	assert.True(t, consumererror.IsPermanent(err))
	assert.Less(t, len(s.TraceRequests()), 5)
}
