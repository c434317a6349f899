package genai

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Setting is a parameter of a request.
type Setting struct {
	Name  string
	Value pcommon.Value
}

// settingNames are the parameters in the order in which they are listed, under the last
// part of the conventions' names.
var settingNames = []struct {
	field Field
	name  string
}{
	{Temperature, "temperature"},
	{MaxTokens, "max_tokens"},
	{TopP, "top_p"},
	{TopK, "top_k"},
	{FrequencyPenalty, "frequency_penalty"},
	{PresencePenalty, "presence_penalty"},
	{StopSequences, "stop_sequences"},
	{Seed, "seed"},
	{ReasoningLevel, "reasoning_level"},
	{ChoiceCount, "choice_count"},
	{Streaming, "stream"},
	{RequestTier, "service_tier"},
}

// settingSpellings are names of parameters in requests, and in the Vercel AI SDK, that
// mean one of settingNames.
var settingSpellings = map[string]string{
	"max_completion_tokens": "max_tokens", "max_output_tokens": "max_tokens", "maxTokens": "max_tokens", "maxOutputTokens": "max_tokens", "max_new_tokens": "max_tokens",
	"topP": "top_p", "topK": "top_k", "frequencyPenalty": "frequency_penalty", "presencePenalty": "presence_penalty",
	"stop": "stop_sequences", "stopSequences": "stop_sequences", "n": "choice_count", "reasoning_effort": "reasoning_level", "reasoningEffort": "reasoning_level",
}

// notSettings are members of a request that are no parameters.
var notSettings = map[string]bool{
	"messages": true, "input": true, "prompt": true, "contents": true, "system": true, "instructions": true, "tools": true, "functions": true,
	"model": true, "stream_options": true,
}

// Settings returns the parameters of the request: those that have attributes of their
// own, and then the rest of what an attribute with all of them holds.
func (v *View) Settings() []Setting {
	var list []Setting
	has := func(name string) bool {
		return slices.ContainsFunc(list, func(s Setting) bool { return s.Name == name })
	}
	for _, s := range settingNames {
		if value, ok := v.Value(s.field); ok {
			list = append(list, Setting{s.name, value})
		}
	}
	value, ok := v.Value(InvocationParam)
	if !ok {
		return list
	}
	value = structured(value)
	if value.Type() != pcommon.ValueTypeMap {
		return list
	}
	for key, member := range value.Map().All() {
		if name, ok := settingSpellings[key]; ok {
			key = name
		}
		if !notSettings[key] && !has(key) && member.Type() != pcommon.ValueTypeEmpty {
			list = append(list, Setting{key, member})
		}
	}
	return list
}

// OfferedTool is a tool that a model was offered.
type OfferedTool struct{ Name, Description string }

// OfferedTools returns the tools that a model was offered, by name, in the order in which
// they were offered.
func (v *View) OfferedTools() []OfferedTool {
	value, ok := v.Tools()
	if !ok {
		return nil
	}
	return appendTools(nil, value, "", 0)
}

// toolHolders are the members under which definitions of tools stand: OpenAI's
// functions, Amazon's specifications, Google's declarations.
var toolHolders = []string{"function", "toolSpec", "functionDeclarations", "function_declarations", "tools", "tool"}

// appendTools adds the tools of a definition: a list, an object that is a tool or holds
// some, an object of tools by name, or JSON text of these. Other text is a name.
func appendTools(list []OfferedTool, value pcommon.Value, name string, depth int) []OfferedTool {
	if depth > 6 {
		return list
	}
	value = structured(value)
	switch value.Type() {
	case pcommon.ValueTypeStr:
		if text := value.Str(); text != "" && name == "" {
			list = append(list, OfferedTool{Name: text})
		}
	case pcommon.ValueTypeSlice:
		for _, element := range value.Slice().All() {
			list = appendTools(list, element, "", depth+1)
		}
	case pcommon.ValueTypeMap:
		list = appendToolObject(list, object{value.Map()}, name, depth)
	}
	return list
}

func appendToolObject(list []OfferedTool, o object, name string, depth int) []OfferedTool {
	for _, holder := range toolHolders {
		if inner, ok := o.first(holder); ok && structured(inner).Type() != pcommon.ValueTypeStr {
			return appendTools(list, inner, "", depth+1)
		}
	}
	if own := o.str("name", "toolName"); own != "" {
		return append(list, OfferedTool{Name: own, Description: o.str("description")})
	}
	if name != "" {
		return append(list, OfferedTool{Name: name, Description: o.str("description")})
	}
	if kind := o.str("type"); kind != "" { // a tool of the provider's own, such as web_search
		return append(list, OfferedTool{Name: kind, Description: o.str("description")})
	}
	for key, member := range o.All() {
		if member.Type() == pcommon.ValueTypeMap {
			list = appendTools(list, member, key, depth+1)
		}
	}
	return list
}
