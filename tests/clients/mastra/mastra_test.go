// Package mastra runs a real Mastra application against the built collector,
// and reads what was stored the ways in which Mastra does.
package mastra

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// ran is what app.mjs prints.
type ran struct {
	Status   string
	TraceID  string `json:"traceId"`
	Requests map[string]int
}

// mastraSpan is a span as Mastra reads it.
type mastraSpan struct {
	TraceID      string  `json:"traceId"` // in lists
	SpanID       string  `json:"spanId"`
	ParentSpanID *string `json:"parentSpanId"`
	Name         string  `json:"name"`
	SpanType     string  `json:"spanType"`
	Status       *string `json:"status"` // in lists
	EntityType   *string `json:"entityType"`
	EntityName   *string `json:"entityName"`
	Attributes   map[string]any
	Input        any
	Output       any
}

// reading is what one way of reading says.
type reading struct {
	List   []mastraSpan
	Traces map[string][]mastraSpan
}

func read(t *testing.T, file string) map[string]reading {
	t.Helper()
	var both struct{ Library, API reading }
	e2e.Node(t, nil, &both, "read.mjs", "file:"+file)
	return map[string]reading{"storage class": both.Library, "HTTP API": both.API}
}

// TestARealApplication runs the ticket workflow on @mastra/core with models
// served on loopback. Expected tokens are those that model.mjs reports:
//
//	gpt-4o-mini       1,240 + 1,386 in, of which 1,024 + 1,152 cached; 42 + 118 out (24 reasoning)
//	claude-haiku-4-5  310 + 420 fresh, 512 written, 512 read = 1,754 in; 36 + 64 out
//
// and the cost in millionths of a dollar, from the list prices of November 2026
// (see tests/mainjob):
//
//	450 × 0.15 + 2,176 × 0.075 + 160 × 0.60 = 326.7
//	730 × 1 + 512 × 0.10 + 512 × 1.25 + 100 × 5 = 1,921.2
func TestARealApplication(t *testing.T) {
	const wantCost = (326.7 + 1921.2) / 1e6
	c := e2e.StartCollector(t)
	secrets := testutil.NewSecrets(42)
	given, err := json.Marshal(secrets)
	require.NoError(t, err)
	var app ran
	e2e.Node(t, []string{"OTLP_ENDPOINT=" + c.HTTP, "SECRETS=" + string(given)}, &app, "app.mjs")
	flushed := time.Now()
	require.Equal(t, "success", app.Status)
	require.Equal(t, map[string]int{"openai": 2, "anthropic": 2}, app.Requests)

	// The application has flushed before it ended: every span is acknowledged.
	reader, err := tracestore.OpenReader(t.Context(), c.TracesDB())
	require.NoError(t, err)
	defer reader.Close()
	trace, err := reader.Trace(t.Context(), app.TraceID)
	require.NoError(t, err)
	assert.Less(t, time.Since(flushed), time.Second, "visible within a second")
	require.Len(t, trace.Roots, 1)
	assert.EqualValues(t, 4, trace.ModelCalls)
	assert.EqualValues(t, 4380, trace.InputTokens)
	assert.EqualValues(t, 260, trace.OutputTokens)
	assert.EqualValues(t, 2176+512, trace.CacheReadTokens)
	assert.EqualValues(t, 512, trace.CacheWriteTokens)
	assert.EqualValues(t, 24, trace.ReasoningTokens)
	assert.InEpsilon(t, wantCost, trace.Cost.V, 0.001)
	types := map[string]int{}
	e2e.Visit(trace.Roots, func(node *tracestore.SpanNode) { types[node.Type]++ })
	for spanType, want := range map[string]int{
		"workflow_run": 1, "workflow_step": 12, "agent_run": 2, "model_generation": 2, "model_step": 4, "model_inference": 4, "tool_call": 2,
	} {
		assert.Equal(t, want, types[spanType], spanType)
	}

	c.AssertNoSecret(t, secrets)
	for way, got := range read(t, c.TracesDB()) {
		t.Run(way, func(t *testing.T) {
			require.Len(t, got.List, 1)
			root := got.List[0]
			assert.Equal(t, app.TraceID, root.TraceID)
			assert.Equal(t, "workflow run: 'ticket-generation'", root.Name, "as Mastra names its own")
			require.NotNil(t, root.Status)
			assert.Equal(t, "success", *root.Status)
			assertSameTree(t, trace, mastraNames(t, reader, app.TraceID), got.Traces[app.TraceID])
		})
	}
	require.NoError(t, c.Stop())
	c.AssertNoSecret(t, secrets)
}

