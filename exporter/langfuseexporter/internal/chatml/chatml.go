// Package chatml writes the content of model calls in the form of OpenAI's
// chat messages, which Langfuse shows as a conversation and finds tool calls
// in: role, content, tool_calls, tool_call_id. It reads messages with parts
// (GenAI semantic conventions, Google), with content blocks (Anthropic, Vercel
// AI SDK, Amazon Bedrock), and chat messages with small differences
// (OpenInference, OpenLLMetry). What it does not know it leaves as it is.
package chatml

import (
	"strings"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// MaxDepth is how deep JSON may nest to be read as JSON. encoding/json has the
// same limit far higher; nobody writes messages so deep.
const MaxDepth = 512

// Text is content: JSON, or plain text where JSON is false.
type Text struct {
	Text string
	JSON bool
}

// TextOf tells JSON objects, arrays and strings from plain text. Numbers and
// words stay text, which is what they were.
func TextOf(text string) Text {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return Text{}
	}
	switch trimmed[0] {
	case '{', '[', '"':
		if jsontext.Valid(trimmed, MaxDepth) {
			return Text{Text: trimmed, JSON: true}
		}
	}
	return Text{Text: text}
}

// IsEmpty reports whether there is no content.
func (t Text) IsEmpty() bool { return t.Text == "" }

func (t Text) value() jsonraw.Value {
	if !t.JSON {
		return ""
	}
	return jsonraw.Of(t.Text)
}

// Input is what a span was given.
type Input struct {
	Content Text
	System  Text // instructions that stand beside the messages
	Tools   Text // definitions of the tools that the model may call
}

// AppendInput appends the input to dst: a list of messages, the system's
// instructions first; with tools an object of messages and tools; and content
// that is no messages as it is where nothing has to stand beside it.
func AppendInput(dst []byte, in Input) []byte {
	tools := toolList(in.Tools)
	content := in.Content.value()
	if r, ok := requestOf(content, in.System); ok {
		return r.appendTo(dst, tools)
	}
	switch {
	case in.System.IsEmpty() && tools == "":
		if isMessages(content) {
			return appendMessages(dst, content, in.System)
		}
		return append(dst, in.Content.Text...)
	case tools == "":
		return appendConversation(dst, in)
	}
	dst = append(dst, `{"messages":`...)
	dst = appendConversation(dst, in)
	return appendTools(dst, tools)
}

func appendTools(dst []byte, tools jsonraw.Value) []byte {
	dst = append(dst, `,"tools":[`...)
	for tool := range tools.Elements() {
		dst = comma(dst)
		dst = appendTool(dst, tool)
	}
	return append(dst, ']', '}')
}

// appendConversation appends messages, whatever the content is.
func appendConversation(dst []byte, in Input) []byte {
	content := in.Content.value()
	if isMessages(content) {
		return appendMessages(dst, content, in.System)
	}
	dst = append(dst, '[')
	dst = appendSystem(dst, in.System)
	if !in.Content.IsEmpty() {
		dst = comma(dst)
		dst = append(dst, `{"role":"user","content":`...)
		dst = appendAsString(dst, in.Content)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// AppendOutput appends the output to dst: one message, or a list where there
// are several. calls are tool calls that stand beside the text of an answer.
// Content that is no messages stays as it is.
func AppendOutput(dst []byte, content Text, calls Text) []byte {
	if list := calls.value(); list.IsArray() && list.Len() > 0 {
		return appendAnswer(dst, content, list)
	}
	messages := content.value()
	switch {
	case isAnswer(messages):
		// The brackets give the message a place to stand in.
		messages = jsonraw.Value("[" + string(messages) + "]")
	case !isMessages(messages):
		return append(dst, content.Text...)
	}
	start := len(dst)
	dst = appendMessages(dst, messages, Text{})
	written := jsonraw.Value(dst[start:])
	if written.Len() != 1 {
		return dst
	}
	// The only message, without the brackets of the list.
	return append(dst[:start], dst[start+1:len(dst)-1]...)
}

// appendAnswer appends the message that text and calls are.
func appendAnswer(dst []byte, content Text, calls jsonraw.Value) []byte {
	dst = append(dst, `{"role":"assistant","content":`...)
	if content.IsEmpty() {
		dst = append(dst, "null"...)
	} else {
		dst = appendAsString(dst, content)
	}
	dst = appendCalls(dst, calls)
	return append(dst, '}')
}

// appendSystem appends the message that instructions are, where there are any:
// text, a list of text parts, or messages of their own.
func appendSystem(dst []byte, system Text) []byte {
	if system.IsEmpty() {
		return dst
	}
	value := system.value()
	if isMessages(value) {
		for message := range value.Elements() {
			dst = appendMessage(dst, message, "system")
		}
		return dst
	}
	dst = comma(dst)
	dst = append(dst, `{"role":"system","content":`...)
	if parts := partsOf(value); parts != "" {
		dst = appendContent(dst, parts)
	} else {
		dst = appendAsString(dst, system)
	}
	return append(dst, '}')
}

// appendAsString appends content as a JSON string: a text as it is, and JSON of
// another kind as text.
func appendAsString(dst []byte, t Text) []byte {
	if value := t.value(); value.IsString() {
		return append(dst, value...)
	}
	return jsontext.AppendString(dst, t.Text)
}

func appendStringified(dst []byte, value jsonraw.Value) []byte {
	if value.IsString() {
		return append(dst, value...)
	}
	return jsontext.AppendString(dst, string(value))
}

// comma separates what comes from what is there.
func comma(dst []byte) []byte {
	switch dst[len(dst)-1] {
	case '[', '{', ':':
		return dst
	}
	return append(dst, ',')
}
