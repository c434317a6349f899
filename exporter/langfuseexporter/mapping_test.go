package langfuseexporter

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// sent maps one span and returns the attributes of what is sent, of the span itself
// and of others that are made of its events.
func sent(t *testing.T, change func(*Config), attributes map[string]any, more ...func(ptrace.Span)) []map[string]any {
	t.Helper()
	b := newBatch("test")
	span := b.span(1, 0, "span", attributes)
	for _, f := range more {
		f(span)
	}
	shipments, _ := prepared(t, b, change)
	var all []map[string]any
	for _, span := range shipments[0].traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
		all = append(all, span.Attributes().AsRaw())
	}
	return all
}

// TestWhatEachOptionOfMappingDoes has one span that says something to each of them.
func TestWhatEachOptionOfMappingDoes(t *testing.T) {
	const (
		input  = `[{"role":"user","parts":[{"type":"text","content":"hi"}]}]`
		chatML = `[{"role":"user","content":"hi"}]`
		event  = "langfuse.observation.metadata.events"
	)
	attributes := chat(map[string]any{
		"gen_ai.response.model": "openrouter/openai/gpt-4o", "gen_ai.input.messages": input,
		"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5, "gen_ai.usage.cost": 0.5,
		"x.one": "1", "x.two": "2", "y": "3", "who": "ann", "where": "s1", "what": "checkout", "labels": []any{"a"},
	})
	add := func(span ptrace.Span) { span.Events().AppendEmpty().SetName("cache miss") }
	for name, c := range map[string]struct {
		change func(*MappingConfig)
		want   map[string]any // nil is absent
	}{
		"messages: chatml": {func(*MappingConfig) {}, map[string]any{"langfuse.observation.input": chatML, "gen_ai.input.messages": nil}},
		"messages: json":   {func(c *MappingConfig) { c.Messages = "json" }, map[string]any{"langfuse.observation.input": input, "gen_ai.input.messages": nil}},
		"messages: off":    {func(c *MappingConfig) { c.Messages = "off" }, map[string]any{"langfuse.observation.input": nil, "gen_ai.input.messages": input}},
		"drop_source":      {func(c *MappingConfig) { c.DropSource = false }, map[string]any{"langfuse.observation.input": chatML, "gen_ai.input.messages": input}},
		"usage: true":      {func(*MappingConfig) {}, map[string]any{mapping.UsageKey: `{"input":10,"output":5,"total":15}`, "gen_ai.usage.input_tokens": nil}},
		"usage: false":     {func(c *MappingConfig) { c.Usage = false }, map[string]any{mapping.UsageKey: nil, "gen_ai.usage.input_tokens": int64(10)}},
		"cost: auto":       {func(*MappingConfig) {}, map[string]any{mapping.CostKey: `{"total":0.5}`, "gen_ai.usage.cost": nil}},
		"cost: never":      {func(c *MappingConfig) { c.Cost = "never" }, map[string]any{mapping.CostKey: nil, "gen_ai.usage.cost": nil}},
		"span_events":      {func(c *MappingConfig) { c.SpanEvents = "drop" }, map[string]any{event: nil}},
		"model: response":  {func(*MappingConfig) {}, map[string]any{"langfuse.observation.model.name": "openrouter/openai/gpt-4o"}},
		"model: request":   {func(c *MappingConfig) { c.ModelName = "request" }, map[string]any{"langfuse.observation.model.name": "gpt-4o", "langfuse.observation.metadata.model": "openrouter/openai/gpt-4o"}},
		"model: strip":     {func(c *MappingConfig) { c.ModelName = "strip_prefix" }, map[string]any{"langfuse.observation.model.name": "gpt-4o", "langfuse.observation.metadata.model": "openrouter/openai/gpt-4o"}},
		"trace_io: false":  {func(*MappingConfig) {}, map[string]any{"langfuse.trace.input": nil}},
		"trace_io":         {func(c *MappingConfig) { c.TraceIO = true }, map[string]any{"langfuse.trace.input": chatML}},
		"metadata": {func(c *MappingConfig) { c.MetadataAttributes = []string{"x.*", "gen_ai.request.model"} }, map[string]any{
			"langfuse.observation.metadata.x.one": "1", "langfuse.observation.metadata.x.two": "2", "langfuse.observation.metadata.request_model": "gpt-4o", "langfuse.observation.metadata.operation_name": nil,
		}},
		"trace metadata": {func(c *MappingConfig) { c.TraceMetadataAttributes = []string{"y", "x.*"} }, map[string]any{
			"langfuse.trace.metadata.y": "3", "langfuse.trace.metadata.x.one": "1", "langfuse.trace.metadata.service.name": nil,
		}},
		"names": {func(c *MappingConfig) {
			c.UserIDFrom, c.SessionIDFrom, c.TraceNameFrom, c.TagsFrom = []string{"nobody", "who"}, []string{"where"}, []string{"what"}, []string{"labels"}
		}, map[string]any{"langfuse.user.id": "ann", "langfuse.session.id": "s1", "langfuse.trace.name": "checkout", "langfuse.trace.tags": []any{"a"}}},
	} {
		t.Run(name, func(t *testing.T) {
			all := sent(t, func(config *Config) { c.change(&config.Mapping) }, attributes, add)
			require.Len(t, all, 1)
			for key, want := range c.want {
				assert.Equal(t, want, all[0][key], key)
			}
		})
	}
	t.Run("span_events: metadata", func(t *testing.T) {
		assert.Contains(t, sent(t, nil, attributes, add)[0][event], `"name":"cache miss"`)
	})
	t.Run("span_events: observations", func(t *testing.T) {
		all := sent(t, func(c *Config) { c.Mapping.SpanEvents = "observations" }, attributes, add)
		require.Len(t, all, 2)
		assert.NotContains(t, all[0], event)
		assert.Equal(t, "event", all[1][mapping.TypeKey])
	})
}

