package redact

import (
	"slices"
	"strings"
)

// maxWords bounds the words of a command line that are read.
const maxWords = 40

// argument word of a command line: its bounds, without quotes around it.
type argWord struct{ from, to int }

// commandWord returns the word of a command line at i, or behind the blanks there, and where it ends; ok is false at the end of the command.
func commandWord(s string, i, limit int) (w argWord, next int, ok bool) {
	begin := i
	for i < limit {
		n := lineBreak(s, i+1)
		switch {
		case s[i] == ' ' || s[i] == '\t':
			i++
		case (s[i] == '\\' || s[i] == '^' || s[i] == '`') && n > 0 && i+1 < limit: // the command goes on in the next line
			i += 1 + n
		default:
			goto word
		}
	}
	return w, i, false
word:
	if strings.IndexByte("\n\r|;&<>)`", s[i]) >= 0 || lineBreak(s, i) > 0 {
		return w, i, false
	}
	slashes := 0
	for i+slashes < limit && s[i+slashes] == '\\' {
		slashes++
	}
	if q := at(s, i+slashes); q == '"' || q == '\'' {
		from := i + slashes + 1
		if i == begin && from < limit && strings.IndexByte(",}]:", s[from]) >= 0 {
			return w, i, false // the quote closes the string around the command
		}
		end := closingQuote(s[:limit], i+slashes, slashes)
		return argWord{from, end}, min(limit, end+slashes+1), end > from || end < limit
	}
	end := i
	for end < limit && s[end] > ' ' && s[end] != '"' && s[end] != '`' && lineBreak(s, end) == 0 && (s[end] != '\\' || at(s, end+1) != '"') {
		if (s[end] == '=' || s[end] == ':' || s[end] == '%') && end+1 < limit && (s[end+1] == '\'' || s[end+1] == '"' || s[end+1] == '\\') {
			sl := 0
			for at(s, end+1+sl) == '\\' {
				sl++
			}
			if q := at(s, end+1+sl); q == '\'' || q == '"' {
				end = min(limit, closingQuote(s[:limit], end+1+sl, sl)+sl+1)
				break
			}
		}
		if s[end] == '\'' && end > i && s[i] == '-' { // -p'secret'
			end = min(limit, closingQuote(s[:limit], end, 0)+1)
			break
		}
		end++
	}
	if end == i {
		return w, i, false
	}
	to := end
	for to > i+1 && strings.IndexByte(";),", s[to-1]) >= 0 {
		to--
	}
	return argWord{i, to}, end, true
}

// command handles the credentials in the line of a command whose name is s[i:end].
func (sc *scanner) command(i, end int) {
	s := sc.text
	for end < len(s) && (s[end] == '_' || isLetter(s[end])) {
		end++
	}
	if end >= len(s) || s[end] != ' ' && s[end] != '-' && s[end] != '.' && !listJoin.has(s[end]) {
		return
	}
	var buf [maxInSet]byte
	name := buf[:0]
	for _, b := range []byte(s[i:min(end, i+maxInSet)]) {
		name = append(name, lower(b))
	}
	sc.commandNamed(string(name), i, end)
}

// commandNamed is command for a name whose spelling is s[i:end].
func (sc *scanner) commandNamed(name string, i, end int) {
	s := sc.text
	if i < sc.noCommand || end >= len(s) || i > 0 && (isAlnum(s[i-1]) || s[i-1] == '.' || s[i-1] == '_') {
		return
	}
	rules := commandTable[name]
	if len(rules) == 0 {
		return
	}
	if sc.argumentList(i, end) || s[end] != ' ' && s[end] != '-' {
		return
	}
	if s[end] == '-' { // redis-cli, net-user
		for end < len(s) && s[end] > ' ' && end-i < maxName {
			end++
		}
	}
	var list [maxWords]argWord
	words := sc.commandWords(list[:0], end)
	for r := range rules {
		if rest, ok := subcommand(s, words, rules[r].sub); ok {
			sc.apply(&rules[r], rest)
		}
	}
}

// subcommand returns the words behind those of sub.
func subcommand(s string, words []argWord, sub string) ([]argWord, bool) {
	for want := range strings.FieldsSeq(sub) {
		if len(words) == 0 || s[words[0].from:words[0].to] != want && !strings.HasPrefix(s[words[0].from:words[0].to], want+"/") {
			return nil, false
		}
		words = words[1:]
	}
	return words, true
}

