package redact

// maxOpenQuotes bounds the nesting of JSON texts in JSON strings that the tracker follows.
const maxOpenQuotes = 8

// quoteTracker follows the quotes of a JSON text up to a position, so that a label which takes the place of a bare number gets
// the quotes that it needs there and no others. It moves forward only.
type quoteTracker struct {
	pos   int
	depth int
	open  [maxOpenQuotes]openQuote
}

type openQuote struct {
	slashes int // backslashes before the quote
	start   int // first byte after it
}

// at moves the tracker to i and returns the number of backslashes that a quote needs for a string beginning there, and whether the
// text around i is JSON.
func (t *quoteTracker) at(s string, i int) (slashes int, json bool) {
	for ; t.pos < i; t.pos++ {
		if s[t.pos] != '"' {
			continue
		}
		n := 0
		for t.pos-n > 0 && s[t.pos-n-1] == '\\' {
			n++
		}
		for t.depth > 0 && n < t.open[t.depth-1].slashes {
			t.depth--
		}
		if t.depth == 0 {
			t.push(n, t.pos+1)
			continue
		}
		top := t.open[t.depth-1].slashes
		period := 2 * (top + 1)
		switch r := n % period; {
		case r == top && n < period:
			t.depth--
		case r == top:
			// Escaped backslashes, then the quote that closes.
			t.depth--
		default:
			t.push(n, t.pos+1)
		}
	}
	start := 0
	if t.depth > 0 {
		top := t.open[t.depth-1]
		start, slashes = top.start, 2*top.slashes+1
	}
	for start < i && isSpace(s[start]) {
		start++
	}
	return slashes, start < i && (s[start] == '{' || s[start] == '[')
}

func (t *quoteTracker) push(slashes, start int) {
	if t.depth < maxOpenQuotes {
		t.open[t.depth] = openQuote{slashes, start}
		t.depth++
	}
}

// addNumber records a number. Where it is a bare value of JSON its label gets quotes.
func (sc *scanner) addNumber(start, end int, r ruleID) {
	s := sc.text
	wrap := 0
	before, after := start, end
	for before > 0 && isSpace(s[before-1]) {
		before--
	}
	for after < len(s) && isSpace(s[after]) {
		after++
	}
	prev, next := at(s, before-1), at(s, after)
	if (prev == ':' || prev == ',' || prev == '[') && (next == ',' || next == ']' || next == '}' || after == len(s) || next == '\\') && isNumber(s[start:end]) {
		if slashes, json := sc.quotes.at(s, start); json {
			wrap = slashes + 1
		}
	}
	sc.addWrapped(start, end, r, wrap)
	sc.advance(end)
}
