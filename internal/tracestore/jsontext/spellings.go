package jsontext

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Spellings are the ways in which senders write a text in JSON: as it is, with a
// backslash before each slash, and with all but ASCII as \u and four digits.
func Spellings(text string) []string {
	escaped := string(AppendString(nil, text))
	escaped = escaped[1 : len(escaped)-1]
	all := []string{escaped}
	add := func(s string) {
		if s != all[len(all)-1] {
			all = append(all, s)
		}
	}
	add(asciiOnly(escaped))
	if slashes := strings.ReplaceAll(escaped, "/", `\/`); slashes != escaped {
		add(slashes)
		add(asciiOnly(slashes))
	}
	return all
}

func asciiOnly(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
