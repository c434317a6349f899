package redact

import "strings"

// qualifier says what a word behind the name of a secret means for it: OPENAI_API_KEY_DEV, passwordBase64, db.password.eu.
type qualifier uint8

const (
	notQualifier qualifier = iota
	// qualifierPlace: one of several secrets of the kind, by environment, region, order or version.
	qualifierPlace
	// qualifierRole: whose or what for it is.
	qualifierRole
	// qualifierForm: how the value is written.
	qualifierForm
	// qualifierHash: the value is derived from the secret.
	qualifierHash
	// qualifierFree: any other word, behind a name in capitals.
	qualifierFree
)

// qualifierWords lists qualifiers. A number at the end of a key is cut off before, so that "v" stands for v2 and "base" for base64.
var qualifierWords = []struct {
	kind  qualifier
	words string
}{
	// Environments.
	{qualifierPlace, "dev devel develop development test tests testing tst stg staging qa uat sit prod production prd preprod nonprod preview sandbox sbx demo local live canary integration perf ci e2e"},
	// Regions: continents, compass points of cloud regions, and the countries that data is kept in.
	{qualifierPlace, "eu us uk emea apac latam na ap ca sa au jp sg kr cn east west north south central europe asia global eastus westeurope use euw usw"},
	// Order, age and version.
	{qualifierPlace, "primary secondary tertiary main backup fallback current previous prev next old new latest legacy active standby rotated first second third last one two three a b v blue green"},
	// Roles.
	{qualifierRole, "admin root readonly readwrite read write only ro rw viewer editor internal external master replica guest bot worker mobile ingest deploy shared personal"},
	// Encodings and other forms.
	{qualifierForm, "b base hex encoded encrypted enc binary bin pem der plain plaintext text raw escaped decoded decrypted cleartext value val string str header confirm confirmation confirmed repeat repeated again"},
	{qualifierHash, "hash hashed bcrypt argon"},
}

// aboutWords are words behind the name of a secret that make a property, a place or a kind of the secret of it.
var aboutWords = wordSetOf("id ids identifier name names type types kind class url uri urls endpoint host hostname port path paths file files filename dir directory folder location mount volume arn ref reference resource store storage " +
	"provider providers issuer audience scope scopes realm domain subject user username users email account owner owners group groups service services manager handler hasher hashers validator validators algorithm alg algo method methods mode format pattern regex charset alphabet policy policies rule rules " +
	"length len size sizes limit limits count counts min max minimum maximum number num total bits bytes budget usage quota rate window bucket price cost weight " +
	"expires expiry expiration expire ttl timeout age lifetime duration interval delay days hours minutes seconds ms at date time timestamp created updated modified issued rotation rotate refresh renewal retries retry attempts threshold leeway skew " +
	"enabled enable disabled disable required require optional allowed allow status state valid invalid expired missing error errors exists found present set reset changed change update create delete generate verify validation check request response flow grant " +
	"version versions revision label labels tag tags title description desc hint help message msg text prompt placeholder template prefix suffix index idx field fields column table param params parameter query cookie header key keys token tokens secret secrets password passwords passwd pwd pass auth cert certificate ca " +
	"namespace project region zone cluster tenant helper helpers scanning scanner manager blacklist whitelist allowlist denylist santa symbol backend frontend plugin driver engine vault broker proxy embedding embeddings mode env environment config options option settings setting list map array object json yaml class var variable source src target dest fallback strategy backend cmd command script hook callback redirect page route view form input button dialog screen modal link")

// numberedWords are aboutWords that are no property where a letter or a number follows them: SECRET_KEY_PROJECT_A.
var numberedWords = wordSetOf("project region zone cluster tenant")

const (
	// maxQualifiers bounds the words behind the name of a secret, maxFree those that are not listed, and maxFreeText their letters.
	maxQualifiers = 6
	maxFree       = 2
	maxFreeText   = 20
	// maxGap bounds the digits and separators between two words of a name.
	maxGap = 8
)

