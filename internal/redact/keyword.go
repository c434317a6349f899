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
	wordBegin
	wordBase64
	wordIdentified
	wordHook
	wordLabel
	wordPhone
	wordCall
	wordSSN
	wordCommand
	wordPrivate
	wordLogin
	wordInto
	wordLink
	wordAuth
	wordEcho
	wordArgon
	wordManifest
)

// wordTable lists the words that start a matcher. A word counts when it stands alone among letters.
var wordTable = []struct {
	kind  wordKind
	words string
}{
	{wordKey, "requirepass masterauth rootpw bindpw bindpasswd psw pw authtoken accesstoken refreshtoken sessiontoken apitoken bottoken clientsecret secretkey accesskey privatekey mnemonic phrase password passwd pwd passphrase passcode passwort kennwort pass secret token key credential credentials creds pin otp ssn cvv cvc jwt apikey authorization cookie code contrase senha passe parola wachtwoord"},
	{wordBearer, "bearer ssws"},
	{wordBasic, "basic"},
	{wordBegin, "begin"},
	{wordBase64, "base"},
	{wordIdentified, "identified"},
	{wordHook, "hooks webhook webhooks hook"},
	{wordLabel, "redacted truncated"},
	{wordPhone, "phone telephone mobile cell cellphone fax tel whatsapp telefon handynummer sms rufnummer telefono telefone hotline msisdn phones"},
	{wordCall, "call calls calling called dial reach contact ring"},
	{wordSSN, "social itin taxpayer"},
	{wordPrivate, "private"},
	{wordLogin, "login logins"},
	{wordInto, "into"},
	{wordLink, "reset magic invite invitation verify confirm activate unlock"},
	{wordAuth, "auth setuser"},
	{wordEcho, "echo printf"},
	{wordArgon, "argon"},
	{wordManifest, "kind"},
	{wordCommand, "wandb vault twine curl wget http https mysql mysqldump mysqladmin mariadb sshpass redis mongo mongosh mongodump smbclient sqlcmd sqlplus ldapsearch openssl keygen snowsql bcp unzip zip keytool lftp net docker podman htpasswd"},
}

// wordEntry is a key word and what to do with it.
type wordEntry struct {
	text string
	kind wordKind
}

// wordIndex finds key words by their first four letters, of which the last is a blank in words of three.
type wordIndex struct {
	// bits has a bit for the hash of the beginning of each word.
	bits tailSet
	// lists has the words by a shorter hash.
	lists [256][]wordEntry
}

var keyWordIndex = buildWordIndex()

func buildWordIndex() *wordIndex {
	ix := &wordIndex{}
	for _, row := range wordTable {
		for w := range strings.FieldsSeq(row.words) {
			v := wordHead(w+" ", 0)
			ix.bits.add(v)
			list := &ix.lists[v*hashFactor>>24]
			*list = append(*list, wordEntry{w, row.kind})
		}
	}
	return ix
}

// wordHead packs the first four characters of a word at i, of which three are letters; a fourth that is none counts as a blank.
func wordHead(s string, i int) uint32 {
	v := (uint32(s[i]) | uint32(s[i+1])<<8 | uint32(s[i+2])<<16) | 0x202020
	if i+3 < len(s) && isLetter(s[i+3]) {
		return v | uint32(s[i+3]|0x20)<<24
	}
	return v | ' '<<24
}

// find returns the key word that stands at s[i:], as a whole word, and its end.
func (ix *wordIndex) find(s string, i int) (wordKind, int) {
	if i+3 > len(s) {
		return wordNone, 0
	}
	for _, e := range ix.lists[wordHead(s, i)*hashFactor>>24] {
		end := i + len(e.text)
		if end <= len(s) && foldEqual(s[i:end], e.text) && (end == len(s) || !isLetter(s[end])) {
			return e.kind, end
		}
	}
	return wordNone, 0
}

