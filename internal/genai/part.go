package genai

import (
	"encoding/json"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// PartKind says what a part of a message is.
type PartKind uint8

// Kinds of parts.
const (
	PartText PartKind = iota
	PartThinking
	PartToolCall
	PartToolResult
	PartMedia
	PartData // what is none of these: structured content
)

// Part is a piece of a message.
type Part struct {
	Kind PartKind
	// Text is what is said, or thought. Of thoughts that a provider does not give away
	// it is empty; of media it is the name of a file.
	Text string
	// CallID and Tool belong to a call of a tool and to its result.
	CallID string
	Tool   string
	// Value is what a tool was called with, what it gave back, or data: JSON, or nil.
	Value  json.RawMessage
	Failed bool // of a result: the tool has failed
	// MediaType is the MIME type of media, or else what it is in a word (image). Bytes
	// is its length, 0 where it is not here.
	MediaType string
	Bytes     int64

	unsaid bool // data that is not sent as text
}

// words is a part as the text that counts of it.
func (p *Part) words() string {
	switch p.Kind {
	case PartText, PartThinking:
		return p.Text
	case PartToolCall, PartToolResult:
		value := jsonWords(p.Value)
		if p.Tool == "" || value == "" {
			return p.Tool + value
		}
		return p.Tool + "\n" + value
	case PartData:
		if !p.unsaid {
			return jsonWords(p.Value)
		}
	}
	return ""
}

// jsonWords is the text of a JSON string, and other JSON as it is.
func jsonWords(value json.RawMessage) string {
	var text string
	if len(value) > 0 && value[0] == '"' && json.Unmarshal(value, &text) == nil {
		return text
	}
	return string(value)
}

// object is a JSON object of a message, for looking up members.
type object struct{ pcommon.Map }

// first returns the first of the members that is there and is not null.
func (o object) first(names ...string) (pcommon.Value, bool) {
	for _, name := range names {
		if v, ok := o.Get(name); ok && v.Type() != pcommon.ValueTypeEmpty {
			return v, true
		}
	}
	return pcommon.Value{}, false
}

// str returns the first of the members that is a string which is not empty.
func (o object) str(names ...string) string {
	for _, name := range names {
		if v, ok := o.Get(name); ok && v.Type() == pcommon.ValueTypeStr && v.Str() != "" {
			return v.Str()
		}
	}
	return ""
}

// inner returns the first of the members that is an object.
func (o object) inner(names ...string) (object, bool) {
	for _, name := range names {
		if v, ok := o.Get(name); ok && v.Type() == pcommon.ValueTypeMap {
			return object{v.Map()}, true
		}
	}
	return object{}, false
}

func (o object) has(names ...string) bool {
	_, ok := o.first(names...)
	return ok
}

func (o object) truth(names ...string) bool {
	v, ok := o.first(names...)
	return ok && v.Type() == pcommon.ValueTypeBool && v.Bool()
}

// kind is the type of a part, with underscores: the Vercel AI SDK writes tool-call, the
// conventions tool_call.
func (o object) kind() string {
	return strings.ReplaceAll(strings.ToLower(o.str("type")), "-", "_")
}

// contentParts are the parts of a message's content: text, a part, or a list of parts.
func contentParts(parts []Part, content pcommon.Value) []Part {
	switch content.Type() {
	case pcommon.ValueTypeStr:
		if text := content.Str(); text != "" {
			parts = append(parts, Part{Text: text})
		}
	case pcommon.ValueTypeSlice:
		for _, element := range content.Slice().All() {
			parts = contentParts(parts, element)
		}
	case pcommon.ValueTypeMap:
		parts = appendPart(parts, object{content.Map()})
	}
	return parts
}

// partText are the names under which parts hold text.
var partText = []string{"text", "content", "thinking", "reasoning", "input_text", "output_text", "refusal"}

// appendPart appends what a part of a message is: one part, or two where it holds the
// call of a tool and its result.
func appendPart(parts []Part, o object) []Part {
	kind := o.kind()
	switch {
	case isThought(o, kind):
		return append(parts, Part{Kind: PartThinking, Text: thoughtText(o)})
	case isMedia(o, kind):
		return append(parts, mediaPart(o, kind))
	case strings.Contains(kind, "tool"), strings.Contains(kind, "function"), mcpKinds[kind]:
		return appendCall(parts, o, kind)
	}
	for _, name := range []string{"function_call", "functionCall", "function_response", "functionResponse", "toolUse", "toolResult"} { // Google, Amazon
		if inner, ok := o.inner(name); ok {
			return appendCall(parts, inner, strings.ToLower(name))
		}
	}
	for _, name := range partText {
		if value, ok := o.first(name); ok {
			return contentParts(parts, value)
		}
	}
	if o.Len() > 1 || o.Len() == 1 && kind == "" {
		parts = append(parts, Part{Kind: PartData, Value: appendJSONMap(o.Map), unsaid: true})
	}
	return parts
}

// isThought tells thoughts: by their type (Anthropic, the conventions, the Vercel AI SDK,
// OpenAI's items), by a mark (Google), or by their name (Amazon).
func isThought(o object, kind string) bool {
	return strings.Contains(kind, "thinking") || strings.Contains(kind, "reasoning") ||
		o.truth("thought") && o.has("text") || kind == "" && o.has("reasoningContent", "reasoning_content") && !o.has("role")
}

// thoughtText is the text of thoughts, or "" where only their number is known.
func thoughtText(o object) string {
	for _, name := range []string{"thinking", "text", "content", "reasoning", "summary", "details", "reasoningContent", "reasoning_content", "reasoningText"} {
		if v, ok := o.first(name); ok {
			if text := allText(v); text != "" {
				return text
			}
		}
	}
	return ""
}

// allText joins the text of a value: a string, the text of an object, those of a list.
func allText(v pcommon.Value) string {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		return v.Str()
	case pcommon.ValueTypeSlice:
		var texts []string
		for _, element := range v.Slice().All() {
			if text := allText(element); text != "" {
				texts = append(texts, text)
			}
		}
		return strings.Join(texts, "\n")
	case pcommon.ValueTypeMap:
		return thoughtText(object{v.Map()})
	}
	return ""
}

