package libsqlexporter

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// previewOf is the first words of a column as a person reads them: of a chat the last
// message of its user, of an answer its text, of arguments their names and values.
func previewOf(column tracestore.JSON) string { return new(skimmer).preview(column) }

// preview is previewOf; the skimmer may be used again.
func (p *skimmer) preview(column tracestore.JSON) string {
	if column == "" {
		return ""
	}
	*p = skimmer{text: string(column), out: p.out[:0]}
	p.value(p.space(0), 0)
	p.text = ""
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

// enough is how many characters of words are gathered: those of a preview, and a mark
// that they end in.
const enough = tracestore.PreviewChars + 64

// previewDepth bounds how deep words are looked for.
const previewDepth = 12

// embeddedBytes bounds JSON in a string that is read as JSON.
const embeddedBytes = 64 << 10

// skimmer gathers words from JSON text that is valid. It reads each byte about once,
// and decodes only what it shows.
type skimmer struct {
	text  string
	out   []byte
	chars int // in out, about
}

func (p *skimmer) full() bool { return p.chars >= enough }

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
	if p.out == nil {
		p.out = make([]byte, 0, 2*enough)
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
	if embeds(p.text[i:]) {
		if raw := p.text[i:p.stringEnd(i)]; len(raw) <= embeddedBytes {
			var inner string
			if json.Unmarshal([]byte(raw), &inner) == nil && jsontext.Valid(inner, embeddedDepth) {
				q := skimmer{text: inner, out: p.out, chars: p.chars}
				q.value(q.space(0), depth+1)
				p.out, p.chars = q.out, q.chars
				return
			}
		}
	}
	p.begin()
	for i++; i < len(p.text) && p.text[i] != '"' && !p.full(); {
		if n := p.plain(i); n > 0 {
			i += n
			continue
		}
		if p.text[i] != '\\' {
			i += p.char(p.text[i:])
			continue
		}
		i += p.escape(p.text[i:])
	}
}

// embeds reports whether a JSON string may hold JSON.
func embeds(raw string) bool {
	for _, start := range [...]string{`"{\"`, `"[{`, `"[\"`} {
		if strings.HasPrefix(raw, start) {
			return true
		}
	}
	return false
}

// begin sets what follows apart from what is there.
func (p *skimmer) begin() {
	if n := len(p.out); n > 0 && p.out[n-1] != ' ' && p.out[n-1] != '(' {
		p.out = append(p.out, ' ')
	}
}

// plain appends letters that stand for themselves, and returns how many.
func (p *skimmer) plain(i int) int {
	end := i
	for limit := min(len(p.text), i+enough-p.chars); end < limit; end++ {
		if c := p.text[end]; c <= ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			break
		}
	}
	p.out = append(p.out, p.text[i:end]...)
	p.chars += end - i
	return end - i
}

// char appends the character that text begins with, and one space for any number of
// spaces and line ends. It returns its length.
func (p *skimmer) char(text string) int {
	if c := text[0]; c < utf8.RuneSelf {
		p.ascii(c)
		return 1
	}
	_, size := utf8.DecodeRuneInString(text)
	p.out = append(p.out, text[:size]...)
	p.chars++
	return size
}

func (p *skimmer) ascii(c byte) {
	if c <= ' ' {
		p.begin()
		return
	}
	p.out = append(p.out, c)
	p.chars++
}

// escape appends what the escape that text begins with stands for, and returns its
// length.
func (p *skimmer) escape(text string) int {
	switch text[1] {
	case 'u':
	case 'n', 'r', 't', 'b', 'f':
		p.begin()
		return 2
	default:
		p.ascii(text[1])
		return 2
	}
	r, size := hex4(text), 6
	if utf16.IsSurrogate(r) {
		if low := text[6:]; len(low) >= 6 && low[0] == '\\' && low[1] == 'u' {
			if r = utf16.DecodeRune(r, hex4(low)); r != utf8.RuneError {
				size = 12
			}
		} else {
			r = utf8.RuneError
		}
	}
	if r < utf8.RuneSelf {
		p.ascii(byte(r))
	} else {
		p.out = utf8.AppendRune(p.out, r)
		p.chars++
	}
	return size
}

// hex4 reads the four digits of an escape.
func hex4(text string) rune {
	n, _ := strconv.ParseUint(text[2:6], 16, 32)
	return rune(n)
}

// words appends text.
func (p *skimmer) words(text string) {
	p.begin()
	for i := 0; i < len(text) && !p.full(); {
		i += p.char(text[i:])
	}
}

// Roles of messages, by who speaks.
var (
	userRoles   = map[string]bool{"user": true, "human": true, "HumanMessage": true}
	systemRoles = map[string]bool{"system": true, "developer": true, "SystemMessage": true}
)

// role is who speaks in the message at i, "" where it is none.
func (p *skimmer) role(i int) string {
	if p.text[i] != '{' {
		return ""
	}
	role, kind := "", ""
	p.each(i, func(key string, at int) bool {
		if p.text[at] == '"' {
			switch key {
			case "role":
				role = p.text[at+1 : p.stringEnd(at)-1]
			case "type":
				kind = p.text[at+1 : p.stringEnd(at)-1]
			}
		}
		return role == ""
	})
	if role == "" && (kind == "human" || kind == "system") {
		return kind // LangChain
	}
	return role
}

// recentMessages bounds how many messages are looked at for words.
const recentMessages = 32

// list gathers the words of a list: of messages the last one of a user that says
// something, else the last that is not the system's, else any; of other things all.
func (p *skimmer) list(i, depth int) {
	var users, others, systems []int
	p.each(i, func(_ string, at int) bool {
		// The last messages are enough.
		for _, some := range [...]*[]int{&users, &others, &systems} {
			if len(*some) == recentMessages {
				*some = append((*some)[:0], (*some)[recentMessages/2:]...)
			}
		}
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

// toldIndex is the place of a member in told.
var toldIndex = func() map[string]int {
	index := map[string]int{}
	for i, key := range told {
		index[key] = i
	}
	return index
}()

// previewMembers bounds how many members of an object are looked at.
const previewMembers = 64

func (p *skimmer) object(i, depth int) {
	var at [32]int // of told; 0: not there
	name, args, kind, n := 0, 0, "", 0
	p.each(i, func(key string, value int) bool {
		n++
		if k, ok := toldIndex[key]; ok {
			at[k] = value
			return n < previewMembers
		}
		switch isText := p.text[value] == '"'; key {
		case "type":
			if isText {
				kind = p.text[value+1 : p.stringEnd(value)-1]
			}
		case "toolName", "name":
			if isText {
				name = value
			}
		case "arguments", "args":
			args = value
		}
		return n < previewMembers
	})
	if silent[kind] {
		return
	}
	if name > 0 && (toolCalls[kind] || args > 0) {
		p.value(name, depth+1)
		p.out = append(p.out, '(')
		if args = max(args, at[toldIndex["input"]]); args > 0 {
			p.value(args, depth+1)
		}
		p.out = append(p.out, ')')
		return
	}
	before := len(p.out)
	for _, value := range at {
		if value == 0 {
			continue
		}
		if p.value(value, depth+1); len(p.out) > before {
			return
		}
	}
	p.members(i, depth)
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
		p.out = append(p.out, ' ')
		if p.value(at, depth+1); len(p.out) <= named+1 {
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
