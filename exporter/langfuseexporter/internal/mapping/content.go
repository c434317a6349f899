package mapping

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/chatml"
	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// Fields of an observation that hold content, as Langfuse's media protocol
// names them.
const (
	FieldInput  = "input"
	FieldOutput = "output"
	// FieldMetadata is that of the observation and of its trace.
	FieldMetadata = "metadata"
)

func (w *writer) setInput() {
	m := w.m
	if m.options.Messages == MessagesOff {
		return
	}
	if !w.has(ownInput) {
		if text := w.orTraces(w.input(), keyTraceInput); text != "" {
			w.dst.PutStr(keyInput, w.media(FieldInput, text)) // made of valid texts
		}
	} else {
		w.mediaOfOwn(FieldInput, keyInput)
	}
	w.traceContent(keyInput, keyTraceInput, ownTraceInput)
}

func (w *writer) setOutput() {
	m := w.m
	if m.options.Messages == MessagesOff {
		return
	}
	if !w.has(ownOutput) {
		if text := w.orTraces(w.output(), keyTraceOutput); text != "" {
			w.dst.PutStr(keyOutput, w.media(FieldOutput, text))
		}
	} else {
		w.mediaOfOwn(FieldOutput, keyOutput)
	}
	w.traceContent(keyOutput, keyTraceOutput, ownTraceOutput)
}

// orTraces is what a root says of the trace where it says nothing of itself: newer
// servers show the root's content and do not read the trace's (langfuse reference 2.2).
func (w *writer) orTraces(text, key string) string {
	if text == "" && w.in.IsRoot {
		text = w.m.Text(textAt(w.src, key, ""))
	}
	return text
}

func (w *writer) media(field, text string) string {
	if w.m.Media == nil {
		return text
	}
	return w.m.Media(field, text)
}

func (w *writer) mediaOfOwn(field, key string) {
	if w.m.Media == nil {
		return
	}
	if value, ok := w.dst.Get(key); ok {
		value.SetStr(w.m.Media(field, value.Str()))
	}
}

// fieldOf is the field in which a file of an attribute is, besides the observation's
// input and output; "" where none is looked for.
func fieldOf(key string) string {
	switch {
	case key == keyTraceInput:
		return FieldInput
	case key == keyTraceOutput:
		return FieldOutput
	case strings.HasPrefix(key, keyMetadata), strings.HasPrefix(key, keyTraceMetadata):
		return FieldMetadata
	}
	return ""
}

// mediaOfOthers puts what stands for files in their place.
func (m *Mapper) mediaOfOthers(dst pcommon.Map) {
	if m.Media == nil {
		return
	}
	for key, value := range dst.All() {
		field := fieldOf(key)
		if value.Type() != pcommon.ValueTypeStr || field == "" {
			continue
		}
		if text := m.Media(field, value.Str()); text != value.Str() {
			value.SetStr(text)
		}
	}
}

// traceContent repeats the root's content as the trace's, which evaluations of
// v3 read.
func (w *writer) traceContent(from, to string, o own) {
	if !w.m.options.TraceIO || !w.in.IsRoot || w.has(o) {
		return
	}
	if value, ok := w.dst.Get(from); ok {
		w.dst.PutStr(to, value.Str())
	}
}

// contentOf is a value as content.
func (w *writer) contentOf(value pcommon.Value) chatml.Text {
	switch value.Type() {
	case pcommon.ValueTypeEmpty:
		return chatml.Text{}
	case pcommon.ValueTypeStr:
		return w.m.reader.TextOf(w.m.Text(value.Str()))
	case pcommon.ValueTypeMap, pcommon.ValueTypeSlice:
		return w.m.reader.TextOf(jsonOf(value))
	}
	return w.m.reader.TextOf(value.AsString())
}

func (w *writer) input() string {
	v := &w.m.view
	var in chatml.Input
	content, hasContent := v.Input()
	if hasContent && !w.isOwn(content.Key) {
		in.Content = w.contentOf(content.Value)
	}
	if value, ok := v.Value(genai.SystemInstructions); ok {
		in.System = w.contentOf(value)
	}
	in.Tools = w.tools()
	if w.m.options.Messages == MessagesJSON || w.isTool() {
		return in.Content.Text
	}
	if hasContent && content.Key == "" {
		w.completeFromRequest(&in)
	}
	w.m.scratch = chatml.AppendInput(w.m.scratch[:0], in)
	return string(w.m.scratch)
}

// completeFromRequest adds the instructions and the tools that a request has
// beside its messages: of Anthropic's requests OpenInference spreads only the
// messages over attributes, and has the rest in input.value.
func (w *writer) completeFromRequest(in *chatml.Input) {
	value, ok := w.src.Get("input.value")
	if !ok {
		return
	}
	system, tools := chatml.BesideMessages(w.contentOf(value))
	if in.System.IsEmpty() {
		in.System = system
	}
	if in.Tools.IsEmpty() {
		in.Tools = tools
	}
}

func (w *writer) output() string {
	v := &w.m.view
	var out, calls chatml.Text
	content, ok := v.Output()
	switch {
	case ok && content.Key == aiToolCalls:
		calls = w.contentOf(content.Value)
	case ok && !w.isOwn(content.Key):
		out = w.contentOf(content.Value)
		if value, has := w.src.Get(aiToolCalls); has {
			calls = w.contentOf(value)
		}
	}
	if w.m.options.Messages == MessagesJSON || w.isTool() {
		if out.IsEmpty() {
			return calls.Text
		}
		return out.Text
	}
	w.m.scratch = chatml.AppendOutput(w.m.scratch[:0], out, calls)
	return string(w.m.scratch)
}

// isTool reports whether content is arguments and results, which only look like
// messages by chance.
func (w *writer) isTool() bool { return w.kind == typeTool }

// aiToolCalls are the tool calls of an answer, which the Vercel AI SDK writes
// beside its text.
const aiToolCalls = "ai.response.toolCalls"

// isOwn tells Langfuse's attribute, which is copied and not read.
func (w *writer) isOwn(key string) bool { return ownKeys[key] != 0 }

// tools returns the definitions of the tools that a model was offered.
func (w *writer) tools() chatml.Text {
	if value, ok := w.m.view.Tools(); ok {
		return w.contentOf(value)
	}
	return chatml.Text{}
}
