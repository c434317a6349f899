package redact

import "strings"

// minLinkToken is the length from which a segment of a path is taken for the token of a link.
const minLinkToken = 16

// linkPath handles the path of a link that lets somebody in, https://host/reset-password/token: a word such as "reset" ends at i.
func (sc *scanner) linkPath(i int) {
	s := sc.text
	p := i
	for p < len(s) && p-i < 24 && (isLetter(s[p]) || s[p] == '-' || s[p] == '_') {
		p++
	}
	if at(s, p) != '/' {
		return
	}
	from := p + 1
	end := from
	for end < len(s) && urlDotted.has(s[end]) {
		end++
	}
	for end > from && s[end-1] == '.' {
		end--
	}
	v := s[from:end]
	if len(v) < minLinkToken || !credentialLike(v) || placeholder(v) {
		return
	}
	// A path of an address, not a list of words.
	host := strings.LastIndexAny(s[max(sc.floor, i-200):i], " \"'<>\n(")
	if !strings.Contains(s[max(sc.floor, i-200)+host+1:i], "://") {
		return
	}
	sc.add(from, end, ruleToken)
	sc.advance(end)
}
