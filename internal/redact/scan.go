package redact

import (
	"encoding/binary"
	"math/bits"
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
	// name is what the whole text stands under, or empty.
	name string
	// keepMedia has base64 payloads scanned like any other text.
	keepMedia bool
	// quotes tells which text a number stands in.
	quotes quoteTracker

	tail [blockSize + 8]byte
}

func (sc *scanner) reset(name, text string) {
	sc.text = text
	sc.found = sc.found[:0]
	sc.floor, sc.skip, sc.noEmail, sc.noNumber = 0, 0, 0, 0
	sc.name = name
	sc.quotes = quoteTracker{}
}

// add records a finding. It never begins inside of an escape sequence.
func (sc *scanner) add(start, end int, r ruleID) { sc.addWrapped(start, end, r, 0) }

func (sc *scanner) addWrapped(start, end int, r ruleID, wrap int) {
	start += escapeLen(sc.text, start)
	if start >= end {
		return
	}
	sc.found = append(sc.found, finding{start, end, r, uint8(min(wrap, wrapUserInfo))}) //nolint:gosec // bounded
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
	return classify((*[blockSize]byte)(sc.tail[:]))
}

// scan finds everything sensitive in the text that reset has set.
func (sc *scanner) scan() {
	s := sc.text
	n := len(s)
	if n == 0 {
		return
	}
	b := unsafe.Slice(unsafe.StringData(s), n)
	cur := sc.masksAt(b, 0)
	var letter, digit, word uint64 // the last bit of the block before, at bit 0
	for base := 0; base < n; base += blockSize {
		if sc.skip >= base+blockSize+4 {
			// A long payload is passed over without looking at it.
			base = sc.skip &^ (blockSize - 1)
			if base >= n {
				return
			}
			cur = sc.masksAt(b, base)
			letter, digit, word = carry(b, base)
		}
		next := sc.masksAt(b, base+blockSize)

		l := cur.letter
		w := l | cur.digit | cur.join
		nw := next.letter | next.digit | next.join

		// Beginnings of words of three letters or more, and of those the candidates for key words.
		two := l & (l>>1 | next.letter<<63)
		three := two & (l>>2 | next.letter<<62)
		four := three & (l>>3 | next.letter<<61)
		var keys uint64
		for m := three &^ (l<<1 | letter); m != 0; m &= m - 1 {
			p := bits.TrailingZeros64(m)
			at := base + p
			var v uint32
			if at+4 <= n {
				v = binary.LittleEndian.Uint32(b[at:])
			} else {
				v = uint32(b[at]) | uint32(b[at+1])<<8 | uint32(b[at+2])<<16
			}
			v |= 0x20202020
			if four>>p&1 == 0 {
				v = v&0xFFFFFF | ' '<<24
			}
			h := v * wordHashFactor >> 20
			keys |= wordBits[h>>6] >> (h & 63) & 1 << p
		}

		// Beginnings of runs of sixteen token characters.
		run := w & (w>>1 | nw<<63)
		nrun := nw & (nw >> 1)
		run &= run>>2 | nrun<<62
		nrun &= nrun >> 2
		run &= run>>4 | nrun<<60
		nrun &= nrun >> 4
		run &= run>>8 | nrun<<56
		run &^= w<<1 | word

		numbers := cur.digit &^ (cur.digit<<1 | digit)

		for m := cur.op | keys | run | numbers; m != 0; m &= m - 1 {
			p := bits.TrailingZeros64(m)
			at := base + p
			if at < sc.skip {
				continue
			}
			bit := m & -m
			if run&bit != 0 {
				sc.longRun(at)
			}
			switch {
			case at < sc.skip:
			case cur.op&bit != 0:
				sc.operator(at)
			case keys&bit != 0:
				sc.word(at)
			case numbers&bit != 0:
				sc.number(at)
			}
		}
		letter, digit, word = l>>63, cur.digit>>63, w>>63
		cur = next
	}
	sc.lastRun()
}

// carry returns the class bits of the byte before base.
func carry(b []byte, base int) (letter, digit, word uint64) {
	if base == 0 {
		return 0, 0, 0
	}
	v := lanes[b[base-1]]
	letter, digit = v&1, v>>16&1
	return letter, digit, letter | digit | v>>32&1
}

// lastRun looks at a token that the end of the text has cut off before it is long enough for the scan.
func (sc *scanner) lastRun() {
	s := sc.text
	i := len(s)
	for i > sc.skip && len(s)-i < minRun && runSet.has(s[i-1]) {
		i--
	}
	if n := len(s) - i; n >= 12 && n < minRun {
		sc.longRun(i)
	}
}
