// Package viewer tests the page of traces and its API on the built binary.
package viewer

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// patience bounds waits on a machine that has other things to do.
const patience = 30 * time.Second

func sendTraces(t testing.TB, c *e2e.Collector, traces ptrace.Traces) {
	t.Helper()
	sender, err := traffic.NewSender("http", c.HTTP, traffic.Connection{})
	require.NoError(t, err)
	defer sender.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	require.NoError(t, sender.Send(ctx, traces))
}

func sendLogs(t testing.TB, c *e2e.Collector, logs plog.Logs) {
	t.Helper()
	body, err := plogotlp.NewExportRequestFromLogs(logs).MarshalProto()
	require.NoError(t, err)
	response, err := http.Post(c.HTTP+"/v1/logs", "application/x-protobuf", strings.NewReader(string(body)))
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
}

// answer is what the page's port answers.
type answer struct {
	status int
	header http.Header
	body   string
}

func ask(t testing.TB, method, at string, headers ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, at, nil)
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	client := http.Client{Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return answer{response.StatusCode, response.Header, string(body)}
}

// read reads an answer of the API.
func read[T any](t testing.TB, c *e2e.Collector, path string) T {
	t.Helper()
	a := ask(t, http.MethodGet, c.Viewer+"/api/v1/"+path)
	require.Equal(t, http.StatusOK, a.status, "%s: %s", path, a.body)
	var value T
	require.NoError(t, json.Unmarshal([]byte(a.body), &value), path)
	return value
}

// captured starts a collector that has stored the captured runs, with secrets in them.
func captured(t *testing.T, args ...string) (*e2e.Collector, testutil.Secrets) {
	t.Helper()
	secrets := testutil.NewSecrets(41)
	c := e2e.StartCollector(t, args...)
	sendTraces(t, c, testutil.TicketRun(secrets))
	sendTraces(t, c, testutil.CoverageRun(secrets))
	sendLogs(t, c, testutil.TicketLogs(secrets))
	sendTraces(t, c, traffic.New(traffic.Options{Seed: 7, TextSize: 1024, ServiceName: "generated"}).Trace(time.Now()))
	return c, secrets
}

// addresses are all addresses of the description, with what is stored put into their paths.
func addresses(t *testing.T, c *e2e.Collector, document *openapi3.T) map[string][]string {
	t.Helper()
	var traces query.Page[query.TraceSummary]
	require.Eventually(t, func() bool {
		traces = read[query.Page[query.TraceSummary]](t, c, "traces")
		return len(traces.Items) >= 3
	}, patience, 20*time.Millisecond)
	sessions := read[query.Page[query.SessionSummary]](t, c, "sessions")
	require.NotEmpty(t, sessions.Items)
	found := map[string][]string{}
	for path := range document.Paths.Map() {
		switch {
		case path == "/live": // has no end
		case strings.HasPrefix(path, "/traces/{id}"):
			for _, trace := range traces.Items {
				found[path] = append(found[path], strings.Replace(path, "{id}", trace.TraceID, 1))
			}
			found[path] = append(found[path], strings.Replace(path, "{id}", "last", 1))
		case strings.HasPrefix(path, "/spans/"):
			for _, trace := range traces.Items {
				for _, span := range read[query.Trace](t, c, "traces/"+trace.TraceID).Spans {
					found[path] = append(found[path], "/spans/"+trace.TraceID+"/"+span.SpanID+"?limit=4096")
				}
			}
		case strings.HasPrefix(path, "/sessions/"):
			for _, session := range sessions.Items {
				found[path] = append(found[path], "/sessions/"+url.PathEscape(session.ID))
			}
		case strings.HasPrefix(path, "/values/"):
			for _, field := range []string{"service", "model", "tool", "user", "session", "attribute", "attribute:service.name"} {
				found[path] = append(found[path], "/values/"+url.PathEscape(field))
			}
		case path == "/search":
			found[path] = []string{"/search?q=ticket", "/search?q=REDACTED"}
		case path == "/spend":
			found[path] = []string{"/spend", "/spend?by=day&by=model&zone=Europe%2FBerlin", "/spend?by=user"}
		case path == "/traces":
			found[path] = []string{"/traces", "/traces?limit=1", "/traces?status=error", "/traces?order=cost&column=service.name"}
		default:
			found[path] = []string{path}
		}
	}
	return found
}

