package langfuse

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// secondProject adds a project to the shipped overlay.
const secondProject = `
exporters:
  langfuse:
    projects:
      checkout: {public_key: pk-lf-c, secret_key: sk-lf-c, endpoint: "${env:CHECKOUT}"}
    routing: {from: [{resource: langfuse.project}]}
`

// call is a model call of a trace of its own, for a project.
func call(trace byte, project string) ptrace.Traces {
	traces := ptrace.NewTraces()
	rs := traces.ResourceSpans().AppendEmpty()
	if project != "" {
		rs.Resource().Attributes().PutStr("langfuse.project", project)
	}
	span := rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetTraceID([16]byte{trace})
	span.SetSpanID([8]byte{trace})
	span.SetName(fmt.Sprint("call ", trace))
	span.SetStartTimestamp(1_795_000_000_000_000_000)
	span.SetEndTimestamp(1_795_000_001_000_000_000)
	span.Attributes().PutStr("gen_ai.operation.name", "chat")
	return traces
}

// queued is how many spans wait in the queue of an exporter.
func queued(t *testing.T, c *e2e.Collector, exporter string) float64 {
	t.Helper()
	return e2e.Scrape(t, c.Metrics)("otelcol_exporter_queue_size", `exporter="`+exporter+`"`, `data_type="traces"`)
}

// TestAProjectWhoseKeyIsRefusedHoldsUpNoOther ends the collector at once, with the
// spans of a project on disk whose key its server does not know yet.
func TestAProjectWhoseKeyIsRefusedHoldsUpNoOther(t *testing.T) {
	s, checkout := newServer(t), langfusetest.New(t, langfusetest.Options{})
	setenv(t, map[string]string{"LANGFUSE_API_KEY": "pk-lf-1234:sk-lf-5678", "LANGFUSE_BASE_URL": s.URL, "CHECKOUT": checkout.URL})
	file := filepath.Join(t.TempDir(), "projects.yaml")
	require.NoError(t, os.WriteFile(file, []byte(secondProject), 0o600))
	dir := t.TempDir()
	args := append(configs(t), "--config", file)
	c := e2e.StartCollectorIn(t, dir, args...)
	const traces = 30
	for i := range byte(traces) {
		send(t, c, call(2*i+1, "checkout"))
		send(t, c, call(2*i+2, ""))
	}
	stored(t, s, traces)
	require.Eventually(t, func() bool {
		return queued(t, c, "langfuse") == 0 && queued(t, c, "langfuse/project_checkout") == traces
	}, 30*time.Second, 10*time.Millisecond)
	assert.Empty(t, checkout.Observations())
	c.Kill()
	checkout.AddKey(langfusetest.Key{Public: "pk-lf-c", Secret: "sk-lf-c", Project: "checkout"})
	c = e2e.StartCollectorIn(t, dir, args...)
	stored(t, checkout, traces)
	require.NoError(t, c.Stop())
	names := map[string]int{}
	for _, o := range append(s.Observations(), checkout.Observations()...) {
		names[o.Name]++
	}
	assert.Len(t, names, 2*traces)
	for name, n := range names {
		assert.Equal(t, 1, n, name)
	}
}
