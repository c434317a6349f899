package langfuseexporter

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// totals are the tokens of the observations that state any, sorted.
func totals(stored []*langfusetest.Observation) []int64 {
	var all []int64
	for _, o := range stored {
		if n := o.Usage["total"]; n > 0 {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return all
}

func types(stored []*langfusetest.Observation) map[string]int {
	all := map[string]int{}
	for _, o := range stored {
		all[o.Type]++
	}
	return all
}

// The tokens of the calls in tests/clients/calls.mjs.
const (
	embed    = 28
	ask      = 1282
	answer   = 1504
	stream   = 2300
	validate = 2930
)

// TestEveryInstrumentationArrivesComplete sends what each really writes
// (internal/genai/testdata). In all of them the root is a span of an HTTP server,
// which is none of an LLM application.
func TestEveryInstrumentationArrivesComplete(t *testing.T) {
	for name, want := range map[string]struct {
		totals []int64
		types  map[string]int
		calls  int  // observations in which a call of the tool is found
		nobody bool // the instrumentation names no user and no session
	}{
		"adk":              {totals: []int64{1500}, types: map[string]int{"GENERATION": 1, "AGENT": 1, "SPAN": 1}},
		"aisdk4":           {totals: []int64{embed, ask, answer, stream, validate, validate}, types: map[string]int{"GENERATION": 5, "CHAIN": 5, "TOOL": 1, "EMBEDDING": 1}, calls: 1},
		"aisdk5":           {totals: []int64{embed, ask, answer, stream, validate, validate}, types: map[string]int{"GENERATION": 5, "CHAIN": 5, "TOOL": 1, "EMBEDDING": 1}, calls: 1},
		"aisdk6":           {totals: []int64{embed, ask, answer, stream, validate, validate}, types: map[string]int{"GENERATION": 5, "CHAIN": 5, "TOOL": 1, "EMBEDDING": 1}, calls: 1},
		"aisdk5-providers": {totals: []int64{1130, 1500, 1500}, types: map[string]int{"GENERATION": 3, "CHAIN": 3}, nobody: true},
		"aisdk6-providers": {totals: []int64{1500, 1500, 2930}, types: map[string]int{"GENERATION": 3, "CHAIN": 3}, nobody: true},
		"aisdk7":           {totals: []int64{embed, ask, answer, stream, validate, validate}, types: map[string]int{"GENERATION": 5, "AGENT": 4, "SPAN": 5, "TOOL": 1, "EMBEDDING": 2}, calls: 2, nobody: true},
		"langfuse":         {totals: []int64{ask, answer, stream, validate}, types: map[string]int{"GENERATION": 5, "SPAN": 1}, calls: 1},
		"langsmith":        {totals: []int64{ask, answer, stream, validate, validate}, types: map[string]int{"GENERATION": 7, "CHAIN": 4}, calls: 2},
		"mastra03":         {totals: []int64{2330, ask + answer}, types: map[string]int{"AGENT": 2, "SPAN": 3, "EVENT": 4, "GENERATION": 2, "TOOL": 1}, calls: 1},
		"mastra1":          {totals: []int64{ask + answer, validate}, types: map[string]int{"AGENT": 2, "SPAN": 3, "CHAIN": 3, "EVENT": 4, "GENERATION": 2, "TOOL": 1}, calls: 2},
		"openinference":    {totals: []int64{ask, answer, validate, validate}, types: map[string]int{"GENERATION": 7, "EMBEDDING": 1}, calls: 1},
		"openlit":          {totals: []int64{embed, ask, answer, stream, validate, 2931}, types: map[string]int{"GENERATION": 5, "EMBEDDING": 1}, calls: 1},
		"openllmetry":      {totals: []int64{ask, answer, validate, validate}, types: map[string]int{"GENERATION": 5}, calls: 1},
		"strands":          {totals: []int64{530, stream, validate}, types: map[string]int{"GENERATION": 3, "SPAN": 3, "AGENT": 3}},
	} {
		t.Run(name, func(t *testing.T) {
			td := captured(t, name)
			sent := map[string]bool{} // one fixture lacks a parent
			for _, rs := range td.ResourceSpans().All() {
				for _, ss := range rs.ScopeSpans().All() {
					for _, span := range ss.Spans().All() {
						sent[span.SpanID().String()] = true
					}
				}
			}
			stored := send(t, nil, td)
			require.NotEmpty(t, stored)
			assert.Equal(t, want.totals, totals(stored))
			assert.Equal(t, want.types, types(stored))
			calls, roots := 0, 0
			ids := map[string]bool{}
			names := map[string]string{} // of traces
			for _, o := range stored {
				ids[o.ID] = true
				names[o.TraceID] = o.TraceName
			}
			for _, o := range stored {
				assert.Equal(t, names[o.TraceID], o.TraceName, "%s has the name of its trace", o.Name)
				if len(o.ToolCalls) > 0 {
					calls++
					assert.Equal(t, "lookupFindings", o.ToolCalls[0].Name)
					assert.True(t, json.Valid([]byte(o.ToolCalls[0].Arguments)))
				}
				if o.Root {
					roots++
				} else if sent[o.ParentID] {
					assert.True(t, ids[o.ParentID], "%s has a parent that is stored", o.Name)
				}
				if !want.nobody {
					assert.Equal(t, "user-17", o.UserID, o.Name)
					assert.Equal(t, "sess-42", o.SessionID, o.Name)
				}
				assert.NotEmpty(t, o.TraceName, o.Name)
				if o.Type == "GENERATION" && len(o.Usage) > 0 && o.ScopeName != "com.anthropic.sdk.typescript" { // which writes no content
					assert.NotEmpty(t, o.Model, o.Name)
					assert.NotEmpty(t, o.OutputText(), o.Name)
				}
			}
			assert.Equal(t, want.calls, calls)
			assert.Positive(t, roots)
		})
	}
}

// TestEveryVersionStoresTheSame: what plain attributes mean has changed from version
// to version; Langfuse's own mean the same, in both encodings.
func TestEveryVersionStoresTheSame(t *testing.T) {
	for _, name := range []string{"aisdk7", "langsmith", "mastra1", "openinference", "openllmetry", "strands"} {
		var want []langfusetest.Observation
		for i, version := range []string{"4.16.0", "4.6.0", "4.0.0", "3.205.0", "3.175.0", "3.167.0", "3.159.0", "3.30.0"} {
			s := newServer(t, langfusetest.Options{Version: version})
			config := testConfig(s)
			config.Encoding = []string{encodingProto, encodingJSON}[i%2]
			require.NoError(t, started(t, config).ConsumeTraces(t.Context(), captured(t, name)))
			var got []langfusetest.Observation
			for _, o := range s.Observations() {
				seen := langfusetest.Observation{
					ID: o.ID, ParentID: o.ParentID, LegacyRoot: o.LegacyRoot, Type: o.Type, Name: o.Name, Level: o.Level, StatusMessage: o.StatusMessage,
					CompletionStartTime: o.CompletionStartTime, TraceName: o.TraceName, UserID: o.UserID, SessionID: o.SessionID, Tags: o.Tags,
					Environment: o.Environment, Release: o.Release, Version: o.Version, Model: o.Model, ModelParameters: o.ModelParameters, Usage: o.Usage,
					Cost: o.Cost, Input: o.Input, Output: o.Output, ToolNames: o.ToolNames, ToolCalls: o.ToolCalls, Metadata: o.Metadata,
				}
				got = append(got, seen)
			}
			if want == nil {
				require.NotEmpty(t, got)
				want = got
			}
			assert.Equal(t, want, got, name+" on "+version)
		}
	}
}

func TestMastraArrivesComplete(t *testing.T) {
	stored := send(t, nil, testutil.TicketRun(testutil.NewSecrets(1)))
	require.Len(t, stored, 33)
	assert.Equal(t, map[string]int{"AGENT": 2, "CHAIN": 15, "EVENT": 6, "GENERATION": 4, "SPAN": 4, "TOOL": 2}, types(stored))
	input, output := int64(0), int64(0)
	var root *langfusetest.Observation
	for _, o := range stored {
		if o.Root {
			require.Nil(t, root)
			root = o
		}
		assert.Equal(t, []string{"ticket", "e2e"}, o.Tags, o.Name)
		assert.Equal(t, []any{"user-17", "sess-42", "client-test", "ticket-generation"}, []any{o.UserID, o.SessionID, o.Environment, o.TraceName}, o.Name)
		assert.NotEmpty(t, o.Metadata["spanType"], o.Name)
		assert.NotEmpty(t, o.Metadata["operationName"], o.Name)
		for bucket, n := range o.Usage {
			switch {
			case bucket == "total":
			case bucket[:5] == "input":
				input += n
			default:
				output += n
			}
		}
		if o.Type == "GENERATION" {
			assert.NotEmpty(t, o.Model)
			assert.Equal(t, o.Metadata["agentName"], o.Metadata["agent_name"])
		}
	}
	// gpt-4o-mini 2,626 in and 160 out, claude-haiku-4-5 1,754 in and 100 out.
	assert.EqualValues(t, 2626+1754, input)
	assert.EqualValues(t, 160+100, output)
	assert.Equal(t, "ticket-generation", root.Metadata["workflowName"])
	assert.True(t, json.Valid([]byte(root.InputText())))
	assert.True(t, json.Valid([]byte(root.OutputText())))
}

func TestMastraCoverageArrivesComplete(t *testing.T) {
	stored := send(t, nil, testutil.CoverageRun(testutil.NewSecrets(1)))
	require.Len(t, stored, 104)
	assert.Equal(t, map[string]int{"AGENT": 5, "CHAIN": 44, "EVALUATOR": 8, "EVENT": 16, "GENERATION": 10, "SPAN": 16, "TOOL": 5}, types(stored))
	roots := 0
	for _, o := range stored {
		assert.NotEmpty(t, o.TraceName, o.Name)
		if o.Root {
			roots++
		}
		if o.Level == "ERROR" {
			assert.NotEmpty(t, o.StatusMessage, o.Name)
		}
	}
	assert.Equal(t, 8, roots)
}

// TestSpansOfInstrumentationsThatCannotBeRunHere are written after their sources, in
// internal/genai, with what is to be read from them.
func TestSpansOfInstrumentationsThatCannotBeRunHere(t *testing.T) {
	spans := 0
	for _, c := range testutil.WrittenCases(t, "../../internal/genai/testdata/written.json") {
		if c.Event != "" {
			continue
		}
		spans++
		t.Run(c.ID, func(t *testing.T) {
			b := newBatch(c.Scope)
			require.NoError(t, b.rs.Resource().Attributes().FromRaw(c.Resource))
			b.span(1, 0, c.Name, c.Attributes)
			stored := send(t, func(config *Config) { config.Filter.Mode = filterAll }, b.traces)
			require.Len(t, stored, 1)
			usage, total := stored[0].Usage, or0(c.Input)+or0(c.Output)
			if _, own := c.Attributes["langfuse.observation.usage_details"]; own {
				assert.Equal(t, total, usage["total"], "in whatever buckets the application has put them")
				return
			}
			if c.Status == "rollup" || c.Attributes["gen_ai.operation.name"] == "fetch_response" {
				assert.Empty(t, usage, "the calls below, or before, state it")
				return
			}
			assert.Equal(t, []int64{total, c.CacheRead, or0(c.Reasoning)}, []int64{usage["total"], usage["input_cached_tokens"], usage["output_reasoning_tokens"]})
		})
	}
	assert.Greater(t, spans, 20)
}

// or0 is a number, 0 where it is not stated.
func or0(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
