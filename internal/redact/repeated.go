package redact

import (
	"slices"
	"strconv"
	"strings"
)

// Repeated returns value, which String has dealt with, with the values replaced that Repeats knows, and whether it differs.
func (s *Session) Repeated(k Key, value string) (string, bool) { return s.repeated(k, value, false) }

// RepeatedLeaf is Repeated for a value that Leaf has dealt with.
func (s *Session) RepeatedLeaf(k Key, value string) (string, bool) { return s.repeated(k, value, true) }

// HasRepeat reports whether Repeated finds something in the name of a value. It counts nothing.
func (s *Session) HasRepeat(name string) bool {
	counts, record := s.counts, s.record
	s.counts, s.record = nil, nil
	_, found := s.Repeated(Key{}, name)
	s.counts, s.record = counts, record
	return found
}

// minRepeatedInt is the least integer with as many digits as a known value has.
const minRepeatedInt = 10_000_000

// RepeatedInt is Repeated for an integer that Int has dealt with.
func (s *Session) RepeatedInt(k Key, v int64) (string, bool) {
	if v < minRepeatedInt {
		return "", false
	}
	return s.Repeated(k, strconv.FormatInt(v, 10))
}

// RepeatedDouble is RepeatedInt for whole floating-point numbers.
func (s *Session) RepeatedDouble(k Key, v float64) (string, bool) {
	if v != float64(int64(v)) || v >= 1e18 {
		return "", false
	}
	return s.RepeatedInt(k, int64(v))
}

// maxRepeatRounds bounds how often a value is searched again because what was replaced had been part of the same word as something else.
const maxRepeatRounds = 4

func (s *Session) repeated(k Key, value string, leaf bool) (out string, changed bool) {
	s.failed = false
	p := &s.repeats
	if p.batch == nil {
		return value, false
	}
	defer func() {
		if recover() != nil {
			out, changed = s.fail(ruleError, value)
		}
	}()
	out = value
	for range maxRepeatRounds {
		if len(out) < minKnown || !s.findKnown(k, out, leaf) {
			break
		}
		if len(p.hits) > s.r.maxFindings {
			return s.fail(ruleError, value)
		}
		for _, h := range p.hits {
			s.count(h.value.rule)
		}
		changed = true
		if s.audit {
			break
		}
		out = s.replaceHits(out)
		if !p.joined {
			break
		}
	}
	return out, changed
}

// findKnown fills the list of hits in a value, and reports whether there are any.
func (s *Session) findKnown(k Key, value string, leaf bool) bool {
	p := &s.repeats
	p.hits, p.joined = p.hits[:0], false
	folded := p.folder.fold(value)
	s.searchKnown(p.batch, k, value, folded)
	switch {
	case p.set != nil:
		s.searchKnown(p.set, k, value, folded)
	case p.trace == [16]byte{}:
		for _, set := range p.besides {
			s.searchKnown(set, k, value, folded)
		}
	}
	if len(p.hits) == 0 {
		return false
	}
	s.uniteHits()
	if s.audit {
		s.dropFound(k, value, leaf)
	}
	return len(p.hits) > 0
}

// searchKnown notes where values of a set stand in a text.
func (s *Session) searchKnown(set *knownSet, k Key, value, folded string) {
	p := &s.repeats
	set.search(folded, &p.buf, func(start int, sp *spelling) {
		v := &set.values[sp.value]
		around := vicinity{text: folded, start: start, end: start + int(sp.size)}
		switch {
		case sp.encoded:
			around.base64(sp)
		case sp.slashed && !p.folder.behindSlash(start):
			return
		default:
			around.cutBefore, around.cutAfter = p.folder.slashBefore(start), p.folder.slashAfter(around.end)
		}
		if !around.apart(v.worth) {
			p.joined = true
			return
		}
		h := knownHit{p.folder.raw(around.start), p.folder.rawEnd(around.end), v, sp.encoded}
		if sp.slashed {
			// An odd backslash would make an escape sequence of what follows: it goes.
			h.start += leadingSlashes(value[h.start:]) &^ 1
		}
		if n := len(p.hits); n > 0 && p.hits[n-1].start <= h.start && h.start < p.hits[n-1].end && p.hits[n-1].value.rule == v.rule {
			p.hits[n-1].end = max(p.hits[n-1].end, h.end)
			return
		}
		if h.end <= h.start || s.spared(k, value, h) {
			return
		}
		p.hits = append(p.hits, h)
	})
}

// spared reports a hit that the options, or the name of the value, leave alone.
func (s *Session) spared(k Key, value string, h knownHit) bool {
	text := value[h.start:h.end]
	if s.r.allowed(text) || h.value.clear != "" && s.r.allowed(h.value.clear) || s.r.settings.labels.covers(value, h.start, h.end) {
		return true
	}
	whole := len(text) == len(value)
	if whole && (h.value.worth == worthWord || uuidShape(text) || traceID(text)) && identity(k.name) {
		return true
	}
	if s.r.safe == nil {
		return false
	}
	name := k.name
	if !whole {
		name = keyBefore(value, h.start)
	}
	return name != "" && s.r.safe.classifyIn("", name).class == keyListed
}

