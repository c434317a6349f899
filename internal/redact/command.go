package redact

import "strings"

// maxCommand bounds how far a command line is read for its credentials.
const maxCommand = 600

// variable reports a text with the notation of a variable: $1, $USER, ${x}, $(x), {{ x }}.
func variable(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '$' && (i == 0 || s[i-1] == ':' || s[i-1] == '"') && (isLetter(s[i+1]) || isDigit(s[i+1]) || s[i+1] == '{' || s[i+1] == '(' || s[i+1] == '_') || s[i] == '{' && s[i+1] == '{' {
			return true
		}
	}
	return false
}

// piped handles a secret that a command reads from its input: echo 'x' | sudo -S, printf %s x | docker login --password-stdin, Write-Output x |
// gh auth login --with-token. The name of the command that writes it ends at i.
func (sc *scanner) piped(i int) {
	s := sc.text
	if rest := s[i:min(len(s), i+len("-Output"))]; rest != "" && rest[0] == '-' {
		if !foldEqual(rest, "-output") {
			return
		}
		i += len(rest)
	}
	limit := min(len(s), i+maxBare)
	var last argWord
	p, n := i, 0
	for ; n < 4; n++ {
		w, next, ok := commandWord(s, p, limit)
		if !ok || next <= p {
			break
		}
		last, p = w, next
	}
	if n == 0 || n == 4 || s[i] != ' ' {
		return
	}
	sc.pipedInto(last, skipBlanksOnly(s, p))
}

// pipedInto handles a word that stands before the pipe at i, when a command behind it reads a secret.
func (sc *scanner) pipedInto(w argWord, i int) {
	s := sc.text
	if at(s, i) != '|' || i >= len(s) || w.to <= w.from || hasSpace(s[w.from:w.to]) && s[w.from-1] != '"' && s[w.from-1] != '\'' {
		return
	}
	to, _ := lineEnd(s, i)
	rest := s[i:min(to, i+160)]
	for _, reader := range pipeReaders {
		if !strings.Contains(rest, reader) {
			continue
		}
		from, to := unquote(s, w.from, w.to)
		if strings.Contains(rest, "chpasswd") {
			from += strings.IndexByte(s[from:to], ':') + 1
		}
		to = trimNewline(s, from, to)
		sc.sure(from, to, rulePassword)
		return
	}
}

// trimNewline cuts an escaped line break off the end of s[from:to].
func trimNewline(s string, from, to int) int {
	if to-from > 2 && s[to-1] == 'n' && s[to-2] == '\\' {
		return to - 2
	}
	return to
}

func skipBlanksOnly(s string, i int) int {
	for i < len(s) && s[i] == ' ' {
		i++
	}
	return i
}

// readsSecret reports that the key word s[i:end] is part of a command that reads a secret from its standard input.
func (sc *scanner) readsSecret(i, end int) bool {
	s := sc.text
	rest := s[end:min(len(s), end+len("-tool store"))]
	switch s[i:end] {
	case "secret":
		return strings.HasPrefix(rest, " put ") || strings.HasPrefix(rest, " set ") || strings.HasPrefix(rest, "-tool store")
	case "pass":
		return strings.HasPrefix(rest, " insert ")
	case "token":
		return i > 5 && s[i-5:i] == "with-"
	}
	return false
}

// hereStrings are the operators of a here-string, as it is and as writers of JSON escape it.
var hereStrings = [...]string{"<<<", `\u003c\u003c\u003c`}

// standardInput handles what a command reads from a here-string, <<< x, or from a literal piped into it. A word that tells that it reads a
// secret is s[i:end].
func (sc *scanner) standardInput(i, end int) {
	s := sc.text
	to, _ := lineEnd(s[:min(len(s), end+160)], end)
	for _, operator := range hereStrings {
		n := strings.Index(s[end:to], operator)
		if n < 0 {
			continue
		}
		if w, _, ok := commandWord(s, end+n+len(operator), min(len(s), end+n+maxBare)); ok {
			from, stop := unquote(s, w.from, w.to)
			if foldEqual(s[i:end], "chpasswd") {
				from += strings.IndexByte(s[from:stop], ':') + 1
			}
			sc.sure(from, stop, rulePassword)
		}
		return
	}
	if foldEqual(s[i:end], "stdin") { // "x" | docker login --password-stdin
		lo := max(0, i-160)
		bar := lo + strings.LastIndex(s[lo:i], "| ")
		if bar <= lo {
			return
		}
		q := bar
		for q > lo && s[q-1] == ' ' {
			q--
		}
		if q == lo || s[q-1] != '"' && s[q-1] != '\'' {
			return
		}
		open := strings.LastIndexByte(s[lo:q-1], s[q-1])
		if open < 0 || lo+open > 0 && !isSpace(s[lo+open-1]) || writes(s[lo:lo+open]) {
			return
		}
		sc.sure(lo+open+1, q-1, rulePassword)
	}
}

