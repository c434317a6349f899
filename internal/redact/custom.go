package redact

import (
	"encoding/binary"
	"fmt"
	"math"
	"regexp"
	"strings"
	"unicode/utf8"
	"unsafe"
)

const (
	// minLiteral is the least length of a literal that a custom rule is found by.
	minLiteral = 3
	// maxWindow bounds the text around a literal in which an expression without an upper length is tried.
	maxWindow = 512
	// maxMatch bounds the length of a match that begins at a known place.
	maxMatch = 4096
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
	if len(c.Keywords) == 0 && !c.AllowSlow && len(literals(c.Regex)) == 0 && mark(c.Regex).text == "" {
		p.add(where, "every match must hold a literal of %d characters or more, or a mark such as @, so that the expression is tried only where it occurs. Give the literals in keywords, or accept with allow_slow that it is tried all over", minLiteral)
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
	index      int
	re         *regexp.Regexp
	group      int
	validator  string
	minEntropy float64
	// here is the expression at the beginning of a text, after one the expression behind the first character of a text, which \b looks at.
	here, after *regexp.Regexp
	// reach bounds the text around a literal whose place within a match is not known.
	reach int
}

// trigger is a text, in small letters, that leads to a custom rule. before is the number of bytes of a match that stand before it, or
// -1 when that varies.
type trigger struct {
	text   string
	before int
	rule   *customRule
}

// customRules finds the triggers of custom rules in one pass, by a hash of three bytes.
type customRules struct {
	rules []*customRule
	bits  tailSet
	lists map[uint32][]trigger
	// marks are triggers of a single punctuation mark.
	marks []trigger
	// starts are rules without a trigger, with the bytes that their matches begin with.
	starts []startRule
	// slow are the rules that run over every value.
	slow []*customRule
}

// startRule is a rule that is tried at each of some bytes.
type startRule struct {
	set *charset
	// word is set when a match begins at the beginning of a word.
	word bool
	rule *customRule
}

func newCustomRules(rules []CustomRule, first int) *customRules {
	if len(rules) == 0 {
		return nil
	}
	set := &customRules{lists: map[uint32][]trigger{}}
	for i := range rules {
		c := &rules[i]
		r := &customRule{
			rule: ruleID(first + i), index: i, re: regexp.MustCompile(c.Regex), group: c.Group, validator: c.Validator, minEntropy: c.MinEntropy,
			here: regexp.MustCompile(`\A(?:` + c.Regex + `)`), after: regexp.MustCompile(`\A(?s:.)(?:` + c.Regex + `)`), reach: maxWindow,
		}
		if n := maxLength(c.Regex); n >= 0 && n <= maxWindow {
			r.reach = n
		}
		set.rules = append(set.rules, r)
		set.enter(c, r)
	}
	return set
}

// enter enters the triggers of a rule.
func (set *customRules) enter(c *CustomRule, r *customRule) {
	var triggers []trigger
	if len(c.Keywords) > 0 {
		for _, k := range c.Keywords {
			triggers = append(triggers, trigger{strings.ToLower(k), -1, r})
		}
	} else {
		for _, l := range literals(c.Regex) {
			triggers = append(triggers, trigger{strings.ToLower(l.text), l.before, r})
		}
	}
	for _, t := range triggers {
		h := literalHash(t.text[0], t.text[1], t.text[2])
		set.bits.add(h)
		set.lists[h] = append(set.lists[h], t)
	}
	if len(triggers) > 0 {
		return
	}
	if m := mark(c.Regex); m.text != "" {
		set.marks = append(set.marks, trigger{m.text, m.before, r})
	} else if bytes, word := firstBytes(c.Regex); bytes != nil {
		set.starts = append(set.starts, startRule{bytes, word, r})
	} else {
		set.slow = append(set.slow, r)
	}
}

func literalHash(a, b, c byte) uint32 {
	return (uint32(a) | uint32(b)<<8 | uint32(c)<<16) | 0x202020
}

// scan adds the findings of the custom rules.
func (set *customRules) scan(sc *scanner) {
	s := sc.text
	for _, r := range set.slow {
		r.window(sc, 0, len(s))
	}
	if cap(sc.tried) < len(set.rules) {
		sc.tried = make([]span, len(set.rules))
	}
	windows := sc.tried[:len(set.rules)]
	clear(windows)
	for i := range set.marks {
		set.marked(sc, &set.marks[i], windows)
	}
	for i := range set.starts {
		set.starts[i].scan(sc)
	}
	if len(set.lists) > 0 && len(s) >= minLiteral {
		set.literals(sc, windows)
	}
	for i, w := range windows {
		if w.end > 0 {
			set.rules[i].window(sc, w.start, w.end)
		}
	}
}

// span bounds a part of a text.
type span struct{ start, end int }

func (set *customRules) literals(sc *scanner, windows []span) {
	s := sc.text
	b := unsafe.Slice(unsafe.StringData(s), len(s)) //nolint:gosec // read only, and only here
	n := len(s) - 3
	for i := range n {
		v := binary.LittleEndian.Uint32(b[i:])&0xFFFFFF | 0x202020
		h := v * hashFactor >> 18
		if set.bits[h>>6]>>(h&63)&1 != 0 {
			set.hit(sc, i, v, windows)
		}
	}
	set.hit(sc, n, literalHash(s[n], s[n+1], s[n+2]), windows)
}

// hit handles a literal that may begin at i.
func (set *customRules) hit(sc *scanner, i int, v uint32, windows []span) {
	s := sc.text
	list := set.lists[v]
	for k := range list {
		t := &list[k]
		if i+len(t.text) <= len(s) && foldEqual(s[i:i+len(t.text)], t.text) {
			t.found(sc, i, windows)
		}
	}
}

// marked handles a trigger that is a punctuation mark.
func (set *customRules) marked(sc *scanner, t *trigger, windows []span) {
	s := sc.text
	for i := 0; i < len(s); i++ {
		n := strings.IndexByte(s[i:], t.text[0])
		if n < 0 {
			return
		}
		i += n
		t.found(sc, i, windows)
	}
}

// found tries the rule of a trigger at i. Where the place of the trigger within a match varies, the text around it is kept for later, and
// joined with that around the trigger before where both overlap, so that no text is tried twice.
func (t *trigger) found(sc *scanner, i int, windows []span) {
	if t.before >= 0 {
		if i >= t.before {
			t.rule.at(sc, i-t.before)
		}
		return
	}
	w := &windows[t.rule.index]
	lo, hi := max(0, i-t.rule.reach), min(len(sc.text), i+len(t.text)+t.rule.reach)
	switch {
	case w.end == 0:
		*w = span{lo, hi}
	case lo <= w.end:
		w.end = max(w.end, hi)
	default:
		t.rule.window(sc, w.start, w.end)
		*w = span{lo, hi}
	}
}

func (r *startRule) scan(sc *scanner) {
	s := sc.text
	for i := 0; i < len(s); i++ {
		if r.set.has(s[i]) && (!r.word || i == 0 || !isWordByte(s[i-1])) {
			r.rule.at(sc, i)
		}
	}
}

// isWordByte is what \b takes for a part of a word.
func isWordByte(b byte) bool { return isAlnum(b) || b == '_' }

// at tries the expression at i.
func (r *customRule) at(sc *scanner, i int) {
	s := sc.text
	re, from := r.here, i
	if i > 0 {
		// The expression may look at the character before.
		_, n := utf8.DecodeLastRuneInString(s[:i])
		re, from = r.after, i-n
	}
	if m := re.FindStringSubmatchIndex(s[from:min(len(s), i+maxMatch)]); m != nil {
		if r.group == 0 {
			r.record(sc, i, from+m[1])
		} else {
			r.record(sc, from+m[2*r.group], from+m[2*r.group+1])
		}
	}
}

// window tries the expression all over s[lo:hi].
func (r *customRule) window(sc *scanner, lo, hi int) {
	for _, m := range r.re.FindAllStringSubmatchIndex(sc.text[lo:hi], -1) {
		r.record(sc, lo+m[2*r.group], lo+m[2*r.group+1])
	}
}

// record adds a match when it passes the checks of the rule. A group that has matched nothing begins at -1 or below.
func (r *customRule) record(sc *scanner, from, to int) {
	if from >= 0 && from < to && r.valid(sc.text[from:to]) {
		sc.add(from, to, r.rule)
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
