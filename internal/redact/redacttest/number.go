package redacttest

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Card returns the digits of a payment card number that begins with prefix, has the length and passes the Luhn check (ISO/IEC 7812).
func Card(prefix string, length int, rnd *rand.Rand) string {
	d := []byte(prefix)
	for len(d) < length-1 {
		d = append(d, byte('0'+rnd.IntN(10)))
	}
	sum := 0
	for i, digit := range slices.Backward(d) {
		v := int(digit - '0')
		if (len(d)-1-i)%2 == 0 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return string(append(d, byte('0'+(10-sum%10)%10)))
}

// IBAN returns an account number of the country with right check digits (ISO 13616). format has a letter for each character after
// them: n a digit, a a letter, c either.
func IBAN(country, format string, rnd *rand.Rand) string {
	body := make([]byte, len(format))
	for i := range body {
		switch format[i] {
		case 'n':
			body[i] = byte('0' + rnd.IntN(10))
		case 'a':
			body[i] = byte('A' + rnd.IntN(26))
		default:
			body[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rnd.IntN(36)]
		}
	}
	var n string
	var nSb43 strings.Builder
	for _, c := range string(body) + country + "00" {
		if c >= 'A' {
			nSb43.WriteString(strconv.Itoa(int(c-'A') + 10))
			continue
		}
		nSb43.WriteString(string(c))
	}
	n += nSb43.String()
	v, _ := new(big.Int).SetString(n, 10)
	check := 98 - v.Mod(v, big.NewInt(97)).Int64()
	return country + string([]byte{byte('0' + check/10), byte('0' + check%10)}) + string(body)
}