// archiver handles 7z, 7za and 7zz, whose name is s[i:end].
func (sc *scanner) archiver(i, end int) {
	if end-i <= len("7za") {
		sc.commandNamed("7z", i, end)
	}
}

// secureString handles the plain text that PowerShell's ConvertTo-SecureString takes; its last word is s[i:end].
func (sc *scanner) secureString(i, end int) {
	s := sc.text
	if i < 3 || s[i-1] != '-' || lower(s[i-2]) != 'o' {
		return
	}
	for range 2 {
		w, next, ok := commandWord(s, end, min(len(s), end+maxBare))
		switch {
		case !ok:
			return
		case foldEqual(s[w.from:w.to], "-string"):
			end = next
		default:
			if v := s[w.from:w.to]; v != "" && v[0] != '-' && (s[w.from-1] == '"' || s[w.from-1] == '\'' || strings.Contains(s[next:min(len(s), next+maxName)], "-AsPlainText")) {
				sc.sure(w.from, w.to, rulePassword)
			}
			return
		}
	}
}

// writes reports a command before a literal that has a matcher of its own, or does something else with it.
func writes(before string) bool {
	before = strings.TrimRight(before, " ")
	return before != "" && !strings.HasSuffix(before, "\n") && strings.IndexByte(";$>|&", before[len(before)-1]) < 0
}

// protocolLogin handles what text protocols send: AUTH x (Redis), LOGIN user x (IMAP), ACL SETUSER user >x (Redis). The word, in
// capitals at the beginning of a line or of a command, is s[i:end].
func (sc *scanner) protocolLogin(i, end int) bool {
	s := sc.text
	if !isUpper(s[i]) || !isUpper(s[i+1]) || at(s, end) != ' ' || end >= len(s) {
		return false
	}
	if s[i] == 'S' { // SETUSER
		if n := strings.Index(s[end:min(len(s), end+200)], " >"); n > 0 {
			sc.judgeBare(end+n+2, bareEnd(s, end+n+2), keyInfo{keyPassword, rulePassword}, settingProse, 0)
		}
		return true
	}
	if i > 0 && s[i-1] != '\n' && s[i-1] != ' ' && s[i-1] != '"' && s[i-1] != '>' {
		return false
	}
	to, _ := lineEnd(s, end)
	from := end + 1
	if q := strings.IndexByte(s[from:to], '"'); q > 0 && s[from] != '"' && s[from] != '\\' {
		for to = from + q; to > from && s[to-1] == '\\'; to-- { // the string around the command ends
		}
	}
	line := strings.TrimRight(s[from:to], " ;\"'")
	words := strings.Count(line, " ") + 1
	if line == "" || words > 2 {
		return false
	}
	if words == 2 {
		from += strings.IndexByte(line, ' ') + 1
	} else if s[i] == 'L' {
		return false
	}
	stop := end + 1 + len(line)
	for from < stop && (s[from] == '"' || s[from] == '\\') {
		from++
	}
	v := s[from:stop]
	f := featuresOf(v)
	user := ""
	if words == 2 {
		user = line[:strings.IndexByte(line, ' ')]
	}
	if len(v) >= 3 && strings.IndexByte(v, '"') < 0 && doubtless(s, i, user, v) {
		return sc.certain(from, stop, rulePassword)
	}
	if len(v) < 6 || f.digit == 0 || f.lower+f.upper == 0 || strings.IndexByte(v, '"') >= 0 {
		return false
	}
	sc.judgeBare(from, stop, keyInfo{keyPassword, rulePassword}, settingProse, 0)
	return true
}

// pairArgument handles user:password as the argument of a flag.
func (sc *scanner) pairArgument(w argWord) {
	s := sc.text
	i, end := w.from, w.to
	if end <= i {
		return
	}
	sep := strings.IndexAny(s[i:end], ":%,")
	if sep < 0 || s[i] == '<' || variable(s[i:end]) || sc.labels.len(s[i:end]) > 0 {
		return
	}
	from := i + sep + 1
	for from < end && (s[from] == '\'' || s[from] == '{') {
		from++
	}
	for end > from && (s[end-1] == '\'' || s[end-1] == '}') {
		end--
	}
	pass := s[from:end]
	if len(pass) < 2 || placeholder(pass) {
		if user := s[i : i+sep]; len(user) >= 8 && passwordLike(user) {
			sc.add(i, i+sep, rulePassword) // a key in the place of the user, as with Stripe
		}
		return
	}
	sc.add(from, end, rulePassword)
}
