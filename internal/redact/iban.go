package redact

// ibanFormats lists what follows the country and the check digits of an IBAN: n a digit, a a letter, c either (ISO 13616, IBAN
// registry).
var ibanFormats = map[string]string{
	"AD": "nnnnnnnncccccccccccc", "AE": "nnnnnnnnnnnnnnnnnnn", "AL": "nnnnnnnncccccccccccccccc", "AT": "nnnnnnnnnnnnnnnn",
	"AZ": "aaaacccccccccccccccccccc", "BA": "nnnnnnnnnnnnnnnn", "BE": "nnnnnnnnnnnn", "BG": "aaaannnnnncccccccc",
	"BH": "aaaacccccccccccccc", "BI": "nnnnnnnnnnnnnnnnnnnnnnn", "BR": "nnnnnnnnnnnnnnnnnnnnnnnac", "BY": "ccccnnnncccccccccccccccc",
	"CH": "nnnnncccccccccccc", "CR": "nnnnnnnnnnnnnnnnnn", "CY": "nnnnnnnncccccccccccccccc", "CZ": "nnnnnnnnnnnnnnnnnnnn",
	"DE": "nnnnnnnnnnnnnnnnnn", "DJ": "nnnnnnnnnnnnnnnnnnnnnnn", "DK": "nnnnnnnnnnnnnn", "DO": "ccccnnnnnnnnnnnnnnnnnnnn",
	"EE": "nnnnnnnnnnnnnnnn", "EG": "nnnnnnnnnnnnnnnnnnnnnnnnn", "ES": "nnnnnnnnnnnnnnnnnnnn", "FI": "nnnnnnnnnnnnnn",
	"FK": "aannnnnnnnnnnn", "FO": "nnnnnnnnnnnnnn", "FR": "nnnnnnnnnncccccccccccnn", "GB": "aaaannnnnnnnnnnnnn",
	"GE": "aannnnnnnnnnnnnnnn", "GI": "aaaaccccccccccccccc", "GL": "nnnnnnnnnnnnnn", "GR": "nnnnnnncccccccccccccccc",
	"GT": "cccccccccccccccccccccccc", "HN": "aaaannnnnnnnnnnnnnnnnnnn", "HR": "nnnnnnnnnnnnnnnnn", "HU": "nnnnnnnnnnnnnnnnnnnnnnnn",
	"IE": "aaaannnnnnnnnnnnnn", "IL": "nnnnnnnnnnnnnnnnnnn", "IQ": "aaaannnnnnnnnnnnnnn", "IS": "nnnnnnnnnnnnnnnnnnnnnn",
	"IT": "annnnnnnnnncccccccccccc", "JO": "aaaannnncccccccccccccccccc", "KW": "aaaacccccccccccccccccccccc", "KZ": "nnnccccccccccccc",
	"LB": "nnnncccccccccccccccccccc", "LC": "aaaacccccccccccccccccccccccc", "LI": "nnnnncccccccccccc", "LT": "nnnnnnnnnnnnnnnn",
	"LU": "nnnccccccccccccc", "LV": "aaaaccccccccccccc", "LY": "nnnnnnnnnnnnnnnnnnnnn", "MC": "nnnnnnnnnncccccccccccnn",
	"MD": "cccccccccccccccccccc", "ME": "nnnnnnnnnnnnnnnnnn", "MK": "nnnccccccccccnn", "MN": "nnnnnnnnnnnnnnnn",
	"MR": "nnnnnnnnnnnnnnnnnnnnnnn", "MT": "aaaannnnncccccccccccccccccc", "MU": "aaaannnnnnnnnnnnnnnnnnnaaa", "NI": "aaaannnnnnnnnnnnnnnnnnnn",
	"NL": "aaaannnnnnnnnn", "NO": "nnnnnnnnnnn", "OM": "nnncccccccccccccccc", "PK": "aaaacccccccccccccccc",
	"PL": "nnnnnnnnnnnnnnnnnnnnnnnn", "PS": "aaaaccccccccccccccccccccc", "PT": "nnnnnnnnnnnnnnnnnnnnn", "QA": "aaaaccccccccccccccccccccc",
	"RO": "aaaacccccccccccccccc", "RS": "nnnnnnnnnnnnnnnnnn", "RU": "nnnnnnnnnnnnnnccccccccccccccc", "SA": "nncccccccccccccccccc",
	"SC": "aaaannnnnnnnnnnnnnnnnnnnaaa", "SD": "nnnnnnnnnnnnnn", "SE": "nnnnnnnnnnnnnnnnnnnn", "SI": "nnnnnnnnnnnnnnn",
	"SK": "nnnnnnnnnnnnnnnnnnnn", "SM": "annnnnnnnnncccccccccccc", "SO": "nnnnnnnnnnnnnnnnnnn", "ST": "nnnnnnnnnnnnnnnnnnnnn",
	"SV": "aaaannnnnnnnnnnnnnnnnnnn", "TL": "nnnnnnnnnnnnnnnnnnn", "TN": "nnnnnnnnnnnnnnnnnnnn", "TR": "nnnnnncccccccccccccccc",
	"UA": "nnnnnnccccccccccccccccccc", "VA": "nnnnnnnnnnnnnnnnnn", "VG": "aaaannnnnnnnnnnnnnnn", "XK": "nnnnnnnnnnnnnnnn",
	"YE": "aaaannnncccccccccccccccccc",
}

// iban looks for an account number whose check digits begin at i, after the letters of the country. It may be written in groups of
// four with blanks or dashes.
func (sc *scanner) iban(i int) bool {
	s := sc.text
	start := i - 2
	if start < sc.floor || !isLetter(s[start]) || !isLetter(s[start+1]) || !isDigit(at(s, i+1)) {
		return false
	}
	if start > 0 && isAlnum(s[start-1]) && (start < 2 || s[start-2] != '\\') && (start < 3 || s[start-3] != '%') {
		return false
	}
	var country [2]byte
	country[0], country[1] = s[start]&^0x20, s[start+1]&^0x20
	format := ibanFormats[string(country[:])]
	if format == "" {
		return false
	}
	want := len(format) + 4
	lowerCase := isLower(s[start])
	// The check digits come last in the number that the remainder is taken of; letters count as 10 to 35.
	n, mod, j := 0, 0, start
	var head [4]byte
	for j < len(s) && n < want {
		b := s[j]
		if !isAlnum(b) {
			// Groups of four, in capitals.
			if (b == ' ' || b == '-' || b == '.') && j+1 < len(s) && isAlnum(s[j+1]) && n > 3 && n%4 == 0 && !lowerCase {
				j++
				continue
			}
			return false
		}
		if isLetter(b) && isLower(b) != lowerCase || n >= 4 && !ibanFits(format[n-4], b) {
			return false
		}
		if n < 4 {
			head[n] = b //nolint:gosec // n is below 4
		} else {
			mod = ibanStep(mod, b)
		}
		n++
		j++
	}
	if n < want || j < len(s) && isAlnum(s[j]) {
		return false
	}
	for _, b := range head {
		mod = ibanStep(mod, b)
	}
	if mod != 1 {
		return false
	}
	sc.add(start, j, ruleIBAN)
	sc.advance(j)
	return true
}

func ibanStep(mod int, b byte) int {
	if isDigit(b) {
		return (mod*10 + int(b-'0')) % 97
	}
	return (mod*100 + int(b|0x20-'a') + 10) % 97
}

func ibanFits(kind, b byte) bool {
	switch kind {
	case 'n':
		return isDigit(b)
	case 'a':
		return isLetter(b)
	default:
		return true
	}
}
