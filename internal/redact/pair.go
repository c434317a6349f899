package redact

import "strings"

// maxPair bounds how far the members of an object are looked at that say what its value is.
const maxPair = 240

// valueKind tells the names of the members that hold the value of a pair.
type valueKind uint8

const (
	notValue valueKind = iota
	// isValue: what a name beside it says, holds for it.
	isValue
	// isText: a text that is typed into a field, which the name beside it tells.
	isText
)

// valueNames are the names of members that hold a value, by their last letters.
var valueNames = []struct {
	text string
	kind valueKind
}{{"value", isValue}, {"values", isValue}, {"val", isValue}, {"v", isValue}, {"content", isText}, {"text", isText}, {"input", isText}}

// valueWord says what the word that ends at k is: {"name":"password","value":"x"}.
func valueWord(s string, k int) valueKind {
	switch s[k-1] | 0x20 {
	case 'e', 's', 'l', 'v', 't':
	default:
		return notValue
	}
	for i := range valueNames {
		w := valueNames[i].text
		if k < len(w) || !foldEqual(s[k-len(w):k], w) {
			continue
		}
		if k == len(w) || !isAlnum(s[k-len(w)-1]) && s[k-len(w)-1] != '_' {
			return valueNames[i].kind
		}
		if valueNames[i].kind == isValue && len(w) > 2 && isUpper(s[k-len(w)]) && isLower(s[k-len(w)+1]) {
			return isValue // stringValue
		}
	}
	return notValue
}

// sibling handles the value of a pair in which the key is itself a value: a header list, a form, a list of variables, a tag. It reports whether
// there is a name.
func (sc *scanner) sibling(k, end int, kind valueKind) bool {
	info := keyInfo{}
	if kind == isValue {
		info = sc.nameBefore(k)
	}
	lo := max(k-maxPair, sc.floor)
	open := lo + lastIn(sc.text[lo:k], &brackets)
	switch info.class {
	case keyPlain, keyMaybePassword, keyJWK, keyQuery: // one letter, name="p", says nothing
		if around := sc.nameAround(k, end, lo, open, kind); around.class != keyPlain {
			info = around
		}
	}
	if info.class == keyPlain && kind == isValue && (sc.text[end-1] == '=' && quoteBegins(sc.text, end)) {
		info = sc.escapedTag(k)
	}
	if info.class == keyPlain && kind == isValue {
		info = sc.nodeName(lo, open)
	}
	switch info.class {
	case keyPlain, keyQuery, keyJWK:
		return false
	}
	sc.value(end, info, sc.quoteLevel(k, end))
	return true
}

// brackets bound objects and tags.
var brackets = [256]uint8{'{': 1, '}': 1, '<': 1, '>': 1}

// lastIn returns the index of the last byte of s for which set is not 0, or -1.
func lastIn(s string, set *[256]uint8) int {
	for n := len(s) - 8; n >= 0; n -= 8 {
		if v := s[n : n+8]; set[v[0]]|set[v[1]]|set[v[2]]|set[v[3]]|set[v[4]]|set[v[5]]|set[v[6]]|set[v[7]] != 0 {
			break
		}
		s = s[:n]
	}
	i := len(s) - 1
	for i >= 0 && set[s[i]] == 0 {
		i--
	}
	return i
}

// escapedTag returns what the attributes before the one whose name ends at k say, in a tag that is escaped for HTML.
func (sc *scanner) escapedTag(k int) keyInfo {
	s := sc.text
	lo := max(k-maxPair, sc.floor)
	open := strings.LastIndex(s[lo:k], "&lt;")
	if open < 0 {
		return keyInfo{}
	}
	tag := s[lo+open : min(len(s), k+maxPair)]
	if n := strings.Index(tag, "&gt;"); n >= 0 {
		tag = tag[:n]
	}
	for _, q := range htmlQuotes {
		tag = strings.ReplaceAll(tag, q, `"`)
	}
	return sc.tagKey(tag)
}

// nameBefore returns what the value directly before the member whose name ends at k says, when it is a name.
func (sc *scanner) nameBefore(k int) keyInfo {
	s := sc.text
	lo := max(k-160, sc.floor)
	p := k
	for p > lo && isLetter(s[p-1]) {
		p--
	}
	// Back over quotes, commas, blanks and escapes to the end of the sibling's value.
	for p > lo && (isPairGap(s[p-1]) || escapedBlank(s, p)) {
		p--
	}
	nameEnd := p
	for p > lo && (identSet.has(s[p-1]) || s[p-1] == ' ') && s[p-1] != '\n' {
		p--
	}
	if n := escapeLen(s, p); n > 0 {
		p += n
	}
	if p >= nameEnd {
		return keyInfo{}
	}
	name := s[p:nameEnd]
	q := p
	for q > lo && (isPairGap(s[q-1]) || s[q-1] == ':' || s[q-1] == '=') {
		q--
	}
	if q == p || q < 1 || !endsWithWord(s[lo:q], nameWords) {
		return keyInfo{}
	}
	return sc.keys.classify(name)
}

