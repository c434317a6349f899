// Package redacttest makes up secrets and personal data of the right form, so that no file has to hold any.
package redacttest

import (
	"math/rand/v2"
	"regexp/syntax"
	"strings"
)

// Sample returns a text that matches the regular expression, and the same one for the same seed.
func Sample(format string, seed uint64) string {
	re, err := syntax.Parse(format, syntax.Perl)
	if err != nil {
		panic(err)
	}
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
	case syntax.OpAnyCharNotNL:
		b.WriteByte('.')
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
