package redact

import "strings"

// Escape sequences of terminals (ECMA-48, 5.4; xterm control sequences; the hyperlinks of OSC 8) stand within words and values in what programs
// print, raw or as logs and source code spell them. A sequence is no letter and no part of a value: it is read over, and stays.

const (
	// maxParams bounds the parameters of a control sequence.
	maxParams = 32
	// maxOSC bounds the text of an operating system command, such as the address of a link.
	maxOSC = 2048
	// maxIntroducer is the length of the longest spelling of the escape character.
	maxIntroducer = 16
)

// escapes are the spellings of the escape character. Those of backslashes stand after one of these or more.
var escapes = []struct {
	text string
	// weak spellings also occur in regular expressions, paths and prose, so that only common sequences count.
	weak bool
	// csi is set where the left bracket is part of it.
	csi bool
}{
	{"\x1b", false, false},
	{"^[", true, false},
	{"%1b", false, false},
	{"&#27;", false, false},
	{"&#x1b;", false, false},
	{"#033", true, false},
	{"\u241b", true, false},
	{"\ufffd", true, false},
	{"\u009b", false, true},
	{`\u001b`, false, false},
	{`\x1b`, false, false},
	{`\033`, false, false},
	{`\e`, true, false},
	{`\u{1b}`, false, false},
	{`\x{1b}`, false, false},
	{`\u0000001b`, false, false},
	{`\u0026#27;`, false, false},
	{`\u0026#x1b;`, false, false},
	{`\ufffd`, true, false},
	{`\u009b`, false, true},
	{`\x9b`, false, true},
}

// sequenceStart has the first bytes of escapes, and the bracket of a sequence that has lost its escape character.
var sequenceStart = func() (t [256]bool) {
	for _, e := range escapes {
		t[e.text[0]] = true
	}
	t['['] = true
	return t
}()

// introducer returns the length of an escape character at s[i:] and its number of backslashes, whether it is weak and whether it introduces
// a control sequence by itself; 0 when there is none.
func introducer(s string, i int) (n, slashes int, weak, csi bool) {
	if !sequenceStart[s[i]] {
		return 0, 0, false, false
	}
	for at(s, i+slashes) == '\\' {
		slashes++
	}
	from := i + max(slashes-1, 0)
	for k := range escapes {
		e := &escapes[k]
		if (e.text[0] == '\\') == (slashes > 0) && len(s)-from >= len(e.text) && foldEqual(s[from:from+len(e.text)], e.text) {
			return from + len(e.text) - i, slashes, e.weak, e.csi
		}
	}
	return 0, 0, false, false
}

// sequence describes a part of an escape sequence: all of it, or the beginning or end of a command with text of its own.
type sequence struct {
	n int
	// command is set for the beginning of a command whose text ends with a terminator.
	command bool
	// parts is set for one that parts what stands around it.
	parts bool
	// reset is set for one that ends what those before it set.
	reset bool
}

// sequenceAt returns the escape sequence at s[i:]; its length is 0 when there is none.
func sequenceAt(s string, i int) sequence {
	if i >= len(s) || !sequenceStart[s[i]] {
		return sequence{}
	}
	if s[i] == '[' {
		return orphan(s, i)
	}
	n, slashes, weak, csi := introducer(s, i)
	if n == 0 {
		return sequence{}
	}
	j := i + n
	if csi {
		return control(s, i, j, weak)
	}
	raw := s[i] == 0x1B
	switch c := at(s, j); {
	case j >= len(s):
	case c == '[':
		if q := control(s, i, j+1, weak); q.n > 0 {
			return q
		}
	case c == '%' && len(s)-j > 3 && foldEqual(s[j:j+3], "%5b"):
		return control(s, i, j+3, weak)
	case c == ']' && isDigit(at(s, j+1)):
		return command(s, i, j+1)
	case c == '%' && len(s)-j > 3 && foldEqual(s[j:j+3], "%5d") && isDigit(at(s, j+3)):
		return command(s, i, j+3)
	case strings.IndexByte("()*+", c) >= 0 && (isUpper(at(s, j+1)) || isDigit(at(s, j+1))) && j+1 < len(s) && !weak:
		return sequence{n: n + 2} // a set of characters
	case strings.IndexByte("78=>", c) >= 0 && !weak, raw && strings.IndexByte("cDEHMPX^_\\", c) >= 0:
		return sequence{n: n + 1}
	case c == '\\' && slashes > 0: // the string terminator
		k := 0
		for k < 2*slashes && at(s, j+k) == '\\' {
			k++
		}
		if k == 2*slashes {
			return sequence{n: n + k}
		}
	}
	if raw {
		return sequence{n: 1}
	}
	return sequence{}
}

