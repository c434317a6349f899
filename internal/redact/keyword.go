package redact

import "strings"

// word handles the word of n letters at i, which may be a key word.
func (sc *scanner) word(i, n int) {
	s := sc.text
	if i > 0 && s[i-1] == '[' {
		if size := sc.labels.len(s[i-1:]); size > 0 {
			sc.advance(i - 1 + size)
			return
		}
	}
	kind, end := keyWordIndex.find(s, i, n)
	if kind == wordNone {
		// The letter of an escape sequence may stand before the word: \npassword.
		if escapeLen(s, i) != 1 {
			return
		}
		i++
		if kind, end = keyWordIndex.find(s, i, n-1); kind == wordNone {
			return
		}
	}
	if kind == wordKey || kind == wordAuth || kind == wordLogin || kind == wordCommand && s[i:end] == "alias" {
		if name := shortCommand(s, i); name >= 0 {
			sc.command(name, name+2)
		}
	}
	switch kind {
	case wordKey:
		if end-i == 3 && s[i]|0x20 == 's' {
			sc.ssnWord = end
		}
		if sc.readsSecret(i, end) {
			sc.standardInput(i, end)
		}
		sc.keyWord(i, end)
	case wordPhone:
		sc.phoneWord = end
	case wordCall:
		if (i == 0 || s[i-1] == ' ' || s[i-1] == '"' || s[i-1] == '\n') && at(s, end) == ' ' {
			sc.callWord = end
		}
	case wordSSN:
		if rest := s[end:min(len(s), end+9)]; lower(s[i]) != 's' || foldEqual(rest, " security") || foldEqual(rest, "-security") {
			sc.ssnWord = end
		}
	case wordBearer, wordBasic:
		sc.scheme(end, kind)
	case wordLogin:
		if sc.loginFlags(i, end) || sc.protocolLogin(i, end) {
			return
		}
		sc.slashPair(skipLink(s, end))
	case wordLink:
		sc.linkPath(end)
	case wordAuth:
		sc.authCommand(i, end)
	case wordUse:
		sc.requestedCode(i, end)
	case wordSetUser:
		sc.protocolLogin(i, end)
	case wordHash:
		sc.ldapHash(i, end)
	case wordEcho:
		sc.piped(end)
	case wordSecure:
		sc.secureString(i, end)
	case wordInput:
		sc.standardInput(i, end)
	case wordManifest:
		sc.manifest(end)
	case wordField:
		sc.field(i, end)
	case wordArgon:
		sc.argon(i)
	case wordInto:
		sc.insert(end)
	case wordPrivate:
		sc.puttyKey(end)
	case wordCommand:
		sc.command(i, end)
	case wordBegin:
		sc.pem(i)
	case wordBase64:
		sc.dataURI(end)
	case wordIdentified:
		sc.identifiedBy(end)
	case wordHook:
		sc.hook(i)
	case wordHas:
		if at(s, end) == 0xC5 {
			sc.keyWord(i, end)
		}
	case wordNone, wordLabel:
	default:
		sc.announcing(i, end, announcements[kind-wordAnnounce])
	}
}

// scheme handles the credential after "Bearer" or "Basic" outside of a header whose name is known (RFC 6750, RFC 7617).
func (sc *scanner) scheme(i int, kind wordKind) {
	s := sc.text
	switch {
	case strings.HasPrefix(s[i:], ", "):
		i += 2
	case i < len(s) && (s[i] == ' ' || s[i] == '\t'):
		for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
			i++
		}
	case strings.HasPrefix(s[i:], "%20"):
		i += 3
	case at(s, i) == '+' || at(s, i) == ':':
		i++
		for at(s, i) == ' ' && i < len(s) {
			i++
		}
	case strings.HasPrefix(s[i:], "\\u0020"):
		i += 6
	case strings.HasPrefix(s[i:], `\t`):
		i += len(`\t`)
	default:
		return
	}
	if sc.labelTail(i, kind) {
		return
	}
	if quoteBegins(s, i) {
		scheme := "bearer"
		if kind == wordBasic {
			scheme = "basic"
		}
		sc.quotedAfter(scheme, i, false)
		return
	}
	end := i
	for end < len(s) && (token68.has(s[end]) || s[end] == '%' && end+2 < len(s) && isHex(s[end+1]) && isHex(s[end+2])) {
		end++
	}
	for end > i && s[end-1] == '.' {
		end--
	}
	v := s[i:end]
	if len(v) < 8 || placeholder(v) || pathOrURL(v) {
		return
	}
	if strings.IndexByte(v, '+') >= 0 && featuresOf(v).digit == 0 {
		return // words of a query
	}
	if kind == wordBasic {
		if basicCredential(v) {
			sc.add(i, end, ruleBasic)
			sc.advance(end)
		}
		return
	}
	if codeExpression(v) || technicalWord(v) || !passwordLike(v) && !credentialLike(v) {
		return
	}
	sc.add(i, end, ruleBearer)
	sc.advance(end)
}

