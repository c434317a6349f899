package langfuseexporter

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/media"
	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadatatest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// picture is a file of a size, and the call that has it in its input.
func picture(size int) (string, ptrace.Traces) {
	content := strings.Repeat("picture ", size/8)
	b := newBatch("test")
	b.span(1, 0, "call", chat(map[string]any{"gen_ai.input.messages": []any{map[string]any{"role": "user", "parts": []any{
		map[string]any{"type": "text", "content": "What is it?"},
		map[string]any{"type": "blob", "modality": "image", "mime_type": "image/png", "content": base64.StdEncoding.EncodeToString([]byte(content))},
	}}}}))
	return content, b.traces
}

func TestFilesAreUploaded(t *testing.T) {
	s := newServer(t, langfusetest.Options{})
	config := testConfig(s)
	config.ClientConfig.Headers = configopaque.MapList{{Name: "X-Tenant", Value: "secret"}}
	telemetry := componenttest.NewTelemetry()
	defer func() { require.NoError(t, telemetry.Shutdown(context.Background())) }()
	e := startedWith(t, config, metadatatest.NewSettings(telemetry))
	content, td := picture(8000)
	require.NoError(t, e.ConsumeTraces(t.Context(), td))
	o := s.Observations()[0]
	require.Eventually(t, func() bool {
		for _, m := range s.Media() {
			return m.UploadedAt != ""
		}
		return false
	}, 20*time.Second, time.Millisecond)
	for _, m := range s.Media() {
		assert.Equal(t, content, string(m.Content))
		assert.Equal(t, []any{"image/png", o.TraceID, o.ID, "input", 200, "one"}, []any{m.ContentType, m.TraceID, m.ObservationID, m.Field, m.UploadStatus, m.Project})
		assert.Contains(t, o.InputText(), `"url":"@@@langfuseMedia:type=image/png|id=`+m.ID+`|source=base64_data_uri@@@"`)
	}
	assert.Contains(t, o.InputText(), "What is it?")
	for _, r := range s.Requests() {
		if strings.HasPrefix(r.Path, "/bucket/") {
			assert.NotContains(t, fmt.Sprint(r.Header), "secret", "the store gets none of our headers")
		}
	}
	// The same file again is known.
	_, again := picture(8000)
	again.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetSpanID(spanID(2))
	require.NoError(t, e.ConsumeTraces(t.Context(), again))
	require.Eventually(t, func() bool {
		n := counted(t, telemetry, "otelcol_exporter_langfuse_media")
		return n["uploaded"] == 1 && n["known"] == 1
	}, 20*time.Second, time.Millisecond)
}

func TestFilesInMetadataAreUploaded(t *testing.T) {
	s := newServer(t, langfusetest.Options{})
	uri := func(word string) string {
		return "data:image/png;base64," + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(word, 2000)))
	}
	b := newBatch("test")
	b.span(1, 0, "call", chat(map[string]any{
		"langfuse.observation.metadata.own": uri("own "), "langfuse.trace.metadata.trace": uri("trace"), "mastra.metadata.logo": uri("logo"),
		"gen_ai.agent.description": uri("agent"),
	})).Events().AppendEmpty().Attributes().PutStr("screenshot", uri("event"))
	require.NoError(t, started(t, testConfig(s)).ConsumeTraces(t.Context(), b.traces))
	require.Eventually(t, func() bool {
		uploaded := 0
		for _, m := range s.Media() {
			if m.UploadedAt != "" {
				uploaded++
			}
		}
		return uploaded == 5
	}, 20*time.Second, time.Millisecond)
	fields := map[string]int{}
	for _, m := range s.Media() {
		fields[m.Field]++
	}
	assert.Equal(t, map[string]int{"metadata": 5}, fields)
	stored := fmt.Sprint(s.Observations()[0].Metadata)
	assert.NotContains(t, fmt.Sprintf("%+v", s.Observations()[0]), ";base64,")
	assert.Equal(t, 5, strings.Count(stored, "@@@langfuseMedia:type=image/png|id="))
}

// TestFilesInLangfusesOwnAttributes are found in all that hold content.
func TestFilesInLangfusesOwnAttributes(t *testing.T) {
	uri := "data:image/png;base64," + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("picture ", 1000)))
	stored := sent(t, func(c *Config) { c.Media.Mode = mediaStrip }, map[string]any{
		"langfuse.observation.type": "span", "langfuse.observation.input": uri, "langfuse.observation.output": uri, "langfuse.trace.input": uri,
		"langfuse.trace.output": uri, "langfuse.observation.metadata": `{"a":"` + uri + `"}`, "langfuse.observation.metadata.picture": uri,
	})[0]
	for key, value := range stored {
		assert.NotContains(t, value, "base64", key)
	}
	assert.Equal(t, "[image/png of about 8000 bytes removed]", stored["langfuse.observation.metadata.picture"])
}

