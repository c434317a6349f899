package redact

import (
	"encoding/base64"
	"unicode/utf8"
)

const (
	// minDecoded and maxDecoded bound the length of the base64 that is looked into.
	minDecoded = 16
	maxDecoded = 256 << 10
)

// decoded returns the pass that looks for findings within base64, to the depth given. A run with one is replaced as a whole, under the rule of
// the first finding.
func decoded(depth int) extra {
	return func(sc *scanner) {
		s := sc.text
		var sub scanner
		for i := 0; i < len(s); {
			if !base64Set.has(s[i]) || !wordBegins(s, i) {
				i++
				continue
			}
			i += escapeLen(s, i)
			end := i
			for end < len(s) && (base64Set.has(s[end]) || s[end] == '-' || s[end] == '_') {
				end++
			}
			if n := end - i; n >= minDecoded && n <= maxDecoded {
				if text, ok := decodeText(s[i:end]); ok {
					sub.settings = sc.settings
					sub.reset("", text)
					sub.scan()
					if depth > 1 {
						decoded(depth - 1)(&sub)
					}
					if len(sub.found) > 0 {
						sc.add(i, end, sub.found[0].rule)
					}
				}
			}
			i = max(end, i+1)
		}
	}
}

// decodeText returns the text that v encodes, when it is one.
func decodeText(v string) (string, bool) {
	for len(v) > 0 && v[len(v)-1] == '=' {
		v = v[:len(v)-1]
	}
	for _, enc := range [...]*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		raw, err := enc.DecodeString(v)
		if err != nil || len(raw) == 0 || !utf8.Valid(raw) {
			continue
		}
		for _, b := range raw {
			if b < 0x20 && !isSpace(b) || b == 0x7F {
				return "", false
			}
		}
		return string(raw), true
	}
	return "", false
}
