package redact

import (
	"slices"
	"strings"
)

// maxLabel bounds the id of a rule in a label, or the value in its hash.
const maxLabel = 100

// labels knows the replacements that a Redactor writes, in the styles that are configured. Only these are done with: whatever else looks like
// a label may hold a secret, and a secret may follow.
type labels struct {
	// ids are the ids of the rules, names the same without their presets, as styles hash and indexed write them.
	ids, names map[string]bool
	// forms are the texts around the id in the labels of style label.
	forms []labelForm
	// fixed are texts that stand for any rule.
	fixed []string
	// hash is the number of digits of a hash, or 0.
	hash    int
	indexed bool
	// styled is set for labels beside those that begin with the word REDACTED, at which the scanner stops anyway.
	styled bool
	// first has the first bytes of all labels.
	first charset
}

// labelForm is a label without the id of its rule.
type labelForm struct{ before, after string }

// builtinLabels are those of the default style and the built-in rules.
var builtinLabels = newLabels(nil)

// newLabels returns the labels of the rules given, and those that are written whatever the style is.
func newLabels(rules []activeRule) *labels {
	l := &labels{ids: map[string]bool{}, names: map[string]bool{}}
	for i := range registry {
		l.ids[registry[i].ID] = true
	}
	l.addForm(defaultLabel)
	l.first.add('[')
	for _, rule := range rules {
		l.ids[rule.id] = true
		l.names[rule.replacer.name] = true
		switch s := rule.replacer.style; s.Type {
		case "", StyleLabel:
			if s.Text != "" {
				l.addForm(s.Text)
				l.styled = true
			}
		case StyleFixed:
			l.addFixed(rule.replacer.text)
			l.styled = l.styled || s.Text != ""
		case StyleHash:
			l.hash, l.styled = s.Hash.Length, true
		case StyleIndexed:
			l.indexed, l.styled = true, true
		}
	}
	return l
}

// addForm enters the text of style label.
func (l *labels) addForm(text string) {
	before, after, ok := strings.Cut(text, "{rule}")
	if !ok || before == "" {
		l.addFixed(text)
		return
	}
	for _, f := range l.forms {
		if f.before == before && f.after == after {
			return
		}
	}
	l.forms = append(l.forms, labelForm{before, after})
	l.first.add(before[0])
}

// minFixed is the length from which a fixed text is known again: shorter ones stand in ordinary text.
const minFixed = 4

func (l *labels) addFixed(text string) {
	if len(text) < minFixed {
		return
	}
	if slices.Contains(l.fixed, text) {
		return
	}
	l.fixed = append(l.fixed, text)
	l.first.add(text[0])
}

// len returns the length of the label that v begins with, or 0.
func (l *labels) len(v string) int {
	if v == "" || !l.first.has(v[0]) {
		return 0
	}
	for i := range l.forms {
		f := &l.forms[i]
		if rest, ok := strings.CutPrefix(v, f.before); ok {
			n := ruleIDLen(rest)
			for ; n > 0 && !strings.HasPrefix(rest[n:], f.after); n-- { // the text after it may look like a part of the id
			}
			if n > 0 && l.ids[rest[:n]] {
				return len(f.before) + n + len(f.after)
			}
		}
	}
	for _, text := range l.fixed {
		if strings.HasPrefix(v, text) {
			return len(text)
		}
	}
	if v[0] != '[' {
		return 0
	}
	if rest, ok := strings.CutPrefix(v, "[TRUNCATED "); ok {
		n := 0
		for isDigit(at(rest, n)) {
			n++
		}
		if n > 0 && strings.HasPrefix(rest[n:], " bytes]") {
			return len("[TRUNCATED ") + n + len(" bytes]")
		}
	}
	if l.hash > 0 {
		if n := l.hashLen(v); n > 0 {
			return n
		}
	}
	if l.indexed {
		return l.indexedLen(v)
	}
	return 0
}

// ruleIDLen returns the length of what may be the id of a rule at the start of v.
func ruleIDLen(v string) int {
	n := 0
	for n < len(v) && n < maxLabel && (isLower(v[n]) || isDigit(v[n]) || v[n] == '.' || v[n] == '-' || v[n] == '_') {
		n++
	}
	return n
}

