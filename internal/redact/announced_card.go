package redact

import "strings"

// announcedCard recognises a card of any issuer and grouping after a word that announces it: 12 to 19 digits with the Luhn digit (ISO/IEC 7812;
// Maestro has 12 to 19 digits, JCB's older cards 15).
func (sc *scanner) announcedCard(g *group) bool {
	if g.n < 12 || g.n > 19 || g.plus || g.paren || g.groups > 1 && g.hasDate() || g.isAddress() {
		return false
	}
	d := g.digits[:g.n]
	start := g.end - g.span()
	if !luhn(d) || distinct(string(d), 2) < 2 || !sc.cardBefore(start) || sc.identifierBefore(start) || unitAfter(sc.text, g.end) {
		return false
	}
	sc.addNumber(start, g.end, ruleCard)
	return true
}

// cardBefore reports that one of cardWords stands before the number at i, in its line, and not in the name of another thing: SIM card.
func (sc *scanner) cardBefore(i int) bool {
	s := sc.text
	lo := max(i-maxWordGap, sc.floor)
	for j := i; j > lo; {
		end := j
		for j > lo && (isLetter(s[j-1]) || s[j-1] >= 0x80) {
			j--
		}
		if w := j + escapeLen(s, j); end > w && inSet(cardWords, s[w:end]) {
			before := wordBefore(s, w, sc.floor)
			return before == w || !inSet(otherCards, strings.TrimRight(s[before:w], " `'"))
		}
		if j == end {
			if s[j-1] == '\n' || s[j-1] == ';' {
				return false
			}
			j--
		}
	}
	return sc.foreignKind(i, announceCard)
}
