package redact

import "strings"

// wrappers are calls and prefixes around a string literal that say nothing about it.
var wrappers = []string{"SecretStr(", "SecretString(", "Secret(", "String(", "str(", "Some(", "new SecureString(", "quote(", "b", "r", "f", "u", "@", "L", "Just ", "ConvertTo-SecureString -String ", "ConvertTo-SecureString ", "new String(", "Buffer.from(", "strptr(", "aws.String(", "ptr(", "N", "E", "String::from(", "PASSWORD(", "Password("}

func skipWrapper(s string, i int) int {
	for _, w := range wrappers {
		if strings.HasPrefix(s[i:], w) {
			j := i + len(w)
			for at(s, j) == '\\' && j < len(s) {
				j++
			}
			if q := at(s, j); q == '"' || q == '\'' {
				return i + len(w)
			}
		}
	}
	return i
}

// htmlQuotes are the entities for quotes.
var htmlQuotes = []string{"&quot;", "&#34;", "&#39;", "&apos;", "&#x27;", "&#x22;"}

// htmlQuoteBefore returns the length of an HTML entity for a quote that ends at k, or 0.
func htmlQuoteBefore(s string, k int) int {
	if s[k-1] != ';' {
		return 0
	}
	for _, e := range htmlQuotes {
		if strings.HasSuffix(s[:k], e) {
			return len(e)
		}
	}
	return 0
}

// htmlQuote returns the length of an HTML entity for a quote at i, or 0.
func htmlQuote(s string, i int) int {
	for _, e := range htmlQuotes {
		if strings.HasPrefix(s[i:], e) {
			return len(e)
		}
	}
	return 0
}

// unicodeQuotes returns the bounds of a text in typographic quotes at i.
func unicodeQuotes(s string, i int) (open, end int) {
	for _, q := range [...][2]string{{"“", "”"}, {"„", "“"}, {"‘", "’"}, {"«", "»"}, {"「", "」"}, {"『", "』"}, {"【", "】"}, {"”", "”"}, {"’", "’"}} {
		if strings.HasPrefix(s[i:], q[0]) {
			open = i + len(q[0])
			if n := strings.Index(s[open:min(len(s), open+maxBare)], q[1]); n > 0 {
				return open, open + n
			}
		}
	}
	return 0, 0
}

// quotedValue handles a value whose opening quote is at i, after the given number of backslashes.
func (sc *scanner) quotedValue(i, slashes int, info keyInfo) {
	s := sc.text
	if strings.HasPrefix(s[i:], `"""`) || strings.HasPrefix(s[i:], `'''`) {
		if end := strings.Index(s[i+3:min(len(s), i+3+8*maxBare)], s[i:i+3]); end > 0 {
			sc.judge(i+3, i+3+end, info, settingField)
			return
		}
	}
	end := closingQuote(s, i, slashes)
	start := i + 1
	if start >= end {
		return
	}
	sc.judge(start, end, info, settingField)
}

// closingQuote returns where the text after the quote at i ends: before the quote that closes it, with the backslashes of
// that quote. At nesting level k a delimiter has 2^k-1 backslashes, and within the text each quote and backslash is escaped
// once more; a quote with fewer closes an outer text and ends this one too.
func closingQuote(s string, i, slashes int) int {
	q := s[i]
	if q != '"' {
		return closingOther(s, i, slashes)
	}
	period := 2 * (slashes + 1)
	j := i + 1
	for {
		n := strings.IndexByte(s[j:], '"')
		if n < 0 {
			return len(s)
		}
		j += n
		run := 0
		for j-run > i+1 && s[j-run-1] == '\\' {
			run++
		}
		if r := run % period; r != period-1 {
			return j - r
		}
		j++
	}
}

// closingOther is closingQuote for single quotes and back-ticks, which end at the next of their kind or at the line.
func closingOther(s string, i, slashes int) int {
	q := s[i]
	for j := i + 1; j < len(s) && j-i < 8*maxBare; j++ {
		switch b := s[j]; b {
		case q:
			run := 0
			for j-run > i+1 && s[j-run-1] == '\\' {
				run++
			}
			if q == '\'' && at(s, j+1) == '\'' { // SQL and YAML double it
				j++
				continue
			}
			if slashes == 0 && run%2 == 1 {
				continue
			}
			return j - min(run, slashes)
		case '\n':
			return j
		case '"':
			run := 0
			for j-run > i+1 && s[j-run-1] == '\\' {
				run++
			}
			if run%2 == 0 && !quoteWithin(s, i+1, j, run) {
				return j - run
			}
		}
	}
	return min(len(s), i+8*maxBare)
}