// keyBefore returns the name that stands before the value at i with an operator between them, or nothing.
func keyBefore(s string, i int) string {
	i = len(strings.TrimRight(s[max(0, i-maxKeyTail):i], "\"'`\\ ")) + max(0, i-maxKeyTail)
	if i == 0 || s[i-1] != ':' && s[i-1] != '=' {
		return ""
	}
	from := max(0, i-maxKnown)
	end := from + len(strings.TrimRight(s[from:i-1], "\"'`\\ "))
	start := end
	for start > from && identSet.has(s[start-1]) {
		start--
	}
	return s[start:end]
}

// uniteHits sorts the hits and unites those that overlap: the stronger rule decides, then the longer hit.
func (s *Session) uniteHits() {
	hits := s.repeats.hits
	slices.SortStableFunc(hits, func(a, b knownHit) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	out := hits[:1]
	for _, h := range hits[1:] {
		last := &out[len(out)-1]
		if h.start >= last.end {
			out = append(out, h)
			continue
		}
		if s.r.rules[h.value.rule].prio > s.r.rules[last.value.rule].prio {
			last.value, last.encoded = h.value, h.encoded
		}
		last.end = max(last.end, h.end)
	}
	s.repeats.hits = out
}

// dropFound drops the hits that String finds itself: in an audit they still stand in the value.
func (s *Session) dropFound(k Key, value string, leaf bool) {
	counts, record := s.counts, s.record
	s.counts, s.record = nil, nil
	if leaf {
		s.Leaf(k, value)
	} else {
		s.String(k, value)
	}
	s.counts, s.record, s.failed = counts, record, false
	found := s.scan.found
	s.repeats.hits = slices.DeleteFunc(s.repeats.hits, func(h knownHit) bool {
		return slices.ContainsFunc(found, func(f finding) bool { return f.start < h.end && h.start < f.end || f.end == 0 })
	})
}

// replaceHits returns the value with the hits replaced.
func (s *Session) replaceHits(value string) string {
	sc := &s.scan
	sc.reset("", value)
	var b strings.Builder
	pos := 0
	for _, h := range s.repeats.hits {
		text := value[h.start:h.end]
		wrap := uint8(0)
		if isNumber(text) {
			sc.addNumber(h.start, h.end, h.value.rule)
			wrap = sc.found[len(sc.found)-1].wrap
		}
		b.WriteString(value[pos:h.start])
		if wrap > 0 {
			writeQuote(&b, wrap)
		}
		b.WriteString(s.repeatLabel(h, text))
		if wrap > 0 {
			writeQuote(&b, wrap)
		}
		pos = h.end
	}
	b.WriteString(value[pos:])
	return b.String()
}

// repeatLabel returns what takes the place of a hit: the same as at the first place, where the style has that.
func (s *Session) repeatLabel(h knownHit, text string) string {
	replacer := s.r.rules[h.value.rule].replacer
	switch {
	case h.value.label != "":
		return h.value.label
	case h.value.clear != "":
		return replacer.replace(h.value.clear, s.scope)
	case h.encoded && replacer.style.Type == StylePartial:
		return partialMask
	}
	return replacer.replace(text, s.scope)
}

// vicinity is a place in a folded text, and what stands around it.
type vicinity struct {
	text       string
	start, end int
	// cutBefore and cutAfter are set where a backslash stands, which no word has.
	cutBefore, cutAfter bool
	// first is the beginning of the group of base64 that the value begins in, and from and to bound it in the text that is encoded.
	encoded         bool
	first, from, to int
}

// base64 completes the characters of a spelling in base64: those that also hold bits of other bytes, and the padding.
func (a *vicinity) base64(sp *spelling) {
	a.encoded, a.from = true, int(sp.group)
	a.first = a.start - (8*a.from+5)/6
	chars := a.end - a.first
	a.to = (6*chars + 7) / 8
	if a.from > 0 && a.start > 0 && sextet(a.text[a.start-1]) >= 0 {
		a.start--
	}
	if 8*a.to > 6*chars && a.end < len(a.text) && sextet(a.text[a.end]) >= 0 {
		a.end++
	}
	for n := 0; n < 2 && a.end < len(a.text) && a.text[a.end] == '='; n++ {
		a.end++
	}
}

// before returns the byte n before the place, counted from 1, and after the one n behind it; 0 and less are those of the value. Outside of
// the text they return 0.
func (a *vicinity) before(n int) byte {
	if a.encoded {
		return encodedByte(a.text, a.first, a.from-n)
	}
	return at(a.text, a.start-n)
}

func (a *vicinity) after(n int) byte {
	if a.encoded {
		return encodedByte(a.text, a.first, a.to+n-1)
	}
	return at(a.text, a.end+n-1)
}

// apart reports whether the place is no part of a longer word.
func (a *vicinity) apart(w worth) bool {
	return w == worthRandom || (a.cutBefore || !goesOn(w, false, a.before(0), a.before(1), a.before(2))) && (a.cutAfter || !goesOn(w, true, a.after(0), a.after(1), a.after(2)))
}

// goesOn reports whether a value with the byte edge at its end goes on with the bytes next and beyond; behind says which end.
func goesOn(w worth, behind bool, edge, next, beyond byte) bool {
	switch {
	case next == 0:
		return false
	case edge >= 0x80:
		return next >= 0x80
	case !isAlnum(edge) && edge != '_':
		return false
	case isAlnum(next) || next == '_':
		return true
	case w != worthWord:
		return false
	}
	switch next {
	case '-', '.':
		return isAlnum(beyond)
	case ':':
		// A host and its port, but not a user and a password.
		return behind && isDigit(edge) && isDigit(beyond)
	}
	return false
}