// mcpKinds are types of items that are calls of tools, and do not say so.
var mcpKinds = map[string]bool{
	"mcp_call": true, "web_search_call": true, "file_search_call": true, "code_interpreter_call": true, "computer_call": true, "local_shell_call": true,
}

// Names of members of calls and results, in the order in which they are looked for.
var (
	callIDs     = []string{"toolCallId", "tool_call_id", "tool_use_id", "toolUseId", "call_id", "callId", "id"}
	toolNames   = []string{"toolName", "tool_name", "name"}
	callInputs  = []string{"arguments", "args", "input", "toolInput", "action", "queries"}
	callResults = []string{"response", "result", "output", "toolOutput"}
)

// appendCall appends the call of a tool, its result, or both, as an object has them.
func appendCall(parts []Part, o object, kind string) []Part {
	if inner, ok := o.inner("toolInvocation", "payload", "tool_call"); ok {
		return appendCall(parts, inner, kind)
	}
	call := Part{Kind: PartToolCall, CallID: o.str(callIDs...), Tool: o.str(toolNames...)}
	from := o
	if function, ok := o.inner("function"); ok { // OpenAI
		call.Tool, from = function.str(toolNames...), function
	}
	if name, ok := strings.CutPrefix(kind, "tool_"); ok && call.Tool == "" && !callKinds[kind] { // the Vercel AI SDK's messages of a page
		call.Tool = name
	}
	if mcpKinds[kind] && call.Tool == "" {
		call.Tool = strings.TrimSuffix(kind, "_call")
	}
	if v, ok := from.first(callInputs...); ok {
		call.Value = AppendJSON(nil, v)
	}
	isResult := strings.Contains(kind, "result") || strings.Contains(kind, "response") || strings.HasSuffix(kind, "_output")
	value, has := from.first(callResults...)
	if !has && isResult {
		value, has = from.first("content")
	}
	if !isResult {
		parts = append(parts, call)
		if !has && !o.has("errorText") {
			return parts
		}
	}
	result := Part{Kind: PartToolResult, CallID: call.CallID, Tool: call.Tool, Failed: failed(o)}
	switch {
	case has:
		result.setResult(value)
	case o.has("errorText", "error"):
		v, _ := o.first("errorText", "error")
		result.Value, result.Failed = AppendJSON(nil, v), true
	}
	return append(parts, result)
}

// callKinds are types that begin as the names of tools do in the Vercel AI SDK's messages.
var callKinds = map[string]bool{
	"tool_call": true, "tool_calls": true, "tool_use": true, "tool_result": true, "tool_call_response": true, "tool_response": true, "tool_invocation": true,
	"tool_call_result": true, "tool_output": true,
}

func failed(o object) bool {
	return o.truth("is_error", "isError") || o.str("status") == "error" || strings.HasSuffix(o.str("state"), "error")
}

// setResult takes a result out of what the Vercel AI SDK and Amazon wrap it into, and
// text out of the parts in which Anthropic has it.
func (p *Part) setResult(v pcommon.Value) {
	if v.Type() == pcommon.ValueTypeMap {
		o := object{v.Map()}
		if value, ok := o.first("value"); ok && o.Len() <= 3 && o.str("type") != "" {
			p.Failed = p.Failed || strings.HasPrefix(o.kind(), "error")
			p.setResult(value)
			return
		}
	}
	if v.Type() == pcommon.ValueTypeSlice {
		if text, ok := onlyText(v.Slice()); ok {
			p.Value = AppendJSON(nil, pcommon.NewValueStr(text))
			return
		}
	}
	p.Value = AppendJSON(nil, v)
}

// onlyText joins parts that are all text.
func onlyText(list pcommon.Slice) (string, bool) {
	var texts []string
	for _, element := range list.All() {
		if element.Type() != pcommon.ValueTypeMap {
			return "", false
		}
		o := object{element.Map()}
		text := o.str("text", "content")
		if kind := o.kind(); text == "" || kind != "" && kind != "text" && kind != "input_text" && kind != "output_text" {
			return "", false
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "\n"), len(texts) > 0
}

func appendJSONMap(m pcommon.Map) json.RawMessage {
	value := pcommon.NewValueMap()
	m.CopyTo(value.Map())
	return appendJSONValue(nil, value)
}