// hashLen returns the length of [name:0123456789abcdef] at the start of v, or 0.
func (l *labels) hashLen(v string) int {
	n := ruleIDLen(v[1:]) + 1
	end := n + 1 + l.hash
	if at(v, n) != ':' || end >= len(v) || v[end] != ']' || !l.names[v[1:n]] || !hexLower.all(v[n+1:end]) {
		return 0
	}
	return end + 1
}

// indexedLen returns the length of [NAME_12] or [NAME] at the start of v, or 0.
func (l *labels) indexedLen(v string) int {
	var buf [maxLabel]byte
	n := 1
	for n < len(v) && n < maxLabel && (isUpper(v[n]) || isDigit(v[n]) || v[n] == '_') {
		buf[n] = lower(v[n])
		n++
	}
	if n == 1 || at(v, n) != ']' || n >= len(v) {
		return 0
	}
	name := string(buf[1:n])
	if last := strings.LastIndexByte(name, '_'); last > 0 && !l.indexedName(name) && digits.all(name[last+1:]) {
		name = name[:last]
	}
	if !l.indexedName(name) {
		return 0
	}
	return n + 1
}

// indexedName reports the name of a rule in small letters, with underscores in place of dashes and dots.
func (l *labels) indexedName(name string) bool {
	for known := range l.names {
		if len(known) == len(name) && strings.NewReplacer("-", "_", ".", "_").Replace(known) == name {
			return true
		}
	}
	return false
}

// bareLen returns the length of a label without its brackets, as it stands in the user information of a URL, when v consists of it up to a
// colon or its end, or 0.
func (l *labels) bareLen(v string) int {
	end := len(v)
	for i := range l.forms {
		before, after := strings.TrimLeft(l.forms[i].before, "[]"), strings.TrimRight(l.forms[i].after, "[]")
		rest, ok := strings.CutPrefix(v, before)
		if n := ruleIDLen(rest); ok && l.ids[rest[:n]] && strings.HasPrefix(rest[n:], after) {
			if n += len(before) + len(after); n == end || v[n] == ':' {
				return n
			}
		}
	}
	for _, text := range l.fixed {
		if text = strings.Trim(text, "[]"); text != "" && strings.HasPrefix(v, text) && (len(text) == end || v[len(text)] == ':') {
			return len(text)
		}
	}
	if end == 0 || !l.indexed && l.hash == 0 {
		return 0
	}
	// [NAME_1] and [name:0123456789abcdef] without brackets. The colon before another part is the last one.
	for _, n := range [...]int{end, strings.LastIndexByte(v, ':')} {
		if n > 0 {
			if label := "[" + v[:n] + "]"; l.len(label) == len(label) {
				return n
			}
		}
	}
	return 0
}

// covers reports that s[start:end] is a label, or lies within one in a style of the options.
func (l *labels) covers(s string, start, end int) bool {
	if v := s[start:end]; l.len(v) == len(v) || l.bareLen(v) == len(v) {
		return true
	}
	for p := start; l.styled && p >= 0 && start-p < maxLabel; p-- {
		if n := l.len(s[p:]); n > 0 {
			return p+n >= end
		}
	}
	return false
}

// after returns what stands in v behind its first label, without further labels, and whether there is a label.
func (l *labels) after(v string) (string, bool) {
	var rest []byte
	found := false
	for i := 0; i < len(v); {
		if n := l.len(v[i:]); n > 0 {
			i += n
			found = true
			continue
		}
		if found {
			rest = append(rest, v[i])
		}
		i++
	}
	return string(rest), found
}

// inLabel reports whether the scan is within a label at i. It moves forward only.
func (sc *scanner) inLabel(i int) bool {
	s := sc.text
	for p := sc.label.end; sc.label.end <= i; p++ {
		if p == len(s) {
			sc.label = span{p, p + 1}
			break
		}
		if n := sc.labels.len(s[p:]); n > 0 {
			sc.label = span{p, p + n}
			p += n - 1
		}
	}
	if i < sc.label.start {
		return false
	}
	sc.advance(sc.label.end)
	return true
}

// placeholder is placeholder for a value that may be a label of any style.
func (sc *scanner) placeholder(v string) bool {
	n := sc.labels.len(v)
	return n > 0 && n == len(v) || placeholder(v)
}

