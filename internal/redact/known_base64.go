package redact

import (
	"encoding/base64"
	"strings"
)

// encodedForms calls use with the characters of base64 that a value has wherever it stands in an encoded text: after 0, 1 or 2 bytes of its
// first group of three, in the alphabet of RFC 4648, 4 and, where it differs, 5. Characters that also hold bits of other bytes are left out.
func encodedForms(v string, use func(form string, group int)) {
	raw := make([]byte, 0, len(v)+2)
	for group := range 3 {
		raw = append(append(raw[:0], "\x00\x00"[:group]...), v...)
		text := base64.StdEncoding.EncodeToString(raw)
		form := text[(8*group+5)/6 : 8*len(raw)/6]
		use(form, group)
		if strings.ContainsAny(form, "+/") {
			use(strings.NewReplacer("+", "-", "/", "_").Replace(form), group)
		}
	}
	clear(raw)
}

// sextet returns the value of a character of base64, in folded text, or -1.
func sextet(b byte) int {
	switch {
	case isUpper(b):
		return int(b - 'A')
	case isLower(b):
		return int(b-'a') + 26
	case isDigit(b):
		return int(b-'0') + 52
	case b == '+' || b == '-' || b == ' ':
		return 62
	case b == '/' || b == '_':
		return 63
	}
	return -1
}

// encodedByte returns byte n of the text whose base64 begins at first, or 0 where there is none. n may be negative.
func encodedByte(s string, first, n int) byte {
	for n < 0 {
		first, n = first-4, n+3
	}
	first += n / 3 * 4
	n %= 3
	if first+n < 0 || first+n+2 > len(s) {
		return 0
	}
	a, b := sextet(s[first+n]), sextet(s[first+n+1])
	if a < 0 || b < 0 {
		return 0
	}
	return byte(a<<(2+2*n) | b>>(4-2*n))
}
