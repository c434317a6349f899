package redact

// ibanLengths lists the length of an IBAN by country (ISO 13616, IBAN registry).
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24,
	"DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
	"HN": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25,
	"MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20, "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29,
	"RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29,
	"VA": 22, "VG": 24, "XK": 20, "YE": 30,
}

// iban looks for an account number whose check digits begin at i, after the letters of the country. It may be written in groups of
// four with blanks or dashes.
func (sc *scanner) iban(i int) bool {
	s := sc.text
	start := i - 2
	if start < sc.floor || !isLetter(s[start]) || !isLetter(s[start+1]) || !isDigit(at(s, i+1)) {
		return false
	}
	if start > 0 && isAlnum(s[start-1]) && !(start >= 2 && s[start-2] == '\\') && !(start >= 3 && s[start-3] == '%') {
		return false
	}
	var country [2]byte
	country[0], country[1] = s[start]&^0x20, s[start+1]&^0x20
	want := ibanLengths[string(country[:])]
	if want == 0 {
		return false
	}
	// The check digits come last in the number that the remainder is taken of; letters count as 10 to 35.
	n, mod, j := 0, 0, start
	var head [4]byte
	for j < len(s) && n < want {
		b := s[j]
		if !isAlnum(b) {
			if (b == ' ' || b == '-' || b == '.') && j+1 < len(s) && isAlnum(s[j+1]) && n > 3 {
				j++
				continue
			}
			return false
		}
		if n < 4 {
			head[n] = b
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
