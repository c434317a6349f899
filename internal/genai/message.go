package genai

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Message is one message of a conversation.
type Message struct {
	Role  string // as the instrumentation has it, see Speaker; "" where it says none
	Name  string // of the participant, where there is one
	Parts []Part
}

// text is the message as text, as far as it is text.
func (m *Message) text() TextMessage {
	t := TextMessage{Role: m.Role, Name: m.Name}
	for i := range m.Parts {
		if m.Parts[i].Kind == PartMedia {
			t.Media++
		}
		words := m.Parts[i].words()
		if words != "" && t.Text != "" {
			t.Text += "\n"
		}
		t.Text += words
	}
	return t
}

// TextMessage is a message as far as it is text.
type TextMessage struct {
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
	Messages []TextMessage
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
func (v *View) InputText() (Conversation, bool) { return v.readInput().asText() }

// OutputText returns what the model answered, tool calls included.
func (v *View) OutputText() (Conversation, bool) { return v.readOutput().asText() }

func (c *chat) asText() (Conversation, bool) {
	out := Conversation{Truncated: c.truncated}
	for i := range c.messages {
		if t := c.messages[i].text(); t.Text != "" || t.Media > 0 {
			out.Messages = append(out.Messages, t)
		}
	}
	return out, len(out.Messages) > 0 || out.Truncated
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
