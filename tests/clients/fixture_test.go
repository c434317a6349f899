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
// now: the same spans, by name and attributes. The collector adds
// attributes on its way.
func (c *client) checkFixture(t *testing.T, w *world, traceIDs []string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "internal", "genai", "testdata", strings.ReplaceAll(c.name, "/", "-")+".json"))
	require.NoError(t, err, "go run ./tests/clients/capture %s", c.name)
	assert.Contains(t, string(raw), "@@", "placeholders stand where secrets are planted")
	captured, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(raw)
	require.NoError(t, err)

	sent := map[string][]string{} // keys that spans of one name have
	var want, got []string
	for _, span := range w.otlp.Spans() {
		if slices.Contains(traceIDs, span.TraceID().String()) {
			got = append(got, span.Name())
			for key := range span.Attributes().All() {
				sent[span.Name()] = append(sent[span.Name()], key)
			}
		}
	}
	for _, resource := range captured.ResourceSpans().All() {
		for _, scope := range resource.ScopeSpans().All() {
			for _, span := range scope.Spans().All() {
				want = append(want, span.Name())
				for key := range span.Attributes().All() {
					assert.Contains(t, sent[span.Name()], key, span.Name())
				}
			}
		}
	}
	assert.ElementsMatch(t, want, got)
}
