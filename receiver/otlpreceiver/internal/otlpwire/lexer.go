package otlpwire

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// lexer reads the tokens of JSON.
type lexer struct {
	src     []byte
	pos     int
	decoded []byte // of the last text with escapes
}

// peek returns the next byte that is not white space, 0 at the end.
func (l *lexer) peek() byte {
	for ; l.pos < len(l.src); l.pos++ {
		switch c := l.src[l.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// take reads c if it is next.
func (l *lexer) take(c byte) bool {
	if l.peek() != c || l.pos == len(l.src) {
		return false
	}
	l.pos++
	return true
}

// null reads null if it is next.
func (l *lexer) null() (bool, error) {
	if l.peek() != 'n' {
		return false, nil
	}
	if !bytes.HasPrefix(l.src[l.pos:], []byte("null")) {
		return false, l.unexpected("a value")
	}
	l.pos += len("null")
	return true, nil
}

// unexpected is the error of a token of another kind than expected. It says which kind,
// and nothing of the token.
func (l *lexer) unexpected(expected string) error {
	found := "something that is not JSON"
	switch c := l.peek(); {
	case l.pos >= len(l.src):
		found = "the end of the body"
	case c == '{':
		found = "an object"
	case c == '[':
		found = "an array"
	case c == '"':
		found = "a string"
	case numberByte[c]:
		found = "a number"
	case c == 't', c == 'f':
		found = "a bool"
	case c == 'n':
		found = "null"
	case bytes.IndexByte([]byte("]},:"), c) >= 0:
		found = fmt.Sprintf("%q", c)
	}
	return fmt.Errorf("expected %s, found %s at byte %d", expected, found, l.pos)
}

// text reads a string. What it returns is valid until the next call. Invalid UTF-8 and
// halves of surrogate pairs, which JavaScript leaves when it cuts a text, are U+FFFD.
func (l *lexer) text() ([]byte, error) {
	if !l.take('"') {
		return nil, l.unexpected("a string")
	}
	begin := l.pos
	end := bytes.IndexByte(l.src[begin:], '"')
	if end < 0 {
		l.pos = len(l.src)
		return nil, l.unexpected("the end of a string")
	}
	plain := l.src[begin : begin+end]
	if bytes.IndexByte(plain, '\\') < 0 {
		l.pos += end + 1
		if !utf8.Valid(plain) {
			return bytes.ToValidUTF8(plain, []byte("\ufffd")), nil
		}
		return plain, nil
	}
	return l.escaped()
}

func (l *lexer) escaped() ([]byte, error) {
	out := l.decoded[:0]
	for {
		n := bytes.IndexAny(l.src[l.pos:], `"\`)
		if n < 0 {
			l.pos = len(l.src)
			return nil, l.unexpected("the end of a string")
		}
		out = append(out, l.src[l.pos:l.pos+n]...)
		l.pos += n + 1
		if l.src[l.pos-1] == '"' {
			l.decoded = out
			if !utf8.Valid(out) {
				return bytes.ToValidUTF8(out, []byte("\ufffd")), nil
			}
			return out, nil
		}
		if l.pos == len(l.src) {
			return nil, l.unexpected("the end of a string")
		}
		c := l.src[l.pos]
		l.pos++
		if plain := unescaped[c]; plain != 0 {
			out = append(out, plain)
			continue
		}
		if c != 'u' {
			return nil, fmt.Errorf("an escape that JSON does not have at byte %d", l.pos-1)
		}
		char, ok := l.codeUnit()
		if !ok {
			return nil, fmt.Errorf("an escape without four hexadecimal digits at byte %d", l.pos)
		}
		out = utf8.AppendRune(out, l.pair(char))
	}
}

var unescaped = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// codeUnit reads the four digits of \u.
func (l *lexer) codeUnit() (rune, bool) {
	if len(l.src)-l.pos < 4 {
		return 0, false
	}
	var unit rune
	for _, c := range l.src[l.pos : l.pos+4] {
		switch {
		case c >= '0' && c <= '9':
			unit = unit<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			unit = unit<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			unit = unit<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	l.pos += 4
	return unit, true
}

// pair reads the second half of a surrogate pair. AppendRune makes U+FFFD of a half
// that is alone.
func (l *lexer) pair(first rune) rune {
	if !utf16.IsSurrogate(first) || !bytes.HasPrefix(l.src[l.pos:], []byte(`\u`)) {
		return first
	}
	begin := l.pos
	l.pos += 2
	if second, ok := l.codeUnit(); ok {
		if char := utf16.DecodeRune(first, second); char != utf8.RuneError {
			return char
		}
	}
	l.pos = begin
	return first
}

// skip reads a value of a field that OTLP does not have.
func (l *lexer) skip() error {
	for open := []byte(nil); ; {
		switch c := l.peek(); c {
		case '"':
			if _, err := l.text(); err != nil {
				return err
			}
		case '{', '[':
			l.pos++
			if open = append(open, c+2); len(open) > MaxDepth { // the bracket that closes it
				return errTooDeep
			}
			if closing := l.peek(); closing != open[len(open)-1] {
				if c == '{' {
					if err := l.key(); err != nil {
						return err
					}
				}
				continue
			}
		default:
			if err := l.word(); err != nil {
				return err
			}
		}
		// Behind a value: brackets that close, then a comma.
		for len(open) > 0 && l.take(open[len(open)-1]) {
			open = open[:len(open)-1]
		}
		if len(open) == 0 {
			return nil
		}
		if !l.take(',') {
			return l.unexpected("a comma")
		}
		if open[len(open)-1] == '}' {
			if err := l.key(); err != nil {
				return err
			}
		}
	}
}

func (l *lexer) key() error {
	if _, err := l.text(); err != nil {
		return err
	}
	if !l.take(':') {
		return l.unexpected("a colon")
	}
	return nil
}

// word reads a number, true, false or null.
func (l *lexer) word() error {
	begin := l.pos
	for l.pos < len(l.src) && (numberByte[l.src[l.pos]] || l.src[l.pos] >= 'a' && l.src[l.pos] <= 'z') {
		l.pos++
	}
	switch word := l.src[begin:l.pos]; {
	case numeric(word), string(word) == "true", string(word) == "false", string(word) == "null":
		return nil
	default:
		l.pos = begin
		return l.unexpected("a value")
	}
}
