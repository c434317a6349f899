package redact

import "strings"

// group is a number as it is written: digits with the separators that people put between them.
type group struct {
	start, end int // of the digits and separators
	n          int // number of digits
	groups     int // number of digit groups
	digits     [24]byte
	sizes      [12]uint8
	seps       [12]byte // what stands before each group but the first
	ends       [12]int
	cut        bool // further groups follow after a blank
	plus       bool
	paren      bool
}

// maxGroupDigits is one more digit than any number that is looked for.
const maxGroupDigits = 20

// number handles the digit group that begins at i.
func (sc *scanner) number(i int) {
	s := sc.text
	if i > 0 && sequenceLead[s[i-1]] {
		if !sc.coloured && sequenceDigit(s, i) {
			sc.sequenceNear(i)
		}
		if s[i-1] == 'u' && strings.HasPrefix(s[i:], "003") && at(s, i+3)|0x20 == 'c' {
			i += len("003c") // behind \u003c, as JSON writers escape the beginning of a tag
			sc.word(i, lettersFrom(s, i))
			return
		}
	}
	if i > 1 && s[i-1] == 'u' && s[i-2] == '\\' && strings.HasPrefix(s[i:], "003") && at(s, i+3)|0x20 == 'e' {
		sc.escapedAngle(i - 1)
		return
	}
	if s[i] == '7' && at(s, i+1) == 'z' {
		end := i + len("7z")
		for end < len(s) && isLetter(s[end]) {
			end++
		}
		sc.archiver(i, end)
		return
	}
	if i < sc.noNumber {
		return
	}
	if i > 4 && (s[i-1]|s[i-2]|s[i-3]|s[i-4]|s[i-5]) >= 0x80 && sc.foreignNumber(i) {
		return
	}
	if esc := i > 0 && (isLetter(s[i-1]) && !sc.escapeEnds(i) || s[i-1] == '_' || s[i-1] >= 0x80 && !digitNeighbour(s, i)); esc {
		// Part of a word: w64, sha256, _1; or the check digits after the country of an account number.
		if isLetter(s[i-1]) && (sc.iban(i) || sc.licenseAfterDL(i-1) || i > 4 && sc.insuranceAfterNI(i-2)) {
			return
		}
		sc.noNumber = skipDigits(s, i)
		return
	}
	if i > 0 && s[i-1] == '.' && i > 1 && isDigit(s[i-2]) {
		return
	}
	if i > 0 && s[i-1] == '%' && isHex(at(s, i+1)) && isDigit(at(s, i+2)) {
		i += 2 // an escaped byte stands before the number
	}
	// Most numbers are short, or decimal fractions.
	end := i
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	if n := at(s, end); n == '.' && isDigit(at(s, end+1)) {
		frac := end + 1
		for frac < len(s) && isDigit(s[frac]) {
			frac++
		}
		if n := at(s, frac); n != '.' && n != '-' && n != ' ' || !isDigit(at(s, frac+1)) {
			sc.noNumber = frac
			return
		}
	} else if end-i < 7 && lanes[n]&laneDigit == 0 && n != ' ' && n != '-' && n != '/' && n != '.' && n != ')' && n < 0x80 {
		sc.noNumber = end
		return
	}
	if end-i == 2 && i > 5 && isLetter(s[i-2]) && isLetter(s[i-3]) && sc.insuranceAfterNI(i-3) {
		return
	}
	var g group
	g.read(s, i)
	if g.n >= 7 && (sc.licenseAfterDL(i) || sc.parts(&g)) {
		return
	}
	sc.noNumber = g.end
	for k := 1; k < g.groups; k++ {
		if g.seps[k] == ' ' {
			sc.noNumber = g.ends[k-1] // what follows the blank may be a number of its own
			break
		}
	}
}

// parts tries the whole of a number, and then what is left when groups after a blank are cut off: a date or another number may follow.
func (sc *scanner) parts(g *group) bool {
	for k := min(g.groups, len(g.sizes)); k > 0; k-- {
		sub := *g
		if k < g.groups {
			if g.seps[k] != ' ' {
				continue
			}
			sub.cut, sub.groups, sub.end, sub.n = true, k, g.ends[k-1], 0
			for _, size := range g.sizes[:k] {
				sub.n += int(size)
			}
			if sub.n < 7 {
				return false
			}
		}
		if sc.classifyNumber(&sub) {
			sc.noNumber = sub.end
			return true
		}
	}
	return false
}

// escapeEnds reports whether the letters before i belong to an escape sequence.
func (sc *scanner) escapeEnds(i int) bool {
	s := sc.text
	return i >= 2 && s[i-2] == '\\' && (s[i-1] == 'n' || s[i-1] == 't' || s[i-1] == 'r')
}

