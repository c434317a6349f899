package redact

import "strings"

// maxParameter bounds the name of a parameter after an ampersand.
const maxParameter = 40

// parameterSet holds what the names of parameters in queries and form bodies consist of, brackets and percent-encoding included.
var parameterSet = set("-0-9A-Za-z_.$[]%")

// endingEntities are the entities of HTML for characters that end a value, without their ampersand.
var endingEntities = []string{"lt;", "gt;", "quot;", "apos;", "nbsp;", "#39;", "#34;", "#x27;", "#x22;", "#10;", "#13;"}

// ampersand returns the length of the ampersand at s[j:] when it is part of the unquoted value that begins at i, or 0 when it ends the value.
// It separates parameters only in a query or in the body of a form.
func ampersand(s string, i, j int) int {
	after := j + 1
	if s[j] == '\\' {
		after = j + strings.Index(s[j:], "u0026") + len("u0026")
	}
	if strings.HasPrefix(s[after:], "amp;") {
		after += len("amp;")
	} else {
		for _, e := range endingEntities {
			if strings.HasPrefix(s[after:], e) {
				return 0
			}
		}
	}
	n := after - j
	if after >= len(s) || strings.IndexByte(" \t\r\n\"'`<\\&|;)", s[after]) >= 0 {
		return 0 // the command goes to the background, the text ends
	}
	end := after
	for end < len(s) && end-after < maxParameter && parameterSet.has(s[end]) {
		end++
	}
	assigned := i > 0 && (s[i-1] == '=' || i > 2 && strings.HasSuffix(s[:i-1], "%3"))
	if !assigned {
		return n
	}
	if end > after && at(s, end) == '=' && at(s, end+1) != '=' || parameterBefore(s, i) {
		return 0
	}
	return n
}

// parameterBefore reports that the value at i belongs to a parameter which stands after another one, or after the question mark of a query.
func parameterBefore(s string, i int) bool {
	p := i - 1
	for p > 0 && i-p < maxKey && parameterSet.has(s[p-1]) {
		p--
	}
	if p == 0 {
		return false
	}
	switch s[p-1] {
	case '?', '&', '#':
		return true
	case ';':
		return strings.HasSuffix(s[:p], "amp;")
	case '\\':
		return strings.HasPrefix(s[p:], "u0026")
	}
	return false
}

// backslashes returns the length of the backslashes at s[j:], with the quote or ampersand that they escape, when they are part of the unquoted
// value that begins at i, or 0 when they end it: they begin an escape sequence, or escape what ends a value.
func backslashes(s string, i, j int) int {
	n := 0
	for at(s, j+n) == '\\' {
		n++
	}
	switch c := at(s, j+n); {
	case j+n >= len(s):
		return 0
	case c == '"':
		if quoteWithin(s, i, j+n, n) {
			return n + 1
		}
		return 0
	case c == 'u' && strings.HasPrefix(s[j+n:], "u0026"):
		return ampersand(s, i, j)
	case strings.IndexByte("abefntruvx0", c) >= 0:
		return 0
	case isAlnum(c), strings.IndexByte("!#$%&*+-=?@^_~.:", c) >= 0:
		// Not the classes of a regular expression, \w+\d.
		if j > i && (isAlnum(s[j-1]) || strings.IndexByte("!#$%&@_-", s[j-1]) >= 0) {
			return n + boolInt(c == '&')
		}
	}
	return 0
}

// encodedAmpersand reports whether %26 at j ends the value that begins at i: in a text that is percent-encoded as a whole, or before the name of
// another parameter. Otherwise it is an ampersand within the value.
func encodedAmpersand(s string, i, j int) bool {
	if i == 0 || s[i-1] != '=' {
		return true
	}
	end := j + len("%26")
	for end < len(s) && end-j < maxParameter && identSet.has(s[end]) {
		end++
	}
	return strings.HasPrefix(s[end:], "%3D") || strings.HasPrefix(s[end:], "=")
}

// maxQuoteLine bounds the part of a line in which the quote before a value is looked for.
const maxQuoteLine = 256

// quoteWithin reports whether the quote at j, after a number of backslashes, stands within the value that begins at i: a letter or digit follows
// directly, and no quote of its kind is open that it could close.
func quoteWithin(s string, i, j, slashes int) bool {
	if j-slashes <= i || !isAlnum(at(s, j+1)) || j+1 >= len(s) || strings.IndexByte("([{,:=", s[j-slashes-1]) >= 0 {
		return false // behind these a literal begins: String("x
	}
	open := false
	for p := i - 1; p >= 0 && i-p < maxQuoteLine && s[p] != '\n'; p-- {
		if s[p] != s[j] {
			continue
		}
		n := 0
		for p-n > 0 && s[p-n-1] == '\\' {
			n++
		}
		if n < slashes {
			break // the string around
		}
		if n == slashes {
			open = !open
		}
		p -= n
	}
	return !open
}
