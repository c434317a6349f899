package redact

import "strings"

// wordKind says what to do where a key word begins.
type wordKind uint8

const (
	wordNone wordKind = iota
	// wordKey ends a key that may be followed by its value without an operator: a flag, SQL, prose, a table.
	wordKey
	wordBearer
	wordBasic
	wordScheme
	wordBegin
	wordBase64
	wordIdentified
	wordHook
	wordLabel
)

// wordTable lists the words that start a matcher. A word counts when it stands alone among letters.
var wordTable = []struct {
	kind  wordKind
	words string
}{
	{wordKey, "password passwd pwd passphrase passcode passwort kennwort pass secret token key credential credentials creds pin otp ssn cvv cvc jwt apikey authorization cookie code phrase " +
		"contraseña contrase senha passe parola wachtwoord number security"},
	{wordBearer, "bearer"},
	{wordBasic, "basic"},
	{wordScheme, "apikey negotiate hmac"},
	{wordBegin, "begin"},
	{wordBase64, "base"},
	{wordIdentified, "identified"},
	{wordHook, "hooks webhook webhooks hook"},
	{wordLabel, "redacted truncated"},
}

const (
	wordHashFactor = 0x9E3779B1
	maxWord        = 16
)

// wordKinds is wordTable by word, wordBits the hash of the first four letters of each.
var (
	wordKinds = buildWordKinds()
	wordBits  = buildWordBits()
)

func buildWordKinds() map[string]wordKind {
	m := map[string]wordKind{}
	for _, row := range wordTable {
		for w := range strings.FieldsSeq(row.words) {
			if _, ok := m[w]; !ok {
				m[w] = row.kind
			}
		}
	}
	return m
}

func buildWordBits() (t [64]uint64) {
	for _, row := range wordTable {
		for w := range strings.FieldsSeq(row.words) {
			w += " "
			v := uint32(w[0]) | uint32(w[1])<<8 | uint32(w[2])<<16 | uint32(w[3])<<24
			h := v * wordHashFactor >> 20
			t[h>>6] |= 1 << (h & 63)
		}
	}
	return t
}

// word handles the beginning of a word at i that may be a key word.
func (sc *scanner) word(i int) {
	s := sc.text
	end := i
	var buf [maxWord]byte
	for end < len(s) && isLetter(s[end]) {
		if end-i == maxWord {
			return
		}
		buf[end-i] = s[end] | 0x20
		end++
	}
	kind := wordKinds[string(buf[:end-i])]
	if kind == wordNone {
		// The letters of an escape sequence may stand before the word: \npassword.
		if n := escapeLen(s, i); n == 1 && end-i > 3 {
			kind = wordKinds[string(buf[1:end-i])]
			i++
		}
	}
	switch kind {
	case wordKey:
		sc.keyWord(i, end)
	case wordBearer, wordBasic:
		sc.scheme(end, kind)
	case wordBegin:
		sc.pem(i)
	case wordBase64:
		sc.media(end)
	case wordIdentified:
		sc.identifiedBy(end)
	case wordHook:
		sc.hook(i, end)
	case wordLabel:
		if i > 0 && s[i-1] == '[' {
			if n := strings.IndexByte(s[end:min(len(s), end+120)], ']'); n >= 0 {
				sc.advance(end + n + 1)
			}
		}
	}
}

