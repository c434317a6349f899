package genai

import (
	"encoding/json"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// chat is content read as messages.
type chat struct {
	messages  []Message
	truncated bool // it was cut off somewhere on its way
	stated    bool // a message says who speaks: it is a conversation by its form
	beside    int  // messages from here on stand beside the answer that comes before
}

// readInput reads the instructions, where they stand in an attribute of their own, and
// then Input.
func (v *View) readInput() *chat {
	c := &chat{}
	if value, ok := v.Value(SystemInstructions); ok {
		c.addContent("system", value)
	}
	if content, ok := v.Input(); ok {
		c.addContent("user", content.Value)
	}
	return c
}

// readOutput reads Output, and the tool calls and thoughts that the Vercel AI SDK has in
// attributes beside the text.
func (v *View) readOutput() *chat {
	c := &chat{}
	content, ok := v.Output()
	if ok {
		c.addContent("assistant", content.Value)
	}
	c.beside = len(c.messages)
	if calls, ok := v.attribute("ai.response.toolCalls"); ok && content.Key != "ai.response.toolCalls" {
		c.addContent("assistant", calls)
	}
	return c
}

// cutMarks end text that an SDK or a collector has shortened.
var cutMarks = []string{"...", "…", "[truncated]", "(truncated)", "<truncated>", "... (truncated)", "[TRUNCATED]"}

// cutLength is the length from which on three dots at the end are taken for
// the mark of a cut: in short texts people write them.
const cutLength = 1000

// addContent adds content: JSON, as text or as a value, or plain text.
func (c *chat) addContent(role string, value pcommon.Value) {
	if value.Type() != pcommon.ValueTypeStr {
		c.addValue(role, value)
		return
	}
	text := strings.TrimSpace(value.Str())
	var inner string
	switch {
	case text == "" || text == "null":
	case text[0] == '"' && json.Unmarshal([]byte(text), &inner) == nil:
		// Text that is itself a JSON string may hold JSON once more.
		c.addText(role, inner)
	default:
		c.addText(role, value.Str())
	}
}

// addText adds a string, which may be JSON.
func (c *chat) addText(role, text string) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return
	}
	if trimmed[0] == '{' || trimmed[0] == '[' {
		value := pcommon.NewValueEmpty()
		if decodeJSON(trimmed, value) {
			c.addValue(role, value)
			return
		}
		// It begins as JSON and is none: it was cut, unless it is prose in brackets.
		c.truncated = c.truncated || strings.Contains(trimmed, `":`) && !json.Valid([]byte(trimmed))
	}
	c.addPlain(role, text)
}

func (c *chat) addPlain(role, text string) {
	for _, mark := range cutMarks[1:] {
		c.truncated = c.truncated || strings.HasSuffix(text, mark)
	}
	c.truncated = c.truncated || len(text) >= cutLength && strings.HasSuffix(text, cutMarks[0])
	c.add(Message{Role: role, Parts: []Part{{Text: text}}})
}

// add leaves out a message that says nothing.
func (c *chat) add(m Message) {
	if len(m.Parts) == 0 {
		return
	}
	for i := range m.Parts {
		p := &m.Parts[i]
		for _, text := range []*string{&p.Text, &p.CallID, &p.Tool, &p.MediaType} {
			*text = strings.ToValidUTF8(*text, "\uFFFD")
		}
	}
	c.messages = append(c.messages, m)
}

func (c *chat) addData(role string, value pcommon.Value) {
	c.add(Message{Role: role, Parts: []Part{{Kind: PartData, Value: appendJSONValue(nil, value)}}})
}

// addValue adds content that has structure: a list of messages or of parts, one
// message, or an object that holds messages.
func (c *chat) addValue(role string, value pcommon.Value) {
	switch value.Type() {
	case pcommon.ValueTypeEmpty:
	case pcommon.ValueTypeStr:
		if value.Str() != "" {
			c.addPlain(role, value.Str())
		}
	case pcommon.ValueTypeSlice:
		if c.addParts(role, value.Slice()) {
			return
		}
		for _, element := range value.Slice().All() {
			c.addValue(role, element)
		}
	case pcommon.ValueTypeMap:
		c.addObject(role, object{value.Map()})
	default:
		c.addData(role, value)
	}
}

