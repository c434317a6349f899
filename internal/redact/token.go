package redact

import (
	"slices"
	"strings"
)

// minRun is the length of the token runs that the scanner looks at: shorter ones cannot hold a token.
const minRun = 16

type prefixEntry struct {
	prefix string
	rule   ruleID
	token  *tokenRule
}

// prefixIndex finds the token rules whose prefix a text begins with, by its first three bytes.
type prefixIndex struct {
	// lists has, by the hash of the first three bytes, the number of an entry of groups, or 0.
	lists [prefixHashSize]uint16
	// bits has a bit for each entry of lists that is not 0.
	bits [prefixHashSize / 64]uint64
	// groups lists prefixes with the same hash, longer ones first. groups[0] is empty.
	groups [][]prefixEntry
}

const prefixHashSize = 1 << 12

func prefixHash(a, b, c byte) uint32 {
	return (uint32(a) | uint32(b)<<8 | uint32(c)<<16) * hashFactor >> 20
}

var prefixes = buildPrefixes()

func buildPrefixes() *prefixIndex {
	ix := &prefixIndex{groups: make([][]prefixEntry, 1)}
	var id ruleID
	for _, table := range tokenTables {
		for i := range table {
			t := &table[i]
			for _, p := range t.prefixes {
				if len(p) > 2 {
					ix.add(prefixEntry{p, id, t}, p[2])
					continue
				}
				for b := range 256 {
					if t.body.has(byte(b)) {
						ix.add(prefixEntry{p, id, t}, byte(b))
					}
				}
			}
			id++
		}
	}
	return ix
}

func (ix *prefixIndex) add(e prefixEntry, third byte) {
	h := prefixHash(e.prefix[0], e.prefix[1], third)
	ix.bits[h>>6] |= 1 << (h & 63)
	if ix.lists[h] == 0 {
		ix.lists[h] = uint16(len(ix.groups))
		ix.groups = append(ix.groups, nil)
	}
	list := slices.Concat(ix.groups[ix.lists[h]], []prefixEntry{e})
	for i := len(list) - 1; i > 0 && len(list[i].prefix) > len(list[i-1].prefix); i-- {
		list[i], list[i-1] = list[i-1], list[i]
	}
	ix.groups[ix.lists[h]] = list
}

// at returns the prefixes that may begin at s[i].
func (ix *prefixIndex) at(s string, i int) uint16 {
	if i < 0 || i+2 >= len(s) {
		return 0
	}
	return ix.lists[prefixHash(s[i], s[i+1], s[i+2])]
}

// token looks for a token that begins at i, where a word begins within a run of token characters.
func (sc *scanner) token(i int) {
	s := sc.text
	end := 0
	if i > 0 && (s[i-1] == '\\' || s[i-1] == '%') {
		// Whether the letters after a backslash belong to it is not known when it is itself escaped, so both beginnings are tried.
		if n := escapeLen(s, i); n > 0 {
			end = sc.tokenAt(i + n)
		} else if s[i-1] == '%' && isHex(s[i]) && isHex(at(s, i+1)) {
			end = sc.tokenAt(i + 2)
		}
	}
	if end == 0 {
		end = sc.tokenAt(i)
	}
	if end > 0 {
		sc.advance(end)
	}
}

// tilde handles '~': the third character of the fixed part in the client secrets of Microsoft Entra, and the end of an OpenShift prefix.
func (sc *scanner) tilde(i int) {
	if i >= 6 && strings.HasPrefix(sc.text[i-6:], "sha256~") && i-6 >= sc.floor {
		if end := sc.tokenAt(i - 6); end > 0 {
			sc.advance(end)
		}
		return
	}
	if i >= 5 && i-2 >= sc.floor {
		if end := sc.tokenAt(i - 2); end > 0 {
			sc.advance(end)
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
	group := prefixes.at(s, p)
	if group == 0 {
		return 0
	}
	if strings.HasPrefix(s[p:], "eyJ") && wordBegins(s, p) {
		if end := sc.jwtAt(p); end > 0 {
			return end
		}
	}
	for _, e := range prefixes.groups[group] {
		if !strings.HasPrefix(s[p:], e.prefix) {
			continue
		}
		from := p
		if e.token.lead != "" {
			from = sc.leadStart(e.token.lead, p)
		}
		if from < sc.floor || !wordBegins(s, from) && !strings.HasSuffix(s[:from], "bot") {
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

// leadStart returns where the lead before p begins, or -1.
func (sc *scanner) leadStart(lead string, p int) int {
	s := sc.text
	from := p - len(lead)
	if from < 0 {
		return -1
	}
	for i := range len(lead) {
		b := s[from+i]
		switch lead[i] {
		case 'n':
			if !isDigit(b) {
				return -1
			}
		case 'c':
			if !isAlnum(b) {
				return -1
			}
		case 'u':
			if !urlSafe.has(b) {
				return -1
			}
		case 't':
			if !urlDotted.has(b) && b != '~' {
				return -1
			}
		default:
			if b != lead[i] {
				return -1
			}
		}
	}
	for lead[0] == 'n' && from > 0 && isDigit(s[from-1]) {
		from--
	}
	return from
}

// match returns where the body that begins at i ends, and whether it is one.
func (t *tokenRule) match(s string, i int) (int, bool) {
	end := i
	for end < len(s) {
		n := 0
		switch {
		case t.body.has(s[end]):
			n = 1
		case s[end] == '\\' && end+1 < len(s) && s[end+1] == '/' && t.body.has('/'):
			n = 2 // some JSON writers escape the slash
		case s[end] == '=' && t.body.has('_') && t.body.has('/') && end > i+8 && (at(s, end+1) == '_' || at(s, end+1) == '=' && at(s, end+2) == '_'):
			n = 1 // the padding of a first part, and then a second
		}
		if n == 0 {
			break
		}
		end += n
	}
	// A full stop that ends a sentence is no part of the token, unless it would be too short without: a hash of bcrypt may end with one.
	for end > i && s[end-1] == '.' && end-i != t.min {
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
		cut := end == len(s) && len(body) >= 10 && len(t.prefixes[0]) >= 4 && t.lead == ""
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
	end, parts := p, 0
	var last int
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
