package mastra

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

type object = map[string]any

// answer is what a trace query has answered, all of its pages.
type answer struct {
	Traces []struct {
		TraceID      string `json:"traceId"`
		Name         string
		Status       string
		InputPreview *string `json:"inputPreview"`
		Metadata     object
	}
	Groups []object
	Pages  int
}

func (a answer) ids() []string {
	ids := []string{}
	for _, trace := range a.Traces {
		ids = append(ids, trace.TraceID)
	}
	return ids
}

func compare(op, path string, value any) object {
	return object{"op": op, "left": object{"path": path}, "right": object{"literal": value}}
}

// TestTraceQueries sends trace queries to Mastra's HTTP API with the storage of
// trace-query.mjs, over the captured runs, and compares with our own reader.
func TestTraceQueries(t *testing.T) {
	c, reader, list := storeCapturedRuns(t, testutil.NewSecrets(46))

	// The ids of the traces for which keep says so, the latest start first.
	idsOf := func(keep func(*query.TraceSummary) bool) []string {
		ids := []string{}
		for i := range list {
			if keep(&list[i]) {
				ids = append(ids, list[i].TraceID)
			}
		}
		return ids
	}
	every := idsOf(func(*query.TraceSummary) bool { return true })
	withSpan := func(keep func(*tracestore.SpanNode) bool) []string {
		return idsOf(func(s *query.TraceSummary) bool {
			trace, err := reader.Trace(t.Context(), s.TraceID)
			require.NoError(t, err)
			found := false
			e2e.Visit(trace.Roots, func(node *tracestore.SpanNode) { found = found || keep(node) })
			return found
		})
	}
	calling := withSpan(func(n *tracestore.SpanNode) bool {
		return n.Model == "gpt-4o-mini-2024-07-18" && n.Type == "model_inference"
	})
	failing := withSpan(func(n *tracestore.SpanNode) bool { return n.Failed })
	without := func(ids []string) []string {
		return idsOf(func(s *query.TraceSummary) bool { return !slices.Contains(ids, s.TraceID) })
	}
	failed := idsOf(func(s *query.TraceSummary) bool { return s.Failed })
	long := idsOf(func(s *query.TraceSummary) bool { return s.DurationUS >= 100_000 })
	ticket := idsOf(func(s *query.TraceSummary) bool { return s.User == "user-17" })

	callsGPT := object{"op": "and", "args": []object{compare("eq", "model", "gpt-4o-mini"), compare("eq", "spanType", "model_inference")}}
	queries := map[string]struct {
		where object
		want  []string
	}{
		"all":                 {nil, every},
		"failed":              {compare("eq", "status", "error"), failed},
		"not failed":          {object{"op": "not", "arg": compare("eq", "status", "error")}, without(failed)},
		"long":                {compare("gte", "durationMs", 100), long},
		"calls a model":       {object{"spans": object{"some": callsGPT}}, calling},
		"calls no such model": {object{"spans": object{"none": callsGPT}}, without(calling)},
		"some span failed":    {object{"spans": object{"some": object{"op": "exists", "path": "error"}}}, failing},
		"either":              {object{"op": "or", "args": []object{compare("eq", "status", "error"), compare("eq", "traceId", every[0])}}, idsOf(func(s *query.TraceSummary) bool { return s.Failed || s.TraceID == every[0] })},
		"a set":               {object{"op": "in", "value": object{"path": "traceId"}, "set": every[2:4]}, every[2:4]},
		"not a set":           {object{"op": "notIn", "value": object{"path": "traceId"}, "set": every[2:4]}, without(every[2:4])},
		"by metadata":         {compare("eq", "metadata.plan", "enterprise"), ticket},
		"other metadata":      {compare("ne", "metadata.plan", "enterprise"), without(ticket)},
		"no such metadata":    {object{"op": "not", "arg": object{"op": "exists", "path": "metadata.plan"}}, without(ticket)},
		"by tag":              {object{"op": "includes", "path": "tags", "value": "ticket"}, ticket},
		"not by tag":          {object{"op": "notIncludes", "path": "tags", "value": "ticket"}, without(ticket)},
		"another thread":      {compare("ne", "threadId", "no such thread"), every},
	}
	span := object{"from": list[len(list)-1].Start.Add(-time.Hour).Format(time.RFC3339), "to": list[0].Start.Add(time.Hour).Format(time.RFC3339)}
	bodies := map[string]object{
		"pages":  {"timeRange": span, "page": object{"limit": 2}},
		"groups": {"timeRange": span, "group": object{"by": []string{"threadId"}}},
	}
	for name, q := range queries {
		bodies[name] = object{"timeRange": span}
		if q.where != nil {
			bodies[name]["where"] = q.where
		}
	}
	given, err := json.Marshal(bodies)
	require.NoError(t, err)
	var got struct {
		Answers map[string]answer
		Plain   int
	}
	e2e.Node(t, nil, &got, "query.mjs", "file:"+c.TracesDB(), string(given))
	assert.Equal(t, http.StatusNotImplemented, got.Plain, "@mastra/libsql's own class")
	for name, q := range queries {
		assert.NotEmpty(t, q.want, name)
		assert.Equal(t, q.want, got.Answers[name].ids(), name)
	}
	assert.Equal(t, every, got.Answers["pages"].ids())
	assert.Equal(t, 5, got.Answers["pages"].Pages)
	assert.Equal(t, []object{{"threadId": "thread-7"}}, got.Answers["groups"].Groups)
	first := got.Answers["by metadata"].Traces[0]
	assert.Equal(t, "workflow run: 'ticket-generation'", first.Name)
	assert.Equal(t, "success", first.Status)
	assert.Equal(t, "acme", first.Metadata["tenant"])
	assert.NotNil(t, first.InputPreview)
	require.NoError(t, c.Stop())
}
