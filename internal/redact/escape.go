package redact

import "strings"

// bracketKey reports whether the bracket at i closes a key: config["password"], user[password], [password] => x, password[0].
func (sc *scanner) bracketKey(i int) bool {
	if i <= sc.floor {
		return false
	}
	b := sc.text[i-1]
	return b == '"' || b == '\'' || b == ']' || isAlnum(b) || b >= 0x80
}

// escapedKey handles a key in quotes some of whose letters are written as Unicode escapes, "pass\u0077ord": its last letters end at k. It
// reports whether it is one.
func (sc *scanner) escapedKey(k, end int) bool {
	s := sc.text
	lo := max(k-2*maxKey, sc.floor)
	from, escapes := k, 0
	for from > lo && s[from-1] != '"' {
		from--
		if s[from] == '\\' && at(s, from+1) == 'u' && strings.HasPrefix(s[from+2:], "00") {
			escapes++
		}
	}
	if escapes == 0 || from == lo {
		return false
	}
	var buf [2 * maxKey]byte
	key := buf[:0]
	for j := from; j < k; j++ {
		if s[j] == '\\' && escapeLen(s, j+1) == 5 && strings.HasPrefix(s[j+2:], "00") {
			key = append(key, unhex(s[j+4])<<4|unhex(s[j+5]))
			j += 5
			continue
		}
		if s[j] != '\\' {
			key = append(key, s[j])
		}
	}
	info := sc.keys.classify(string(key))
	if info.class == keyPlain || info.class == keyQuery || info.class == keyJWK {
		return false
	}
	sc.value(end, info, sc.quoteLevel(k, end))
	return true
}

func unhex(b byte) byte {
	if isDigit(b) {
		return b - '0'
	}
	return b | 0x20 - 'a' + 10
}

// maxColour is the length of the longest code of a colour that is looked for: ESC [ 38;2;255;255;255 m.
const maxColour = 24

// colourLen returns the length of the code of a colour after its escape character, [31m, at s[i:], or 0.
func colourLen(s string, i int) int {
	if at(s, i) != '[' {
		return 0
	}
	j := i + 1
	for j < len(s) && j-i < maxColour && (isDigit(s[j]) || s[j] == ';') {
		j++
	}
	if at(s, j) != 'm' {
		return 0
	}
	return j + 1 - i
}

// escapeChars are the ways in which the escape character is written.
var escapeChars = []string{"\x1b", `\u001b`, `\u001B`, `\x1b`, `\033`, `\e`}

// ansiLen returns the length of the code of a colour at s[i:] (ECMA-48, SGR), or 0.
func ansiLen(s string, i int) int {
	j := i
	for at(s, j) == '\\' && at(s, j+1) == '\\' {
		j++
	}
	for _, e := range escapeChars {
		if strings.HasPrefix(s[j:], e) {
			if n := colourLen(s, j+len(e)); n > 0 {
				return j + len(e) + n - i
			}
		}
	}
	return 0
}

// ansiBefore returns the length of the code of a colour that ends at k, or 0.
func ansiBefore(s string, k int) int {
	if s[k-1] != 'm' {
		return 0
	}
	j := k - 1
	for j > 0 && k-j < maxColour && (isDigit(s[j-1]) || s[j-1] == ';') {
		j--
	}
	if j == 0 || s[j-1] != '[' {
		return 0
	}
	j--
	for _, e := range escapeChars {
		if strings.HasSuffix(s[:j], e) {
			return k - j + len(e)
		}
	}
	return 0
}

// wideBlank returns the length of a blank or an invisible character outside ASCII at s[i:], or 0: U+00A0, U+2000 to U+200D, U+202F, U+3000,
// U+FEFF.
func wideBlank(s string, i int) int {
	for _, w := range [...]string{"\u00a0", "\u202f", "\u3000", "\ufeff"} {
		if strings.HasPrefix(s[i:], w) {
			return len(w)
		}
	}
	if strings.HasPrefix(s[i:], "\xe2\x80") && at(s, i+2) >= 0x80 && at(s, i+2) <= 0x8D && i+2 < len(s) {
		return 3
	}
	return 0
}

// anchor returns the length of an anchor of YAML at s[i:], "&name ", without its blank, or 0.
func anchor(s string, i int) int {
	j := i + 1
	for j < len(s) && j-i < 30 && isAlnum(s[j]) {
		j++
	}
	if j == i+1 || at(s, j) != ' ' || j >= len(s) {
		return 0
	}
	return j - i
}

// braced handles the value of a connection string in braces, Password={x};, as ODBC writes what holds separators.
func (sc *scanner) braced(i int, info keyInfo) bool {
	s := sc.text
	n := strings.IndexAny(s[i:min(len(s), i+200)], "}\"\n")
	if n < 2 || s[i+n] != '}' {
		return false
	}
	if next := at(s, i+n+1); next != ';' && i+n+1 < len(s) && next != '"' {
		return false
	}
	v := s[i+1 : i+n]
	if info.class != keyPassword || !passwordLike(v) || placeholder(v) || codeExpression(v) || hasSpace(v) {
		return false
	}
	sc.add(i+1, i+n, info.rule)
	sc.advance(i + n)
	return true
}
