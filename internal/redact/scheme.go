package redact

import "strings"

// credentialQuotes are the marks in which a credential stands after its scheme. Those that begin with u follow backslashes.
var credentialQuotes = []struct{ open, end string }{
	{`"`, `"`},
	{"'", "'"},
	{"`", "`"},
	{"<", ">"},
	{"“", "”"},
	{"„", "“"},
	{"‘", "’"},
	{"«", "»"},
	{"&quot;", "&quot;"},
	{"&#34;", "&#34;"},
	{"&#39;", "&#39;"},
	{"&apos;", "&apos;"},
	{"&lt;", "&gt;"},
	{"%22", "%22"},
	{"%27", "%27"},
	{"u003c", `\u003e`},
	{"u003C", `\u003E`},
	{"u0026quot;", `\u0026quot;`},
	{"u0026#34;", `\u0026#34;`},
	{"u0026#39;", `\u0026#39;`},
	{"u0026lt;", `\u0026gt;`},
	{"u0022", `\u0022`},
	{"u0027", `\u0027`},
}

// quotedCredential returns the bounds of the credential in quotes that begin at i, or 0: one word, which nothing else stands beside. Code that
// puts a header together has an operator there. A parenthesis or bracket may stand around the quotes.
func quotedCredential(s string, i int) (from, end int) {
	if c := at(s, i); c == '(' || c == '[' {
		i++
	}
	n := 0
	for at(s, i+n) == '\\' {
		n++
	}
	if i+n >= len(s) {
		return 0, 0
	}
	for k := range credentialQuotes {
		q := &credentialQuotes[k]
		if !strings.HasPrefix(s[i+n:], q.open) || q.open[0] == 'u' && n == 0 {
			continue
		}
		from = i + n + len(q.open)
		end = from
		for end < len(s) && end-from < maxBare && s[end] > ' ' && !strings.HasPrefix(s[end:], q.end) {
			end++
		}
		if end < len(s) && !strings.HasPrefix(s[end:], q.end) {
			return 0, 0
		}
		for end > from && s[end-1] == '\\' {
			end--
		}
		if end-from < 8 || !isAlnum(s[from]) && s[from] != '/' && s[from] != '_' || strings.IndexByte("+.,$({", s[end-1]) >= 0 {
			return 0, 0
		}
		if v := s[from:end]; placeholder(v) || codeExpression(v) || technicalWord(v) || pathOrURL(v) || q.open != `"` && q.open != "'" && !credentialLike(v) {
			return 0, 0
		}
		return from, end
	}
	return 0, 0
}

// quoteBegins reports that a mark of credentialQuotes may begin at i.
func quoteBegins(s string, i int) bool {
	return i < len(s) && (strings.IndexByte("\"'`<\\&%([", s[i]) >= 0 || s[i] == 0xE2 || s[i] == 0xC2)
}

// minTail is the length from which the text after a label is taken for the rest of a credential.
const minTail = 4

// credentialTail handles a label in place of a credential at i, and what follows it within the same word: a secret that the label only seems to
// stand for. It reports whether a label stands there.
func (sc *scanner) credentialTail(i, end int) bool {
	s := sc.text
	from := sc.labelEnd(i, true)
	if from == 0 {
		return false
	}
	to := from
	for to < end && token68.has(s[to]) {
		to++
	}
	for to > from && s[to-1] == '.' {
		to--
	}
	if to-from >= minTail {
		sc.add(i, to, ruleAuthorization)
		sc.advance(to)
	}
	return true
}

// labelTail is credentialTail after a scheme outside of a header, where a label of personal data may be followed by anything.
func (sc *scanner) labelTail(i int, kind wordKind) bool {
	s := sc.text
	if at(s, i) != '[' || strings.HasPrefix(s[i:], "[REDACTED:pii.") {
		return false
	}
	before := len(sc.found)
	ok := sc.credentialTail(i, len(s))
	if len(sc.found) > before {
		sc.found[before].rule = ruleBearer
		if kind == wordBasic {
			sc.found[before].rule = ruleBasic
		}
	}
	return ok
}

