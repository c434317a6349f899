package genai

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestContentAsText(t *testing.T) {
	type messages = []TextMessage
	for name, test := range map[string]struct {
		attributes map[string]any
		input      messages
		output     messages
	}{
		"semantic conventions": {
			map[string]any{
				"gen_ai.system_instructions": `[{"type":"text","content":"be brief"}]`,
				"gen_ai.input.messages":      `[{"role":"user","parts":[{"type":"text","content":"hi"},{"type":"blob","modality":"image"}]},{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"look","arguments":{"at":"x"}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"seen"}]}]`,
				"gen_ai.output.messages":     `[{"role":"assistant","parts":[{"type":"text","content":"done"}],"finish_reason":"stop"}]`,
			},
			messages{{Role: "system", Text: "be brief"}, {Role: "user", Text: "hi", Media: 1}, {Role: "assistant", Text: "look\n" + `{"at":"x"}`}, {Role: "tool", Text: "seen"}},
			messages{{Role: "assistant", Text: "done"}},
		},
		"a request and an answer of OpenAI's, as LangSmith has them": {
			map[string]any{
				"gen_ai.prompt":     `{"model":"m","temperature":1,"messages":[{"role":"system","content":"be brief"},{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"u"}}]},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"at\":\"x\"}"}}]}]}`,
				"gen_ai.completion": `{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"done"}}],"usage":{"prompt_tokens":3}}`,
			},
			messages{{Role: "system", Text: "be brief"}, {Role: "user", Text: "hi", Media: 1}, {Role: "assistant", Text: "look\n" + `{"at":"x"}`}},
			messages{{Role: "assistant", Text: "done"}},
		},
		"LangChain": {
			map[string]any{
				"gen_ai.prompt":     `{"messages":[[{"lc":1,"type":"constructor","id":["a"],"kwargs":{"content":"hi","type":"human"}}]]}`,
				"gen_ai.completion": `{"generations":[[{"text":"done","message":{"lc":1,"kwargs":{"content":"done","type":"ai"}}}]]}`,
			},
			messages{{Role: "user", Text: "hi"}},
			messages{{Role: "assistant", Text: "done"}},
		},
		"Vercel AI SDK": {
			map[string]any{
				"ai.prompt.messages":    `[{"role":"system","content":"be brief"},{"role":"user","content":[{"type":"text","text":"hi"}]},{"role":"assistant","content":[{"type":"tool-call","toolCallId":"c1","toolName":"look","input":{"at":"x"}}]},{"role":"tool","content":[{"type":"tool-result","toolCallId":"c1","toolName":"look","output":{"type":"json","value":1}}]}]`,
				"ai.response.text":      "done",
				"ai.response.toolCalls": `[{"toolCallId":"c2","toolName":"more","input":"{}"}]`,
			},
			messages{{Role: "system", Text: "be brief"}, {Role: "user", Text: "hi"}, {Role: "assistant", Text: "look\n" + `{"at":"x"}`}, {Role: "tool", Text: "look\n1"}},
			messages{{Role: "assistant", Text: "done"}, {Role: "assistant", Text: "more\n{}"}},
		},
		"the Vercel AI SDK's outer span": {
			map[string]any{"ai.prompt": `{"system":"be brief","prompt":"hi"}`},
			messages{{Role: "system", Text: "be brief"}, {Role: "user", Text: "hi"}},
			nil,
		},
		"OpenLLMetry's indexed attributes": {
			map[string]any{
				"gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "be brief", "gen_ai.prompt.1.role": "user", "gen_ai.prompt.1.content": "hi",
				"gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.tool_calls.0.name": "look", "gen_ai.completion.0.tool_calls.0.arguments": `{"at":"x"}`,
			},
			messages{{Role: "system", Text: "be brief"}, {Role: "user", Text: "hi"}},
			messages{{Role: "assistant", Text: "look\n" + `{"at":"x"}`}},
		},
		"OpenInference's indexed attributes": {
			map[string]any{
				"llm.input_messages.0.message.role":                                       "user",
				"llm.input_messages.0.message.contents.0.message_content.type":            "text",
				"llm.input_messages.0.message.contents.0.message_content.text":            "hi",
				"llm.input_messages.0.message.contents.1.message_content.type":            "image",
				"llm.output_messages.0.message.role":                                      "assistant",
				"llm.output_messages.0.message.content":                                   "done",
				"llm.output_messages.0.message.tool_calls.0.tool_call.function.name":      "look",
				"llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": `{"at":"x"}`,
			},
			messages{{Role: "user", Text: "hi", Media: 1}},
			messages{{Role: "assistant", Text: "done\nlook\n" + `{"at":"x"}`}},
		},
		"Google ADK": {
			map[string]any{
				"gcp.vertex.agent.llm_request":  `{"model":"gemini-2.5-flash","config":{"system_instruction":"be brief"},"contents":[{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[{"function_call":{"name":"look","args":{"at":"x"}}}]}]}`,
				"gcp.vertex.agent.llm_response": `{"content":{"role":"model","parts":[{"text":"done"}]},"usage_metadata":{"prompt_token_count":3}}`,
			},
			messages{{Role: "user", Text: "hi"}, {Role: "model", Text: "look\n" + `{"at":"x"}`}, {Role: "system", Text: "be brief"}},
			messages{{Role: "model", Text: "done"}},
		},
		"Langfuse, prose": {
			map[string]any{"langfuse.observation.input": "hi", "langfuse.observation.output": "done"},
			messages{{Role: "user", Text: "hi"}},
			messages{{Role: "assistant", Text: "done"}},
		},
		"prose that begins like JSON": {
			map[string]any{"input.value": "[sic] he said", "output.value": "42"},
			messages{{Role: "user", Text: "[sic] he said"}},
			messages{{Role: "assistant", Text: "42"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := viewOf(t, "x", test.attributes)
			input, ok := v.InputText()
			assert.True(t, ok)
			assert.ElementsMatch(t, test.input, input.Messages)
			output, ok := v.OutputText()
			assert.Equal(t, test.output != nil, ok)
			assert.Equal(t, test.output, output.Messages)
			assert.False(t, input.Truncated || output.Truncated)
		})
	}
}

func TestTheVercelAISDKsToolCallsAreCountedWithItsText(t *testing.T) {
	output, ok := viewOf(t, "ai", map[string]any{
		"ai.response.text": "done", "ai.response.toolCalls": `[{"toolCallId":"c2","toolName":"look","input":"{\"at\":\"x\"}"}]`,
	}).OutputText()
	require.True(t, ok)
	require.Len(t, output.Messages, 2)
	assert.Equal(t, "done", output.Messages[0].Text)
	assert.Contains(t, output.Messages[1].Text, "look")
}

func TestMessagesFromSpanEvents(t *testing.T) {
	span := ptrace.NewSpan()
	add := func(name string, attributes map[string]any) {
		event := span.Events().AppendEmpty()
		event.SetName(name)
		require.NoError(t, event.Attributes().FromRaw(attributes))
	}
	add("gen_ai.system.message", map[string]any{"gen_ai.system": "openai", "content": "be brief"})
	add("gen_ai.user.message", map[string]any{"content": "hi"})
	add("gen_ai.assistant.message", map[string]any{"tool_calls": `[{"function":{"name":"look"}}]`})
	add("gen_ai.choice", map[string]any{"index": 0, "finish_reason": "stop", "message": `{"role":"assistant","content":"done"}`})
	add("exception", map[string]any{"exception.message": "no"})
	span.Attributes().PutStr("gen_ai.operation.name", "chat")
	v := viewOfSpan("x", span)
	input, ok := v.InputText()
	require.True(t, ok)
	assert.Equal(t, []TextMessage{{Role: "system", Text: "be brief"}, {Role: "user", Text: "hi"}}, input.Messages[:2])
	output, ok := v.OutputText()
	require.True(t, ok)
	require.Len(t, output.Messages, 1)
	assert.Contains(t, output.Messages[0].Text, "done")

	span = ptrace.NewSpan()
	add("gen_ai.content.prompt", map[string]any{"gen_ai.prompt": "hi"})
	add("gen_ai.content.completion", map[string]any{"gen_ai.completion": "done"})
	v = viewOfSpan("x", span)
	input, _ = v.InputText()
	assert.Equal(t, []TextMessage{{Role: "user", Text: "hi"}}, input.Messages)
	output, _ = v.OutputText()
	assert.Equal(t, []TextMessage{{Role: "assistant", Text: "done"}}, output.Messages)
}

func TestTheDetailsEventStandsInForTheSpan(t *testing.T) {
	span := ptrace.NewSpan()
	span.Attributes().PutStr("gen_ai.operation.name", "chat")
	span.Attributes().PutInt("gen_ai.usage.output_tokens", 7)
	event := span.Events().AppendEmpty()
	event.SetName("gen_ai.client.inference.operation.details")
	require.NoError(t, event.Attributes().FromRaw(map[string]any{
		"gen_ai.usage.input_tokens": 5, "gen_ai.usage.output_tokens": 99, "gen_ai.input.messages": `[{"role":"user","parts":[{"type":"text","content":"hi"}]}]`,
	}))
	v := viewOfSpan("x", span)
	u, state := v.Usage()
	require.Equal(t, UsageValid, state)
	assert.EqualValues(t, 5, u.Input)
	assert.EqualValues(t, 7, u.Output, "the span's own statement counts")
	input, ok := v.InputText()
	require.True(t, ok)
	assert.Equal(t, []TextMessage{{Role: "user", Text: "hi"}}, input.Messages)
}

func TestTruncatedContentIsSaidToBe(t *testing.T) {
	for name, text := range map[string]string{
		"JSON that breaks off":               `[{"role":"user","parts":[{"type":"text","content":"hel`,
		"a mark":                             "a long story [truncated]",
		"an ellipsis":                        "a long story…",
		"three dots at the end of much text": strings.Repeat("x", 2000) + "...",
	} {
		c, ok := viewOf(t, "x", map[string]any{"gen_ai.input.messages": text}).InputText()
		assert.True(t, ok, name)
		assert.True(t, c.Truncated, name)
	}
	c, _ := viewOf(t, "x", map[string]any{"gen_ai.input.messages": "well..."}).InputText()
	assert.False(t, c.Truncated)
}
