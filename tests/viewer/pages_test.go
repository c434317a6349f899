package viewer

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestPagesInABrowser uses sessions, agents, spend and the collector's page as a person
// does.
func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	c := e2e.StartCollector(t)
	var result struct{ Failures []string }
	e2e.Node(t, []string{"CHROMIUM=" + e2e.Chromium(t), "BASE=" + c.Viewer, "OTLP=" + c.HTTP}, &result, "pages.mjs")
	assert.Empty(t, result.Failures)
}
