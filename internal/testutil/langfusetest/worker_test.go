package langfusetest

import (
	"math"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// The expectations of this file came out of the server's own code, which has been
// run on the same spans.

func under(scope string) func(ptrace.ResourceSpans) {
	return func(rs ptrace.ResourceSpans) { rs.ScopeSpans().At(0).Scope().SetName(scope) }
}

// TestWhatTheWorkerThrowsAnErrorOn loses the whole request.
func TestWhatTheWorkerThrowsAnErrorOn(t *testing.T) {
	for name, c := range map[string]struct {
		scope      string
		attributes map[string]any
		fatal      bool
	}{
		"events that are no list":      {"x", map[string]any{"events": "5"}, true},
		"events with null":             {"x", map[string]any{"events": "[null]"}, true},
		"events that are no JSON":      {"x", map[string]any{"events": "one, two"}, false},
		"events":                       {"x", map[string]any{"events": `[{"event.name":"a"}]`}, false},
		"events that are not read":     {"x", map[string]any{"events": "5", "langfuse.observation.input": "in"}, false},
		"an operation that is no text": {"x", map[string]any{"operation.name": 5}, true},
		"an operation behind a type":   {"x", map[string]any{"operation.name": 5, "langfuse.observation.type": "span"}, false},
		"a word of all objects":        {"x", map[string]any{"openinference.span.kind": "constructor"}, true},
		"a wait beyond all dates":      {"com.anthropic.claude_code.tracing", map[string]any{"ttft_ms": 1e18}, true},
		"a wait":                       {"com.anthropic.claude_code.tracing", map[string]any{"ttft_ms": 5}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := New(t, Options{Keys: []Key{key}, Lax: true})
			traces := one()
			good := traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().AppendEmpty()
			traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).CopyTo(good)
			good.SetSpanID([8]byte{3})
			under(c.scope)(traces.ResourceSpans().At(0))
			require.NoError(t, traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().FromRaw(c.attributes))
			header := map[string]string{"Authorization": basic(key.Public, key.Secret), "Content-Type": "application/x-protobuf"}
			status, _, _ := call(t, http.MethodPost, s.URL+tracesPath, header, proto(t, traces))
			assert.Equal(t, http.StatusOK, status, "the route does not know yet")
			if c.fatal {
				assert.Empty(t, s.Observations())
				require.NotEmpty(t, s.Violations())
				assert.Contains(t, s.Violations()[0], "the whole request is lost")
				return
			}
			assert.Len(t, s.Observations(), 2)
		})
	}
}

// TestIntegersOfProtobuf: the lower half of a Long is signed.
func TestIntegersOfProtobuf(t *testing.T) {
	for n, want := range map[int64]float64{5: 5, -1: -1, -5: -4294967301, 3_000_000_000: -1294967296, 1_721_000_000_000: 1_716_705_032_704} {
		assert.InDelta(t, want, longNumber(n), 0, n)
	}
}