// control returns the control sequence at s[i:] whose parameters begin at j.
func control(s string, i, j int, weak bool) sequence {
	p := j
	for p < len(s) && p-j < maxParams && (s[p] >= '0' && s[p] <= '9' || s[p] == ';' || s[p] == '?' || !weak && s[p] >= 0x3A && s[p] <= 0x3F) {
		p++
	}
	to := p
	for !weak && p < len(s) && p-to < 2 && s[p] >= 0x20 && s[p] <= 0x2F {
		p++
	}
	if p >= len(s) || !isLetter(s[p]) && (weak || s[p] < '@' || s[p] > '~' || s[p] == ']') || p == j && strings.IndexByte("mKJHABCDsu", s[p]) < 0 {
		return sequence{}
	}
	return sequence{n: p + 1 - i, reset: s[p] == 'm' && resets(s[j:to]), parts: s[p] >= 'A' && s[p] <= 'J' || s[p] == 'd' || s[p] == 'f'}
}

// resets reports the parameters that end a colour or another rendition.
func resets(params string) bool {
	last := params[strings.LastIndexByte(params, ';')+1:]
	switch last {
	case "", "0", "00", "39", "49", "22", "23", "24", "27", "28", "29":
		return true
	}
	return false
}

// orphan returns the sequence for a colour that has lost its escape character, as in copies of logs: [1;32m. A duration in brackets, [5m], has
// the same form.
func orphan(s string, i int) sequence {
	p := i + 1
	for p < len(s) && p-i < maxParams && (isDigit(s[p]) || s[p] == ';') {
		p++
	}
	if p == i+1 || at(s, p) != 'm' || p >= len(s) || strings.IndexByte("]:", at(s, p+1)) >= 0 {
		return sequence{}
	}
	return sequence{n: p + 1 - i, reset: resets(s[i+1 : p])}
}

// command returns the beginning of the operating system command at s[i:], whose number begins at j: what stands before its text.
func command(s string, i, j int) sequence {
	p := j
	for p < len(s) && p-j < 5 && isDigit(s[p]) {
		p++
	}
	if at(s, p) != ';' {
		return sequence{}
	}
	p++
	if p-j == 2 && s[j] == '8' { // a link has parameters before its address
		n := strings.IndexByte(s[p:min(len(s), p+maxLabel)], ';')
		if n < 0 {
			return sequence{}
		}
		p += n + 1
	}
	return sequence{n: p - i, command: true, parts: true}
}

// bells are the spellings of the character that ends a command, besides the string terminator.
var bells = []string{"\x07", "^g", "%07", `\u0007`, `\x07`, `\007`, `\a`}

// terminator returns the bounds of what ends the command whose text begins at i, or 0.
func terminator(s string, i int) (start, end int) {
	limit := min(len(s), i+maxOSC)
	for p := i; p < limit && s[p] != '\n'; {
		run := p // of backslashes
		for run < limit && s[run] == '\\' {
			run++
		}
		last := max(p, run-1)
		for _, b := range bells {
			if len(s)-last >= len(b) && foldEqual(s[last:last+len(b)], b) {
				return p, last + len(b)
			}
		}
		if n, slashes, _, _ := introducer(s, p); n > 0 {
			if at(s, p+n) != '\\' {
				return 0, 0 // another sequence
			}
			return p, min(len(s), p+n+max(1, 2*slashes))
		}
		p = max(p+1, run)
	}
	return 0, 0
}
