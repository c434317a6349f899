package redact

import "strings"

// maxBelow is the number of line breaks that may stand between a label and the value below it.
const maxBelow = 3

// lineBreak returns the length of the line break at s[i:], which may be escaped at any level, or 0.
func lineBreak(s string, i int) int {
	switch at(s, i) {
	case '\n':
		return 1
	case '\r':
		if at(s, i+1) == '\n' {
			return 2
		}
		return 1
	case '\\':
		j := i
		for at(s, j) == '\\' {
			j++
		}
		if at(s, j) == 'r' {
			if n := lineBreak(s, j+1); n > 1 {
				return j + 1 + n - i
			}
			return j + 1 - i
		}
		if at(s, j) == 'n' {
			return j + 1 - i
		}
	}
	return 0
}

// below handles a value on a line of its own below its label, such as "Your password is:\n\nhunter2": a line break is at i. In YAML, Markdown
// and mail it may be indented, quoted, an item of a list, in a block of code or in quotes. It must look like what the label announces.
func (sc *scanner) below(i int, info keyInfo) bool {
	s := sc.text
	j, breaks := i, 0
	for breaks < maxBelow {
		n := lineBreak(s, j)
		if n == 0 {
			break
		}
		j += n
		breaks++
		j = skipLineStart(s, j)
	}
	if breaks == 0 || j >= len(s) {
		return false
	}
	if n := typedString(s, j); n > 0 {
		j += n
	}
	from := j
	var end int
	slashes := 0
	for at(s, j+slashes) == '\\' {
		slashes++
	}
	if q := at(s, j+slashes); q == '"' || q == '\'' || q == '`' {
		from = j + slashes + 1
		end = closingQuote(s, j+slashes, slashes)
		if end-from > maxBare || hasSpace(s[from:end]) {
			return false
		}
	} else {
		if slashes > 0 {
			return false
		}
		end = lineWordEnd(s, j)
	}
	rest := end
	for strings.IndexByte("\"'`,. \t*", at(s, rest)) >= 0 && rest < len(s) {
		rest++
	}
	switch {
	case end <= from, at(s, end) == ':' || at(s, end) == '=':
		return false
	case rest < len(s) && lineBreak(s, rest) == 0 && s[rest] != '<' && (s[rest] != '\\' || !isQuoteEscape(s, rest)) && !closesText(s, end, rest):
		return false // other words follow on the line
	}
	v := s[from:end]
	if assignment(v) {
		return false
	}
	if c := v[len(v)-1]; c == ':' || c == '(' || c == '{' || c == '[' || strings.IndexByte("-#{[(|", v[0]) >= 0 || !sensitive(info.class, v, settingProse) {
		return false
	}
	switch info.class {
	case keyPassword, keySecret, keyToken, keyMaybe, keyListed, keyMaybePassword, keySession:
		sc.add(from, end, info.rule)
		sc.advance(end)
		return true
	}
	return false
}

// assignment reports that a line begins with the name of a setting and an equals sign. The value above is empty then, as in a file of
// environment variables. A name without digits is told from a secret in base64, which may end with that sign, by its length or its separators;
// one with digits has separators and letters of one case.
func assignment(line string) bool {
	name, value, ok := strings.Cut(line, "=")
	if !ok || name == "" || !isLetter(name[0]) || !plainName(name) {
		return false
	}
	f := featuresOf(name)
	separated := strings.ContainsAny(name, "_.")
	if f.digit == 0 {
		return value != "" || separated || len(line)%4 != 0
	}
	return separated && (f.upper == 0 || f.lower == 0)
}

// closesText reports that a text ends at end: a quote, and what follows the member of an object.
func closesText(s string, end, rest int) bool {
	return at(s, end) == '"' && (strings.IndexByte("}]", at(s, rest)) >= 0 || strings.HasPrefix(s[end:], `","`) || strings.HasPrefix(s[end:], `", "`))
}

func isQuoteEscape(s string, i int) bool {
	for at(s, i) == '\\' {
		i++
	}
	return at(s, i) == '"'
}

// skipLineStart skips what may stand before a value on its line: blanks, the marks of quotes, lists and code.
func skipLineStart(s string, i int) int {
	for i < len(s) {
		switch {
		case s[i] == ' ' || s[i] == '\t' || s[i] == '>' && at(s, i+1) == ' ':
			i++
		case (s[i] == '-' || s[i] == '*') && at(s, i+1) == ' ':
			i += 2
		case strings.HasPrefix(s[i:], "```"):
			i += 3
			for i < len(s) && isLetter(s[i]) {
				if n := lineBreak(s, i); n > 0 {
					break
				}
				i++
			}
			n := lineBreak(s, i)
			if n == 0 {
				return i
			}
			i += n
		case s[i] == '<':
			n := inlineTag(s, i)
			if n == 0 {
				return i
			}
			i += n
		default:
			return i
		}
	}
	return i
}

// lineWordEnd returns where the word at i ends: at a blank, a quote, a tag or the line.
func lineWordEnd(s string, i int) int {
	j := i
	for j < len(s) && j-i < maxBare && !isSpace(s[j]) && s[j] != '"' && s[j] != '`' && s[j] != '<' && s[j] != '\\' {
		j++
	}
	for j > i && strings.IndexByte(".,;*'", s[j-1]) >= 0 {
		j--
	}
	return j
}

// typedString returns the length of the type that PHP's var_dump writes before a string, string(18), or 0.
func typedString(s string, i int) int {
	if !strings.HasPrefix(s[i:], "string(") {
		return 0
	}
	j := i + len("string(")
	for isDigit(at(s, j)) {
		j++
	}
	if at(s, j) != ')' || at(s, j+1) != ' ' {
		return 0
	}
	return j + 2 - i
}

// inlineTags are the elements of HTML in which words of a text stand.
var inlineTags = wordSetOf("b strong i em code kbd tt span pre samp mark u font a")

// inlineTag returns the length of the tag at s[i:] when it is an opening tag of inlineTags, or 0.
func inlineTag(s string, i int) int {
	j := i + 1
	for j < len(s) && j-i < 12 && isLetter(s[j]) {
		j++
	}
	if j == i+1 || !inSet(inlineTags, s[i+1:j]) || at(s, j) != '>' && at(s, j) != ' ' {
		return 0
	}
	n := strings.IndexByte(s[j:min(len(s), j+120)], '>')
	if n < 0 {
		return 0
	}
	return j + n + 1 - i
}
