package langfusetest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// tools finds the tools that were offered, in the input and beside it, and
// those that were called, in the output (langfuse reference 2.5). Parts of
// messages in the form of the GenAI conventions are not looked at.
func (in *span) tools(o *Observation) {
	input := decoded(o.Input)
	if list, ok := input.([]any); ok {
		input = map[string]any{"messages": list}
	}
	object, _ := input.(map[string]any)
	offered := map[string]bool{}
	o.offer(object["tools"], offered)
	messages, _ := object["messages"].([]any)
	for _, message := range messages {
		m, _ := message.(map[string]any)
		o.offer(m["tools"], offered)
	}
	for _, key := range [...]string{"gen_ai.tool.definitions", "ai.prompt.tools"} {
		o.offer(in.attributes[key], offered)
	}
	for _, key := range slices.Sorted(maps.Keys(in.attributes)) {
		if strings.HasPrefix(key, "llm.tools.") && strings.HasSuffix(key, ".tool.json_schema") {
			o.offer([]any{in.attributes[key]}, offered)
		}
	}
	o.called(decoded(o.Output))
}

// decoded reads JSON that came as text.
func decoded(value any) any {
	text, ok := value.(string)
	if !ok {
		return value
	}
	var out any
	if json.Unmarshal([]byte(text), &out) != nil {
		return text
	}
	return out
}

// offer adds the names of tool definitions that have not been offered.
func (o *Observation) offer(value any, offered map[string]bool) {
	list, _ := decoded(value).([]any)
	for _, element := range list {
		tool, _ := decoded(element).(map[string]any)
		if function, ok := tool["function"].(map[string]any); ok {
			tool = function
		}
		name, _ := tool["name"].(string)
		if name == "" || offered[name] {
			continue
		}
		offered[name] = true
		o.ToolNames = append(o.ToolNames, name)
	}
}

// called adds the calls of an output: of a message, of several, of choices.
func (o *Observation) called(output any) {
	switch out := output.(type) {
	case []any:
		for _, element := range out {
			message, _ := element.(map[string]any)
			if isCall(message) {
				o.call(message)
				continue
			}
			o.messageCalls(message)
		}
	case map[string]any:
		o.messageCalls(out)
		choices, _ := out["choices"].([]any)
		for _, choice := range choices {
			c, _ := choice.(map[string]any)
			message, _ := c["message"].(map[string]any)
			o.messageCalls(message)
		}
		kwargs, _ := out["additional_kwargs"].(map[string]any)
		o.messageCalls(map[string]any{"tool_calls": kwargs["tool_calls"]})
	}
}

// isCall tells a call that stands alone from a message, and from a result or a
// definition.
func isCall(value map[string]any) bool {
	has := func(keys ...string) bool {
		return slices.ContainsFunc(keys, func(key string) bool { _, ok := value[key]; return ok })
	}
	kind, _ := value["type"].(string)
	if has("role", "content", "tool_calls", "additional_kwargs") || kind == "tool-result" {
		return false
	}
	function, _ := value["function"].(map[string]any)
	_, hasArguments := function["arguments"]
	switch {
	case truthy(function["name"]) && hasArguments:
		return true
	case truthy(value["toolName"]):
		return kind == "tool-call" || has("input", "args")
	case !truthy(value["name"]):
		return false
	}
	marked := has("id", "index") || truthy(value["call_id"]) || slices.Contains([]string{"function", "function_call", "tool-call", "tool_use"}, kind)
	return has("arguments") && marked || kind == "tool_use" && has("input")
}

func (o *Observation) messageCalls(message map[string]any) {
	calls, ok := decoded(message["tool_calls"]).([]any)
	if !ok {
		calls, _ = decoded(message["toolCalls"]).([]any)
	}
	for _, call := range calls {
		c, _ := call.(map[string]any)
		o.call(c)
	}
	parts, _ := message["content"].([]any)
	for _, part := range parts {
		p, _ := part.(map[string]any)
		if kind := p["type"]; kind == "tool_use" || kind == "tool-call" {
			o.call(p)
		}
	}
}

func (o *Observation) call(raw map[string]any) {
	source := raw
	if function, ok := raw["function"].(map[string]any); ok {
		source = function
	}
	name, _ := first(source, "name", "toolName").(string)
	if name == "" {
		return
	}
	call := ToolCall{ID: firstText(raw, "id", "toolCallId", "call_id"), Name: name}
	if arguments := first(source, "arguments", "args", "input"); arguments != nil {
		call.Arguments = textOf(arguments)
	}
	o.ToolCalls = append(o.ToolCalls, call)
}
