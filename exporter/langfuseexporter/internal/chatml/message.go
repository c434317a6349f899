package chatml

import (
	"strings"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// isMessages reports whether a value is a list of messages. Lists of other
// objects, such as documents, have no roles.
func isMessages(v jsonraw.Value) bool {
	n := 0
	for element := range v.Elements() {
		if !isMessage(element) {
			return false
		}
		n++
	}
	return n > 0
}

func isMessage(v jsonraw.Value) bool {
	hasRole, hasBody := false, false
	for key, value := range v.Members() {
		switch key {
		case "role":
			hasRole = value.IsString()
		case "parts":
			return value.IsArray()
		case "content", "contents", "tool_calls", "toolCalls", "message", "finish_reason":
			hasBody = true
		}
	}
	return hasRole || hasBody && v.Get("role", "message") != ""
}

// isAnswer reports whether an object is one message by itself, or holds one as
// Google's answers do.
func isAnswer(v jsonraw.Value) bool {
	if !v.IsObject() {
		return false
	}
	if v.Get("role").IsString() {
		return isMessage(v)
	}
	content := v.Get("content")
	return content.IsObject() && content.Get("parts").IsArray()
}

// appendMessages appends a list of messages. The system's instructions come
// first, unless the messages begin with such already.
func appendMessages(dst []byte, messages jsonraw.Value, system Text) []byte {
	dst = append(dst, '[')
	first := true
	for message := range messages.Elements() {
		if first && !isSystem(message) {
			dst = appendSystem(dst, system)
		}
		first = false
		dst = appendMessage(dst, message, "")
	}
	return append(dst, ']')
}

func isSystem(message jsonraw.Value) bool {
	role := message.Get("role").Text()
	return role == "system" || role == "developer"
}

// roles are other words for the roles of chat messages.
var roles = map[string]string{"model": "assistant", "human": "user", "ai": "assistant", "function": "tool"}

// message is one message taken apart.
type message struct {
	role    string
	parts   jsonraw.Value // list of parts
	content jsonraw.Value // where it is no list of parts
	calls   jsonraw.Value // list of tool calls beside the content
	counts  [kinds]int    // of parts, by kind
}

// appendMessage appends one message, after the messages that results of tools
// inside it become.
func appendMessage(dst []byte, v jsonraw.Value, role string) []byte {
	if !needsWork(v) {
		dst = comma(dst)
		return append(dst, v...)
	}
	if inner := v.Get("message", "content"); inner.IsObject() {
		return appendChoice(dst, v, inner, role)
	}
	m := read(v, role)
	for part := range m.parts.Elements() {
		if kindOf(part) == result {
			dst = appendResult(dst, part)
		}
	}
	rest := m.counts[text] + m.counts[other] + m.counts[call] + m.counts[reasoning]
	if m.counts[result] > 0 && rest == 0 && m.calls == "" {
		return dst
	}
	dst = comma(dst)
	dst = append(dst, '{')
	dst = m.appendBody(dst)
	return append(appendOthers(dst, v), '}')
}

// appendOthers appends the members of a message that appendBody does not write.
func appendOthers(dst []byte, v jsonraw.Value) []byte {
	for key, value := range v.Members() {
		if handled[key] {
			continue
		}
		dst = append(dst, ',')
		dst = jsontext.AppendString(dst, key)
		dst = append(dst, ':')
		dst = append(dst, value...)
	}
	return dst
}

// handled are the members of a message that appendBody writes.
var handled = map[string]bool{
	"role": true, "parts": true, "content": true, "contents": true, "tool_calls": true, "toolCalls": true, "message": true,
}

// appendChoice appends the message inside a choice, with what the choice says
// beside it (its index, the finish reason).
func appendChoice(dst []byte, choice, inner jsonraw.Value, role string) []byte {
	if role == "" {
		role = choice.Get("role").Text()
	}
	m := read(inner, role)
	dst = comma(dst)
	dst = append(dst, '{')
	dst = m.appendBody(dst)
	return append(appendOthers(appendOthers(dst, inner), choice), '}')
}

func (m *message) appendBody(dst []byte) []byte {
	dst = append(dst, `"role":`...)
	dst = jsontext.AppendString(dst, m.role)
	dst = append(dst, `,"content":`...)
	switch {
	case m.parts != "":
		if m.counts[text]+m.counts[other] == 0 {
			dst = append(dst, "null"...)
		} else {
			dst = appendContent(dst, m.parts)
		}
	case m.content != "":
		dst = append(dst, m.content...)
	default:
		dst = append(dst, "null"...)
	}
	if m.counts[reasoning] > 0 {
		dst = m.appendReasoning(dst)
	}
	if m.counts[call] > 0 || m.calls != "" {
		dst = append(dst, `,"tool_calls":[`...)
		for part := range m.parts.Elements() {
			if kindOf(part) == call {
				dst = appendCall(dst, bodyOf(part))
			}
		}
		for c := range m.calls.Elements() {
			dst = appendCall(dst, c)
		}
		dst = append(dst, ']')
	}
	return dst
}

// appendReasoning appends the thoughts as one text, under the name that
// DeepSeek's API and LiteLLM use for it.
func (m *message) appendReasoning(dst []byte) []byte {
	dst = append(dst, `,"reasoning_content":`...)
	if m.counts[reasoning] == 1 {
		for part := range m.parts.Elements() {
			if kindOf(part) == reasoning {
				return appendStringified(dst, textOfPart(part))
			}
		}
	}
	var all []string
	for part := range m.parts.Elements() {
		if kindOf(part) == reasoning {
			all = append(all, textOfPart(part).Text())
		}
	}
	return jsontext.AppendString(dst, strings.Join(all, "\n"))
}

func read(v jsonraw.Value, role string) message {
	m := message{role: role}
	for key, value := range v.Members() {
		switch key {
		case "role":
			m.role = value.Text()
		case "parts", "contents":
			if value.IsArray() {
				m.parts = value
			}
		case "content":
			if m.content = value; m.parts == "" {
				m.parts = partsOf(value)
			}
		case "message": // Strands: the content of a choice
			if m.content == "" {
				m.content, m.parts = value, partsOf(value)
			}
		case "tool_calls", "toolCalls":
			m.calls = unquoted(value)
		}
	}
	if word, ok := roles[m.role]; ok {
		m.role = word
	}
	if m.role == "" {
		m.role = "assistant"
	}
	if !m.calls.IsArray() {
		m.calls = ""
	}
	for part := range m.parts.Elements() {
		m.counts[kindOf(part)]++
	}
	return m
}

// needsWork reports whether a message is anything else than a chat message
// already.
func needsWork(v jsonraw.Value) bool {
	for key, value := range v.Members() {
		switch key {
		case "parts", "contents", "toolCalls", "message":
			return true
		case "role":
			if _, ok := roles[value.Text()]; ok {
				return true
			}
		case "content":
			if value.IsObject() {
				return true
			}
			if partsOf(value) != "" && foreignParts(partsOf(value)) {
				return true
			}
		case "tool_calls":
			if foreignCalls(value) {
				return true
			}
		}
	}
	return v.Get("role") == ""
}

// unquoted reads JSON that was put into a JSON string.
func unquoted(v jsonraw.Value) jsonraw.Value {
	if !v.IsString() {
		return v
	}
	inner := TextOf(v.Text())
	if value := inner.value(); value.IsArray() || value.IsObject() {
		return value
	}
	return v
}

// partsOf returns content where it is a list of parts, be it as such or as
// text; "" where it is not.
func partsOf(content jsonraw.Value) jsonraw.Value {
	if content.IsString() && !strings.HasPrefix(string(content), `"[{`) {
		return ""
	}
	list := unquoted(content)
	n := 0
	for part := range list.Elements() {
		if part.IsObject() && (part.Get("type").IsString() || kindOf(part) != other) || part.IsString() {
			n++
			continue
		}
		return ""
	}
	if n == 0 {
		return ""
	}
	return list
}
