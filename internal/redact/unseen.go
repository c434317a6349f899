package redact

import "strings"

// What stands here are characters that readers do not see as letters, and that would make another word of the one beside them: blanks that do
// not break a line, characters without a width, and U+FFFD, which takes the place of bytes that are no UTF-8. A text with some is searched once
// more with a plain blank, or nothing, in their place.

// unseenAt returns the length of such a character at s[i], or 0, and whether it is a blank.
func unseenAt(s string, i int) (n int, blank bool) {
	switch a, b := at(s, i+1), at(s, i+2); s[i] {
	case 0xC2:
		if a == 0xA0 || a == 0xAD { // no-break space, soft hyphen
			return 2, a == 0xA0
		}
	case 0xE2:
		switch {
		case a == 0x80 && (b <= 0x8A && b >= 0x80 || b == 0xA8 || b == 0xA9 || b == 0xAF): // spaces of all widths, ends of lines and paragraphs
			return 3, true
		case a == 0x81 && b == 0x9F: // mathematical space
			return 3, true
		case a == 0x80 && (b >= 0x8B && b <= 0x8F || b >= 0xAA && b <= 0xAE), a == 0x81 && b >= 0xA0 && b <= 0xAF: // without a width, directions
			return 3, false
		}
	case 0xE3:
		if a == 0x80 && b == 0x80 { // ideographic space
			return 3, true
		}
	case 0xEF:
		if a == 0xBB && b == 0xBF || a == 0xBF && b == 0xBD { // byte order mark, U+FFFD
			return 3, false
		}
	}
	return 0, false
}

// unseenFirst are the first bytes of what unseenAt knows.
const unseenFirst = "\xC2\xE2\xE3\xEF"

// unseenIn reports whether a text has such a character.
func unseenIn(s string) bool {
	if ASCII(s) {
		return false
	}
	for j := range len(unseenFirst) {
		for i := 0; ; i++ {
			n := strings.IndexByte(s[i:], unseenFirst[j])
			if n < 0 {
				break
			}
			i += n
			if n, _ := unseenAt(s, i); n > 0 {
				return true
			}
		}
	}
	return false
}

// see makes t the text with a blank, or nothing, in place of what is not seen.
func (t *plainText) see(s string) {
	var b strings.Builder
	b.Grow(len(s))
	t.runs, t.asides, t.parted = t.runs[:0], t.asides[:0], false
	from, gap := 0, false
	flush := func(to int) {
		if to == from {
			return
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		t.runs = append(t.runs, plainRun{b.Len(), from, to - from})
		b.WriteString(s[from:to])
	}
	for i := 0; i < len(s); {
		n, blank := 0, false
		if s[i] >= 0xC2 {
			n, blank = unseenAt(s, i)
		}
		if n == 0 {
			i++
			continue
		}
		flush(i)
		i += n
		from, gap = i, gap || blank
	}
	flush(len(s))
	t.text = b.String()
}

// unseen adds what is found without the characters that are not seen.
func (s *Session) unseen(k Key, value string, leaf bool) {
	found := append([]finding(nil), s.scan.found...)
	s.shown.see(value)
	found = s.searchPlain(found, k, &s.shown, leaf)
	s.scan.reset(k.name, value)
	s.scan.found = append(s.scan.found[:0], found...)
}

// seen returns the name of a value without what is not seen.
func seen(name string) string {
	if !unseenIn(name) {
		return name
	}
	var t plainText
	t.see(name)
	return t.text
}
