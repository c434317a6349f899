package viewer

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestTracesInABrowser uses the list of traces, the first run, filters, keys and the
// search as a person does.
func TestTracesInABrowser(t *testing.T) {
	t.Parallel()
	c := e2e.StartCollector(t)
	var result struct {
		Failures []string
		Took     map[string]float64
	}
	e2e.Node(t, []string{"CHROMIUM=" + e2e.Chromium(t), "BASE=" + c.Viewer, "OTLP=" + c.HTTP}, &result, "traces.mjs")
	assert.Empty(t, result.Failures)
	t.Logf("milliseconds until shown: %v", result.Took)
}
