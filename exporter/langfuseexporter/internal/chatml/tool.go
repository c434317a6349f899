package chatml

import (
	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// foreignParts reports whether parts of content have to stand elsewhere, or
// look otherwise, in a chat message.
func foreignParts(parts jsonraw.Value) bool {
	for part := range parts.Elements() {
		switch kindOf(part) {
		case text:
			if part.Get("type") == "" || part.Get("text") == "" {
				return true
			}
		case other:
			switch part.Get("type").Text() {
			case "", "blob", "uri", "image", "document", "input_audio", "file":
				return true
			}
		default:
			return true
		}
	}
	return false
}

// foreignCalls reports whether tool calls are in another form than that of
// chat messages.
func foreignCalls(calls jsonraw.Value) bool {
	if !calls.IsArray() {
		return !calls.IsNull()
	}
	for c := range calls.Elements() {
		if !c.Get("function").Get("arguments").IsString() || c.Get("type") == "" {
			return true
		}
	}
	return false
}

func appendCalls(dst []byte, calls jsonraw.Value) []byte {
	dst = append(dst, `,"tool_calls":[`...)
	for c := range calls.Elements() {
		dst = appendCall(dst, c)
	}
	return append(dst, ']')
}

// appendCall appends one tool call, its arguments as text.
func appendCall(dst []byte, c jsonraw.Value) []byte {
	body := c
	if function := c.Get("function"); function.IsObject() {
		body = function
	}
	name := body.Get("name", "toolName")
	if name == "" {
		return dst
	}
	dst = comma(dst)
	dst = append(dst, '{')
	if id := c.Get("id", "toolCallId", "call_id", "tool_call_id", "toolUseId"); id != "" {
		dst = append(dst, `"id":`...)
		dst = appendStringified(dst, id)
		dst = append(dst, ',')
	}
	dst = append(dst, `"type":"function","function":{"name":`...)
	dst = appendStringified(dst, name)
	dst = append(dst, `,"arguments":`...)
	if arguments := body.Get("arguments", "args", "input"); arguments != "" {
		dst = appendStringified(dst, arguments)
	} else {
		dst = append(dst, `"{}"`...)
	}
	return append(dst, '}', '}')
}

// appendResult appends the message in which a tool answers.
func appendResult(dst []byte, part jsonraw.Value) []byte {
	body := bodyOf(part)
	dst = comma(dst)
	dst = append(dst, `{"role":"tool",`...)
	if id := body.Get("id", "toolCallId", "tool_use_id", "call_id", "tool_call_id", "toolUseId"); id != "" {
		dst = append(dst, `"tool_call_id":`...)
		dst = appendStringified(dst, id)
		dst = append(dst, ',')
	}
	if name := body.Get("name", "toolName"); name != "" {
		dst = append(dst, `"name":`...)
		dst = appendStringified(dst, name)
		dst = append(dst, ',')
	}
	dst = append(dst, `"content":`...)
	dst = appendAnswerOfTool(dst, body.Get("response", "result", "output", "content"))
	return append(dst, '}')
}

// appendAnswerOfTool appends what a tool returned as text. The Vercel AI SDK
// says of what kind it is; Anthropic and Bedrock have a list of parts.
func appendAnswerOfTool(dst []byte, answer jsonraw.Value) []byte {
	switch {
	case answer == "":
		return append(dst, `""`...)
	case answer.IsObject() && answer.Get("type").IsString() && answer.Get("value") != "":
		return appendStringified(dst, answer.Get("value"))
	case answer.IsArray() && answer.Len() == 1:
		for part := range answer.Elements() {
			if kindOf(part) == text && part.IsObject() {
				return appendStringified(dst, textOfPart(part))
			}
		}
	}
	return appendStringified(dst, answer)
}

// toolList returns the list of definitions, "" where there is none.
func toolList(t Text) jsonraw.Value {
	list := t.value()
	if !list.IsArray() || list.Len() == 0 {
		return ""
	}
	return list
}

// appendTool appends one definition: an object as it is, JSON text decoded, and
// a bare name as a definition that has no more.
func appendTool(dst []byte, tool jsonraw.Value) []byte {
	if inner := unquoted(tool); inner.IsObject() {
		return append(dst, inner...)
	}
	dst = append(dst, `{"name":`...)
	dst = jsontext.AppendString(dst, tool.Text())
	return append(dst, '}')
}
