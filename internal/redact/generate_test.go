package redact

import (
	"math/rand/v2"
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sample returns a text that matches the regular expression, and the same one for the same seed. Test secrets are made this way at run
// time, so that none is ever part of a file.
func sample(t testing.TB, format string, seed uint64) string {
	t.Helper()
	re, err := syntax.Parse(format, syntax.Perl)
	require.NoError(t, err, format)
	var b strings.Builder
	expand(&b, re, rand.New(rand.NewPCG(seed, uint64(len(format)))))
	return b.String()
}

func expand(b *strings.Builder, re *syntax.Regexp, rnd *rand.Rand) {
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		n := 0
		for i := 0; i < len(re.Rune); i += 2 {
			n += int(re.Rune[i+1]-re.Rune[i]) + 1
		}
		k := rune(rnd.IntN(n))
		for i := 0; i < len(re.Rune); i += 2 {
			if size := re.Rune[i+1] - re.Rune[i] + 1; k >= size {
				k -= size
				continue
			}
			b.WriteRune(re.Rune[i] + k)
			break
		}
	case syntax.OpEmptyMatch:
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			expand(b, sub, rnd)
		}
	case syntax.OpAlternate:
		expand(b, re.Sub[rnd.IntN(len(re.Sub))], rnd)
	case syntax.OpCapture:
		expand(b, re.Sub[0], rnd)
	case syntax.OpRepeat:
		n := re.Min
		if re.Max > re.Min {
			n += rnd.IntN(re.Max - re.Min + 1)
		}
		for range n {
			expand(b, re.Sub[0], rnd)
		}
	case syntax.OpQuest:
		if rnd.IntN(2) == 1 {
			expand(b, re.Sub[0], rnd)
		}
	default:
		panic("format uses " + re.Op.String())
	}
}

// luhnNumber returns digits that begin with prefix, have the length and pass the check.
func luhnNumber(prefix string, length int, rnd *rand.Rand) string {
	d := []byte(prefix)
	for len(d) < length-1 {
		d = append(d, byte('0'+rnd.IntN(10)))
	}
	for c := byte('0'); c <= '9'; c++ {
		if luhn(append(d, c)) {
			return string(append(d, c))
		}
	}
	panic("no check digit")
}

// ibanNumber returns an account number of the country with right check digits.
func ibanNumber(country string, rnd *rand.Rand) string {
	n := ibanLengths[country] - 4
	body := make([]byte, n)
	for i := range body {
		body[i] = byte('0' + rnd.IntN(10))
	}
	mod := 0
	for _, b := range body {
		mod = ibanStep(mod, b)
	}
	for _, b := range []byte(country + "00") {
		mod = ibanStep(mod, b)
	}
	check := 98 - mod
	return country + string([]byte{byte('0' + check/10), byte('0' + check%10)}) + string(body)
}
