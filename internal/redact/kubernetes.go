package redact

import "strings"

// maxManifest bounds how far from its kind the data of a Secret of Kubernetes is looked for.
const maxManifest = 8 << 10

// manifest handles the word "kind", which ends at i: the values of a Secret's data and stringData go, whatever their names are. They may
// stand before the kind, as kubectl writes them.
func (sc *scanner) manifest(i int) {
	s := sc.text
	p := i
	for p < len(s) && p-i < 12 && strings.IndexByte("\"\\: ", s[p]) >= 0 {
		p++
	}
	if p == i || !strings.HasPrefix(s[p:], "Secret") || isAlnum(at(s, p+len("Secret"))) || i < sc.noManifest {
		return
	}
	lo, hi := max(i-maxManifest, 0), min(len(s), i+maxManifest)
	// One document of several.
	if n := strings.LastIndex(s[lo:i], "---"); n >= 0 {
		lo += n
	}
	if n := strings.Index(s[i:hi], "---"); n >= 0 {
		hi = i + n
	}
	sc.noManifest = hi
	for q := lo; q < hi; {
		n := strings.Index(s[q:hi], "ata")
		if n < 0 {
			return
		}
		q += n + len("ata")
		if !strings.HasSuffix(s[:q], "stringData") && (!strings.HasSuffix(s[:q], "data") || !wordBegins(s, q-len("data"))) {
			continue
		}
		q = sc.manifestData(q, hi)
	}
}

// manifestData replaces the values of a map of names and values whose name ends at i: an object of JSON, or lines of YAML that are indented
// further. It returns where it ends.
func (sc *scanner) manifestData(i, hi int) int {
	s := sc.text
	slashes := 0
	p := i
	for at(s, p) == '\\' {
		slashes++
		p++
	}
	if at(s, p) == '"' {
		p++
	}
	if at(s, p) != ':' {
		return i
	}
	p++
	for at(s, p) == ' ' && p < len(s) {
		p++
	}
	if at(s, p) == '{' {
		skip := sc.skip
		sc.container(p, keyInfo{keySecret, ruleSecret}, slashes)
		end := max(p+1, sc.skip)
		sc.skip = max(skip, min(sc.skip, i)) // what the rules for names find beside it, counts too
		return min(end, hi)
	}
	indent := -1
	for p < hi {
		n := lineBreak(s, p)
		if n == 0 {
			return p
		}
		p += n
		from := p
		for at(s, p) == ' ' && p < hi {
			p++
		}
		if indent < 0 {
			indent = p - from
		}
		end, _ := lineEnd(s[:hi], p)
		colon := strings.IndexByte(s[p:end], ':')
		if indent < 2 || p-from != indent || colon < 1 {
			return from
		}
		v := p + colon + 1
		for v < end && strings.IndexByte(" \"'\\", s[v]) >= 0 {
			v++
		}
		to := end
		for to > v && strings.IndexByte(" \"'\\", s[to-1]) >= 0 {
			to--
		}
		if to > v+1 && !sc.placeholder(s[v:to]) && s[v] != '|' {
			sc.add(v, to, ruleSecret)
		}
		p = end
	}
	return hi
}
