package redact

import "strings"

const (
	// maxKeyGap bounds the blanks, quotes and backslashes between a key and its operator.
	maxKeyGap = 40
	// maxKey bounds how far back a key is read; only its last words count.
	maxKey = 64
	// maxBare is the length of an unquoted value that is read before it is judged.
	maxBare = 512
)

// keyGap holds what may stand between a key and its operator: quotes, escapes and blanks, the bracket of an index, the first characters
// of := and ==, emphasis, and the question mark of an optional member.
var keyGap = set("\"'` \t\\]:=!*?")

// operator dispatches on an operator byte at i.
func (sc *scanner) operator(i int) {
	s := sc.text
	switch s[i] {
	case '@':
		sc.email(i, i+1)
	case '%':
		if !sc.keepPercent {
			sc.percent(i)
		}
	case ':':
		if strings.HasPrefix(s[i:], "://") {
			sc.url(i, i+len("://"))
			return
		}
		if strings.HasPrefix(s[i:], `:\/\/`) { // some JSON writers escape the slash
			sc.url(i, i+len(`:\/\/`))
			return
		}
		if i > 5 && (s[i-5] == ':' || s[i-1] == '*' && s[i-2] == ':') {
			sc.passFile(i)
		}
		// A walrus or scope operator is dealt with at its last byte.
		if n := at(s, i+1); n == '=' || n == ':' {
			return
		}
		sc.keyValue(i, i+1)
	case '=':
		if at(s, i+1) == '=' {
			return
		}
		end := i + 1
		if at(s, end) == '>' || at(s, end) == '~' {
			end++
		}
		// .= += |= ??= :::= are assignments too.
		start := i
		for start > sc.floor && start > i-3 && strings.IndexByte(".+|?:", s[start-1]) >= 0 {
			start--
		}
		sc.keyValue(start, end)
	case '(':
		sc.call(i)
	case '[', 0x1B, 0x9B:
		sc.sequenceNear(i)
	case '>':
		sc.angle(i)
	case '~':
		sc.tilde(i)
	case 0x86, 0x8C, 0x89, 0xB8, 0x94, 0xB1, 0x99, 0xA9:
		sc.foreignKey(i)
	default:
		// U+FF1A, U+FF1D and U+FF20, the full-width colon, equals sign and commercial at.
		if at(s, i+1) != 0xBC {
			return
		}
		switch at(s, i+2) {
		case 0x9A, 0x9D:
			sc.keyValue(i, i+3)
		case 0xA0:
			sc.email(i, i+3)
		}
	}
}

// percent handles what percent-encoding hides: %40 in an address, %3D and %3A between key and value, %2F after a scheme.
func (sc *scanner) percent(i int) {
	s := sc.text
	if i+2 >= len(s) {
		return
	}
	switch {
	case s[i+1] == '4' && s[i+2] == '0':
		sc.email(i, i+3)
	case s[i+1] == '1' && s[i+2]|0x20 == 'b':
		sc.sequenceNear(i)
	case s[i+1] == '3' && (s[i+2]|0x20 == 'd' || s[i+2]|0x20 == 'a'):
		if strings.HasPrefix(s[i+3:], "%2F%2F") || strings.HasPrefix(s[i+3:], "%2f%2f") {
			sc.encodedURL(i)
			return
		}
		sc.keyValue(i, i+3)
	}
}

