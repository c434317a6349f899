package langfusetest

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// pair are two attributes that hold an input and an output.
type pair struct {
	input, output string

	scope        string // the only one under which they are read; "" is any
	instructions bool   // go before the input
	emptyObject  bool   // "{}" counts for nothing
}

// Pairs that are looked at before and after the families with numbers
// (langfuse reference 2.5). The content of Flue and LiveKit, and Logfire's list of events, are not here.
var (
	earlyPairs = []pair{
		{input: "gcp.vertex.agent.llm_request", output: "gcp.vertex.agent.llm_response", emptyObject: true},
		{input: "gcp.vertex.agent.tool_call_args", output: "gcp.vertex.agent.tool_response"},
		{input: "prompt", output: "all_messages_events"},
		{input: "mlflow.spanInputs", output: "mlflow.spanOutputs"},
		{input: "traceloop.entity.input", output: "traceloop.entity.output"},
		{input: "input.value", output: "output.value"},
		{input: "input", output: "output"},
		{input: "pydantic_ai.all_messages", output: "final_result", scope: "pydantic-ai", instructions: true},
		{input: "tool_arguments", output: "tool_response"},
	}
	livekitPairs = []pair{
		{input: "lk.input_text", output: "lk.function_tool.output"},
		{input: "lk.user_transcript", output: "lk.response.text"},
		{input: "lk.chat_ctx", output: "lk.user_input"},
		{input: "lk.pii.input_text", output: "lk.pii.function_tool.output"},
		{input: "lk.pii.user_transcript", output: "lk.pii.response.text"},
		{input: "lk.pii.chat_ctx", output: "lk.pii.response.function_calls"},
		{input: "lk.pii.user_input", output: "lk.pii.instructions"},
		{input: "lk.pii.function_tool.arguments", output: "lk.pii.function_tool.output"},
	}
	families = []pair{
		{input: "gen_ai.prompt", output: "gen_ai.completion"},
		{input: "llm.input_messages", output: "llm.output_messages"},
	}
	messages  = pair{input: "gen_ai.input.messages", output: "gen_ai.output.messages"}
	toolCalls = pair{input: "gen_ai.tool.call.arguments", output: "gen_ai.tool.call.result"}
)

// content is the input and the output: the first source that has either.
func (in *span) content(systemInstructions bool) (input, output any) {
	a := in.attributes
	input, output = a["langfuse.observation.input"], a["langfuse.observation.output"]
	if input != nil || output != nil {
		return input, output
	}
	switch in.scope {
	case aiScope:
		return in.aiContent()
	case genkitScope:
		return genkitContent(a["genkit:input"], "messages"), genkitContent(a["genkit:output"], "message")
	}
	if input, output = in.eventContent(); input != nil || output != nil {
		return input, output
	}
	for _, p := range earlyPairs {
		if p.scope != "" && p.scope != in.scope {
			continue
		}
		input, output = a[p.input], a[p.output]
		if p.instructions {
			input = withSystem(input, a["gen_ai.system_instructions"])
		}
		if p.emptyObject && input == "{}" {
			input = nil
		}
		if p.emptyObject && output == "{}" {
			output = nil
		}
		if truthy(input) || truthy(output) {
			return input, output
		}
	}
	for _, p := range families {
		if hasPrefix(a, p.input) || hasPrefix(a, p.output) {
			return family(a, p.input), family(a, p.output)
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

// genkitContent is a value of Genkit's, or the member of it that a model's has.
func genkitContent(value any, member string) any {
	value = decoded(value)
	object, _ := value.(map[string]any)
	if inside := object[member]; inside != nil {
		return inside
	}
	return value
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

func hasPrefix(attributes map[string]any, prefix string) bool {
	for key := range attributes {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// family puts attributes prefix.a.b together: objects, and lists where a part of the
// key is a number. It is an empty object where there are none, as for the server.
func family(attributes map[string]any, prefix string) any {
	if whole, ok := attributes[prefix]; ok && truthy(whole) {
		return whole
	}
	tree := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(attributes)) {
		if rest, ok := strings.CutPrefix(key, prefix+"."); ok {
			grow(tree, strings.Split(rest, "."), attributes[key])
		}
	}
	return listed(tree)
}

// branch is an object that is being put together, unlike one that is a value.
type branch = map[string]any

func grow(tree branch, path []string, value any) {
	if len(path) == 1 {
		if _, taken := tree[path[0]].(branch); !taken {
			tree[path[0]] = value
		}
		return
	}
	below, ok := tree[path[0]].(branch)
	if !ok {
		below = branch{}
		tree[path[0]] = below
	}
	grow(below, path[1:], value)
}

// maxIndex is the highest number that makes a place in a list.
const maxIndex = 10_000

// listed makes lists of the objects whose keys are numbers.
func listed(tree branch) any {
	highest := -1
	for key, value := range tree {
		if below, ok := value.(branch); ok {
			tree[key] = listed(below)
		}
		if n, err := strconv.Atoi(key); err == nil && 0 <= n && n <= maxIndex && highest >= -1 {
			highest = max(highest, n)
		} else {
			highest = -2
		}
	}
	if highest < 0 {
		return tree
	}
	out := make([]any, highest+1)
	for key, value := range tree {
		n, _ := strconv.Atoi(key)
		out[n] = value
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

// beforeEvents are the sources that are looked at before Logfire's list of events.
var beforeEvents = []string{
	"langfuse.observation.input", "langfuse.observation.output", "gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response",
	"gcp.vertex.agent.tool_call_args", "gcp.vertex.agent.tool_response", "prompt", "all_messages_events",
}

// contentKeys are left out of metadata.attributes.
var contentKeys = func() map[string]bool {
	keys := map[string]bool{
		"langfuse.trace.input": true, "langfuse.trace.output": true, "langfuse.observation.input": true, "langfuse.observation.output": true,
		"ai.prompt.messages": true, "ai.prompt": true, "ai.toolCall.args": true, "ai.toolCall.result": true, "ai.response.text": true,
		"ai.result.text": true, "ai.response.object": true, "ai.result.object": true, "ai.response.toolCalls": true,
		"ai.result.toolCalls": true, "events": true, "gen_ai.system_instructions": true, "genkit:input": true, "genkit:output": true,
		"flue.turn.input": true, "flue.turn.output": true, "flue.tool.arguments": true, "flue.tool.result": true, "flue.task.prompt": true,
		"flue.task.result": true, "flue.operation.result": true, "flue.workflow.payload": true, "flue.workflow.result": true,
	}
	for _, p := range livekitPairs {
		keys[p.input], keys[p.output] = true, true
	}
	for _, p := range append(append(append([]pair(nil), earlyPairs...), families...), messages, toolCalls) {
		keys[p.input], keys[p.output] = true, true
	}
	delete(keys, "tool_arguments") // is read, and stays
	delete(keys, "tool_response")
	return keys
}()

// contentPrefixes begin others that are left out.
var contentPrefixes = []string{
	"gen_ai.prompt", "gen_ai.completion", "llm.input_messages", "llm.output_messages", traceMetadata, observationMetadata, "ai.telemetry.metadata",
}

func isContentKey(key string) bool {
	if contentKeys[key] {
		return true
	}
	return slices.ContainsFunc(contentPrefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}
