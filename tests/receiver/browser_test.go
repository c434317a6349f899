package receiver

import (
	"context"
	"encoding/json"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// page sends a span in each way that exporters for browsers have, and reports what came
// of it to its own server.
var page = template.Must(template.New("page").Parse(`<!doctype html><script type="module">
const url = {{.URL}} + "/v1/traces";
const headers = {"Content-Type": "application/json", "Authorization": "Bearer of-no-meaning"};
const body = (n) => JSON.stringify({resourceSpans: [{scopeSpans: [{spans: [{
  traceId: {{.TraceID}} + n, spanId: "eee19b7ec3c1b17" + n, name: "page", kind: 3,
  startTimeUnixNano: "1795000000000000000", endTimeUnixNano: "1795000001000000000",
  attributes: [{key: "score", value: {doubleValue: NaN}}, {key: "cut", value: {stringValue: "\ud83d"}}],
}]}]}]});
const result = {};
try {
  const answer = await fetch(url, {method: "POST", headers, body: body(1)});
  result.fetch = answer.status + " " + await answer.text();
} catch (error) { result.fetch = "" + error; }
result.xhr = await new Promise((done) => {
  const request = new XMLHttpRequest();
  request.open("POST", url);
  for (const name in headers) request.setRequestHeader(name, headers[name]);
  request.onload = () => done("" + request.status);
  request.onerror = () => done("error");
  request.send(body(2));
});
result.beacon = "" + navigator.sendBeacon(url, new Blob([body(3)], {type: "application/json"}));
await fetch("/result", {method: "POST", body: JSON.stringify(result)});
</script>`))

type sent struct{ Fetch, XHR, Beacon string }

// open opens the page in Chromium and returns what it reports, once the collector has
// as many traces: a beacon is sent when the browser has time for it.
func open(t *testing.T, chromium, url string, results <-chan sent, arrived func() bool) sent {
	t.Helper()
	profile, err := os.MkdirTemp("", "chromium") //nolint:usetesting // children of the browser may still write to it
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	browser := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--user-data-dir="+profile, "--remote-debugging-port=0", url)
	require.NoError(t, browser.Start())
	defer func() {
		_ = browser.Process.Kill()
		_ = browser.Wait()
		_ = os.RemoveAll(profile) // children may still write to it
	}()
	select {
	case result := <-results:
		eventually(t, arrived, "not all has been stored")
		return result
	case <-ctx.Done():
		t.Fatal("the page does not report")
		return sent{}
	}
}

// corsOf is the YAML of docs/troubleshooting.md, with another origin.
func corsOf(t *testing.T, origin string) string {
	t.Helper()
	raw, err := os.ReadFile("../../docs/troubleshooting.md")
	require.NoError(t, err)
	_, after, ok := strings.Cut(string(raw), "## Browsers")
	require.True(t, ok)
	_, after, _ = strings.Cut(after, "```yaml\n")
	yaml, _, _ := strings.Cut(after, "```")
	require.Contains(t, yaml, "https://app.example.com")
	return "yaml:" + strings.ReplaceAll(yaml, "https://app.example.com", origin)
}

// TestAPageInABrowser sends from an origin that is allowed, and from one that is not.
func TestAPageInABrowser(t *testing.T) {
	chromium := e2e.Chromium(t)
	var collector *e2e.Collector
	results := make(chan sent, 1)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/page":
			w.Header().Set("Content-Type", "text/html")
			assert.NoError(t, page.Execute(w, map[string]string{"URL": collector.HTTP, "TraceID": "5b8efff798038103d269b633813fc60"}))
		case "/result":
			var result sent
			assert.NoError(t, json.NewDecoder(r.Body).Decode(&result))
			results <- result
		default:
			http.NotFound(w, r)
		}
	}))
	defer site.Close()

	collector = e2e.StartCollector(t, "--config", "mastra:env", "--config", corsOf(t, site.URL))
	stored := func() int {
		list := e2e.StoredTraces(t, collector.TracesDB())
		return len(list)
	}
	got := open(t, chromium, site.URL+"/page", results, func() bool { return stored() == 3 })
	assert.Equal(t, `200 {"partialSuccess":{}}`, got.Fetch)
	assert.Equal(t, "200", got.XHR)
	assert.Equal(t, "true", got.Beacon)
	require.NoError(t, collector.Stop())

	collector = e2e.StartCollector(t, "--config", "mastra:env", "--config", corsOf(t, "https://app.example.com"))
	got = open(t, chromium, site.URL+"/page", results, func() bool { return true })
	assert.Equal(t, "TypeError: Failed to fetch", got.Fetch)
	assert.Equal(t, "error", got.XHR)
	assert.Zero(t, stored())
	require.NoError(t, collector.Stop())
}
