package chatml

import (
	"strings"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// conversation writes messages, whatever the content is.
func (w *writer) conversation(in Input) {
	if isMessages(in.Content.value) {
		w.list(in.Content.value, in.System)
		return
	}
	w.raw("[")
	w.system(in.System)
	if !in.Content.IsEmpty() {
		w.comma()
		w.raw(`{"role":"user","content":`)
		w.asString(in.Content)
		w.raw("}")
	}
	w.raw("]")
}

// answer writes the message that a text and calls beside it are.
func (w *writer) answer(content, calls Text) {
	w.raw(`{"role":"assistant","content":`)
	if content.IsEmpty() {
		w.raw("null")
	} else {
		w.asString(content)
	}
	w.raw(`,"tool_calls":`)
	start := len(w.dst)
	if calls.value.IsArray() {
		w.raw("[")
		for c := range calls.value.Elements() {
			w.call(c)
		}
		w.raw("]")
	}
	if w.unknown || !calls.value.IsArray() {
		w.rewind(start)
		w.textOrJSON(calls)
	}
	w.raw("}")
}

// system writes the messages that instructions are, where there are any: text, a
// list of text parts, or messages of their own.
func (w *writer) system(system Text) {
	if system.IsEmpty() {
		return
	}
	if isMessages(system.value) {
		for message := range system.value.Elements() {
			w.message(message, "system")
		}
		return
	}
	if system.value.IsObject() && isMessage(system.value) {
		w.message(system.value, "system")
		return
	}
	w.comma()
	w.raw(`{"role":"system","content":`)
	start := len(w.dst)
	parts := partsOf(system.value)
	if !parts.IsNone() && isContent(parts) {
		w.content(parts)
	} else {
		w.unknown = true
	}
	if w.unknown {
		w.rewind(start)
		w.asString(system)
	}
	w.raw("}")
}

// list writes a list of messages. The system's instructions come first,
// unless the messages begin with the same already.
func (w *writer) list(messages jsonraw.Value, system Text) {
	w.raw("[")
	first := true
	for message := range messages.Elements() {
		if first && (!isSystem(message) || !says(message, system)) {
			w.system(system)
		}
		first = false
		w.message(message, "")
	}
	if first {
		w.system(system)
	}
	w.raw("]")
}

func isSystem(message jsonraw.Value) bool {
	role := message.Get("role").Text()
	return role == "system" || role == "developer"
}

// maxSearch bounds the bytes that are searched for the texts of instructions.
const maxSearch = 16 << 20

// says reports whether all words of instructions stand in a message. Where both are
// too long and in too many pieces to tell, it says no: they then stand there twice.
func says(message jsonraw.Value, system Text) bool {
	if system.IsEmpty() {
		return true
	}
	var all strings.Builder
	eachText(message, func(text string) bool {
		all.WriteString(text)
		all.WriteByte('\n')
		return true
	})
	words, budget := all.String(), maxSearch
	if !system.JSON {
		return strings.Contains(words, strings.TrimSpace(system.Text))
	}
	return eachText(system.value, func(text string) bool {
		budget -= len(words)
		return budget >= 0 && strings.Contains(words, strings.TrimSpace(text))
	})
}

// isWord tells the role of instructions and the types of parts from texts.
func isWord(key, word string) bool {
	_, isType := partKinds[word]
	return key == "type" && isType || key == "role" && (word == "system" || word == "developer")
}

// eachText calls f for the texts in a value until it returns false, and reports
// whether it never did.
func eachText(v jsonraw.Value, f func(string) bool) bool {
	if v.IsString() {
		return f(v.Text())
	}
	for element := range v.Elements() {
		if !eachText(element, f) {
			return false
		}
	}
	for key, value := range v.Members() {
		if !isWord(key, value.Text()) && !eachText(value, f) {
			return false
		}
	}
	return true
}

// message writes one message, after the messages that results of tools inside it
// become; as it is where it is a chat message already, or nothing that is known.
func (w *writer) message(v jsonraw.Value, role string) {
	start, n := len(w.dst), w.messages
	if needsWork(v) {
		m := message{}
		if m.read(v, role) {
			w.converted(&m)
			if !w.unknown {
				return
			}
		}
		w.rewind(start)
		w.messages = n
	}
	w.comma()
	w.raw(v.Raw())
	w.messages++
}

func (w *writer) converted(m *message) {
	results, all := m.counts[result], 0
	for _, n := range m.counts {
		all += n
	}
	onlyResults := results > 0 && results == all && m.calls.IsNone()
	if onlyResults && !sayResults[m.role] {
		w.unknown = true
		return
	}
	for part := range m.parts.Elements() {
		if kindOf(part) != result {
			continue
		}
		o := w.result(part)
		if results--; results == 0 && onlyResults {
			m.others(&o)
		}
		o.close()
		w.messages++
	}
	if onlyResults {
		return
	}
	w.comma()
	o := w.open()
	m.body(&o)
	m.others(&o)
	o.close()
	w.messages++
}

// others writes the members of a message that have no place of their own.
func (m *message) others(o *object) {
	for i := m.n - 1; i >= 0; i-- {
		for key, value := range m.sources[i].Members() {
			if !handled[key] {
				o.value(key, value)
			}
		}
	}
}

// body writes role, content and tool calls.
func (m *message) body(o *object) {
	o.word("role", m.role)
	o.key("content")
	switch {
	case m.counts[text]+m.counts[other] > 0:
		o.w.content(m.parts)
	case !m.content.IsNone():
		o.w.raw(m.content.Raw())
	case m.parts.IsNone() && !m.blank.IsNone():
		o.w.raw(m.blank.Raw())
	default:
		o.w.raw("null")
	}
	if m.counts[reasoning] > 0 {
		m.reasoning(o)
	}
	if m.counts[call] == 0 && m.calls.IsNone() {
		return
	}
	o.key("tool_calls")
	o.w.raw("[")
	for part := range m.parts.Elements() {
		if kindOf(part) == call {
			o.w.call(part)
		}
	}
	for c := range m.calls.Elements() {
		o.w.call(c)
	}
	o.w.raw("]")
}

// reasoning writes the thoughts as one text, under the name that DeepSeek's API
// and LiteLLM use for it, and what stands beside them (signatures) under
// OpenRouter's.
func (m *message) reasoning(o *object) {
	o.key("reasoning_content")
	details := false
	var all []string
	for part := range m.parts.Elements() {
		if kindOf(part) != reasoning {
			continue
		}
		t := thoughtOf(part)
		details = details || t.hasRest()
		if m.counts[reasoning] == 1 {
			o.w.stringified(t.words)
			break
		}
		all = append(all, t.words.Text())
	}
	if m.counts[reasoning] > 1 {
		o.w.dst = jsontext.AppendString(o.w.dst, strings.Join(all, "\n"))
	}
	if !details {
		return
	}
	o.key("reasoning_details")
	o.w.raw("[")
	for part := range m.parts.Elements() {
		if kindOf(part) != reasoning {
			continue
		}
		if t := thoughtOf(part); t.hasRest() {
			o.w.comma()
			detail := o.w.open()
			t.rest(&detail)
			detail.close()
		}
	}
	o.w.raw("]")
}
