package redact

import (
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// folder undoes what URLs, XML, JSON and terminal colours do to a text, so that one spelling of a value is looked for and all are found. It
// works alike on values and texts: both lose the same differences, such as the number of backslashes before a quote, or + for a blank.
type folder struct {
	// URLs and XML come first: a JSON text may stand in either.
	outer, inner foldStage
	// between is the text after the first stage.
	between string
	// keepPlus leaves + as it is.
	keepPlus bool
}

// foldStage undoes one kind of encoding.
type foldStage struct {
	buf   []byte
	marks []foldMark
}

// foldMark says that the folded text from at on comes byte by byte from the text from raw on, up to the next mark.
type foldMark struct{ at, raw int }

var (
	outerBytes = func() *charset {
		c := set("%+&")
		for b, begins := range sequenceStart {
			if begins {
				c.add(byte(b))
			}
		}
		return c
	}()
	innerBytes = set(`\\`)
	// escapeLetters end escape sequences of JSON that stand for another character.
	escapeLetters = set("ntrbfu")
	// foldBytes are those of encodings other than escape sequences.
	foldBytes = set(`%+&\\`)
)

// maxFoldBuffer is the size from which the memory of a folder is given back after use.
const maxFoldBuffer = 1 << 20

// fold returns s with its encodings undone. The result is valid until the next call.
func (f *folder) fold(s string) string {
	f.between = f.outer.run(s, outerBytes, func(out []byte, s string) ([]byte, int) {
		slashes := leadingSlashes(s)
		if maySequence(s, slashes) {
			if q := sequenceAt(s, 0); q.n > 0 {
				return append(out, 0x1b), q.n
			}
		}
		n := 0
		switch s[0] {
		case '%':
			out, n = foldPercent(out, s)
		case '&':
			out, n = foldEntity(out, s, 1)
		case '\\':
			if strings.HasPrefix(s[slashes:], escapedAmpersand) {
				out, n = foldEntity(out, s, slashes+len(escapedAmpersand))
			}
		}
		if n == 0 {
			n = max(slashes, 1)
			out = append(out, s[:n]...)
		}
		f.blank(out)
		return out, n
	})
	return f.inner.run(f.between, innerBytes, func(out []byte, s string) ([]byte, int) {
		out, n := foldBackslash(out, s)
		f.blank(out)
		return out, n
	})
}

// escapedAmpersand is how Go's encoding/json writes &.
const escapedAmpersand = "u0026"

func leadingSlashes(s string) (n int) {
	for n < len(s) && s[n] == '\\' {
		n++
	}
	return n
}

// blank makes a + at the end of what is folded a blank, as it is in a query.
func (f *folder) blank(out []byte) {
	if last := len(out) - 1; last >= 0 && out[last] == '+' && !f.keepPlus {
		out[last] = ' '
	}
}

// maySequence rules out most brackets and backslashes that begin no escape sequence of a terminal.
func maySequence(s string, slashes int) bool {
	switch s[0] {
	case '[':
		return isDigit(at(s, 1))
	case '\\':
		return strings.IndexByte("uxe0", at(s, slashes)) >= 0
	}
	return true
}

// raw returns where in the text the byte of the folded text at i comes from.
func (f *folder) raw(i int) int { return f.outer.raw(f.inner.raw(i)) }

// run returns s with what begins with one of the bytes replaced by what undo appends for it; undo returns the length of what it has read.
func (f *foldStage) run(s string, begins *charset, undo func(out []byte, s string) ([]byte, int)) string {
	f.marks = f.marks[:0]
	from := 0
	for from < len(s) && !begins.has(s[from]) {
		from++
	}
	if from == len(s) {
		return s
	}
	if cap(f.buf) > maxFoldBuffer {
		f.buf = nil
	}
	out := f.buf[:0]
	out = append(out, s[:from]...)
	for i := from; i < len(s); {
		if plain := i; !begins.has(s[i]) {
			for i < len(s) && !begins.has(s[i]) {
				i++
			}
			out = append(out, s[plain:i]...)
			continue
		}
		before := len(out)
		folded, n := undo(out, s[i:])
		out = folded
		if len(out)-before != n {
			for at := before; at < max(len(out), before+1); at++ {
				f.marks = append(f.marks, foldMark{at, i})
			}
			f.marks = append(f.marks, foldMark{len(out), i + n})
		}
		i += n
	}
	f.buf = out
	return unsafe.String(unsafe.SliceData(out), len(out)) //nolint:gosec // nothing keeps it beyond the next call
}

// rawEnd returns where in the text the byte of the folded text before i ends.
func (f *folder) rawEnd(i int) int { return f.outer.rawEnd(f.inner.rawEnd(i)) }

func (f *foldStage) raw(i int) int {
	n := sort.Search(len(f.marks), func(n int) bool { return f.marks[n].at > i })
	if n == 0 {
		return i
	}
	return f.marks[n-1].raw + i - f.marks[n-1].at
}

func (f *foldStage) rawEnd(i int) int {
	n := sort.Search(len(f.marks), func(n int) bool { return f.marks[n].at >= i })
	if n < len(f.marks) && f.marks[n].at == i {
		return f.marks[n].raw
	}
	return f.raw(i-1) + 1
}

// foldBackslash undoes the escape sequence that s begins with, at any level of escaping: a run of backslashes counts as one, and as none before
// what is no escape sequence, since it may be part of a longer one elsewhere.
func foldBackslash(out []byte, s string) ([]byte, int) {
	n := leadingSlashes(s)
	if n == len(s) {
		return out, n
	}
	switch c := s[n]; c {
	case '"', '\'', '/', '`', '\n':
		return append(out, c), n + 1
	case 'n':
		return append(out, '\n'), n + 1
	case 't':
		return append(out, '\t'), n + 1
	case 'r':
		return append(out, '\r'), n + 1
	case 'b':
		return append(out, '\b'), n + 1
	case 'f':
		return append(out, '\f'), n + 1
	case 'u':
		if r, ok := hex4(s[n+1:]); ok {
			end := n + 5
			if next := s[end:]; utf16.IsSurrogate(r) && strings.HasPrefix(next, `\`) {
				next = strings.TrimLeft(next, `\`)
				if low, ok := hex4(strings.TrimPrefix(next, "u")); ok && next[0] == 'u' {
					if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
						return utf8.AppendRune(out, pair), len(s) - len(next) + 5
					}
				}
			}
			return utf8.AppendRune(out, r), end
		}
	}
	return out, n
}

func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	var r rune
	for i := range 4 {
		if !isHex(s[i]) {
			return 0, false
		}
		r = r<<4 | rune(hexValue(s[i]))
	}
	return r, true
}

func hexValue(b byte) byte {
	if isDigit(b) {
		return b - '0'
	}
	return b | 0x20 - 'a' + 10
}

// behindSlash reports whether the byte of the folded text at i comes from an escape sequence with a backslash.
func (f *folder) behindSlash(i int) bool { return at(f.between, f.inner.raw(i)) == '\\' }

// slashBefore reports whether backslashes were left out before the byte of the folded text at i, and slashAfter whether a backslash follows
// the byte before i.
func (f *folder) slashBefore(i int) bool { return at(f.between, f.inner.raw(i)-1) == '\\' }

func (f *folder) slashAfter(i int) bool { return at(f.between, f.inner.rawEnd(i)) == '\\' }

// foldPercent undoes percent-encoding (RFC 3986, 2.1), also where the percent sign has been encoded again.
func foldPercent(out []byte, s string) ([]byte, int) {
	n := 1
	for strings.HasPrefix(s[n:], "25") && len(s) >= n+4 && isHex(s[n+2]) && isHex(s[n+3]) {
		n += 2
	}
	if len(s) < n+2 || !isHex(s[n]) || !isHex(s[n+1]) {
		return out, 0
	}
	return append(out, hexValue(s[n])<<4|hexValue(s[n+1])), n + 2
}

// entities are the character references by name that writers of XML and HTML use.
var entities = []struct {
	text string
	char byte
}{
	{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''},
}

// foldEntity undoes the character reference whose ampersand ends before s[n], also where the ampersand has been encoded again.
func foldEntity(out []byte, s string, n int) ([]byte, int) {
	for strings.HasPrefix(s[n:], "amp;") {
		if _, size := entity(s[n+4:]); size == 0 {
			break
		}
		n += 4
	}
	char, size := entity(s[n:])
	if size == 0 {
		return out, 0
	}
	return utf8.AppendRune(out, char), n + size
}

// maxEntity is the length of the longest number in a character reference: 1114111.
const maxEntity = 7

// entity returns the character of a reference, without its ampersand, and its length.
func entity(s string) (rune, int) {
	if !strings.HasPrefix(s, "#") {
		for _, e := range entities {
			if strings.HasPrefix(s, e.text) {
				return rune(e.char), len(e.text)
			}
		}
		return 0, 0
	}
	from, base := 1, 10
	if c := at(s, 1); c == 'x' || c == 'X' {
		from, base = 2, 16
	}
	end := strings.IndexByte(s[:min(len(s), from+maxEntity+1)], ';')
	if end <= from {
		return 0, 0
	}
	n, err := strconv.ParseUint(s[from:end], base, 31)
	if err != nil || n == 0 || n > utf8.MaxRune {
		return 0, 0
	}
	return rune(n), end + 1
}

// foldValue folds a value that is to be looked for. What its last bytes are depends on what follows, so an encoding that only begins there
// is left out.
func (f *folder) foldValue(v string) string {
	v = strings.TrimRight(v, `\`)
	if i := strings.LastIndexByte(v, '%'); i >= 0 && i >= len(v)-2 {
		v = v[:i]
	}
	return f.fold(v)
}
