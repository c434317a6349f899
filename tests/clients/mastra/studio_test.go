package mastra

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// looked is what studio.mjs prints.
type looked struct {
	App     ran
	Polls   int
	Waited  int // milliseconds
	Studios map[string]struct {
		List, Tree, Panel []string
		SpanID            string `json:"spanId"`
	}
}

// TestStudio looks at a real application's trace in Mastra Studio, in Chromium:
// version 1.30 over the storage class of @mastra/libsql, 1.31 over
// trace-query.mjs. The API has to list the trace the first time that it is asked
// after the application has flushed, which is as soon as the collector has
// acknowledged.
func TestStudio(t *testing.T) {
	chromium := e2e.Chromium(t)
	c := e2e.StartCollector(t)
	given, err := json.Marshal(testutil.NewSecrets(45))
	require.NoError(t, err)
	var got looked
	e2e.Node(t, []string{"CHROMIUM=" + chromium, "OTLP_ENDPOINT=" + c.HTTP, "SECRETS=" + string(given)}, &got, "studio.mjs", "file:"+c.TracesDB())
	require.Equal(t, "success", got.App.Status)
	assert.Equal(t, 1, got.Polls, "the API lists the trace when it is first asked")
	t.Logf("listed %d ms after the application had flushed", got.Waited)

	reader, err := tracestore.OpenReader(t.Context(), c.TracesDB())
	require.NoError(t, err)
	defer reader.Close()
	trace, err := reader.Trace(t.Context(), got.App.TraceID)
	require.NoError(t, err)
	names := mastraNames(t, reader, got.App.TraceID)
	require.Len(t, got.Studios, 2)
	for version, studio := range got.Studios {
		t.Run(version, func(t *testing.T) {
			assert.Contains(t, studio.List, "ticket-generation")
			assert.Contains(t, studio.List, "OK")
			assert.NotContains(t, strings.Join(studio.List, "\n"), "Failed to load")
			for spanID, name := range names {
				assert.Contains(t, studio.Tree, name, spanID)
			}
			call := spanNode(trace, studio.SpanID)
			require.NotNil(t, call, studio.SpanID)
			assertTokenPanel(t, call, studio.Panel)
		})
	}
	require.NoError(t, c.Stop())
}

// assertTokenPanel holds the lines of Studio's token panel against the tokens of
// a call.
func assertTokenPanel(t *testing.T, call *tracestore.SpanNode, panel []string) {
	t.Helper()
	require.True(t, call.Counted, call.Name)
	shown := func(label string) string {
		if i := slices.Index(panel, label); i >= 0 && i+1 < len(panel) {
			return panel[i+1]
		}
		return ""
	}
	assert.Equal(t, thousands(call.InputTokens.N+call.OutputTokens.N), shown("Tokens Used"))
	assert.Equal(t, thousands(call.InputTokens.N), shown("Input"))
	assert.Equal(t, thousands(call.CacheReadTokens.N), shown("Cache read"))
	assert.Equal(t, thousands(call.OutputTokens.N), shown("Output"))
}

// thousands writes a number below a million as Studio does.
func thousands(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

// TestStudioOnTheCollector points Mastra Studio at the collector: the application has no
// storage and no code for it. Both versions list the trace, open it and show the tokens of
// a call, and nothing that they ask fails but what there is none of. Pages of other
// origins read nothing.
func TestStudioOnTheCollector(t *testing.T) {
	chromium := e2e.Chromium(t)
	local, err := filepath.Abs("../../../config/local.yaml")
	require.NoError(t, err)
	ports := e2e.FreePorts(t, 2)
	c := e2e.StartCollector(t, "--config", local, "--config",
		fmt.Sprintf("yaml:extensions::trace_viewer::allowed_origins: ['http://localhost:%s', 'http://127.0.0.1:%s']", ports[0], ports[1]))
	secrets := testutil.NewSecrets(46)
	given, err := json.Marshal(secrets)
	require.NoError(t, err)
	var got struct {
		looked
		Studios map[string]struct {
			List, Tree, Panel, Refused, Blocked []string
			SpanID                              string `json:"spanId"`
		}
		Foreign []string
	}
	env := []string{"CHROMIUM=" + chromium, "OTLP_ENDPOINT=" + c.HTTP, "SECRETS=" + string(given), "SCREENSHOTS=" + os.Getenv("SCREENSHOTS")}
	e2e.Node(t, env, &got, "collector-studio.mjs", c.Viewer, ports[0], ports[1])
	require.Equal(t, "success", got.App.Status)

	reader, err := tracestore.OpenReader(t.Context(), c.TracesDB())
	require.NoError(t, err)
	defer reader.Close()
	trace, err := reader.Trace(t.Context(), got.App.TraceID)
	require.NoError(t, err)
	names := mastraNames(t, reader, got.App.TraceID)
	require.Len(t, got.Studios, 2)
	for version, studio := range got.Studios {
		t.Run(version, func(t *testing.T) {
			assert.Contains(t, studio.List, "ticket-generation")
			assert.Contains(t, studio.List, "OK")
			for spanID, name := range names {
				assert.Contains(t, studio.Tree, name, spanID)
			}
			call := spanNode(trace, studio.SpanID)
			require.NotNil(t, call, studio.SpanID)
			assertTokenPanel(t, call, studio.Panel)
			for _, refused := range studio.Refused {
				assert.Contains(t, []string{"501 POST /api/observability/traces/query/fields"}, refused)
			}
			for _, blocked := range studio.Blocked {
				assert.Contains(t, blocked, "net::ERR_ABORTED", "Studio has gone on meanwhile")
			}
			seen := strings.Join(slices.Concat(studio.List, studio.Tree, studio.Panel), "\n")
			for kind, needle := range secrets.Needles() {
				assert.NotContains(t, seen, needle, kind)
			}
		})
	}
	assert.Equal(t, slices.Repeat([]string{"nothing"}, 5), got.Foreign)
	require.NoError(t, c.Stop())
}

func spanNode(trace *tracestore.Trace, spanID string) (found *tracestore.SpanNode) {
	e2e.Visit(trace.Roots, func(node *tracestore.SpanNode) {
		if node.SpanID == spanID {
			found = node
		}
	})
	return found
}
