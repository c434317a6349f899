package redact

import "strings"

// features counts what tells a password from a word.
type features struct {
	lower, upper, digit, symbol, other int
}

func featuresOf(v string) (f features) {
	for i := 0; i < len(v); i++ {
		switch b := v[i]; {
		case isLower(b):
			f.lower++
		case isUpper(b):
			f.upper++
		case isDigit(b):
			f.digit++
		case b >= 0x80:
			f.other++
		default:
			f.symbol++
		}
	}
	return f
}

// passwordLike reports a value that is hardly a word of a language or an identifier: digits among letters, symbols that names do
// not hold, or capitals in odd places. A list of technical words with digits is exempt.
func passwordLike(v string) bool {
	if len(v) < 5 || technicalWord(v) {
		return false
	}
	f := featuresOf(v)
	letters := f.lower + f.upper + f.other
	switch {
	case f.other > 0 && f.lower+f.upper+f.digit == 0:
		return false // a word in another script
	case f.digit > 0 && letters > 0:
		return true
	case f.digit == 0 && letters == 0:
		return false
	case letters == 0:
		return f.digit >= 4 && strings.Trim(v, "0123456789") == ""
	case strings.ContainsAny(v, "!#$%^&*@~+=?"):
		return !strings.HasSuffix(v, "?") || strings.ContainsAny(v[:len(v)-1], "!#$%^&*@~+=?")
	case f.upper > 0 && f.lower > 0 && classSwitches(v) >= 4:
		return true
	}
	return strings.Count(strings.Trim(v, "-"), "-") >= 3 || len(v) >= 24 && distinct(v, 10) >= 10 && f.symbol == 0
}

// credentialLike is the test for values under keys that also have harmless uses: one word of 16 characters or more, of mixed
// classes; shorter ones must be of letters and digits in no order.
func credentialLike(v string) bool {
	if len(v) < 12 || hasSpace(v) || pathOrURL(v) || technicalWord(v) {
		return false
	}
	if uuidShape(v) {
		return true
	}
	f := featuresOf(v)
	if f.digit >= 24 && f.digit == len(v) {
		return true
	}
	if len(v) < 16 && (f.digit == 0 || f.symbol > 0 || classSwitches(v) < 4) {
		return false
	}
	if f.digit == 0 {
		n := classSwitches(v)
		return f.upper > 2 && f.lower > 2 && (n >= 6 || n == 5 && f.upper >= f.lower && len(v) >= 20)
	}
	if f.lower+f.upper == 0 || strings.ContainsAny(v, "()[]{}<>\"'") {
		return false
	}
	return distinct(v, 8) >= 8 && (classSwitches(v) >= 3 || len(v) >= 24 && classSwitches(v) >= 2) && !looksLikeDate(v)
}

func looksLikeDate(v string) bool {
	return len(v) >= 10 && isDigit(v[0]) && isDigit(v[3]) && v[4] == '-' && isDigit(v[5]) && isDigit(v[6]) && v[7] == '-'
}

func pathOrURL(v string) bool {
	return strings.HasPrefix(v, "/") && strings.Count(v, "/") >= 2 && classSwitches(v) < 6 || strings.HasPrefix(v, "./") || strings.HasPrefix(v, "../") || strings.HasPrefix(v, "~/") || strings.Contains(v, "://") ||
		strings.HasPrefix(v, "C:\\") || strings.HasPrefix(v, "arn:")
}

// technicalWord reports words with digits that describe a password or token rather than being one.
func technicalWord(v string) bool {
	for _, w := range technicalWords {
		if len(v) >= len(w) && foldEqual(v[:len(w)], w) && (len(v) == len(w) || !isAlnum(v[len(w)])) {
			rest := v[len(w):]
			return len(rest) < 16 || classSwitches(rest) < max(6, len(rest)/4) // random text may begin so
		}
	}
	return false
}

