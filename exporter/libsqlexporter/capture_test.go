package libsqlexporter

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// inBatches cuts traces into batches of n spans, in the order they came.
func inBatches(td ptrace.Traces, n int) []ptrace.Traces {
	var all []ptrace.Traces
	var ss ptrace.ScopeSpans
	for _, rs := range td.ResourceSpans().All() {
		for _, from := range rs.ScopeSpans().All() {
			for _, span := range from.Spans().All() {
				if len(all) == 0 || ss.Spans().Len() == n {
					batch := ptrace.NewTraces()
					to := batch.ResourceSpans().AppendEmpty()
					rs.Resource().CopyTo(to.Resource())
					to.SetSchemaUrl(rs.SchemaUrl())
					ss = to.ScopeSpans().AppendEmpty()
					from.Scope().CopyTo(ss.Scope())
					ss.SetSchemaUrl(from.SchemaUrl())
					all = append(all, batch)
				}
				span.CopyTo(ss.Spans().AppendEmpty())
			}
		}
	}
	return all
}

// TestCapturedCallsHaveWhatWasAskedAndByWhom: Mastra's calls have no input of their own.
func TestCapturedCallsHaveWhatWasAskedAndByWhom(t *testing.T) {
	f := store(t, testutil.CoverageRun(testutil.NewSecrets(1)), testutil.TicketRun(testutil.NewSecrets(1)))
	assert.EqualValues(t, 0, f.rows(`SELECT count(input) FROM mastra_ai_spans WHERE spanType = 'model_inference'`)[0][0])
	assert.Equal(t, [][]any{{int64(14), int64(14), int64(14), int64(14)}},
		f.rows(`SELECT count(*), sum(input ->> '$[0].role' = 'system'), count(user_id), count(agent_name) FROM llm_calls`))
	assert.Equal(t, [][]any{{"user-17", int64(8)}, {"user-18", int64(6)}}, f.rows(`SELECT user_id, model_calls FROM users ORDER BY 1`))
}

func TestTheTicketRunIsStoredAsMastraWouldStoreIt(t *testing.T) {
	f := store(t, testutil.TicketRun(testutil.NewSecrets(1)))

	assert.Equal(t, [][]any{{"workflow run: 'ticket-generation'", "workflow_run", "workflow_run", "ticket-generation", "ticket-generation", `["ticket","e2e"]`, "user-17", "sess-42", "thread-7", "client-test", "mastra-ticket-app"}},
		f.rows(`SELECT name, spanType, entityType, entityId, entityName, tags, userId, sessionId, threadId, environment, serviceName FROM mastra_ai_spans WHERE parentSpanId IS NULL`))

	assert.Equal(t, [][]any{
		{"extractIntent", "workflow step: 'extractIntent'"},
		{"loadTicketContext", "workflow step: 'loadTicketContext'"},
		{"scanRepository", "workflow step: 'scanRepository'"},
		{"collectFindings", "workflow step: 'collectFindings'"},
	}, f.rows(`SELECT entityId, name FROM mastra_ai_spans WHERE spanType = 'workflow_step' AND entityName = 'ticket-generation' ORDER BY startedAt, rowid LIMIT 4`))

	assert.Equal(t, [][]any{
		{"agent run: 'quick-preflight-validator'", "quick-preflight-validator"},
		{"llm: 'claude-haiku-4-5'", "quick-preflight-validator"},
		{"step: 0", "quick-preflight-validator"},
		{"chat claude-haiku-4-5", "quick-preflight-validator"},
	}, f.rows(`SELECT name, entityId FROM mastra_ai_spans WHERE entityType = 'agent' AND spanType <> 'model_chunk' ORDER BY startedAt, rowid LIMIT 4`))

	assert.EqualValues(t, 0, f.rows(`SELECT count(*) FROM mastra_ai_spans WHERE error IS NOT NULL OR updatedAt IS NOT NULL`)[0][0])
	// The capture's two tool-result chunks are points in time without a status.
	assert.Equal(t, [][]any{{"model_chunk", int64(2)}}, f.rows(`SELECT spanType, count(*) FROM mastra_ai_spans WHERE isEvent = 1 AND endedAt IS NULL GROUP BY 1`))
	assert.EqualValues(t, 31, f.rows(`SELECT count(*) FROM mastra_ai_spans WHERE isEvent = 0 AND endedAt IS NOT NULL`)[0][0])
}

// usageOf is the usage object of Mastra's attributes.
type usageOf struct {
	InputTokens  int64            `json:"inputTokens"`
	OutputTokens int64            `json:"outputTokens"`
	Input        map[string]int64 `json:"inputDetails"`
	Output       map[string]int64 `json:"outputDetails"`
}

