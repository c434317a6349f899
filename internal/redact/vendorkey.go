package redact

import "strings"

// rowKeys are the words before "key" with which it is the name or the number of something in a store, a program or a keyboard.
const rowKeys = "blob file document doc record entity asset media upload attachment folder path page cursor offset sequence version build commit artifact layer digest checksum content fingerprint etag tag label metric series feature flag experiment variant setting preference property attribute " +
	"field form input output param parameter option menu route tab view widget component slot table tenant org organization project issue ticket board space customer order invoice product sku cart thread channel conversation chat room topic subject stream queue exchange producer event log audit report dashboard chart data " +
	"meta metadata extra source target src dst from to left right old new prev previous next first last min max up down arrow ctrl shift alt enter escape hot short keyboard press modifier lock memo ref tree node parent child request trace span job task run batch dedupe deduplication surrogate business natural lookup index fk pk id uuid bucket region " +
	"image photo video audio font icon theme style class css color locale language lang country currency position sibling redis memcache etcd kv consul datastore entry link edge join match filter rule step stage phase state status type kind mode scope graph vector embedding chunk segment block tx transaction nonce fetch swr queryable"

// keyAlone handles the value of a name that is nothing but "key", or "key" and a number, which begins at start: in assignments and log lines
// it is a secret when it is long and random beyond doubt. Members of objects named key are names.
func (sc *scanner) keyAlone(start, k, i int, quoted bool) {
	s := sc.text
	name := s[start:k]
	name = name[strings.LastIndexByte(name, ' ')+1:]
	numbered := isDigit(name[len(name)-1])
	name = strings.TrimRight(name, "0123456789")
	if quoted || !foldEqual(name, "key") {
		return
	}
	i = skipBlanks(s, i)
	from := i
	for i < len(s) && (s[i] == '\\' || s[i] == '"' || s[i] == '\'') {
		i++
	}
	end := i
	for end < len(s) && isAlnum(s[end]) {
		end++
	}
	v := s[i:end]
	if len(v) < 24 || len(v) > 128 || i-from > 3 || end < len(s) && !isSpace(s[end]) && strings.IndexByte("\"'\\,;.)&", s[end]) < 0 || !credentialLike(v) {
		return
	}
	// A digest under "key" is that of an entry in a cache; keys that are numbered, KEY1 and KEY2, are those of a service.
	if allHex(v) && (!numbered || !randomKey(v)) || !allHex(v) && classSwitches(v) < len(v)/3 {
		return
	}
	sc.add(i, end, ruleAPIKey) // and the scan goes on in it: its prefix may have a rule of its own
}

// inUse reports that the name at i follows a word that says that it is used.
func (sc *scanner) inUse(i int) bool {
	j := wordBefore(sc.text, i, sc.floor)
	return j < i && inSet(useWords, strings.TrimRight(sc.text[j:i], " "))
}

var useWords = wordSetOf("using use uses used")

// randomKey reports a value under a name that ends with "key" and is random by its own statistics; hexadecimal ones need 24 digits.
func randomKey(v string) bool {
	if len(v) < 20 || !credentialLike(v) || uuidShape(v) || classSwitches(v) < len(v)/4 {
		return false
	}
	if allHex(v) {
		return len(v) >= 24 && len(v) <= 64 && distinct(v, 8) >= 8 && !runsUp(v)
	}
	return urlSafe.all(strings.TrimRight(v, "="))
}

// testName reports the name of a test in Go, as it stands behind the title of one.
func testName(v string) bool {
	rest, ok := strings.CutPrefix(v, "Test")
	if !ok || len(rest) < 4 || !isUpper(rest[0]) && rest[0] != '_' || !plainName(rest) {
		return false
	}
	f := featuresOf(rest)
	return f.lower >= f.upper+f.digit
}

// hexAt reports that a word of hexadecimal digits stands at i, behind blanks.
func hexAt(s string, i int) bool {
	i = skipBlanksOnly(s, i)
	end := bareEnd(s, i)
	return end > i && allHex(s[i:end])
}
