package clients

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// checkFixture holds what capture/ has written of a client against what it sends
// now: spans of the same names. How many there are of each, and which attributes
// they have, depends on how fast the machine is in LangSmith and OpenLIT.
func (c *client) checkFixture(t *testing.T, w *world, traceIDs []string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "internal", "genai", "testdata", strings.ReplaceAll(c.name, "/", "-")+".json"))
	require.NoError(t, err, "go run ./tests/clients/capture %s", c.name)
	assert.Contains(t, string(raw), "@@", "placeholders stand where secrets are planted")
	captured, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(raw)
	require.NoError(t, err)
	want, got := map[string]bool{}, map[string]bool{}
	for _, resource := range captured.ResourceSpans().All() {
		for _, scope := range resource.ScopeSpans().All() {
			for _, span := range scope.Spans().All() {
				want[span.Name()] = true
			}
		}
	}
	for _, span := range w.otlp.Spans() {
		if slices.Contains(traceIDs, span.TraceID().String()) {
			got[span.Name()] = true
		}
	}
	assert.Equal(t, want, got, "names of spans")
}
