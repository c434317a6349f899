package redact

import "strings"

const (
	maxScheme    = 32
	maxAuthority = 1024
)

// url handles the colon at i before the authority at from: the password, or the token, in the user information of an address of any scheme (RFC 3986, 3.2.1).
func (sc *scanner) url(i, from int) {
	s := sc.text
	if i == 0 || !isAlnum(s[i-1]) {
		return
	}
	if from+maxAuthority/2 < sc.noUser {
		return
	}
	// The authority ends at a slash; in connection strings passwords with slashes, question marks and hashes occur all the same.
	end, sep, firstColon := from, -1, -1
	slash := -1
	for end < len(s) && end-from < maxAuthority {
		b := s[end]
		if b == '<' {
			if last := strings.Index(s[end:min(len(s), end+60)], ">@"); last > 0 && firstColon >= 0 {
				sc.advance(end + last + 2) // user:<password>@host
				return
			}
		}
		if b <= ' ' || b == '"' || b == '<' || b == '>' || b == '`' || b == '\\' {
			break
		}
		if b == '@' {
			if slash < 0 {
				sep = end
			} else if sep > slash || sep < 0 && firstColon >= 0 && firstColon < slash && !isDigit(at(s, firstColon+1)) {
				sep = end // of several, the last one before the path
			}
		}
		if sep > slash && slash >= 0 && (b == '/' || b == '?' || b == '#') {
			break
		}
		if b == ':' && firstColon < 0 {
			firstColon = end
		}
		if (b == '/' || b == '?' || b == '#') && slash < 0 {
			// What follows the colon is a port, or else the password holds the slash.
			if sep >= 0 || webScheme(s, i) && (firstColon < 0 || digits.all(s[firstColon+1:end]) || strings.IndexByte(s[end:min(len(s), end+maxUserInfo)], '@') < 0) {
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
	if n := sc.labels.bareLen(s[from:sep]); from+n == sep {
		sc.advance(sep) // a replacement of ours
		return
	} else if n > 0 {
		firstColon = from + n
	}
	if firstColon < 0 || firstColon > sep {
		sc.userToken(from, sep)
		return
	}
	pass := s[firstColon+1 : sep]
	label := sc.labels.bareLen(pass) == len(pass)
	if pass == "" || label || sc.placeholder(pass) || strings.ContainsAny(pass, "{}") && codeExpression(pass) {
		sc.userToken(from, firstColon)
		if label && pass != "" {
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

// encodedURL handles "%3A%2F%2F" at i: the password in the user information of an address that is percent-encoded as a whole.
func (sc *scanner) encodedURL(i int) {
	s := sc.text
	from := i + len("%3A%2F%2F")
	colon := -1
	for end := from; end < len(s) && end-from < maxUserInfo; end++ {
		switch b := s[end]; {
		case b <= ' ' || strings.IndexByte("\"'<>\\&`", b) >= 0:
			return
		case b == '@' || strings.HasPrefix(s[end:], "%40"):
			if colon < 0 || end == colon || sc.placeholder(s[colon:end]) || sc.labels.bareLen(s[colon:end]) > 0 {
				return
			}
			sc.addWrapped(colon, end, ruleURLPassword, wrapUserInfo)
			sc.advance(end)
			return
		case colon < 0 && b == ':':
			colon = end + 1
		case colon < 0 && (strings.HasPrefix(s[end:], "%3A") || strings.HasPrefix(s[end:], "%3a")):
			colon = end + 3
		case strings.HasPrefix(s[end:], "%2F") || strings.HasPrefix(s[end:], "%2f"):
			return
		}
	}
}

func webScheme(s string, i int) bool {
	return strings.HasSuffix(s[max(0, i-5):i], "https") || strings.HasSuffix(s[max(0, i-4):i], "http")
}