// keyValue handles an operator at s[i:end]: it reads the key before and, when that is sensitive, judges the value after.
func (sc *scanner) keyValue(i, end int) {
	s := sc.text
	// Back over blanks, closing quotes and escapes to the last character of the key.
	k := i
	lo := max(i-maxKeyGap, sc.floor)
	quoted := false
	for k > lo {
		b := s[k-1]
		if !keyGap.has(b) {
			break
		}
		if b == ']' && !sc.bracketKey(k-1) || (b == ':' || b == '=' || b == '!') && s[i] != '=' {
			break
		}
		switch b {
		case '"', '\'', '`':
			quoted = true
		case '\\':
			// Each level of escaping doubles the backslashes.
			for k > sc.floor+1 && s[k-2] == '\\' {
				k--
				lo = max(sc.floor, min(lo, k-1-maxKeyGap))
			}
		}
		k--
	}
	if k == lo || k < 2 {
		return
	}
	if n := htmlQuoteBefore(s, k); n > 0 {
		k -= n
		quoted = true
	} else if s[k-1] == '2' && strings.HasSuffix(s[:k], "%22") {
		k -= 3
		quoted = true
	} else if s[k-1]|0x20 == 'd' && strings.HasSuffix(s[:k-1], "%5") {
		k -= 3 // user%5Bpassword%5D=
	}
	if k < 2 {
		return
	}
	if kind := valueWord(s, k); kind != notValue && sc.sibling(k, end, kind) {
		return
	}
	// Digits and separators at the end of a key say nothing, as in password2 and password[0].
	word := k
	for word > lo && word > k-4 && (isDigit(s[word-1]) || s[word-1] == '_' || s[word-1] == '.' || s[word-1] == '[' || s[word-1] == ' ' && word < k) {
		word--
	}
	if quoted && sc.escapedKey(k, end) {
		return
	}
	if !sc.keys.mayEnd(s, word) {
		return
	}
	start := sc.keyStart(k)
	if sc.labels.len(s[start:]) > 0 {
		return // a replacement of ours
	}
	if start > 1 && s[start-1] == '{' && s[start-2] == '%' {
		return // a pattern of grok: %{PASSWORD:user.password}
	}
	if start > 0 && s[start-1] == ':' && resourceName(s[max(0, start-100):start]) {
		return
	}
	key := s[start:k]
	if s[end-1] == '=' {
		key = untyped(key)
		if isTypeName(key) {
			// The name stands before a colon: password: str = "x".
			n := start
			for n > lo && (s[n-1] == ' ' || s[n-1] == ':' || s[n-1] == '?' || s[n-1] == '&') {
				n--
			}
			key = s[sc.keyStart(n):n]
		}
	}
	info := sc.keys.classify(key)
	if info.class == keyPlain || info.class == keyRandom {
		if p := sc.javaProperty(key); p.class != keyPlain {
			info = p
		} else if info.class == keyPlain {
			return
		}
	}
	if end-i == 1 && i > 0 && (s[i-1] == '=' || s[i-1] == '!') {
		// A comparison tells a secret when it is with a literal.
		if v := skipBlanks(s, end); at(s, v) != '"' && at(s, v) != '\'' && at(s, v) != '\\' {
			return
		}
	}
	if info.class == keyRandom && k > 4 && s[k-4] == ' ' && hexAt(s, end) && !sc.inUse(k-3) {
		return // "poly1305 key:" of a test vector, in words; "Using Key=" of a log is one that is used
	}
	level := sc.quoteLevel(k, i)
	switch info.class {
	case keyQuery:
		if !sc.query(start, end, info) {
			switch s[k-1] | 0x20 {
			case 'e':
				sc.authorizationCode(start, k, end)
			case 'y', '1', '2', '3', '4':
				sc.keyAlone(start, k, end, quoted)
			}
		}
		return
	case keyJWK:
		if !quoted || k-start > 2 || !sc.near(start, "kty") {
			return
		}
		info.class = keyToken
	}
	if numberAt(s, skipBlanks(s, end)) && measures(key) {
		return
	}
	sc.value(end, info, level)
}

// near reports whether a word stands around i, within the size of a JSON Web Key.
func (sc *scanner) near(i int, word string) bool {
	s := sc.text
	return strings.Contains(s[max(0, i-2500):min(len(s), i+2500)], word)
}

// keyStart returns where the key that ends at k begins. A key in quotes, or the last words before an operator, may hold blanks.
func (sc *scanner) keyStart(k int) int {
	s := sc.text
	lo := max(k-maxKey, sc.floor)
	start := k
	for start > lo {
		b := s[start-1]
		if isAlnum(b) || identSet.has(b) || b >= 0x80 || b == '/' || b == '[' || b == ']' {
			start--
			continue
		}
		// One blank between words: "API key: ...", "Social Security Number".
		if b == ' ' && start-1 > lo && (isAlnum(s[start-2]) || s[start-2] >= 0x80) {
			start--
			continue
		}
		break
	}
	if n := escapeLen(s, start); n > 0 && start+n < k {
		start += n
	} else if start > 0 && s[start-1] == '%' && start+2 < k && isHex(s[start]) && isHex(s[start+1]) {
		start += 2
	}
	return start
}

// quoteLevel returns the number of backslashes before the quote that closes a key at s[k:op], or -1 when the key has no double quotes.
func (sc *scanner) quoteLevel(k, op int) int {
	s := sc.text
	n := 0
	for k < op && s[k] == ' ' {
		k++ // the name ends with a blank
	}
	for k < op && s[k] == '\\' {
		n++
		k++
	}
	if k < op && s[k] == '"' {
		return n
	}
	return -1
}

