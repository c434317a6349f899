package redact

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// merge sorts the findings and unites those that overlap, under the rule of the highest priority; among equals the longer
// wins, then the earlier.
func (r *Redactor) merge(found []finding) []finding {
	if len(found) < 2 {
		return found
	}
	slices.SortStableFunc(found, func(a, b finding) int {
		if a.start != b.start {
			return a.start - b.start
		}
		return b.end - a.end
	})
	out := found[:1]
	best := found[0]
	for _, f := range found[1:] {
		last := &out[len(out)-1]
		if f.start >= last.end {
			out = append(out, f)
			best = f
			continue
		}
		if r.rules[f.rule].prio > r.rules[best.rule].prio {
			best = f
			last.rule = f.rule
		}
		last.end = max(last.end, f.end)
		last.wrap = max(last.wrap, f.wrap)
	}
	return out
}

// characters widens a part of a text to the characters that begin or end in it: matchers compare bytes, and half a character that stays would
// make the text no valid UTF-8.
func characters(text string, start, end int) (int, int) {
	return startOfCharacter(text, start), endOfCharacter(text, end)
}

// startOfCharacter returns the start of the character that the byte at i is part of, or i where it is part of none.
func startOfCharacter(text string, i int) int {
	for at := i; at >= 0 && at < len(text) && i-at < utf8.UTFMax; at-- {
		if !utf8.RuneStart(text[at]) {
			continue
		}
		if _, size := utf8.DecodeRuneInString(text[at:]); at+size > i {
			return at
		}
		break
	}
	return i
}

// endOfCharacter returns the end of the character that begins before end and goes beyond it, or end where none does.
func endOfCharacter(text string, end int) int {
	at := startOfCharacter(text, end)
	if at == end {
		return end
	}
	_, size := utf8.DecodeRuneInString(text[at:])
	return at + size
}

// build returns the text with every finding replaced.
func (r *Redactor) build(text string, found []finding, scope *Scope) string {
	var b strings.Builder
	b.Grow(len(text) + 16*len(found))
	pos := 0
	for i := range found {
		f := &found[i]
		b.WriteString(text[pos:f.start])
		value, sequences := uncolour(text[f.start:f.end])
		label := r.rules[f.rule].replacer.replace(value, scope)
		switch f.wrap {
		case 0:
			b.WriteString(label)
		case wrapUserInfo:
			b.WriteString(strings.Trim(label, "[]"))
		default:
			writeQuote(&b, f.wrap)
			b.WriteString(label)
			writeQuote(&b, f.wrap)
		}
		b.WriteString(sequences)
		pos = f.end
	}
	b.WriteString(text[pos:])
	return b.String()
}

func writeQuote(b *strings.Builder, wrap uint8) {
	for range wrap - 1 {
		b.WriteByte('\\')
	}
	b.WriteByte('"')
}
