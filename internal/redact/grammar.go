package redact

import (
	"encoding/base64"
	"strings"
)

// certain records s[i:end] whatever it looks like, because the grammar around it leaves no doubt; what stands for a secret stays.
func (sc *scanner) certain(i, end int, r ruleID) bool {
	if !sc.sure(i, end, r) {
		return false
	}
	sc.advance(end)
	return true
}

// sure is certain for a value within a text in which the scan goes on.
func (sc *scanner) sure(i, end int, r ruleID) bool {
	v := sc.text[i:end]
	if v == "" || v == "-" || placeholder(v) || variable(v) || v[0] == '$' && strings.Count(v, "$") == 1 || v[0] == '<' {
		return false
	}
	if rest, ok := sc.labels.after(v); ok && (rest == "" || hasSpace(rest)) {
		return false
	}
	sc.add(i, end, r)
	return true
}

// gap returns where the blanks and line breaks at i end, which may be escaped.
func gap(s string, i int) int {
	for i < len(s) {
		n := lineBreak(s, i)
		switch {
		case n > 0:
			i += n
		case s[i] == ' ' || s[i] == '\t':
			i++
		case s[i] == '\\' && at(s, i+1) == 't':
			i += 2
		default:
			return i
		}
	}
	return i
}

// wordEnd returns where the word at i ends: at a blank, a quote or a line break.
func wordEnd(s string, i int) int {
	j := i
	for j < len(s) && j-i < maxBare && s[j] > ' ' && s[j] != '"' && s[j] != '`' {
		k := j
		for k < len(s) && k-i < maxBare && s[k] == '\\' {
			k++
		}
		if k > j && k < len(s) && strings.IndexByte("nrt\"", s[k]) >= 0 {
			break
		}
		j = max(k, j+1)
	}
	return j
}

// blanksBefore returns where the blanks and line breaks before i begin, which may be escaped, more than once too.
func blanksBefore(s string, i, lo int) int {
	for i > lo && (isSpace(s[i-1]) || escapedBlank(s, i)) {
		escaped := !isSpace(s[i-1])
		i--
		for escaped && i > lo && s[i-1] == '\\' {
			i--
		}
	}
	return i
}

// previousWord returns the bounds of the word before i, with blanks and line breaks between, which may be escaped.
func previousWord(s string, i int) (from, end int) {
	lo := max(0, i-maxKey-maxGap)
	i = blanksBefore(s, i, lo)
	end = i
	for i > lo && !isSpace(s[i-1]) && s[i-1] != '"' && !escapedBlank(s, i) {
		i--
	}
	return i, end
}

// grammatical handles the name of a password at s[i:end] that is a token of a grammar.
func (sc *scanner) grammatical(i, end int) bool {
	s := sc.text
	switch word := s[i:end]; {
	case word == "requirepass" || word == "masterauth": // redis.conf, CONFIG SET
		if at(s, end) != ' ' || end >= len(s) {
			return false
		}
		to := wordEnd(s, end+1)
		return !inSet(linkWords, s[end+1:to]) && !inSet(stopWords, s[end+1:to]) && sc.certain(end+1, to, rulePassword)
	case s[i] == 'P' && isUpper(s[i+1]):
		return sc.passCommand(i, end)
	}
	return sc.netrc(i, end)
}

// netrc handles the value of the token "password", which begins at i and ends at end, in the format of .netrc: machine, login and account may
// stand before it, on one line or several.
func (sc *scanner) netrc(i, end int) bool {
	s := sc.text
	v := gap(s, end)
	if v == end || v >= len(s) || i > 0 && !isSpace(s[i-1]) && !escapedBlank(s, i) {
		return false
	}
	p := i
	for range 3 {
		from, to := previousWord(s, p)
		if s[from:to] == "default" && p < i && (from == 0 || lineStarts(s, from)) {
			p = 0
			break
		}
		nameFrom, nameTo := previousWord(s, from)
		name := s[nameFrom:nameTo]
		if from == to || name != "login" && name != "account" && name != "machine" {
			return false
		}
		p = nameFrom
		if name == "machine" {
			p = 0
			break
		}
	}
	to := wordEnd(s, v)
	if p > 0 || inSet(stopWords, s[v:to]) {
		return false
	}
	return sc.certain(v, to, rulePassword)
}

