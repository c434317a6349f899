package chatml

import "github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"

// request is an object that holds messages: a whole request of a provider's
// API, or what the Vercel AI SDK calls a prompt.
type request struct {
	whole    jsonraw.Value
	messages jsonraw.Value // list of messages; none where there is only a prompt
	key      string        // the member that holds them
	prompt   jsonraw.Value // text of the user
	system   Text
	bare     bool // there is nothing else in it
}

// requestOf reads an object that holds messages. The second result is false
// where it is none, or holds two lists of them.
func requestOf(v jsonraw.Value, system Text) (request, bool) {
	if !v.IsObject() || v.RepeatsKey() {
		return request{}, false
	}
	r := request{whole: v, system: system, bare: true}
	for key, value := range v.Members() {
		switch key {
		case "messages", "contents": // Google says contents
			if !r.takeMessages(key, value) {
				return request{}, false
			}
		case "prompt":
			if r.prompt = value; !value.IsString() {
				r.bare = false
			}
		case "system":
			r.bare = r.takeSystem(value) && r.bare
		case "config": // Google ADK
			r.bare = false
			r.takeSystem(value.Get("system_instruction", "systemInstruction"))
		default:
			r.bare = false
		}
	}
	if r.key == "" {
		return r, r.bare && !r.prompt.IsNone()
	}
	r.bare = r.bare && r.prompt.SaysNothing()
	return r, true
}

// takeMessages takes a list of messages. It reports false where there is another
// one, or where this is none.
func (r *request) takeMessages(key string, value jsonraw.Value) bool {
	switch {
	case value.SaysNothing() && r.key != "":
		return true
	case r.key != "" && !r.messages.SaysNothing():
		return false
	case !value.IsArray() || !value.SaysNothing() && !isMessages(value):
		return value.IsNull()
	}
	r.messages, r.key = value, key
	return true
}

// takeSystem takes instructions that stand in the object, where none stand
// beside it. It reports whether they have been taken whole.
func (r *request) takeSystem(value jsonraw.Value) bool {
	switch {
	case value.SaysNothing():
		return true
	case !r.system.IsEmpty():
		return false
	case value.IsString():
		r.system = Text{Text: value.Text()}
		return true
	}
	if parts := value.Get("parts"); parts.IsArray() {
		r.system = jsonText(parts)
		return hasOnly(value, "parts", "role")
	}
	r.system = jsonText(value)
	return true
}

// BesideMessages returns the instructions and the definitions of tools that a
// request of a provider's API has beside its messages, each empty where it has none.
func BesideMessages(content Text) (system, tools Text) {
	r, ok := requestOf(content.value, Text{})
	if !ok {
		return Text{}, Text{}
	}
	if offered := r.whole.Get("tools"); offered.IsArray() && !offered.SaysNothing() {
		tools = jsonText(offered)
	}
	return r.system, tools
}

// write writes the request: its messages, or an object where more stands beside
// them.
func (r *request) write(w *writer, tools Text) {
	hasTools := saysAnything(tools)
	if r.bare {
		if !hasTools {
			r.conversation(w)
			return
		}
		w.raw(`{"messages":`)
		r.conversation(w)
		w.raw(`,"tools":`)
		w.tools(tools)
		w.raw("}")
		return
	}
	o := w.open()
	start := len(w.dst) - 1
	var own jsonraw.Value
	for key, value := range r.whole.Members() {
		switch {
		case key == r.key:
			o.key("messages")
			r.conversation(w)
		case key == "messages", key == "contents": // empty beside the other
		case key == "tools" && value.SaysNothing() && hasTools:
		default:
			if key == "tools" {
				own = value
			}
			o.value(key, value)
		}
	}
	switch {
	case !hasTools:
	case own.IsNone():
		o.key("tools")
		w.tools(tools)
	case !offers(own, tools):
		o.key("tool_definitions")
		w.tools(tools)
	}
	o.close()
	if w.unknown { // more members than anybody's request has
		w.rewind(start)
		w.raw(r.whole.Raw())
	}
}

func (r *request) conversation(w *writer) {
	if r.key != "" {
		w.list(r.messages, r.system)
		return
	}
	w.raw("[")
	w.system(r.system)
	w.comma()
	w.raw(`{"role":"user","content":`)
	w.raw(r.prompt.Raw())
	w.raw("}]")
}
