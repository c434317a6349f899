package receiver

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestTheJSONExporterOfJavaScript sends what JSON cannot say. All is taken, and the
// other attribute of each span is stored.
func TestTheJSONExporterOfJavaScript(t *testing.T) {
	c := e2e.StartCollector(t)
	var sent struct {
		Spans   int
		Results []int
	}
	e2e.Node(t, []string{"OTLP_ENDPOINT=" + c.HTTP}, &sent, "js/send.mjs")
	require.Len(t, sent.Results, sent.Spans)
	for _, result := range sent.Results {
		assert.Zero(t, result, "the exporter says that it failed")
	}
	list := e2e.StoredTraces(t, c.TracesDB())
	assert.Len(t, list, sent.Spans)
	assert.Zero(t, e2e.Scrape(t, c.Metrics)(refused))
	require.NoError(t, c.Stop())
}