// quotedScheme handles a header whose value s[i:end] is a scheme, or a scheme and the name of its first parameter, before a quote at end.
func (sc *scanner) quotedScheme(i, end int) bool {
	s := sc.text
	v := s[i:end]
	sp := strings.IndexAny(v, " \t:")
	if sp < 0 && schemeWord(v) {
		sp = len(v)
		end += escapedTab(s, end)
	}
	if sp < 0 || !schemeName(v[:sp]) || !quoteBegins(s, end) {
		return false
	}
	rest := strings.TrimLeft(v[sp:], " \t:([")
	if rest == "" && sc.labelInQuotes(end) {
		return true
	}
	if rest == "" {
		return sc.quotedAfter(v[:sp], end, true) || schemeWord(v[:sp])
	}
	if name, ok := strings.CutSuffix(rest, "="); !ok || !parameterName(name) {
		return false
	}
	sc.parameters(end - len(rest))
	return true
}

// labelInQuotes reports a label at i, or behind a mark of credentialQuotes there.
func (sc *scanner) labelInQuotes(i int) bool {
	s := sc.text
	if sc.labels.len(s[i:]) > 0 {
		return true
	}
	n := i
	for at(s, n) == '\\' {
		n++
	}
	for k := range credentialQuotes {
		open := credentialQuotes[k].open
		if n <= len(s) && strings.HasPrefix(s[n:], open) && sc.labels.len(s[n+len(open):]) > 0 {
			return true
		}
	}
	return false
}

// escapedTab returns the length of a tab at s[i:] that is written as an escape sequence, or 0.
func escapedTab(s string, i int) int {
	n := 0
	for at(s, i+n) == '\\' {
		n++
	}
	if n == 0 || at(s, i+n) != 't' {
		return 0
	}
	return n + 1
}

// quotedAfter records the credential in quotes at i after a scheme. Outside of a header it must look like one.
func (sc *scanner) quotedAfter(scheme string, i int, header bool) bool {
	from, end := quotedCredential(sc.text, i)
	if from == 0 {
		return false
	}
	v := sc.text[from:end]
	if foldEqual(scheme, "basic") {
		if !basicCredential(v) && (!header || !credentialLike(v)) {
			return false
		}
	} else if !header && !passwordLike(v) && !credentialLike(v) {
		return false
	}
	sc.add(from, end, schemeRule(scheme))
	sc.advance(end)
	return true
}

func schemeRule(scheme string) ruleID {
	switch {
	case foldEqual(scheme, "bearer"):
		return ruleBearer
	case foldEqual(scheme, "basic"):
		return ruleBasic
	}
	return ruleAuthorization
}

// parameterName reports the name of a parameter of a scheme, and no credential in base64 with its padding.
func parameterName(v string) bool {
	return v != "" && len(v) <= 24 && strings.Trim(v, "-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && classSwitches(v) <= 2
}

// proofWords are the names of parameters that prove who sends a request, besides the names of credentials (RFC 7616; draft-cavage-http-signatures;
// Hawk; OAuth 1.0, RFC 5849).
var proofWords = wordSetOf("response signature mac hmac sig oauth_signature auth")

// minProof is the length of the shortest value of such a parameter.
const minProof = 8

// parameters handles the parameters of a scheme from i: name="value", name=value.
func (sc *scanner) parameters(i int) {
	s := sc.text
	for p := i; p < len(s) && p-i < 2*maxBare; {
		from := p
		for p < len(s) && (isAlnum(s[p]) || s[p] == '_' || s[p] == '-') {
			p++
		}
		if p == from || at(s, p) != '=' {
			return
		}
		name := s[from:p]
		p++
		slashes := 0
		for at(s, p+slashes) == '\\' {
			slashes++
		}
		var end int
		if q := at(s, p+slashes); q == '"' || q == '\'' {
			from = p + slashes + 1
			end = closingQuote(s[:min(len(s), from+maxBare)], from-1, slashes)
			p = min(len(s), end+slashes+1)
		} else {
			from, end = p, p
			for end < len(s) && end-from < maxBare && (token68.has(s[end]) || s[end] == '%' || s[end] == ':') {
				end++
			}
			p = end
		}
		if end-from >= minProof && !placeholder(s[from:end]) && !hasSpace(s[from:end]) && sc.proof(name) {
			sc.add(from, end, ruleAuthorization)
		}
		if at(s, p) == ',' {
			p++
		}
		for at(s, p) == ' ' && p < len(s) {
			p++
		}
	}
}

// proof reports the name of a parameter whose value is secret.
func (sc *scanner) proof(name string) bool {
	if inSet(proofWords, name) {
		return true
	}
	switch sc.keys.classify(name).class {
	case keyPassword, keySecret, keyToken, keyMaybe, keyListed:
		return true
	}
	return false
}