func TestFilesThatAreNotUploaded(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*MediaConfig)
		want   string
	}{
		"strip":         {func(c *MediaConfig) { c.Mode = mediaStrip }, `"url":"[image/png of about 8000 bytes removed]"`},
		"keep":          {func(c *MediaConfig) { c.Mode = mediaKeep }, `"url":"data:image/png;base64,`},
		"too large":     {func(c *MediaConfig) { c.MaxSize = 7000 }, `"url":"[image/png of about 8000 bytes removed]"`},
		"hardly a file": {func(c *MediaConfig) { c.MinSize = 20_000 }, `"url":"data:image/png;base64,`},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, langfusetest.Options{})
			config := testConfig(s)
			test.change(&config.Media)
			_, td := picture(8000)
			require.NoError(t, started(t, config).ConsumeTraces(t.Context(), td))
			assert.Contains(t, s.Observations()[0].InputText(), test.want)
			assert.Empty(t, s.Media())
		})
	}
}

// TestAStoreThatIsDownHoldsNothingBack sends the span at once, and says that the
// file is missing.
func TestAStoreThatIsDownHoldsNothingBack(t *testing.T) {
	s := newServer(t, langfusetest.Options{NoMedia: true})
	config := testConfig(s)
	config.RetryStatusCodes = []int{503} // or the test would wait for three attempts
	telemetry := componenttest.NewTelemetry()
	defer func() { require.NoError(t, telemetry.Shutdown(context.Background())) }()
	core, logs := observer.New(zapcore.ErrorLevel)
	set := metadatatest.NewSettings(telemetry)
	set.Logger = zap.New(core)
	e := startedWith(t, config, set)
	_, td := picture(8000)
	require.NoError(t, e.ConsumeTraces(t.Context(), td))
	require.Len(t, s.Observations(), 1)
	require.Eventually(t, func() bool {
		return counted(t, telemetry, "otelcol_exporter_langfuse_media")["failed"] == 1
	}, 20*time.Second, time.Millisecond)
	require.Eventually(t, func() bool { return logs.Len() == 1 }, 20*time.Second, time.Millisecond)
	o := s.Observations()[0]
	assert.Contains(t, fmt.Sprint(logs.All()[0].ContextMap()["error"]), "the input of observation "+o.ID+" of trace "+o.TraceID+" refers to nothing: ")
}

// TestNoReferenceLeadsNowhereWhileTheStoreIsDown has a store that is down and comes
// back: after the first failure notes stand in spans, until a file gets through.
func TestNoReferenceLeadsNowhereWhileTheStoreIsDown(t *testing.T) {
	s := newServer(t, langfusetest.Options{NoMedia: true})
	config := testConfig(s)
	config.RetryStatusCodes = []int{503} // or the test would wait for three attempts
	telemetry := componenttest.NewTelemetry()
	defer func() { require.NoError(t, telemetry.Shutdown(context.Background())) }()
	e, err := newExporter(config, metadatatest.NewSettings(telemetry))
	require.NoError(t, err)
	require.NoError(t, e.start(t.Context(), componenttest.NewNopHost()))
	defer func() { require.NoError(t, e.shutdown(context.Background())) }()
	assert.Equal(t, storeTrial, e.uploader.trialAfter)
	sent := byte(0)
	send := func() string {
		_, td := picture(8000 + 8*int(sent))
		sent++
		td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetSpanID(spanID(sent))
		require.NoError(t, e.push(t.Context(), td))
		all := s.Observations()
		return all[len(all)-1].InputText()
	}
	project := e.router.projects[0]
	assert.Contains(t, send(), "@@@langfuseMedia:", "nothing is known of the store")
	require.Eventually(t, project.store.down, 20*time.Second, time.Millisecond)
	assert.NotContains(t, send(), "@@@langfuseMedia:")

	s.SetNoMedia(false)
	assert.NotContains(t, send(), "@@@langfuseMedia:", "too early for a trial")
	e.uploader.trialAfter = 0
	assert.NotContains(t, send(), "@@@langfuseMedia:", "the trial's own span has a note")
	require.Eventually(t, func() bool { return !project.store.down() }, 20*time.Second, time.Millisecond)
	assert.Contains(t, send(), "@@@langfuseMedia:")
	require.Eventually(t, func() bool { return counted(t, telemetry, "otelcol_exporter_langfuse_media")["uploaded"] == 1 }, 20*time.Second, time.Millisecond)
	assert.Equal(t, map[string]int64{"failed": 1, "stripped": 3, "uploaded": 1}, counted(t, telemetry, "otelcol_exporter_langfuse_media"))
}

