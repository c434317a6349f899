package libsqlexporter

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// previewOf is the first words of a column as a person reads them: of a chat the last
// message of its user, of an answer its text, of arguments their names and values.
func previewOf(column tracestore.JSON) string {
	if column == "" {
		return ""
	}
	p := skimmer{text: string(column)}
	p.value(p.space(0), 0)
	return shorten(string(p.out))
}

// previewOfText is previewOf for plain text.
func previewOfText(text string) string {
	p := skimmer{}
	p.words(text)
	return shorten(string(p.out))
}

// Redacted values read [REDACTED:…] unless mask or hash is configured, which need no
// care.
const (
	markOpen  = "[REDACTED"
	markClose = "]"
)

// shorten cuts text at tracestore.PreviewChars characters, before a mark of redaction
// rather than inside.
func shorten(text string) string {
	text = strings.TrimSpace(text)
	end, n := len(text), 0
	for i := range text {
		if n == tracestore.PreviewChars {
			end = i
			break
		}
		n++
	}
	if end == len(text) {
		return text
	}
	open := strings.LastIndex(text[:min(end+len(markOpen)-1, len(text))], markOpen)
	if open >= 0 && open < end {
		if closes := strings.Index(text[open:], markClose); closes < 0 || open+closes >= end {
			end = open
		}
	}
	return strings.TrimSpace(text[:end])
}

// enough is how many bytes of words are gathered: PreviewChars characters of any
// script, and a mark that they end in.
const enough = 4*tracestore.PreviewChars + 128

// previewDepth bounds how deep words are looked for.
const previewDepth = 12

// embeddedBytes bounds JSON in a string that is read as JSON.
const embeddedBytes = 64 << 10

// skimmer gathers words from JSON text that is valid. It reads each byte about once,
// and decodes only what it shows.
type skimmer struct {
	text string
	out  []byte
}

func (p *skimmer) full() bool { return len(p.out) >= enough }

func (p *skimmer) space(i int) int {
	for i < len(p.text) && (p.text[i] == ' ' || p.text[i] == '\n' || p.text[i] == '\t' || p.text[i] == '\r') {
		i++
	}
	return i
}

// stringEnd returns the index after the string that begins at i.
func (p *skimmer) stringEnd(i int) int {
	for i++; i < len(p.text); i++ {
		n := strings.IndexByte(p.text[i:], '"')
		if n < 0 {
			return len(p.text)
		}
		i += n
		escapes := 0
		for j := i - 1; j >= 0 && p.text[j] == '\\'; j-- {
			escapes++
		}
		if escapes%2 == 0 {
			return i + 1
		}
	}
	return len(p.text)
}

// skip returns the index after the value that begins at i.
func (p *skimmer) skip(i int) int {
	for depth := 0; i < len(p.text); {
		switch c := p.text[i]; c {
		case '"':
			i = p.stringEnd(i)
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			if depth == 0 {
				return i
			}
			depth--
			i++
		case ',', ':', ' ', '\n', '\t', '\r':
			if depth == 0 {
				return i
			}
			i++
			continue
		default:
			i++
			if depth == 0 && i < len(p.text) && !strings.ContainsRune(",]} \n\t\r", rune(p.text[i])) {
				continue
			}
		}
		if depth == 0 {
			return i
		}
	}
	return i
}

// each calls f for the elements of a list, or for the members of an object, until f
// returns false.
func (p *skimmer) each(i int, f func(key string, at int) bool) {
	object := p.text[i] == '{'
	for i = p.space(i + 1); i < len(p.text) && p.text[i] != '}' && p.text[i] != ']'; {
		key := ""
		if object {
			end := p.stringEnd(i)
			key = p.text[i+1 : end-1]
			i = p.space(p.space(end) + 1)
		}
		if !f(key, i) {
			return
		}
		if i = p.space(p.skip(i)); i < len(p.text) && p.text[i] == ',' {
			i = p.space(i + 1)
		}
	}
}

// value gathers the words of the value at i.
func (p *skimmer) value(i, depth int) {
	if i >= len(p.text) || depth > previewDepth || p.full() {
		return
	}
	switch p.text[i] {
	case '"':
		p.str(i, depth)
	case '[':
		p.list(i, depth)
	case '{':
		p.object(i, depth)
	case 'n':
	default:
		p.words(p.text[i:p.skip(i)])
	}
}

func (p *skimmer) str(i, depth int) {
	raw := p.text[i:p.stringEnd(i)]
	if len(raw) <= embeddedBytes && len(raw) > 3 && (raw[1] == '{' || raw[1] == '[') {
		var inner string
		if json.Unmarshal([]byte(raw), &inner) == nil && jsontext.Valid(inner, embeddedDepth) {
			q := skimmer{text: inner, out: p.out}
			q.value(q.space(0), depth+1)
			p.out = q.out
			return
		}
	}
	if len(raw) > 8*enough { // only its beginning is shown; escapes take up to six bytes
		raw = beginning(raw, 8*enough)
	}
	var text string
	if json.Unmarshal([]byte(raw), &text) == nil {
		p.words(text)
	}
}

// beginning is as much of a JSON string, with its opening quote, as fits into n bytes
// without half of an escape or of a character.
func beginning(raw string, n int) string {
	end := 1
	for end < n {
		size := 1
		if raw[end] == '\\' {
			if size = 2; raw[end+1] == 'u' {
				size = 6
				if hi := raw[end+2] | 0x20; hi == 'd' && strings.IndexByte("89abAB", raw[end+3]) >= 0 && strings.HasPrefix(raw[end+6:], `\u`) {
					size = 12 // a pair of surrogates
				}
			}
		} else if raw[end] >= utf8.RuneSelf {
			_, size = utf8.DecodeRuneInString(raw[end:])
		}
		if end+size > n {
			break
		}
		end += size
	}
	return raw[:end] + `"`
}

