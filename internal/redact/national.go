package redact

import "strings"

// nationalIDs lists the kinds of the preset pii_national. A candidate is a run of letters and digits with single blanks, dots, dashes and
// slashes within; match gets it without them, in capitals, after its shape has been compared with a form in which 9 stands for a digit,
// A for a letter, X for either and everything else for itself.
var nationalIDs = []struct {
	rule  string
	forms []string
	match func(string) bool
	// announced lists further forms, without separators, that count after a word that announces them.
	announced []string
}{
	{"pii.national-br-cpf", []string{"999.999.999-99"}, cpf, nil},
	{"pii.national-br-cnpj", []string{"99.999.999/9999-99", "XX.XXX.XXX/XXXX-99"}, cnpj, nil},
	{"pii.national-in-aadhaar", []string{"9999 9999 9999", "9999-9999-9999"}, func(s string) bool { return s[0] > '1' && verhoeff(s) }, nil},
	{"pii.national-in-pan", []string{"AAAAA9999A"}, indianPAN, nil},
	{"pii.national-es-dni", []string{"99999999A", "99999999-A", "A9999999A", "A-9999999-A"}, dni, []string{"9999999A"}},
	{"pii.national-it-codice-fiscale", []string{"AAAAAA99A99A999A"}, codiceFiscale, []string{"AAAAAAXXAXXAXXXA"}},
	{"pii.national-fr-nir", []string{"9 99 99 99 999 999 99", "9 99 99 9A 999 999 99", "999999999999999", "999999A99999999"}, nir, nil},
	{"pii.national-gb-nino", []string{"AA999999A", "AA 99 99 99 A"}, nino, nil},
	{"pii.national-gb-nhs", []string{"999 999 9999"}, nhs, nil},
	{"pii.national-ca-sin", []string{"999 999 999", "999-999-999"}, func(s string) bool { return s[0] != '0' && s[0] != '8' && luhn([]byte(s)) }, nil},
	{"pii.national-kr-rrn", []string{"999999-9999999"}, rrn, nil},
	{"pii.national-cn-id", []string{"999999999999999999", "99999999999999999A"}, chineseID, nil},
	{"pii.national-se-personnummer", []string{"999999-9999", "99999999-9999"}, personnummer, nil},
	{"pii.national-fi-hetu", []string{"999999-999A", "999999-9999", "999999A999A", "999999A9999"}, hetu, nil},
	{"pii.national-be-rrn", []string{"99.99.99-999.99"}, belgianNumber, nil},
	{"pii.national-ch-ahv", []string{"999.9999.9999.99", "9999999999999", "999 9999 9999 99"}, ahv, nil},
	{"pii.national-de-tax-id", []string{"99 999 999 999", "99999999999"}, germanTaxID, nil},
	{"pii.national-de-social-insurance", []string{"99999999A999", "99 999999 A 999", "99 999999 A999"}, germanInsurance, nil},
	{"pii.national-de-id-card", []string{"AXXXXXXXX9"}, germanCard, []string{"AXXXXXXXX"}},
	{"pii.national-at-social-insurance", []string{"9999 999999", "9999-999999"}, austrianInsurance, nil},
	{"pii.national-nl-bsn", []string{"9999.99.999", "9999 99 999"}, bsn, nil},
	{"pii.national-pl-pesel", []string{"99999999999"}, pesel, nil},
	{"pii.national-au-tfn", nil, tfn, []string{"999999999"}},
}

// national finds national identification numbers.
func national(sc *scanner) {
	s := sc.text
	for i := 0; i < len(s); {
		if !isAlnum(s[i]) || !wordBegins(s, i) || i > 0 && (s[i-1] == '.' || s[i-1] == '_' || s[i-1] == '-') {
			i++
			continue
		}
		i += escapeLen(s, i)
		if n := sc.nationalAt(i); n > 0 {
			i += n
			continue
		}
		for i < len(s) && isAlnum(s[i]) {
			i++
		}
	}
}

