package redact

import "strings"

// maxLocal and maxDomain are the longest parts of an address (RFC 5321, 4.5.3.1).
const (
	maxLocal  = 64
	maxDomain = 253
)

var domainSet = set("-0-9A-Za-z.")

// localCommon holds what the local parts of addresses in text consist of. RFC 5321 allows more, all of which delimits addresses in JSON,
// URLs and Markdown.
var localCommon = set("-+0-9A-Z_a-z.'")

// email looks for an address around the separator s[i:after]: '@' or its percent-encoded form.
func (sc *scanner) email(i, after int) {
	s := sc.text
	if sc.driverAddress(i, after) {
		return
	}
	if i < sc.noEmail || after >= len(s) || (!isAlnum(s[after]) && s[after] < 0x80) || i == 0 {
		return
	}
	end, ok := domainEnd(s, after)
	if !ok {
		return
	}
	start := localStart(s, i, max(i-maxLocal, sc.floor), !ascii(s[after:end]))
	if n := escapeLen(s, start); n > 0 {
		start += n
	}
	if start > 0 && s[start-1] == '%' && start+2 < i && isHex(s[start]) && isHex(s[start+1]) {
		start += 2
	}
	for start < i && (s[start] == '.' || s[start] == '\'' || s[start] == '-' || s[start] == '+') {
		start++
	}
	for start < i && s[start] >= 0x80 && s[start] < 0xC0 {
		start++
	}
	if sc.userAtHost(i, start, after) {
		return
	}
	local := s[start:i]
	if local == "" || local[len(local)-1] == '.' || sc.labels.bareLen(local) == len(local) {
		return
	}
	// A user before a host is no address: git@host:path, ssh://git@host, https://user@host.
	if c := at(s, end); (c == ':' && end+1 < len(s) && (isAlnum(s[end+1]) || s[end+1] == '/')) && (local == "git" || local == "hg" || local == "svn" || local == "ssh") {
		return
	}
	if local == "git" {
		return
	}
	if start >= 3 && s[start-3:start] == "://" {
		return
	}
	if !strings.ContainsFunc(local, func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r >= 0x80
	}) {
		return
	}
	sc.add(start, end, ruleEmail)
	sc.advance(end)
	sc.afterAddress(end)
}

// afterAddress handles a password that follows the address of an account: jane@example.com:x, jane@example.com / x.
func (sc *scanner) afterAddress(i int) {
	s := sc.text
	for _, sep := range [...]string{":", " / ", " | "} {
		if !strings.HasPrefix(s[i:], sep) {
			continue
		}
		from := i + len(sep)
		end := bareEnd(s, from)
		for end > from && strings.IndexByte(".,;", s[end-1]) >= 0 {
			end--
		}
		v := s[from:end]
		f := featuresOf(v)
		// A path on a host has the same form.
		if len(v) < 6 || v[0] == '@' || f.digit == 0 || f.lower+f.upper == 0 || strings.IndexByte(v, '/') >= 0 || sep == ":" && f.upper == 0 && strings.Trim(v, "-._0123456789abcdefghijklmnopqrstuvwxyz") == "" && strings.ContainsAny(v, ".-_") || placeholder(v) || codeExpression(v) || !passwordLike(v) {
			return
		}
		sc.add(from, end, rulePassword)
		sc.advance(end)
		return
	}
}

// driverAddress handles the address of a database without a scheme, user:password@tcp(host:port)/name, as Go's driver for MySQL takes it.
func (sc *scanner) driverAddress(i, after int) bool {
	s := sc.text
	if !strings.HasPrefix(s[after:], "tcp(") && !strings.HasPrefix(s[after:], "unix(") && !strings.HasPrefix(s[after:], "tcp6(") {
		return false
	}
	lo := max(i-maxUserInfo, sc.floor)
	from := lo + strings.LastIndexAny(s[lo:i], " \t\n\"'`<>=,;(") + 1
	from += escapeLen(s, from)
	colon := strings.IndexByte(s[from:i], ':')
	if colon < 1 || from+colon+1 >= i {
		return false
	}
	if pass := s[from+colon+1 : i]; placeholder(pass) || strings.Contains(pass, "://") {
		return false
	}
	sc.add(from+colon+1, i, ruleConnection)
	sc.advance(after)
	return true
}

// maxUserInfo bounds a user and a password before an address.
const maxUserInfo = 160

// userAtHost handles user:password@host without a scheme: what stands before the separator at i holds characters that addresses do not.
func (sc *scanner) userAtHost(i, start, after int) bool {
	s := sc.text
	from := i
	lo := max(i-maxLocal, sc.floor)
	for from > lo && s[from-1] > ' ' && s[from-1] < 0x7F && strings.IndexByte("\"'`<>\\/=,;", s[from-1]) < 0 {
		from--
	}
	colon := strings.IndexByte(s[from:i], ':')
	if colon < 1 || from+colon+1 >= i {
		return false
	}
	pass := s[from+colon+1 : i]
	if from+colon+1 == start || len(pass) < 6 || !plainName(s[from:from+colon]) || !passwordLike(pass) || placeholder(pass) || codeExpression(pass) {
		return false
	}
	sc.add(from+colon+1, i, ruleURLPassword)
	sc.advance(after)
	return true
}

// punctuationBefore reports a punctuation mark outside ASCII that ends at i.
func punctuationBefore(s string, i int) bool {
	j := i - 1
	for j > 0 && s[j] >= 0x80 && s[j] < 0xC0 {
		j--
	}
	return punctuation(s[j:])
}

// domainEnd returns where the domain name that begins at i ends. Its last label must be a plausible top-level domain.
func domainEnd(s string, i int) (int, bool) {
	end := i
	for end < len(s) && end-i <= maxDomain && (domainSet.has(s[end]) || s[end] >= 0x80 && !punctuation(s[end:]) && !domainOver(s, i, end)) {
		end++
	}
	for end > i && (s[end-1] == '.' || s[end-1] == '-') {
		end--
	}
	// A file name or a word may follow without a blank, as in "a@b.com.Next": the text up to it is the address.
	name := s[i:end]
	dot := strings.LastIndexByte(name, '.')
	if dot <= 0 {
		return 0, false
	}
	tld := name[dot+1:]
	if len(tld) < 2 || len(tld) > 24 || name[0] == '.' || strings.Contains(name, "..") {
		return 0, false
	}
	xn := strings.HasPrefix(tld, "xn--")
	for j := 0; j < len(tld); j++ {
		if !isLetter(tld[j]) && tld[j] < 0x80 && !xn {
			return 0, false
		}
	}
	if inSet(fileSuffixes, tld) {
		return 0, false
	}
	return end, true
}

// fileSuffixes end file names such as icon@2x.png, and are no top-level domains.
var fileSuffixes = wordSetOf("png jpg jpeg gif svg webp ico bmp tiff avif js jsx mjs cjs ts tsx css scss less html htm json yaml yml toml xml txt log map wasm tgz gz tar exe dll local internal lock svc localhost service timer socket target mount slice scope path device automount swap snap")
