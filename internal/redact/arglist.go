package redact

import "strings"

// Lists of arguments: a command that is written as a list, as in JSON, YAML, Dockerfiles and source code, or as a name and the list of what
// follows it. The rules are those of commandTable.

const (
	// maxArguments bounds how far a list of arguments is read.
	maxArguments = 2048
	// maxOpener bounds what stands between the name of a command and the list of its arguments before it.
	maxOpener = 60
	// maxMembers bounds the members of an object between a command and its arguments.
	maxMembers = 4
)

// listJoin holds what may follow the name of a command in a list.
var listJoin = set("\"'\\,]\n\r")

// argumentNames name the arguments of a command that is named elsewhere; command and cmd do so beside an entry point, in Docker's and Compose's
// notation.
var argumentNames = wordSetOf("args arguments argv arg cmd command")

// argumentList handles a list of arguments in which s[i:end] begins the name of a command. It reports whether the name stands in a list or
// alone in quotes.
func (sc *scanner) argumentList(i, end int) bool {
	s := sc.text
	for end < len(s) && end-i < maxName && (isAlnum(s[end]) || s[end] == '-' || s[end] == '_') { // redis-cli
		end++
	}
	if strings.HasPrefix(s[end:], ".exe") {
		end += len(".exe")
	}
	if end >= len(s) || !listJoin.has(s[end]) {
		return false
	}
	open := i
	for open > sc.floor && i-open < maxName && (isAlnum(s[open-1]) || strings.IndexByte("/._-", s[open-1]) >= 0) {
		open--
	}
	next, _ := quoteEnd(s, end)
	bare := next == end
	before := listLead(s, open, " \t\"'\\\n")
	lead := at(s, before-1)
	first := before == 0 || strings.IndexByte("[({:=-", lead) >= 0
	if bare && !first {
		return false
	}
	var list [maxWords]argWord
	words := append(list[:0], argWord{open, end})
	text := s[:min(len(s), end+maxArguments)]
	words, p := listWords(text, skipMembers(text, next), bare && lead == '[', words)
	if len(words) == 1 {
		words = argumentsBefore(s, max(sc.noCommand, open-maxCommand), open, words)
	}
	if len(words) == 1 {
		return !bare && at(s, next) != ' '
	}
	sc.noCommand = max(sc.noCommand, p)
	sc.arguments(words, first)
	return true
}

// loginList handles the flags behind the word login, s[i:end], in a list of arguments of any command.
func (sc *scanner) loginList(i, end int) bool {
	s := sc.text
	next, _ := quoteEnd(s, end)
	if next == end || end < sc.noCommand {
		return false
	}
	if lead := listLead(s, i, " \"'\\\n"); lead == i || at(s, lead-1) != ',' {
		return false
	}
	var list [maxWords]argWord
	words, p := listWords(s[:min(len(s), end+maxArguments)], next, false, list[:0])
	if len(words) == 0 || at(s, words[0].from) != '-' {
		return false
	}
	sc.noCommand = max(sc.noCommand, p)
	sc.apply(&loginRule, words)
	return true
}

// arguments handles a list of words by the rules of the commands in it. first says that it begins with a command: only then words are
// counted, which may be any list of words otherwise.
func (sc *scanner) arguments(words []argWord, first bool) {
	s := sc.text
	var buf [maxInSet]byte
	for k, w := range words[:len(words)-1] {
		name := commandName(buf[:0], s[w.from:w.to])
		rules := commandTable[string(name)]
		for r := range rules {
			rule := &rules[r]
			if rest, ok := subcommand(s, words[k+1:], rule.sub); ok && (k == 0 && first || rule.arg == 0 && !rule.connects) {
				sc.apply(rule, rest)
			}
		}
	}
}

// commandName appends the name in commandTable of the command that an argument names to b: redis of /usr/bin/redis-cli.
func commandName(b []byte, arg string) []byte {
	arg = arg[strings.LastIndexByte(arg, '/')+1:]
	if strings.HasPrefix(arg, "7z") && len(arg) <= len("7za") {
		return append(b, "7z"...)
	}
	for k := 0; k < len(arg) && k < maxInSet && (isAlnum(arg[k]) || arg[k] == '_'); k++ {
		b = append(b, lower(arg[k]))
	}
	return b
}

// quoteEnd returns where the quote at s[i:] ends, which may be escaped, and its number of backslashes; i when there is none.
func quoteEnd(s string, i int) (end, slashes int) {
	for at(s, i+slashes) == '\\' {
		slashes++
	}
	if c := at(s, i+slashes); c != '"' && c != '\'' {
		return i, 0
	}
	return i + slashes + 1, slashes
}

// listWords appends the items of a list behind one that ends at i, and returns where they end. flow is set for a list in brackets without
// quotes.
func listWords(s string, i int, flow bool, words []argWord) ([]argWord, int) {
	for len(words) < maxWords {
		p := nextItem(s, i, flow)
		if p < 0 {
			break
		}
		w, next := listItem(s, p)
		if next <= p || at(s, gap(s, next)) == ':' {
			break
		}
		words = append(words, w)
		i = next
	}
	return words, i
}