// keyWord handles a key whose last word ends at end and that no operator follows.
func (sc *scanner) keyWord(i, end int) {
	s := sc.text
	if end-i == 4 && foldEqual(s[i:end], "code") && sc.ownCode(end) {
		return
	}
	for end < len(s) && s[end] >= 0x80 && !punctuation(s[end:]) {
		end++
		for end < len(s) && isLetter(s[end]) {
			end++
		}
	}
	// Digits, underscores and further words would make another key of it; operators have their own event.
	if b := at(s, end); b == '-' || b == '_' {
		to := nameEnd(s, end)
		if e := keyEnd(s, to); e <= end || !sc.keys.mayQualify(s, e, 0) {
			return
		}
		end = to
	}
	if b := at(s, end); isAlnum(b) || b == '_' || b == '-' || b == ':' || b == '=' {
		return
	}
	start := min(sc.keyStart(end), i)
	info := sc.keys.classify(s[start:end])
	if (info.class == keyPassword || info.class == keyMaybePassword) && sc.grammatical(i, end) || sc.escapedElement(start, end, info) {
		return
	}
	if info.class == keyPlain && i > 0 && s[i-1] == ' ' {
		info = sc.keys.classify(s[i:end]) // "reset password to x": a verb, not the name of a flag
	}
	if end-i == 4 && foldEqual(s[i:end], "code") {
		sc.oneTimeCode(end)
	}
	if sc.valueBefore(i, end, info) || end >= len(s) {
		return
	}
	switch info.class {
	case keyPlain, keyRandom, keyQuery, keyJWK, keyEmail, keyPhone, keyIBAN, keyBirth, keyConnection:
		return
	}
	flag := sc.isFlag(i)
	if flag && at(s, end) == '`' {
		return // the name of a flag, in a sentence
	}
	if c := at(s, end); !flag && c != '"' && c != '\'' && c != '\\' && (info.class == keyAuthorization || info.class == keyCookie || info.class == keySetCookie) {
		return // headers have an operator
	}
	if b := at(s, start-1); (b == '$' || b == '{' || b == '%') && !flag || s[start] == '$' {
		return // the name of a variable
	}
	p := end
	for p < len(s) && (s[p] == '"' || s[p] == '\'' || s[p] == '`' || s[p] == '*' || s[p] == ']' || s[p] == '\\' && at(s, p+1) == '"') {
		p++
	}
	if closed, slashes := quoteEnd(s, p); flag && slashes > 1 {
		p = closed
	}
	if c := at(s, p); c == ')' && p > end {
		sc.chained(p, info)
		return
	}
	if sc.escapedOperator(p, info) {
		return
	}
	q := p
	for q < len(s) && (s[q] == ' ' || s[q] == '\t') {
		q++
	}
	if q >= len(s) {
		return
	}
	if quote := nestedQuote(s, q); quote > 0 && lineBreak(s, quote) > 0 {
		p, q = quote, quote
	}
	if lineBreak(s, q) > 0 {
		if start > 5 && endsWithWord(strings.TrimRight(s[max(sc.floor, start-maxPartName):start], "\"'\\"), partNames) && (sc.formPart(start, q, info) || p > end && sc.below(q, info)) {
			return
		}
		if !sc.labelLine(start, q, info) {
			sc.column(i)
		}
		return
	}
	switch op := at(s, q); op {
	case ':', '=':
		return
	case ',', ';':
		if p > end {
			sc.argument(start, q, info)
			sc.serialised(q, info)
		}
		sc.column(i)
		return
	case '|':
		defer sc.column(i)
	case 0xE2: // box drawing
		if strings.HasPrefix(s[q:], "│") || strings.HasPrefix(s[q:], "┃") {
			sc.proseValue(skipBlanks(s, q+len("│")), info, false)
			sc.column(i)
			return
		}
	default:
		if q > p && strings.IndexByte(s[p:q], '\t') >= 0 {
			defer sc.column(i)
		}
	}
	if q == p {
		if strings.HasPrefix(s[p:], "'s ") || strings.HasPrefix(s[p:], "’s ") {
			sc.proseValue(p+strings.IndexByte(s[p:], ' ')+1, info, true)
		}
		return
	}
	switch rest := s[q:]; {
	case flag:
		sc.flagValue(q, info)
	case rest[0] == '"' || rest[0] == '\'' || rest[0] == '`' || rest[0] == '\\' && len(rest) > 1 && (rest[1] == '"' || rest[1] == '\\'):
		sc.quotedProse(q, info)
	case rest[0] == '|':
		if v := skipBlanks(s, q+1); lineBreak(s, v) == 0 {
			sc.proseValue(v, info, false)
		}
	case rest[0] == '(':
		before := len(sc.found)
		sc.proseValue(skipBlanks(s, q+1), info, false)
		if len(sc.found) == before {
			sc.laterValue(q, info)
		}
	case strings.HasPrefix(rest, "<- ") || strings.HasPrefix(rest, "<<< "):
		sc.quotedProse(skipBlanks(s, q+len("<-")), info)
	case strings.HasPrefix(rest, "-> ") || strings.HasPrefix(rest, "→"):
		sc.proseValue(skipBlanks(s, q+len("->")+boolInt(rest[0] != '-')), info, true)
	case info.class == keyMnemonic:
		sc.bareValue(max(link(s, q), q), end, info, -1)
	default:
		j := link(s, q)
		if info.rule == ruleCredentials && sc.slashPair(max(j, q)) {
			return
		}
		if j > 0 {
			if !sc.proseFound(j, info) && foldEqual(s[q:clauseWordEnd(s, q)], "of") {
				sc.laterValue(q, info)
			}
			return
		}
		if assignmentFollows(s, q) {
			return
		}
		before := len(sc.found)
		sc.proseValue(q, info, false)
		if len(sc.found) == before {
			sc.laterValue(q, info)
		}
	}
}

