package redact

import "strings"

// maxPEM bounds a key block: an armoured PGP key may be this long.
const maxPEM = 128 << 10

// pem handles the word BEGIN at i: a private key block (RFC 7468, OpenSSH, PGP, PuTTY). The marker lines stay. A block without an end
// was cut off: everything after its beginning goes, as far as it looks like the inside of a key.
func (sc *scanner) pem(i int) {
	s := sc.text
	if i < 3 || s[i-1] != ' ' && s[i-1] != '-' || !strings.HasPrefix(s[i:], "BEGIN ") {
		return
	}
	dashes := strings.TrimRight(s[max(0, i-6):i], " ")
	if !strings.HasSuffix(dashes, "----") {
		return
	}
	head := s[i+6 : min(len(s), i+6+60)]
	close := strings.Index(head, "----")
	if close < 0 {
		if !strings.Contains(head, "PRIVATE KEY") {
			return
		}
		close = strings.Index(head, "PRIVATE KEY") + len("PRIVATE KEY")
	}
	label := head[:close]
	if !strings.Contains(label, "PRIVATE KEY") && !strings.Contains(label, "ENCRYPTION PRIVATE") && !strings.Contains(label, "Static key") {
		return
	}
	body := i + 6 + close
	for body < len(s) && s[body] == '-' {
		body++
	}
	limit := min(len(s), body+maxPEM)
	end := strings.Index(s[body:limit], "-----END")
	if end < 0 {
		end = strings.Index(s[body:limit], "---- END")
	}
	if end < 0 {
		end = keyBodyEnd(s, body, limit) - body
	}
	end += body
	from, to := trimEscapes(s, body, end)
	if to-from < 16 || placeholder(s[from:to]) {
		return
	}
	if strings.IndexByte(s[from:to], '"') < 0 {
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
		if i-from >= 8 {
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
		case isSpace(b) || b == '-' || b == ':' || b == ',' || b == '+' || b == '\'':
			i++
		case b == '\\' && i+1 < limit && (s[i+1] == 'n' || s[i+1] == 'r' || s[i+1] == '\\' || s[i+1] == 't' || s[i+1] == '/'):
			i += 2
		default:
			return last
		}
	}
	return last
}

// trimEscapes narrows s[i:end] by line breaks and their escaped forms at both ends.
func trimEscapes(s string, i, end int) (int, int) {
	for i < end {
		if isSpace(s[i]) {
			i++
		} else if s[i] == '\\' && i+1 < end {
			j := i
			for j < end && s[j] == '\\' {
				j++
			}
			if j < end && (s[j] == 'n' || s[j] == 'r' || s[j] == 't') {
				i = j + 1
			} else {
				break
			}
		} else {
			break
		}
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
