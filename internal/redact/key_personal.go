package redact

import "strings"

// personalTable lists the names of the numbers of persons, accounts and documents, and what takes some of keyTable's wider words back. Sources: the
// issuing authorities in rules_context.go; schema.org; the field names in the documentation of payment services.
var personalTable = []keyRow{
	{keyWhole, "pii.ssn", "ssn, ssn number, us ssn, social security number, socialsecuritynumber, social security no, ss number, itin"},
	{keyWhole, "pii.card", "card number, cardnumber, credit card number, creditcardnumber, creditcard number, debit card number, debitcardnumber, card no, cardno, cc number, ccnumber, cc num, ccnum, card num, cardnum, payment card number, primary account number, " +
		"kartennummer, kreditkartennummer, numéro de carte, numero de carte, número de tarjeta, numero de tarjeta, número do cartão, numero do cartao, numero carta, kaartnummer"},
	{keyWhole, "pii.iban", "iban, iban number, ibannumber, bank account iban, international bank account number"},
	{keyCVV, "secret.pin", "cvv, cvc, cvv2, cvc2, cvn, card cvv, card cvc, cvv code, cvc code, cvv number, card verification value, card verification code, card security code"},
	{keyPIN, "secret.pin", "confirmation code, authentication code, sign in code, signin code, one time pin, activation code, bestätigungscode, sicherheitscode, verifizierungscode, einmalpasswort, verificatiecode"},
	{keyWhole, "pii.passport", "passport number, passportnumber, passport no, passport num, passport id, passport nr, reisepassnummer, número de pasaporte, numero de pasaporte, numéro de passeport, paspoortnummer"},
	{keyWhole, "pii.driver-license", "driver license, drivers license, driver licence, drivers licence, driving licence, driving license, driver license number, drivers license number, driver licence number, drivers licence number, driving licence number, driving license number, " +
		"driver license no, driverlicense, driverslicense, dl number, führerscheinnummer, fuehrerscheinnummer, rijbewijsnummer"},
	{keyWhole, "pii.identifier", "tax id, taxid, tax number, tax identification number, tax id number, taxpayer id, taxpayer number, taxpayer identification number, national id, nationalid, national id number, national identity number, national identification number, " +
		"citizen id, identity card number, id card number, bank account number, bankaccountnumber, bank account no"},
	{keyNational, "pii.national-br-cpf", "cpf, cpf number"},
	{keyNational, "pii.national-br-cnpj", "cnpj, cnpj number"},
	{keyNational, "pii.national-in-aadhaar", "aadhaar, aadhar, aadhaar number, aadhar number, aadhaar no"},
	{keyNational, "pii.national-in-pan", "pan card number, pan card no"},
	{keyNational, "pii.national-gb-nino", "nino, national insurance number, national insurance no, ni number, ni no"},
	{keyNational, "pii.national-gb-nhs", "nhs number, nhs no"},
	{keyNational, "pii.national-es-dni", "dni, dni number, dni nie, dni nif, número de dni, numero de dni"},
	{keyNational, "pii.national-it-codice-fiscale", "codice fiscale, codicefiscale, fiscal code"},
	{keyNational, "pii.national-fr-nir", "numéro de sécurité sociale, numero securite sociale, numéro sécurité sociale"},
	{keyNational, "pii.national-ca-sin", "social insurance number, social insurance no, sin number"},
	{keyNational, "pii.national-au-tfn", "tfn, tax file number"},
	{keyNational, "pii.national-de-tax-id", "steuer id, steueridentifikationsnummer, steuer identifikationsnummer, steuernummer"},
	{keyNational, "pii.national-de-social-insurance", "sozialversicherungsnummer, sv nummer, svnr, rentenversicherungsnummer"},
	{keyNational, "pii.national-de-id-card", "personalausweisnummer, ausweisnummer, personalausweis nummer"},
	{keyNational, "pii.national-ch-ahv", "ahv nummer, ahv number, ahvn13, ahv nr, numéro avs, numero avs"},
	{keyNational, "pii.national-nl-bsn", "bsn, bsn nummer, burgerservicenummer"},
	{keyNational, "pii.national-pl-pesel", "pesel, pesel number, numer pesel"},
	{keyNational, "pii.national-se-personnummer", "personnummer"},
	{keyNational, "pii.national-fi-hetu", "hetu, henkilötunnus, henkilotunnus"},
	{keyNational, "pii.national-be-rrn", "rijksregisternummer"},
	{keyNational, "pii.national-kr-rrn", "resident registration number, 주민등록번호"},
	{keyNational, "pii.national-cn-id", "身份证号, 身份证号码, 身份证"},
	{keyBirth, "pii.date-of-birth", "date of birth, dateofbirth, dob, birth date, birthdate, geburtsdatum, fecha de nacimiento, date de naissance, data di nascita, data de nascimento, geboortedatum, data urodzenia, 生年月日, 出生日期, дата рождения"},
}

