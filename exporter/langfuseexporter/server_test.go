package langfuseexporter

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// What the server's own code made of requests of this exporter, where that was less
// than a user would want to see.

// TestNoAttributeLosesARequest: the server maps a request as a whole, and throws an
// error on these. The fake then stores nothing, and says which attribute it was.
func TestNoAttributeLosesARequest(t *testing.T) {
	values := map[string][]any{
		"events":                    {"5", "[null]", `{"a":1}`, "null", []any{nil, "x"}, map[string]any{"a": 1}, []byte{0xd7, 0x6d}, int64(math.MaxInt64)},
		"operation.name":            {5, true, []any{"a"}, 0},
		"ai.operationId":            {5, []any{"a"}},
		"openinference.span.kind":   {"constructor", "toString"},
		"gen_ai.operation.name":     {"valueOf"},
		"genkit:metadata:subtype":   {"hasOwnProperty"},
		"langfuse.observation.type": {"constructor"},
		"ttft_ms":                   {int64(math.MaxInt64), "1e300"},
	}
	for _, scope := range []string{"test", "genkit-tracer", "livekit-agents", "com.anthropic.claude_code.tracing"} {
		for _, enabled := range []bool{true, false} {
			t.Run(fmt.Sprint(scope, " mapping ", enabled), func(t *testing.T) {
				b := newBatch(scope)
				b.span(1, 0, "good", nil)
				id := byte(1)
				for key, all := range values {
					for _, value := range all {
						id++
						b.span(id, 0, "bad", map[string]any{key: value})
					}
				}
				assert.Len(t, send(t, func(c *Config) { c.Filter.Mode, c.Mapping.Enabled = "all", enabled }, b.traces), int(id))
			})
		}
	}
}

// TestNoAttributeLosesItsSpan on v3, whose schema is strict: the fake says so.
func TestNoAttributeLosesItsSpan(t *testing.T) {
	b := newBatch("test")
	id := byte(0)
	for _, key := range []string{
		"ai.toolCall.name", "genkit:name", "langfuse.release", "langfuse.version", "langfuse.trace.name",
		"langfuse.observation.model.parameters", "llm.invocation_parameters", "model_config",
	} {
		for _, value := range []any{5, 1.5, true, "7", "[1]", []any{"a", "b"}, map[string]any{"a": 1}} {
			id++
			b.span(id, 0, fmt.Sprint(key, value), map[string]any{key: value})
		}
	}
	assert.Len(t, send(t, func(c *Config) { c.Filter.Mode = "all" }, b.traces), int(id))
	for key, value := range map[string]string{
		"langfuse.observation.type": "thing", "langfuse.observation.level": "loud", "langfuse.observation.completion_start_time": "soon",
		"langfuse.observation.usage_details": "many", "langfuse.observation.cost_details": "[1]",
	} {
		o := one(t, nil, "test", chat(map[string]any{key: value}))
		assert.Equal(t, value, o.Metadata[key], "what cannot be taken can be seen")
	}
	o := one(t, nil, "test", chat(map[string]any{"langfuse.observation.model.parameters": "7", "gen_ai.request.temperature": 0.5}))
	assert.Equal(t, map[string]any{"temperature": 0.5}, o.ModelParameters)
	assert.Equal(t, "7", o.Metadata["langfuse.observation.model.parameters"], "nothing is lost")
}

func TestLevelsByAnyName(t *testing.T) {
	for stated, want := range map[string]string{"verbose": "DEBUG", "Notice": "DEFAULT", "SUCCESS": "DEFAULT", "Critical": "ERROR", "WARN": "WARNING"} {
		assert.Equal(t, want, one(t, nil, "test", chat(map[string]any{"langfuse.observation.level": stated})).Level, stated)
	}
}

// TestIntegersArriveAsTheyAre: of 64 bits the server takes the lower half for signed.
func TestIntegersArriveAsTheyAre(t *testing.T) {
	for _, n := range []int64{0, 5, -1, -5, math.MaxInt32, math.MaxInt32 + 1, 3_000_000_000, 1_721_000_000_000, -1_721_000_000_000, 1 << 53} {
		o := one(t, nil, "test", chat(map[string]any{"langfuse.observation.metadata.n": n, "langfuse.observation.metadata.list": []any{n}}))
		assert.InDelta(t, float64(n), o.Metadata["n"], 0)
		assert.Equal(t, []any{float64(n)}, o.Metadata["list"])
	}
}

