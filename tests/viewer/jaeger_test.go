package viewer

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// TestJaegerIsNoDoorForOthers: the routes of Jaeger's API are checked as all are, at both of
// their places, and no secret comes out of them.
func TestJaegerIsNoDoorForOthers(t *testing.T) {
	c, secrets := captured(t, "--config", "mastra:env", "--set", "extensions.trace_viewer.allowed_origins=[http://127.0.0.1:9]")
	trace := read[query.Page[query.TraceSummary]](t, c, "traces").Items[0]
	for _, path := range []string{
		"/api/services", "/api/services/" + trace.Service + "/operations", "/api/traces?limit=200", "/api/traces/" + trace.TraceID, "/api/dependencies",
		"/api/v3/services", "/api/v3/operations?service=" + trace.Service, "/api/v3/traces?query.searchDepth=200", "/api/v3/traces/" + trace.TraceID, "/api/v3/trace-summaries",
	} {
		for _, prefix := range []string{"", "/jaeger"} {
			at := strings.TrimSuffix(c.Viewer, "/") + prefix + path
			got := ask(t, http.MethodGet, at)
			assert.Equal(t, http.StatusOK, got.status, "%s: %s", path, got.body)
			for kind, needle := range secrets.Needles() {
				assert.NotContains(t, got.body, needle, "%s %s", path, kind)
			}
			assert.Equal(t, http.StatusForbidden, ask(t, http.MethodGet, at, "Origin", "http://127.0.0.1:9").status, "%s for a page of allowed_origins, which is for Studio", path)
			assert.Equal(t, http.StatusForbidden, ask(t, http.MethodGet, at, "Sec-Fetch-Site", "cross-site").status, path)
			assert.Equal(t, http.StatusMisdirectedRequest, ask(t, http.MethodGet, at, "Host", "evil.com").status, path)
			assert.Equal(t, http.StatusMethodNotAllowed, ask(t, http.MethodPost, at).status, path)
		}
	}
}

// TestStudioIsForAllowedOriginsOnly: the routes of Mastra's server are read by a page that
// is named, after asking whether it may, and by no other; without a name by none.
func TestStudioIsForAllowedOriginsOnly(t *testing.T) {
	const studio, other = "http://localhost:3000", "http://localhost:3001"
	raw, err := os.ReadFile("../../docs/mastra-studio.md")
	require.NoError(t, err)
	documented := regexp.MustCompile(`\$ otelcol-llm (--config \S+) (--set) '(\S+)'`).FindStringSubmatch(string(raw))
	require.NotNil(t, documented)
	open, secrets := captured(t, append(strings.Fields(documented[1]), documented[2:]...)...)
	shut, _ := captured(t)
	trace := read[query.Page[query.TraceSummary]](t, open, "traces").Items[0].TraceID
	for _, path := range []string{"/", "/api/observability/traces/light", "/api/observability/traces/" + trace, "/api/agents"} {
		at := strings.TrimSuffix(open.Viewer, "/") + path
		got := ask(t, http.MethodGet, at, "Origin", studio, "Sec-Fetch-Site", "same-site")
		assert.Equal(t, http.StatusOK, got.status, path)
		assert.Equal(t, studio, got.header.Get("Access-Control-Allow-Origin"), path)
		for kind, needle := range secrets.Needles() {
			assert.NotContains(t, got.body, needle, "%s %s", path, kind)
		}
		asked := ask(t, http.MethodOptions, at, "Origin", studio, "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "content-type,x-mastra-client-type")
		assert.Equal(t, http.StatusNoContent, asked.status, path)
		assert.Contains(t, asked.header.Get("Access-Control-Allow-Headers"), "X-Mastra-Client-Type")
		for _, foreign := range []string{other, "null", "http://localhost:3000.evil.com", "https://localhost:3000", "http://127.0.0.1:3000"} {
			got := ask(t, http.MethodGet, at, "Origin", foreign)
			assert.Equal(t, http.StatusForbidden, got.status, "%s %s", path, foreign)
			assert.Empty(t, got.header.Get("Access-Control-Allow-Origin"), "%s %s", path, foreign)
		}
		assert.Equal(t, http.StatusForbidden, ask(t, http.MethodGet, strings.TrimSuffix(shut.Viewer, "/")+path, "Origin", studio).status, path)
	}
	for _, path := range []string{"/api/v1/traces", "/api/traces", "/mcp"} {
		assert.Equal(t, http.StatusForbidden, ask(t, http.MethodGet, strings.TrimSuffix(open.Viewer, "/")+path, "Origin", studio).status, "%s is not for Studio", path)
	}
}

// TestForeignAPIsOfAServer: on a libSQL server Jaeger's and Mastra's clients get the same
// answers as on a file.
func TestForeignAPIsOfAServer(t *testing.T) {
	file := e2e.StartCollector(t)
	server := e2e.StartCollectorWith(t, t.TempDir(), []string{"OTELCOL_TRACES_DB=" + e2e.StartSQLD(t, "../libsql")})
	run := traffic.New(traffic.Options{Seed: 7, ServiceName: "shop-app"}).Trace(time.Now())
	for _, c := range []*e2e.Collector{file, server} {
		sendTraces(t, c, run)
		require.Eventually(t, func() bool { return len(read[query.Page[query.TraceSummary]](t, c, "traces").Items) == 1 }, patience, 20*time.Millisecond)
	}
	trace := run.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
	id := trace.TraceID().String()
	const timeless = `"(createdAt|updatedAt)":"[^"]*"`
	for _, path := range []string{
		"/api/services", "/api/services/shop-app/operations", "/api/traces/" + id, "/api/v3/traces/" + id, "/api/v3/trace-summaries", "/api/dependencies",
		"/api/traces?" + url.Values{"service": {"shop-app"}, "operation": {trace.Name()}, "tags": {`{"gen_ai.provider.name":"openai"}`}}.Encode(),
		"/api/observability/traces/light?status=success&metadata=%7B%7D", "/api/observability/traces/" + id,
		"/api/observability/traces/" + id + "/spans/" + trace.SpanID().String(), "/api/observability/discovery/service-names",
	} {
		want := ask(t, http.MethodGet, strings.TrimSuffix(file.Viewer, "/")+path)
		got := ask(t, http.MethodGet, strings.TrimSuffix(server.Viewer, "/")+path)
		assert.Equal(t, http.StatusOK, got.status, "%s: %s", path, got.body)
		without := regexp.MustCompile(timeless)
		assert.JSONEq(t, without.ReplaceAllString(want.body, `"x":""`), without.ReplaceAllString(got.body, `"x":""`), path)
	}
	body := `{"timeRange":{"from":"2000-01-01T00:00:00Z","to":"2100-01-01T00:00:00Z"},"where":{"spans":{"some":{"op":"and","args":[
	  {"op":"eq","left":{"path":"provider"},"right":{"literal":"openai"}},{"op":"gt","left":{"path":"durationMs"},"right":{"literal":0}}]}}}}`
	response, err := http.Post(strings.TrimSuffix(server.Viewer, "/")+"/api/observability/traces/query", "application/json", strings.NewReader(body))
	require.NoError(t, err)
	defer response.Body.Close()
	found, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Contains(t, string(found), id)
}
