// Package jsontext checks and writes JSON text, faster than encoding/json and
// with a limit for nesting.
package jsontext

import (
	"math/bits"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// AppendString appends text to dst as a JSON string. Invalid UTF-8 becomes
// U+FFFD.
func AppendString(dst []byte, text string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if plain[c] {
				i = skipPlain(text, i+1)
				continue
			}
			dst = append(dst, text[start:i]...)
			dst = appendEscaped(dst, c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, text[start:i]...)
			dst = append(dst, "\uFFFD"...)
			i++
			start = i
			continue
		}
		i += size
	}
	dst = append(dst, text[start:]...)
	return append(dst, '"')
}

func appendEscaped(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// plain are the bytes below 128 that stand for themselves in a JSON string.
var plain = func() (p [utf8.RuneSelf]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		p[c] = c != '"' && c != '\\'
	}
	return p
}()

// skipPlain returns the index of the first byte from i on that may need care in
// a JSON string: a quote, a backslash, a control character, or one of a longer
// character. It looks at eight bytes at a time and may stop before the last eight.
func skipPlain(text string, i int) int {
	const (
		ones  = 0x0101010101010101
		highs = 0x8080808080808080
	)
	for len(text)-i >= 8 {
		s := text[i : i+8]
		w := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		quote, backslash := w^(ones*'"'), w^(ones*'\\')
		// A byte below n makes its high bit in w - n*ones; a zero byte makes it in
		// w - ones. What is borrowed makes false alarms above a true one only.
		if care := (w | (w - ones*' ') | (quote - ones) | (backslash - ones)) & highs; care != 0 {
			return i + bits.TrailingZeros64(care)/8
		}
		i += 8
	}
	return i
}

// Valid reports whether text is one valid JSON value (RFC 8259) in valid
// UTF-8, nested no deeper than maxDepth.
func Valid(text string, maxDepth int) bool {
	p := parser{text: text, depth: maxDepth}
	p.space()
	if !p.value() {
		return false
	}
	p.space()
	return p.at == len(p.text)
}

// parser checks JSON without building anything.
type parser struct {
	text  string
	at    int
	depth int // levels that are left

	indexed bool // nodes are asked for
	nodes   []Node
}

func (p *parser) space() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// next consumes c.
func (p *parser) next(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) value() bool {
	if !p.indexed {
		return p.bare()
	}
	begin := p.begin()
	return p.bare() && p.end(begin)
}

func (p *parser) bare() bool {
	if p.at >= len(p.text) {
		return false
	}
	switch p.text[p.at] {
	case '"':
		return p.str()
	case '{':
		return p.nested('}', p.member)
	case '[':
		return p.nested(']', p.value)
	case 't':
		return p.word("true")
	case 'f':
		return p.word("false")
	case 'n':
		return p.word("null")
	default:
		return p.number()
	}
}

func (p *parser) word(w string) bool {
	if len(p.text)-p.at < len(w) || p.text[p.at:p.at+len(w)] != w {
		return false
	}
	p.at += len(w)
	return true
}

// nested checks an object or array whose elements element checks.
func (p *parser) nested(end byte, element func() bool) bool {
	if p.depth == 0 {
		return false
	}
	p.depth--
	defer func() { p.depth++ }()
	p.at++
	p.space()
	if p.next(end) {
		return true
	}
	for {
		p.space()
		if !element() {
			return false
		}
		p.space()
		if p.next(end) {
			return true
		}
		if !p.next(',') {
			return false
		}
	}
}

func (p *parser) member() bool {
	if !p.key() {
		return false
	}
	p.space()
	if !p.next(':') {
		return false
	}
	p.space()
	return p.value()
}

func (p *parser) str() bool {
	if !p.next('"') {
		return false
	}
	for p.at < len(p.text) {
		c := p.text[p.at]
		switch {
		case c == '"':
			p.at++
			return true
		case c == '\\':
			p.at++
			if !p.escape() {
				return false
			}
		case c < ' ':
			return false
		case c < utf8.RuneSelf:
			p.at = skipPlain(p.text, p.at+1)
		default:
			r, size := utf8.DecodeRuneInString(p.text[p.at:])
			if r == utf8.RuneError && size == 1 {
				return false
			}
			p.at += size
		}
	}
	return false
}

func (p *parser) escape() bool {
	if p.at >= len(p.text) {
		return false
	}
	c := p.text[p.at]
	p.at++
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		for range 4 {
			if p.at >= len(p.text) || !isHex(p.text[p.at]) {
				return false
			}
			p.at++
		}
		return true
	}
	return false
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func (p *parser) number() bool {
	p.next('-')
	switch {
	case p.next('0'):
	case !p.digits():
		return false
	}
	if p.next('.') && !p.digits() {
		return false
	}
	if p.next('e') || p.next('E') {
		if !p.next('+') {
			p.next('-')
		}
		return p.digits()
	}
	return true
}

// digits consumes at least one digit.
func (p *parser) digits() bool {
	start := p.at
	for p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at > start
}
