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
// now: spans of the same names, with the same attributes among them. On which of
// its spans LangSmith writes what it knows of a streamed call depends on which is
// done first; the collector adds attributes of its own.
func (c *client) checkFixture(t *testing.T, w *world, traceIDs []string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "..", "internal", "genai", "testdata", strings.ReplaceAll(c.name, "/", "-")+".json"))
	require.NoError(t, err, "go run ./tests/clients/capture %s", c.name)
	assert.Contains(t, string(raw), "@@", "placeholders stand where secrets are planted")
	captured, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(raw)
	require.NoError(t, err)
	var want, got words
	for _, resource := range captured.ResourceSpans().All() {
		for _, scope := range resource.ScopeSpans().All() {
			for _, span := range scope.Spans().All() {
				want.add(span)
			}
		}
	}
	for _, span := range w.otlp.Spans() {
		if slices.Contains(traceIDs, span.TraceID().String()) {
			got.add(span)
		}
	}
	assert.ElementsMatch(t, want.names, got.names, "names of spans")
	assert.Subset(t, got.keys, want.keys, "attributes")
}

// words are the names of spans and of their attributes, each once.
type words struct{ names, keys []string }

func (w *words) add(span ptrace.Span) {
	once := func(list *[]string, word string) {
		if !slices.Contains(*list, word) {
			*list = append(*list, word)
		}
	}
	once(&w.names, span.Name())
	for key := range span.Attributes().All() {
		once(&w.keys, key)
	}
}
