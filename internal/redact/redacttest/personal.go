package redacttest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// ibans has the form of account numbers after country and check digits, for some countries: n a digit, a a letter, c either.
var (
	ibanCountries = []string{"DE", "GB", "FR", "NL", "ES", "IT", "CH", "AT", "NO", "PL", "BE", "SE"}
	ibans         = map[string]string{
		"DE": strings.Repeat("n", 18), "GB": "aaaa" + strings.Repeat("n", 14), "FR": strings.Repeat("n", 10) + strings.Repeat("c", 11) + "nn", "NL": "aaaa" + strings.Repeat("n", 10), "ES": strings.Repeat("n", 20), "IT": "a" + strings.Repeat("n", 10) + strings.Repeat("c", 12),
		"CH": "nnnnn" + strings.Repeat("c", 12), "AT": strings.Repeat("n", 16), "NO": strings.Repeat("n", 11), "PL": strings.Repeat("n", 24), "BE": strings.Repeat("n", 12), "SE": strings.Repeat("n", 20),
	}
)

// personal are places of personal data, with the kind in place of the value.
var personalPlaces = []string{
	"%s", "contact %s please", `{"v":"%s"}`, `{\"v\":\"%s\"}`, "a, %s, b", "(%s)", "<%s>", "at %s.", "%s\n", "\\n%s\\n", "“%s”", "`%s`", "联系%s。", "v=%s;", "| %s |", "'%s'", "[%s]", "x: %s", "**%s**", "to:%s", "\t%s\t",
}

// PersonalCases are addresses, numbers of cards, accounts, telephones and social security.
func PersonalCases() (out []Case) {
	rnd := rand.New(rand.NewPCG(5, 6))
	try := func(what, place, value string) {
		out = append(out, Case{what + " in " + place, fmt.Sprintf(place, value), value})
	}
	emails := []string{"jane@example.com", "jane.doe+tag@sub.example.co.uk", "j_d-1@firma.de", "JANE@EXAMPLE.ORG", "o'neil@example.ie", "müller@beispiel.de", "jane@bücher.example", "a.b.c@x.io", "123456@qq.com", "user@xn--bcher-kva.example", "first.last@corp.example.museum", "x@y.cloud"}
	for _, place := range append(personalPlaces, "mailto:%s", "https://x.example/u?email=%s", "From: Jane <%s>", "user %s logged in", `{"email":"%s"}`, "email=%s&x=1", "git commit --author=\"J <%s>\"") {
		for _, e := range emails {
			try("email", place, e)
		}
	}
	for _, e := range emails[:4] {
		try("email", "https://x.example/u?email=%s", strings.Replace(e, "@", "%40", 1))
	}
	cards := []struct {
		prefix string
		n      int
	}{{"4", 16}, {"51", 16}, {"55", 16}, {"2221", 16}, {"34", 15}, {"37", 15}, {"6011", 16}, {"36", 14}, {"3530", 16}, {"62212", 16}}
	for _, place := range append(personalPlaces, `{"card":"%s"}`, `{"card_number":%s}`, "card number %s", "pan=%s", `[%s]`, "paid with %s exp 12/27") {
		for _, c := range cards {
			d := Card(c.prefix, c.n, rnd)
			try("card", place, d)
			if c.n == 16 && !strings.Contains(place, "number\":%s") {
				try("card with blanks", place, d[:4]+" "+d[4:8]+" "+d[8:12]+" "+d[12:])
				try("card with dashes", place, d[:4]+"-"+d[4:8]+"-"+d[8:12]+"-"+d[12:])
			}
			if c.n == 15 && !strings.Contains(place, "number\":%s") {
				try("amex with blanks", place, d[:4]+" "+d[4:10]+" "+d[10:])
			}
		}
	}
	for _, place := range append(personalPlaces, "IBAN %s", `{"iban":"%s"}`, "transfer to %s now") {
		for _, c := range ibanCountries {
			v := IBAN(c, ibans[c], rnd)
			try("iban", place, v)
			var groups []string
			for i := 0; i < len(v); i += 4 {
				groups = append(groups, v[i:min(len(v), i+4)])
			}
			try("iban with blanks", place, strings.Join(groups, " "))
		}
	}
	phones := []string{
		"+1 415 555 0132", "+14155550132", "+1-415-555-0132", "+1 (415) 555-0132", "(415) 555-0132", "(415)555-0132", "415-555-0132", "415.555.0132", "1-800-555-0132", "+44 20 7946 0958", "+44 7700 900123", "+447700900123", "07700 900123", "020 7946 0958",
		"+49 30 901820", "+49 (0)30 901820", "+49-30-901820", "030/901820", "0171 2345678", "0049 30 901820", "+33 6 12 34 56 78", "06 12 34 56 78", "06.12.34.56.78", "+34 612 345 678", "+39 06 1234 5678", "+81 3 1234 5678", "03-1234-5678", "+86 138 0013 8000", "+91 98765 43210", "+55 11 91234-5678", "+61 412 345 678", "+65 6123 4567", "+353 1 234 5678", "+971 50 123 4567", "+7 912 345-67-89", "+48 512 345 678", "+31 6 12345678", "+41 44 668 18 00", "+46 70 123 45 67", "+82 10-1234-5678",
	}
	for _, place := range append(personalPlaces, "call %s", "phone: %s", `{"phone":"%s"}`, "tel:%s", "Tel. %s", "mobile %s", "WhatsApp %s", "fax=%s") {
		for _, p := range phones {
			try("phone "+p, place, p)
		}
	}
	for _, place := range []string{"call me at %s", "phone %s", `{"phone":"%s"}`, `{"phone":%s}`, "mobile: %s", "phone_number=%s", "phoneNumber: %s", "tel %s", "my cell is %s", "text me on my mobile %s", "contact number %s"} {
		for _, p := range []string{"4155550132", "07700900123", "01712345678", "9876543210"} {
			if strings.Contains(place, "\":%s") && p[0] == '0' {
				continue
			}
			try("bare phone", place, p)
		}
	}
	for _, place := range append(personalPlaces, "SSN %s", `{"ssn":"%s"}`, "ssn: %s", "social security number is %s") {
		for _, s := range []string{"219-09-9999", "457-55-5462", "078-05-1120", "912-78-1234", "536-22-8726"} {
			try("ssn", place, s)
		}
	}
	for _, place := range []string{"SSN %s", `{"ssn":"%s"}`, `{"ssn":%s}`, "ssn=%s", "my SSN is %s", "social security number: %s", "SSN: %s"} {
		for _, s := range []string{"219099999", "457555462"} {
			try("bare ssn", place, s)
			if !strings.Contains(place, "\":%s") {
				try("ssn with blanks", place, s[:3]+" "+s[3:5]+" "+s[5:])
			}
		}
	}
	return out
}
