package redact

import "strings"

// bareValue handles an unquoted value at i after an operator that ends at op.
func (sc *scanner) bareValue(i, op int, info keyInfo, keyLevel int) {
	s := sc.text
	if info.class == keyMnemonic {
		if n := mnemonic(s[i:min(len(s), i+400)]); n > 0 {
			sc.add(i, i+n, info.rule)
			sc.advance(i + n)
		}
		return
	}
	end := bareEnd(s, i)
	if end == i {
		return
	}
	next := at(s, end)
	how := settingBare
	// key=value without blanks is an assignment even in a sentence; in the arguments of a call its value is a variable.
	tight := i == op && op >= 2 && s[op-1] == '=' && identSet.has(s[op-2])
	switch {
	case end == len(s) || info.class == keyAuthorization:
	case keyLevel >= 0 && plainName(s[i:end]) && !isNumber(s[i:end]): // {"password": variable}
		how = settingProse
	case (next == ',' || next == ';') && end+1 < len(s) && s[end+1] == ' ' && !assignmentFollows(s, end+1):
		how = settingProse // a clause ends, and another begins
	case next == ' ' && !tight && !lineEnds(s, end), tight && (next == ',' || next == ')') && letters.all(s[i:end]):
		how = settingProse
	}
	if info.class == keyAuthorization || info.class == keyCookie || info.class == keySetCookie {
		if v := s[i:end]; sc.placeholder(v) && !schemeWord(v) || codeExpression(v) {
			return // a type, a call: code
		}
		if i < sc.noHeader {
			return
		}
		// A header runs to the end of its line, or to the quote around it.
		for end < len(s) && s[end] != '\n' && s[end] != '\r' && s[end] != '"' && s[end] != '\'' && s[end] != '\\' && s[end] != '`' && s[end] != '<' && end-i < 8*maxBare {
			end++
		}
		sc.noHeader = end
		if info.class == keyAuthorization && sc.quotedScheme(i, end) {
			return
		}
		for end > i && (s[end-1] == ' ' || s[end-1] == ',' && info.class == keyAuthorization) {
			end--
		}
	} else {
		for end > i && (s[end-1] == '.' || s[end-1] == ',' || s[end-1] == ';' || s[end-1] == ':') {
			end--
		}
	}
	if end == i {
		return
	}
	wrap := 0
	if keyLevel >= 0 && isNumber(s[i:end]) {
		wrap = keyLevel + 1
	} else if keyLevel >= 0 && (next == ',' || next == '}' || next == ']') && how == settingBare && jsonWord(s[i:end]) {
		return
	}
	sc.judgeBare(i, end, info, how, wrap)
}

func jsonWord(v string) bool { return v == "true" || v == "false" || v == "null" }

// isNumber reports a JSON number.
func isNumber(v string) bool {
	dot := false
	for i := 0; i < len(v); i++ {
		switch {
		case isDigit(v[i]):
		case v[i] == '-' && i == 0 && len(v) > 1:
		case v[i] == '.' && !dot:
			dot = true
		case (v[i] == 'e' || v[i] == 'E' || v[i] == '+' || v[i] == '-') && i > 0:
		default:
			return false
		}
	}
	return v != ""
}

// lineEnds reports that only blanks follow before the end of the line or a comment.
func lineEnds(s string, i int) bool {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	if i >= len(s) {
		return true
	}
	switch s[i] {
	case '\n', '\r', '#', '"', '\'', '|', '}', ']', ')', '<':
		return true
	case '\\':
		return at(s, i+1) == 'n' || at(s, i+1) == '"' || at(s, i+1) == 'r' || at(s, i+1) == '\\'
	case '/':
		return at(s, i+1) == '/'
	case '-':
		return at(s, i+1) == '-' || at(s, i+1) == ' '
	case '&':
		return at(s, i+1) == '&'
	}
	// Another assignment on the same line: user=x password=y host=z.
	return assignmentFollows(s, i)
}

