// Package chatml writes the content of model calls in the form of OpenAI's
// chat messages, which Langfuse shows as a conversation and finds tool calls
// in: role, content, tool_calls, tool_call_id. It reads messages with parts
// (GenAI semantic conventions, Google), with content blocks (Anthropic, Vercel
// AI SDK, Amazon Bedrock), and chat messages with small differences
// (OpenInference, OpenLLMetry). What has no place in a chat message is kept
// beside it, and a message in a form that is not known stays as it is: nothing
// that was said is lost.
package chatml

import (
	"strings"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
)

// Text is content: JSON, or plain text where JSON is false.
type Text struct {
	Text string
	JSON bool

	value jsonraw.Value // of JSON
}

// Reader reads content, with memory that it uses again. It is not safe for
// concurrent use.
type Reader struct{ arena jsonraw.Arena }

// Reset gives the memory of all texts free. They must not be used any more.
func (r *Reader) Reset() { r.arena.Reset() }

// TextOf tells JSON objects, arrays and strings from plain text. Numbers and
// words stay text, which is what they were.
func (r *Reader) TextOf(text string) Text {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return Text{}
	}
	switch trimmed[0] {
	case '{', '[', '"':
		if value, ok := r.arena.Parse(trimmed); ok {
			return Text{Text: trimmed, JSON: true, value: value}
		}
	}
	return Text{Text: text}
}

// TextOf is that of a Reader for this text alone.
func TextOf(text string) Text { return new(Reader).TextOf(text) }

// jsonText is the text of a value.
func jsonText(value jsonraw.Value) Text { return Text{Text: value.Raw(), JSON: true, value: value} }

// IsEmpty reports whether there is no content.
func (t Text) IsEmpty() bool { return t.Text == "" }

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
	w := writer{dst: dst}
	if r, ok := requestOf(in.Content.value, in.System); ok {
		r.write(&w, in.Tools)
		return w.dst
	}
	hasTools := saysAnything(in.Tools)
	switch {
	case in.System.IsEmpty() && !hasTools && !isMessages(in.Content.value):
		w.raw(in.Content.Text)
	case !hasTools:
		w.conversation(in)
	default:
		w.raw(`{"messages":`)
		w.conversation(in)
		w.raw(`,"tools":`)
		w.tools(in.Tools)
		w.raw(`}`)
	}
	return w.dst
}

// AppendOutput appends the output to dst: one message, or a list where there
// are several. calls are tool calls that stand beside the text of an answer.
// Content that is no messages stays as it is.
func AppendOutput(dst []byte, content, calls Text) []byte {
	w := writer{dst: dst}
	switch {
	case saysAnything(calls):
		w.answer(content, calls)
	case isAnswer(content.value):
		w.raw("[")
		w.message(content.value, "")
		w.raw("]")
		w.unwrapOnly(len(dst))
	case isMessages(content.value):
		w.list(content.value, Text{})
		w.unwrapOnly(len(dst))
	default:
		w.raw(content.Text)
	}
	return w.dst
}

// unwrapOnly takes the brackets of a list away that was written from start on,
// where it has one message only.
func (w *writer) unwrapOnly(start int) {
	if w.messages == 1 {
		w.dst = append(w.dst[:start], w.dst[start+1:len(w.dst)-1]...)
	}
}

// saysAnything reports whether there is content that is no empty list.
func saysAnything(t Text) bool {
	return !t.IsEmpty() && (!t.JSON || !t.value.SaysNothing())
}
