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