// skipMembers returns where the members of an object end that stand between a command, which ends at i, and its arguments; i when there are
// none.
func skipMembers(s string, i int) int {
	end := i
	for range maxMembers {
		p := gap(s, end)
		if at(s, p) != ',' {
			return i
		}
		p = gap(s, p+1)
		if argumentsAt(s, p) >= 0 {
			return end
		}
		_, next := listItem(s, p)
		colon := gap(s, next)
		if next <= p || at(s, colon) != ':' {
			return i
		}
		p = gap(s, colon+1)
		if _, end = listItem(s, p); end <= p {
			return i
		}
	}
	return i
}

// nextItem returns where the item of a list behind the one that ends at i begins, or -1.
func nextItem(s string, i int, flow bool) int {
	p := gap(s, i)
	closed := at(s, p) == ']' || at(s, p) == ')'
	if closed {
		p = gap(s, p+1)
	}
	comma := at(s, p) == ','
	if comma {
		p = gap(s, p+1)
	}
	if q := argumentsAt(s, p); q >= 0 {
		return q
	}
	switch c := at(s, p); {
	case closed, p >= len(s):
		return -1
	case comma && c == '[':
		return gap(s, p+1)
	case comma:
		if q, _ := quoteEnd(s, p); q > p || flow || isDigit(c) {
			return p
		}
	case dashItem(s, p) && p > i && !flow:
		return p + len("- ")
	}
	return -1
}

// dashItem reports an item of a list in lines at s[p:].
func dashItem(s string, p int) bool { return strings.HasPrefix(s[min(p, len(s)):], "- ") }

// argumentsAt returns where the first argument begins of a list with a name, or of a call, at s[p:]: "args": ["x", .args(["x". It returns -1
// when there is none.
func argumentsAt(s string, p int) int {
	if at(s, p) == '.' {
		p++
	}
	from, _ := quoteEnd(s, p)
	to := from
	for to < len(s) && to-from < maxInSet && isLetter(s[to]) {
		to++
	}
	if to == from || !inSet(argumentNames, s[from:to]) {
		return -1
	}
	p, _ = quoteEnd(s, to)
	p = gap(s, p)
	c := at(s, p)
	if c != ':' && c != '=' && c != '(' {
		return -1
	}
	p = gap(s, p+1)
	switch {
	case at(s, p) == '[':
		return gap(s, p+1)
	case c == '(':
		return p
	case dashItem(s, p):
		return p + len("- ")
	}
	return -1
}

// listItem returns the item at s[p:] and where it ends; p when there is none.
func listItem(s string, p int) (w argWord, next int) {
	if from, slashes := quoteEnd(s, p); from > p {
		end := closingQuote(s, from-1, slashes)
		if end >= len(s) {
			return w, p
		}
		return argWord{from, end}, end + slashes + 1
	}
	end, depth := p, 0
	for end < len(s) && strings.IndexByte(",{}()\"'\n\r\\", s[end]) < 0 {
		if s[end] == '[' {
			depth++
		}
		if s[end] == ']' {
			depth--
		}
		if depth < 0 {
			break
		}
		end++
	}
	to := p + len(strings.TrimRight(s[p:end], " \t"))
	if hasSpace(s[p:to]) || isNumber(s[p:to]) {
		return argWord{p, p}, end // not an argument, or one without a place for a label
	}
	return argWord{p, to}, end
}

// argumentsBefore appends the arguments of the command at open that stand before it, as where names are sorted:
// {"args":["x"],"command":"y"}.
func argumentsBefore(s string, lo, open int, words []argWord) []argWord {
	if lo >= open {
		return words
	}
	n := strings.LastIndex(s[lo:open], "arg")
	if n < 0 {
		return words
	}
	p := argumentsAt(s[:open], lo+n)
	if p < 0 {
		return words
	}
	w, next := listItem(s[:open], p)
	if next <= p {
		return words
	}
	count := len(words)
	words, next = listWords(s[:open], next, false, append(words, w))
	if rest := s[next:open]; len(rest) > maxOpener || strings.IndexByte(rest, ':') < 0 || strings.Count(rest, "]") > 1 || strings.ContainsAny(rest, "{}") {
		return words[:count]
	}
	return words
}

// shortCommand returns where the name of a command of two letters begins, of which the word at i is an argument, or -1.
func shortCommand(s string, i int) int {
	if i < 3 || s[i-1] != ' ' && s[i-1] != '"' && s[i-1] != '\'' {
		return -1
	}
	p := i - 1
	if s[p] != ' ' || !isLetter(s[p-1]) {
		const between = " \"'\\,:[\n"
		p = listLead(s, i, between)
		if strings.HasSuffix(s[:p], "args") {
			p = listLead(s, p-len("args"), between)
		}
	}
	if p < 2 || p == i || p > 2 && isAlnum(s[p-3]) || !inSet(twoLetterCommands, s[p-2:p]) {
		return -1
	}
	return p - 2
}

// listLead returns where the bytes of set, and escaped line breaks, before i begin.
func listLead(s string, i int, set string) int {
	p := i
	for p > 0 && i-p < maxOpener && (strings.IndexByte(set, s[p-1]) >= 0 || s[p-1] == 'n' && at(s, p-2) == '\\') {
		p--
	}
	return p
}
