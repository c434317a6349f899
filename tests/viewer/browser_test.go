package viewer

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// view is how a page is looked at: colour scheme, width and height.
type view [3]any

var (
	desktop = view{"light", 1440, 900}
	phone   = view{"dark", 380, 800}
)

// seen is what look.mjs prints of a page.
type seen struct {
	Path, Scheme         string
	Width                int
	Errors, Foreign, Axe []string
	Text                 string
	ScrollsSideways      bool
}

// look opens pages in Chromium.
func look(t *testing.T, base string, views []view, pages ...string) []seen {
	t.Helper()
	paths, err := json.Marshal(pages)
	require.NoError(t, err)
	schemes, err := json.Marshal(views)
	require.NoError(t, err)
	var all []seen
	e2e.Node(t, []string{"CHROMIUM=" + e2e.Chromium(t), "BASE=" + base, "PAGES=" + string(paths), "VIEWS=" + string(schemes), "SHOTS=" + os.Getenv("SHOTS")}, &all, "look.mjs")
	require.Len(t, all, len(pages)*len(views))
	return all
}

// sound asserts what holds for every page.
func sound(t *testing.T, all []seen) {
	t.Helper()
	for _, s := range all {
		name := fmt.Sprintf("%s, %s, %d", s.Path, s.Scheme, s.Width)
		assert.Empty(t, s.Errors, name)
		assert.Empty(t, s.Foreign, name)
		assert.Empty(t, s.Axe, name)
		assert.False(t, s.ScrollsSideways, name)
	}
}

// get reads a JSON answer of the API.
func get[T any](t *testing.T, base, path string) (value T) {
	t.Helper()
	response, err := http.Get(base + path) //nolint:noctx // of a test
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode, path)
	require.NoError(t, json.NewDecoder(response.Body).Decode(&value))
	return value
}

// TestEveryPage is without an error, a foreign request and a finding of axe, light on a
// screen and dark on a phone, and shows what is stored.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	c := e2e.StartCollector(t)
	empty := look(t, c.Viewer, []view{desktop, phone}, "/", "/traces", "/sessions", "/agents", "/spend", "/collector", "/start", "/traces/none")
	sound(t, filterErrors(empty, "/traces/none"))
	assert.Contains(t, empty[0].Text, "OTEL_EXPORTER_OTLP_ENDPOINT")

	sendGenerated(t, c, 30)
	list := get[query.Page[query.TraceSummary]](t, c.Viewer, "/api/v1/traces").Items
	require.NotEmpty(t, list)
	trace := get[query.Trace](t, c.Viewer, "/api/v1/traces/"+list[0].TraceID)
	var call string
	for _, s := range trace.Spans {
		if s.Counted {
			call = s.SpanID
		}
	}
	pages := []string{
		"/traces", "/traces?min_cost=0.001&status=redacted", "/traces?service=nobody", "/traces/" + trace.TraceID, "/traces/" + trace.TraceID + "?span=" + call,
		"/sessions", "/sessions/" + list[0].Session, "/agents", "/spend", "/collector", "/start", "/search?q=preflight",
	}
	all := look(t, c.Viewer, []view{desktop, phone}, pages...)
	sound(t, all)
	text := map[string]string{}
	for _, s := range all {
		if s.Width == 1440 && s.Scheme == "light" {
			text[s.Path] = s.Text
		}
	}
	for path, want := range map[string][]string{
		pages[0]:     {"ticket-generation", "ticket-service"},
		pages[2]:     {"No trace matches"},
		pages[3]:     {"quickPreflight", "checkAccess"},
		pages[4]:     {"Output", "/ M"},
		pages[5]:     {list[0].User, "of work"},
		pages[7]:     {"quick-preflight-validator"},
		pages[8]:     {"claude-haiku-4-5"},
		pages[9]:     {"libsql"},
		"/collector": {"otlp"},
	} {
		for _, words := range want {
			assert.Contains(t, strings.ReplaceAll(text[path], "\n", " "), words, path)
		}
	}
}

// filterErrors leaves out the errors of the console of one path, where the answer is 404.
func filterErrors(all []seen, path string) []seen {
	for i := range all {
		if all[i].Path == path {
			all[i].Errors = nil
		}
	}
	return all
}

// sendGenerated sends traces of the generator, of two services.
func sendGenerated(t *testing.T, c *e2e.Collector, traces int) {
	t.Helper()
	for seed, service := range []string{"ticket-service", "billing-agent"} {
		generator := traffic.New(traffic.Options{Seed: uint64(seed + 1), TextSize: 800, ServiceName: service})
		sender, err := traffic.NewSender("http", c.HTTP, traffic.Connection{})
		require.NoError(t, err)
		for i := range traces {
			require.NoError(t, sender.Send(t.Context(), generator.Trace(time.Now().Add(-time.Duration(i)*time.Minute))))
		}
		require.NoError(t, sender.Close())
	}
}
