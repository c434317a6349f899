package langfuseexporter

import (
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configcompression"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadatatest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// start starts an exporter and returns its log and the error.
func start(t *testing.T, config *Config) (*observer.ObservedLogs, error) {
	t.Helper()
	core, logs := observer.New(zapcore.DebugLevel)
	set := exportertest.NewNopSettings(metadata.Type)
	set.Logger = zap.New(core)
	e, err := NewFactory().CreateTraces(t.Context(), set, config)
	require.NoError(t, err)
	err = e.Start(t.Context(), componenttest.NewNopHost())
	t.Cleanup(func() { require.NoError(t, e.Shutdown(context.Background())) })
	return logs, err
}

// said waits for a line of the log.
func said(t *testing.T, logs *observer.ObservedLogs, snippet string) string {
	t.Helper()
	require.Eventually(t, func() bool { return logs.FilterMessageSnippet(snippet).Len() > 0 }, 20*time.Second, time.Millisecond, snippet)
	entry := logs.FilterMessageSnippet(snippet).All()[0]
	return entry.Message + " " + fmt.Sprint(entry.ContextMap())
}

func TestTheStartTellsTheProjectAndTheVersion(t *testing.T) {
	for _, mode := range []string{checkWarn, checkFail} {
		s, config := projectsConfig(t, nil)
		config.CheckOnStart = mode
		logs, err := start(t, config)
		require.NoError(t, err)
		require.Eventually(t, func() bool { return logs.FilterMessageSnippet("Sending traces to Langfuse").Len() == 3 }, 20*time.Second, time.Millisecond)
		var projects []any
		for _, entry := range logs.FilterMessageSnippet("Sending traces to Langfuse").All() {
			projects = append(projects, entry.ContextMap()["langfuse_project"])
			assert.Equal(t, "4.16.0", entry.ContextMap()["version"])
			assert.NotContains(t, fmt.Sprint(entry.ContextMap()), "k-lf-")
		}
		assert.ElementsMatch(t, []any{"one", "a", "b"}, projects)
		assert.Empty(t, s.TraceRequests())
	}
}

func TestTheStartWithKeysThatAreRefused(t *testing.T) {
	s := newServer(t, langfusetest.Options{Region: "us"})
	config := testConfig(s)
	config.CheckOnStart = checkWarn
	logs, err := start(t, config)
	require.NoError(t, err)
	assert.Contains(t, said(t, logs, "check on start failed"), "another region")
	config.CheckOnStart = checkFail
	_, err = start(t, config)
	require.ErrorContains(t, err, "Invalid credentials")
	config.CheckOnStart = checkOff
	_, err = start(t, config)
	require.NoError(t, err)
	assert.Len(t, s.Requests(), 2)
}

func TestTheStartNamesEveryProjectThatIsRefused(t *testing.T) {
	_, config := projectsConfig(t, nil)
	config.CheckOnStart = checkFail
	for name := range config.Projects {
		config.Projects[name] = ProjectConfig{Keys: KeysConfig{PublicKey: configopaque.String("pk-lf-" + name), SecretKey: "sk-lf-of-another-region"}}
	}
	logs, err := start(t, config)
	require.ErrorContains(t, err, "projects::a: Langfuse answers 401")
	require.ErrorContains(t, err, "projects::b: Langfuse answers 401")
	assert.Equal(t, 1, logs.FilterMessageSnippet("Sending traces to Langfuse").Len(), "the one that is right is told")
}

func TestTheStartWithAServerThatIsTooOld(t *testing.T) {
	for _, c := range []struct{ version, compression, want string }{
		{"2.95.0", "gzip", "takes no OTLP: update it, to 3.22.0 at least"},
		{"3.21.4", "none", "takes no OTLP"},
		{"3.29.0", "gzip", "reads no gzip: set compression: none"},
		{"3.29.0", "none", ""},
		{"3.30.0", "gzip", ""},
		{"main", "gzip", ""}, // a build of one's own
	} {
		config := testConfig(newServer(t, langfusetest.Options{Version: c.version}))
		config.CheckOnStart = checkFail
		config.ClientConfig.Compression = configcompression.Type(c.compression)
		_, err := start(t, config)
		if c.want == "" {
			require.NoError(t, err, c.version)
			continue
		}
		require.ErrorContains(t, err, c.want, c.version)
	}
}

func TestTheStartDoesNotWaitForAServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close() // takes connections and never answers
	config := createDefaultConfig().(*Config)
	config.ClientConfig.Endpoint = "http://" + listener.Addr().String()
	config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
	_, err = start(t, config)
	require.NoError(t, err)
}

