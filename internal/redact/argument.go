package redact

import "strings"

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
	// Only a flag shows that a list without blanks has pairs: ["mysql","--password","x"].
	if p == name || p == 0 || s[p-1] != '(' && s[p-1] != '[' && s[p-1] != ' ' && s[p-1] != '\n' && (s[p-1] != ',' || s[name] != '-') {
		return
	}
	q := gap(s, i+1)
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
	if end <= open+1 || end-open > maxBare || hasSpace(s[open+1:end]) || s[open] == '`' && structTag(s[open+1:end]) {
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

// identifiedBy handles IDENTIFIED BY 'password' of SQL, with or without a plug-in, and IDENTIFIED VIA plug-in USING of MariaDB.
func (sc *scanner) identifiedBy(i int) {
	s := sc.text
	rest := s[i:min(len(s), i+80)]
	by := strings.Index(rest, "BY ")
	if by < 0 {
		by = strings.Index(rest, "by ")
	}
	n := len("BY ")
	if by < 0 && strings.HasPrefix(rest, " VIA ") {
		by, n = strings.Index(rest, "USING "), len("USING ")
	}
	if by < 0 {
		return
	}
	j := skipBlanks(s, i+by+n)
	if strings.HasPrefix(rest[by:], "by") && at(s, j) != '\'' || by > 60 {
		return // prose
	}
	if strings.HasPrefix(s[j:], "PASSWORD ") {
		j += 9
	}
	if strings.HasPrefix(s[j:], "VALUES ") {
		j += 7
	}
	info := keyInfo{keyPassword, rulePassword}
	sc.value(j, info, -1)
	if n := strings.Index(s[j:min(len(s), j+maxName)], " REPLACE "); n >= 0 { // the old one, for Oracle
		sc.value(j+n+len(" REPLACE "), info, -1)
	}
}
