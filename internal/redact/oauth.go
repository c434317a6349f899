package redact

import "strings"

// maxGrant bounds how far from an authorization code is looked for what announces it.
const maxGrant = 300

// grantWords stand beside an authorization code and nothing else (RFC 6749, 4.1.3; RFC 7636, 4.5).
var grantWords = []string{"authorization_code", "redirect_uri", "code_verifier", "redirectUri", "codeVerifier"}

// authorizationCode handles the value of a member or parameter named code, which begins at start and whose value begins at i, outside of the
// query of a URL: it is a credential beside the other parameters of a grant, or beside a state.
func (sc *scanner) authorizationCode(start, k, i int) {
	s := sc.text
	name := s[start:k]
	name = name[strings.LastIndexAny(name, " /?&[")+1:]
	own := foldEqual(name, "auth_code") || foldEqual(name, "authcode")
	if !own && !foldEqual(name, "code") {
		return
	}
	i = skipBlanks(s, i)
	for i < len(s) && (s[i] == '\\' || s[i] == '"' || s[i] == '\'') {
		i++
	}
	end := i
	for end < len(s) && (token68.has(s[end]) || s[end] == '%') {
		end++
	}
	v := strings.TrimRight(s[i:end], ".=")
	f := featuresOf(v)
	if len(v) < 16 || f.lower == 0 || placeholder(v) || at(s, end) == '(' || !credentialLike(v) {
		return
	}
	around := s[max(0, start-maxGrant):min(len(s), end+maxGrant)]
	for _, w := range grantWords {
		own = own || strings.Contains(around, w)
	}
	if own || hasState(around) || start > 0 && s[start-1] == '#' {
		sc.add(i, i+len(v), ruleToken)
		sc.advance(i + len(v))
	}
}

// hasState reports a parameter or member named state.
func hasState(around string) bool {
	for p := 0; ; {
		n := strings.Index(around[p:], "state")
		if n < 0 {
			return false
		}
		p += n + len("state")
		rest := strings.TrimLeft(around[p:], `\"' `)
		if before := p - len("state"); rest != "" && (rest[0] == '=' || rest[0] == ':') && (before == 0 || !isAlnum(around[before-1])) {
			return true
		}
	}
}

// query handles a parameter that begins at start and whose value begins at i: it must stand in the query of a URL. It reports whether it is a
// credential.
func (sc *scanner) query(start, i int, info keyInfo) bool {
	s := sc.text
	if start == 0 || s[start-1] != '?' && s[start-1] != '&' && !strings.HasSuffix(s[:start], "&amp;") && !strings.HasSuffix(s[:start], `\u0026`) {
		return false
	}
	end := i
	for end < len(s) && (token68.has(s[end]) || s[end] == '%') {
		end++
	}
	v := s[i:end]
	if len(v) < 16 || placeholder(v) || uuidShape(v) || !credentialLike(strings.TrimRight(v, "=")) {
		return false
	}
	sc.add(i, end, info.rule)
	sc.advance(end)
	return true
}
