package redact

import (
	"slices"
	"strings"
)

// plainRun is a part of a text without escape sequences: where it begins there and in the original.
type plainRun struct{ plain, orig, n int }

// plainText is a text without its escape sequences.
type plainText struct {
	text string
	runs []plainRun
	// asides are the bounds of what is not shown in the original: the texts of commands, such as the address of a link.
	asides []span
	// parted is set when blanks stand in place of sequences that words would be joined at.
	parted bool
}

// stripped returns s without its escape sequences and the texts of commands among them. A blank takes the place of those that move the cursor,
// and with part also of others between two words, so that what follows a value is not taken for its end.
func stripped(s string, part bool) plainText {
	var t plainText
	t.strip(s, part)
	return t
}

// strip makes t what stripped returns, in the memory that it has.
func (t *plainText) strip(s string, part bool) {
	var b strings.Builder
	b.Grow(len(s))
	t.runs, t.asides, t.parted = t.runs[:0], t.asides[:0], false
	from, gap := 0, false
	flush := func(to int) {
		if to == from {
			return
		}
		if n := b.Len(); n > 0 && (gap || part && joins(b.String()[n-1], s[from])) {
			b.WriteByte(' ')
			t.parted = t.parted || !gap
		}
		gap = false
		t.runs = append(t.runs, plainRun{b.Len(), from, to - from})
		b.WriteString(s[from:to])
	}
	for i := 0; i < len(s); {
		if !sequenceStart[s[i]] {
			i++
			continue
		}
		q := sequenceAt(s, i)
		if q.n == 0 {
			i++
			for s[i-1] == '\\' && i < len(s) && s[i] == '\\' {
				i++
			}
			continue
		}
		flush(i)
		i += q.n
		if q.command {
			if start, end := terminator(s, i); end > 0 {
				if start > i {
					t.asides = append(t.asides, span{i, start})
				}
				i, q.parts = end, false
			}
		}
		from = i
		gap = gap || q.parts
	}
	flush(len(s))
	t.text = b.String()
}

// joins reports that a value could go on from byte a to byte b: a blank has to part them.
func joins(a, b byte) bool {
	return (isAlnum(a) || a >= 0x80 || strings.IndexByte("!#$*^)]}", a) >= 0) && (isAlnum(b) || b >= 0x80 || strings.IndexByte("([{<", b) >= 0)
}

// start and end return where a range of the plain text begins and ends in the original.
func (t *plainText) start(p int) int {
	r := &t.runs[t.run(p)]
	if p < r.plain+r.n {
		return r.orig + p - r.plain
	}
	return t.runs[t.run(p)+1].orig // a blank
}

func (t *plainText) end(p int) int {
	r := &t.runs[t.run(p-1)]
	return r.orig + min(p-r.plain, r.n)
}

// run returns the number of the last run that begins at p or before.
func (t *plainText) run(p int) int {
	i, found := slices.BinarySearchFunc(t.runs, p, func(r plainRun, p int) int { return r.plain - p })
	if found {
		return i
	}
	return i - 1
}

// sequenceNear notes an escape sequence that covers i, so that the text is searched again without its sequences.
func (sc *scanner) sequenceNear(i int) {
	for p := i; !sc.coloured && p >= 0 && i-p <= maxIntroducer; p-- {
		if sequenceStart[sc.text[p]] && (sc.text[p] != '\\' || at(sc.text, p-1) != '\\') {
			sc.coloured = p+sequenceAt(sc.text, p).n > i
		}
	}
}

// sequenceLead holds the bytes before digits in escape sequences; see sequenceDigit.
var sequenceLead = [256]bool{'x': true, 'X': true, 'u': true, 'U': true, 'b': true, 'B': true, 'd': true, 'D': true, '%': true, '\\': true, ']': true}