// nameAround returns what another member of the object, or another attribute of the tag, says about the value whose name ends at k and
// whose operator ends at end: one before it in any distance, or one after it. The last of brackets from lo on is at open.
func (sc *scanner) nameAround(k, end, lo, open int, kind valueKind) keyInfo {
	s := sc.text
	if from := max(lo, open); strings.Contains(s[from:k], `\u003`) {
		if n := max(strings.LastIndex(s[from:k], `\u003c`), strings.LastIndex(s[from:k], `\u003C`)); n >= 0 {
			open = from + n
		}
	}
	if open < lo || s[open] == '}' || s[open] == '>' {
		return keyInfo{}
	}
	if s[open] == '\\' {
		to := k
		if n := strings.Index(s[k:min(len(s), k+maxPair)], `\u003`); n >= 0 {
			to = k + n
		}
		return sc.tagKey(s[open:to])
	}
	if s[open] == '<' {
		to := k
		if n := strings.IndexByte(s[k:min(len(s), k+maxPair)], '>'); n >= 0 {
			to = k + n
		}
		return sc.tagKey(s[open+1 : to])
	}
	words := nameWords
	if kind == isText {
		words = fieldWords
	}
	if info := sc.namedIn(s[open+1:k], words); info.class != keyPlain || kind == isText {
		return info
	}
	// The value first, and its name after it.
	q := skipBlanks(s, end)
	slashes := 0
	for at(s, q+slashes) == '\\' {
		slashes++
	}
	if at(s, q+slashes) != '"' {
		return keyInfo{}
	}
	q += slashes
	if limit := strings.IndexByte(s[q+1:min(len(s), q+maxPair)], '"'); limit < 0 {
		return keyInfo{}
	}
	q = closingQuote(s[:min(len(s), q+maxPair)], q, slashes)
	rest := s[min(q+slashes+1, len(s)):min(len(s), q+maxPair/2)]
	if end := strings.IndexAny(rest, "{}"); end >= 0 && rest[end] == '}' {
		return sc.namedIn(rest[:end], words)
	}
	return keyInfo{}
}

// namedIn returns what the members of an object say whose names end with one of words.
func (sc *scanner) namedIn(members string, words []string) keyInfo {
	for p := 0; p < len(members); p++ {
		n := strings.IndexByte(members[p:], ':')
		if n < 0 {
			break
		}
		p += n
		e := p
		for e > 0 && (members[e-1] == '"' || members[e-1] == '\\' || members[e-1] == ' ' || members[e-1] == '\'') {
			e--
		}
		if !endsWithWord(members[:e], words) {
			continue
		}
		v := p + 1
		for v < len(members) && strings.IndexByte("\"'\\ ", members[v]) >= 0 {
			v++
		}
		to := v
		for to < len(members) && members[to] != '"' && members[to] != '\\' && members[to] != '\'' && members[to] != ',' && members[to] != '\n' {
			to++
		}
		if info := sc.keys.classify(fieldName(members[v:to])); info.class != keyPlain && info.class != keyRandom {
			return info
		}
		p = to - 1
	}
	return keyInfo{}
}

// fieldName cuts off what describes a field of a form: "Password field", "#password", "input[name=password]".
func fieldName(v string) string {
	v = strings.TrimRight(v, " ]'\")")
	for _, w := range [...]string{" field", " textbox", " text box", " input", " text field", " input field", " box"} {
		if strings.HasSuffix(v, w) {
			return v[:len(v)-len(w)]
		}
	}
	return v
}

func isPairGap(b byte) bool {
	return b == '"' || b == '\'' || b == '\\' || b == ',' || isSpace(b) || b == ';'
}

// escapedBlank reports that s[p-1] is the letter of \n or \t.
func escapedBlank(s string, p int) bool {
	return p >= 2 && (s[p-1] == 'n' || s[p-1] == 't' || s[p-1] == 'r') && s[p-2] == '\\'
}

var (
	// nameWords end the names of members that name the value beside them.
	nameWords = []string{"name", "key", "header", "field", "param", "property", "variable", "label", "option", "id", "parameter", "k", "type", "placeholder"}
	// fieldWords end the names of members that tell the field of a form into which a text is typed.
	fieldWords = []string{"selector", "element", "field", "locator", "label", "target"}
)

func endsWithWord(s string, words []string) bool {
	for _, w := range words {
		if len(s) >= len(w) && foldEqual(s[len(s)-len(w):], w) && (len(w) > 1 || len(s) == 1 || !isAlnum(s[len(s)-2])) {
			return true
		}
	}
	return false
}
