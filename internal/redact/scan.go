package redact

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unsafe"
)

// finding is a range of the text that a rule has found. wrap is 0, or 1 more than the number of backslashes of the quotes that the
// replacement needs, where it takes the place of a bare number in JSON.
type finding struct {
	start, end int
	rule       ruleID
	wrap       uint8
}

// wrapUserInfo in place of a number of backslashes marks a finding in the user information of a URL, where brackets would make the
// address unreadable for its parsers.
const wrapUserInfo = 255

// settings are the parts of Options that matchers ask for.
type settings struct {
	keys *keyWords
	// media says what to do with payloads in base64.
	media string
	// keepPercent leaves percent-encoded separators unread.
	keepPercent bool
	// labels are the replacements that are written.
	labels *labels
}

// scanner holds the state of one pass over one text.
type scanner struct {
	text  string
	found []finding
	// floor is where matchers stop looking back: what lies before has been dealt with.
	floor int
	// skip is the offset before which events are ignored.
	skip int
	// noEmail and noNumber are the offsets before which separators of addresses, and digits, have been dealt with.
	noEmail, noNumber int
	// noUser, noCommand and noHeader are the offsets before which authorities, command lines and headers have been read without a
	// result, so that none is read again and again.
	noUser, noCommand, noHeader int
	// noTable is the offset before which rows of tables have been read.
	noTable int
	// noManifest is the offset before which manifests have been read.
	noManifest int
	// phoneWord, callWord and ssnWord are the ends of the last words that announce a number.
	phoneWord, callWord, ssnWord int
	// name is what the whole text stands under, or empty.
	name string
	settings
	// tried is, by custom rule, the part of the text in which it is tried next.
	tried []span
	// label is the next label in a style of the options, or the one that the scan is in.
	label span
	// coloured is set when the text holds an escape sequence of terminals.
	coloured bool
	// quotes tells which text a number stands in.
	quotes quoteTracker

	tail [blockSize + 8]byte
}

func (sc *scanner) reset(name, text string) {
	sc.text = text
	sc.found = sc.found[:0]
	sc.floor, sc.skip, sc.noEmail, sc.noNumber = 0, 0, 0, 0
	sc.name = name
	sc.phoneWord, sc.callWord, sc.ssnWord = 0, 0, 0
	sc.noUser, sc.noCommand, sc.noHeader, sc.noTable, sc.noManifest = 0, 0, 0, 0, 0
	sc.label, sc.coloured = span{}, false
	sc.quotes.pos, sc.quotes.depth = 0, 0
}

// add records a finding. It never begins inside of an escape sequence.
func (sc *scanner) add(start, end int, r ruleID) { sc.addWrapped(start, end, r, 0) }

func (sc *scanner) addWrapped(start, end int, r ruleID, wrap int) {
	start += escapeLen(sc.text, start)
	if start >= end {
		return
	}
	sc.found = append(sc.found, finding{start, end, r, uint8(min(wrap, wrapUserInfo))})
}

// advance declares the text before i as dealt with.
func (sc *scanner) advance(i int) {
	if i > sc.skip {
		sc.skip, sc.floor = i, i
	}
}

// masksAt returns the masks of the 64 bytes at base; the end of the text is padded with zeros.
func (sc *scanner) masksAt(b []byte, base int) masks {
	if base+blockSize <= len(b) {
		return classify((*[blockSize]byte)(b[base:]))
	}
	if base >= len(b) {
		return masks{}
	}
	clear(sc.tail[:])
	n := copy(sc.tail[:], b[base:])
	if n <= 16 {
		a := classify16((*[16]byte)(sc.tail[:16]))
		return masks{a & 0xFFFF, a >> 16 & 0xFFFF, a >> 32 & 0xFFFF, a >> 48}
	}
	if n <= 32 {
		a, c := classify16((*[16]byte)(sc.tail[:16])), classify16((*[16]byte)(sc.tail[16:32]))
		const low = 0xFFFF
		return masks{a&low | c&low<<16, a>>16&low | c>>16&low<<16, a>>32&low | c>>32&low<<16, a>>48 | c>>48<<16}
	}
	return classify((*[blockSize]byte)(sc.tail[:]))
}