// holders are the names under which objects hold messages, with the role that
// is meant where the messages say none: requests and answers of OpenAI,
// Anthropic, Google and Amazon, the Vercel AI SDK's prompts, LangChain's
// generations.
var holders = []struct{ name, role string }{
	{"system", "system"},
	{"system_instruction", "system"},
	{"systemInstruction", "system"},
	{"instructions", "system"},
	{"config", ""}, // Google ADK: holds the system instruction
	{"messages", ""},
	{"contents", ""},
	{"prompt", "user"},
	{"input", ""},
	{"choices", "assistant"},
	{"candidates", "assistant"},
	{"generations", "assistant"},
	{"output", "assistant"},
	{"kwargs", ""},
}

// addObject adds what an object holds. What it is, is looked for from the narrowest form
// to the widest.
func (c *chat) addObject(role string, o object) {
	if kind := o.kind(); isItem(o, kind) {
		parts := appendPart(nil, o)
		if len(parts) == 1 && parts[0].Kind == PartToolResult {
			role = "tool"
		} else if role == "" || role == "user" {
			role = "assistant"
		}
		c.stated = true
		c.add(Message{Role: role, Parts: parts})
		return
	}
	switch {
	case isCall(o):
		c.add(Message{Role: role, Parts: appendCall(nil, o, o.kind())})
		return
	case isMessage(o):
		c.addMessage(role, o)
		return
	}
	if inner, ok := o.Get("content"); ok && inner.Type() == pcommon.ValueTypeMap { // Google's answers
		c.addValue(role, inner)
		return
	}
	if message, ok := o.Get("message"); ok { // a choice, a generation
		c.addValue(role, message)
		return
	}
	if c.addHeld(role, o) {
		return
	}
	if text := o.str("text"); text != "" {
		c.addPlain(role, text)
		return
	}
	if o.Len() > 0 {
		value := pcommon.NewValueMap()
		o.CopyTo(value.Map())
		c.addData(role, value)
	}
}

// addHeld adds the messages that an object holds, and reports whether it holds any.
func (c *chat) addHeld(role string, o object) bool {
	before := len(c.messages)
	for _, holder := range holders {
		value, ok := o.first(holder.name)
		if !ok {
			continue
		}
		if holder.name == "config" {
			config, isObject := o.inner("config")
			if !isObject || !config.has("system_instruction", "systemInstruction") {
				continue
			}
		}
		as := role
		if holder.role != "" {
			as = holder.role
		}
		c.addValue(as, value)
	}
	return len(c.messages) > before
}

// items are the types of objects that stand between messages in a list, and have no role:
// OpenAI's Responses API (https://platform.openai.com/docs/api-reference/responses).
var items = map[string]bool{
	"function_call": true, "function_call_output": true, "custom_tool_call": true, "custom_tool_call_output": true, "reasoning": true,
	"tool_use": true, "tool_result": true, "tool_call": true, "tool_call_response": true, "thinking": true,
}

func isItem(o object, kind string) bool {
	return (items[kind] || mcpKinds[kind]) && !o.has("role", "kwargs", "function")
}

// isCall tells a tool call that stands alone.
func isCall(o object) bool {
	_, hasFunction := o.inner("function")
	name, hasName := o.Get("toolName")
	return hasFunction || hasName && name.Type() == pcommon.ValueTypeStr
}

// isMessage tells a message from other objects: it has a role or a LangChain
// type, and content, parts or tool calls; or it is the Vercel AI SDK's and Mastra's
// answer, which has text beside thoughts and calls.
func isMessage(o object) bool {
	if _, nested := o.inner("content"); nested {
		return false
	}
	hasRole, hasType := o.str("role") != "", o.str("type") != ""
	for _, name := range []string{"content", "parts", "tool_calls", "toolCalls"} {
		if _, ok := o.Get(name); ok && (hasRole || hasType || name != "content" || o.Len() <= 2) {
			return true
		}
	}
	_, hasText := o.Get("text")
	return hasText && o.has("reasoning", "reasoningText", "files", "toolResults") || hasRole && o.has("reasoning_content")
}