// TestWithoutMappingNothingIsAdded but what other sections of the configuration say.
func TestWithoutMappingNothingIsAdded(t *testing.T) {
	attributes := chat(map[string]any{"gen_ai.input.messages": []any{map[string]any{"role": "user"}}, "user.id": "ann", "tags": []any{}, "n": int64(1)})
	want := chat(map[string]any{"gen_ai.input.messages": `[{"role":"user"}]`, "user.id": "ann", "n": int64(1)})
	off := func(c *Config) { c.Mapping.Enabled, c.Propagate.Enabled = false, false }
	assert.Equal(t, []map[string]any{want}, sent(t, off, attributes))
	want["langfuse.environment"] = "prod"
	assert.Equal(t, []map[string]any{want}, sent(t, func(c *Config) { off(c); c.Environment = "prod" }, attributes))
	assert.Equal(t, "ann", sent(t, func(c *Config) { c.Mapping.Enabled = false }, attributes)[0]["langfuse.user.id"])
}

// TestWhatAnApplicationStatesOfItsOwnTokensStays on a span of any type, unless another
// span states them too.
func TestWhatAnApplicationStatesOfItsOwnTokensStays(t *testing.T) {
	own := func(kind string) map[string]any {
		return map[string]any{
			"langfuse.observation.type": kind, mapping.UsageKey: `{"input":10,"output":5,"total":15}`, mapping.CostKey: `{"total":0.5}`, "langfuse.observation.model.name": "mine",
		}
	}
	for _, kind := range []string{"agent", "chain", "span", "tool", "event", "generation"} {
		o := one(t, nil, "langfuse-sdk", own(kind))
		assert.EqualValues(t, 15, o.Usage["total"], kind)
		assert.InDelta(t, 0.5, o.TotalCost, 0, kind)
		assert.Equal(t, "mine", o.Model, kind)
	}
	t.Run("of an agent whose operation the server discards", func(t *testing.T) {
		agent := own("agent")
		agent["gen_ai.operation.name"] = "invoke_agent"
		o := one(t, func(c *Config) { c.Mapping.AgentUsage = "keep" }, "langfuse-sdk", agent)
		assert.EqualValues(t, 15, o.Usage["total"])
		assert.InDelta(t, 0.5, o.TotalCost, 0)
	})
	t.Run("but not beside the calls that it sums up", func(t *testing.T) {
		b := newBatch("langfuse-sdk")
		b.span(1, 0, "agent", own("agent"))
		b.span(2, 1, "call", own("generation"))
		stored := byName(t, send(t, nil, b.traces))
		assert.Empty(t, stored["agent"].Usage)
		assert.Empty(t, stored["agent"].Cost)
		assert.EqualValues(t, 15, stored["call"].Usage["total"])
	})
	t.Run("nor where llm_cost has seen them twice", func(t *testing.T) {
		call := own("generation")
		call["llmcost.status"] = "duplicate"
		assert.Empty(t, one(t, nil, "langfuse-sdk", call).Usage)
	})
	t.Run("llm_cost takes every agent to sum up calls", func(t *testing.T) {
		agent := own("agent")
		agent["llmcost.status"] = "rollup"
		assert.EqualValues(t, 15, one(t, nil, "langfuse-sdk", agent).Usage["total"])
		b := newBatch("langfuse-sdk")
		b.span(1, 0, "agent", agent)
		b.span(2, 1, "call", own("generation"))
		assert.Empty(t, byName(t, send(t, nil, b.traces))["agent"].Usage)
	})
}

