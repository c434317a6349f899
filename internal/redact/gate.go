package redact

import (
	"encoding/binary"
	"math/bits"
)

// A gate looks at a few bytes around an event of the scan and returns 0 where no matcher can find anything.

// letterRun returns the number of letters from bit p on, as far as the next block goes.
func letterRun(letters, next uint64, p int) int {
	n := bits.TrailingZeros64(^(letters >> p))
	if p+n == blockSize {
		n += bits.TrailingZeros64(^next)
	}
	return n
}

// wordBit returns 1 when the word of n letters, two or more, at b[i] may be a key word. The text has four bytes or more.
func wordBit(b []byte, i, n int) uint64 {
	j := min(i, len(b)-4)
	v := binary.LittleEndian.Uint32(b[j:]) >> (8 * (i - j) & 31) &^ (uint32((n-4)>>31) << 24) // three letters and a blank, or four letters
	h := headHash(v|0x20202020, n) >> headShift
	return keyWordIndex.bits[h>>6] >> (h & 63) & 1
}

// keyBit returns 1 unless the operator at b[i] follows a word with which no key of interest ends.
func (k *keyWords) keyBit(b []byte, i int) uint64 {
	switch c := b[i]; {
	case c == ':' || c == '=' || c == '(':
	case c == '[':
		return bracketBit(b, i)
	case c >= 0x80 && c < 0xC0:
		return foreignKeyBit(b, i)
	default:
		return 1
	}
	end := i
	for end > 4 && keyCloser[b[end-1]] {
		end--
	}
	if end <= 4 || i+1 < len(b) && (b[i+1] == '/' || b[i+1] == '\\' && i+2 < len(b) && b[i+2] == '/') {
		return 1
	}
	if (b[end-1] == 'D' || b[end-1] == 'd') && b[end-2] == '5' && b[end-3] == '%' { // %5D
		return 1
	}
	v := binary.LittleEndian.Uint32(b[end-4:]) >> 8
	if b[end-4] == '\\' && lanes[b[end-3]]&laneLetter != 0 {
		v = v&0xFFFF00 | ' ' // the letter of an escape sequence
		return k.endBit(v) | k.endBit(v&^0xFF|uint32(b[end-3]))
	}
	if lanes[byte(v>>16)]&laneLetter == 0 {
		if isTime(b, i) {
			return 0
		}
		return 1
	}
	if lanes[byte(v>>8)]&laneLetter == 0 {
		v = v&0xFF0000 | ' '<<8 | ' '
	} else if lanes[byte(v)]&laneLetter == 0 {
		v = v&0xFFFF00 | ' '
	}
	h := (v | 0x202020) * hashFactor >> 18
	if k.ends[h>>6]>>(h&63)&1 == 1 {
		return 1
	}
	if k.qualifierEnds[h>>6]>>(h&63)&1 == 1 || b[end-1] < 'a' {
		return joined(b, end)
	}
	return 0
}

// isTime reports that the colon at b[i] stands in the time of a day, behind a date or the hour: 2026-11-30T12:34:56.
func isTime(b []byte, i int) bool {
	if i < 4 || i+1 >= len(b) || !isDigit(b[i-1]) || !isDigit(b[i-2]) || !isDigit(b[i-4]) || !isDigit(b[i+1]) {
		return false
	}
	return b[i-3] == 'T' || b[i-3] == ':' || b[i-3] == ' '
}

// endBit returns 1 when a phrase may end with three characters.
func (k *keyWords) endBit(v uint32) uint64 {
	h := (v | 0x202020) * hashFactor >> 18
	return k.ends[h>>6] >> (h & 63) & 1
}

// keyCloser holds what closes a key: quotes, escapes, brackets and blanks.
var keyCloser = [256]bool{'"': true, '\'': true, '\\': true, ' ': true, ']': true}

// numberBit returns 0 for the digit group of n digits at b[i] when it is a short number or belongs to a decimal fraction.
func numberBit(b []byte, i, n int) uint64 {
	if i > 1 && b[i-1] == '.' && lanes[b[i-2]]&laneDigit != 0 {
		return 0
	}
	end := i + n
	if end >= len(b) {
		return 1
	}
	c := b[end]
	if c == 'z' && b[i] == '7' && n == 1 {
		return 1 // 7z, a command
	}
	if c == '.' && b[i] == '0' && n == 1 || n < 7 && !numberJoin[c] && (i == 0 || !numberLead[b[i-1]]) && !foreignNear(b, i) {
		return 0
	}
	return 1
}

// numberLead holds the bytes before short numbers that are looked at: what may belong to an escape sequence, and the letters of a country.
var numberLead = func() (t [256]bool) {
	for c := range t {
		t[c] = lanes[c]&laneLetter != 0 || c == '%' || c == '\\' || c == ']'
	}
	return t
}()

// bracketBit returns 1 when the bracket at b[i] may belong to an escape sequence: after the end of a spelling of the escape character, or before
// the parameters of a colour.
func bracketBit(b []byte, i int) uint64 {
	if i > 1 && introducerEnds[b[i-1]].has(b[i-2]) || i == 1 && b[0] == 0x1B {
		return 1
	}
	j := i + 1
	for j < len(b) && j-i < 4 && lanes[b[j]]&laneDigit != 0 {
		j++
	}
	if j > i+1 && j < len(b) && (b[j] == 'm' || b[j] == ';') {
		return 1
	}
	return 0
}

// introducerEnds has, by the last byte of an escape, the bytes before it.
var introducerEnds = func() (t [256]charset) {
	enter := func(before, last byte) {
		t[last].add(before)
		if isLower(before) {
			t[last].add(before - 0x20)
		}
	}
	for _, e := range escapes {
		n := len(e.text)
		if n == 1 {
			t[e.text[0]] = charset{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}
			continue
		}
		enter(e.text[n-2], e.text[n-1])
		if isLower(e.text[n-1]) {
			enter(e.text[n-2], e.text[n-1]-0x20)
		}
	}
	return t
}()

// colourByte reports the operator bytes that stand in escape sequences.
func colourByte(b byte) bool { return b == '[' || b == 0x1B || b == 0x9B }

// numberJoin holds the bytes that may stand between the groups of a number; those outside ASCII begin some more.
var numberJoin = [256]bool{' ': true, '-': true, '.': true, '/': true, '(': true, ')': true, 0xC2: true, 0xE2: true}

// prefixBit returns 1 when a token may begin at b[i]. At least sixteen token characters follow.
func prefixBit(b []byte, i int) uint64 {
	if i > 0 && (b[i-1] == '\\' || b[i-1] == '%') {
		return 1
	}
	h := prefixHash(b[i], b[i+1], b[i+2])
	return prefixes.bits[h>>6] >> (h & 63) & 1
}