// TestAFileThatIsRefusedSaysNothingOfTheStore refuses one file for itself.
func TestAFileThatIsRefusedSaysNothingOfTheStore(t *testing.T) {
	for status, down := range map[int]bool{400: false, 413: false, 422: false, 401: true, 403: true, 404: true, 500: true} {
		var h storeHealth
		h.note(&answerError{status: status}, time.Now())
		assert.Equal(t, down, h.down(), status)
	}
	var h storeHealth
	h.note(errors.New("cannot be reached"), time.Now())
	assert.True(t, h.down())
	h.note(nil, time.Now())
	assert.False(t, h.down())
}

// TestAStoreThatRefusesAFile is told to Langfuse, which shows it.
func TestAStoreThatRefusesAFile(t *testing.T) {
	s := newServer(t, langfusetest.Options{BucketStatus: http.StatusForbidden})
	_, td := picture(8000)
	require.NoError(t, started(t, testConfig(s)).ConsumeTraces(t.Context(), td))
	require.Eventually(t, func() bool { all := s.Media(); return len(all) == 1 && all[0].UploadedAt != "" }, 20*time.Second, time.Millisecond)
	m := s.Media()[0]
	assert.Equal(t, http.StatusForbidden, m.UploadStatus)
	assert.Equal(t, "the object store at "+strings.TrimPrefix(s.URL, "http://")+" answers 403", m.UploadError)
	assert.Empty(t, m.Content)
}

// TestTheHeadersOfAStore: the signature of Google's covers the content type only.
func TestTheHeadersOfAStore(t *testing.T) {
	file, ok := media.Decode("image/png", "cGljdHVyZQ==")
	require.True(t, ok)
	for url, want := range map[string][]string{
		"https://bucket.s3.amazonaws.com/file?X-Amz-Signature=1": {"image/png", file.Hash, "BlockBlob"},
		"https://storage.googleapis.com/bucket/file":             {"image/png", "", ""},
		"https://bucket.storage.googleapis.com/file":             {"image/png", "", ""},
	} {
		config := testConfig(newServer(t, langfusetest.Options{}))
		u := &uploader{e: &langfuseExporter{config: config}, client: &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
			assert.Equal(t, want, []string{r.Header.Get("Content-Type"), r.Header.Get("X-Amz-Checksum-Sha256"), r.Header.Get("X-Ms-Blob-Type")}, url)
			return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
		})}}
		status, err := u.put(t.Context(), url, &file)
		require.NoError(t, err)
		assert.Equal(t, http.StatusOK, status)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTheQueueOfFilesIsBounded(t *testing.T) {
	u := &uploader{queue: make(chan *upload, 1)}
	big := &upload{}
	big.file.Content = make([]byte, maxWaitingBytes+1)
	assert.False(t, u.offer(big))
	small := &upload{}
	small.file.Content = []byte("x")
	assert.True(t, u.offer(small))
	assert.False(t, u.offer(small), "no room")
	assert.EqualValues(t, 1, u.bytes.Load())
}

// TestAShutdownWaitsForNoStore has a server that never answers about files.
func TestAShutdownWaitsForNoStore(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if strings.HasPrefix(r.URL.Path, mediaPath) {
			<-r.Context().Done()
		}
	}))
	defer server.Close()
	config := testConfig(newServer(t, langfusetest.Options{}))
	config.ClientConfig.Endpoint, config.ClientConfig.Timeout = server.URL, time.Hour
	e, err := newExporter(config, exportertest.NewNopSettings(metadata.Type))
	require.NoError(t, err)
	require.NoError(t, e.start(t.Context(), componenttest.NewNopHost()))
	assert.Equal(t, stopTimeout, e.uploader.stopTimeout)
	e.uploader.stopTimeout = time.Millisecond
	_, td := picture(8000)
	require.NoError(t, e.push(t.Context(), td))
	stopped := make(chan error)
	go func() { stopped <- e.shutdown(context.Background()) }()
	select {
	case err := <-stopped:
		require.NoError(t, err)
	case <-time.After(20 * time.Second):
		server.CloseClientConnections()
		require.Fail(t, "the shutdown waits for the store")
	}
}