// qualifiers is qualifierWords by word.
var qualifiers = func() map[string]qualifier {
	m := map[string]qualifier{}
	for _, row := range qualifierWords {
		for w := range strings.FieldsSeq(row.words) {
			m[w] = row.kind
		}
	}
	return m
}()

// addQualifiers enters the endings of qualifiers, for a table of keys that has any.
func (k *keyWords) addQualifiers() {
	if len(k.phrases) == 0 {
		return
	}
	for w := range qualifiers {
		k.qualifierTails.add(tail(w, len(w)))
		k.qualifierEnds.add(end3(w))
	}
}

// joined returns 1 when the word that ends at b[:end] is not the first one of its name.
func joined(b []byte, end int) uint64 {
	lo := max(0, end-maxLinkWord)
	i := end - 1
	if isUpper(b[i]) {
		for i > lo && isUpper(b[i]) {
			i--
		}
	}
	for i > lo && isLower(b[i]) {
		i--
	}
	if b[i] == '_' || b[i] == '-' || b[i] == '.' || isDigit(b[i]) || isLetter(b[i]) && i > 0 && isAlnum(b[i-1]) {
		return 1
	}
	return 0
}

// lastWord returns where the last word of key[:end] begins.
func lastWord(key string, end int) int {
	from := end
	for from > 0 && !isKeySeparator(key[from-1]) {
		from--
		if isHump(key, from, end) {
			break
		}
	}
	return from
}

// nameEnd returns where a name ends that goes on at i.
func nameEnd(s string, i int) int {
	limit := min(len(s), i+maxKey)
	for i < limit && (isAlnum(s[i]) || s[i] == '-' || s[i] == '_') {
		i++
	}
	return i
}

// javaProperty returns what a key says that is a property of Java: java -DdbPassword=x.
func (sc *scanner) javaProperty(key string) keyInfo {
	if strings.IndexByte(key, '-') < 0 {
		return keyInfo{}
	}
	for n := len(key) - len("-D"); n >= 0; n-- {
		if key[n] == '-' && key[n+1] == 'D' {
			if n == 0 || key[n-1] == ' ' {
				return sc.keys.classify(key[n+len("-D"):])
			}
			break
		}
	}
	return keyInfo{}
}

// mayQualify reports whether the word that ends at s[:end], with further ones behind it, may stand behind the name of a secret; few do.
func (k *keyWords) mayQualify(s string, end, behind int) bool {
	if behind >= maxQualifiers {
		return false
	}
	lo := max(0, end-maxKeyTail)
	from := lo + lastWord(s[lo:end], end-lo)
	next := keyEnd(s, from)
	if next < 1 || from-next > maxGap || next == from && (!isUpper(s[from]) || !isAlnum(s[from-1])) {
		return false
	}
	return k.mayEndPhrase(s, next, behind+1)
}

// qualified returns what a key says that ends at end, when its last words stand behind the name of a secret.
func (k *keyWords) qualified(key string, end int) keyInfo {
	screaming := isScreaming(key[strings.LastIndexByte(key, ' ')+1:])
	var kinds [qualifierFree + 1]int
	last := end
	for range maxQualifiers {
		from := lastWord(key, end)
		kind := notQualifier
		if word := key[from:end]; len(word) <= maxInSet {
			var buf [maxInSet]byte
			for i := range len(word) {
				buf[i] = lower(word[i])
			}
			kind = qualifiers[string(buf[:len(word)])]
			if kind == notQualifier && screaming && (!aboutWords[string(buf[:len(word)])] || end < len(key) && numberedWords[string(buf[:len(word)])]) {
				kind = qualifierFree
			}
		}
		kinds[kind]++
		if kind == notQualifier || kinds[qualifierFree] > maxFree || kind == qualifierFree && last-from > maxFreeText {
			return keyInfo{}
		}
		if end = keyEnd(key, from); end < 1 {
			return keyInfo{}
		}
		if !k.mayEnd(key, end) {
			continue
		}
		var t keyTail
		t.split(key[:end])
		if info, known := k.lookup(&t); known && (info.class != keyQuery || t.n == 1) {
			return qualify(info, &kinds, screaming)
		}
	}
	return keyInfo{}
}

