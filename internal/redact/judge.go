package redact

import "strings"

// judge records s[i:end], the quoted or delimited value of a sensitive key, when it looks like what the key announces.
func (sc *scanner) judge(i, end int, info keyInfo, how setting) {
	s := sc.text
	for i < end && isSpace(s[i]) {
		i++
	}
	if i >= end {
		return
	}
	v := s[i:end]
	if len(v) > 1 && strings.IndexByte("+,)", v[0]) >= 0 && isSpace(v[1]) {
		return // what stands between two literals
	}
	switch info.class {
	case keyAuthorization:
		sc.authorization(i, end)
		return
	case keyCookie, keySetCookie:
		sc.cookies(i, end, info)
		return
	case keyConnection:
		sc.connection(i, end, info)
		return
	}
	if sc.labelled(i, end, info, how) {
		return
	}
	if unknownLabel(v) {
		if sensitive(info.class, v[len("[REDACTED:"):len(v)-1], how) {
			sc.add(i, end, info.rule)
			sc.advance(end)
		}
		return
	}
	if rest := behindLabel(v); rest != "" && !hasSpace(rest) && passwordLike(rest) && sensitive(info.class, rest, how) {
		sc.add(i, end, info.rule)
		sc.advance(end)
		return
	}
	if (v[0] == '{' || v[0] == '[') && hard(info.class) && !reference(v) || jsonInside(v) && hard(info.class) {
		// JSON in a string under a sensitive key: its leaves go, its shape stays.
		if sc.container(i, info, -1) {
			return
		}
	}
	if sensitive(info.class, v, how) {
		sc.add(i, end, info.rule)
		sc.advance(end)
	}
}

// jsonInside reports a value that is an object or a list of JSON, escaped or not, rather than a template.
func jsonInside(v string) bool {
	return len(v) > 4 && (v[0] == '{' && (v[1] == '"' || v[1] == '\\') || v[0] == '[' && (v[1] == '"' || v[1] == '\\' || v[1] == '{'))
}

// judgeBare records an unquoted value; wrap is 1 more than the number of backslashes of the quotes that a label needs in place
// of a number, or 0.
func (sc *scanner) judgeBare(i, end int, info keyInfo, how setting, wrap int) {
	v := sc.text[i:end]
	switch info.class {
	case keyAuthorization:
		if !hasSpace(v) && (how == settingProse && !passwordLike(v) || letters.all(strings.TrimRight(v, "}),;"))) {
			return
		}
		sc.authorization(i, end)
		return
	case keyCookie, keySetCookie:
		sc.cookies(i, end, info)
		return
	case keyConnection:
		sc.connection(i, end, info)
		return
	}
	if hexConstant(v) || sc.labelCut(i, end) || sc.labelled(i, end, info, how) {
		return
	}
	if info.rule == ruleCredentials && how != settingField && featuresOf(v).digit == 0 {
		return // the name of a kind of credentials, as a rule
	}
	if wrap > 0 && (info.class == keyToken || info.class == keyMaybe || info.class == keySession || info.class == keyRandom || info.class == keyMaybePassword) {
		return
	}
	if wrap > 0 && (info.class == keyPassword || info.class == keyListed || info.class == keyNational && len(v) >= minNationalDigits) {
		how = settingField
	}
	if sensitive(info.class, v, how) {
		end = bareRest(sc.text, i, end)
		sc.addWrapped(i, end, info.rule, wrap)
		sc.advance(end)
	}
}

// hard reports the classes under which every leaf of an object or list is sensitive.
func hard(c keyClass) bool {
	switch c {
	case keyPassword, keySecret, keyListed, keyAuthorization, keyCookie, keySetCookie:
		return true
	default:
		return false
	}
}