// lineStarts reports that a line begins at i, behind a line break that may be escaped, or a quote.
func lineStarts(s string, i int) bool {
	return i == 0 || s[i-1] == '\n' || s[i-1] == '\r' || s[i-1] == '"' || i > 1 && s[i-1] == 'n' && s[i-2] == '\\'
}

// formPart handles a part of multipart/form-data (RFC 7578) whose name begins at start and whose first header ends at i: its whole content
// goes, behind further headers and an empty line.
func (sc *scanner) formPart(start, i int, info keyInfo) bool {
	s := sc.text
	if !hasFold(s[max(0, start-maxName):start], "form-data;") {
		return false
	}
	switch info.class {
	case keyPassword, keySecret, keyToken, keyMaybe, keyMaybePassword, keyPIN, keyListed, keyMnemonic, keyQualified, keyAuthorization:
	default:
		return false
	}
	p, body := i, 0
	for range 6 {
		n := lineBreak(s, p)
		if n == 0 {
			return false
		}
		p += n
		if n = lineBreak(s, p); n > 0 {
			body = p + n
			break
		}
		p, _ = lineEnd(s, p)
	}
	if body == 0 || strings.HasPrefix(s[body:], "--") {
		return false
	}
	first := 0
	for j := body; j < len(s) && j-body < 8*maxBare; {
		n := lineBreak(s, j)
		if n == 0 {
			j++
			continue
		}
		if first == 0 {
			first = j
		}
		if strings.HasPrefix(s[j+n:], "--") {
			return sc.certain(body, j, info.rule)
		}
		j += n
	}
	if first == 0 {
		first = wordEnd(s, body)
	}
	return sc.certain(body, first, info.rule)
}

// passFile handles a line of .pgpass, host:port:database:user:password: the colon at i follows the port.
func (sc *scanner) passFile(i int) {
	s := sc.text
	host := i - len(":5432")
	if s[i-1] == '*' {
		host = i - len(":*")
	}
	if host < 1 || s[host] != ':' || !digits.all(s[host+1:i]) && s[i-1] != '*' {
		return
	}
	from := host
	for from > sc.floor && host-from < maxKey && (identSet.has(s[from-1]) || s[from-1] == '*' || s[from-1] == '/') {
		from--
	}
	from += escapeLen(s, from)
	if from == host || !lineStarts(s, from) {
		return
	}
	p := i + 1
	for range 2 { // the database and the user
		n := p
		for n < len(s) && n-p < maxKey && (identSet.has(s[n]) || s[n] == '*' || s[n] == '@') {
			n++
		}
		if n == p || at(s, n) != ':' {
			return
		}
		p = n + 1
	}
	end := wordEnd(s, p)
	if end-p >= 3 && (isLetter(s[i+1]) || s[i+1] == '*') && strings.IndexByte(strings.ReplaceAll(s[p:end], `\:`, ""), ':') < 0 {
		sc.certain(p, end, rulePassword)
	}
}

// ldapHash handles the hash of a password in the form of RFC 2307, {SSHA}base64, as LDAP and .htpasswd have it. The name of its scheme is
// s[i:end].
func (sc *scanner) ldapHash(i, end int) {
	s := sc.text
	if i == 0 || s[i-1] != '{' {
		return
	}
	for isDigit(at(s, end)) {
		end++
	}
	if at(s, end) != '}' {
		return
	}
	from := end + 1
	to := from
	for to < len(s) && base64Set.has(s[to]) {
		to++
	}
	if to-from >= 20 {
		sc.add(from, to, rulePasswordHash)
		sc.advance(to)
	}
}

// saslPlain reports a message of the SASL mechanism PLAIN in base64 (RFC 4616): an identity, a user and a password, parted by NUL.
func saslPlain(v string) bool {
	if len(v) > 1024 {
		return false
	}
	raw, err := base64.StdEncoding.DecodeString(v)
	return err == nil && strings.Count(string(raw), "\x00") == 2
}