// qualify returns what is left of what the name of a secret says, with the words behind it.
func qualify(info keyInfo, kinds *[qualifierFree + 1]int, screaming bool) keyInfo {
	switch info.class {
	case keyPassword, keySecret, keyToken:
		switch {
		case kinds[qualifierFree] > 0:
			info.class = keyQualified
		case kinds[qualifierHash] > 0:
			info.class = keyMaybe
		}
	case keyMaybe:
		if kinds[qualifierForm]+kinds[qualifierHash] > 0 && !screaming {
			return keyInfo{}
		}
	case keyRandom:
		if kinds[qualifierPlace] == 0 || kinds[qualifierForm]+kinds[qualifierHash]+kinds[qualifierRole] > 0 {
			return keyInfo{}
		}
	case keyMaybePassword:
		if !screaming || kinds[qualifierForm] > 0 {
			return keyInfo{}
		}
	case keyConnection, keyPIN, keyEmail, keyPhone, keySSN, keyCard, keyIBAN, keyMnemonic:
		if kinds[qualifierFree]+kinds[qualifierHash] > 0 {
			return keyInfo{}
		}
	case keyAuthorization, keyCookie:
		if kinds[qualifierFree]+kinds[qualifierHash]+kinds[qualifierRole] > 0 {
			return keyInfo{}
		}
	default:
		return keyInfo{}
	}
	return info
}

// isScreaming reports a name in capitals with underscores, as environment variables have.
func isScreaming(name string) bool {
	underscore := false
	for i := range len(name) {
		switch {
		case name[i] == '_':
			underscore = true
		case !isUpper(name[i]) && !isDigit(name[i]):
			return false
		}
	}
	return underscore
}

// hexConstant reports a number in hexadecimal notation that is too short for a secret: 0x2000, 0x53c237_53c237.
func hexConstant(v string) bool {
	if strings.IndexByte(v, '_') > 0 && len(v) <= len("0x1234_5678_9abc_def0") {
		v = v[:min(len(v), len("0x"))] + strings.ReplaceAll(v[min(len(v), len("0x")):], "_", "")
		return len(v) > 2 && v[0] == '0' && v[1]|0x20 == 'x' && hexAny.all(v[2:])
	}
	return len(v) > 2 && len(v) <= len("0x12345678") && v[0] == '0' && v[1]|0x20 == 'x' && hexAny.all(v[2:])
}

// isolated reports a value that is hardly a name, a version or a path.
func isolated(v string) bool {
	f := featuresOf(v)
	return passwordLike(v) && f.digit > 0 && (classSwitches(v) >= 2 || f.lower > 0 && f.upper > 0) && !codeExpression(v) && !pathOrURL(v) && !typeName(v) && !fileName(v)
}

// fileName reports a name with an extension: two to four letters after the only dot.
func fileName(v string) bool {
	dot := strings.LastIndexByte(v, '.')
	return dot > 0 && len(v)-dot >= 3 && len(v)-dot <= 5 && letters.all(v[dot+1:])
}

// measureWords in a name say that its number is a size or a bound: NSS_BUFLEN_PASSWD, MAX_PASSWD.
var measureWords = wordSetOf("max min len buflen size num count limit bits maximum minimum length")

// measures reports that a key has one of measureWords.
func measures(key string) bool {
	for end := len(key); end > 0; {
		from := lastWord(key, end)
		if inSet(measureWords, key[from:end]) {
			return true
		}
		for end = from; end > 0 && isKeySeparator(key[end-1]); end-- {
		}
	}
	return false
}

// numberAt reports that a number of up to six digits stands at i, and nothing else.
func numberAt(s string, i int) bool {
	end := i
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	return end > i && end-i <= 6 && (end == len(s) || !isAlnum(s[end]) && s[end] != '-' && s[end] != '_')
}