func TestTheTicketRunHasTheTokensOfTheFixture(t *testing.T) {
	traces := testutil.TicketRun(testutil.NewSecrets(1))
	// Expected figures: fixtures/README.md.
	want := map[string]usageOf{
		"gpt-4o-mini":      {2626, 160, map[string]int64{"text": 450, "cacheRead": 2176}, map[string]int64{"text": 136, "reasoning": 24}},
		"claude-haiku-4-5": {1754, 100, map[string]int64{"text": 730, "cacheRead": 512, "cacheWrite": 512}, map[string]int64{"text": 100}},
	}
	for name, batches := range map[string][]ptrace.Traces{"one batch": {traces}, "span by span": inBatches(traces, 1)} {
		t.Run(name, func(t *testing.T) {
			f := store(t, batches...)
			got := map[string]usageOf{}
			for _, row := range f.rows(`SELECT attributes FROM mastra_ai_spans WHERE spanType = 'model_generation'`) {
				var a struct {
					Model string  `json:"model"`
					Usage usageOf `json:"usage"`
				}
				require.NoError(t, json.Unmarshal([]byte(row[0].(string)), &a))
				got[a.Model] = a.Usage
			}
			assert.Equal(t, want, got)

			list := f.listed()
			require.Len(t, list, 1)
			want := query.SpendRow{
				Cost: query.Cost{Calls: 4, Unpriced: 4}, Tokens: query.Tokens{Input: 4380, Output: 260, CacheRead: 2688, CacheWrite: 512, Reasoning: 24},
			}
			assert.Equal(t, want, query.SpendRow{Cost: list[0].Cost, Tokens: list[0].Tokens})
			assert.EqualValues(t, 33, list[0].Spans)
			assert.EqualValues(t, 2, list[0].ToolCalls)
			assert.Equal(t, "invoke_workflow ticket-generation", list[0].Name)
			spend, err := f.query().Spend(t.Context(), query.SpendFilter{})
			require.NoError(t, err)
			assert.Equal(t, want, spend.Total)
		})
	}
}

func TestThePriceThatLlmCostHasWrittenIsStored(t *testing.T) {
	traces := testutil.TicketRun(testutil.NewSecrets(1))
	for _, span := range traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
		switch kind, _ := span.Attributes().Get("mastra.span.type"); kind.Str() {
		case "model_inference":
			span.Attributes().PutStr("llmcost.status", "priced")
			span.Attributes().PutDouble("gen_ai.usage.cost", 0.125)
			span.Attributes().PutStr("llmcost.price.source", "embedded")
		case "agent_run", "model_generation":
			// A client's own sum, which is not to be added again.
			span.Attributes().PutStr("llmcost.status", "rollup")
			span.Attributes().PutDouble("gen_ai.usage.cost", 99)
		}
	}
	f := store(t, traces)
	list := f.listed()
	usd := 0.5
	assert.Equal(t, query.Cost{USD: &usd, Calls: 4}, list[0].Cost)
	assert.Equal(t, [][]any{{int64(4)}}, f.rows(`SELECT count(*) FROM mastra_ai_spans WHERE json_extract(attributes, '$.costContext.estimatedCost') = 0.125
		AND json_extract(attributes, '$.costContext.costUnit') = 'USD' AND json_extract(attributes, '$.costContext.costMetadata.source') = 'llmcost'`))
	assert.Equal(t, [][]any{{int64(4), 0.5, int64(0)}}, f.rows(`SELECT sum(model_calls), sum(cost_usd), sum(unpriced_calls) FROM cost_by_model`))
}

func TestTheCoverageRunListsLikeMastrasOwnDatabase(t *testing.T) {
	f := store(t, testutil.CoverageRun(testutil.NewSecrets(1)))
	got := f.rows(`SELECT name, spanType, entityType, entityId, tags, userId, CASE WHEN error IS NOT NULL THEN 'error' WHEN endedAt IS NULL THEN 'running' ELSE 'success' END,
		(SELECT count(*) FROM mastra_ai_spans c WHERE c.traceId = r.traceId) FROM mastra_ai_spans r WHERE parentSpanId IS NULL ORDER BY startedAt, rowid`)
	assert.Equal(t, [][]any{
		{"workflow run: 'ticket-generation'", "workflow_run", "workflow_run", "ticket-generation", `["ticket","e2e"]`, "user-17", "success", int64(33)},
		{"workflow run: 'control-flow'", "workflow_run", "workflow_run", "control-flow", `["coverage"]`, "user-18", "success", int64(26)},
		{"workflow run: 'failing-flow'", "workflow_run", "workflow_run", "failing-flow", `["coverage"]`, "user-18", "error", int64(2)},
		{"agent run: 'coverage-agent'", "agent_run", "agent", "coverage-agent", `["coverage"]`, "user-18", "success", int64(12)},
		{"agent run: 'coverage-agent'", "agent_run", "agent", "coverage-agent", `["coverage"]`, "user-18", "success", int64(14)},
		{"scorer run: 'length-scorer'", "scorer_run", "scorer", "length-scorer", nil, nil, "success", int64(4)},
		{"agent run: 'broken-tool-agent'", "agent_run", "agent", "broken-tool-agent", `["coverage"]`, "user-18", "success", int64(9)},
		{"scorer run: 'length-scorer'", "scorer_run", "scorer", "length-scorer", nil, nil, "success", int64(4)},
	}, got)
}

