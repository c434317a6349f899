package viewer

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

func shipped(t *testing.T, names ...string) []string {
	t.Helper()
	var args []string
	for _, name := range names {
		path, err := filepath.Abs(filepath.Join("../../config", name))
		require.NoError(t, err)
		args = append(args, "--config", path)
	}
	return args
}

func TestAStartThatCannotBeSaysWhy(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	require.NoError(t, err)
	for name, test := range map[string]struct {
		args []string
		env  string
		want []string
	}{
		"for everyone": {
			append(shipped(t, "local.yaml"), "--config", "yaml:extensions::trace_viewer::endpoint: 0.0.0.0:4319"), "",
			[]string{"extensions::trace_viewer", "endpoint: 0.0.0.0:4319 is reached by other machines", "auth::authenticator"},
		},
		"the port is taken": {
			shipped(t, "local.yaml"), "OTELCOL_VIEWER_PORT=" + port,
			[]string{"extensions::trace_viewer::endpoint: ", "127.0.0.1:" + port, "address already in use", "OTELCOL_VIEWER_PORT"},
		},
		"no store": {
			append(shipped(t, "otelcol.yaml"), "--config", "yaml:{extensions: {trace_viewer: {}}, service: {extensions: [file_storage, retry_refused, trace_viewer]}}"), "",
			[]string{"extensions::trace_viewer: no pipeline has a libsql exporter", "config/destinations/libsql.yaml", "store::url"},
		},
		"two stores": {
			append(shipped(t, "local.yaml"), "--config", "yaml:{exporters: {libsql/two: {url: 'file:two.db'}}, service: {pipelines: {traces/two: {receivers: [forward/llm], exporters: [libsql/two]}}}}"), "",
			[]string{"exporter: there are several libsql exporters, libsql and libsql/two"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := e2e.PortEnvironment(t)
			if test.env != "" {
				env = append(env, test.env)
			}
			output, err := e2e.RunBinary(t, t.TempDir(), env, test.args...)
			require.Error(t, err)
			for _, want := range test.want {
				assert.Contains(t, output[max(0, strings.LastIndex(output, "Error:")):], want)
			}
		})
	}
}

// TestOneOfTwoStoresIsShown, and a check of that configuration starts it.
func TestOneOfTwoStoresIsShown(t *testing.T) {
	args := append(shipped(t, "local.yaml"), "--config", `yaml:
extensions: {trace_viewer: {exporter: libsql/two}}
exporters: {libsql/two: {url: "file:two.db"}}
service: {pipelines: {traces/two: {receivers: [forward/llm], exporters: [libsql/two]}}}`)
	output, err := e2e.RunBinary(t, t.TempDir(), e2e.PortEnvironment(t), append([]string{"check"}, args...)...)
	require.NoError(t, err, output)
	c := e2e.StartCollector(t, args...)
	assert.Equal(t, "two.db", read[query.StoreInfo](t, c, "store").Place)
}

// TestThePageIsNotWhereItWasNotAskedFor: gateways and sidecars serve none, and what discards
// everything.
func TestThePageIsNotWhereItWasNotAskedFor(t *testing.T) {
	for name, c := range map[string]*e2e.Collector{
		"the base":   e2e.StartCollector(t, shipped(t, "otelcol.yaml", "destinations/libsql.yaml")...),
		"no storage": e2e.StartCollectorWith(t, t.TempDir(), []string{"MASTRA_OBSERVABILITY_STORAGE=none"}),
		"disabled":   e2e.StartCollectorWith(t, t.TempDir(), []string{"MASTRA_OBSERVABILITY_ENABLED=false"}),
	} {
		assert.False(t, e2e.Answers(c.Viewer), name)
	}
	added := e2e.StartCollector(t, shipped(t, "otelcol.yaml", "destinations/libsql.yaml", "viewer.yaml")...)
	assert.True(t, e2e.Answers(added.Viewer))
}

// TestWhoIsElsewhereHasToAuthenticate: another address than loopback, with basicauth, as
// docs/config/viewer.md shows.
func TestWhoIsElsewhereHasToAuthenticate(t *testing.T) {
	c := e2e.StartCollector(t, append(shipped(t, "local.yaml"), "--config", `yaml:
extensions:
  basicauth/viewer: {htpasswd: {inline: "reader:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g="}}
  trace_viewer:
    endpoint: 0.0.0.0:${env:OTELCOL_VIEWER_PORT}
    auth: {authenticator: basicauth/viewer}
    allowed_hosts: [traces.example.com]
service:
  extensions: [health_check, zpages, pprof, basicauth/viewer, trace_viewer]`)...)
	for _, at := range []string{"/", "/api/v1/traces", "/api/v1/live", "/mcp"} {
		a := ask(t, http.MethodGet, c.Viewer+at)
		assert.Equal(t, http.StatusUnauthorized, a.status, at)
		assert.Contains(t, a.header.Get("WWW-Authenticate"), "Basic", "a browser asks for them")
		assert.NotEmpty(t, a.header.Get("Content-Security-Policy"))
	}
	const reader = "Basic cmVhZGVyOnBhc3N3b3Jk" // reader:password
	assert.Equal(t, http.StatusOK, ask(t, http.MethodGet, c.Viewer+"/api/v1/traces", "Authorization", reader).status)
	assert.Equal(t, http.StatusOK, ask(t, http.MethodGet, c.Viewer+"/api/v1/traces", "Authorization", reader, "Host", "traces.example.com").status)
	assert.Equal(t, http.StatusMisdirectedRequest, ask(t, http.MethodGet, c.Viewer+"/api/v1/traces", "Authorization", reader, "Host", "evil.example").status)
	assert.Equal(t, http.StatusUnauthorized, ask(t, http.MethodGet, c.Viewer+"/api/v1/traces", "Authorization", "Basic cmVhZGVyOndyb25n").status)
}

