package langfuseexporter

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

var testKey = langfusetest.Key{Public: "pk-lf-one", Secret: "sk-lf-one", Project: "one"}

// testConfig sends to a server at once: no queue, no retry, no check.
func testConfig(s *langfusetest.Server) *Config {
	c := createDefaultConfig().(*Config)
	c.ClientConfig.Endpoint = s.URL
	c.Keys = KeysConfig{PublicKey: "pk-lf-one", SecretKey: "sk-lf-one"}
	c.QueueConfig = configoptional.None[exporterhelper.QueueBatchConfig]()
	c.RetryConfig.Enabled = false
	c.CheckOnStart = checkOff
	return c
}

// newServer is a Langfuse that knows testKey.
func newServer(t testing.TB, options langfusetest.Options) *langfusetest.Server {
	t.Helper()
	options.Keys = append(options.Keys, testKey)
	return langfusetest.New(t, options)
}

// started is an exporter that runs; the test ends it.
func started(t testing.TB, config *Config) exporter.Traces {
	t.Helper()
	return startedWith(t, config, exportertest.NewNopSettings(metadata.Type))
}

func startedWith(t testing.TB, config *Config, set exporter.Settings) exporter.Traces {
	t.Helper()
	require.NoError(t, config.Validate())
	set.BuildInfo.Command, set.BuildInfo.Description, set.BuildInfo.Version = "otelcol-llm", "test", "1.2.3"
	e, err := NewFactory().CreateTraces(t.Context(), set, config)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, e.Shutdown(context.Background())) })
	return e
}

// send sends a batch to a server of its own and returns what is stored.
func send(t *testing.T, change func(*Config), td ptrace.Traces) []*langfusetest.Observation {
	t.Helper()
	s := newServer(t, langfusetest.Options{})
	config := testConfig(s)
	if change != nil {
		change(config)
	}
	require.NoError(t, started(t, config).ConsumeTraces(t.Context(), td))
	return s.Observations()
}

// batch makes spans of one trace under one scope.
type batch struct {
	traces ptrace.Traces
	rs     ptrace.ResourceSpans
	ss     ptrace.ScopeSpans
}

func newBatch(scope string) *batch {
	b := &batch{traces: ptrace.NewTraces()}
	b.rs = b.traces.ResourceSpans().AppendEmpty()
	b.rs.Resource().Attributes().PutStr("service.name", "shop")
	b.ss = b.rs.ScopeSpans().AppendEmpty()
	b.ss.Scope().SetName(scope)
	return b
}

// scope makes the spans that follow those of another scope.
func (b *batch) scope(name string) *batch {
	b.ss = b.rs.ScopeSpans().AppendEmpty()
	b.ss.Scope().SetName(name)
	return b
}

// span adds a span of trace 1; parent 0 is none.
func (b *batch) span(id, parent byte, name string, attributes map[string]any) ptrace.Span {
	return b.spanOf(1, id, parent, name, attributes)
}

func (b *batch) spanOf(trace, id, parent byte, name string, attributes map[string]any) ptrace.Span {
	span := b.ss.Spans().AppendEmpty()
	span.SetTraceID(pcommon.TraceID{0: 0xa, 15: trace})
	span.SetSpanID(spanID(id))
	if parent != 0 {
		span.SetParentSpanID(spanID(parent))
	}
	span.SetName(name)
	start := time.Date(2026, 11, 22, 10, 0, 0, int(id)*1e6, time.UTC)
	span.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
	span.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(2 * time.Second)))
	if err := span.Attributes().FromRaw(attributes); err != nil {
		panic(err) // attributes of a test
	}
	return span
}

func spanID(id byte) pcommon.SpanID { return pcommon.SpanID{0: 0xb, 7: id} }

// one sends a single span and returns how it is stored.
func one(t *testing.T, change func(*Config), scope string, attributes map[string]any, more ...func(ptrace.Span)) *langfusetest.Observation {
	t.Helper()
	b := newBatch(scope)
	span := b.span(1, 0, "span", attributes)
	for _, f := range more {
		f(span)
	}
	stored := send(t, change, b.traces)
	require.Len(t, stored, 1)
	return stored[0]
}

// byName finds stored observations by the names of their spans.
func byName(t *testing.T, stored []*langfusetest.Observation) map[string]*langfusetest.Observation {
	t.Helper()
	all := map[string]*langfusetest.Observation{}
	for _, o := range stored {
		all[o.Name] = o
	}
	return all
}

// captured reads a fixture of internal/genai: what an instrumentation sends.
func captured(t testing.TB, name string) ptrace.Traces {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "internal", "genai", "testdata", name+".json"))
	require.NoError(t, err)
	td, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(raw)
	require.NoError(t, err)
	return td
}
