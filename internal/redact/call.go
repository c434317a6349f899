package redact

import "strings"

// loginCalls are functions whose last argument in quotes is a password when there are two or more.
var loginCalls = wordSetOf("auth login basicauth authenticate getconnection networkcredential usernamepasswordcredential sp_addlogin passwordauthentication signin setcredentials")

// call handles the parenthesis at i, after the name of a function: setPassword("x"), login("bob", "x").
func (sc *scanner) call(i int) {
	s := sc.text
	from := i
	lo := max(i-maxKey, sc.floor)
	for from > lo && (isAlnum(s[from-1]) || s[from-1] == '_') {
		from--
	}
	if at(s, i+1) == ')' || i+1 >= len(s) {
		return
	}
	name := s[from:i]
	if name == "" && i > 0 && (s[i-1] == '=' || s[i-1] == ' ') { // auth=("bob", "x")
		e := strings.TrimRight(s[max(0, i-8):i], " =:")
		if !strings.HasSuffix(e, "auth") {
			return
		}
		name = "auth"
	}
	if isLoginCall(name) {
		sc.lastArgument(i + 1)
		return
	}
	if !sc.keys.mayEnd(s, i) || isUpper(at(s, from)) && !strings.ContainsAny(name, "_abcdefghijklmnopqrstuvwxyz") {
		return // PASSWORD('x') has its own place in SQL
	}
	info := sc.keys.classify(name)
	switch info.class {
	case keyPassword, keySecret, keyToken, keyMaybe, keyMaybePassword:
	default:
		return
	}
	open, end, _ := quotedArgument(s, i+1)
	if end <= open || hasSpace(s[open:end]) || !passwordLike(s[open:end]) || strings.Count(s[open:end], "/") > 1 {
		return
	}
	sc.judge(open, end, info, settingProse)
}

func isLoginCall(name string) bool {
	var buf [32]byte
	if len(name) > len(buf) || name == "" {
		return false
	}
	// The last word of a name in camel case counts, or the whole.
	for i := range len(name) {
		buf[i] = lower(name[i])
	}
	low := buf[:len(name)]
	if loginCalls[string(low)] {
		return true
	}
	for i := len(name) - 1; i > 0; i-- {
		if isUpper(name[i]) && isLower(name[i-1]) && loginCalls[string(low[i:])] || name[i-1] == '_' && loginCalls[string(low[i:])] {
			return true
		}
	}
	return false
}

// quotedArgument returns the bounds of the text in quotes that begins at i, or at its blanks, and the number of backslashes before its quote.
func quotedArgument(s string, i int) (open, end, slashes int) {
	for at(s, i) == ' ' && i < len(s) {
		i++
	}
	for at(s, i+slashes) == '\\' {
		slashes++
	}
	if q := at(s, i+slashes); q != '"' && q != '\'' && q != '`' {
		return 0, 0, 0
	}
	open = i + slashes + 1
	end = closingQuote(s[:min(len(s), open+maxBare)], open-1, slashes)
	return open, end, slashes
}

// lastArgument handles the arguments from i of a call that takes a user and a password: the last one in quotes.
func (sc *scanner) lastArgument(i int) {
	s := sc.text
	quoted := 0
	var open, end int
	for n := range 6 {
		o, e, sl := quotedArgument(s, i)
		if o > 0 {
			open, end = o, e
			quoted++
			i = e + sl + 1
		} else {
			// A name, or the index of something.
			j := i
			for j < len(s) && j-i < 60 && (isAlnum(s[j]) || strings.IndexByte(" ._[]:$@", s[j]) >= 0) {
				j++
			}
			if at(s, j) == '=' {
				return // named arguments have keys of their own
			}
			if j > i && n > 0 && open > 0 && at(s, j) == ',' {
				quoted = 0 // the password is a variable
			}
			i = j
		}
		for at(s, i) == ' ' && i < len(s) {
			i++
		}
		if at(s, i) != ',' {
			break
		}
		i++
	}
	if c := at(s, i); c != ')' && c != ']' && c != ';' && c != '\n' || quoted < 2 || end <= open {
		return
	}
	if v := s[open:end]; hasSpace(v) || len(v) < 6 || !passwordLike(v) || placeholder(v) || pathOrURL(v) || v[0] == '/' || strings.Contains(v, "@") && strings.Contains(v, ".") {
		return
	}
	sc.add(open, end, rulePassword) // the user before it may be an address, so that the scan goes on there
}

// chained handles the text that is typed into a field which an argument before names: find("password").send_keys("x"). The closing
// parenthesis of that argument is at i.
func (sc *scanner) chained(i int, info keyInfo) {
	s := sc.text
	if at(s, i) != ')' || at(s, i+1) != '.' {
		return
	}
	j := i + 2
	for j < len(s) && j-i < 24 && (isLetter(s[j]) || s[j] == '_') {
		j++
	}
	if at(s, j) != '(' || !inSet(typingCalls, s[i+2:j]) {
		return
	}
	open, end, _ := quotedArgument(s, j+1)
	if end > open && !hasSpace(s[open:end]) {
		sc.judge(open, end, info, settingProse)
	}
}

var typingCalls = wordSetOf("send_keys sendkeys type fill setvalue set_value presssequentially input entertext clearandtype sendtext")