// value reads the value that begins at i and records it when it is sensitive. keyLevel is the number of backslashes before
// the quotes of the key, or -1.
func (sc *scanner) value(i int, info keyInfo, keyLevel int) {
	s := sc.text
	op := i
	i = skipBlanks(s, i)
	if i >= len(s) {
		return
	}
	if strings.HasPrefix(s[i:], "-----BEGIN") {
		return // the block has a matcher of its own
	}
	if b := at(s, i+1); s[i] == '\\' && (b == '\n' || b == '\r') && i+1 < len(s) {
		i++ // the line goes on in the next one
	}
	if s[i] == '(' && lineBreak(s, i+1) > 0 && sc.quotedBelow(i+1, info) {
		return
	}
	if lineBreak(s, i) > 0 {
		if !sc.quotedBelow(i, info) {
			sc.below(i, info)
		}
		return
	}
	i = skipWrapper(s, i)
	slashes := 0
	for i+slashes < len(s) && s[i+slashes] == '\\' {
		slashes++
	}
	if q := at(s, i+slashes); i+slashes < len(s) && (q == '"' || q == '\'' || q == '`') {
		sc.quotedValue(i+slashes, slashes, info)
		return
	}
	if slashes > 0 {
		return
	}
	if info.rule == ruleCredentials && sc.slashPair(i) {
		return
	}
	switch s[i] {
	case '{', '[':
		if s[i] == '{' && s[op-1] == '=' && sc.braced(i, info) {
			return
		}
		if s[i] == '[' && (arrayType(s[i:bareEndFrom(s, i, i)]) > 0 || sc.bracketed(i, info, settingBare)) {
			return
		}
		sc.container(i, info, keyLevel)
		return
	case '<':
		if n := inlineTag(s, i); n > 0 {
			sc.proseValue(i+n, info, false)
		} else if n = strings.IndexByte(s[i:min(len(s), i+maxLabel)], '>'); n > 0 && labelWord(s[i+1:i+n]) {
			if end := bareEndFrom(s, i, i+n+1); passwordLike(s[i+n+1:end]) && sc.labels.len(s[i+n+1:]) == 0 && at(s, end) != '<' {
				sc.judgeBare(i+n+1, end, info, settingBare, 0)
			}
		}
		return
	case '&':
		if n := htmlQuote(s, i); n > 0 {
			end := strings.Index(s[i+n:min(len(s), i+n+maxBare)], s[i:i+n])
			if end > 0 {
				sc.judge(i+n, i+n+end, info, settingField)
			}
			return
		}
	case '%':
		if strings.HasPrefix(s[i:], "%22") || strings.HasPrefix(s[i:], "%27") {
			if end := strings.Index(s[i+3:min(len(s), i+3+maxBare)], s[i:i+3]); end > 0 {
				sc.judge(i+3, i+3+end, info, settingField)
			}
			return
		}
	case 0xE2, 0xC2, 0xE3:
		if open, end := unicodeQuotes(s, i); end > open {
			sc.judge(open, end, info, settingField)
			return
		}
	}
	sc.bareValue(i, op, info, keyLevel)
}

// skipBlanks skips blanks, their escaped forms, and the indicator of a YAML block with its line break.
func skipBlanks(s string, i int) int {
	for i < len(s) {
		switch {
		case s[i] == ' ' || s[i] == '\t':
			i++
		case s[i] == '\\' && at(s, i+1) == 't':
			i += 2
		case (s[i] == '|' || s[i] == '>') && blockIndicator(s, i) > 0:
			i += blockIndicator(s, i)
		case strings.HasPrefix(s[i:], "**") && i+2 < len(s) && s[i+2] != '*': // the bold colon of Markdown
			i += 2
		case strings.HasPrefix(s[i:], "%20"):
			i += 3
		case s[i] == '+' && at(s, i+1) == ' ':
			i += 2
		case s[i] >= 0x80 && wideBlank(s, i) > 0:
			i += wideBlank(s, i)
		case s[i] == '!' && strings.HasPrefix(s[i:], "!!str "), s[i] == '&' && anchor(s, i) > 0:
			i += strings.IndexByte(s[i:], ' ')
		default:
			return i
		}
	}
	return i
}

// blockIndicator returns the length of a YAML block indicator and the line break and blanks after it, or 0.
func blockIndicator(s string, i int) int {
	n := i + 1
	if at(s, n) == '-' || at(s, n) == '+' {
		n++
	}
	line := lineBreak(s, n)
	if line == 0 {
		return 0
	}
	n += line
	for at(s, n) == ' ' && n < len(s) {
		n++
	}
	return n - i
}