// labelLine handles a key alone on its line, with the value below it.
func (sc *scanner) labelLine(start, i int, info keyInfo) bool {
	s := sc.text
	for start > 0 && strings.IndexByte("*#>", s[start-1]) >= 0 || start > 1 && s[start-1] == ' ' && (s[start-2] == '#' || s[start-2] == '>') {
		start--
	}
	if start > 0 && s[start-1] != '\n' && (s[start-1] != 'n' || at(s, start-2) != '\\') {
		return false
	}
	return sc.below(i, info)
}

// partNames end what stands before the name of a part of a form.
var partNames = []string{"name="}

// maxPartName bounds the end of what stands before the name of a part, with its quote.
const maxPartName = 16

// nestedQuote returns where the quote ends that begins with two backslashes or more at i, as in JSON within JSON, or 0.
func nestedQuote(s string, i int) int {
	j := i
	for j < len(s) && j-i < maxPartName && s[j] == '\\' {
		j++
	}
	if j-i < 2 || at(s, j) != '"' {
		return 0
	}
	return j + 1
}

// serialised handles PHP's form of a pair, s:8:"password";s:5:"value";: a semicolon is at i.
func (sc *scanner) serialised(i int, info keyInfo) {
	s := sc.text
	if !strings.HasPrefix(s[i:], ";s:") {
		return
	}
	j := i + 3
	for isDigit(at(s, j)) {
		j++
	}
	if at(s, j) != ':' {
		return
	}
	if open, end, _ := quotedArgument(s, j+1); end > open {
		sc.judge(open, end, info, settingField)
	}
}
