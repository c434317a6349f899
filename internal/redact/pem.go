package redact

import (
	"slices"
	"strings"
)

// maxPEM bounds a key block: an armoured PGP key may be this long.
const maxPEM = 128 << 10

// privateKeyLabels are the labels of blocks with private keys; the first three are one label as it is written in URLs too.
var privateKeyLabels = []string{"PRIVATE KEY", "PRIVATE+KEY", "PRIVATE%20KEY", "Static key"}

// minKeyRun is the length of base64 that the body of a key has at least; a placeholder has none.
const minKeyRun = 12

// longestRun returns the length of the longest run of base64 in s.
func longestRun(s string) (longest int) {
	run := 0
	for i := 0; i < len(s); i++ {
		if base64Set.has(s[i]) {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}

// pem handles the word BEGIN at i: a private key block (RFC 7468, OpenSSH, PGP, PuTTY). The marker lines stay. A block without an end
// was cut off: everything after its beginning goes, as far as it looks like the inside of a key.
func (sc *scanner) pem(i int) {
	s := sc.text
	if i < 3 || s[i-1] != ' ' && s[i-1] != '-' || !strings.HasPrefix(s[i:], "BEGIN ") && !strings.HasPrefix(s[i:], "BEGIN+") && !strings.HasPrefix(s[i:], "BEGIN%20") {
		return
	}
	dashes := strings.TrimRight(s[max(0, i-6):i], " ")
	if !strings.HasSuffix(dashes, "----") {
		return
	}
	head := s[i+6 : min(len(s), i+6+60)]
	length := strings.Index(head, "----")
	if length < 0 {
		for _, word := range privateKeyLabels[:3] {
			if n := strings.Index(head, word); n >= 0 {
				length = n + len(word)
			}
		}
		if length < 0 {
			return
		}
	}
	label := head[:length]
	if !slices.ContainsFunc(privateKeyLabels, func(word string) bool { return strings.Contains(label, word) }) {
		return
	}
	body := i + 6 + length
	for body < len(s) && s[body] == '-' {
		body++
	}
	limit := min(len(s), body+maxPEM)
	if n := strings.Index(s[body:limit], "-----BEGIN"); n >= 0 {
		limit = body + n // no block reaches into the next
	}
	end := strings.Index(s[body:limit], "-----END")
	if end < 0 {
		end = strings.Index(s[body:limit], "---- END")
	}
	if end < 0 {
		end = keyBodyEnd(s, body, limit) - body
	}
	end += body
	from, to := trimEscapes(s, body, end)
	if longestRun(s[from:to]) < minKeyRun {
		return
	}
	if !strings.ContainsAny(s[from:to], "\"<") {
		sc.add(from, to, rulePrivateKey)
	} else {
		sc.pemLines(from, to)
	}
	sc.advance(to)
}

// pemLines replaces the base64 text of a block that is written as several string literals, and keeps what joins them.
func (sc *scanner) pemLines(i, end int) {
	s := sc.text
	for i < end {
		from := i
		for i < end && base64Set.has(s[i]) {
			i++
		}
		if i-from >= 8 && at(s, from-1) != '<' {
			sc.add(from, i, rulePrivateKey)
		}
		if i < end && s[i] == '\\' {
			i++
			i += escapeLen(s, i)
		} else if i == from {
			i++
		}
	}
}

// keyBodyEnd returns where the base64 text of a key block without an end marker ends.
func keyBodyEnd(s string, i, limit int) int {
	last := i
	for i < limit {
		b := s[i]
		switch {
		case base64Set.has(b):
			last = i + 1
			i++
		case b == '%' && isHex(at(s, i+1)) && isHex(at(s, i+2)):
			i += 3
		case b == '<':
			n := strings.IndexByte(s[i:min(limit, i+8)], '>')
			if n < 0 {
				return last
			}
			i += n + 1
		case isSpace(b) || b == '-' || b == ':' || b == ',' || b == '+' || b == '\'':
			i++
		case b == '\\' && i+1 < limit && (s[i+1] == 'n' || s[i+1] == 'r' || s[i+1] == '\\' || s[i+1] == 't' || s[i+1] == '/'):
			i += 2
		default:
			next := nextKeyLine(s, i, limit)
			if next == 0 {
				return last
			}
			i = next
		}
	}
	return last
}

const (
	// maxLineMark bounds what joins the lines of a key in text: the mark of a quotation, a line number, quotes and a plus sign.
	maxLineMark = 10
	// minKeyLine is the length of the base64 after it.
	minKeyLine = 16
)

// nextKeyLine returns where the next line of a key begins after what joins the lines at i, or 0.
func nextKeyLine(s string, i, limit int) int {
	for j := i + 1; j < limit && j-i <= maxLineMark; j++ {
		if s[j-1] == ':' && s[j] == '"' || s[j-1] == '"' && s[j] == ':' {
			return 0 // another member
		}
		n := j
		for n < limit && n-j < minKeyLine && base64Set.has(s[n]) {
			n++
		}
		if n-j == minKeyLine || n == limit && n > j {
			return j
		}
	}
	return 0
}

// trimEscapes narrows s[i:end] by line breaks and their escaped forms at both ends.
func trimEscapes(s string, i, end int) (int, int) {
	for i < end {
		if isSpace(s[i]) {
			i++
			continue
		}
		j := i
		for j < end && s[j] == '\\' {
			j++
		}
		if j == i || j == end || s[j] != 'n' && s[j] != 'r' && s[j] != 't' {
			break
		}
		i = j + 1
	}
	for end > i {
		b := s[end-1]
		if isSpace(b) || b == '\\' || b == '"' {
			end--
			continue
		}
		if (b == 'n' || b == 'r') && end-2 >= i && s[end-2] == '\\' {
			end -= 2
			for end > i && s[end-1] == '\\' {
				end--
			}
			continue
		}
		break
	}
	return i, end
}

// puttyKey handles the private lines of a PuTTY key file, whose word "Private" ends at i.
func (sc *scanner) puttyKey(i int) {
	s := sc.text
	if !strings.HasPrefix(s[i:], "-Lines: ") {
		return
	}
	body := i + len("-Lines: ")
	for body < len(s) && isDigit(s[body]) {
		body++
	}
	limit := min(len(s), body+maxPEM)
	end := strings.Index(s[body:limit], "Private-")
	if end < 0 {
		end = keyBodyEnd(s, body, limit) - body
	}
	from, to := trimEscapes(s, body, body+end)
	if to > from && strings.IndexByte(s[from:to], '"') < 0 {
		sc.add(from, to, rulePrivateKey)
		sc.advance(to)
	}
}