// assignmentFollows reports a name and an operator at i.
func assignmentFollows(s string, i int) bool {
	for i < len(s) && s[i] == ' ' {
		i++
	}
	j := i
	for j < len(s) && j-i < 40 && (identSet.has(s[j]) || s[j] == '"' || s[j] == '\'' || s[j] == '%') {
		j++
	}
	return j > i && j < len(s) && (s[j] == '=' || s[j] == ':' && at(s, j+1) != '/')
}

// bareRest returns where an unquoted value ends of which s[i:end] is as much as is read before it is judged.
func bareRest(s string, i, end int) int {
	for end-i >= maxBare {
		i = end
		end = bareEnd(s, i)
	}
	return end
}

// bareEnd returns where an unquoted value that begins at i ends.
func bareEnd(s string, i int) int {
	j := i
	if at(s, i) == '[' {
		// A label, or another word in place of a secret, is read as a whole.
		if n := strings.IndexByte(s[i:min(len(s), i+maxLabel)], ']'); n > 1 && plainWords(s[i+1:i+n]) {
			j = i + n + 1
		}
	}
	return bareEndFrom(s, i, j)
}

// bareEndFrom is bareEnd for a value of which the text up to j is known to belong to it.
func bareEndFrom(s string, i, j int) int {
	for limit := j + maxBare; j < len(s) && j < limit; j++ {
		b := s[j]
		if isAlnum(b) {
			continue
		}
		switch b {
		case ' ', '\t', '\n', '\r', 0:
			return j
		case '<':
			if !isDigit(at(s, j+1)) { // no tag begins with a digit
				return j
			}
		case '"', '`':
			if !quoteWithin(s, i, j, 0) {
				return j
			}
		case '\\':
			n := backslashes(s, i, j)
			if n == 0 {
				return j
			}
			j += n - 1
		case '[':
			if builtinLabels.len(s[j:]) > 0 {
				return j
			}
		case ']':
			if at(s, j+1) == '(' || delimiterEnds(s, j) { // the text of a link of Markdown ends
				return j
			}
		case ',', ';', ')', '}', '|', '\'', '>':
			if delimiterEnds(s, j) {
				return j
			}
		case '&':
			n := ampersand(s, i, j)
			if n == 0 {
				return j
			}
			j += n - 1
		case '%':
			if strings.HasPrefix(s[j:], "%26") && encodedAmpersand(s, i, j) || strings.HasPrefix(s[j:], "%0A") || strings.HasPrefix(s[j:], "%22") {
				return j
			}
		default:
			if b >= 0x80 && punctuation(s[j:]) {
				return j
			}
		}
	}
	return j
}

// delimiterEnds reports whether the delimiter at j ends a value, rather than being part of a password.
func delimiterEnds(s string, j int) bool {
	if j+1 >= len(s) {
		return true
	}
	switch n := s[j+1]; n {
	case ' ', '\t', '\n', '\r', '"', '\'', '`', '\\', ')', '}', ']', ',', ';', '<', '|':
		return true
	case '.', ':', '!', '?':
		return j+2 >= len(s) || isSpace(s[j+2]) || s[j+2] == '"' || s[j+2] == '\\'
	}
	return assignmentFollows(s, j+1) || s[j+1] >= 0x80 && punctuation(s[j+1:])
}

// punctuation reports a punctuation mark outside ASCII at the start of s: general punctuation (U+2000-206F), CJK symbols
// (U+3000-303F), full-width forms (U+FF00-FF0F and the like), the guillemets and the no-break space.
func punctuation(s string) bool {
	if len(s) < 2 {
		return false
	}
	switch s[0] {
	case 0xE2:
		return s[1] == 0x80 || s[1] == 0x81
	case 0xE3:
		return s[1] == 0x80
	case 0xEF:
		return s[1] == 0xBC || s[1] == 0xBD || s[1] == 0xBB
	case 0xC2:
		return s[1] == 0xA0 || s[1] == 0xAB || s[1] == 0xBB || s[1] == 0xB7
	}
	return false
}