// TestTheInputOfATrace stands on its root in Langfuse's SDKs of 2025; newer servers
// show that of the root itself (langfuse reference 2.2).
func TestTheInputOfATrace(t *testing.T) {
	o := one(t, nil, "http", map[string]any{"langfuse.trace.input": "why?", "langfuse.trace.output": "so"})
	assert.Equal(t, []any{"why?", "so"}, []any{o.InputText(), o.OutputText()}, "such a span is none of the noise")
	o = one(t, nil, "test", chat(map[string]any{"langfuse.trace.input": "why?", "gen_ai.output.messages": `[{"role":"assistant","content":"so"}]`}))
	assert.Equal(t, []any{"why?", `{"role":"assistant","content":"so"}`}, []any{o.InputText(), o.OutputText()})
	b := newBatch("test")
	b.span(1, 0, "root", chat(map[string]any{"langfuse.observation.input": "mine", "langfuse.trace.input": "why?"}))
	b.span(2, 1, "below", chat(map[string]any{"langfuse.trace.input": "why?"}))
	stored := byName(t, send(t, nil, b.traces))
	assert.Equal(t, "mine", stored["root"].InputText())
	assert.Empty(t, stored["below"].InputText(), "it is the trace's, and not this span's")
}

// TestWhatLangChainsMetadataSays about the trace, in which Langfuse has keys of its own.
func TestWhatLangChainsMetadataSays(t *testing.T) {
	for _, prefix := range []string{"langfuse.observation.metadata.", "langfuse.trace.metadata."} {
		b := newBatch("langfuse-sdk")
		b.span(1, 0, "root", map[string]any{
			"langfuse.observation.type": "chain", prefix + "langfuse_user_id": "ann", prefix + "langfuse_session_id": "s1", prefix + "langfuse_tags": []any{"a"},
		})
		b.span(2, 1, "call", chat(nil))
		for name, o := range byName(t, send(t, nil, b.traces)) {
			assert.Equal(t, []any{"ann", "s1", []string{"a"}}, []any{o.UserID, o.SessionID, o.Tags}, prefix+name)
		}
	}
}

// TestMetadataOfATraceInOneObject is on all of its spans too.
func TestMetadataOfATraceInOneObject(t *testing.T) {
	for _, key := range []string{"langfuse.trace.metadata", "langfuse.metadata"} {
		b := newBatch("test")
		b.span(1, 0, "root", chat(map[string]any{key: `{"team":"blue","prompt":"mine"}`, "langfuse.trace.metadata.other": "x"}))
		b.span(2, 1, "call", chat(nil))
		for name, o := range byName(t, send(t, nil, b.traces)) {
			assert.Equal(t, []any{"blue", "mine", "x"}, []any{o.Metadata["team"], o.Metadata["prompt"], o.Metadata["other"]}, key+name)
		}
	}
}