// nationalAt records a number that begins at i and returns its length, or 0.
func (sc *scanner) nationalAt(i int) int {
	s := sc.text
	for k := range nationalIDs {
		id := &nationalIDs[k]
		for _, form := range id.forms {
			end := i + len(form)
			if end > len(s) || end < len(s) && (isAlnum(s[end]) || (s[end] == '-' || s[end] == '.') && isDigit(at(s, end+1))) {
				continue
			}
			compact, ok := fits(s[i:end], form)
			if ok && distinct(compact, 3) >= 3 && id.match(compact) {
				sc.add(i, end, nationalRules[k])
				return len(form)
			}
		}
	}
	return 0
}

// fits returns s without its separators, in capitals, when it has the form.
func fits(s, form string) (string, bool) {
	var buf [24]byte
	n := 0
	for i := range len(form) {
		switch b := s[i]; form[i] {
		case '9':
			if !isDigit(b) {
				return "", false
			}
			buf[n] = b
			n++
		case 'A':
			if !isLetter(b) {
				return "", false
			}
			buf[n] = b &^ 0x20
			n++
		case 'X':
			if !isAlnum(b) || isLower(b) {
				return "", false
			}
			buf[n] = b
			n++
		default:
			if b != form[i] {
				return "", false
			}
		}
	}
	return string(buf[:n]), true
}

func digit(s string, i int) int { return int(s[i] - '0') }

// weighted returns the sum of the digits of s, each times its weight.
func weighted(s string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += digit(s, i) * w
	}
	return sum
}

// elevens is the check digit of Brazilian numbers: 11 less the remainder, or 0.
func elevens(sum int) int {
	if r := sum % 11; r >= 2 {
		return 11 - r
	}
	return 0
}

// cpf checks a Brazilian taxpayer number of a person (Receita Federal).
func cpf(s string) bool {
	return elevens(weighted(s, 10, 9, 8, 7, 6, 5, 4, 3, 2)) == digit(s, 9) && elevens(weighted(s, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)) == digit(s, 10)
}

// cnpj checks a Brazilian taxpayer number of a company. Since July 2026 it may hold letters, which count as their code less 48 (Receita Federal,
// nota técnica COCAD 49/2024); digit does just that.
func cnpj(s string) bool {
	return elevens(weighted(s, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) == digit(s, 12) && elevens(weighted(s, 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)) == digit(s, 13)
}

// verhoeff checks the last digit by the dihedral group of order ten (J. Verhoeff, 1969), as Indian Aadhaar numbers do.
func verhoeff(s string) bool {
	c := 0
	for i := range len(s) {
		c = dihedral(c, permuted(i%8, digit(s, len(s)-1-i)))
	}
	return c == 0
}

func dihedral(a, b int) int {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return 5 + (a+b)%5
	case b < 5:
		return 5 + (a-b)%5
	default:
		return (a - b + 5) % 5
	}
}

func permuted(times, d int) int {
	for range times {
		d = [...]int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}[d]
	}
	return d
}

// dni checks a Spanish identity number; X, Y and Z begin those of foreigners (Real Decreto 1553/2005).
func dni(s string) bool {
	var n int
	switch s[0] {
	case 'X', 'Y', 'Z':
		n = int(s[0] - 'X')
	default:
		if !isDigit(s[0]) {
			return false
		}
		n = digit(s, 0)
	}
	for i := 1; i < 8; i++ {
		n = n*10 + digit(s, i)
	}
	return "TRWAGMYFPDXBNJZSQVHLCKE"[n%23] == s[8]
}

// codiceFiscale checks an Italian tax code (Decreto ministeriale 23/12/1976).
func codiceFiscale(s string) bool {
	numbers := 0
	for _, i := range [...]int{6, 7, 9, 10, 12, 13, 14} {
		// The letters LMNPQRSTUV stand for digits where two people would have the same code.
		if isDigit(s[i]) {
			numbers++
		} else if strings.IndexByte("LMNPQRSTUV", s[i]) < 0 {
			return false
		}
	}
	if numbers < 3 {
		return false
	}
	odd := [...]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}
	sum := 0
	for i := range 15 {
		var v int
		if isDigit(s[i]) {
			v = digit(s, i)
		} else {
			v = int(s[i] - 'A')
		}
		if i%2 == 0 {
			v = odd[v]
		}
		sum += v
	}
	return byte('A'+sum%26) == s[15]
}

