package redact

import "strings"

// callingCodes lists the country calling codes in use (ITU-T E.164, list of assigned codes): the codes of one and two digits; every
// other code has three.
var callingCodes = map[string]bool{
	"1": true, "7": true,
	"20": true, "27": true, "30": true, "31": true, "32": true, "33": true, "34": true, "36": true, "39": true, "40": true, "41": true, "43": true, "44": true,
	"45": true, "46": true, "47": true, "48": true, "49": true, "51": true, "52": true, "53": true, "54": true, "55": true, "56": true, "57": true, "58": true,
	"60": true, "61": true, "62": true, "63": true, "64": true, "65": true, "66": true, "81": true, "82": true, "84": true, "86": true, "90": true, "91": true,
	"92": true, "93": true, "94": true, "95": true, "98": true,
}

// threeDigitCode reports the zones in which calling codes have three digits.
func threeDigitCode(d []byte) bool {
	switch string(d[:2]) {
	case "21", "22", "23", "24", "25", "26", "29", "35", "37", "38", "42", "50", "59", "67", "68", "80", "85", "87", "88", "96", "97", "99":
		return true
	}
	return false
}

// phone recognises telephone numbers: in international form (E.164), in national forms whose grouping is known, and any plausible
// grouping after a word such as "call" or "phone".
func (sc *scanner) phone(g *group) bool {
	if g.n < 7 || g.n > 15 {
		return false
	}
	for i := 1; i < g.groups; i++ {
		if g.sizes[i] > 11 {
			return false
		}
	}
	if distinct(string(g.digits[:g.n]), 2) < 2 || !g.plus && (g.hasDate() || g.isAddress() || inDump(sc.text, g) || inCodePoints(sc.text, g)) {
		return false
	}
	if g.plus && international(g) || g.national() || g.plausible() && sc.announced(g) && !sc.identifierBefore(g.start) {
		sc.addNumber(g.start, max(g.end, extensionEnd(sc.text, g.end)), rulePhone)
		return true
	}
	return false
}

// hasDate reports three groups that are a date, 2026-11-22, among those of the number.
func (g *group) hasDate() bool {
	pos := 0
	for i := 0; i+2 < min(g.groups, len(g.sizes)); i++ {
		d := g.digits[min(pos, len(g.digits)-2):]
		if g.sizes[i] == 4 && g.sizes[i+1] == 2 && g.sizes[i+2] == 2 && (d[0] == '1' && d[1] == '9' || d[0] == '2' && d[1] == '0') {
			return true
		}
		pos += int(g.sizes[i])
	}
	return false
}

// isAddress reports that the number is or begins with four groups that are an address of the internet.
func (g *group) isAddress() bool {
	return (g.groups == 4 || g.groups == 5 && g.seps[4] == '/') && g.seps[1] == '.' && g.seps[2] == '.' && g.seps[3] == '.' && g.sizes[0] <= 3 && g.sizes[1] <= 3 && g.sizes[2] <= 3 && g.sizes[3] <= 3
}

// inDump reports that the pairs of digits stand among other pairs of hexadecimal digits.
func inDump(s string, g *group) bool {
	pair := func(i int) bool { return isHex(at(s, i)) && isHex(at(s, i+1)) }
	return g.sizes[0] == 2 && (g.start > 2 && s[g.start-1] == ' ' && pair(g.start-3) && !isAlnum(at(s, g.start-4)) || at(s, g.end) == ' ' && pair(g.end+1) && g.end+2 < len(s) && !isAlnum(at(s, g.end+3)))
}

func international(g *group) bool {
	d := g.digits[:g.n]
	if g.n < 8 || d[0] == '0' || g.groups == 2 && g.seps[1] == '.' && g.sizes[0] < 3 {
		return false
	}
	switch {
	case d[0] == '1':
		return g.n == 11 && d[1] >= '2'
	case callingCodes[string(d[:1])]:
		return g.n == 11
	case callingCodes[string(d[:2])] || threeDigitCode(d):
		return g.slashes() == 0
	}
	return false
}

func (g *group) slashes() int { return strings.Count(string(g.seps[:min(g.groups, len(g.seps))]), "/") }

