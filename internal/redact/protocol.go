package redact

import "strings"

// saslMechanisms are the words behind AUTH and AUTHENTICATE that name a mechanism (the IANA registry of SASL mechanisms).
var saslMechanisms = wordSetOf("plain login cram-md5 digest-md5 xoauth2 oauthbearer external ntlm gssapi scram-sha-1 scram-sha-256 anonymous")

// authNouns follow AUTH in headings and messages.
var authNouns = wordSetOf("success successful successfully succeeded failed failure required enabled disabled plain login digest error errors invalid missing expired denied granted service services server middleware header headers token tokens flow flows handler handlers module modules provider providers " +
	"endpoint endpoints config configuration settings section methods mechanism mechanisms request requests response routes router controller guard layer system process check checks complete completed pending bypass issues notes setup testing tests protocol scheme schemes strategy strategies extension")

// authCommand handles the word AUTH or AUTHENTICATE at s[i:end] of SMTP, IMAP and Redis.
func (sc *scanner) authCommand(i, end int) {
	s := sc.text
	if sc.respAuth(i, end) || at(s, end) != ' ' || end >= len(s) || !isUpper(s[i]) || !isUpper(s[i+1]) {
		return
	}
	mechanism := wordEnd(s, end+1)
	if inSet(saslMechanisms, s[end+1:mechanism]) {
		sc.sasl(end+1, mechanism)
		return
	}
	sc.protocolLogin(i, end)
}

// sasl handles what follows the name of a mechanism at s[i:end]: the first message, or those that answer the server's.
func (sc *scanner) sasl(i, end int) {
	s := sc.text
	if at(s, end) == ' ' && end < len(s) {
		to := wordEnd(s, end+1)
		v := s[end+1 : to]
		if saslPlain(v) || !foldEqual(s[i:end], "plain") && len(v) >= 8 && base64Set.all(v) && passwordLike(v) {
			sc.certain(end+1, to, rulePassword)
			return
		}
	}
	// "Password:" in base64.
	n := strings.Index(s[end:min(len(s), end+maxCommand)], "UGFzc3dvcmQ6")
	if n < 0 {
		return
	}
	next := gap(s, end+n+len("UGFzc3dvcmQ6"))
	to, _ := lineEnd(s, next)
	from := next + strings.LastIndexByte(s[next:to], ' ') + 1
	if _, ok := decodeText(s[from:to]); ok && base64Set.all(s[from:to]) {
		sc.certain(from, to, rulePassword)
	}
}

// respAuth handles AUTH in the protocol of Redis, *2 $4 AUTH $n password, each on its line. The word is s[i:end].
func (sc *scanner) respAuth(i, end int) bool {
	s := sc.text
	p := blanksBefore(s, i, max(0, i-maxKey))
	if p == i || p < 2 || s[p-1] != '4' || s[p-2] != '$' {
		return false
	}
	from, to := 0, 0
	for range 2 {
		n := lineBreak(s, end)
		if n == 0 || at(s, end+n) != '$' || !isDigit(at(s, end+n+1)) {
			break
		}
		length, _ := lineEnd(s, end+n)
		if n = lineBreak(s, length); n == 0 {
			break
		}
		from = length + n
		to, _ = lineEnd(s, from)
		to = min(to, wordEnd(s, from))
		end = to
	}
	return from > 0 && sc.certain(from, to, rulePassword)
}

// doubtless reports that a command of a text protocol at s[i:] is one whatever its arguments look like: AUTH on a line of its own or behind a
// prompt of Redis, LOGIN behind a tag of IMAP. user is empty, or the first of two arguments.
func doubtless(s string, i int, user, password string) bool {
	from := max(0, i-maxKey)
	before := strings.TrimRight(s[from:i], " ")
	if s[i] == 'L' {
		return imapTag(before[strings.LastIndexAny(before, " \n\"")+1:])
	}
	switch {
	case strings.HasSuffix(before, "redis-cli"), strings.HasSuffix(before, ">") && hasFold(before, ":"), user == "default":
		return !inSet(authNouns, password)
	}
	return user == "" && lineStarts(s, i) && len(password) >= 8 && !inSet(authNouns, password)
}

// imapTag reports a tag of IMAP before a command (RFC 9051, 2.2.1), as clients write them: a dot, or up to three letters and a number.
func imapTag(v string) bool {
	if v == "." {
		return true
	}
	n := 0
	for n < len(v) && isLetter(v[n]) {
		n++
	}
	return n <= 3 && n < len(v) && len(v)-n <= 6 && digits.all(v[n:])
}

// passCommand handles PASS of FTP, POP3 and IRC, whose word ends at end: USER stands on a line before it, or NICK and USER after it.
func (sc *scanner) passCommand(i, end int) bool {
	s := sc.text
	if s[i:end] != "PASS" || at(s, end) != ' ' || end >= len(s) {
		return false
	}
	if !lineStarts(s, i) && !promptBefore(s, i) {
		return false
	}
	to, next := lineEnd(s, end)
	if word := wordEnd(s, end+1); word < to && s[word] == ' ' {
		return false
	}
	lo := max(0, i-maxCommand/2)
	user := strings.LastIndex(s[lo:i], "USER ")
	switch {
	case askedForPassword(s[max(0, i-maxPrompt):i]):
	case user < 0 || user > 0 && isAlnum(s[lo+user-1]) && !escapedBlank(s, lo+user):
		if next == 0 || !hasRegistration(s[next:min(len(s), next+maxKey)]) {
			return false
		}
	default:
		if line, _ := lineEnd(s, lo+user); strings.Count(s[lo+user:line], " ") != 1 && line < i {
			return false
		}
	}
	to = min(to, wordEnd(s, end+1))
	return !inSet(passNouns, s[end+1:to]) && sc.certain(end+1, to, rulePassword)
}

// promptBefore reports that something which ends a prompt or a column of a log stands before the command at i: ftp> PASS, C: PASS, [12:00] PASS.
func promptBefore(s string, i int) bool {
	if s[i-1] != ' ' {
		return s[i-1] == '>'
	}
	return i > 1 && strings.IndexByte(">:]", s[i-2]) >= 0 || strings.HasSuffix(s[:i-1], `\u003e`)
}

// maxPrompt bounds the reply of a server before a command.
const maxPrompt = 120

// askedForPassword reports that the last reply before a command is the one of FTP that asks for a password (RFC 959, 4.2.2).
func askedForPassword(before string) bool {
	n := strings.LastIndex(before, "331 ")
	return n >= 0 && (n == 0 || !isAlnum(before[n-1]) || escapedBlank(before, n)) && strings.Count(before[n:], "\n")+strings.Count(before[n:], `\n`) == 1
}

// hasRegistration reports a line of the registration at a server of IRC, NICK or USER, behind the columns of a log.
func hasRegistration(line string) bool {
	to, _ := lineEnd(line, 0)
	for _, command := range [...]string{"NICK ", "USER "} {
		if n := strings.Index(line[:to], command); n == 0 || n > 0 && promptBefore(line, n) {
			return true
		}
	}
	return false
}

// passNouns follow PASS in headings.
var passNouns = wordSetOf("criteria criterion rate rates ratio fail failed through count counts results")
