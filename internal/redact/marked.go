package redact

import "strings"

// markedToken is a token with a mark at a fixed place within it.
type markedToken struct {
	mark string
	// before and after are the numbers of characters around the mark that belong to the token.
	before, after int
	body          *charset
	check         func(token string) bool
	rule          ruleID
}

// markedTokens lists the tokens that only a mark inside of them gives away.
var markedTokens = []markedToken{
	{"JQQJ9", 52, 27, alnum, random, mustRule("secret.azure-identifiable-key")},
	{"AZDO", 76, 4, alnum, random, mustRule("secret.azure-devops-token")},
	{"FFFFNRAL", 32, 0, lowerNum, nil, mustRule("secret.newrelic-license-key")},
	{"-us", 32, 2, hexLower, mailchimpShape, mustRule("secret.mailchimp-key")},
}

// minMarked is the length of the shortest token with a mark.
const minMarked = 36

// marked looks for tokens with a mark inside.
func (sc *scanner) marked() {
	s := sc.text
	if len(s) < minMarked {
		return
	}
	for i := range markedTokens {
		t := &markedTokens[i]
		for p := 0; ; {
			n := strings.Index(s[p:], t.mark)
			if n < 0 {
				break
			}
			from := p + n - t.before
			p += n + len(t.mark)
			end := p
			for end < len(s) && end-p < t.after && t.body.has(s[end]) {
				end++
			}
			if from < 0 || !wordBegins(s, from) || end < len(s) && isAlnum(s[end]) || !t.body.all(s[from:p-len(t.mark)]) || t.check != nil && !t.check(s[from:end]) || t.mark[0] != '-' && end-p < t.after || dummy(s[from:from+t.before]) {
				continue
			}
			sc.add(from, end, t.rule)
		}
	}
}

// mailchimpShape is 32 hexadecimal digits, "-us" and the number of a data centre.
func mailchimpShape(s string) bool { return len(s) > 35 && digits.all(s[35:]) && random(s[:32]) }