// description is the OpenAPI file as the collector serves it.
func description(t *testing.T, c *e2e.Collector) *openapi3.T {
	t.Helper()
	document, err := openapi3.NewLoader().LoadFromData([]byte(ask(t, http.MethodGet, c.Viewer+"/api/v1/openapi.yaml").body))
	require.NoError(t, err)
	require.NoError(t, document.Validate(t.Context()))
	return document
}

// TestEveryAnswerIsAsDescribedAndHasNoSecret asks every address with what is stored of
// captured runs: each answer is valid by the description, and none has a planted secret.
func TestEveryAnswerIsAsDescribedAndHasNoSecret(t *testing.T) {
	c, secrets := captured(t)
	document := description(t, c)
	asked := 0
	for path, list := range addresses(t, c, document) {
		schema := document.Paths.Value(path).Get.Responses.Value("200").Value.Content.Get("application/json").Schema.Value
		for _, at := range list {
			a := ask(t, http.MethodGet, c.Viewer+"/api/v1"+at)
			require.Equal(t, http.StatusOK, a.status, "%s: %s", at, a.body)
			assert.Equal(t, "application/json", a.header.Get("Content-Type"))
			assert.Equal(t, "no-store", a.header.Get("Cache-Control"))
			var value any
			require.NoError(t, json.Unmarshal([]byte(a.body), &value))
			require.NoError(t, schema.VisitJSON(value, openapi3.MultiErrors()), at)
			for name, needle := range secrets.Needles() {
				if strings.Contains(a.body, needle) { // not assert.NotContains, which would repeat it
					t.Errorf("%s is in %s", name, at)
				}
			}
			asked++
		}
	}
	assert.Greater(t, asked, 60)
	c.AssertNoSecret(t, secrets)
	assert.NotContains(t, c.Log(), "A question to the trace store failed")
}

// TestWhatIsWrongIsASentence: 400, 404, 405 and the schema of errors.
func TestWhatIsWrongIsASentence(t *testing.T) {
	c := e2e.StartCollector(t)
	for at, want := range map[string]struct {
		status int
		text   string
	}{
		"traces?servise=x":                         {400, `\"servise\": is not a parameter here`},
		"traces?limit=-1":                          {400, "limit: is not a whole number"},
		"traces?order=sideways":                    {400, "order"},
		"traces?cursor=nonsense":                   {400, "cursor"},
		"traces/00000000000000000000000000000000":  {404, "there is no such trace"},
		"traces/%2e%2e%2f%2e%2e%2fetc":             {404, "there is no such trace"},
		"spans/00000000000000000000000000000000/1": {404, "there is no such trace"},
		"spend?by=planet":                          {400, "by"},
		"spend?zone=Mars":                          {400, "zone"},
		"nothing":                                  {404, "there is no such address"},
	} {
		a := ask(t, http.MethodGet, c.Viewer+"/api/v1/"+at)
		assert.Equal(t, want.status, a.status, "%s: %s", at, a.body)
		assert.Contains(t, a.body, want.text, at)
		var sentence struct{ Error string }
		require.NoError(t, json.Unmarshal([]byte(a.body), &sentence), at)
		assert.NotEmpty(t, sentence.Error)
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		assert.Equal(t, http.StatusMethodNotAllowed, ask(t, method, c.Viewer+"/api/v1/traces").status, method)
	}
	for _, path := range []string{"/v1/traces", "/v1/logs", "/v1/metrics"} { // an application with a wrong port
		a := ask(t, http.MethodPost, c.Viewer+path)
		assert.Equal(t, http.StatusNotFound, a.status, path)
		assert.Contains(t, a.body, "4318", path)
	}
	head := ask(t, http.MethodHead, c.Viewer+"/api/v1/traces")
	assert.Equal(t, http.StatusOK, head.status)
	assert.Empty(t, head.body)
}

