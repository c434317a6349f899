package redact

import (
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