// TestMetadataOfAnApplicationIsNotLost, whatever it is called: only what has become a
// field is no metadata any more.
func TestMetadataOfAnApplicationIsNotLost(t *testing.T) {
	o := one(t, nil, "test", chat(map[string]any{
		"langfuse.metadata.version": "a", "traceloop.association.properties.environment": "b", "langsmith.metadata.userId": "c", "mastra.metadata.traceName": "name", "mastra.metadata.userId": "ann",
	}))
	assert.Equal(t, []any{"a", "b", "c", "name", "ann"}, []any{o.Metadata["version"], o.Metadata["environment"], o.Metadata["userId"], o.TraceName, o.UserID})
	assert.NotContains(t, o.Metadata, "traceName")
	assert.NotContains(t, o.Attributes, "mastra.metadata.userId")
	o = one(t, func(c *Config) { c.Mapping.UserIDFrom = []string{"who"} }, "test", chat(map[string]any{"mastra.metadata.userId": "ann"}))
	assert.Equal(t, []any{"", "ann"}, []any{o.UserID, o.Metadata["userId"]})
}

// TestNamesThatLiteLLMWrites where the server does not read them.
func TestNamesThatLiteLLMWrites(t *testing.T) {
	for _, key := range []string{"langfuse.generation.name", "langfuse.span.name"} {
		assert.Equal(t, "summarize", one(t, nil, "litellm", chat(map[string]any{key: "summarize"})).Name, key)
	}
}

// TestWhatMastrasOwnExporterDoes has the rules of @mastra/langfuse, in the order of the
// mastra reference 6.6. Its environment, release and headers are options of ours too.
func TestWhatMastrasOwnExporterDoes(t *testing.T) {
	b := newBatch("@mastra/otel-exporter")
	common := map[string]any{
		"mastra.metadata.langfuse": `{"prompt":{"name":"greet","version":3},"team":"blue"}`, "mastra.metadata.userId": "ann", "mastra.metadata.threadId": "t1",
		"mastra.metadata.traceName": "support", "mastra.metadata.version": "v7", "mastra.metadata.tenant": "acme", "mastra.tags": []any{"x"},
	}
	with := func(more map[string]any) map[string]any {
		maps.Copy(more, common)
		return more
	}
	b.span(1, 0, "invoke_agent helper", with(map[string]any{
		"mastra.span.type": "agent_run", "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.id": "a1", "gen_ai.agent.name": "helper",
		"mastra.agent_run.input": `[{"role":"user","content":"hi"}]`, "mastra.agent_run.output": `{"text":"ho"}`,
	}))
	b.span(2, 1, "chat gpt-4o", with(chat(map[string]any{
		"mastra.span.type": "model_inference", "mastra.completion_start_time": "2026-11-22T10:00:00.500Z", "mastra.metadata.sessionId": "s1",
		"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5, "gen_ai.usage.cost": 0.25,
	})))
	b.spanOf(2, 3, 0, "invoke_workflow onboarding", map[string]any{"mastra.span.type": "workflow_run", "gen_ai.operation.name": "invoke_workflow", "mastra.workflow_run.input": `{"a":1}`})
	stored := byName(t, send(t, func(c *Config) { c.Mapping.TraceIO = true }, b.traces))
	agent, call, workflow := stored["invoke_agent helper"], stored["chat gpt-4o"], stored["invoke_workflow onboarding"]

	assert.Equal(t, []any{"greet", 3}, []any{call.PromptName, call.PromptVersion})
	assert.Equal(t, "2026-11-22T10:00:00.500000Z", call.CompletionStartTime)
	for _, o := range []*langfusetest.Observation{agent, call} {
		assert.Equal(t, []any{"ann", "support", "v7", []string{"x"}}, []any{o.UserID, o.TraceName, o.Version, o.Tags}, o.Name)
		assert.Equal(t, []any{"blue", "acme", "a1", "helper"}, []any{o.Metadata["team"], o.Metadata["tenant"], o.Metadata["agentId"], o.Metadata["agentName"]}, o.Name)
		assert.NotContains(t, o.Metadata, "userId", o.Name)
	}
	assert.Equal(t, []any{"t1", "s1"}, []any{agent.SessionID, call.SessionID}, "the thread where there is no session")
	assert.Equal(t, []any{"agent_run", "invoke_agent"}, []any{agent.Metadata["spanType"], agent.Metadata["operationName"]})
	assert.Equal(t, []any{"model_inference", "chat"}, []any{call.Metadata["spanType"], call.Metadata["operationName"]})
	assert.JSONEq(t, `[{"role":"user","content":"hi"}]`, agent.InputText())
	assert.JSONEq(t, `{"text":"ho"}`, agent.OutputText())
	assert.InDelta(t, 0.25, call.TotalCost, 0)
	assert.Equal(t, []any{"onboarding", "onboarding", "onboarding"}, []any{workflow.TraceName, workflow.Metadata["workflowId"], workflow.Metadata["workflowName"]})
	assert.JSONEq(t, `{"a":1}`, workflow.InputText())
}