func TestTheCoverageRunNamesEveryTypeLikeMastra(t *testing.T) {
	f := store(t, testutil.CoverageRun(testutil.NewSecrets(1)))
	for spanType, want := range map[string][]any{
		"workflow_parallel":         {"parallel: '2 branches'", "workflow_run", "control-flow", "control-flow", `{"branchCount":2,"parallelSteps":["left","right"]}`},
		"workflow_conditional":      {"conditional: '2 conditions'", "workflow_run", "control-flow", "control-flow", `{"conditionCount":2,"truthyIndexes":[0],"selectedSteps":["taken"]}`},
		"workflow_conditional_eval": {"condition '0'", "workflow_run", "control-flow", "control-flow", `{"conditionIndex":0,"result":true}`},
		"workflow_loop":             {"loop: 'dowhile'", "workflow_run", "control-flow", "control-flow", `{"loopType":"dowhile","totalIterations":2}`},
		"workflow_sleep":            {"sleep: 20ms", "workflow_run", "control-flow", "control-flow", `{"durationMs":20,"sleepType":"fixed","entryId":"sleep_10e0dcc1-0ec6-4680-9894-e56251ad5b38"}`},
		"mcp_tool_call": {
			"mcp_tool: 'lookupFindings' on 'findings-mcp'", "tool", "lookupFindings", "lookupFindings",
			`{"toolType":"tool","toolDescription":"From an MCP server","toolCallId":"call_mock5","success":true,"mcpServer":"findings-mcp","serverVersion":"2.1.0"}`,
		},
		"generic":       {"generic control-flow", nil, nil, nil, nil},
		"scorer_step":   {"scorer_step length-scorer", nil, nil, nil, nil},
		"processor_run": {"processor_run Unicode Normalizer", nil, nil, nil, nil},
	} {
		t.Run(spanType, func(t *testing.T) {
			rows := f.rows(`SELECT name, entityType, entityId, entityName, attributes FROM mastra_ai_spans WHERE spanType = ? ORDER BY startedAt, rowid LIMIT 1`, spanType)
			require.Len(t, rows, 1)
			assert.Equal(t, want, rows[0])
		})
	}
	assert.Equal(t, [][]any{{"generic", int64(1)}, {"model_chunk", int64(4)}}, f.rows(`SELECT spanType, count(*) FROM mastra_ai_spans WHERE isEvent = 1 AND endedAt IS NULL GROUP BY 1`))
}

func TestCapturesComeBackAsTheyCame(t *testing.T) {
	for name, traces := range map[string]func(testutil.Secrets) ptrace.Traces{"ticket": testutil.TicketRun, "coverage": testutil.CoverageRun} {
		for how, size := range map[string]int{"in one batch": 1000, "span by span": 1, "in batches of seven": 7} {
			t.Run(name+" "+how, func(t *testing.T) {
				want := traces(testutil.NewSecrets(1))
				f := store(t, inBatches(want, size)...)
				assert.Equal(t, canonical(t, want), canonical(t, f.traces()))
			})
		}
	}
}

func TestTheTicketRunIsATree(t *testing.T) {
	f := store(t, testutil.TicketRun(testutil.NewSecrets(1)))
	ids := f.strings(`SELECT trace_id FROM otel_traces`)
	trace, err := f.reader().Trace(t.Context(), ids[0])
	require.NoError(t, err)
	require.Len(t, trace.Roots, 1)
	root := trace.Roots[0]
	assert.Equal(t, "workflow_run", root.Type)
	require.Len(t, root.Children, 12)
	var types []string
	for n := root; len(n.Children) > 0; {
		next := n.Children[0]
		for _, c := range n.Children {
			if len(c.Children) > 0 {
				next = c
				break
			}
		}
		n = next
		types = append(types, n.Type)
	}
	assert.Equal(t, []string{"workflow_step", "agent_run", "model_generation", "model_step", "model_inference", "model_chunk"}, types)
}
