package genai

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// script writes messages as lines: role: part, part.
func script(messages []Message) []string {
	var lines []string
	for _, m := range messages {
		var parts []string
		for _, p := range m.Parts {
			parts = append(parts, scripted(p))
		}
		lines = append(lines, m.Role+": "+strings.Join(parts, " + "))
	}
	return lines
}

func scripted(p Part) string {
	name := p.Tool
	if p.CallID != "" {
		name += "#" + p.CallID
	}
	switch p.Kind {
	case PartText:
		return p.Text
	case PartThinking:
		return fmt.Sprintf("thinks(%s)", p.Text)
	case PartToolCall:
		return fmt.Sprintf("calls %s(%s)", name, p.Value)
	case PartToolResult:
		if p.Failed {
			return fmt.Sprintf("failed %s = %s", name, p.Value)
		}
		return fmt.Sprintf("%s = %s", name, p.Value)
	case PartMedia:
		return fmt.Sprintf("media(%s %d)", p.MediaType, p.Bytes)
	}
	return fmt.Sprintf("data %s", p.Value)
}

// TestTranscriptsOfEachShape has a row for each shape in which a provider or an
// instrumentation is known to write messages.
func TestTranscriptsOfEachShape(t *testing.T) {
	chat := func(in, out string) map[string]any {
		return map[string]any{"gen_ai.operation.name": "chat", "gen_ai.input.messages": in, "gen_ai.output.messages": out}
	}
	for name, test := range map[string]struct {
		attributes map[string]any
		in, out    []string
	}{
		"conventions": {
			chat(`[{"role":"user","parts":[{"type":"text","content":"hi"},{"type":"blob","modality":"image","mime_type":"image/png","content":"aGVsbG8="},{"type":"uri","modality":"image","uri":"https://a/b.png"},{"type":"file","modality":"video","file_id":"f1"}]},
				{"role":"assistant","parts":[{"type":"reasoning","content":"hm"},{"type":"tool_call","id":"c1","name":"look","arguments":{"b":1,"a":2}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":{"z":1}}]}]`,
				`[{"role":"assistant","parts":[{"type":"text","content":"done"}],"finish_reason":"stop"}]`),
			[]string{`user: hi + media(image/png 5) + media(image 0) + media(video 0)`, `assistant: thinks(hm) + calls look#c1({"b":1,"a":2})`, `tool: #c1 = {"z":1}`},
			[]string{"assistant: done"},
		},
		"system instructions beside": {
			map[string]any{"gen_ai.operation.name": "chat", "gen_ai.system_instructions": `[{"type":"text","content":"be brief"}]`, "gen_ai.input.messages": `[{"role":"user","parts":[{"type":"text","content":"hi"}]}]`},
			[]string{"system: be brief", "user: hi"},
			nil,
		},
		"OpenAI chat completions": {
			chat(`{"model":"m","messages":[{"role":"developer","content":"be brief"},{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,aGVsbG8="}},{"type":"input_audio","input_audio":{"data":"aGVsbG8=","format":"wav"}}]},
				{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"at\":\"x\"}"}}]},{"role":"tool","tool_call_id":"c1","content":"seen"}]}`,
				`{"id":"x","choices":[{"index":0,"message":{"role":"assistant","reasoning_content":"hm","content":"done","refusal":null}}]}`),
			[]string{"system: be brief", "user: hi + media(image/jpeg 5) + media(wav 5)", `assistant: calls look#c1({"at":"x"})`, `tool: #c1 = "seen"`},
			[]string{"assistant: thinks(hm) + done"},
		},
		"OpenAI refuses": {
			chat(`[{"role":"user","content":"hi"}]`, `{"choices":[{"message":{"role":"assistant","content":[{"type":"refusal","refusal":"no"}]}}]}`),
			[]string{"user: hi"},
			[]string{"assistant: no"},
		},
		"OpenAI responses": {
			chat(`{"instructions":"be brief","input":[{"role":"user","content":[{"type":"input_text","text":"hi"}]},{"type":"reasoning","summary":[]},{"type":"function_call","call_id":"c1","id":"fc1","name":"look","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":"seen"}]}`,
				`{"output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]},{"type":"web_search_call","id":"w1","action":{"query":"q"}},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"done"}]}]}`),
			[]string{"system: be brief", "user: hi", "assistant: thinks()", "assistant: calls look#c1({})", `tool: #c1 = "seen"`},
			[]string{"assistant: thinks(hm)", `assistant: calls web_search#w1({"query":"q"})`, "assistant: done"},
		},
		"Anthropic": {
			chat(`{"system":[{"type":"text","text":"be brief"}],"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGVsbG8="}},{"type":"text","text":"hi"}]},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"tool_use","id":"c1","name":"look","input":{"at":"x"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"seen"}],"is_error":true}]}]}`,
				`{"type":"message","role":"assistant","content":[{"type":"redacted_thinking","data":"x"},{"type":"text","text":"done"}]}`),
			[]string{"system: be brief", "user: media(image/png 5) + hi", `assistant: thinks(hm) + calls look#c1({"at":"x"})`, `user: failed #c1 = "seen"`},
			[]string{"assistant: thinks() + done"},
		},
		"Google": {
			chat(`{"systemInstruction":{"parts":[{"text":"be brief"}]},"contents":[{"role":"user","parts":[{"text":"hi"},{"inlineData":{"mimeType":"image/png","data":"aGVsbG8="}}]},{"role":"model","parts":[{"functionCall":{"name":"look","args":{"at":"x"}}}]},{"role":"function","parts":[{"functionResponse":{"name":"look","response":{"r":1}}}]}]}`,
				`{"candidates":[{"content":{"role":"model","parts":[{"text":"hm","thought":true},{"text":"done"}]}}]}`),
			[]string{"system: be brief", "user: hi + media(image/png 5)", `assistant: calls look({"at":"x"})`, `tool: look = {"r":1}`},
			[]string{"assistant: thinks(hm) + done"},
		},
		"Amazon": {
			chat(`[{"role":"user","content":[{"text":"hi"},{"image":{"format":"png","source":{"bytes":"aGVsbG8="}}}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"c1","name":"look","input":{"at":"x"}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"c1","content":[{"text":"seen"}],"status":"error"}}]}]`,
				`{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm"}}},{"text":"done"}]}}}`),
			[]string{"user: hi + media(png 5)", `assistant: calls look#c1({"at":"x"})`, `user: failed #c1 = "seen"`},
			[]string{"assistant: thinks(hm) + done"},
		},
		"LangChain": {
			chat(`{"messages":[[{"lc":1,"type":"constructor","id":["a"],"kwargs":{"content":"be brief","type":"system"}},{"lc":1,"type":"constructor","kwargs":{"content":"hi","type":"human"}},{"lc":1,"kwargs":{"content":"","type":"ai","tool_calls":[{"id":"c1","name":"look","args":{"at":"x"}}]}},{"lc":1,"kwargs":{"content":"seen","type":"tool","tool_call_id":"c1","name":"look","status":"error"}}]]}`,
				`{"generations":[[{"text":"done","message":{"lc":1,"kwargs":{"content":"done","type":"ai"}}}]]}`),
			[]string{"system: be brief", "user: hi", `assistant: calls look#c1({"at":"x"})`, `tool: failed look#c1 = "seen"`},
			[]string{"assistant: done"},
		},
		"Vercel AI SDK": {
			map[string]any{
				"ai.operationId": "ai.generateText.doGenerate", "operation.name": "ai.generateText.doGenerate", "gen_ai.operation.name": "chat",
				"ai.prompt.messages":    `[{"role":"system","content":"be brief"},{"role":"user","content":[{"type":"text","text":"hi"},{"type":"file","mediaType":"application/pdf","filename":"a.pdf","data":"aGVsbG8="}]},{"role":"assistant","content":[{"type":"reasoning","text":"hm"},{"type":"tool-call","toolCallId":"c1","toolName":"look","input":{"at":"x"}}]},{"role":"tool","content":[{"type":"tool-result","toolCallId":"c1","toolName":"look","output":{"type":"error-text","value":"bad"}}]}]`,
				"ai.response.text":      "done",
				"ai.response.reasoning": "so",
				"ai.response.toolCalls": `[{"toolCallId":"c2","toolName":"more","input":"{}"}]`,
			},
			[]string{"system: be brief", "user: hi + media(application/pdf 5)", `assistant: thinks(hm) + calls look#c1({"at":"x"})`, `tool: failed look#c1 = "bad"`},
			[]string{"assistant: thinks(so) + done + calls more#c2({})"},
		},
		"the Vercel AI SDK's messages of a page": {
			chat(`[{"id":"m1","role":"assistant","parts":[{"type":"step-start"},{"type":"tool-look","toolCallId":"c1","state":"output-available","input":{"at":"x"},"output":{"r":1}},{"type":"tool-invocation","toolInvocation":{"state":"result","toolCallId":"c2","toolName":"more","args":{},"result":2}}]}]`, ``),
			[]string{`assistant: calls look#c1({"at":"x"}) + look#c1 = {"r":1} + calls more#c2({}) + more#c2 = 2`},
			nil,
		},
		"Mastra's answer of a step": {
			map[string]any{
				"mastra.span.type": "model_step", "mastra.model_step.input": `[{"role":"user","content":"hi"}]`,
				"mastra.model_step.output": `{"text":"done","reasoning":[{"type":"reasoning","text":"hm"}],"toolCalls":[{"toolCallId":"c1","toolName":"look","args":{"at":"x"}}]}`,
			},
			[]string{"user: hi"},
			[]string{`assistant: thinks(hm) + done + calls look#c1({"at":"x"})`},
		},
		"Mastra's agent": {
			map[string]any{"mastra.span.type": "agent_run", "mastra.agent_run.input": "hi", "mastra.agent_run.output": `{"text":"done","files":[]}`},
			[]string{"user: hi"},
			[]string{"assistant: done"},
		},
		"an agent whose answer is an object": {
			map[string]any{"gen_ai.operation.name": "invoke_agent", "input.value": "hi", "output.value": `{"verdict":"pass"}`},
			[]string{"user: hi"},
			[]string{`assistant: data {"verdict":"pass"}`},
		},
		"thoughts of which only the number is known": {
			map[string]any{
				"gen_ai.operation.name": "chat", "gen_ai.input.messages": `[{"role":"user","content":"hi"}]`, "gen_ai.output.messages": `[{"role":"assistant","content":"done"}]`,
				"gen_ai.usage.input_tokens": 5, "gen_ai.usage.output_tokens": 200, "gen_ai.usage.reasoning.output_tokens": 192,
			},
			[]string{"user: hi"},
			[]string{"assistant: thinks() + done"},
		},
		"an answer that is a JSON text": {
			chat(`[{"role":"user","content":"hi"}]`, `[{"role":"assistant","content":"{\"a\":1}"}]`),
			[]string{"user: hi"},
			[]string{`assistant: {"a":1}`},
		},
		"arguments that break off": {
			chat(`[{"role":"user","content":"hi"}]`, `[{"role":"assistant","tool_calls":[{"id":"c1","function":{"name":"look","arguments":"{\"at\":"}}]}]`),
			[]string{"user: hi"},
			[]string{`assistant: calls look#c1("{\"at\":")`},
		},
		"a tool has no conversation":            {map[string]any{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.arguments": `{"messages":[{"role":"user","content":"hi"}]}`}, nil, nil},
		"an embedding has no conversation":      {map[string]any{"gen_ai.operation.name": "embeddings", "input.value": "hi"}, nil, nil},
		"a step's object is no conversation":    {map[string]any{"mastra.span.type": "workflow_step", "mastra.workflow_step.input": `{"repository":"acme"}`}, nil, nil},
		"a step's messages are a conversation":  {map[string]any{"mastra.span.type": "workflow_step", "mastra.workflow_step.input": `{"messages":[{"role":"human","content":"hi"}]}`}, []string{"user: hi"}, nil},
		"hostile nesting, hostile types":        {chat(strings.Repeat("[", 5000)+strings.Repeat("]", 5000), `[{"role":7,"content":[null,true,[[{"type":"tool_call","id":{},"name":[]}]]],"tool_calls":"x"}]`), []string{"user: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000)}, []string{"assistant: calls ()"}},
		"a broken list is shown as it is":       {chat(`[{"role":"user","content":"hel`, ``), []string{`user: [{"role":"user","content":"hel`}, nil},
		"nothing":                               {map[string]any{"gen_ai.operation.name": "chat"}, nil, nil},
		"empty messages and messages with null": {chat(`[]`, `[null,{"role":"assistant","content":null},{"role":"assistant","content":""}]`), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := viewOf(t, "x", test.attributes).Transcript()
			assert.Equal(t, test.in, script(got.Messages))
			assert.Equal(t, test.out, script(got.Answers))
		})
	}
}

// TestTranscriptsOfCaptures: whichever instrumentation has sent the calls of
// tests/clients/calls.mjs, what was said is read alike. Where a client does not make one
// of the calls, or does not record it, its name is missing here.
func TestTranscriptsOfCaptures(t *testing.T) {
	lines := map[string]string{
		"asked":   "user: The reporter pasted this key: @@openaiKey@@ and this webhook @@slackWebhook@@.",
		"told":    "assistant: Which tenant is affected? Is the login token rotated? Who owns the checkout service?",
		"checked": "user: Validate access for @@email@@, password @@password@@, card @@card@@.",
		"passed":  "assistant: PASS: access confirmed, no blocking preflight problems.",
		"called":  `assistant: calls lookupFindings#call_mock1({"repository":"acme/checkout"})`,
	}
	const all = "asked called checked passed told"
	for name, want := range map[string]string{
		"adk": "asked", "aisdk4": all, "aisdk5": all, "aisdk5-providers": "asked checked", "aisdk6": all, "aisdk6-providers": "asked checked", "aisdk7": all,
		"langfuse": "asked called checked told", "langsmith": all, "mastra": "asked called passed told", "mastra03": "asked checked passed told", "mastra1": all,
		"openinference": all, "openlit": all, "openllmetry": all, "strands": "asked checked passed told",
	} {
		t.Run(name, func(t *testing.T) {
			found := map[string]bool{}
			forEach(captured(t, name), func(v *View) {
				got := v.Transcript()
				assert.False(t, got.Truncated)
				for _, m := range append(got.Messages, got.Answers...) {
					assert.Contains(t, []string{"system", "user", "assistant", "tool"}, m.Role)
					assert.NotEmpty(t, m.Parts)
					for _, p := range m.Parts {
						assert.NotEqual(t, PartData, p.Kind, "%s: %s", v.span.Name(), p.Value)
					}
				}
				for _, line := range append(script(got.Messages), script(got.Answers)...) {
					for word, of := range lines {
						if line == of || line == strings.Replace(of, ": ", ": thinks() + ", 1) {
							found[word] = true
						}
					}
				}
			})
			assert.Equal(t, strings.Fields(want), slices.Sorted(maps.Keys(found)))
		})
	}
}

// TestTranscriptsOfEvents: messages that come as events of the span.
func TestTranscriptsOfEvents(t *testing.T) {
	span := ptrace.NewSpan()
	add := func(name string, attributes map[string]any) {
		event := span.Events().AppendEmpty()
		event.SetName(name)
		assert.NoError(t, event.Attributes().FromRaw(attributes))
	}
	add("gen_ai.system.message", map[string]any{"gen_ai.system": "openai", "content": "be brief"})
	add("gen_ai.user.message", map[string]any{"content": "hi"})
	add("gen_ai.assistant.message", map[string]any{"tool_calls": `[{"id":"c1","function":{"name":"look","arguments":"{}"}}]`})
	add("gen_ai.tool.message", map[string]any{"id": "c1", "content": "seen"})
	add("gen_ai.choice", map[string]any{"index": 0, "finish_reason": "stop", "message": `{"role":"assistant","content":"done"}`})
	span.Attributes().PutStr("gen_ai.operation.name", "chat")
	v := viewOfSpan("x", span)
	got := v.Transcript()
	assert.Equal(t, []string{"system: be brief", "user: hi", "assistant: calls look#c1({})", `tool: #c1 = "seen"`}, script(got.Messages))
	assert.Equal(t, []string{"assistant: done"}, script(got.Answers))
}