// digitNeighbour reports whether a number may stand directly after the character that ends at i: CJK text has no blanks.
func digitNeighbour(s string, i int) bool {
	j := i - 1
	for j > 0 && s[j] >= 0x80 && s[j] < 0xC0 {
		j--
	}
	return s[j] >= 0xE2
}

func skipDigits(s string, i int) int {
	for i < len(s) && (isAlnum(s[i]) || s[i] == '_') {
		i++
	}
	return i
}

// read reads digit groups from i. It stops at the first character that is neither a digit nor a single separator between groups.
func (g *group) read(s string, i int) {
	g.start, g.end = i, i
	if i > 0 && s[i-1] == '(' {
		g.paren = true
		g.start = i - 1
	}
	if g.start > 0 && s[g.start-1] == '+' {
		g.plus = true
		g.start--
	} else if g.start > 1 && s[g.start-1] == '(' && s[g.start-2] == '+' {
		g.plus = true
		g.start -= 2
	}
	g.readGroups(s, i)
	if g.paren && strings.IndexByte(string(g.seps[:min(g.groups, len(g.seps))]), ')') < 0 {
		// The parenthesis is around the number, not a part of it.
		g.paren, g.plus, g.start = false, false, i
		if s[i-1] == '+' {
			g.plus, g.start = true, i-1
		}
	}
}

func (g *group) readGroups(s string, i int) {
	j := i
	for {
		from := j
		for j < len(s) && isDigit(s[j]) {
			if g.n < len(g.digits) {
				g.digits[g.n] = s[j]
			}
			g.n++
			j++
		}
		if g.groups < len(g.sizes) {
			g.sizes[g.groups] = uint8(min(j-from, 255))
		}
		if g.groups < len(g.ends) {
			g.ends[g.groups] = j
		}
		g.groups++
		g.end = j
		if g.n > maxGroupDigits || g.groups >= len(g.sizes) || j >= len(s) {
			return
		}
		next, sep := separator(s, j)
		if next == 0 {
			return
		}
		g.seps[g.groups] = sep
		j = next
	}
}

// separator returns the offset of the next digit group after the separator at j, or 0.
func separator(s string, j int) (int, byte) {
	switch s[j] {
	case ' ', '-', '.', '/':
		if isDigit(at(s, j+1)) {
			return j + 1, s[j]
		}
		if s[j] != '.' && at(s, j+1) == '(' && isDigit(at(s, j+2)) {
			return j + 2, '('
		}
		if s[j] == ' ' && (at(s, j+1) == '-' || at(s, j+1) == '/') && at(s, j+2) == ' ' && isDigit(at(s, j+3)) {
			return j + 3, at(s, j+1)
		}
	case ')':
		k := j + 1
		if at(s, k) == ' ' || at(s, k) == '-' || at(s, k) == '/' || at(s, k) == '.' {
			k++
		}
		if isDigit(at(s, k)) {
			return k, ')'
		}
	case '(':
		if isDigit(at(s, j+1)) {
			return j + 1, '('
		}
	case 0xC2: // no-break space
		if at(s, j+1) == 0xA0 && isDigit(at(s, j+2)) {
			return j + 2, ' '
		}
	case 0xE2: // U+2010 to U+2014, hyphens and dashes; U+202F, narrow no-break space
		if at(s, j+1) == 0x80 && (at(s, j+2) >= 0x90 && at(s, j+2) <= 0x94 || at(s, j+2) == 0xAF) && isDigit(at(s, j+3)) {
			return j + 3, '-'
		}
	}
	return 0, 0
}

// classifyNumber decides what a number is, and records it.
func (sc *scanner) classifyNumber(g *group) bool {
	s := sc.text
	// A decimal fraction, a part of a word or of a longer chain is none of the numbers below.
	extended := false
	if next := at(s, g.end); g.end < len(s) && (isLetter(next) || next == '_' || next == '%') {
		if extended = next|0x20 == 'x' && extensionEnd(s, g.end) > 0; !extended {
			return false
		}
	}
	first := g.start
	if first > 0 {
		prev := s[first-1]
		if prev == '.' || prev == '-' && first > 1 && isAlnum(s[first-2]) || prev == '#' && !sc.cardBefore(first) || prev == '$' || prev == '/' && first > 1 && isAlnum(s[first-2]) {
			return false
		}
	}
	if g.end+1 < len(s) && (s[g.end] == '.' || s[g.end] == '-' || s[g.end] == '/') && isAlnum(s[g.end+1]) && !phoneWordAfter(s, g.end) {
		return false
	}
	if extended {
		return sc.phone(g)
	}
	return sc.card(g) || sc.ssn(g) || sc.announcedCard(g) || sc.phone(g)
}

