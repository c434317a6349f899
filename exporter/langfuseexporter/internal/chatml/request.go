package chatml

import (
	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// request is an object that holds messages: a whole request of a provider's
// API, or what the Vercel AI SDK calls a prompt.
type request struct {
	whole    jsonraw.Value
	messages jsonraw.Value // list of messages; "" where there is only a prompt
	key      string        // the member that holds them
	prompt   jsonraw.Value // text of the user
	system   Text
	bare     bool // there is nothing else in it
}

// requestOf reads an object that holds messages. The second result is false
// where it is none.
func requestOf(v jsonraw.Value, system Text) (request, bool) {
	r := request{whole: v, system: system, bare: true}
	for key, value := range v.Members() {
		switch {
		case (key == "messages" || key == "contents") && value.IsArray() && (value.Len() == 0 || isMessages(value)): // Google says contents
			r.messages, r.key = value, key
		case key == "prompt" && value.IsString():
			r.prompt = value
		case key == "system":
			r.takeSystem(value)
		case key == "config": // Google ADK
			r.bare = false
			r.takeSystem(value.Get("system_instruction", "systemInstruction"))
		default:
			r.bare = false
		}
	}
	if r.key == "" && (!r.bare || r.prompt == "") {
		return request{}, false
	}
	return r, true
}

// takeSystem takes instructions that stand in the object, where none stand
// beside it.
func (r *request) takeSystem(value jsonraw.Value) {
	if !r.system.IsEmpty() || value.IsNull() {
		return
	}
	if value.IsString() {
		r.system = Text{Text: value.Text()}
		return
	}
	if parts := value.Get("parts"); parts.IsArray() {
		value = parts
	}
	r.system = Text{Text: string(value), JSON: true}
}

// appendTo appends the request: its messages, or an object where more stands
// beside them.
func (r *request) appendTo(dst []byte, tools jsonraw.Value) []byte {
	switch {
	case r.bare && tools == "":
		return r.appendMessages(dst)
	case r.bare:
		dst = append(dst, `{"messages":`...)
		dst = r.appendMessages(dst)
		return appendTools(dst, tools)
	}
	dst = append(dst, '{')
	hasTools := false
	for key, value := range r.whole.Members() {
		dst = comma(dst)
		if key == r.key {
			dst = append(dst, `"messages":`...)
			dst = r.appendMessages(dst)
			continue
		}
		dst = jsontext.AppendString(dst, key)
		dst = append(dst, ':')
		hasTools = hasTools || key == "tools"
		dst = append(dst, value...)
	}
	if tools == "" || hasTools {
		return append(dst, '}')
	}
	return appendTools(dst, tools)
}

func (r *request) appendMessages(dst []byte) []byte {
	if r.messages != "" {
		return appendMessages(dst, r.messages, r.system)
	}
	dst = append(dst, '[')
	dst = appendSystem(dst, r.system)
	dst = comma(dst)
	dst = append(dst, `{"role":"user","content":`...)
	dst = append(dst, r.prompt...)
	return append(dst, '}', ']')
}