// nir checks a French social security number: 97 less the remainder of the first thirteen digits (INSEE).
func nir(s string) bool {
	n := 0
	for i := range 13 {
		d := digit(s, i)
		if isLetter(s[i]) { // Corsica: 2A counts as 19, 2B as 18
			if s[i-1] != '2' || s[i] > 'B' {
				return false
			}
			n, d = n+96, 9-int(s[i]-'A')
		}
		n = (n*10 + d) % 97
	}
	month := digit(s, 3)*10 + digit(s, 4)
	return (s[0] == '1' || s[0] == '2') && (month >= 1 && month <= 12 || month >= 20) && 97-n == digit(s, 13)*10+digit(s, 14)
}

// nino checks the letters of a British national insurance number (HMRC, NIM39110).
func nino(s string) bool {
	for _, b := range []byte("DFIQUV") {
		if s[0] == b || s[1] == b {
			return false
		}
	}
	switch s[:2] {
	case "BG", "GB", "KN", "NK", "NT", "TN", "ZZ":
		return false
	}
	return s[1] != 'O' && s[8] >= 'A' && s[8] <= 'D'
}

// nhs checks a British health service number (NHS Data Dictionary).
func nhs(s string) bool {
	c := 11 - weighted(s, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11
	return c%11 == digit(s, 9) && c != 10
}

// rrn checks a South Korean resident registration number.
func rrn(s string) bool {
	month, day := digit(s, 2)*10+digit(s, 3), digit(s, 4)*10+digit(s, 5)
	if month < 1 || month > 12 || day < 1 || day > 31 || s[6] < '1' || s[6] > '8' {
		return false
	}
	return (11-weighted(s, 2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)%11)%10 == digit(s, 12)
}

// chineseID checks a Chinese citizen number by ISO 7064 MOD 11-2 (GB 11643).
func chineseID(s string) bool {
	year, month, day := s[6:10], digit(s, 10)*10+digit(s, 11), digit(s, 12)*10+digit(s, 13)
	if year < "1900" || year > "2029" || month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	return "10X98765432"[weighted(s, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)%11] == s[17]
}

// personnummer checks a Swedish personal number: the date of birth, and Luhn over the last ten digits (Skatteverket).
func personnummer(s string) bool {
	d := s[len(s)-10:]
	month, day := digit(d, 2)*10+digit(d, 3), digit(d, 4)*10+digit(d, 5)
	return month >= 1 && month <= 12 && (day >= 1 && day <= 31 || day >= 61 && day <= 91) && luhn([]byte(d))
}

// hetu checks a Finnish personal identity code (Digital and Population Data Services Agency).
func hetu(s string) bool {
	d := s
	if len(s) == 11 {
		if s[6] != 'A' && (s[6] < 'B' || s[6] > 'F') && (s[6] < 'U' || s[6] > 'Y') {
			return false
		}
		d = s[:6] + s[7:]
	}
	day, month := digit(d, 0)*10+digit(d, 1), digit(d, 2)*10+digit(d, 3)
	if day < 1 || day > 31 || month < 1 || month > 12 {
		return false
	}
	n := 0
	for i := range 9 {
		n = n*10 + digit(d, i)
	}
	return "0123456789ABCDEFHJKLMNPRSTUVWXY"[n%31] == d[9]
}

// belgianNumber checks a Belgian national register number: 97 less the remainder of the first nine digits, with a leading 2 for births since
// 2000.
func belgianNumber(s string) bool {
	n := 0
	for i := range 9 {
		n = n*10 + digit(s, i)
	}
	check := digit(s, 9)*10 + digit(s, 10)
	return 97-n%97 == check || 97-(2_000_000_000+n)%97 == check
}

// ahv checks a Swiss social insurance number: the country code 756 and an EAN-13 check digit.
func ahv(s string) bool {
	return s[:3] == "756" && (10-weighted(s, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3)%10)%10 == digit(s, 12)
}

// nationalRules are the rules of nationalIDs, in its order.
var nationalRules = func() []ruleID {
	out := make([]ruleID, len(nationalIDs))
	for i := range nationalIDs {
		out[i] = mustRule(nationalIDs[i].rule)
	}
	return out
}()