// words appends text, with one space for any number of spaces and line ends.
func (p *skimmer) words(text string) {
	gap := len(p.out) > 0
	for _, r := range text {
		if p.full() {
			return
		}
		if r == ' ' || r == '\n' || r == '\t' || r == '\r' {
			gap = len(p.out) > 0
			continue
		}
		if gap && !strings.HasSuffix(string(p.out[max(len(p.out)-1, 0):]), " ") && !strings.HasSuffix(string(p.out[max(len(p.out)-1, 0):]), "(") {
			p.out = append(p.out, ' ')
		}
		gap = false
		p.out = utf8.AppendRune(p.out, r)
	}
}

// Roles of messages, by who speaks.
var (
	userRoles   = map[string]bool{"user": true, "human": true, "HumanMessage": true}
	systemRoles = map[string]bool{"system": true, "developer": true, "SystemMessage": true}
)

// plainMember is the text of a member of the object at i that is a short string.
func (p *skimmer) plainMember(i int, names ...string) string {
	found := ""
	p.each(i, func(key string, at int) bool {
		for _, name := range names {
			if key == name && p.text[at] == '"' {
				found = p.text[at+1 : p.stringEnd(at)-1]
				return false
			}
		}
		return true
	})
	return found
}

func (p *skimmer) role(i int) string {
	if p.text[i] != '{' {
		return ""
	}
	role := p.plainMember(i, "role")
	if kind := p.plainMember(i, "type"); role == "" && (kind == "human" || kind == "system") {
		return kind // LangChain
	}
	return role
}

// list gathers the words of a list: of messages the last one of a user that says
// something, else the last that is not the system's, else any; of other things all.
func (p *skimmer) list(i, depth int) {
	var users, others, systems []int
	p.each(i, func(_ string, at int) bool {
		switch role := p.role(at); {
		case userRoles[role]:
			users = append(users, at)
		case systemRoles[role]:
			systems = append(systems, at)
		case role != "":
			others = append(others, at)
		}
		return true
	})
	if len(users)+len(others)+len(systems) > 0 {
		before := len(p.out)
		for _, some := range [][]int{users, others, systems} {
			for n := len(some) - 1; n >= 0 && len(p.out) == before; n-- {
				p.value(some[n], depth+1)
			}
		}
		return
	}
	p.each(i, func(_ string, at int) bool {
		p.value(at, depth+1)
		return !p.full()
	})
}

// told are the members that hold what an object says, the best first: messages,
// prompts, answers and parts of them.
var told = []string{
	"messages", "contents", "prompt", "input", "message", "content", "parts", "text", "output", "choices", "candidates", "generations", "kwargs",
	"query", "question", "object", "value", "result", "toolCalls", "tool_calls", "function",
}

// silent are the kinds of parts that are not what somebody says.
var silent = map[string]bool{
	"thinking": true, "reasoning": true, "redacted_thinking": true, "tool_result": true, "tool-result": true, "tool_call_response": true, "function_call_output": true,
	"image": true, "image_url": true, "audio": true, "file": true, "blob": true, "uri": true,
}

var toolCalls = map[string]bool{"tool_call": true, "tool-call": true, "tool_use": true, "function": true, "function_call": true}

func (p *skimmer) object(i, depth int) {
	kind := p.plainMember(i, "type")
	if silent[kind] {
		return
	}
	at := map[string]int{}
	n := 0
	p.each(i, func(key string, value int) bool {
		at[key] = value
		n++
		return n < 64
	})
	name, args := callOf(at)
	if name >= 0 && p.text[name] == '"' && (toolCalls[kind] || args >= 0) {
		p.value(name, depth+1)
		if args >= 0 {
			p.out = append(p.out, '(')
			p.value(args, depth+1)
			p.out = append(p.out, ')')
		}
		return
	}
	before := len(p.out)
	for _, key := range told {
		value, ok := at[key]
		if !ok {
			continue
		}
		if p.value(value, depth+1); len(p.out) > before {
			return
		}
	}
	p.members(i, depth)
}

// callOf finds the name and the arguments of a tool call, -1 where there is none.
func callOf(at map[string]int) (name, args int) {
	find := func(keys ...string) int {
		for _, key := range keys {
			if i, ok := at[key]; ok {
				return i
			}
		}
		return -1
	}
	return find("toolName", "name"), find("arguments", "args")
}

// hidden are members that say what a value is, not what it says.
var hidden = map[string]bool{"type": true, "role": true, "id": true, "finish_reason": true, "finishReason": true}

// members gathers names and values.
func (p *skimmer) members(i, depth int) {
	first := true
	p.each(i, func(key string, at int) bool {
		if hidden[key] || p.text[at] == 'n' {
			return true
		}
		before := len(p.out)
		if !first {
			p.out = append(p.out, ',')
		}
		p.words(key + ":")
		named := len(p.out)
		if p.value(at, depth+1); len(p.out) == named {
			p.out = p.out[:before]
		} else {
			first = false
		}
		return !p.full()
	})
}

// argumentsHash tells the arguments of a tool's calls from others, whatever the order
// of their keys and the spaces between them; "" where there are none.
func argumentsHash(input tracestore.JSON) string {
	if input == "" {
		return ""
	}
	canonical := []byte(input)
	if len(input) <= embeddedBytes {
		value, ok := decoded(string(input))
		if text, isText := value.(string); ok && isText {
			if inner, isJSON := decoded(text); isJSON {
				value = inner
			}
		}
		if text, err := json.Marshal(value); ok && err == nil {
			canonical = text
		}
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:8])
}

func decoded(text string) (value any, ok bool) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	return value, d.Decode(&value) == nil && !d.More()
}
