package chatml

import (
	"strings"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// kind is what becomes of a part.
type kind uint8

const (
	other     kind = iota // stays in the content, as it is or as a picture or file
	text                  // content
	reasoning             // reasoning_content
	call                  // tool_calls
	result                // a message of its own, role tool
	kinds
)

// partKinds are the types of parts, each with who writes it.
var partKinds = map[string]kind{
	"text":                      text, // everybody
	"input_text":                text, // OpenAI Responses
	"output_text":               text, // OpenAI Responses
	"reasoning":                 reasoning,
	"thinking":                  reasoning, // Anthropic
	"tool_call":                 call,      // GenAI semantic conventions
	"server_tool_call":          call,      // GenAI semantic conventions
	"tool-call":                 call,      // Vercel AI SDK
	"tool_use":                  call,      // Anthropic
	"server_tool_use":           call,      // Anthropic
	"function_call":             call,      // OpenAI Responses
	"tool_call_response":        result,    // GenAI semantic conventions
	"server_tool_call_response": result,    // GenAI semantic conventions
	"tool-result":               result,    // Vercel AI SDK
	"tool_result":               result,    // Anthropic
	"function_call_output":      result,    // OpenAI Responses
}

// keyKinds are the members that parts without a type are known by (Google,
// Amazon Bedrock), each with the kind of part.
var keyKinds = map[string]kind{
	"text":             text,
	"functionCall":     call,
	"function_call":    call,
	"functionResponse": result, "function_response": result,
	"toolUse":          call,
	"toolResult":       result,
	"reasoningContent": reasoning,
}

func kindOf(part jsonraw.Value) kind {
	if part.IsString() {
		return text
	}
	if t := part.Get("type"); t.IsString() {
		return partKinds[t.Text()]
	}
	for key, value := range part.Members() {
		if k, ok := keyKinds[key]; ok && !value.IsNull() {
			return k
		}
	}
	return other
}

// bodyOf returns the part, or what stands inside it where its one member names
// its kind.
func bodyOf(part jsonraw.Value) jsonraw.Value {
	if part.Get("type") != "" {
		return part
	}
	if inner := part.Get("functionCall", "function_call", "functionResponse", "function_response", "toolUse", "toolResult"); inner.IsObject() {
		return inner
	}
	return part
}

// textOfPart returns the words of a text or of a thought.
func textOfPart(part jsonraw.Value) jsonraw.Value {
	if part.IsString() {
		return part
	}
	v := part.Get("content", "text", "thinking", "reasoning", "reasoningContent", "summary")
	if v.IsObject() { // Bedrock: {"reasoningContent":{"reasoningText":{"text":"…"}}}
		if inner := v.Get("reasoningText").Get("text"); inner != "" {
			return inner
		}
	}
	if v == "" {
		return `""`
	}
	return v
}

// appendContent appends the content that parts are: one text as a string, more
// as a list. Calls and results of tools, and thoughts, stand elsewhere.
func appendContent(dst []byte, parts jsonraw.Value) []byte {
	texts, others := 0, 0
	var only jsonraw.Value
	for part := range parts.Elements() {
		switch kindOf(part) {
		case text:
			texts++
			only = part
		case other:
			others++
		}
	}
	if texts == 1 && others == 0 {
		return appendStringified(dst, textOfPart(only))
	}
	dst = append(dst, '[')
	for part := range parts.Elements() {
		switch kindOf(part) {
		case text:
			dst = comma(dst)
			dst = append(dst, `{"type":"text","text":`...)
			dst = appendStringified(dst, textOfPart(part))
			dst = append(dst, '}')
		case other:
			dst = comma(dst)
			dst = appendOther(dst, part)
		}
	}
	return append(dst, ']')
}

// appendOther appends a part that is neither text nor of tools. Parts of the
// GenAI conventions and of Google that hold media become those of chat
// messages; others stay.
func appendOther(dst []byte, part jsonraw.Value) []byte {
	if inline := part.Get("inlineData", "inline_data"); inline.IsObject() {
		return appendMedia(dst, inline.Get("mimeType", "mime_type").Text(), "", inline.Get("data").Text())
	}
	switch part.Get("type").Text() {
	case "blob":
		return appendMedia(dst, part.Get("mime_type").Text(), part.Get("modality").Text(), part.Get("content", "data").Text())
	case "uri":
		return appendURI(dst, part)
	case "file":
		if isBase64(part.Get("data")) { // Vercel AI SDK
			return appendMedia(dst, part.Get("mediaType", "mimeType").Text(), "", part.Get("data").Text())
		}
		if id := part.Get("file_id"); id != "" {
			dst = append(dst, `{"type":"file","file":{"file_id":`...)
			dst = append(dst, id...)
			return append(dst, '}', '}')
		}
	case "input_audio": // OpenAI: base64 alone
		if audio := part.Get("input_audio"); isBase64(audio.Get("data")) {
			return appendMedia(dst, "audio/"+audio.Get("format").Text(), "", audio.Get("data").Text())
		}
	case "document":
		if source := part.Get("source"); source.Get("type").Text() == "base64" { // Anthropic
			return appendMedia(dst, source.Get("media_type").Text(), "", source.Get("data").Text())
		}
	case "image": // OpenInference: {"type":"image","image":{"image":{"url":"…"}}}
		if source := part.Get("source"); source.Get("type").Text() == "base64" { // Anthropic
			return appendMedia(dst, source.Get("media_type").Text(), "image", source.Get("data").Text())
		}
		if isBase64(part.Get("image")) { // Vercel AI SDK
			return appendMedia(dst, part.Get("mediaType", "mimeType").Text(), "image", part.Get("image").Text())
		}
		if url := part.Get("image").Get("image").Get("url"); url != "" {
			dst = append(dst, `{"type":"image_url","image_url":{"url":`...)
			dst = append(dst, url...)
			return append(dst, '}', '}')
		}
	}
	return append(dst, part...)
}

// isBase64 tells a file that stands alone from a URL of one.
func isBase64(v jsonraw.Value) bool {
	return v.IsString() && len(v) > 2 && !strings.Contains(string(v[:min(len(v), 16)]), ":") && !strings.Contains(string(v), ".")
}

// appendMedia appends media that stand in the message as base64.
func appendMedia(dst []byte, mime, modality, base64 string) []byte {
	group, format, _ := strings.Cut(mime, "/")
	if mime == "" {
		group = modality
	}
	switch group {
	case "image":
		dst = append(dst, `{"type":"image_url","image_url":{"url":`...)
	case "audio":
		dst = append(dst, `{"type":"input_audio","input_audio":{"format":`...)
		dst = jsontext.AppendString(dst, format)
		dst = append(dst, `,"data":`...)
	default:
		dst = append(dst, `{"type":"file","file":{"file_data":`...)
	}
	if mime == "" {
		mime = "application/octet-stream"
	}
	dst = jsontext.AppendString(dst, "data:"+mime+";base64,"+base64)
	return append(dst, '}', '}')
}

func appendURI(dst []byte, part jsonraw.Value) []byte {
	uri := part.Get("uri", "url")
	if uri == "" {
		return append(dst, part...)
	}
	if part.Get("modality").Text() == "image" || strings.HasPrefix(part.Get("mime_type").Text(), "image/") {
		dst = append(dst, `{"type":"image_url","image_url":{"url":`...)
	} else {
		dst = append(dst, `{"type":"file","file":{"file_data":`...)
	}
	dst = appendStringified(dst, uri)
	return append(dst, '}', '}')
}