// minNationalDigits is the length from which a number in JSON, under a name of keyNational, is the number of a person.
const minNationalDigits = 8

// identifierSet holds what a number of a person may consist of where no quotes bound it.
var identifierSet = set("-0-9A-Za-z./ ")

// wholeValue reports whether v, under a name of keyWhole, is to be replaced: in a field whatever it is, elsewhere when it is mostly digits.
func wholeValue(v string, how setting) bool {
	if how == settingField {
		return !sentence(v) && !pathOrURL(v) && !codeExpression(v) && !strings.ContainsAny(v, "^[]{}\\|") && (featuresOf(v).digit > 0 || builtinKeys.classify(v).class == keyPlain)
	}
	f := featuresOf(v)
	return f.digit >= 6 && f.digit*3 >= f.digit+f.lower+f.upper && identifierSet.all(v) && !dateLike(v)
}

// birthDate reports whether v, under a name of keyBirth, is a date: digits, with words in a field only.
func birthDate(v string, how setting) bool {
	n := featuresOf(v).digit
	if how == settingField {
		return n >= 4 && len(v) <= 40 && !sentence(v) && !codeExpression(v)
	}
	return n >= 6 && digitsOnly(v, "-./T:Z+") >= 6
}

// phoneWithExtension reports digits as a telephone number has them and an extension behind.
func phoneWithExtension(v string) bool {
	for i := range len(v) {
		if isLetter(v[i]) || v[i] == ',' || v[i] == '#' {
			from := len(strings.TrimRight(v[:i], " "))
			n := digitsOnly(v[:from], phoneFiller)
			return n >= 7 && n <= 15 && extensionEnd(v, from) == len(v)
		}
	}
	return false
}

// abbreviationGap holds what may stand between an abbreviation and the number.
var abbreviationGap = [256]bool{' ': true, '#': true, ':': true, '.': true}

// abbreviatedBefore reports that two letters announce the number at i, with "no" and "is" between or not. They are too short for a key word:
// DL# F162823540116, NI no. AB123456C.
func (sc *scanner) abbreviatedBefore(i int, letters string) bool {
	s := sc.text
	j := sc.abbreviationEnd(i)
	if j < 2 || j == i {
		return false
	}
	if s[j-2:j] == "is" {
		j = sc.abbreviationEnd(j - 2)
	}
	numbered := j >= 2 && foldEqual(s[j-2:j], "no")
	if numbered {
		j = sc.abbreviationEnd(j - 2)
	}
	if j < sc.floor+2 || s[j-2:j] != letters && (!numbered || !strings.EqualFold(s[j-2:j], letters)) {
		return false
	}
	return !isAlnum(at(s, j-3)) || escapeLen(s, j-3) == 1
}

// abbreviationEnd returns where what may stand before i, between an abbreviation and its number, begins.
func (sc *scanner) abbreviationEnd(i int) int {
	j := i
	for j > sc.floor && i-j < 4 && abbreviationGap[sc.text[j-1]] {
		j--
	}
	return j
}

// insuranceAfterNI records the British national insurance number at i after the abbreviation NI.
func (sc *scanner) insuranceAfterNI(i int) bool {
	if !sc.abbreviatedBefore(i, "NI") {
		return false
	}
	end := nationalAfter(sc.text, i, insuranceIndex, false)
	if end == 0 {
		return false
	}
	sc.add(i, end, nationalRules[insuranceIndex])
	sc.advance(end)
	return true
}

// insuranceIndex is the index of the national insurance number in nationalIDs.
var insuranceIndex = nationalIndexes("gb-nino")[0]

// licenseAfterDL records the number of a licence at i after the abbreviation DL.
func (sc *scanner) licenseAfterDL(i int) bool {
	s := sc.text
	if !sc.abbreviatedBefore(i, "DL") {
		return false
	}
	end := documentEnd(s, i, 6, 18, 4)
	if end == 0 {
		return false
	}
	sc.add(i, end, ruleLicense)
	sc.advance(end)
	return true
}
