package redact

import "strings"

// indianPAN checks the letter that says what kind of taxpayer has a permanent account number (Income Tax Department of India).
func indianPAN(s string) bool { return strings.IndexByte("ABCFGHJLPT", s[3]) >= 0 }

// germanTaxID checks a tax identification number by ISO 7064 MOD 11,10. Of its first ten digits one occurs two or three times (Abgabenordnung
// 139b; Bundeszentralamt für Steuern).
func germanTaxID(s string) bool {
	if s[0] == '0' {
		return false
	}
	product := 10
	var seen [10]int
	for i := range 10 {
		seen[digit(s, i)]++
		sum := (digit(s, i) + product) % 10
		if sum == 0 {
			sum = 10
		}
		product = sum * 2 % 11
	}
	repeated, most := 0, 0
	for _, n := range seen {
		if n > 1 {
			repeated++
		}
		most = max(most, n)
	}
	return (11-product)%10 == digit(s, 10) && repeated == 1 && most <= 3
}

// germanInsurance checks a social insurance number: area, date of birth, letter, serial number, check digit (Verordnung über die
// Versicherungsnummer, 2).
func germanInsurance(s string) bool {
	n := int(s[8]-'A') + 1
	d := s[:8] + string('0'+rune(n/10)) + string('0'+rune(n%10)) + s[9:11]
	sum := 0
	for i, w := range [...]int{2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1} {
		p := digit(d, i) * w
		sum += p/10 + p%10
	}
	month := digit(s, 4)*10 + digit(s, 5)
	return month <= 12 && sum%10 == digit(s, 11)
}

// cardLetters are the letters in the serial number of an identity card (Personalausweisverordnung, annex).
const cardLetters = "CFGHJKLMNPRTVWXYZ"

// germanCard checks the serial number of a German identity card or passport, with or without the check digit (ICAO 9303, part 3).
func germanCard(s string) bool {
	weights := [...]int{7, 3, 1}
	sum, digits := 0, 0
	for i := range 9 {
		v := digit(s, i)
		if isLetter(s[i]) {
			if strings.IndexByte(cardLetters, s[i]) < 0 {
				return false
			}
			v = int(s[i]-'A') + 10
		} else {
			digits++
		}
		sum += v * weights[i%3]
	}
	return digits >= 3 && (len(s) == 9 || sum%10 == digit(s, 9))
}

// austrianInsurance checks a social insurance number: serial number, check digit, date of birth (Dachverband der Sozialversicherungsträger).
func austrianInsurance(s string) bool {
	sum := weighted(s, 3, 7, 9, 0, 5, 8, 4, 2, 1, 6)
	day, month := digit(s, 4)*10+digit(s, 5), digit(s, 6)*10+digit(s, 7)
	return s[0] != '0' && sum%11 == digit(s, 3) && day >= 1 && day <= 31 && month >= 1 && month <= 15
}

// bsn checks a Dutch citizen service number by the eleven test (Rijksdienst voor Identiteitsgegevens).
func bsn(s string) bool { return weighted(s, 9, 8, 7, 6, 5, 4, 3, 2, -1)%11 == 0 }

// pesel checks a Polish personal number: date of birth, with the century in the month, and check digit (Ministerstwo Cyfryzacji).
func pesel(s string) bool {
	month, day := (digit(s, 2)*10+digit(s, 3))%20, digit(s, 4)*10+digit(s, 5)
	sum := weighted(s, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)
	return month >= 1 && month <= 12 && day >= 1 && day <= 31 && sum%10 == 0
}

// tfn checks an Australian tax file number (Australian Taxation Office).
func tfn(s string) bool { return weighted(s, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0 }
