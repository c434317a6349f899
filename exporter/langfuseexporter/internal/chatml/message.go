package chatml

import (
	"strings"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
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
	return hasRole || hasBody && (!v.Get("role", "message").IsNone() || isAnswer(v))
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

// roles are other words for the roles of chat messages.
var roles = map[string]string{"model": "assistant", "human": "user", "ai": "assistant", "function": "tool"}

// sayResults are the roles of messages that only hold results of tools, which
// become messages of the role tool.
var sayResults = map[string]bool{"tool": true, "user": true, "assistant": true}

// message is one message taken apart.
type message struct {
	role    string
	parts   jsonraw.Value // list of parts
	content jsonraw.Value // where it is no list of parts
	blank   jsonraw.Value // content that says nothing
	calls   jsonraw.Value // list of tool calls beside the content
	counts  [kinds]int    // of parts, by kind

	// sources are the objects that its members come from: itself, and a message
	// that it holds (the choice of an answer, Google's content).
	sources [2]jsonraw.Value
	n       int
}

// handled are the members of a message that are read into the others of the type.
var handled = map[string]bool{
	"role": true, "parts": true, "content": true, "contents": true, "tool_calls": true, "toolCalls": true, "message": true,
}

// read takes a message apart. It reports false where that is in a form that is
// not known. role is that of a message without one.
func (m *message) read(v jsonraw.Value, role string) bool {
	if !m.take(v) {
		return false
	}
	if m.role == "" {
		m.role = role
	}
	if m.role == "" {
		m.role = "assistant"
	}
	for part := range m.parts.Elements() {
		if !isSound(part) {
			return false
		}
		m.counts[kindOf(part)]++
	}
	return true
}

// take reads the members of an object into m, each place once.
func (m *message) take(v jsonraw.Value) bool {
	if m.n == len(m.sources) || v.RepeatsKey() {
		return false
	}
	m.sources[m.n] = v
	m.n++
	inner := jsonraw.Value{}
	for key, value := range v.Members() {
		switch {
		case !handled[key]:
		case value.SaysNothing():
			if key == "content" && !value.IsNull() {
				m.blank = value
			}
		case key == "role":
			if !m.takeRole(value) {
				return false
			}
		case key == "tool_calls" || key == "toolCalls":
			calls := value.Unquoted()
			if !calls.IsArray() || !m.calls.IsNone() {
				return false
			}
			m.calls = calls
		case m.hasBody() || !inner.IsNone():
			return false
		case key == "parts" || key == "contents":
			if !value.IsArray() {
				return false
			}
			m.parts = value
		case value.IsObject():
			inner = value
		default:
			if m.parts = partsOf(value); m.parts.IsNone() {
				m.content = value
			}
		}
	}
	return inner.IsNone() || holdsMessage(inner) && m.take(inner)
}

func (m *message) hasBody() bool { return !m.parts.IsNone() || !m.content.IsNone() }

func (m *message) takeRole(value jsonraw.Value) bool {
	word := value.Text()
	if other, ok := roles[word]; ok {
		word = other
	}
	if !value.IsString() || m.role != "" && m.role != word {
		return false
	}
	m.role = word
	return true
}

// holdsMessage tells a message inside another from any object that is content.
func holdsMessage(v jsonraw.Value) bool {
	for key := range v.Members() {
		if handled[key] {
			return true
		}
	}
	return false
}

// needsWork reports whether a message is anything else than a chat message
// already.
func needsWork(v jsonraw.Value) bool {
	hasRole := false
	for key, value := range v.Members() {
		switch key {
		case "parts", "contents", "toolCalls", "message":
			return true
		case "role":
			hasRole = !value.IsNull()
			if _, ok := roles[value.Text()]; ok {
				return true
			}
		case "content":
			if value.IsObject() {
				return true
			}
			if parts := partsOf(value); !parts.IsNone() && foreignParts(parts) {
				return true
			}
		case "tool_calls":
			if foreignCalls(value) {
				return true
			}
		}
	}
	return !hasRole
}

// partsOf returns content where it is a list of parts, be it as such or as
// text; none where it is not.
func partsOf(content jsonraw.Value) jsonraw.Value {
	if content.IsString() && !strings.HasPrefix(content.Raw(), `"[{`) {
		return jsonraw.Value{}
	}
	list := content.Unquoted()
	n := 0
	for part := range list.Elements() {
		if part.IsObject() && (part.Get("type").IsString() || kindOf(part) != other) || part.IsString() {
			n++
			continue
		}
		return jsonraw.Value{}
	}
	if n == 0 {
		return jsonraw.Value{}
	}
	return list
}