// TestTokensHaveAModel: by it Langfuse prices them, and 4.0 shows none without
// (langfuse#15717).
func TestTokensHaveAModel(t *testing.T) {
	usage := func(operation string) map[string]any {
		return map[string]any{"gen_ai.operation.name": operation, "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 10}
	}
	o := one(t, func(c *Config) { c.Mapping.AgentUsage = "keep" }, "test", usage("invoke_agent"))
	assert.Equal(t, []any{"AGENT", "gpt-4o", int64(10)}, []any{o.Type, o.Model, o.Usage["total"]})
	for _, operation := range []string{"execute_tool", "retrieval", "search_memory"} {
		o := one(t, nil, "test", usage(operation))
		assert.Equal(t, []any{"gpt-4o", int64(10)}, []any{o.Model, o.Usage["total"]}, operation)
	}
	o = one(t, nil, "test", map[string]any{"gen_ai.operation.name": "retrieval", "gen_ai.request.model": "e"})
	assert.Empty(t, o.Model, "or the words of the query are priced")
	assert.Equal(t, "e", o.Metadata["model"])
}

// TestTagsAreTexts: the server makes "[object Object]" of others.
func TestTagsAreTexts(t *testing.T) {
	for _, tags := range []any{`["a",{"b":1},null,2]`, []any{"a", map[string]any{"b": 1}, nil, 2}} {
		assert.Equal(t, []string{"a", `{"b":1}`, "2"}, one(t, nil, "test", chat(map[string]any{"langfuse.trace.tags": tags})).Tags)
	}
}

// TestNoTokensAreCountedTwice: the server finds tokens of the Vercel AI SDK's outer
// spans in the provider's metadata, too.
func TestNoTokensAreCountedTwice(t *testing.T) {
	for _, name := range []string{"aisdk4", "aisdk5", "aisdk6"} {
		for _, o := range send(t, nil, captured(t, name)) {
			if !slices.Contains([]string{"GENERATION", "EMBEDDING"}, o.Type) {
				assert.Empty(t, o.Usage, "%s %s", name, o.Name)
			}
		}
	}
	for scope, attributes := range map[string]map[string]any{
		"genkit-tracer":                     {"genkit:output": `{"usage":{"inputTokens":5,"outputTokens":2}}`},
		"com.anthropic.claude_code.tracing": {"input_tokens": 5},
	} {
		attributes["llmcost.status"] = "duplicate"
		assert.Empty(t, one(t, nil, scope, attributes).Usage, scope)
		delete(attributes, "llmcost.status")
		assert.NotEmpty(t, one(t, nil, scope, attributes).Usage, scope)
	}
}

// TestTheInstructionsOfAnthropicAreThere: OpenInference has them in the request alone.
func TestTheInstructionsOfAnthropicAreThere(t *testing.T) {
	calls := slices.DeleteFunc(send(t, nil, captured(t, "openinference")), func(o *langfusetest.Observation) bool {
		return o.Name != "Anthropic Messages"
	})
	require.NotEmpty(t, calls)
	for _, o := range calls {
		assert.Contains(t, o.InputText(), "Never repeat credentials.")
		assert.Contains(t, o.InputText(), `"role":"system"`)
	}
}

// TestCodingAgentsAreKept: their spans say what they are by their scope alone.
func TestCodingAgentsAreKept(t *testing.T) {
	b := newBatch("com.anthropic.claude_code.tracing")
	b.span(1, 0, "claude_code.interaction", map[string]any{"span.type": "interaction"})
	b.span(2, 1, "claude_code.llm_request", map[string]any{
		"model": "claude-opus-4-5", "input_tokens": 2, "output_tokens": 333, "cache_read_tokens": 63002, "cache_creation_tokens": 679, "speed": "fast", "ttft_ms": 1341,
	})
	b.span(3, 1, "claude_code.tool", map[string]any{"tool_name": "Bash"})
	stored := byName(t, send(t, nil, b.traces))
	require.Len(t, stored, 3)
	call := stored["claude_code.llm_request"]
	assert.Equal(t, "GENERATION", call.Type)
	assert.Equal(t, map[string]int64{"input": 2, "input_cached_tokens": 63002, "input_cache_creation": 679, "output": 333, "total": 64016}, call.Usage)
	assert.Equal(t, "2026-11-22T10:00:01.343000Z", call.CompletionStartTime)
	assert.Equal(t, "claude-opus-4-5", call.Model)
}