// authorization handles the value of an Authorization header: the scheme stays, what follows goes (RFC 9110, 11.4).
func (sc *scanner) authorization(i, end int) {
	s := sc.text
	v := s[i:end]
	if sc.placeholder(v) || len(v) < 3 {
		return
	}
	sp := strings.IndexAny(v, " \t")
	if sp < 0 {
		sp = strings.Index(v, "%20")
		if sp < 0 {
			if sc.credentialTail(i, end) {
				return
			}
			if len(v) >= 6 && !codeExpression(v) && !sentence(v) && !schemeWord(v) && !pathOrURL(v) && !typeName(v) {
				sc.add(i, end, ruleAuthorization)
				sc.advance(end)
			}
			return
		}
	}
	scheme := strings.TrimSuffix(v[:sp], ":")
	rest := strings.TrimLeft(v[sp:], " \t")
	for strings.HasPrefix(rest, "%20") {
		rest = rest[len("%20"):]
	}
	if !schemeName(scheme) {
		if !sentence(v) && passwordLike(scheme) {
			sc.add(i, end, ruleAuthorization)
			sc.advance(end)
		}
		return
	}
	from := end - len(rest)
	if name, value, ok := strings.Cut(rest, "="); foldEqual(scheme, "digest") || foldEqual(scheme, "signature") || ok && parameterName(name) && value != "" && quoteBegins(value, 0) {
		sc.parameters(from)
		return
	}
	if len(rest) > 1 && quoteBegins(rest, 0) {
		sc.quotedAfter(scheme, from, true)
		return
	}
	if sc.credentialTail(from, end) {
		return
	}
	if len(rest) < 2 || sc.placeholder(rest) || sentence(v) && !credentialLike(rest) {
		return
	}
	if w := strings.IndexByte(rest, ' '); w >= 0 && !strings.ContainsAny(rest, "=,") {
		// Prose after the header in the same line: only the credential itself.
		rest = strings.TrimRight(rest[:w], ",;.")
		if codeExpression(rest) || len(rest) < 6 {
			return
		}
		end = from + len(rest)
	}
	if codeExpression(rest) || hasFold(rest, "token}") {
		return
	}
	sc.add(from, end, schemeRule(scheme))
	sc.advance(end)
}

// schemeName reports the name of an authentication scheme.
func schemeName(v string) bool {
	if len(v) < 3 || len(v) > 24 || !isLetter(v[0]) {
		return false
	}
	for i := 0; i < len(v); i++ {
		if !isAlnum(v[i]) && v[i] != '-' && v[i] != '_' {
			return false
		}
	}
	return classSwitches(v) < 6
}

func schemeWord(v string) bool {
	for _, w := range [...]string{"bearer", "basic", "digest", "negotiate", "oauth", "token", "apikey", "key", "hmac", "ntlm"} {
		if foldEqual(v, w) {
			return true
		}
	}
	return false
}

// cookies replaces the values of a cookie header and keeps the names. In Set-Cookie only the first pair is a cookie, the others
// are its attributes (RFC 6265).
func (sc *scanner) cookies(i, end int, info keyInfo) {
	s := sc.text
	v := s[i:end]
	if sc.placeholder(v) || sentence(v) && !strings.Contains(v, "=") {
		return
	}
	if !strings.Contains(v, "=") {
		if len(v) >= 8 && passwordLike(v) && !hasSpace(v) && !codeExpression(v) {
			sc.add(i, end, info.rule)
			sc.advance(end)
		}
		return
	}
	for p := i; p < end; {
		stop := strings.IndexByte(s[p:end], ';')
		if stop < 0 {
			stop = end - p
		}
		pairEnd := p + stop
		if eq := strings.IndexByte(s[p:pairEnd], '='); eq >= 0 {
			from := p + eq + 1
			to := pairEnd
			for from < to && (s[from] == ' ' || s[from] == '"') {
				from++
			}
			for to > from && (s[to-1] == ' ' || s[to-1] == '"' || s[to-1] == '\\') {
				to--
			}
			if to-from >= 2 && !sc.placeholder(s[from:to]) {
				sc.add(from, to, info.rule)
			}
		}
		if info.class == keySetCookie {
			break
		}
		p = pairEnd + 1
	}
	sc.advance(end)
}

// connection handles a connection string without a scheme, such as user:password@tcp(host:3306)/db. What has a scheme, or
// names its parts, the other matchers find.
func (sc *scanner) connection(i, end int, info keyInfo) {
	s := sc.text
	v := s[i:end]
	if strings.Contains(v, "://") || sc.placeholder(v) {
		return
	}
	at := strings.LastIndexByte(v, '@')
	colon := strings.IndexByte(v, ':')
	if slash := strings.IndexByte(v, '/'); (colon < 0 || colon > at) && slash > 0 && slash < at {
		colon = slash // oracle: user/password@host
	}
	if colon <= 0 || at <= colon+1 {
		return
	}
	if strings.ContainsAny(v[:colon], " =;") {
		return
	}
	pass := v[colon+1 : at]
	if len(pass) < 2 || sc.placeholder(pass) || strings.Contains(v[:colon], "[") {
		return
	}
	sc.add(i+colon+1, i+at, info.rule)
	sc.advance(i + at + 1)
}