func TestScopesWithRulesOfTheirOwn(t *testing.T) {
	t.Run("every span of the Vercel AI SDK counts tokens", func(t *testing.T) {
		o, _ := stored(t, Options{}, map[string]any{
			"ai.response.providerMetadata": `{"openai":{"cachedPromptTokens":1152,"reasoningTokens":24}}`,
		}, under("ai"))
		assert.Equal(t, map[string]int64{"input": 0, "output": 0, "input_cached_tokens": 1152, "output_reasoning_tokens": 24, "total": 1176}, o.Usage)
		o, _ = stored(t, Options{}, nil, under("ai"))
		assert.Equal(t, map[string]int64{"input": 0, "output": 0, "total": 0}, o.Usage)
		o, _ = stored(t, Options{}, map[string]any{"langfuse.observation.usage_details": "{}"}, under("ai"))
		assert.Empty(t, o.Usage)
	})
	t.Run("and has all of its parameters", func(t *testing.T) {
		o, _ := stored(t, Options{}, map[string]any{"langfuse.observation.model.parameters": `{"seed":1}`, "ai.settings.maxRetries": 2}, under("ai"))
		assert.Equal(t, map[string]any{
			"maxSteps": nil, "toolChoice": nil, "maxTokens": nil, "finishReason": nil, "system": nil, "maxRetries": "2", "mode": nil,
			"temperature": nil, "service_tier": nil, "seed": 1.0,
		}, o.ModelParameters)
	})
	t.Run("Claude Code", func(t *testing.T) {
		o, _ := stored(t, Options{}, map[string]any{"input_tokens": 2, "cache_read_tokens": 63002, "ttft_ms": 1341}, under("com.anthropic.claude_code.tracing"))
		assert.Equal(t, map[string]int64{"input": 2, "input_cached_tokens": 63002, "total": 63004}, o.Usage)
		assert.Equal(t, "2001-09-09T01:46:41.341Z", o.CompletionStartTime)
	})
	t.Run("Genkit's content", func(t *testing.T) {
		o, _ := stored(t, Options{}, map[string]any{"genkit:input": `{"messages":[1]}`, "genkit:output": "plain"}, under("genkit-tracer"))
		assert.Equal(t, []any{1.0}, o.Input)
		assert.Equal(t, "plain", o.Output)
	})
	t.Run("Genkit, Flue and LiveKit have types", func(t *testing.T) {
		for scope, attributes := range map[string]map[string]any{
			"genkit-tracer": {"genkit:metadata:subtype": "tool"}, "@flue/opentelemetry": {"flue.tool.name": "find"},
		} {
			o, _ := stored(t, Options{}, attributes, under(scope))
			assert.Equal(t, "TOOL", o.Type, scope)
		}
		o, _ := stored(t, Options{}, nil, func(rs ptrace.ResourceSpans) {
			under("livekit-agents")(rs)
			rs.ScopeSpans().At(0).Spans().At(0).SetName("start_agent_activity")
		})
		assert.Equal(t, []string{"AGENT", "DEBUG"}, []string{o.Type, o.Level})
	})
	t.Run("Langfuse's SDKs keep no attributes", func(t *testing.T) {
		o, _ := stored(t, Options{}, map[string]any{"a": "b"}, under("langfuse-sdk"))
		assert.Empty(t, o.Attributes)
	})
}

func TestSmallRules(t *testing.T) {
	t.Run("levels in any case", func(t *testing.T) {
		o, _ := stored(t, Options{}, map[string]any{"langfuse.observation.level": " Verbose"}, nil)
		assert.Equal(t, "DEBUG", o.Level)
	})
	t.Run("only a generation has a prompt", func(t *testing.T) {
		o, violations := stored(t, Options{}, map[string]any{"langfuse.observation.prompt.name": "p", "langfuse.observation.prompt.version": 1}, nil)
		assert.Empty(t, o.PromptName)
		assert.Empty(t, violations)
	})
	t.Run("a name of a prompt is content to it", func(t *testing.T) {
		o, _ := stored(t, Options{}, map[string]any{"gen_ai.prompt.name": "greet"}, nil)
		assert.Equal(t, map[string]any{"name": "greet"}, o.Input)
		assert.Equal(t, map[string]any{}, o.Output)
	})
	t.Run("messages below numbers", func(t *testing.T) {
		o, _ := stored(t, Options{}, map[string]any{"llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.tool_calls.0.tool_call.id": "c"}, nil)
		assert.Equal(t, []any{map[string]any{"message": map[string]any{
			"role": "user", "tool_calls": []any{map[string]any{"tool_call": map[string]any{"id": "c"}}},
		}}}, o.Input)
	})
	t.Run("what is a call of a tool", func(t *testing.T) {
		for output, calls := range map[string]int{
			`[{"name":"find","arguments":"{}"}]`: 0, `[{"id":"1","name":"find","arguments":"{}"}]`: 1, `[{"toolName":"find"}]`: 0,
			`[{"toolName":"find","args":{}}]`: 1, `[{"type":"tool-result","toolName":"find","args":{}}]`: 0,
			`[{"function":{"name":"find","parameters":{}}}]`: 0, `[{"type":"tool_use","name":"find","input":{}}]`: 1,
		} {
			o, _ := stored(t, Options{}, map[string]any{"langfuse.observation.output": output}, nil)
			assert.Len(t, o.ToolCalls, calls, output)
		}
	})
	t.Run("no numbers that JSON lacks", func(t *testing.T) {
		assert.Nil(t, plainDouble(math.NaN()))
	})
	t.Run("Pydantic AI is known by its scope", func(t *testing.T) {
		o, _ := stored(t, Options{}, map[string]any{"pydantic_ai.all_messages": "[]", "final_result": "x"}, nil)
		assert.Nil(t, o.Output)
		o, _ = stored(t, Options{}, map[string]any{"pydantic_ai.all_messages": "[]", "final_result": "x"}, under("pydantic-ai"))
		assert.Equal(t, "x", o.Output)
	})
}