// national reports groupings that hardly anything else has.
func (g *group) national() bool {
	d := g.digits[:g.n]
	sz, sp := g.sizes, g.seps
	switch {
	case g.plus:
		return false
	// North America: (415) 555-0132, 415-555-0132, 415.555.0132, 1-415-555-0132.
	case g.groups == 3 && sz[0] == 3 && sz[1] == 3 && sz[2] == 4 && d[0] >= '2' && d[3] >= '2':
		return g.paren && sp[1] == ')' || sp[1] == sp[2] && (sp[1] == '-' || sp[1] == '.')
	case g.groups == 4 && sz[0] == 1 && d[0] == '1' && sz[1] == 3 && sz[2] == 3 && sz[3] == 4 && d[1] >= '2' && d[4] >= '2':
		return sp[2] == sp[3] && (sp[2] == '-' || sp[2] == '.' || sp[2] == ' ') || sp[1] == '('
	// United Kingdom: 020 7946 0958, 07700 900123, 0161 496 0000.
	case g.groups == 3 && d[0] == '0' && (sz[0] == 3 && sz[1] == 4 && sz[2] == 4 || sz[0] == 4 && sz[1] == 3 && sz[2] == 4 || sz[0] == 5 && sz[1] == 3 && sz[2] == 3):
		return sp[1] == ' ' && sp[2] == ' ' || sp[1] == '-' && sp[2] == '-' || g.paren
	case g.groups == 2 && d[0] == '0' && sz[0] == 5 && sz[1] == 6 && d[1] == '7':
		return sp[1] == ' ' || sp[1] == '-'
	// France and others: 06 12 34 56 78.
	case !g.cut && g.groups == 5 && d[0] == '0' && d[1] != '0' && sz[0] == 2 && sz[1] == 2 && sz[2] == 2 && sz[3] == 2 && sz[4] == 2:
		return sp[1] == sp[2] && sp[2] == sp[3] && sp[3] == sp[4] && (sp[1] == ' ' || sp[1] == '.' || sp[1] == '-')
	// Germany and others: 030/901820, (030) 901820, 0171 2345678, 089-1234567.
	case g.groups == 2 && d[0] == '0' && d[1] >= '1' && sz[0] >= 3 && sz[0] <= 5 && sz[1] >= 6 && sz[1] <= 8 && g.n >= 9:
		return sp[1] == ' ' || sp[1] == '/' || sp[1] == '-' || g.paren
	// Japan, Korea: 03-1234-5678, 090-1234-5678.
	case g.groups == 3 && d[0] == '0' && (sz[0] == 2 || sz[0] == 3) && sz[1] == 4 && sz[2] == 4:
		return sp[1] == '-' && sp[2] == '-'
	// Australia: 04dd ddd ddd.
	case g.groups == 3 && d[0] == '0' && d[1] == '4' && sz[0] == 4 && sz[1] == 3 && sz[2] == 3:
		return sp[1] == ' ' && sp[2] == ' '
	// International with the prefix 00: 0049 30 901820.
	case d[0] == '0' && d[1] == '0' && g.n >= 11 && sz[0] >= 3 && g.groups >= 2:
		return d[2] != '0'
	}
	return false
}

// plausible reports a number that may be a telephone number once a word says so.
func (g *group) plausible() bool {
	if g.groups == 1 {
		return g.n >= 7 && g.n <= 13
	}
	if g.groups > 6 {
		return false
	}
	for i := range g.groups {
		if g.sizes[i] > 8 || g.groups == 2 && g.seps[1] == '.' {
			return false
		}
	}
	return true
}

// exampleBefore reports that s ends with words that announce the form of a number rather than a number.
func exampleBefore(s string) bool {
	s = strings.TrimRight(s, " \"'(")
	for _, w := range [...]string{"like", "such as", "e.g.", "for example", "format", "form"} {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	return false
}

// announced reports whether a word before the number says that it is a telephone number. After a verb such as "call" it takes more digits.
func (sc *scanner) announced(g *group) bool {
	if at(sc.text, g.start-1) == ':' || g.n == 7 && exampleBefore(sc.text[:g.start]) {
		return false
	}
	if near(sc.phoneWord, g.start) || near(sc.callWord, g.start) && (g.n >= 10 || g.groups > 1) {
		return true
	}
	return sc.announcedByClose(g) || sc.foreignKind(g.start, announcePhone)
}
