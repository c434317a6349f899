package genai

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestWhatGooglesToolsPutIntoThePrompt: Gemini counts it beside the prompt and bills it
// as input (https://ai.google.dev/gemini-api/docs/url-context). The prompt is 151
// tokens, the tools add 18,329, the answer is 1,089 and its thoughts 1,120, in all 20,689.
func TestWhatGooglesToolsPutIntoThePrompt(t *testing.T) {
	gemini := map[string]any{"gen_ai.operation.name": "chat", "gen_ai.provider.name": "gcp.gemini", "gen_ai.request.model": "gemini-3-flash-preview"}
	all := func(parts ...map[string]any) map[string]any {
		attributes := map[string]any{}
		for _, part := range parts {
			maps.Copy(attributes, part)
		}
		return attributes
	}
	usage := func(input, output int) map[string]any {
		return map[string]any{"gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": output}
	}
	const camel = `{"promptTokenCount":151,"candidatesTokenCount":1089,"thoughtsTokenCount":1120,"toolUsePromptTokenCount":18329,"totalTokenCount":20689}`
	const snake = `{"prompt_token_count":151,"candidates_token_count":1089,"thoughts_token_count":1120,"tool_use_prompt_token_count":18329,"total_token_count":20689}`
	aisdk := map[string]any{"ai.operationId": "ai.generateText.doGenerate", "ai.model.provider": "google.vertex.chat", "ai.model.id": "gemini-3-flash-preview"}

	for name, test := range map[string]struct {
		scope                               string
		attributes                          map[string]any
		input, output, reasoning, fromTotal int64
	}{
		// Stated.
		"Logfire's detail": {"x", all(gemini, usage(151, 2209), map[string]any{
			"gen_ai.usage.details.thoughts_tokens": 1120, "gen_ai.usage.details.tool_use_prompt_tokens": 18329,
		}), 18480, 2209, 1120, 0},
		"Pydantic AI has it in the input": {"pydantic-ai", all(gemini, usage(18480, 2209), map[string]any{
			"gen_ai.usage.details.thoughts_tokens": 1120, "gen_ai.usage.details.tool_use_prompt_tokens": 18329,
		}), 18480, 2209, 1120, 0},
		"Pydantic AI before it did": {"pydantic-ai", all(gemini, usage(151, 2209), map[string]any{
			"gen_ai.usage.details.thoughts_tokens": 1120, "gen_ai.usage.details.tool_use_prompt_tokens": 18329,
		}), 18480, 2209, 1120, 0},
		"stated, and the total shows it outside": {"x", all(gemini, usage(20000, 100), map[string]any{
			"gen_ai.usage.tool_use_prompt_tokens": 500, "gen_ai.usage.total_tokens": 20600,
		}), 20500, 100, 0, 0},
		"stated, and the total shows it inside": {"x", all(gemini, usage(20000, 100), map[string]any{
			"gen_ai.usage.tool_use_prompt_tokens": 500, "gen_ai.usage.total_tokens": 20100,
		}), 20000, 100, 0, 0},
		"stated with thoughts, both outside": {"x", all(gemini, usage(20000, 1089), map[string]any{
			"gen_ai.usage.tool_use_prompt_tokens": 500, "gen_ai.usage.reasoning.output_tokens": 1000, "gen_ai.usage.total_tokens": 22589,
		}), 20500, 2089, 1000, 0},
		"AI SDK 6": {"ai", all(aisdk, map[string]any{
			"ai.usage.inputTokens": 151, "ai.usage.inputTokenDetails.noCacheTokens": 151, "ai.usage.outputTokens": 2209, "ai.usage.outputTokenDetails.reasoningTokens": 1120,
			"ai.usage.totalTokens": 2360, "ai.response.providerMetadata": `{"googleVertex":{"usageMetadata":` + camel + `}}`,
		}), 18480, 2209, 1120, 0},
		"AI SDK 5": {"ai", all(aisdk, map[string]any{
			"ai.usage.inputTokens": 151, "ai.usage.outputTokens": 1089, "ai.usage.totalTokens": 20689, "ai.response.providerMetadata": `{"google":{"usageMetadata":` + camel + `}}`,
		}), 18480, 2209, 1120, 0},
		"ADK, its answer only":     {"gcp.vertex.agent", all(gemini, map[string]any{"gcp.vertex.agent.llm_response": `{"usage_metadata":` + snake + `}`}), 18480, 2209, 1120, 0},
		"ADK with attributes":      {"gcp.vertex.agent", all(gemini, usage(151, 1089), map[string]any{"gcp.vertex.agent.llm_response": `{"usageMetadata":` + camel + `}`}), 18480, 2209, 1120, 0},
		"the usage object":         {"x", all(gemini, usage(151, 1089), map[string]any{"gen_ai.usage.raw": camel}), 18480, 2209, 1120, 0},
		"LangChain":                {"x", all(gemini, usage(151, 2209), map[string]any{"gen_ai.usage.input_token_details": `{"tool_use":18329}`, "gen_ai.usage.total_tokens": 20689}), 18480, 2209, 0, 0},
		"Langfuse":                 {"x", map[string]any{"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gemini-3-flash-preview", "langfuse.observation.usage_details": `{"input":151,"tool_use_prompt_token_count":18329,"output":1089,"output_reasoning":1120,"total":20689}`}, 18480, 2209, 1120, 0},
		"Langfuse, Google's names": {"x", map[string]any{"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gemini-3-flash-preview", "langfuse.observation.usage_details": snake}, 18480, 2209, 1120, 0},
		"OpenInference has it all": {"openinference.instrumentation.google_genai", all(gemini, map[string]any{"llm.token_count.prompt": 18480, "llm.token_count.completion": 2209, "llm.token_count.completion_details.reasoning": 1120, "llm.token_count.total": 20689}), 18480, 2209, 1120, 0},

		// Only the total shows it. 155 = 100 + 20 + 30 + 5.
		"total, thoughts outside": {"x", all(gemini, usage(100, 20), map[string]any{"gen_ai.usage.reasoning.output_tokens": 30, "gen_ai.usage.total_tokens": 155}), 105, 50, 30, 5},
		"total, thoughts inside":  {"x", all(gemini, usage(100, 50), map[string]any{"gen_ai.usage.reasoning.output_tokens": 30, "gen_ai.usage.total_tokens": 155}), 105, 50, 30, 5},
		"total, no thoughts":      {"x", all(gemini, usage(100, 50), map[string]any{"gen_ai.usage.reasoning.output_tokens": 0, "gen_ai.usage.total_tokens": 155}), 105, 50, 0, 5},
		// 2,450 = 1,200 + 300 + 150 + 800.
		"total of more than the thoughts, in the conventions' name": {"x", all(gemini, usage(1200, 300), map[string]any{
			"gen_ai.usage.reasoning.output_tokens": 150, "gen_ai.usage.total_tokens": 2450,
		}), 2000, 450, 150, 800},
		"total of more than the thoughts, in Sentry's name": {"x", all(gemini, usage(1200, 450), map[string]any{
			"gen_ai.usage.output_tokens.reasoning": 150, "gen_ai.usage.total_tokens": 2450,
		}), 2000, 450, 150, 800},
		"total of more than the thoughts, by a name without a rule": {"x", all(gemini, usage(151, 1189), map[string]any{
			"gen_ai.usage.reasoning_tokens": 1120, "gen_ai.usage.total_tokens": 20789,
		}), 18480, 2309, 1120, 18329},
		"OpenInference before it counted them": {"openinference.instrumentation.google_genai", all(gemini, map[string]any{
			"llm.token_count.prompt": 151, "llm.token_count.completion": 2209, "llm.token_count.completion_details.reasoning": 1120, "llm.token_count.total": 20689,
		}), 18480, 2209, 1120, 18329},
		"OpenInference states thoughts, and there are none": {"openinference.instrumentation.google_genai", all(gemini, map[string]any{
			"llm.token_count.prompt": 151, "llm.token_count.completion": 50, "llm.token_count.total": 18530,
		}), 18480, 50, 0, 18329},
		"a model that does not think": {"x", all(gemini, usage(151, 50), map[string]any{"gen_ai.request.model": "gemini-2.0-flash", "gen_ai.usage.total_tokens": 18530}), 18480, 50, 0, 18329},
		"Langfuse, total":             {"x", map[string]any{"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gemini-3-flash-preview", "langfuse.observation.usage_details": `{"input":100,"output":20,"output_reasoning":30,"total":155}`}, 105, 50, 30, 5},

		// Neighbours that stay.
		"a gap without thoughts is thinking":      {"x", all(gemini, usage(100, 20), map[string]any{"gen_ai.usage.total_tokens": 150}), 100, 50, 30, 30},
		"no gap":                                  {"x", all(gemini, usage(100, 50), map[string]any{"gen_ai.usage.reasoning.output_tokens": 30, "gen_ai.usage.total_tokens": 150}), 100, 50, 30, 0},
		"thoughts exactly outside":                {"x", all(gemini, usage(100, 50), map[string]any{"gen_ai.usage.reasoning.output_tokens": 30, "gen_ai.usage.total_tokens": 180}), 100, 80, 30, 0},
		"a total that is less":                    {"x", all(gemini, usage(100, 50), map[string]any{"gen_ai.usage.total_tokens": 120}), 100, 50, 0, 0},
		"OpenAI's total with more proves nothing": {"x", all(gemini, usage(100, 50), map[string]any{"gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5", "gen_ai.usage.total_tokens": 200}), 100, 50, 0, 0},
		"Claude on Vertex AI":                     {"x", all(gemini, usage(100, 50), map[string]any{"gen_ai.provider.name": "gcp.vertex_ai", "gen_ai.request.model": "claude-sonnet-4-5", "gen_ai.usage.total_tokens": 200}), 100, 50, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			u := readUsage(t, test.scope, test.attributes)
			assert.Equal(t, [4]int64{test.input, test.output, test.reasoning, test.fromTotal}, [4]int64{u.Input, u.Output, u.Reasoning, u.FromTotal}, "input, output, reasoning, from the total")
		})
	}
}