// TestNobodyElseReadsThePage holds the guards on the built binary; extension/traceviewer has
// all cases.
func TestNobodyElseReadsThePage(t *testing.T) {
	c := e2e.StartCollector(t)
	for _, at := range []string{"/", "/traces", "/api/v1/traces", "/api/v1/live", "/api/v1/openapi.yaml", "/mcp"} {
		assert.Equal(t, http.StatusMisdirectedRequest, ask(t, http.MethodGet, c.Viewer+at, "Host", "evil.example").status, at)
		assert.Equal(t, http.StatusForbidden, ask(t, http.MethodGet, c.Viewer+at, "Origin", "https://evil.example").status, at)
	}
	preflight := ask(t, http.MethodOptions, c.Viewer+"/api/v1/traces", "Origin", "https://evil.example", "Access-Control-Request-Method", "GET")
	assert.Equal(t, http.StatusForbidden, preflight.status)
	assert.Empty(t, preflight.header.Get("Access-Control-Allow-Origin"))
	page := ask(t, http.MethodGet, c.Viewer+"/traces")
	assert.Equal(t, http.StatusOK, page.status)
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		assert.Equal(t, want, page.header.Get(name), name)
	}
	assert.NotContains(t, page.header, "Access-Control-Allow-Origin")
	for _, found := range regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`).FindAllStringSubmatch(page.body, -1) {
		asset := ask(t, http.MethodGet, c.Viewer+found[1], "Accept-Encoding", "gzip")
		assert.Equal(t, http.StatusOK, asset.status, found[1])
		assert.Contains(t, asset.header.Get("Cache-Control"), "immutable", found[1])
		assert.NotEmpty(t, asset.header.Get("Content-Encoding"), found[1])
	}
}

// events are those of /live.
type events struct {
	found chan query.Changes
	ended chan struct{}
	stop  context.CancelFunc
}

func follow(t testing.TB, c *e2e.Collector, parameters, lastID string) *events {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Viewer+"/api/v1/live?"+parameters, nil)
	require.NoError(t, err)
	if lastID != "" {
		request.Header.Set("Last-Event-ID", lastID)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	e := &events{make(chan query.Changes, 1000), make(chan struct{}), stop}
	t.Cleanup(stop)
	go func() {
		defer close(e.ended)
		defer response.Body.Close()
		for lines := bufio.NewReader(response.Body); ; {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			var changes query.Changes
			if data, ok := strings.CutPrefix(line, "data: "); ok && json.Unmarshal([]byte(data), &changes) == nil {
				e.found <- changes
			}
		}
	}()
	return e
}

// until waits for an event that fits.
func (e *events) until(t testing.TB, fits func(query.Changes) bool) query.Changes {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case changes := <-e.found:
			if fits(changes) {
				return changes
			}
		case <-e.ended:
			require.Fail(t, "the stream has ended")
		case <-deadline:
			require.Fail(t, "no such event in time")
		}
	}
}

func first(changes query.Changes) bool { return len(changes.Traces) == 0 }
func some(changes query.Changes) bool  { return len(changes.Traces) > 0 }

// TestATraceIsLiveFromItsFirstSpan: it is there while its root has not come, changes when
// that comes, and a client that was away is told what it has missed.
func TestATraceIsLiveFromItsFirstSpan(t *testing.T) {
	c := e2e.StartCollector(t)
	all, other := follow(t, c, "", ""), follow(t, c, "service=nobody", "")
	begin := all.until(t, first)
	other.until(t, first)

	whole := traffic.New(traffic.Options{Seed: 9, TextSize: 100, ServiceName: "live"}).Trace(time.Now())
	spans := whole.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	id := spans.At(0).TraceID().String()
	child := ptrace.NewTraces()
	whole.CopyTo(child)
	only := child.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	only.RemoveIf(func(s ptrace.Span) bool { return s.ParentSpanID().IsEmpty() || s.SpanID() != spans.At(1).SpanID() })
	require.Equal(t, 1, only.Len())
	sendTraces(t, c, child)
	running := all.until(t, some)
	require.Len(t, running.Traces, 1)
	assert.Equal(t, id, running.Traces[0].TraceID)
	assert.Equal(t, query.Running, running.Traces[0].State)

	sendTraces(t, c, whole)
	all.until(t, func(changes query.Changes) bool {
		return some(changes) && changes.Traces[0].State == query.Ended && changes.Traces[0].Spans == int64(spans.Len())
	})
	again := follow(t, c, "", begin.Cursor)
	missed := again.until(t, some)
	assert.Equal(t, id, missed.Traces[0].TraceID)

	ofService := follow(t, c, "service=nobody", "")
	ofService.until(t, first)
	select {
	case changes := <-other.found:
		assert.Empty(t, changes.Traces, "another service's")
	default:
	}
	require.NoError(t, c.Stop(), "open streams do not hold up a stop")
	<-all.ended
}