// TestWhatMastraSaysToLangfuseAlone is in one object of its metadata (mastra
// reference 6.6).
func TestWhatMastraSaysToLangfuseAlone(t *testing.T) {
	for _, object := range []any{
		`{"prompt":{"name":"greet","version":3},"team":"blue","size":7,"more":{"a":1}}`,
		map[string]any{"prompt": map[string]any{"name": "greet", "version": 3}, "team": "blue", "size": 7, "more": map[string]any{"a": 1}},
	} {
		o := one(t, nil, "@mastra/otel-exporter", map[string]any{
			"mastra.span.type": "model_inference", "gen_ai.operation.name": "chat", "mastra.metadata.langfuse": object, "mastra.metadata.runId": "r1",
		})
		assert.Equal(t, []any{"greet", 3}, []any{o.PromptName, o.PromptVersion})
		assert.Equal(t, []any{"blue", 7.0, `{"a":1}`, "r1"}, []any{o.Metadata["team"], o.Metadata["size"], o.Metadata["more"], o.Metadata["runId"]})
		assert.NotContains(t, o.Metadata, "prompt")
		assert.NotContains(t, o.Metadata, "langfuse")
	}
}

// TestWhatAFieldDoesNotTakeStaysInMetadata: of several sessions and users that a span
// names one becomes the field, and no other is lost.
func TestWhatAFieldDoesNotTakeStaysInMetadata(t *testing.T) {
	long := strings.Repeat("x", 300)
	o := one(t, nil, "test", chat(map[string]any{
		"user.id": "ann", "mastra.metadata.userId": "bob", "traceloop.association.properties.user_id": "ann",
		"mastra.metadata.sessionId": "s1", "mastra.metadata.threadId": "t1", "langsmith.metadata.thread_id": "s1",
		"mastra.metadata.traceName": long, "mastra.metadata.environment": map[string]any{"name": "prod"},
		"langfuse.trace.tags": []any{"a"}, "mastra.tags": []any{"a", "b"}, "langfuse.version": "2", "langfuse.trace.version": "3",
	}))
	assert.Equal(t, []any{"ann", "s1", []string{"a"}, "2"}, []any{o.UserID, o.SessionID, o.Tags, o.Version})
	assert.Equal(t, "bob", o.Metadata["userId"])
	assert.Equal(t, "t1", o.Metadata["threadId"])
	assert.Equal(t, long, o.Metadata["traceName"])
	assert.Contains(t, fmt.Sprint(o.Metadata["environment"]), "prod")
	assert.Contains(t, fmt.Sprint(o.Metadata["mastra.tags"]), "b")
	assert.Equal(t, "3", fmt.Sprint(o.Metadata["langfuse.trace.version"]))
	assert.NotContains(t, o.Metadata, "user_id")
	assert.NotContains(t, o.Metadata, "thread_id")
}

// TestNumbersInObjectsStayExact has numbers of more digits than a double has.
func TestNumbersInObjectsStayExact(t *testing.T) {
	const object = `{"guild":1234567890123456789,"deep":{"id":1234567890123456789},"list":[1234567890123456789],"n":5,"f":1.5,"huge":123456789012345678901}`
	for _, key := range []string{"langfuse.trace.metadata", "mastra.metadata.langfuse"} {
		o := one(t, nil, "test", chat(map[string]any{key: object, "langfuse.trace.tags": `["x",1234567890123456789]`}))
		for _, member := range []string{"guild", "deep", "list"} {
			assert.Contains(t, fmt.Sprint(o.Metadata[member]), "1234567890123456789", key, member)
		}
		assert.Contains(t, fmt.Sprint(o.Metadata["huge"]), "123456789012345678901", key)
		assert.Equal(t, []any{"5", "1.5"}, []any{fmt.Sprint(o.Metadata["n"]), fmt.Sprint(o.Metadata["f"])}, key)
		assert.Equal(t, []string{"x", "1234567890123456789"}, o.Tags)
	}
}