// scan finds everything sensitive in the text that reset has set.
func (sc *scanner) scan() {
	s := sc.text
	n := len(s)
	if n < 4 {
		return // no more than a word
	}
	b := unsafe.Slice(unsafe.StringData(s), n) //nolint:gosec // read only, and only here
	keys, styled := sc.keys, sc.labels.styled
	cur := sc.masksAt(b, 0)
	var prev masks
	for base := 0; base < n; base += blockSize {
		if sc.skip >= base+blockSize+4 {
			// A long payload is passed over without looking at it.
			from := base
			base = sc.skip &^ (blockSize - 1)
			sc.coloured = sc.coloured || strings.IndexByte(s[from:min(base, n)], 0x1B) >= 0
			if base >= n {
				return
			}
			cur = sc.masksAt(b, base)
			prev = before(b, base)
		}
		next := sc.masksAt(b, base+blockSize)

		l, wd := cur.letter, cur.letter|cur.digit
		w := wd | cur.join
		nw := next.letter | next.digit | next.join

		// Words of three letters or more that begin as a key word does.
		three := l & (l>>1 | next.letter<<63) & (l>>2 | next.letter<<62)
		var words uint64
		for m := three &^ (l<<1 | prev.letter>>63); m != 0; m &= m - 1 {
			p := bits.TrailingZeros64(m)
			at, n := base+p, letterRun(l, next.letter, p)
			if b[max(at-1, 0)] == '\\' {
				at, n = at+1, n-1 // the letter of an escape sequence, and then a word
			}
			words |= wordBit(b, at, n) << p
		}

		// Operators after a key of interest, and other bytes of their kind.
		ops := cur.op
		for m := ops; m != 0; m &= m - 1 {
			p := bits.TrailingZeros64(m)
			ops &^= (keys.keyBit(b, base+p) ^ 1) << p
		}

		// Beginnings of words, and ends of separators, from which sixteen token characters follow, where a prefix of a token begins.
		run := w & (w>>1 | nw<<63)
		nrun := nw & (nw >> 1)
		run &= run>>2 | nrun<<62
		nrun &= nrun >> 2
		run &= run>>4 | nrun<<60
		nrun &= nrun >> 4
		run &= run>>8 | nrun<<56
		run &= ^(wd<<1 | (prev.letter|prev.digit)>>63) & wd
		for m := run; m != 0; m &= m - 1 {
			p := bits.TrailingZeros64(m)
			run &^= (prefixBit(b, base+p) ^ 1) << p
		}

		// Beginnings of digit groups that are no part of a word. Two letters before them may be the country of an account number, and one
		// letter the end of an escape sequence.
		l1, l2, l3 := l<<1|prev.letter>>63, l<<2|prev.letter>>62, l<<3|prev.letter>>61
		pwd := prev.letter | prev.digit
		numbers := cur.digit &^ (cur.digit<<1 | prev.digit>>63)
		numbers &= ^l1 | ^(wd<<2 | pwd>>62) | l2&(^(wd<<3|pwd>>61)|l3&^(wd<<4|pwd>>60))

		for m := numbers; m != 0; m &= m - 1 {
			p := bits.TrailingZeros64(m)
			if n := bits.TrailingZeros64(^(cur.digit >> p)); p+n < blockSize {
				numbers &^= (numberBit(b, base+p, n) ^ 1) << p
			}
		}

		for m := ops | words | run | numbers; m != 0; m &= m - 1 {
			p := bits.TrailingZeros64(m)
			at := base + p
			if at < sc.skip || styled && sc.inLabel(at) {
				if ops&(m&-m) != 0 && colourByte(s[at]) {
					sc.sequenceNear(at)
				}
				continue
			}
			bit := m & -m
			if run&bit != 0 {
				sc.token(at)
			}
			switch {
			case at < sc.skip:
			case ops&bit != 0:
				sc.operator(at)
			case words&bit != 0:
				sc.word(at, letterRun(l, next.letter, p))
			case numbers&bit != 0:
				sc.number(at)
			}
		}
		if w == ^uint64(0) && sc.media != MediaScan && sc.skip < base+blockSize {
			sc.payload(base)
		}
		prev, cur = cur, next
	}
	sc.lastRun()
}

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

// before returns the masks of the block before base, of which only the last bits are used.
func before(b []byte, base int) masks {
	if base < blockSize {
		return masks{}
	}
	return classify((*[blockSize]byte)(b[base-blockSize:]))
}

// minCut is the length of what a token must have left when the end of the text cuts it off.
const minCut = 12

// lastRun looks at a token that the end of the text has cut off before it is long enough for the scan.
func (sc *scanner) lastRun() {
	s := sc.text
	i := len(s)
	if i-sc.skip < minCut || lanes[s[i-1]]&(laneLetter|laneDigit|laneJoin) == 0 {
		return
	}
	for i > sc.skip && len(s)-i < minRun && lanes[s[i-1]]&(laneLetter|laneDigit|laneJoin) != 0 {
		i--
	}
	if n := len(s) - i; n >= minCut && n < minRun && prefixes.at(s, i) != 0 {
		sc.token(i)
	}
}
