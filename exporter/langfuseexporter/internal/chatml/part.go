package chatml

import "github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"

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

// isSound reports whether a part says once, and in a word, of what type it is, and
// everything else once.
func isSound(part jsonraw.Value) bool {
	t := part.Get("type")
	return (t.IsNone() || t.IsString()) && !part.RepeatsKey()
}

// bodyOf returns the object in which a call or a result of a tool stands: the
// part, or what is inside it where a member names its kind, and then its key.
func bodyOf(part jsonraw.Value) (string, jsonraw.Value) {
	key, inner := part.Find("functionCall", "function_call", "functionResponse", "function_response", "toolUse", "toolResult", "function")
	if inner.IsObject() {
		return key, inner
	}
	return "", part
}

// words are the members that hold the words of a text or of a thought.
var words = []string{"content", "text", "thinking", "reasoning", "reasoningContent", "summary"}

// wordsOf returns the words of a text, and the key that they stand under.
func wordsOf(part jsonraw.Value) (string, jsonraw.Value) {
	if part.IsString() {
		return "", part
	}
	return part.Find(words...)
}

// thought is a part with a thought: its words, and the objects that they stand in.
type thought struct {
	words           jsonraw.Value
	part, inner     jsonraw.Value
	key, innerWords string
}

func thoughtOf(part jsonraw.Value) thought {
	t := thought{part: part}
	t.key, t.words = wordsOf(part)
	// Bedrock: {"reasoningContent":{"reasoningText":{"text":"...","signature":"..."}}}
	if inner := t.words.Get("reasoningText"); inner.Get("text").IsString() && hasOnly(t.words, "reasoningText") && !inner.RepeatsKey() {
		t.inner, t.innerWords, t.words = inner, "text", inner.Get("text")
	}
	return t
}

func (t *thought) hasRest() bool {
	return hasRest(t.part, "type", t.key) || hasRest(t.inner, t.innerWords)
}

func (t *thought) rest(o *object) {
	o.rest(t.part, "type", t.key)
	o.rest(t.inner, t.innerWords)
}

// isContent reports whether parts are texts, pictures and files only.
func isContent(parts jsonraw.Value) bool {
	for part := range parts.Elements() {
		if k := kindOf(part); k != text && k != other || !isSound(part) {
			return false
		}
	}
	return true
}

// foreignParts reports whether parts of content have to stand elsewhere, or
// look otherwise, in a chat message.
func foreignParts(parts jsonraw.Value) bool {
	for part := range parts.Elements() {
		switch kindOf(part) {
		case text:
			if part.Get("type").IsNone() || part.Get("text").IsNone() {
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

// content writes the content that parts are: one text as a string, more as a
// list. Calls and results of tools, and thoughts, stand elsewhere.
func (w *writer) content(parts jsonraw.Value) {
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
	if key, said := wordsOf(only); texts == 1 && others == 0 && !hasRest(only, "type", key) {
		w.words(said)
		return
	}
	w.raw("[")
	for part := range parts.Elements() {
		switch kindOf(part) {
		case text:
			w.comma()
			key, said := wordsOf(part)
			o := w.open()
			o.word("type", "text")
			o.key("text")
			w.words(said)
			o.rest(part, "type", key)
			o.close()
		case other:
			w.comma()
			w.other(part)
		}
	}
	w.raw("]")
}

// words writes the words of a text.
func (w *writer) words(said jsonraw.Value) {
	if said.IsNone() {
		w.raw(`""`)
		return
	}
	w.stringified(said)
}