var technicalWords = []string{
	"sha1", "sha256", "sha512", "sha-1", "sha-256", "sha-512", "sha3", "md5", "base64", "base32", "base64url", "bcrypt", "argon2", "argon2id", "argon2i", "pbkdf2", "scrypt",
	"utf8", "utf-8", "utf16", "oauth2", "oauth1", "oauth2.0", "oauth", "saml2", "rs256", "hs256", "es256", "aes256", "aes-256", "aes128", "ascii", "hex32", "uuid4", "uuidv4", "x509", "ed25519", "rsa2048", "rsa-2048",
	"int32", "int64", "uint8", "float32", "float64", "varchar", "text", "http2", "http/2", "2fa", "cram-md5", "digest-md5", "scram-sha-1", "scram-sha-256", "xoauth2", "tls1", "v1", "v2", "v3", "v4", "gpt-4", "gpt-4o", "cl100k", "o200k", "bge-m3", "e5",
}

// typeName reports a name in camel case whose last words name a secret, such as DescribeSecret: the name of an operation or a type.
func typeName(v string) bool {
	if len(v) > 48 || !letters.all(v) || strings.IndexByte(v, '_') >= 0 || classSwitches(v) < 2 {
		return false
	}
	var t keyTail
	t.split(v)
	switch builtinKeys.lookupPhrase(&t).class {
	case keyPlain, keyQuery, keyJWK:
		return false // a letter at the end of a random string is a phrase too
	}
	return t.n > 1
}

// codeExpression reports an unquoted value that a program computes: a call, an index, a member of something, a type.
func codeExpression(v string) bool {
	if len(v) > 1 && (v[0] == '*' || v[0] == '&') && isLetter(v[1]) && plainName(v) && featuresOf(v).digit == 0 {
		return true // a pointer
	}
	v = v[arrayType(v):]
	if i := strings.IndexAny(v, "([{<"); i > 0 || i == 0 && (v[0] == '(' || v[0] == '{') {
		name := v[:i]
		closed := strings.IndexByte(")]}>([", v[len(v)-1]) >= 0 || strings.HasSuffix(v[i+1:], "{") // or another literal follows
		if v[i] == '{' && !closed && i < len(v)-1 {
			name = v // what is left of a literal, Config{Name, has no digits
		}
		if plainName(v[:i]) && (closed || i == len(v)-1 || featuresOf(name).digit == 0) {
			return true
		}
	}
	// A dotted name without digits, such as config.password or self.token.
	if strings.IndexByte(v, '.') > 0 || strings.Contains(v, "::") || strings.Contains(v, "->") {
		for i := 0; i < len(v); i++ {
			if b := v[i]; !isLetter(b) && b != '.' && b != '_' && b != ':' && b != '-' && b != '>' && b != '?' {
				return false
			}
		}
		return true
	}
	return false
}

// arrayType returns the length of the brackets that begin an array type of Go, [2]Pair{ or []byte(, or 0.
func arrayType(v string) int {
	n := 1
	for n < len(v) && isDigit(v[n]) {
		n++
	}
	if v == "" || v[0] != '[' || at(v, n) != ']' || n+1 >= len(v) || !isLetter(v[n+1]) || strings.IndexByte("({", v[len(v)-1]) < 0 {
		return 0
	}
	return n + 1
}