// word handles the beginning of a word at i that may be a key word.
func (sc *scanner) word(i int) {
	s := sc.text
	if i > 0 && s[i-1] == '[' && isLabel(s[i-1:]) {
		if n := strings.IndexByte(s[i:min(len(s), i+maxStyleText)], ']'); n >= 0 {
			sc.advance(i + n + 1) // a replacement of ours
		}
		return
	}
	kind, end := keyWordIndex.find(s, i)
	if kind == wordNone {
		// The letter of an escape sequence may stand before the word: \npassword.
		if escapeLen(s, i) != 1 {
			return
		}
		i++
		if kind, end = keyWordIndex.find(s, i); kind == wordNone {
			return
		}
	}
	switch kind {
	case wordKey:
		if end-i == 3 && s[i]|0x20 == 's' {
			sc.ssnWord = end
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
		sc.protocolLogin(i, end)
	case wordEcho:
		sc.piped(end)
	case wordManifest:
		sc.manifest(end)
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
	case wordNone, wordLabel:
	}
}

// scheme handles the credential after "Bearer" or "Basic" outside of a header whose name is known (RFC 6750, RFC 7617).
func (sc *scanner) scheme(i int, kind wordKind) {
	s := sc.text
	switch {
	case strings.HasPrefix(s[i:], ", "):
		i += 2
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
	for end < len(s) && s[end] >= 0x80 && !punctuation(s[end:]) {
		end++
		for end < len(s) && isLetter(s[end]) {
			end++
		}
	}
	// Digits, underscores and further words would make another key of it; operators have their own event.
	if b := at(s, end); isAlnum(b) || b == '_' || b == '-' || b == ':' || b == '=' {
		return
	}
	start := min(sc.keyStart(end), i)
	info := sc.keys.classify(s[start:end])
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
	case keyPlain, keyRandom, keyQuery, keyJWK, keyEmail, keyPhone, keyIBAN, keyConnection:
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
	if lineBreak(s, q) > 0 {
		if p > end && start > 5 && endsWithWord(strings.TrimRight(s[max(sc.floor, start-8):start], "\"'\\"), partNames) {
			sc.below(q, info) // a part of a form (RFC 7578)
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
			sc.proseValue(j, info, true)
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

// slashPair handles "bob / S3cret" after a word such as credentials or login: a name, a slash, and what looks like a password.
func (sc *scanner) slashPair(i int) bool {
	s := sc.text
	from := i
	for i < len(s) && (isAlnum(s[i]) || strings.IndexByte("._-@+", s[i]) >= 0) {
		i++
	}
	if i == from || i-from > maxLocal {
		return false
	}
	for i < len(s) && s[i] == ' ' {
		i++
	}
	if c := at(s, i); c != '/' && c != ':' && c != '|' || i+1 >= len(s) {
		return false
	}
	strong := s[i] == ':'
	i++
	for i < len(s) && s[i] == ' ' {
		i++
	}
	end := bareEnd(s, i)
	for end > i && strings.IndexByte(".,;:", s[end-1]) >= 0 {
		end--
	}
	if v := s[i:end]; len(v) < 6 || strings.IndexByte(v, '/') >= 0 || placeholder(v) || codeExpression(v) || !passwordLike(v) || strong && (featuresOf(v).digit == 0 || featuresOf(v).lower+featuresOf(v).upper == 0) {
		return false
	}
	sc.add(i, end, ruleCredentials)
	sc.advance(end)
	return true
}

// skipLink passes over blanks, a colon and a linking word at i.
func skipLink(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == ':' || s[i] == '=') {
		i++
	}
	return max(i, link(s, i))
}

// argument handles a call with a name and a value, such as setenv("DB_PASSWORD", "x") or header("X-Api-Key", "x"), and a pair in a list of
// headers. The name is in quotes and begins at start; a comma follows at i. A list of names has the same shape, so that the value must
// look like a secret.
func (sc *scanner) argument(start, i int, info keyInfo) {
	s := sc.text
	p := start
	for p > sc.floor && start-p < maxSelector && selectorSet.has(s[p-1]) {
		p--
	}
	name := p
	for p > sc.floor && (s[p-1] == '"' || s[p-1] == '\'' || s[p-1] == '\\') {
		p--
	}
	if p == name || p == 0 || s[p-1] != '(' && s[p-1] != '[' && s[p-1] != ' ' {
		return
	}
	q := i + 1
	for q < len(s) && s[q] == ' ' {
		q++
	}
	slashes := 0
	for at(s, q+slashes) == '\\' && q+slashes < len(s) {
		slashes++
	}
	if c := at(s, q+slashes); c != '"' && c != '\'' {
		return
	}
	open := q + slashes
	end := closingQuote(s, open, slashes)
	if end > open+1 && end-open <= maxBare && (info.class == keyAuthorization || info.class == keyCookie || passwordLike(s[open+1:end]) && !hasSpace(s[open+1:end])) {
		sc.judge(open+1, end, info, settingField)
	}
}

// maxSelector bounds what may stand before a name in the selector of an element, #login input[name=password].
const maxSelector = 60

var selectorSet = set("-#.[=*^$~:0-9A-Za-z_ ")

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// escapedOperator handles an operator after a key at p that is written as an HTML entity or a Unicode escape.
func (sc *scanner) escapedOperator(p int, info keyInfo) bool {
	s := sc.text
	if strings.HasPrefix(s[p:], "&gt;") {
		sc.element(p+4, info, settingField)
		return true
	}
	q := p
	for q < len(s) && s[q] == '\\' {
		q++
	}
	if q == p || q+5 > len(s) || s[q:q+4] != "u003" {
		return false
	}
	switch s[q+4] | 0x20 {
	case 'd', 'a':
		sc.value(q+5, info, -1)
	case 'e':
		sc.element(q+5, info, settingField)
	default:
		return false
	}
	return true
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
	if i >= len(s) || s[i] == '-' {
		return
	}
	if s[i] == '"' || s[i] == '\'' || s[i] == '\\' {
		sc.quotedProse(i, info)
		return
	}
	end := bareEnd(s, i)
	if end > i {
		how := settingBare
		if info.class == keyMaybe || info.class == keySession {
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
	if info.class == keyMaybePassword && (s[open+1] == '-' || featuresOf(s[open+1:end]).digit == 0) {
		return // "pass" is a verb, too
	}
	how := settingProse
	if info.class == keyPassword && s[open] == '\'' {
		how = settingField
	}
	sc.judge(open+1, end, info, how)
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
	if strings.HasPrefix(rest[by:], "by") && at(s, j) != '\'' || by > 60 {
		return // prose
	}
	if strings.HasPrefix(s[j:], "PASSWORD ") {
		j += 9
	}
	if strings.HasPrefix(s[j:], "VALUES ") {
		j += 7
	}
	sc.value(j, keyInfo{keyPassword, rulePassword}, -1)
}

// hook handles the addresses of incoming web hooks, whose path is the credential.
func (sc *scanner) hook(i int) {
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
			if to-from >= h.min && featuresOf(s[from:to]).digit > 2 && !dummy(s[from:to]) {
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
	{"webhook/send?key=", 30}, // WeCom: cgi-bin/webhook/send?key=<uuid>
	{"webhook/", 70},          // Microsoft Teams: outlook.office.com/webhook/<uuid>@<uuid>/IncomingWebhook/<hex>/<uuid>
	{"hook/", 30},             // Feishu and Lark: open-apis/bot/v2/hook/<uuid>
}
