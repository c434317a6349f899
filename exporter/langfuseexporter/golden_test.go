package langfuseexporter

import (
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// The 25 cases of the langfuse reference, section 6.3, in its order. The server
// is strict: what it would store mangled, drop or lose fails the test.

func chat(more map[string]any) map[string]any {
	attributes := map[string]any{"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
	maps.Copy(attributes, more)
	return attributes
}

func TestGoldenContent(t *testing.T) {
	t.Run("1 structured messages are readable and their tool calls found", func(t *testing.T) {
		o := one(t, nil, "test", chat(map[string]any{
			"gen_ai.system_instructions": []any{map[string]any{"type": "text", "content": "Be kind."}},
			"gen_ai.input.messages":      []any{map[string]any{"role": "user", "parts": []any{map[string]any{"type": "text", "content": "Weather?"}}}},
			"gen_ai.output.messages": []any{map[string]any{"role": "assistant", "finish_reason": "tool_call", "parts": []any{
				map[string]any{"type": "tool_call", "id": "c1", "name": "weather", "arguments": map[string]any{"city": "Bern"}},
			}}},
			"gen_ai.tool.definitions": []any{map[string]any{"type": "function", "name": "weather"}},
		}))
		assert.JSONEq(t, `{"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Weather?"}],"tools":[{"type":"function","name":"weather"}]}`, o.InputText())
		assert.JSONEq(t, `{"role":"assistant","content":null,"finish_reason":"tool_call","tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Bern\"}"}}]}`, o.OutputText())
		assert.Equal(t, []langfusetest.ToolCall{{ID: "c1", Name: "weather", Arguments: `{"city":"Bern"}`}}, o.ToolCalls)
		assert.Equal(t, []string{"weather"}, o.ToolNames)
	})
	t.Run("2 structured arguments of tools are JSON", func(t *testing.T) {
		o := one(t, nil, "test", map[string]any{
			"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "weather",
			"gen_ai.tool.call.arguments": map[string]any{"city": "Bern"}, "gen_ai.tool.call.result": map[string]any{"degrees": 7},
		})
		assert.Equal(t, "TOOL", o.Type)
		assert.Equal(t, "weather", o.Name)
		assert.JSONEq(t, `{"city":"Bern"}`, o.InputText())
		assert.JSONEq(t, `{"degrees":7}`, o.OutputText())
	})
	t.Run("22 what only one of input and output has Langfuse's name for is completed", func(t *testing.T) {
		o := one(t, nil, "test", chat(map[string]any{"langfuse.observation.input": "mine", "gen_ai.output.messages": `[{"role":"assistant","content":"hi"}]`}))
		assert.Equal(t, "mine", o.InputText())
		assert.JSONEq(t, `{"role":"assistant","content":"hi"}`, o.OutputText())
	})
	t.Run("25 the Vercel AI SDK's content under another scope", func(t *testing.T) {
		o := one(t, nil, "my-app", map[string]any{
			"ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "gpt-4o", "ai.prompt.messages": `[{"role":"user","content":[{"type":"text","text":"hi"}]}]`,
			"ai.response.text": "hello", "ai.response.toolCalls": `[{"toolCallId":"c1","toolName":"weather","input":{"city":"Bern"}}]`,
		})
		assert.Equal(t, "GENERATION", o.Type)
		assert.JSONEq(t, `[{"role":"user","content":[{"type":"text","text":"hi"}]}]`, o.InputText())
		assert.Equal(t, []langfusetest.ToolCall{{ID: "c1", Name: "weather", Arguments: `{"city":"Bern"}`}}, o.ToolCalls)
	})
}

func TestGoldenUsageAndCost(t *testing.T) {
	t.Run("4 reasoning is in the buckets and in the cost", func(t *testing.T) {
		o := one(t, nil, "test", chat(map[string]any{
			"gen_ai.response.model": "claude-sonnet-4-5", "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 5000,
			"gen_ai.usage.reasoning.output_tokens": 4000, "gen_ai.usage.cost": 0.078, "llm.cost.total": 0.078,
			"llm.cost.prompt_details.input": 0.003, "llm.cost.completion_details.output": 0.015, "llm.cost.completion_details.reasoning": 0.06,
		}))
		assert.Equal(t, map[string]int64{"input": 1000, "output": 1000, "output_reasoning_tokens": 4000, "total": 6000}, o.Usage)
		assert.Equal(t, map[string]float64{"input": 0.003, "output": 0.015, "output_reasoning_tokens": 0.06, "total": 0.078}, o.Cost)
		assert.InDelta(t, 0.078, o.TotalCost, 1e-12)
		assert.Equal(t, "claude-sonnet-4-5", o.Model)
	})
	t.Run("5 a cost has a total, which its parts make", func(t *testing.T) {
		o := one(t, nil, "test", chat(map[string]any{
			"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.cache_read.input_tokens": 400, "gen_ai.usage.output_tokens": 300,
			"llm.cost.total": 0.005, "llm.cost.prompt_details.input": 0.0015, "llm.cost.prompt_details.cache_read": 0.0005, "llm.cost.completion_details.output": 0.003,
		}))
		assert.Equal(t, map[string]int64{"input": 600, "input_cached_tokens": 400, "output": 300, "total": 1300}, o.Usage)
		assert.Equal(t, map[string]float64{"input": 0.0015, "input_cached_tokens": 0.0005, "output": 0.003, "total": 0.005}, o.Cost)
	})
	t.Run("5 a cost of Langfuse's own gets its total", func(t *testing.T) {
		o := one(t, nil, "langfuse-sdk", map[string]any{
			"langfuse.observation.type": "generation", "langfuse.observation.cost_details": `{"input":1,"cached":0.5}`,
		})
		assert.Equal(t, map[string]float64{"input": 1, "cached": 0.5, "total": 1.5}, o.Cost)
	})
	t.Run("6 costs that are none are left out", func(t *testing.T) {
		for _, cost := range []any{"abc", -1.0, 1e9, math.NaN(), math.Inf(1)} {
			o := one(t, nil, "test", chat(map[string]any{"gen_ai.usage.cost": cost, "llm.cost.total": cost}))
			assert.Empty(t, o.Cost, cost)
		}
		o := one(t, nil, "langfuse-sdk", map[string]any{
			"langfuse.observation.type": "generation", "langfuse.observation.cost_details": `{"input":"abc","output":-1,"total":2}`,
		})
		assert.Equal(t, map[string]float64{"total": 2}, o.Cost)
	})
	t.Run("7 cache writes by how long they live", func(t *testing.T) {
		o := one(t, nil, "@mastra/otel-exporter", chat(map[string]any{
			"gen_ai.usage.input_tokens": 2000, "gen_ai.usage.output_tokens": 10, "gen_ai.usage.cache_creation.input_tokens": 1000,
			"gen_ai.usage.cache_creation.5m_input_tokens": 600, "gen_ai.usage.cache_creation.1h_input_tokens": 400,
		}))
		assert.Equal(t, map[string]int64{
			"input": 1000, "input_cache_creation_5m": 600, "input_cache_creation_1h": 400, "output": 10, "total": 2010,
		}, o.Usage)
	})
	t.Run("7 a cost of cache writes has the name of their tokens", func(t *testing.T) {
		for name, tokens := range map[string]map[string]any{
			"input_cache_creation":    {},
			"input_cache_creation_1h": {"gen_ai.usage.cache_creation.1h_input_tokens": 1000},
			"input_cache_creation_5m": {"gen_ai.usage.cache_creation.5m_input_tokens": 1000},
		} {
			attributes := chat(map[string]any{
				"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 10, "gen_ai.usage.cache_creation.input_tokens": 1000,
				"gen_ai.usage.cost": 0.4, "llm.cost.total": 0.4, "llm.cost.prompt_details.cache_write": 0.3, "llm.cost.completion_details.output": 0.1,
			})
			maps.Copy(attributes, tokens)
			assert.Equal(t, map[string]float64{name: 0.3, "output": 0.1, "total": 0.4}, one(t, nil, "test", attributes).Cost)
		}
	})
	t.Run("8 modalities are parts", func(t *testing.T) {
		o := one(t, nil, "@mastra/otel-exporter", chat(map[string]any{
			"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 300,
			"gen_ai.usage.audio_input_tokens": 200, "gen_ai.usage.audio_output_tokens": 100,
		}))
		assert.Equal(t, map[string]int64{"input": 800, "input_audio_tokens": 200, "output": 200, "output_audio_tokens": 100, "total": 1300}, o.Usage)
	})
	t.Run("9 Anthropic's input without what was cached", func(t *testing.T) {
		o := one(t, nil, "test", chat(map[string]any{
			"gen_ai.usage.input_tokens": 5, "gen_ai.usage.cache_read_input_tokens": 128955, "gen_ai.usage.output_tokens": 20,
		}))
		assert.Equal(t, map[string]int64{"input": 5, "input_cached_tokens": 128955, "output": 20, "total": 128980}, o.Usage)
	})
	t.Run("24 an agent has no usage", func(t *testing.T) {
		b := newBatch("test")
		b.span(1, 0, "agent", map[string]any{"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.cost": 1.0, "gen_ai.request.model": "gpt-4o"})
		b.span(2, 1, "call", chat(map[string]any{"gen_ai.usage.input_tokens": 100, "gen_ai.usage.cost": 1.0}))
		stored := byName(t, send(t, nil, b.traces))
		assert.Equal(t, "AGENT", stored["agent"].Type)
		assert.Empty(t, stored["agent"].Usage)
		assert.Empty(t, stored["agent"].Cost)
		assert.Empty(t, stored["agent"].Model)
		assert.EqualValues(t, 100, stored["call"].Usage["total"])
	})
	t.Run("24 an agent that is the only one to tell keeps its usage where that is asked for", func(t *testing.T) {
		o := one(t, func(c *Config) { c.Mapping.AgentUsage = "keep" }, "test", map[string]any{
			"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.cost": 1.0,
		})
		assert.Equal(t, "AGENT", o.Type)
		assert.EqualValues(t, 100, o.Usage["total"])
		assert.InDelta(t, 1, o.TotalCost, 0)
	})
}

func TestGoldenTraceFields(t *testing.T) {
	t.Run("3 an empty list makes no tags", func(t *testing.T) {
		assert.Empty(t, one(t, nil, "test", chat(map[string]any{"langfuse.trace.tags": []any{}, "other": []any{}})).Tags)
	})
	t.Run("10 an environment is made valid", func(t *testing.T) {
		for stated, want := range map[string]string{"Prod EU": "prod-eu", "prod.eu": "prod-eu", "langfuse-x": "x", "PROD": "prod"} {
			assert.Equal(t, want, one(t, nil, "test", chat(map[string]any{"deployment.environment.name": stated})).Environment, stated)
			assert.Equal(t, want, one(t, nil, "test", chat(map[string]any{"langfuse.environment": stated})).Environment, stated)
		}
	})
	t.Run("12 a long trace name is cut", func(t *testing.T) {
		assert.Len(t, one(t, nil, "test", chat(map[string]any{"langfuse.trace.name": strings.Repeat("n", 1200)})).TraceName, 200)
		assert.Len(t, one(t, nil, "test", chat(nil), func(span ptrace.Span) { span.SetName(strings.Repeat("n", 1200)) }).TraceName, 200)
	})
	t.Run("13 a version is text", func(t *testing.T) {
		b := newBatch("test")
		b.rs.Resource().Attributes().PutInt("service.version", 7)
		b.span(1, 0, "call", chat(nil))
		o := send(t, nil, b.traces)[0]
		assert.Equal(t, "7", o.Version)
		assert.Equal(t, "7", o.Release)
		b.rs.Resource().Attributes().PutStr("vcs.ref.head.revision", "f00d")
		assert.Equal(t, "f00d", send(t, nil, b.traces)[0].Release)
		release := func(c *Config) { c.ReleaseFrom = []string{"service.name"} }
		assert.Equal(t, "shop", send(t, release, b.traces)[0].Release)
	})
	t.Run("17 all spans have the fields of the root", func(t *testing.T) {
		b := newBatch("test")
		b.span(3, 2, "call", chat(nil))
		b.span(2, 1, "agent", map[string]any{"gen_ai.operation.name": "invoke_agent", "session.id": "own"})
		b.span(1, 0, "root", map[string]any{
			"gen_ai.operation.name": "invoke_workflow", "user.id": "u1", "session.id": "s1", "langfuse.trace.tags": []any{"a", "b"},
			"langfuse.trace.name": "checkout", "langfuse.trace.metadata.team": "blue",
			"langfuse.environment": "prod", "langfuse.release": "r1", "langfuse.version": "v1",
		})
		stored := byName(t, send(t, nil, b.traces))
		for name, o := range stored {
			assert.Equal(t, "u1", o.UserID, name)
			assert.Equal(t, []string{"a", "b"}, o.Tags, name)
			assert.Equal(t, "checkout", o.TraceName, name)
			assert.Equal(t, "blue", o.Metadata["team"], name)
			assert.Equal(t, []string{"prod", "r1", "v1"}, []string{o.Environment, o.Release, o.Version}, name)
			assert.Equal(t, "shop", o.Metadata["service.name"], name)
		}
		assert.Equal(t, "s1", stored["root"].SessionID)
		assert.Equal(t, "own", stored["agent"].SessionID)
		assert.Equal(t, "own", stored["call"].SessionID, "of the nearest span above")
	})
	t.Run("18 Langfuse's attributes of a resource", func(t *testing.T) {
		b := newBatch("test")
		require.NoError(t, b.rs.Resource().Attributes().FromRaw(map[string]any{
			"langfuse.user.id": "u1", "langfuse.session.id": "s1", "langfuse.trace.name": "checkout", "langfuse.version": "v2",
			"langfuse.trace.tags": []any{"a"}, "langfuse.trace.metadata.team": "blue",
		}))
		b.span(1, 0, "call", chat(nil))
		o := send(t, nil, b.traces)[0]
		assert.Equal(t, []any{"u1", "s1", "checkout", "v2", "blue"}, []any{o.UserID, o.SessionID, o.TraceName, o.Version, o.Metadata["team"]})
		assert.Equal(t, []string{"a"}, o.Tags)
	})
}

func TestGoldenObservation(t *testing.T) {
	t.Run("11 a prompt needs a name and an integer", func(t *testing.T) {
		prompt := func(version any) *langfusetest.Observation {
			attributes := chat(map[string]any{"langfuse.observation.prompt.name": "greet"})
			if version != nil {
				attributes["langfuse.observation.prompt.version"] = version
			}
			return one(t, nil, "test", attributes)
		}
		for _, version := range []any{3, "3"} {
			o := prompt(version)
			assert.Equal(t, "greet", o.PromptName)
			assert.Equal(t, 3, o.PromptVersion)
		}
		for _, version := range []any{nil, "abc", -1, 70000, 1.5} {
			o := prompt(version)
			assert.Empty(t, o.PromptName, version)
			assert.Equal(t, "greet", o.Metadata["prompt_name"], version)
		}
	})
	t.Run("14 a status message is text, and an exception is one", func(t *testing.T) {
		assert.Equal(t, "7", one(t, nil, "test", chat(map[string]any{"langfuse.observation.status_message": 7})).StatusMessage)
		o := one(t, nil, "test", chat(nil), func(span ptrace.Span) {
			span.Status().SetCode(ptrace.StatusCodeError)
			event := span.Events().AppendEmpty()
			event.SetName("exception")
			event.Attributes().PutStr("exception.type", "TimeoutError")
			event.Attributes().PutStr("exception.message", "no answer")
			event.Attributes().PutStr("exception.stacktrace", "at main")
		})
		assert.Equal(t, "ERROR", o.Level)
		assert.Equal(t, "TimeoutError: no answer", o.StatusMessage)
		assert.Equal(t, "at main", o.Metadata["exception_stacktrace"])
	})
	t.Run("15 the first token, in the unit of each attribute", func(t *testing.T) {
		for _, attributes := range []map[string]any{
			{"gen_ai.response.time_to_first_chunk": 0.25},
			{"gen_ai.server.time_to_first_token": 0.25},
			{"ai.response.msToFirstChunk": 250.0},
			{"mastra.completion_start_time": "2026-11-22T11:00:00.251+01:00"},
			{"langfuse.observation.completion_start_time": `"2026-11-22T10:00:00.251Z"`},
		} {
			assert.Equal(t, "2026-11-22T10:00:00.251000Z", one(t, nil, "test", chat(attributes)).CompletionStartTime, attributes)
		}
		o := one(t, nil, "test", chat(nil), func(span ptrace.Span) {
			event := span.Events().AppendEmpty()
			event.SetName("First Token Stream Event")
			event.SetTimestamp(pcommon.NewTimestampFromTime(span.StartTimestamp().AsTime().Add(250 * time.Millisecond)))
		})
		assert.Equal(t, "2026-11-22T10:00:00.251000Z", o.CompletionStartTime)
		assert.Empty(t, one(t, nil, "test", chat(map[string]any{"gen_ai.response.time_to_first_chunk": 3600.0})).CompletionStartTime)
		assert.Empty(t, one(t, nil, "test", chat(map[string]any{"langfuse.observation.completion_start_time": "soon"})).CompletionStartTime)
	})
	t.Run("19 a retrieval with a model is a retriever", func(t *testing.T) {
		o := one(t, nil, "test", map[string]any{
			"gen_ai.operation.name": "retrieval", "gen_ai.request.model": "text-embedding-3-small",
			"gen_ai.retrieval.query.text": "shoes", "gen_ai.retrieval.documents": []any{map[string]any{"id": "d1", "score": 0.5}},
		})
		assert.Equal(t, "RETRIEVER", o.Type)
		assert.Equal(t, "shoes", o.InputText())
		assert.JSONEq(t, `[{"id":"d1","score":0.5}]`, o.OutputText())
	})
	t.Run("20 a database span with a model is none of ours, or a span", func(t *testing.T) {
		b := newBatch("pg")
		b.span(1, 0, "SELECT", map[string]any{"db.system": "postgresql", "model": "User"})
		assert.Empty(t, send(t, nil, b.traces))
		stored := send(t, func(c *Config) { c.Filter.Mode = "all" }, b.traces)
		require.Len(t, stored, 1)
		assert.Equal(t, "SPAN", stored[0].Type)
		assert.Empty(t, stored[0].Model)
		assert.Equal(t, "User", stored[0].Metadata["model"], "it is the name of a table")
	})
	t.Run("21 what Langfuse's attributes say stays", func(t *testing.T) {
		o := one(t, nil, "langfuse-sdk", map[string]any{
			"langfuse.observation.type": "evaluator", "langfuse.observation.input": `[{"role":"user","parts":[]}]`, "langfuse.observation.output": "out",
			"langfuse.observation.model.name": "mine", "langfuse.observation.usage_details": `{"input":1,"x_output":2}`, "langfuse.observation.level": "WARNING",
			"langfuse.observation.metadata.k": "v", "langfuse.user.id": "u", "user.id": "other", "gen_ai.operation.name": "chat", "gen_ai.response.model": "theirs",
			"gen_ai.usage.input_tokens": 77, "langfuse.observation.model.parameters": `{"a":1}`,
		})
		assert.Equal(t, []any{"EVALUATOR", `[{"role":"user","parts":[]}]`, "out", "mine", "WARNING", "v", "u"},
			[]any{o.Type, o.InputText(), o.OutputText(), o.Model, o.Level, o.Metadata["k"], o.UserID})
		assert.Equal(t, map[string]int64{"input": 1, "x_output": 2, "total": 3}, o.Usage)
		assert.Equal(t, map[string]any{"a": 1.0}, o.ModelParameters)
	})
	t.Run("23 a span without ids stays behind", func(t *testing.T) {
		b := newBatch("test")
		b.span(1, 0, "good", chat(nil))
		b.span(2, 0, "bad", chat(nil)).SetSpanID(pcommon.SpanID{})
		stored := send(t, nil, b.traces)
		require.Len(t, stored, 1)
		assert.Equal(t, "good", stored[0].Name)
	})
}

func TestGoldenRootIsFilteredAway(t *testing.T) {
	b := newBatch("http")
	b.span(1, 0, "POST /tickets", map[string]any{"user.id": "u1"})
	b.span(2, 1, "middleware", nil)
	b.scope("test")
	b.span(3, 2, "agent one", map[string]any{"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "questions"})
	b.span(4, 3, "call", chat(nil))
	b.scope("http")
	b.span(5, 4, "POST", nil)
	b.scope("test")
	b.span(6, 5, "tool", map[string]any{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "tool"})
	b.span(7, 2, "agent two", map[string]any{"gen_ai.operation.name": "invoke_agent"})
	stored := byName(t, send(t, nil, b.traces))
	require.Len(t, stored, 4)
	for _, name := range []string{"agent one", "agent two"} {
		o := stored[name]
		assert.True(t, o.Root && o.LegacyRoot, name)
		assert.Empty(t, o.ParentID)
		assert.Equal(t, spanID(2).String(), o.Metadata["original_parent_span_id"])
	}
	assert.Equal(t, spanID(4).String(), stored["tool"].ParentID, "the nearest ancestor that is sent")
	assert.False(t, stored["tool"].Root)
	assert.Equal(t, spanID(5).String(), stored["tool"].Metadata["original_parent_span_id"])
	for name, o := range stored {
		assert.Equal(t, "u1", o.UserID, name)
		assert.Equal(t, "POST /tickets", o.TraceName, "two roots are sent: the name of the one above both")
	}
}

// TestWhatLLMCostSaysCounts: it has seen the whole batch, and may know better.
func TestWhatLLMCostSaysCounts(t *testing.T) {
	b := newBatch("test")
	b.span(1, 0, "priced", chat(map[string]any{"gen_ai.usage.input_tokens": 100, "gen_ai.response.id": "r", "llmcost.status": "priced"}))
	b.span(2, 1, "duplicate", chat(map[string]any{"gen_ai.usage.input_tokens": 100, "gen_ai.response.id": "r", "llmcost.status": "duplicate"}))
	stored := byName(t, send(t, nil, b.traces))
	assert.EqualValues(t, 100, stored["priced"].Usage["total"])
	assert.Empty(t, stored["duplicate"].Usage)
	assert.Empty(t, stored["duplicate"].Model, "or the server would count its words")
}

func TestACostOfZero(t *testing.T) {
	usage := map[string]any{"gen_ai.usage.input_tokens": 100, "gen_ai.usage.cost": 0.0}
	assert.Empty(t, one(t, nil, "test", chat(usage)).Cost, "clients write it for a model that they do not know")
	usage["llmcost.status"] = "free"
	assert.Equal(t, map[string]float64{"total": 0}, one(t, nil, "test", chat(usage)).Cost)
}

// TestGenkitLiveKitAndFlueAreLeftToTheServer: it has mappers for them, which a type of
// ours would switch off.
func TestGenkitLiveKitAndFlueAreLeftToTheServer(t *testing.T) {
	mapped := func(scope string, attributes map[string]any) map[string]any {
		b := newBatch(scope)
		b.span(1, 0, "span", attributes)
		config := createDefaultConfig().(*Config)
		config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
		e, err := newExporter(config, exportertest.NewNopSettings(metadata.Type))
		require.NoError(t, err)
		shipments, _ := e.prepare(t.Context(), b.traces)
		return shipments[0].traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().AsRaw()
	}
	for scope, attributes := range map[string]map[string]any{
		"genkit-tracer":       {"genkit:type": "action", "genkit:metadata:subtype": "tool", "genkit:input": "{}"},
		"livekit-agents":      {"lk.function_tool.name": "find", "lk.function_tool.arguments": "{}"},
		"my-tracer":           {"genkit:type": "action", "genkit:metadata:subtype": "model"},
		"@flue/opentelemetry": {"flue.operation.kind": "prompt", "flue.operation.result": "done"},
		"flue":                {"flue.task.id": "1", "flue.task.agent": "reader"},
	} {
		sent := mapped(scope, attributes)
		assert.NotContains(t, sent, mapping.TypeKey, scope)
		assert.Subset(t, sent, attributes, scope)
	}
	assert.Equal(t, "agent", mapped("livekit-agents", map[string]any{"gen_ai.operation.name": "invoke_agent"})[mapping.TypeKey])
	assert.Equal(t, "retriever", mapped("genkit-tracer", map[string]any{"genkit:type": "action", mapping.TypeKey: "retriever"})[mapping.TypeKey])
	assert.Equal(t, "span", mapped("crewai", nil)[mapping.TypeKey])
}
