package genai

import (
	"encoding/json"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Message is one message of a conversation, as far as it is text.
type Message struct {
	Role string // as the instrumentation has it; "" where it says none
	Name string // of the participant, where there is one
	// Text is all that the message says in words: its text parts, the arguments of
	// tool calls and the results of tools, with a line feed between them.
	Text string
	// Media counts the parts that are no text (images, audio, files): how many
	// tokens those are, the text does not tell.
	Media int
}

// Conversation is content as text, for counting tokens.
type Conversation struct {
	Messages []Message
	// Truncated is set where the content was cut off somewhere on its way. What is
	// left must not be counted.
	Truncated bool
}

// Bytes returns how much text there is.
func (c Conversation) Bytes() int {
	n := 0
	for i := range c.Messages {
		n += len(c.Messages[i].Text)
	}
	return n
}

// InputText returns what the model was given: its instructions, if they stand
// in an attribute of their own, and then the messages of Input. The second
// result is false where the span has none of it.
func (v *View) InputText() (Conversation, bool) {
	var c Conversation
	if text := v.Str(SystemInstructions); text != "" {
		c.addContent("system", text)
	}
	content, ok := v.Input()
	if ok {
		c.addContent("user", string(content.AppendJSON(nil)))
	}
	return c, len(c.Messages) > 0 || c.Truncated
}

// OutputText returns what the model answered, tool calls included.
func (v *View) OutputText() (Conversation, bool) {
	var c Conversation
	content, ok := v.Output()
	if ok {
		c.addContent("assistant", string(content.AppendJSON(nil)))
	}
	// The Vercel AI SDK has the tool calls of an answer in an attribute beside its
	// text.
	if calls, ok := v.attribute("ai.response.toolCalls"); ok && content.Key != "ai.response.toolCalls" {
		c.addContent("assistant", calls.AsString())
	}
	return c, len(c.Messages) > 0 || c.Truncated
}

// ToolText returns the definitions of the tools that the model was offered, as
// the text that they are sent in, or "".
func (v *View) ToolText() string {
	value, ok := v.Tools()
	if !ok {
		return ""
	}
	if value.Type() == pcommon.ValueTypeSlice { // schemas are texts of their own
		var text []byte
		for _, tool := range value.Slice().All() {
			text = append(AppendJSON(text, tool), '\n')
		}
		return string(text)
	}
	return string(AppendJSON(nil, value))
}

func (v *View) attribute(key string) (pcommon.Value, bool) {
	if !v.hasAttributes {
		return pcommon.Value{}, false
	}
	return v.attributes.Get(key)
}

// cutMarks end text that an SDK or a collector has shortened.
var cutMarks = []string{"...", "…", "[truncated]", "(truncated)", "<truncated>", "... (truncated)", "[TRUNCATED]"}

// addContent adds content that is JSON or plain text.
func (c *Conversation) addContent(role, text string) {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || trimmed == "null" || trimmed == `""` {
		return
	}
	var value any
	if looksLikeJSON(trimmed) && json.Unmarshal([]byte(trimmed), &value) == nil {
		// Text that is itself a JSON string may hold JSON once more.
		if inner, ok := value.(string); ok {
			c.addText(role, inner)
			return
		}
		c.addValue(role, value)
		return
	}
	c.addPlain(role, text)
}

// addText adds a string, which may be JSON.
func (c *Conversation) addText(role, text string) {
	trimmed := strings.TrimSpace(text)
	if trimmed != "" && (trimmed[0] == '{' || trimmed[0] == '[') {
		var value any
		if json.Unmarshal([]byte(trimmed), &value) == nil {
			c.addValue(role, value)
			return
		}
		// It begins as JSON and is none: it was cut, unless it is prose in brackets.
		if strings.Contains(trimmed, `":`) {
			c.Truncated = true
			return
		}
	}
	c.addPlain(role, text)
}

func (c *Conversation) addPlain(role, text string) {
	for _, mark := range cutMarks[1:] {
		if strings.HasSuffix(text, mark) {
			c.Truncated = true
			return
		}
	}
	if len(text) >= cutLength && strings.HasSuffix(text, cutMarks[0]) {
		c.Truncated = true
		return
	}
	c.Messages = append(c.Messages, Message{Role: role, Text: text})
}

// cutLength is the length from which on three dots at the end are taken for
// the mark of a cut: in short texts people write them.
const cutLength = 1000

// addValue adds content that has structure: a list of messages or of parts, one
// message, or an object that holds messages.
func (c *Conversation) addValue(role string, value any) {
	switch x := value.(type) {
	case string:
		c.addPlain(role, x)
	case []any:
		if c.addParts(role, x) {
			return
		}
		for _, element := range x {
			c.addValue(role, element)
		}
	case map[string]any:
		c.addObject(role, x)
	case nil:
	default:
		text, _ := json.Marshal(x)
		c.Messages = append(c.Messages, Message{Role: role, Text: string(text)})
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
	{"messages", ""},
	{"contents", ""},
	{"prompt", "user"},
	{"input", ""},
	{"choices", "assistant"},
	{"candidates", "assistant"},
	{"generations", "assistant"},
	{"output", "assistant"},
	{"kwargs", ""},
	{"config", ""}, // Google ADK: holds the system instruction
}

func (c *Conversation) addObject(role string, object map[string]any) {
	switch {
	case isCall(object):
		m := Message{Role: role}
		m.addCall(object)
		c.Messages = append(c.Messages, m)
		return
	case isMessage(object):
		c.addMessage(role, object)
		return
	}
	if inner, ok := object["content"].(map[string]any); ok { // Google's answers
		c.addValue(role, inner)
		return
	}
	if message, ok := object["message"]; ok { // a choice, a generation
		c.addValue(role, message)
		return
	}
	found := false
	for _, holder := range holders {
		value, ok := object[holder.name]
		if !ok || value == nil {
			continue
		}
		if holder.name == "config" {
			if config, isObject := value.(map[string]any); !isObject || config["system_instruction"] == nil && config["systemInstruction"] == nil {
				continue
			}
		}
		as := role
		if holder.role != "" {
			as = holder.role
		}
		before := len(c.Messages)
		c.addValue(as, value)
		found = found || len(c.Messages) > before
	}
	if found {
		return
	}
	if text, ok := object["text"].(string); ok {
		c.addPlain(role, text)
		return
	}
	if text, err := json.Marshal(object); err == nil && len(object) > 0 {
		c.Messages = append(c.Messages, Message{Role: role, Text: string(text)})
	}
}

// isCall tells a tool call that stands alone.
func isCall(object map[string]any) bool {
	_, hasName := object["toolName"].(string)
	_, hasFunction := object["function"].(map[string]any)
	return hasName || hasFunction
}

// isMessage tells a message from other objects: it has a role or a LangChain
// type, and content, parts or tool calls.
func isMessage(object map[string]any) bool {
	if _, nested := object["content"].(map[string]any); nested {
		return false
	}
	_, hasRole := object["role"].(string)
	_, hasType := object["type"].(string)
	for _, name := range [...]string{"content", "parts", "tool_calls", "toolCalls"} {
		if _, ok := object[name]; ok && (hasRole || hasType || name != "content" || len(object) <= 2) {
			return true
		}
	}
	return false
}

func (c *Conversation) addMessage(role string, object map[string]any) {
	m := Message{Role: role}
	if own, ok := object["role"].(string); ok {
		m.Role = own
	}
	m.Name, _ = object["name"].(string)
	for _, name := range [...]string{"content", "parts", "contents"} {
		m.addContent(object[name])
	}
	for _, name := range [...]string{"tool_calls", "toolCalls", "function_call"} {
		m.addCall(object[name])
	}
	if m.Text != "" || m.Media > 0 {
		c.Messages = append(c.Messages, m)
	}
}

// addParts adds a list that is the parts of one message. It reports whether the
// list is one.
func (c *Conversation) addParts(role string, list []any) bool {
	for _, element := range list {
		part, ok := element.(map[string]any)
		if !ok {
			return false
		}
		if _, isPart := part["type"].(string); !isPart || part["role"] != nil || part["kwargs"] != nil {
			return false
		}
	}
	if len(list) == 0 {
		return true
	}
	m := Message{Role: role}
	m.addContent(list)
	if m.Text != "" || m.Media > 0 {
		c.Messages = append(c.Messages, m)
	}
	return true
}

func (m *Message) say(text string) {
	if text == "" {
		return
	}
	if m.Text != "" {
		m.Text += "\n"
	}
	m.Text += text
}

// addContent adds a message's content: text, a part, or a list of parts.
func (m *Message) addContent(content any) {
	switch x := content.(type) {
	case string:
		m.say(x)
	case []any:
		for _, part := range x {
			m.addContent(part)
		}
	case map[string]any:
		m.addPart(x)
	}
}

// partText are the names under which parts hold text or, in tool calls and
// results, values that are sent as JSON.
var partText = []string{"text", "content", "thinking", "reasoning", "input_text", "output_text"}

// toolParts are the names of what is called with and what came back, in parts
// of a message.
var toolParts = []string{"name", "toolName", "arguments", "args", "input", "response", "result", "output"}

func (m *Message) addPart(part map[string]any) {
	kind, _ := part["type"].(string)
	switch {
	case strings.Contains(kind, "image"), strings.Contains(kind, "audio"), strings.Contains(kind, "video"), kind == "file", kind == "blob",
		kind == "uri", kind == "document", part["inline_data"] != nil, part["inlineData"] != nil, part["file_data"] != nil:
		m.Media++
		return
	case strings.Contains(kind, "tool"), strings.Contains(kind, "function"):
		m.addCall(part)
		return
	}
	for _, name := range [...]string{"function_call", "functionCall", "function_response", "functionResponse", "toolUse", "toolResult"} {
		if inner, ok := part[name]; ok { // Google, Amazon
			m.addCall(inner)
		}
	}
	for _, name := range partText {
		if value, ok := part[name]; ok {
			m.addContent(value)
			return
		}
	}
}

// addCall adds tool calls or results: the tool's name, and its arguments or
// result as JSON.
func (m *Message) addCall(call any) {
	switch x := call.(type) {
	case []any:
		for _, element := range x {
			m.addCall(element)
		}
	case map[string]any:
		if function, ok := x["function"]; ok { // OpenAI
			m.addCall(function)
			return
		}
		if content, ok := x["content"]; ok { // Anthropic's results
			m.addContent(content)
		}
		for _, name := range toolParts {
			switch value := x[name].(type) {
			case nil:
			case string:
				m.say(value)
			default:
				if text, err := json.Marshal(value); err == nil {
					m.say(string(text))
				}
			}
		}
	}
}