// storeCapturedRuns has a collector store the two captured runs, and opens and
// lists what it has stored. The file has the index of full_text_search: Mastra's own
// classes make their tables beside it.
func storeCapturedRuns(t *testing.T, secrets testutil.Secrets) (*e2e.Collector, *tracestore.Reader, []query.TraceSummary) {
	t.Helper()
	local, err := filepath.Abs("../../../config/local.yaml")
	require.NoError(t, err)
	c := e2e.StartCollector(t, "--config", local, "--config", "yaml:exporters::libsql::full_text_search: {enabled: true}")
	sender, err := traffic.NewSender("http", c.HTTP, traffic.Connection{})
	require.NoError(t, err)
	defer sender.Close()
	require.NoError(t, sender.Send(t.Context(), testutil.CoverageRun(secrets)))
	require.NoError(t, sender.Send(t.Context(), testutil.TicketRun(secrets)))
	reader, err := tracestore.OpenReader(t.Context(), c.TracesDB())
	require.NoError(t, err)
	t.Cleanup(func() { _ = reader.Close() })
	list := e2e.StoredTraces(t, c.TracesDB())
	require.Len(t, list, 9)
	return c, reader, list
}

// TestCapturedRunsReadByMastra compares all traces of the captured coverage run,
// failures, loops and branches included, with what Mastra lists.
func TestCapturedRunsReadByMastra(t *testing.T) {
	secrets := testutil.NewSecrets(43)
	c, reader, list := storeCapturedRuns(t, secrets)
	for way, got := range read(t, c.TracesDB()) {
		t.Run(way, func(t *testing.T) {
			require.Len(t, got.List, len(list))
			listed := map[string]mastraSpan{}
			for _, root := range got.List {
				listed[root.TraceID] = root
			}
			for _, summary := range list {
				trace, err := reader.Trace(t.Context(), summary.TraceID)
				require.NoError(t, err)
				root := listed[summary.TraceID]
				names := mastraNames(t, reader, summary.TraceID)
				assert.Equal(t, names[root.SpanID], root.Name)
				assert.Equal(t, trace.Type, root.SpanType)
				require.NotNil(t, root.Status)
				assert.Equal(t, map[bool]string{true: "error", false: "success"}[trace.Failed], *root.Status)
				assertSameTree(t, trace, names, got.Traces[summary.TraceID])
			}
		})
	}
	asked, err := query.Open(t.Context(), c.TracesDB())
	require.NoError(t, err)
	defer asked.Close()
	hits, err := asked.Search(t.Context(), "rotat", query.SearchFilter{})
	require.NoError(t, err)
	assert.NotEmpty(t, hits.Items, "the index of words is read beside Mastra")
	c.AssertNoSecret(t, secrets)
	require.NoError(t, c.Stop())
}

// mastraNames are the names under which Mastra shows the spans of a trace.
func mastraNames(t *testing.T, reader *tracestore.Reader, traceID string) map[string]string {
	t.Helper()
	spans, err := reader.Spans(t.Context(), traceID)
	require.NoError(t, err)
	names := map[string]string{}
	for _, span := range spans {
		names[span.SpanID] = span.Mastra.Name
	}
	return names
}

// assertSameTree holds a trace as we read it against the spans that Mastra
// reads: the same spans with the same names, types and parents.
func assertSameTree(t *testing.T, trace *tracestore.Trace, names map[string]string, spans []mastraSpan) {
	t.Helper()
	got := map[string]mastraSpan{}
	for _, span := range spans {
		got[span.SpanID] = span
	}
	count := 0
	var walk func(parent string, nodes []*tracestore.SpanNode)
	walk = func(parent string, nodes []*tracestore.SpanNode) {
		for _, node := range nodes {
			count++
			span, ok := got[node.SpanID]
			if !assert.True(t, ok, node.Name) {
				continue
			}
			assert.Equal(t, names[node.SpanID], span.Name)
			assert.Equal(t, node.Type, span.SpanType)
			if parent == "" {
				assert.Nil(t, span.ParentSpanID, node.Name)
			} else if assert.NotNil(t, span.ParentSpanID, node.Name) {
				assert.Equal(t, parent, *span.ParentSpanID)
			}
			if node.Counted {
				assert.Contains(t, span.Attributes, "usage", "Studio's token panel")
				assert.Contains(t, span.Attributes, "costContext")
			}
			walk(node.SpanID, node.Children)
		}
	}
	walk("", trace.Roots)
	assert.Len(t, spans, count)
}