// apply handles the words of a command by one of its rules.
func (sc *scanner) apply(r *commandRule, words []argWord) {
	s := sc.text
	n, when := 0, r.when == "" || len(r.when) > 1 && hasWord(s, words, r.when)
	if r.needs != "" && !hasWord(s, words, r.needs) {
		return
	}
	for k := 0; k < len(words); k++ {
		w := words[k]
		text := s[w.from:w.to]
		if len(r.when) == 1 && text != "" && text[0] == '-' && strings.Contains(text, r.when) {
			when = true
		}
		if text != "" && (text[0] == '-' || text[0] == '/') {
			if v, used, f := flagArgument(s, words[k:], r.pairs); f != "" {
				sc.pairArgument(v)
				k += used
			} else if v, used, f = flagArgument(s, words[k:], r.sources); f != "" {
				if strings.HasPrefix(s[v.from:v.to], "pass:") {
					sc.sure(v.from+len("pass:"), v.to, rulePassword)
				}
				k += used
			} else if v, used, f = flagArgument(s, words[k:], r.literals); f != "" {
				sc.assigned(v)
				k += used
			} else if v, used, f = flagArgument(s, words[k:], r.flags); f != "" {
				if f[0] != '~' || used == 0 || passwordLike(s[v.from:v.to]) && featuresOf(s[v.from:v.to]).digit > 0 && !namedAsKey(s[v.from:v.to]) {
					sc.sure(v.from, v.to, rulePassword)
				}
				k += used
			} else if _, used, f = flagArgument(s, words[k:], r.valued); f != "" {
				k += used
			}
			if text[0] == '-' {
				continue
			}
		}
		if r.wraps {
			return
		}
		if r.connects {
			sc.connection(w.from, w.to, keyInfo{keyConnection, ruleURLPassword})
			return
		}
		if r.sub == "use" && w.to-w.from <= len("z:") {
			continue // the drive of net use
		}
		n++
		if r.assigns && strings.IndexByte(text, '=') > 0 {
			sc.assigned(w)
			continue
		}
		if v := s[w.from:w.to]; n == r.arg && when && len(v) >= 5 && v[0] != '/' && (!r.tokens || len(v) >= 16 && passwordLike(v) || len(v) >= 12 && isolated(v)) && (r.sub != "use" || v[0] != '\\') {
			sc.sure(w.from, w.to, rulePassword)
		}
	}
}

// hasWord reports that one of words has a text in it.
func hasWord(s string, words []argWord, text string) bool {
	return slices.ContainsFunc(words, func(w argWord) bool { return strings.Contains(s[w.from:w.to], text) })
}

// namedAsKey reports the name of a key instead of one: openai-key.
func namedAsKey(v string) bool { return builtinKeys.classify(v).class != keyPlain }

// assigned handles a word that is a name, an equals sign and a secret.
func (sc *scanner) assigned(w argWord) {
	s := sc.text
	eq := strings.IndexByte(s[w.from:w.to], '=')
	if eq <= 0 {
		return
	}
	from, to := unquote(s, w.from+eq+1, w.to)
	if to-from >= 3 && s[from] != '@' {
		sc.sure(from, to, rulePassword)
	}
}

// unquote cuts the quotes off s[from:to].
func unquote(s string, from, to int) (int, int) {
	for from < to && (s[from] == '\\' || s[from] == '"' || s[from] == '\'') {
		from++
	}
	for to > from && (s[to-1] == '\\' || s[to-1] == '"' || s[to-1] == '\'') {
		to--
	}
	return from, to
}

// flagArgument returns the argument of the flag that words begin with, when it is one of flags, the number of further words that it takes, and
// the flag as listed.
func flagArgument(s string, words []argWord, flags string) (v argWord, used int, flag string) {
	w := words[0]
	text := s[w.from:w.to]
	for f := range strings.FieldsSeq(flags) {
		name := strings.TrimLeft(f, "~!")
		rest, ok := strings.CutPrefix(text, name)
		switch {
		case !ok:
		case rest == "":
			if f[0] == '!' || len(words) < 2 || s[words[1].from] == '-' && words[1].to > words[1].from {
				return v, 0, ""
			}
			from, to := unquote(s, words[1].from, words[1].to)
			return argWord{from, to}, 1, f
		case rest[0] == '=' || rest[0] == ':' && name[0] == '/':
			from, to := unquote(s, w.from+len(name)+1, w.to)
			return argWord{from, to}, 0, f
		case len(name) <= 3 && name[1] != '-' && name != "-k" && name != "-N" && name != "-n" && (name != "-p" || !slices.ContainsFunc(otherOptions, func(other string) bool { return strings.HasPrefix(text, other) })):
			from, to := unquote(s, w.from+len(name), w.to)
			return argWord{from, to}, 0, f
		}
	}
	return v, 0, ""
}

// commandWords appends to words those of the command line from p on, as many as fit, and notes how far it has been read.
func (sc *scanner) commandWords(words []argWord, p int) []argWord {
	limit := min(len(sc.text), p+maxCommand)
	for len(words) < cap(words) {
		w, next, ok := commandWord(sc.text, p, limit)
		if !ok || next <= p {
			break
		}
		words = append(words, w)
		p = next
	}
	sc.noCommand = max(sc.noCommand, p)
	return words
}

// otherOptions begin with -p, and are options of their own.
var otherOptions = []string{"-port", "-protocol", "-path", "-profile", "-password"}

// loginFlags handles the flags after the word "login", which ends at end, of commands such as az login and oc login.
func (sc *scanner) loginFlags(i, end int) bool {
	s := sc.text
	if sc.loginList(i, end) {
		return true
	}
	if !strings.HasPrefix(s[end:], " -") || end < sc.noCommand || i < 3 || s[i-1] != ' ' || !isLetter(s[i-2]) {
		return false
	}
	var list [maxWords]argWord
	words := sc.commandWords(list[:0], end)
	sc.apply(&loginRule, words)
	return true
}

var loginRule = commandRule{flags: "-p --password"}