// Names of members of a message, in the order in which its parts are put.
var (
	messageThoughts = []string{"reasoning_content", "reasoning", "reasoningText", "thinking"}
	messageContents = []string{"content", "parts", "contents"}
	messageCalls    = []string{"tool_calls", "toolCalls", "function_call"}
)

// messageTypes are the roles that LangChain's types stand for.
var messageTypes = map[string]string{"human": "user", "ai": "assistant", "aimessagechunk": "assistant", "system": "system", "tool": "tool", "function": "tool"}

func (c *chat) addMessage(role string, o object) {
	m := Message{Role: role, Name: o.str("name")}
	if own := o.str("role"); own != "" {
		m.Role = own
		c.stated = true
	} else if own, ok := messageTypes[o.kind()]; ok {
		m.Role = own
		c.stated = true
	}
	if thoughts, ok := o.first(messageThoughts...); ok {
		if text := allText(thoughts); text != "" {
			m.Parts = append(m.Parts, Part{Kind: PartThinking, Text: text})
		}
	}
	for _, name := range messageContents {
		if content, ok := o.Get(name); ok {
			m.Parts = contentParts(m.Parts, content)
		}
	}
	if !o.has(messageContents...) {
		if text := o.str("text", "refusal"); text != "" {
			m.Parts = append(m.Parts, Part{Text: text})
		}
	}
	if Speaker(m.Role) == "tool" {
		m.Parts = resultParts(m.Parts, o)
	}
	for _, name := range messageCalls {
		if calls, ok := o.first(name); ok {
			m.Parts = callList(m.Parts, calls)
		}
	}
	c.add(m)
}

func callList(parts []Part, calls pcommon.Value) []Part {
	switch calls.Type() {
	case pcommon.ValueTypeStr: // JSON, as an attribute of an event has it
		if decoded := structured(calls); decoded.Type() != pcommon.ValueTypeStr {
			return callList(parts, decoded)
		}
	case pcommon.ValueTypeSlice:
		for _, call := range calls.Slice().All() {
			parts = callList(parts, call)
		}
	case pcommon.ValueTypeMap:
		o := object{calls.Map()}
		parts = appendCall(parts, o, o.kind())
	}
	return parts
}

// resultParts makes the content of a message of role tool the result of the tool.
func resultParts(parts []Part, o object) []Part {
	for i := range parts {
		if parts[i].Kind == PartToolResult {
			return parts
		}
	}
	result := Part{Kind: PartToolResult, CallID: o.str(callIDs...), Tool: o.str(toolNames...), Failed: failed(o)}
	for _, name := range messageContents {
		if content, ok := o.first(name); ok {
			result.setResult(content)
			break
		}
	}
	kept := []Part{result}
	for i := range parts {
		if parts[i].Kind == PartMedia {
			kept = append(kept, parts[i])
		}
	}
	return kept
}

// addParts adds a list that is the parts of one message. It reports whether the
// list is one.
func (c *chat) addParts(role string, list pcommon.Slice) bool {
	for _, element := range list.All() {
		if element.Type() != pcommon.ValueTypeMap {
			return false
		}
		if o := (object{element.Map()}); o.str("type") == "" || o.has("role", "kwargs") || isItem(o, o.kind()) && betweenMessages[o.kind()] {
			return false
		}
	}
	m := Message{Role: role}
	for _, element := range list.All() {
		m.Parts = appendPart(m.Parts, object{element.Map()})
	}
	c.add(m)
	return true
}

// betweenMessages are items that make a list one of messages, not of the parts of one.
var betweenMessages = map[string]bool{"function_call": true, "function_call_output": true, "custom_tool_call": true, "custom_tool_call_output": true}

// Speaker returns who speaks in a role, in the words of the conventions: system, user,
// assistant or tool; another role as it is.
func Speaker(role string) string {
	switch role = strings.ToLower(role); role {
	case "human", "humanmessage":
		return "user"
	case "ai", "model", "aimessage", "chatbot", "assistantmessage", "bot":
		return "assistant"
	case "developer", "systemmessage", "instructions":
		return "system"
	case "function", "toolmessage", "tool_result", "tool_response":
		return "tool"
	}
	return role
}
