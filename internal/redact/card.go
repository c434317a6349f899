package redact

import "slices"

// card recognises payment cards: the issuer's range, its lengths and the Luhn digit (ISO/IEC 7812).
func (sc *scanner) card(g *group) bool {
	if g.n < 13 || g.n > 19 || g.plus || g.paren {
		return false
	}
	if g.groups > 1 && !cardGroups(g) {
		return false
	}
	d := g.digits[:g.n]
	if !luhn(d) || !issuer(d, g.groups > 1) || distinct(string(d), 2) < 2 {
		return false
	}
	start := g.end - g.span()
	if g.groups == 1 && (sc.identifierBefore(start) || unitAfter(sc.text, g.end)) {
		return false
	}
	sc.addNumber(start, g.end, ruleCard)
	return true
}

// span is the number of bytes from the first digit to the end.
func (g *group) span() int {
	n := g.end - g.start
	if g.plus {
		n--
	}
	if g.paren {
		n--
	}
	return n
}

// cardGroups reports the groupings in which cards are written: 4-4-4-4(-3), 4-6-5, 4-6-4, all with one separator.
func cardGroups(g *group) bool {
	sep := g.seps[1]
	if sep != ' ' && sep != '-' && sep != '.' {
		return false
	}
	for i := 2; i < g.groups; i++ {
		if g.seps[i] != sep {
			return false
		}
	}
	if g.groups == 3 {
		return g.sizes[0] == 4 && g.sizes[1] == 6 && (g.sizes[2] == 5 || g.sizes[2] == 4)
	}
	if g.groups != 4 && g.groups != 5 {
		return false
	}
	for i := range 3 {
		if g.sizes[i] != 4 {
			return false
		}
	}
	return g.groups == 4 && g.sizes[3] <= 4 && g.sizes[3] > 0 || g.groups == 5 && g.sizes[3] == 4 && g.sizes[4] <= 3
}

func luhn(d []byte) bool {
	sum, double := 0, false
	for _, v := range slices.Backward(d) {
		v := int(v - '0')
		if double {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
		double = !double
	}
	return sum%10 == 0
}

// issuerRange is a range of first digits with the lengths in which its cards come.
type issuerRange struct {
	lo, hi  int    // first six digits
	lengths uint32 // bit n: n digits
	grouped bool   // only when written in groups, because bare numbers of this form are often something else
}

func lengths(n ...int) (bits uint32) {
	for _, v := range n {
		bits |= 1 << v
	}
	return bits
}

// issuers are the ranges that the card schemes publish for their identification numbers (ISO/IEC 7812 registry; the schemes'
// documentation for merchants).
var issuers = []issuerRange{
	{400000, 499999, lengths(16), false},             // Visa
	{400000, 499999, lengths(13, 19), true},          // Visa, old and long
	{510000, 559999, lengths(16), false},             // Mastercard
	{222100, 272099, lengths(16), false},             // Mastercard, since 2017
	{340000, 349999, lengths(15), false},             // American Express
	{370000, 379999, lengths(15), false},             // American Express
	{601100, 601199, lengths(16, 19), false},         // Discover
	{644000, 659999, lengths(16, 19), false},         // Discover
	{622126, 622925, lengths(16, 17, 18, 19), false}, // China UnionPay and Discover
	{620000, 629999, lengths(16, 19), false},         // China UnionPay
	{352800, 358999, lengths(16), false},             // JCB
	{300000, 305999, lengths(14), false},             // Diners Club
	{360000, 369999, lengths(14), false},             // Diners Club
	{380000, 399999, lengths(14), true},              // Diners Club
	{500000, 509999, lengths(16), false},             // Maestro, Elo
	{560000, 589999, lengths(16), true},              // Maestro
	{670000, 679999, lengths(16, 18, 19), true},      // Maestro
	{220000, 220499, lengths(16), false},             // Mir
	{606282, 606282, lengths(16), false},             // Hipercard
	{508500, 508999, lengths(16), false},             // RuPay
	{817200, 820199, lengths(16), true},              // RuPay
}

func issuer(d []byte, grouped bool) bool {
	six := 0
	for _, c := range d[:6] {
		six = six*10 + int(c-'0')
	}
	for i := range issuers {
		r := &issuers[i]
		if six >= r.lo && six <= r.hi && r.lengths>>len(d)&1 != 0 && (grouped || !r.grouped) {
			return true
		}
	}
	return false
}