// labelled decides about a value with a label of ours in it: what stands before it has been judged together with what it replaces, and what
// follows has not. It reports whether the value is dealt with.
func (sc *scanner) labelled(i, end int, info keyInfo, how setting) bool {
	rest, ok := sc.labels.after(sc.text[i:end])
	if !ok {
		return false
	}
	if rest != "" && !hasSpace(rest) && sensitive(info.class, rest, how) {
		sc.add(i, end, info.rule)
		sc.advance(end)
	}
	return true
}

// labelCut reports that a label of ours begins at the end of the value s[i:end], or within it, and goes on beyond.
func (sc *scanner) labelCut(i, end int) bool {
	s := sc.text
	p := end
	if at(s, end) != '[' {
		if p = i + strings.LastIndexByte(s[i:end], '['); p < i {
			return false
		}
	}
	n := sc.labels.len(s[p:])
	return n > 0 && p+n > end
}

// labelEnd returns where the label at i ends: one of ours, or with foreign a word in brackets that another tool has written, or 0.
func (sc *scanner) labelEnd(i int, foreign bool) int {
	s := sc.text
	if n := sc.labels.len(s[i:]); n > 0 {
		return i + n
	}
	if !foreign || at(s, i) != '[' {
		return 0
	}
	n := strings.IndexByte(s[i:min(len(s), i+maxLabel)], ']')
	if n < 2 || !plainWords(s[i+1:i+n]) || digits.all(s[i+1:i+n]) {
		return 0
	}
	return i + n + 1
}

// labelBrackets are those in which other tools write what takes the place of a secret.
var labelBrackets = [...][2]string{{"[", "]"}, {"<", ">"}, {"{{", "}}"}, {`\u003c`, `\u003e`}}

// behindLabel returns what follows a label of another tool at the start of v, <redacted>x, or an empty text.
func behindLabel(v string) string {
	for _, b := range labelBrackets {
		rest, ok := strings.CutPrefix(v, b[0])
		if !ok {
			continue
		}
		label, rest, ok := strings.Cut(rest, b[1])
		if ok && len(label) < maxLabel && labelWord(label) {
			return rest
		}
	}
	return ""
}

// labelWord reports a word that stands for a secret in a label: redacted, API_KEY, secret:hidden.
func labelWord(label string) bool {
	if !plainWords(label) || hasSpace(label) || len(label) < 3 {
		return false
	}
	return inSet(placeholderWords, label) || namesKey(label) || hasFold(label, "redact") || hasFold(label, "mask") || hasFold(label, "filter") || hasFold(label, "hidden") || builtinKeys.classify(label).class != keyPlain
}

// plainWords reports words of letters, digits and the signs that labels hold.
func plainWords(v string) bool {
	for i := range len(v) {
		if !isAlnum(v[i]) && strings.IndexByte("_-.: ", v[i]) < 0 {
			return false
		}
	}
	return v != ""
}

// bracketed handles a bare value at i that begins with a bracket: a label, or what another tool has written in place of a secret. What follows
// directly belongs to the value. It reports false for a list.
func (sc *scanner) bracketed(i int, info keyInfo, how setting) bool {
	s := sc.text
	closed := sc.labelEnd(i, true)
	if closed == 0 {
		return false
	}
	end := bareEndFrom(s, i, closed)
	for end > closed && strings.IndexByte(".,;:", s[end-1]) >= 0 {
		end--
	}
	known := sc.labels.len(s[i:]) > 0
	switch {
	case end == closed && known:
	case end == closed:
		if !unknownLabel(s[i:end]) {
			return false
		}
		if v := s[i+len("[REDACTED:") : end-1]; sensitive(info.class, v, how) {
			sc.add(i, end, info.rule)
			sc.advance(end)
		}
	case sensitive(info.class, s[closed:end], how):
		sc.add(i, end, info.rule)
		sc.advance(end)
	}
	return true
}

// unknownLabel reports a text in the form of the default label whose id is that of no rule, and no other name of what was replaced.
func unknownLabel(v string) bool {
	inner, ok := strings.CutPrefix(v, "[REDACTED:")
	if !ok || !strings.HasSuffix(inner, "]") || builtinLabels.len(v) == len(v) {
		return false
	}
	inner = inner[:len(inner)-1]
	return !placeholder(inner) && builtinKeys.classify(inner).class == keyPlain
}