// sequenceDigit reports that the digits at i may belong to an escape sequence: to a spelling of the escape character, \u001b, &#x1b;, %1b or \033,
// or to what follows one that ends with a letter.
func sequenceDigit(s string, i int) bool {
	if c := s[i]; c != '0' && c != '1' && c != '9' && c != '8' {
		return false
	}
	switch before := at(s, i-2); s[i-1] | 0x20 {
	case 'x':
		return before == '\\' || before == '#'
	case 'u':
		return before == '\\'
	case 'b':
		return isDigit(before)
	case 'd':
		return before == '5'
	case '%', '\\' | 0x20, ']' | 0x20:
		return true
	}
	return false
}

// uncoloured searches a text without its escape sequences, in place of what has been found with them. Matches of custom rules stay, which may ask
// for a sequence.
func (s *Session) uncoloured(k Key, value string, leaf bool) {
	sc := &s.scan
	var found []finding
	for _, f := range sc.found {
		if int(f.rule) >= len(registry) {
			found = append(found, f)
		}
	}
	s.shown.strip(value, true)
	found = s.searchPlain(found, k, &s.shown, leaf)
	if s.shown.parted {
		c := newCoverage(found)
		s.joined.strip(value, false)
		all := s.searchPlain(found, k, &s.joined, leaf)
		for _, f := range all[len(found):] {
			if s.goesOn(value, c, f) {
				found = append(found, f)
			}
		}
	}
	for _, a := range s.shown.asides {
		run := [1]plainRun{{0, a.start, a.end - a.start}}
		aside := plainText{text: value[a.start:a.end], runs: run[:]}
		found = s.searchPlain(found, k, &aside, leaf)
	}
	sc.found = append(sc.found[:0], found...)
}

// searchPlain searches a text without its sequences, and appends the findings with their places in the original.
func (s *Session) searchPlain(found []finding, k Key, t *plainText, leaf bool) []finding {
	if t.text == "" {
		return found
	}
	sc := &s.scan
	sc.reset(k.name, t.text)
	s.passes(k.info, leaf)
	for _, f := range sc.found {
		f.start, f.end = t.start(f.start), t.end(f.end)
		found = append(found, f)
	}
	return found
}

// coverage are findings in the order of where they start, and for each the furthest end up to it.
type coverage struct {
	found []finding
	reach []int
}

func newCoverage(found []finding) coverage {
	c := coverage{slices.Clone(found), make([]int, len(found))}
	slices.SortFunc(c.found, func(f, g finding) int { return f.start - g.start })
	reach := 0
	for i, f := range c.found {
		reach = max(reach, f.end)
		c.reach[i] = reach
	}
	return c
}

// goesOn reports whether a finding across sequences is one: no other covers a part of it, or one that breaks off where the rendition changes, as
// where a tool highlights what it has searched for. One that ends with its colour is whole, and so is a label.
func (s *Session) goesOn(text string, c coverage, f finding) bool {
	last, _ := slices.BinarySearchFunc(c.found, f.end, func(g finding, end int) int { return g.start - end })
	for i := last - 1; i >= 0 && c.reach[i] > f.start; i-- {
		if c.reach[i] >= f.end {
			return false
		}
		if g := c.found[i]; g.end > f.start && sequenceAt(text, g.end).reset {
			return false
		}
	}
	n := s.scan.labels.len(text[f.start:])
	return n == 0 || !sequenceAt(text, f.start+n).reset
}

// uncolour returns a value without its escape sequences, and these. The address of a link within the value is in neither: it goes with the value.
func uncolour(value string) (plain, sequences string) {
	t := stripped(value, false)
	if len(t.text) == len(value) {
		return value, ""
	}
	var b strings.Builder
	pos, asides := 0, t.asides
	upTo := func(to int) {
		for len(asides) > 0 && asides[0].start < to {
			b.WriteString(value[pos:asides[0].start])
			pos, asides = asides[0].end, asides[1:]
		}
		b.WriteString(value[pos:to])
	}
	for _, r := range t.runs {
		upTo(r.orig)
		pos = r.orig + r.n
	}
	upTo(len(value))
	return t.text, b.String()
}