// TestAReloadKeepsThePage: its trial does not take the page's port, and the page shows what
// was stored before.
func TestAReloadKeepsThePage(t *testing.T) {
	c := e2e.StartCollector(t)
	sendTraces(t, c, testutil.TicketRun(testutil.NewSecrets(3)))
	stream := follow(t, c, "", "")
	stream.until(t, first)
	require.NoError(t, c.Reload())
	select {
	case <-stream.ended: // its client comes again
	case <-time.After(patience):
		require.Fail(t, "no reload", "%s", c.Log())
	}
	require.Eventually(t, func() bool { return e2e.Answers(c.Viewer + "/api/v1/traces/last") }, patience, 10*time.Millisecond)
	assert.InDelta(t, 1, e2e.Scrape(t, c.Metrics)("otelcol_llm_reloads", `outcome="accepted"`), 0)
	assert.Equal(t, 2, strings.Count(c.Log(), "Traces can be looked at"))
	again := follow(t, c, "", "")
	again.until(t, first)
	sendTraces(t, c, testutil.CoverageRun(testutil.NewSecrets(3)))
	again.until(t, some)
}

// TestAStoreOfAnotherCollectorIsShown: waited for, read, and read again after it was moved
// aside.
func TestAStoreOfAnotherCollectorIsShown(t *testing.T) {
	dir := t.TempDir()
	store := filepath.Join(dir, "shared.db")
	viewer := e2e.StartCollector(t, append(shipped(t, "otelcol.yaml"), "--config", "yaml:{extensions: {trace_viewer: {endpoint: '127.0.0.1:${env:OTELCOL_VIEWER_PORT}', store: {url: 'file:"+store+"'}}}, service: {extensions: [health_check, file_storage, retry_refused, trace_viewer]}}")...)
	early := ask(t, http.MethodGet, viewer.Viewer+"/api/v1/traces")
	assert.Equal(t, http.StatusServiceUnavailable, early.status)
	assert.Contains(t, early.body, "does not exist yet")
	for round := range 2 {
		writer := e2e.StartCollectorWith(t, t.TempDir(), []string{"OTELCOL_TRACES_DB=file:" + store})
		sendTraces(t, writer, testutil.TicketRun(testutil.NewSecrets(uint64(round))))
		require.Len(t, read[query.Page[query.TraceSummary]](t, viewer, "traces").Items, 1, "round %d", round)
		require.NoError(t, writer.Stop())
		for _, part := range []string{"", "-wal", "-shm"} {
			if err := os.Rename(store+part, filepath.Join(dir, "old"+part)); err != nil && !os.IsNotExist(err) {
				require.NoError(t, err)
			}
		}
		assert.Equal(t, http.StatusServiceUnavailable, ask(t, http.MethodGet, viewer.Viewer+"/api/v1/traces").status)
	}
}

// TestAServerIsShown reads the store of a real libsql-server by what the exporter has: its
// address and its client, and shows it in a browser.
func TestAServerIsShown(t *testing.T) {
	url := e2e.StartSQLD(t, "../libsql")
	c := e2e.StartCollectorWith(t, t.TempDir(), []string{"OTELCOL_TRACES_DB=" + url})
	stream := follow(t, c, "", "")
	stream.until(t, first)
	sendTraces(t, c, testutil.TicketRun(testutil.NewSecrets(5)))
	changes := stream.until(t, some)
	trace := read[query.Trace](t, c, "traces/"+changes.Traces[0].TraceID)
	assert.NotEmpty(t, trace.Spans)
	info := read[query.StoreInfo](t, c, "store")
	assert.Equal(t, "server", info.Kind)
	assert.Contains(t, info.Place, url)
	shown := look(t, c.Viewer, []view{desktop}, "/traces", "/traces/"+trace.TraceID, "/sessions", "/agents", "/spend", "/collector")
	sound(t, shown)
	assert.Contains(t, shown[0].Text, "ticket-generation")
	assert.Contains(t, shown[1].Text, "quickPreflight")
}
