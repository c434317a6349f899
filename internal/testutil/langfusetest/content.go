package langfusetest

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"
)

// pair are two attributes that hold an input and an output.
type pair struct{ input, output string }

// Pairs that are looked at before and after the families with numbers
// (langfuse reference 2.5); Genkit's, Flue's and LiveKit's are not here.
var (
	earlyPairs = []pair{
		{"gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response"},
		{"gcp.vertex.agent.tool_call_args", "gcp.vertex.agent.tool_response"},
		{"prompt", "all_messages_events"},
		{"mlflow.spanInputs", "mlflow.spanOutputs"},
		{"traceloop.entity.input", "traceloop.entity.output"},
		{"input.value", "output.value"},
		{"input", "output"},
		{"pydantic_ai.all_messages", "final_result"},
		{"tool_arguments", "tool_response"},
	}
	families = []pair{
		{"gen_ai.prompt", "gen_ai.completion"},
		{"llm.input_messages", "llm.output_messages"},
	}
	messages  = pair{"gen_ai.input.messages", "gen_ai.output.messages"}
	toolCalls = pair{"gen_ai.tool.call.arguments", "gen_ai.tool.call.result"}
)

// content is the input and the output: the first source that has either.
func (in *span) content(systemInstructions bool) (input, output any) {
	a := in.attributes
	input, output = a["langfuse.observation.input"], a["langfuse.observation.output"]
	if input != nil || output != nil {
		return input, output
	}
	if in.scope == "ai" {
		return in.aiContent()
	}
	if input, output = in.eventContent(); input != nil || output != nil {
		return input, output
	}
	for _, p := range earlyPairs {
		if truthy(a[p.input]) || truthy(a[p.output]) {
			return a[p.input], a[p.output]
		}
	}
	for _, p := range families {
		input, output = family(a, p.input), family(a, p.output)
		if input != nil || output != nil {
			return input, output
		}
	}
	if truthy(a[messages.input]) || truthy(a[messages.output]) {
		input = a[messages.input]
		if systemInstructions {
			input = withSystem(input, a["gen_ai.system_instructions"])
		}
		return input, a[messages.output]
	}
	if truthy(a[toolCalls.input]) || truthy(a[toolCalls.output]) {
		return a[toolCalls.input], a[toolCalls.output]
	}
	return nil, nil
}

// aiContent reads the Vercel AI SDK's attributes, under its own scope only.
func (in *span) aiContent() (input, output any) {
	a := in.attributes
	input = first(a, "ai.prompt.messages", "ai.prompt", "ai.toolCall.args")
	text, hasText := a["ai.response.text"]
	calls, hasCalls := a["ai.response.toolCalls"]
	if hasText && hasCalls {
		raw, err := json.Marshal(map[string]any{"role": "assistant", "content": text, "tool_calls": calls})
		if err != nil {
			panic(err) // it was JSON
		}
		return input, string(raw)
	}
	return input, first(a, "ai.response.text", "ai.result.text", "ai.toolCall.result", "ai.response.object", "ai.result.object",
		"ai.response.toolCalls", "ai.result.toolCalls")
}

// eventContent reads the messages that events tell.
func (in *span) eventContent() (input, output any) {
	var inputs, outputs []any
	for _, e := range in.events {
		switch e.name {
		case "gen_ai.client.inference.operation.details":
			if m := e.attributes; truthy(m[messages.input]) || truthy(m[messages.output]) {
				return m[messages.input], m[messages.output]
			}
		case "gen_ai.system.message", "gen_ai.user.message", "gen_ai.assistant.message", "gen_ai.tool.message":
			message := map[string]any{"role": strings.TrimSuffix(strings.TrimPrefix(e.name, "gen_ai."), ".message")}
			maps.Copy(message, e.attributes)
			inputs = append(inputs, message)
		case "gen_ai.choice":
			outputs = append(outputs, e.attributes)
		}
	}
	if len(inputs) > 0 {
		input = inputs
	}
	switch len(outputs) {
	case 0:
	case 1:
		output = outputs[0]
	default:
		output = outputs
	}
	return input, output
}

// family puts attributes prefix.N.rest together, nil where there is none.
func family(attributes map[string]any, prefix string) any {
	if whole, ok := attributes[prefix]; ok && truthy(whole) {
		return whole
	}
	byNumber, highest := map[int]map[string]any{}, -1
	for key, value := range attributes {
		rest, ok := strings.CutPrefix(key, prefix+".")
		if !ok {
			continue
		}
		number, name, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || n > 1000 {
			continue
		}
		if byNumber[n] == nil {
			byNumber[n] = map[string]any{}
		}
		byNumber[n][name] = value
		highest = max(highest, n)
	}
	if highest < 0 {
		return nil
	}
	out := make([]any, highest+1)
	for n, message := range byNumber {
		out[n] = message
	}
	return out
}

// withSystem puts the system's instructions before the messages.
func withSystem(input, instructions any) any {
	text, _ := input.(string)
	var list []any
	if !truthy(instructions) || json.Unmarshal([]byte(text), &list) != nil {
		return input
	}
	content := textOf(instructions)
	var parts []any
	if json.Unmarshal([]byte(content), &parts) == nil {
		var texts []string
		for _, part := range parts {
			object, _ := part.(map[string]any)
			if text, ok := object["content"].(string); ok {
				texts = append(texts, text)
			}
		}
		content = strings.Join(texts, "\n")
	}
	raw, err := json.Marshal(append([]any{map[string]any{"role": "system", "content": content}}, list...))
	if err != nil {
		panic(err) // it was JSON
	}
	return string(raw)
}

// contentKeys are left out of metadata.attributes.
var contentKeys = func() map[string]bool {
	keys := map[string]bool{
		"langfuse.trace.input": true, "langfuse.trace.output": true, "langfuse.observation.input": true, "langfuse.observation.output": true,
		"ai.prompt.messages": true, "ai.prompt": true, "ai.toolCall.args": true, "ai.toolCall.result": true, "ai.response.text": true,
		"ai.result.text": true, "ai.response.object": true, "ai.result.object": true, "ai.response.toolCalls": true,
		"ai.result.toolCalls": true, "events": true,
	}
	for _, p := range append(append(append([]pair(nil), earlyPairs...), families...), messages, toolCalls) {
		keys[p.input], keys[p.output] = true, true
	}
	return keys
}()

func isContentKey(key string) bool {
	if contentKeys[key] {
		return true
	}
	for _, p := range families {
		if strings.HasPrefix(key, p.input+".") || strings.HasPrefix(key, p.output+".") {
			return true
		}
	}
	return false
}
