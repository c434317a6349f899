package redact

import "strings"

const (
	maxScheme    = 32
	maxAuthority = 1024
)

// url handles "://" at i: the password, or the token, in the user information of an address of any scheme (RFC 3986, 3.2.1).
func (sc *scanner) url(i int) {
	s := sc.text
	if i == 0 || !isAlnum(s[i-1]) {
		return
	}
	from := i + 3
	if from+maxAuthority/2 < sc.noUser {
		return
	}
	// The authority ends at a slash; in connection strings passwords with slashes, question marks and hashes occur all the same.
	end, sep, firstColon := from, -1, -1
	slash := -1
	for end < len(s) && end-from < maxAuthority {
		b := s[end]
		if b == '<' {
			if close := strings.Index(s[end:min(len(s), end+60)], ">@"); close > 0 && firstColon >= 0 {
				sc.advance(end + close + 2) // user:<password>@host
				return
			}
		}
		if b <= ' ' || b == '"' || b == '<' || b == '>' || b == '`' || b == '\\' {
			break
		}
		if b == '@' {
			if slash < 0 {
				sep = end
			} else if sep < 0 && firstColon >= 0 && firstColon < slash && !webScheme(s, i) && !isDigit(at(s, firstColon+1)) {
				sep = end
			}
		}
		if b == ':' && firstColon < 0 {
			firstColon = end
		}
		if (b == '/' || b == '?' || b == '#') && slash < 0 {
			if sep >= 0 || webScheme(s, i) {
				break
			}
			slash = end
		}
		if b == '\'' && end+1 < len(s) && !isAlnum(s[end+1]) {
			break
		}
		if b >= 0x80 && punctuation(s[end:]) {
			break
		}
		end++
	}
	if sep < 0 {
		if slash >= 0 || end-from >= maxAuthority {
			sc.noUser = end
		}
		return
	}
	sc.noEmail = sep + 1
	if strings.HasPrefix(s[from:], "REDACTED:") {
		sc.advance(sep) // a replacement of ours
		return
	}
	if firstColon < 0 || firstColon > sep {
		sc.userToken(from, sep)
		return
	}
	pass := s[firstColon+1 : sep]
	if pass == "" || placeholder(pass) || isLabel("["+pass+"]") || strings.ContainsAny(pass, "{}") && codeExpression(pass) {
		sc.userToken(from, firstColon)
		if strings.HasPrefix(pass, "REDACTED:") || isLabel("["+pass+"]") {
			sc.advance(sep)
		}
		return
	}
	if !foldEqual(pass, "x-oauth-basic") {
		sc.addWrapped(firstColon+1, sep, ruleURLPassword, wrapUserInfo)
	}
	sc.userToken(from, firstColon)
	sc.advance(sep)
}

// userToken handles user information without a password, or its user part: a token stands there in addresses of code hosts.
func (sc *scanner) userToken(from, end int) {
	user := sc.text[from:end]
	if len(user) >= 20 && credentialLike(user) {
		sc.addWrapped(from, end, ruleURLPassword, wrapUserInfo)
	}
}

func webScheme(s string, i int) bool {
	return strings.HasSuffix(s[max(0, i-5):i], "https") || strings.HasSuffix(s[max(0, i-4):i], "http")
}
