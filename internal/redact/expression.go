package redact

import (
	"regexp/syntax"
	"slices"
)

// piece is a literal that every match of an expression holds, or one of several of which it holds one. before is the number of bytes of a match
// before it, or -1 when that varies.
type piece struct {
	text   string
	before int
}

// literals returns literals of which one occurs in every match of the expression, or nil.
func literals(expr string) []piece {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	return required(re.Simplify())
}

func required(re *syntax.Regexp) []piece {
	switch re.Op {
	case syntax.OpLiteral:
		if s := string(re.Rune); len(s) >= minLiteral && ascii(s) {
			return []piece{{s, 0}}
		}
	case syntax.OpCapture:
		return required(re.Sub[0])
	case syntax.OpPlus:
		return varying(required(re.Sub[0]))
	case syntax.OpRepeat:
		if re.Min > 0 {
			return varying(required(re.Sub[0]))
		}
	case syntax.OpConcat:
		var best []piece
		before := 0
		for _, sub := range re.Sub {
			if l := required(sub); len(l) > 0 && (best == nil || shortest(l) > shortest(best)) {
				best = shifted(l, before)
			}
			before = sum(before, fixed(sub))
		}
		return best
	case syntax.OpAlternate:
		var all []piece
		for _, sub := range re.Sub {
			l := required(sub)
			if len(l) == 0 {
				return nil
			}
			all = append(all, l...)
		}
		return all
	}
	return nil
}

// sum adds lengths of which -1 is unknown.
func sum(a, b int) int {
	if a < 0 || b < 0 {
		return -1
	}
	return a + b
}

func shifted(l []piece, before int) []piece {
	out := slices.Clone(l)
	for i := range out {
		out[i].before = sum(out[i].before, before)
	}
	return out
}

func varying(l []piece) []piece { return shifted(l, -1) }

func shortest(l []piece) int {
	n := len(l[0].text)
	for _, s := range l {
		n = min(n, len(s.text))
	}
	return n
}

// mark returns a punctuation mark that every match of the expression holds; its text is empty when there is none.
func mark(expr string) piece {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return piece{}
	}
	return requiredMark(re.Simplify())
}

func requiredMark(re *syntax.Regexp) piece {
	switch re.Op {
	case syntax.OpLiteral:
		for i, r := range re.Rune {
			if r > ' ' && r < 0x7F && !isWordByte(byte(r)) && r != '.' && r != ',' && r != '"' {
				return piece{string(r), len(string(re.Rune[:i]))}
			}
		}
	case syntax.OpCapture:
		return requiredMark(re.Sub[0])
	case syntax.OpPlus:
		m := requiredMark(re.Sub[0])
		m.before = -1
		return m
	case syntax.OpRepeat:
		if re.Min > 0 {
			m := requiredMark(re.Sub[0])
			m.before = -1
			return m
		}
	case syntax.OpConcat:
		before := 0
		for _, sub := range re.Sub {
			if m := requiredMark(sub); m.text != "" {
				m.before = sum(m.before, before)
				return m
			}
			before = sum(before, fixed(sub))
		}
	}
	return piece{}
}

// fixed returns the length in bytes of what an expression matches, or -1 when it varies.
func fixed(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return 0
	case syntax.OpLiteral:
		if s := string(re.Rune); ascii(s) {
			return len(s)
		}
	case syntax.OpCharClass:
		if len(re.Rune) > 0 && re.Rune[len(re.Rune)-1] < 0x80 {
			return 1
		}
	case syntax.OpCapture:
		return fixed(re.Sub[0])
	case syntax.OpRepeat:
		if n := fixed(re.Sub[0]); re.Min == re.Max && n >= 0 {
			return n * re.Min
		}
	case syntax.OpConcat:
		n := 0
		for _, sub := range re.Sub {
			n = sum(n, fixed(sub))
		}
		return n
	case syntax.OpAlternate:
		n := fixed(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			if fixed(sub) != n {
				return -1
			}
		}
		return n
	}
	return -1
}

// maxLength returns the length in bytes of the longest match, or -1 when there is no bound.
func maxLength(expr string) int {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return -1
	}
	return longest(re)
}

func longest(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return 4 * len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 4
	case syntax.OpCapture, syntax.OpQuest:
		return longest(re.Sub[0])
	case syntax.OpRepeat:
		n := longest(re.Sub[0])
		if re.Max < 0 || n < 0 {
			return -1
		}
		return n * re.Max
	case syntax.OpStar, syntax.OpPlus:
		return -1
	case syntax.OpConcat:
		n := 0
		for _, sub := range re.Sub {
			n = sum(n, longest(sub))
		}
		return n
	case syntax.OpAlternate:
		most := 0
		for _, sub := range re.Sub {
			n := longest(sub)
			if n < 0 {
				return -1
			}
			most = max(most, n)
		}
		return most
	default:
		return 0
	}
}

// maxFirst is the number of different bytes from which the beginning of a match says too little.
const maxFirst = 16

// firstBytes returns the bytes that matches of the expression begin with, or nil when they are too many, and whether a match begins at
// a word.
func firstBytes(expr string) (*charset, bool) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, false
	}
	re = re.Simplify()
	var set charset
	if !first(re, &set) {
		return nil, false
	}
	n := 0
	for b := range 256 {
		if set.has(byte(b)) {
			n++
		}
	}
	if n == 0 || n > maxFirst {
		return nil, false
	}
	word := re.Op == syntax.OpConcat && re.Sub[0].Op == syntax.OpWordBoundary
	for b := range 256 {
		word = word && (!set.has(byte(b)) || isWordByte(byte(b)))
	}
	return &set, word
}

// first adds the bytes that the expression may begin with. It reports false when they are not known, or when the expression may be empty.
func first(re *syntax.Regexp, set *charset) bool {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 || re.Rune[0] >= 0x80 {
			return false
		}
		set.add(byte(re.Rune[0]))
		return true
	case syntax.OpCharClass:
		for i := 0; i < len(re.Rune); i += 2 {
			if re.Rune[i+1] >= 0x80 {
				return false
			}
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				set.add(byte(r))
			}
		}
		return len(re.Rune) > 0
	case syntax.OpCapture, syntax.OpPlus:
		return first(re.Sub[0], set)
	case syntax.OpRepeat:
		return re.Min > 0 && first(re.Sub[0], set)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if sub.Op == syntax.OpWordBoundary || sub.Op == syntax.OpEmptyMatch {
				continue
			}
			return first(sub, set)
		}
		return false
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if !first(sub, set) {
				return false
			}
		}
		return true
	}
	return false
}
