package redact

import "strings"

// argon handles a password hash in the PHC string format, $argon2id$v=19$m=65536,t=3,p=4$salt$hash: the word "argon" begins at i.
func (sc *scanner) argon(i int) {
	s := sc.text
	if i == 0 || s[i-1] != '$' || !strings.HasPrefix(s[i:], "argon2") {
		return
	}
	end := i
	for end < len(s) && (base64Set.has(s[end]) || s[end] == '$' || s[end] == ',' || s[end] == '.') {
		end++
	}
	for end > i && (s[end-1] == '.' || s[end-1] == ',') {
		end--
	}
	if strings.Count(s[i:end], "$") < 3 || end-i < 40 {
		return
	}
	sc.add(i-1, end, rulePasswordHash)
	sc.advance(end)
}

// bcryptShape is a cost of two digits, a dollar sign, and 53 characters of salt and hash.
func bcryptShape(s string) bool {
	return len(s) == 56 && isDigit(s[0]) && isDigit(s[1]) && s[2] == '$' && strings.IndexByte(s[3:], '$') < 0 && random(s[3:])
}

// cryptShape is a salt and a hash, joined by a dollar sign, and perhaps rounds before them (crypt(5)).
func cryptShape(s string) bool {
	last := strings.LastIndexByte(s, '$')
	return last > 1 && len(s)-last > 20 && distinct(s[last:], 12) >= 12
}

// djangoShape is a number of rounds, a salt and a hash, joined by dollar signs.
func djangoShape(s string) bool { return strings.Count(s, "$") == 2 && isDigit(s[0]) }
