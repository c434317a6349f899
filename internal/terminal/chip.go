package terminal

import (
	"regexp"
	"strings"
)

// mark is what sensitive_filter leaves in the place of a value, with the rule's name. In
// a URL it has no brackets.
var mark = regexp.MustCompile(`\[?\bREDACTED:([a-z0-9._-]+)\]?`)

// chips shows marks of redaction as ink, where the screen has colours.
func (s *Screen) chips(look style, text string) string {
	if !s.color || !strings.Contains(text, "REDACTED:") {
		return s.paint(look, text)
	}
	var b strings.Builder
	at := 0
	for _, m := range mark.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(s.paint(look, text[at:m[0]]))
		b.WriteString(s.paint(ink, " "+text[m[2]:m[3]]+" "))
		at = m[1]
	}
	b.WriteString(s.paint(look, text[at:]))
	return b.String()
}