// scheme handles the credential after "Bearer" or "Basic" outside of a header whose name is known (RFC 6750, RFC 7617).
func (sc *scanner) scheme(i int, kind wordKind) {
	s := sc.text
	switch {
	case at(s, i) == ' ' && i < len(s):
		for at(s, i) == ' ' && i < len(s) {
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
	default:
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
	if end >= len(s) {
		return
	}
	// Digits, underscores and further words would make another key of it; operators have their own event.
	switch b := s[end]; {
	case isAlnum(b) || b == '_' || b == '-' || b == ':' || b == '=':
		return
	}
	start := sc.keyStart(end, false)
	if start > i {
		start = i
	}
	info := builtinKeys.classify(s[start:end])
	if info.class == keyPlain && i > 0 && s[i-1] == ' ' {
		info = builtinKeys.classify(s[i:end]) // "reset password to x": a verb, not the name of a flag
	}
	switch info.class {
	case keyPlain, keyEmail, keyPhone, keyIBAN, keyConnection:
		return
	}
	flag := sc.isFlag(i)
	if !flag && (info.class == keyAuthorization || info.class == keyCookie || info.class == keySetCookie) {
		return // headers have an operator
	}
	p := end
	for p < len(s) && (s[p] == '"' || s[p] == '\'' || s[p] == '`' || s[p] == '*' || s[p] == '\\' && at(s, p+1) == '"') {
		p++
	}
	q := p
	for q < len(s) && (s[q] == ' ' || s[q] == '\t') {
		q++
	}
	if q >= len(s) {
		return
	}
	if op := at(s, q); op == ':' || op == '=' {
		return
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
		sc.proseValue(skipBlanks(s, q+1), info, false)
	case rest[0] == '(':
		sc.proseValue(q+1, info, false)
	case strings.HasPrefix(rest, "-> ") || strings.HasPrefix(rest, "→"):
		sc.proseValue(skipBlanks(s, q+len("->")+boolInt(rest[0] != '-')), info, true)
	default:
		if j, strong := linkingWord(s, q); j > 0 {
			sc.proseValue(j, info, strong)
			return
		}
		before := len(sc.found)
		sc.proseValue(q, info, false)
		if len(sc.found) == before {
			sc.laterValue(q, info)
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// isFlag reports whether the key word at i belongs to a command-line flag such as --db-password.
func (sc *scanner) isFlag(i int) bool {
	s := sc.text
	for i > sc.floor && (isAlnum(s[i-1]) || s[i-1] == '-' || s[i-1] == '_') {
		i--
	}
	return i < len(s) && s[i] == '-' && (i == 0 || isSpace(s[i-1]) || s[i-1] == '"' || s[i-1] == '\'' || s[i-1] == '`' || s[i-1] == '[' || s[i-1] == '(')
}

// flagValue handles the argument of a flag.
func (sc *scanner) flagValue(i int, info keyInfo) {
	s := sc.text
	if s[i] == '-' {
		return
	}
	if s[i] == '"' || s[i] == '\'' || s[i] == '\\' {
		sc.quotedProse(i, info)
		return
	}
	end := bareEnd(s, i)
	if end > i {
		how := settingBare
		if info.class == keyMaybe {
			how = settingProse
		}
		sc.judgeBare(i, end, info, how, 0)
	}
}

// quotedProse handles a value in quotes after a key word: PASSWORD 'x', password "x". Several words in quotes are a title or a message.
func (sc *scanner) quotedProse(i int, info keyInfo) {
	s := sc.text
	slashes := 0
	for at(s, i+slashes) == '\\' {
		slashes++
	}
	if q := at(s, i+slashes); q != '"' && q != '\'' && q != '`' {
		return
	}
	open := i + slashes
	end := closingQuote(s, open, slashes)
	if end <= open+1 || end-open > maxBare || hasSpace(s[open+1:end]) {
		return
	}
	how := settingProse
	if info.class == keyPassword && s[open] == '\'' {
		how = settingField
	}
	sc.judge(open+1, end, info, how, slashes)
}

// linkingWord returns the offset after "is", "was" and the like at i, and whether it says that the value follows.
func linkingWord(s string, i int) (int, bool) {
	for _, w := range [...]string{"is: ", "is ", "was ", "are ", "to ", "of ", "as ", "was set to ", "ist ", "lautet ", "es ", "est ", "é ", "è ", "= "} {
		if len(s)-i > len(w) && foldEqual(s[i:i+len(w)], w) {
			j := i + len(w)
			for _, v := range [...]string{"now ", "still ", "currently ", "set to ", "now: ", "just ", "simply ", "to ", "called ", "the same: "} {
				if strings.HasPrefix(s[j:], v) {
					j += len(v)
				}
			}
			return skipBlanks(s, j), true
		}
	}
	return 0, false
}

// laterValue handles "the password for the staging database is X": a link within the same clause.
func (sc *scanner) laterValue(i int, info keyInfo) {
	s := sc.text
	switch {
	case strings.HasPrefix(s[i:], "for "), strings.HasPrefix(s[i:], "of "), strings.HasPrefix(s[i:], "to "), strings.HasPrefix(s[i:], "on "), strings.HasPrefix(s[i:], "für "), strings.HasPrefix(s[i:], "I "), strings.HasPrefix(s[i:], "you "), strings.HasPrefix(s[i:], "we "):
	default:
		return
	}
	limit := min(len(s), i+80)
	for j := i; j+4 < limit; j++ {
		switch b := s[j]; {
		case b == '\n' || b == ';' || b == '"' || b == '.' && isSpace(s[j+1]) || b == '\\':
			return
		case b == ' ' && (s[j+1] == 'i' && s[j+2] == 's' && s[j+3] == ' '):
			sc.proseValue(skipBlanks(s, j+4), info, true)
			return
		case (b == ':' || b == '=') && s[j+1] == ' ':
			sc.proseValue(skipBlanks(s, j+2), info, true)
			return
		}
	}
}

// proseValue judges the word at i as the value of a key in a sentence. After a link such as "is" a quoted value counts whatever it is.
func (sc *scanner) proseValue(i int, info keyInfo, linked bool) {
	s := sc.text
	if i >= len(s) {
		return
	}
	if open, end := unicodeQuotes(s, i); end > open {
		sc.judge(open, end, info, settingProse, 0)
		return
	}
	slashes := 0
	for at(s, i+slashes) == '\\' && i+slashes < len(s) {
		slashes++
	}
	if q := at(s, i+slashes); q == '"' || q == '\'' || q == '`' {
		end := closingQuote(s, i+slashes, slashes)
		if from := i + slashes + 1; end > from && end-from <= maxBare {
			how := settingProse
			if linked {
				how = settingField
			}
			sc.judge(from, end, info, how, slashes)
		}
		return
	}
	for at(s, i) == '*' || at(s, i) == '(' || at(s, i) == '[' && !isLabel(s[i:]) {
		i++
	}
	end := bareEnd(s, i)
	for end > i && strings.IndexByte(".,;:*?", s[end-1]) >= 0 {
		end--
	}
	if end > i {
		sc.judgeBare(i, end, info, settingProse, 0)
	}
}

// identifiedBy handles IDENTIFIED BY 'password' of SQL, with or without a plug-in.
func (sc *scanner) identifiedBy(i int) {
	s := sc.text
	rest := s[i:min(len(s), i+80)]
	by := strings.Index(rest, "BY ")
	if by < 0 {
		by = strings.Index(rest, "by ")
	}
	if by < 0 {
		return
	}
	j := skipBlanks(s, i+by+3)
	if strings.HasPrefix(s[j:], "PASSWORD ") {
		j += 9
	}
	if strings.HasPrefix(s[j:], "VALUES ") {
		j += 7
	}
	sc.value(j, keyInfo{keyPassword, rulePassword}, -1)
}

// hook handles the addresses of incoming web hooks, whose path is the credential.
func (sc *scanner) hook(i, end int) {
	s := sc.text
	rest := s[i:min(len(s), i+300)]
	for _, h := range webhooks {
		if strings.HasPrefix(rest, h.after) {
			from := i + len(h.after)
			to := from
			for to < len(s) && (urlDotted.has(s[to]) || s[to] == '/' || s[to] == '@' || s[to] == '\\' && at(s, to+1) == '/') {
				if s[to] == '\\' {
					to++
				}
				to++
			}
			for to > from && (s[to-1] == '.' || s[to-1] == '/' || s[to-1] == '-') {
				to--
			}
			if to-from >= h.min && !dummy(s[from:to]) {
				sc.add(from, to, ruleWebhook)
				sc.advance(to)
			}
			return
		}
	}
}

// webhooks lists what follows the word "hooks" or "webhook" in the addresses of incoming web hooks, and the length of the path from
// which it is taken for a credential. Sources: the vendors' documentation of incoming web hooks.
var webhooks = []struct {
	after string
	min   int
}{
	{"hooks.slack.com/services/", 20},
	{"hooks.slack.com/workflows/", 20},
	{"hooks.slack.com/triggers/", 20},
	{"hooks.slack.com\\/services\\/", 20},
	{"hooks.zapier.com/hooks/catch/", 8},
	{"webhooks/", 40}, // Discord: discord.com/api/webhooks/<id>/<token>
	{"webhook.office.com/webhookb2/", 40},
	{"hook/", 30}, // Feishu and Lark: open-apis/bot/v2/hook/<uuid>
}