// ssn recognises United States social security numbers in their written form ddd-dd-dddd, by the ranges that are issued (Social
// Security Administration: no 000, 666 or 9xx; no group 00; no serial 0000), and taxpayer numbers 9dd-(50..99)-dddd.
func (sc *scanner) ssn(g *group) bool {
	if g.n == 9 && g.groups == 1 && !g.plus && near(sc.ssnWord, g.start) && validSSN(g.digits[:9]) && !sc.identifierBefore(g.start) {
		sc.addNumber(g.start, g.end, ruleSSN)
		return true
	}
	if g.n != 9 || g.groups != 3 || g.sizes[0] != 3 || g.sizes[1] != 2 || g.sizes[2] != 4 || g.seps[1] != g.seps[2] || g.plus || g.paren {
		return false
	}
	dash := g.seps[1] == '-'
	if !dash && (g.seps[1] != ' ' && g.seps[1] != '.' || !near(sc.ssnWord, g.start)) {
		return false
	}
	if !validSSN(g.digits[:9]) || !near(sc.ssnWord, g.start) && sc.itemBefore(g.start) {
		return false
	}
	sc.addNumber(g.start, g.end, ruleSSN)
	return true
}

func validSSN(d []byte) bool {
	area, grp, serial := string(d[:3]), string(d[3:5]), string(d[5:9])
	if area == "000" || area == "666" || grp == "00" || serial == "0000" || distinct(string(d), 2) < 2 {
		return false
	}
	if area[0] == '9' {
		return grp >= "50"
	}
	return true
}

// maxWordGap is the distance within which a word announces a number.
const maxWordGap = 48

// quantities are words before numbers that are no cards: offset 4111111111111111.
var quantities = wordSetOf("nanos micros millis nonce serial tracking order invoice pid tid ppid offset timestamp bytes size duration epoch hash seed id ids line port pid seq sequence version uid")

// units follow numbers that are no cards.
var units = wordSetOf("ns us µs ms s sec seconds nanoseconds microseconds milliseconds bytes b kb mb gb kib mib tokens rows requests records events items times ticks cycles wei satoshis")

// unitAfter reports whether a unit follows the number that ends at i.
func unitAfter(s string, i int) bool {
	if at(s, i) != ' ' || i >= len(s) {
		return false
	}
	j := i + 1
	for j < len(s) && isLetter(s[j]) {
		j++
	}
	return j > i+1 && inSet(units, s[i+1:j])
}

// itemWords stand before the numbers of things: part no 123-45-6789.
var itemWords = wordSetOf("part item sku model serial order invoice ticket case ref reference lot batch catalog catalogue product bin drawing isbn version build rev room extension ext zip")

// itemBefore reports whether the number at i is that of a thing: one of itemWords stands before it, perhaps with "no" or "number".
func (sc *scanner) itemBefore(i int) bool {
	s := sc.text
	for range 2 {
		for i > sc.floor && strings.IndexByte(" .:#=", s[i-1]) >= 0 {
			i--
		}
		w := i
		for w > sc.floor && isLetter(s[w-1]) && i-w < maxInSet {
			w--
		}
		word := s[w:i]
		if inSet(itemWords, word) {
			return true
		}
		if !foldEqual(word, "no") && !foldEqual(word, "number") && !foldEqual(word, "num") && !foldEqual(word, "nr") && !foldEqual(word, "id") {
			return false
		}
		i = w
	}
	return false
}

// near reports whether the word that ended at word announces what begins at i.
func near(word, i int) bool { return word > 0 && i-word <= maxWordGap }

// identifierBefore reports whether the number at i stands under a key such as id, timestamp or bytes.
func (sc *scanner) identifierBefore(i int) bool {
	s := sc.text
	if sc.name != "" && i == 0 {
		return identifierKeys.classify(sc.name).class == keyIdentifier
	}
	k, operator := i, false
	lo := max(i-8, sc.floor)
	for k > lo && (s[k-1] == ' ' || s[k-1] == '"' || s[k-1] == '\'' || s[k-1] == '\\' || s[k-1] == ':' || s[k-1] == '=') {
		k--
		operator = operator || s[k] == ':' || s[k] == '='
	}
	if k < 1 || k == i {
		return false
	}
	if !operator {
		// Without an operator only the word itself counts.
		from := k
		for from > lo-16 && from > sc.floor && isLetter(s[from-1]) {
			from--
		}
		return inSet(quantities, s[from:k])
	}
	return identifierKeys.classify(s[sc.keyStart(k):k]).class == keyIdentifier
}
