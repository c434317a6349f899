package redact

import (
	"encoding/binary"
	"fmt"
	"math"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unsafe"
)

const (
	// minLiteral is the least length of a literal that a custom rule is found by.
	minLiteral = 3
	// maxWindow bounds the text around a literal in which an expression without an upper length is tried.
	maxWindow = 512
)

// Names of the checks that a custom rule may ask for.
const (
	ValidatorLuhn = "luhn"
	ValidatorIBAN = "iban"
)

func (c *CustomRule) validate(where string, p *problems) {
	re, err := regexp.Compile(c.Regex)
	switch {
	case c.Regex == "":
		p.add(where+".regex", "is missing")
		return
	case err != nil:
		p.add(where+".regex", "%v", err)
		return
	case re.MatchString(""):
		p.add(where+".regex", "matches the empty text; make it ask for at least one character")
	}
	if c.Group < 0 || c.Group > re.NumSubexp() {
		p.add(where+".group", "the expression has %d groups", re.NumSubexp())
	}
	if c.Validator != "" && c.Validator != ValidatorLuhn && c.Validator != ValidatorIBAN {
		p.add(where+".validator", "unknown value %q; known are %q, %q", c.Validator, ValidatorLuhn, ValidatorIBAN)
	}
	if c.MinEntropy < 0 || c.MinEntropy > 8 {
		p.add(where+".min_entropy", "must be between 0 and 8 bits per character")
	}
	for i, k := range c.Keywords {
		if len(k) < minLiteral || !ascii(k) {
			p.add(fmt.Sprintf("%s.keywords[%d]", where, i), "%q must have %d ASCII characters or more", k, minLiteral)
		}
	}
	if len(c.Keywords) == 0 && !c.AllowSlow && len(literals(c.Regex)) == 0 {
		p.add(where, "every match must hold a literal of %d characters or more, so that the expression is tried only where it occurs. Give the literals in keywords, or accept with allow_slow that it runs over every value", minLiteral)
	}
	if c.Style != nil {
		c.Style.validate(where+".style", p)
	}
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// customRule is a CustomRule as it is run.
type customRule struct {
	rule       ruleID
	re         *regexp.Regexp
	group      int
	validator  string
	minEntropy float64
	// before and after bound the text around a literal that a match may cover.
	before, after int
}

// literal is a text, in small letters, that leads to a custom rule.
type literal struct {
	text string
	rule *customRule
}

// customRules finds literals of custom rules in one pass, by a hash of three bytes.
type customRules struct {
	bits  tailSet
	lists map[uint32][]literal
	// slow are the rules that run over every value.
	slow []*customRule
	// next is, by rule, the offset up to which its window has been tried.
	rules []*customRule
}

func newCustomRules(rules []CustomRule, first int) *customRules {
	if len(rules) == 0 {
		return nil
	}
	set := &customRules{lists: map[uint32][]literal{}}
	for i := range rules {
		c := &rules[i]
		r := &customRule{rule: ruleID(first + i), re: regexp.MustCompile(c.Regex), group: c.Group, validator: c.Validator, minEntropy: c.MinEntropy} //nolint:gosec // few
		set.rules = append(set.rules, r)
		words := c.Keywords
		if len(words) == 0 {
			words = literals(c.Regex)
		}
		if len(words) == 0 {
			set.slow = append(set.slow, r)
			continue
		}
		r.before, r.after = maxWindow, maxWindow
		if n := maxLength(c.Regex); n >= 0 && n <= maxWindow {
			r.before, r.after = n, n
		}
		for _, w := range words {
			w = strings.ToLower(w)
			h := literalHash(w[0], w[1], w[2])
			set.bits.add(h)
			set.lists[h] = append(set.lists[h], literal{w, r})
		}
	}
	return set
}

func literalHash(a, b, c byte) uint32 {
	return (uint32(a) | uint32(b)<<8 | uint32(c)<<16) | 0x202020
}

// scan adds the findings of the custom rules.
func (set *customRules) scan(sc *scanner) {
	s := sc.text
	for _, r := range set.slow {
		r.try(sc, 0, len(s))
	}
	if len(set.lists) == 0 || len(s) < minLiteral {
		return
	}
	if cap(sc.tried) < len(set.rules) {
		sc.tried = make([]int, len(set.rules))
		sc.window = make([]int, len(set.rules))
	}
	tried, window := sc.tried[:len(set.rules)], sc.window[:len(set.rules)]
	clear(tried)
	clear(window)
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	n := len(s) - 3
	for i := range n {
		v := binary.LittleEndian.Uint32(b[i:])&0xFFFFFF | 0x202020
		h := v * hashFactor >> 18
		if set.bits[h>>6]>>(h&63)&1 != 0 {
			set.hit(sc, i, v, tried, window)
		}
	}
	if n >= 0 {
		set.hit(sc, n, literalHash(s[n], s[n+1], s[n+2]), tried, window)
	}
	for i, r := range set.rules {
		if window[i] > 0 {
			r.try(sc, tried[i], window[i])
		}
	}
}

// hit handles a literal that may begin at i. Windows of the same rule that overlap are joined, so that no text is tried twice.
func (set *customRules) hit(sc *scanner, i int, v uint32, tried, window []int) {
	s := sc.text
	for _, l := range set.lists[v] {
		if i+len(l.text) > len(s) || !foldEqual(s[i:i+len(l.text)], l.text) {
			continue
		}
		k := int(l.rule.rule - set.rules[0].rule)
		lo, hi := max(0, i-l.rule.before), min(len(s), i+len(l.text)+l.rule.after)
		switch {
		case window[k] == 0:
			tried[k], window[k] = lo, hi
		case lo <= window[k]:
			window[k] = hi
		default:
			l.rule.try(sc, tried[k], window[k])
			tried[k], window[k] = lo, hi
		}
	}
}

// try runs the expression over s[lo:hi].
func (r *customRule) try(sc *scanner, lo, hi int) {
	text := sc.text[lo:hi]
	for _, m := range r.re.FindAllStringSubmatchIndex(text, -1) {
		from, to := m[2*r.group], m[2*r.group+1]
		if from < 0 || from == to || !r.valid(text[from:to]) {
			continue
		}
		sc.add(lo+from, lo+to, r.rule)
	}
}

func (r *customRule) valid(v string) bool {
	switch r.validator {
	case ValidatorLuhn:
		d := make([]byte, 0, len(v))
		for i := range len(v) {
			if isDigit(v[i]) {
				d = append(d, v[i])
			}
		}
		if len(d) < 2 || !luhn(d) {
			return false
		}
	case ValidatorIBAN:
		if !validIBAN(v) {
			return false
		}
	}
	return r.minEntropy == 0 || entropy(v) >= r.minEntropy
}

func validIBAN(v string) bool {
	var sc scanner
	sc.reset("", v)
	return len(v) > 4 && sc.iban(2) && sc.found[0].start == 0 && sc.found[0].end == len(v)
}

// entropy returns the Shannon entropy of s in bits per byte.
func entropy(s string) float64 {
	if s == "" {
		return 0
	}
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	h := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(s))
			h -= p * math.Log2(p)
		}
	}
	return h
}

// literals returns literals of which one occurs in every match of the expression, or nil.
func literals(expr string) []string {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	return required(re.Simplify())
}

func required(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if s := string(re.Rune); len(s) >= minLiteral && ascii(s) {
			return []string{s}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if l := required(sub); len(l) > 0 && (best == nil || shortest(l) > shortest(best)) {
				best = l
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			l := required(sub)
			if len(l) == 0 {
				return nil
			}
			all = append(all, l...)
		}
		slices.Sort(all)
		return slices.Compact(all)
	}
	return nil
}

func shortest(l []string) int {
	n := len(l[0])
	for _, s := range l {
		n = min(n, len(s))
	}
	return n
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
		return len(string(re.Rune))
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
	case syntax.OpConcat, syntax.OpAlternate:
		sum, most := 0, 0
		for _, sub := range re.Sub {
			n := longest(sub)
			if n < 0 {
				return -1
			}
			sum += n
			most = max(most, n)
		}
		if re.Op == syntax.OpAlternate {
			return most
		}
		return sum
	default:
		return 0
	}
}