func TestTheStartWithAnotherServer(t *testing.T) {
	other := httptest.NewServer(nil) // answers 404 to everything
	defer other.Close()
	config := createDefaultConfig().(*Config)
	config.ClientConfig.Endpoint = other.URL
	config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
	config.CheckOnStart = checkFail
	_, err := start(t, config)
	require.ErrorContains(t, err, "there is no Langfuse")
}

// statusHost keeps what is reported.
type statusHost struct {
	component.Host
	mu     sync.Mutex
	events []componentstatus.Status
}

func (h *statusHost) Report(event *componentstatus.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.events = append(h.events, event.Status())
}

func (h *statusHost) statuses() []componentstatus.Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.events)
}

func TestTheStatusFollowsTheServer(t *testing.T) {
	s := newServer(t, langfusetest.Options{})
	s.Plan(langfusetest.Step{}, langfusetest.Step{}, langfusetest.Step{Status: 503}, langfusetest.Step{}, langfusetest.Step{Status: 401})
	e, err := NewFactory().CreateTraces(t.Context(), exportertest.NewNopSettings(metadata.Type), testConfig(s))
	require.NoError(t, err)
	host := &statusHost{Host: componenttest.NewNopHost()}
	require.NoError(t, e.Start(t.Context(), host))
	td := calls(1, 10)
	for _, failed := range []bool{false, false, true, false, true, false} {
		assert.Equal(t, failed, e.ConsumeTraces(t.Context(), td) != nil)
	}
	require.NoError(t, e.Shutdown(context.Background()))
	const ok, bad = componentstatus.StatusOK, componentstatus.StatusRecoverableError
	assert.Equal(t, []componentstatus.Status{ok, bad, ok, bad, ok}, host.events)
}

func TestTheExportersOwnMetrics(t *testing.T) {
	telemetry := componenttest.NewTelemetry()
	defer func() { require.NoError(t, telemetry.Shutdown(context.Background())) }()
	s, config := projectsConfig(t, func(c *Config) {
		c.Routing.Default = routingDrop
		c.Projects["b"] = ProjectConfig{Keys: KeysConfig{PublicKey: "pk-lf-b", SecretKey: "sk-lf-wrong"}}
		c.MaxSpanBytes, c.MaxRequestBytes = minBytes, minBytes
	})
	set := metadatatest.NewSettings(telemetry)
	e := startedWith(t, config, set)
	b := newBatch("http")
	b.span(1, 0, "root", nil)
	b.scope("test")
	b.span(2, 1, "promoted", chat(map[string]any{"project": "a"}))
	b.scope("http").span(3, 2, "client", nil)
	b.scope("test")
	b.span(4, 3, "reparented", chat(nil))
	b.span(10, 3, "promoted where it goes", chat(map[string]any{"project": "b"}))
	b.span(5, 2, "costly", chat(map[string]any{"gen_ai.usage.cost": -1.0}))
	b.spanOf(2, 6, 0, "nobody's", chat(nil))
	for i := range byte(3) {
		b.span(7+i, 2, "long", chat(map[string]any{"gen_ai.input.messages": string(make([]byte, 30_000))}))
	}
	_ = e.ConsumeTraces(t.Context(), b.traces)
	require.NotEmpty(t, s.Project("a"))
	for name, want := range map[string]map[string]int64{
		"otelcol_exporter_langfuse_filtered_spans":    {"": 2},
		"otelcol_exporter_langfuse_orphans":           {"promoted": 2, "reparented": 1},
		"otelcol_exporter_langfuse_rejected_spans":    {"credentials": 1, "no_project": 1},
		"otelcol_exporter_langfuse_routing_conflicts": {"": 1},
		"otelcol_exporter_langfuse_sanitized_values":  {"cost": 1},
		"otelcol_exporter_langfuse_truncated_spans":   {"": 3},
		"otelcol_exporter_langfuse_split_requests":    {"": 3},
	} {
		assert.Equal(t, want, counted(t, telemetry, name), name)
	}
}