// structTag reports the tag of a member of a struct in Go: json:"name".
func structTag(v string) bool {
	name, rest, ok := strings.Cut(v, ":")
	return ok && name != "" && lowerNum.all(name) && strings.HasPrefix(strings.TrimLeft(rest, `\`), `"`)
}

// camelName reports a name in camel case: words of three letters or more, among which may be acronyms, and no digits.
func camelName(v string) bool {
	words := 0
	for i := 0; i < len(v); words++ {
		from := i
		for i < len(v) && isUpper(v[i]) {
			i++
		}
		capitals := i - from
		for i < len(v) && isLower(v[i]) {
			i++
		}
		if i == from || i-from < 3 && i-from > capitals && words > 0 || capitals > 3 {
			return false
		}
	}
	return words > 1
}

// memberName reports names that dots join, as members of something in a program: cfg.ApiKey2, TokenKind2.Ident.
func memberName(v string) bool {
	parts := 0
	for part := range strings.SplitSeq(v, ".") {
		name := strings.TrimRight(part, "0123456789")
		if len(part)-len(name) > 2 || name == "" || !letters.all(name) || len(name) > 3 && classSwitches(name) > 1 && !camelName(name) {
			return false
		}
		parts++
	}
	return parts > 1
}

// resourceName reports that a resource name of AWS, or a URN (RFC 8141), has begun.
func resourceName(before string) bool {
	return strings.Contains(before, "arn:") || strings.Contains(before, "urn:ietf:")
}

func isTypeName(s string) bool {
	return s == "str" || s == "string" || s == "String" || s == "SecretStr"
}

// untyped cuts the type off a declared variable: var token string = ..., password: str = ...
func untyped(key string) string {
	for _, typ := range [...]string{" string", " str", " As String", " String", ": string", ": str", ": String", ": &str", ":string", ":str", ":String", " []byte"} {
		if strings.HasSuffix(key, typ) {
			return strings.TrimRight(key[:len(key)-len(typ)], " ?")
		}
	}
	return key
}

// plainName reports a name of a program: letters, digits, underscores and dots.
func plainName(v string) bool {
	v = strings.TrimPrefix(v, "*")
	for i := 0; i < len(v); i++ {
		if !isAlnum(v[i]) && v[i] != '_' && v[i] != '.' && v[i] != ':' && v[i] != '&' {
			return false
		}
	}
	return true
}

// sentence reports words of a language: a message or a description about a secret is not one.
func sentence(v string) bool {
	words, stops := 0, 0
	for w := range strings.FieldsSeq(v) {
		words++
		w = strings.TrimRight(w, ".,:;!?'\"")
		if len(w) <= maxStopWord && inSet(stopWords, w) {
			stops++
		}
		if words > 40 {
			break
		}
	}
	return words >= 2 && stops >= 1 && (stops*5 > words*2 || words > 12)
}

const maxStopWord = 12

// stopWords are frequent words of sentences about passwords and keys.
var stopWords = wordSetOf("the a an is are was were be been must should may can cannot can't not no your my our their its his her of for to in on at by with without from and or if when " +
	"please choose strong new confirm again password passwords passphrase token key enter invalid incorrect wrong required missing expired too short long least most than at minimum maximum characters character field value values used use user's users " +
	"this that these those has have had will would does do don't didn't match matches changed reset forgot set hidden stored never always only optional provided given found expected got cannot " +
	"der die das ist nicht ein eine und oder le la les est un une et ou de el los una es no")

// foreignWord reports words outside of ASCII: a sentence where blanks do not part words.
func foreignWord(v string) bool {
	f := featuresOf(v)
	return f.other > 0 && f.lower+f.upper+f.digit == 0
}

// speaks reports a value without digits whose words say that it is none: sk-your-key-here.
func speaks(v string) bool {
	if len(v) > 64 || featuresOf(v).digit > 0 {
		return false
	}
	for _, w := range [...]string{"your", "-here", "_here", "example", "placeholder", "changeme", "change-me", "change_me", "replace", "insert", "dummy"} {
		if hasFold(v, w) {
			return true
		}
	}
	return false
}

// filled reports a value that is mostly one repeated character behind a prefix: pnu_XXXXXXXXXXXX.
func filled(v string) bool {
	run, longest := 1, 1
	for i := 1; i < len(v); i++ {
		if v[i] != v[i-1] {
			run = 1
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest >= 6 && (longest*2 >= len(v) || hasFold(v, "xxxxxx"))
}
