package redact

import "strings"

// minRun is the length of the token runs that the scanner looks at: shorter ones cannot hold a token.
const minRun = 16

// maxLookBack bounds how far before a run a prefix that holds separators may begin.
const maxLookBack = 26

type prefixEntry struct {
	prefix string
	rule   ruleID
	token  *tokenRule
}

// prefixIndex finds the token rules whose prefix a text begins with.
type prefixIndex struct {
	// pairs has a bit for each pair of bytes that begins a prefix.
	pairs [1024]uint64
	// byFirst lists the prefixes by their first byte, longer ones first.
	byFirst [256][]prefixEntry
}

var prefixes = buildPrefixes()

func buildPrefixes() *prefixIndex {
	ix := &prefixIndex{}
	var id ruleID
	for _, table := range tokenTables {
		for i := range table {
			t := &table[i]
			for _, p := range t.prefixes {
				ix.add(prefixEntry{p, id, t})
			}
			id++
		}
	}
	return ix
}

func (ix *prefixIndex) add(e prefixEntry) {
	pair := int(e.prefix[0])<<8 | int(e.prefix[1])
	ix.pairs[pair>>6] |= 1 << (pair & 63)
	list := append(ix.byFirst[e.prefix[0]], e)
	for i := len(list) - 1; i > 0 && len(list[i].prefix) > len(list[i-1].prefix); i-- {
		list[i], list[i-1] = list[i-1], list[i]
	}
	ix.byFirst[e.prefix[0]] = list
}

func (ix *prefixIndex) maybe(s string, i int) bool {
	if i+1 >= len(s) {
		return false
	}
	pair := int(s[i])<<8 | int(s[i+1])
	return ix.pairs[pair>>6]>>(pair&63)&1 != 0
}

// longRun looks for tokens in the run of token characters that begins at i. A token may begin wherever a word does, and with a
// punctuation mark.
func (sc *scanner) longRun(i int) {
	s := sc.text
	p := i
	if i > 0 && s[i-1] == ':' {
		p--
	} else if n := escapeLen(s, i); n > 0 {
		// Whether the letters belong to an escape sequence such as \n is not known when the backslash is itself escaped, so both
		// beginnings are tried.
		if end := sc.tokenAt(i + n); end > 0 {
			p = end
		}
	} else if i > 0 && s[i-1] == '%' && isHex(at(s, i)) && isHex(at(s, i+1)) {
		if end := sc.tokenAt(i + 2); end > 0 {
			p = end
		}
	}
	blob := sc.keepMedia
	for p < len(s) && (runSet.has(s[p]) || p < i) {
		end := 0
		if s[p] == '~' && p >= 2 {
			end = sc.tokenAt(p - 2)
		} else {
			end = sc.tokenAt(p)
		}
		if end > p {
			p = end
			continue
		}
		if !blob && p-i >= 64 {
			if end := sc.base64Blob(p); end > 0 {
				sc.advance(end)
				return
			}
			blob = true
		}
		if !isAlnum(s[p]) {
			p++
			continue
		}
		for p < len(s) && isAlnum(s[p]) {
			p++
		}
	}
}

// wordBegins reports whether a word begins at i: nothing before, no letter or digit, or one that belongs to an escape sequence.
func wordBegins(s string, i int) bool {
	if i <= 0 || !isAlnum(s[i-1]) || i < len(s) && !isAlnum(s[i]) {
		return true
	}
	if i >= 2 && s[i-2] == '\\' {
		return strings.IndexByte("ntrbf", s[i-1]) >= 0
	}
	if i >= 3 && s[i-3] == '%' {
		return isHex(s[i-2]) && isHex(s[i-1])
	}
	return i >= 6 && s[i-6] == '\\' && s[i-5] == 'u'
}

// escapeLen returns the length of the escape letters at i when a backslash stands before them: 1 for \n, 5 for \u0026.
func escapeLen(s string, i int) int {
	if i == 0 || s[i-1] != '\\' || i >= len(s) {
		return 0
	}
	if s[i] == 'u' && i+5 <= len(s) && isHex(s[i+1]) && isHex(s[i+2]) && isHex(s[i+3]) && isHex(s[i+4]) {
		return 5
	}
	switch s[i] {
	case 'n', 't', 'r', 'b', 'f':
		return 1
	}
	return 0
}

// tokenAt records a token that begins at p and returns its end, or 0.
func (sc *scanner) tokenAt(p int) int {
	s := sc.text
	if !prefixes.maybe(s, p) {
		return 0
	}
	if strings.HasPrefix(s[p:], "eyJ") && wordBegins(s, p) {
		if end := sc.jwtAt(p); end > 0 {
			return end
		}
	}
	for _, e := range prefixes.byFirst[s[p]] {
		from := p - e.token.back
		if !strings.HasPrefix(s[p:], e.prefix) || from < sc.floor || !wordBegins(s, from) {
			continue
		}
		if end, ok := e.token.match(s, p+len(e.prefix)); ok {
			sc.add(from, end, e.rule)
			if e.rule == ruleAWSKeyID {
				sc.awsSecret(end)
			}
			return end
		}
	}
	return 0
}

// match returns where the body that begins at i ends, and whether it is one.
func (t *tokenRule) match(s string, i int) (int, bool) {
	end := i
	for end < len(s) {
		if t.body.has(s[end]) {
			end++
		} else if s[end] == '\\' && end+1 < len(s) && s[end+1] == '/' && t.body.has('/') {
			end += 2 // some JSON writers escape the slash
		} else {
			break
		}
	}
	// A full stop that ends a sentence is no part of the token.
	for end > i && s[end-1] == '.' {
		end--
	}
	body := s[i:end]
	if t.body.has('/') {
		for n := 0; n < 2 && end < len(s) && s[end] == '='; n++ {
			end++ // the padding of base64
		}
	}
	if len(body) < t.min {
		// A value that an SDK has cut off may end inside of a token.
		cut := end == len(s) && len(body) >= 10 && len(t.prefixes[0]) >= 4 && t.back == 0
		if !cut || dummy(body) || classSwitches(body) < 2 {
			return 0, false
		}
		return end, true
	}
	if end < len(s) && isAlnum(s[end]) {
		return 0, false
	}
	if t.check != nil {
		return end, t.check(body)
	}
	return end, !dummy(body)
}

// jwtAt records a JSON Web Token (RFC 7519), signed or encrypted, that begins at p and returns its end, or 0: base64url parts joined by
// dots, the first of them a JSON object.
func (sc *scanner) jwtAt(p int) int {
	s := sc.text
	end, parts, last := p, 0, 0
	for {
		q := end
		for q < len(s) && urlSafe.has(s[q]) {
			q++
		}
		parts, last = parts+1, q-end
		end = q
		if parts == 5 || end+1 >= len(s) || s[end] != '.' || !urlSafe.has(s[end+1]) && s[end+1] != '.' {
			break
		}
		if parts == 1 && last < 12 {
			return 0
		}
		end++
	}
	// Two parts are enough when the second is long: the signature may be cut off or, for "alg":"none", empty.
	if parts < 2 || parts == 2 && last < 8 {
		return 0
	}
	for end > p && s[end-1] == '.' {
		end--
	}
	sc.add(p, end, ruleJWT)
	return end
}
