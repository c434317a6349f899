package redact

import (
	"encoding/base64"
	"strings"
)

// setting says how a value is written, which decides how much it must look like a secret.
type setting uint8

const (
	// settingField: an attribute, or a quoted value: somebody assigned it to the key.
	settingField setting = iota
	// settingBare: an unquoted value after an operator, as in YAML, env files, query strings, and also in code and prose.
	settingBare
	// settingProse: a word that follows a key word in a sentence.
	settingProse
)

// sensitive reports whether v, found beside a key of class c, is to be replaced.
func sensitive(c keyClass, v string, how setting) bool {
	v = strings.TrimSpace(v)
	if v == "" || len(v) < 3 && c != keyListed || placeholder(v) {
		return false
	}
	switch c {
	case keyListed:
		return how == settingField || !codeExpression(v)
	case keyPassword:
		if pathOrURL(v) {
			return false
		}
		if how == settingField {
			return !sentence(v)
		}
		return !codeExpression(v) && (how == settingBare && !foreignWord(v) || passwordLike(v))
	case keySecret:
		if pathOrURL(v) || typeName(v) {
			return false
		}
		if how == settingField {
			return len(v) >= 4 && !sentence(v)
		}
		return !codeExpression(v) && passwordLike(v)
	case keyToken:
		return len(v) >= 8 && !typeName(v) && !hasSpace(v) && !codeExpression(v) && !pathOrURL(v) && (how == settingField && len(v) >= 20 || passwordLike(v))
	case keyMaybe:
		return (credentialLike(v) || userAndPassword(v) || len(v) >= 12 && basicCredential(v)) && !codeExpression(v)
	case keyRandom:
		return len(v) >= 20 && credentialLike(v) && !uuidShape(v) && !allHex(v) && urlSafe.all(strings.TrimRight(v, "=")) && classSwitches(v) >= len(v)/4
	case keyQuery:
		return false // in URLs only; see query
	case keyMnemonic:
		return mnemonic(v) == len(v)
	case keySession:
		return credentialLike(v) && !codeExpression(v) && !uuidShape(v)
	case keyMaybePassword:
		return len(v) >= 6 && !hasSpace(v) && !codeExpression(v) && !pathOrURL(v) && passwordLike(v)
	case keyAuthorization, keyCookie, keySetCookie:
		return !sentence(v)
	case keyPIN:
		return pinLike(v) || how == settingField && credentialLike(v)
	case keyPhone:
		n := digitsOnly(v, phoneFiller)
		return n >= 7 && n <= 15
	case keySSN:
		n := digitsOnly(v, "- ")
		return n == 9
	case keyCard:
		n := digitsOnly(v, "- ")
		return n >= 12 && n <= 19
	default:
		return false
	}
}

// userAndPassword reports a user and a password joined by a colon.
func userAndPassword(v string) bool {
	user, pass, ok := strings.Cut(v, ":")
	f := featuresOf(pass)
	return ok && user != "" && len(pass) >= 6 && f.digit > 0 && f.lower+f.upper > 0 && plainName(user) && !strings.ContainsAny(pass, ":/ ") && passwordLike(pass)
}

// mnemonic returns the length of the words at the start of v when they are twelve or more words of three to eight small letters (BIP 39),
// or 0.
func mnemonic(v string) int {
	n, words := 0, 0
	for n < len(v) {
		from := n
		for n < len(v) && isLower(v[n]) {
			n++
		}
		if n-from < 3 || n-from > 8 {
			n = from
			break
		}
		words++
		if n < len(v) && v[n] == ' ' {
			n++
			continue
		}
		break
	}
	if words < 12 {
		return 0
	}
	if v[n-1] == ' ' {
		n--
	}
	return n
}

// phoneFiller are the characters beside digits in a written phone number.
const phoneFiller = "+-.() /"

// digitsOnly counts the digits of v; it returns -1 when v holds anything else than digits and filler.
func digitsOnly(v, filler string) int {
	n := 0
	for i := 0; i < len(v); i++ {
		switch {
		case isDigit(v[i]):
			n++
		case strings.IndexByte(filler, v[i]) < 0:
			return -1
		}
	}
	return n
}

func pinLike(v string) bool {
	n := digitsOnly(v, " -")
	return n >= 3 && n <= 10
}

func hasSpace(v string) bool { return strings.ContainsAny(v, " \t\r\n") }

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
		return f.upper > 2 && f.lower > 2 && classSwitches(v) >= 6
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
			return true
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
	return t.n > 1 && builtinKeys.lookupPhrase(&t).class != keyPlain
}

// codeExpression reports an unquoted value that a program computes: a call, an index, a member of something, a type.
func codeExpression(v string) bool {
	if len(v) > 1 && (v[0] == '*' || v[0] == '&') && isLetter(v[1]) && plainName(v) && featuresOf(v).digit == 0 {
		return true // a pointer
	}
	if i := strings.IndexAny(v, "([{<"); i > 0 || i == 0 && (v[0] == '(' || v[0] == '{') {
		name := v[:i]
		closed := strings.IndexByte(")]}>", v[len(v)-1]) >= 0
		if plainName(name) && (closed || i == len(v)-1 || featuresOf(name).digit == 0) {
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

// maxInSet is the length of the longest word of a set.
const maxInSet = 32

// inSet reports whether a set of words in small letters has w in any case.
func inSet(set map[string]bool, w string) bool {
	if len(w) > maxInSet {
		return false
	}
	var buf [maxInSet]byte
	for i := range len(w) {
		buf[i] = lower(w[i])
	}
	return set[string(buf[:len(w)])]
}

func wordSetOf(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

// placeholder reports a value that stands for a secret or for its absence.
func placeholder(v string) bool {
	if v == "" || strings.HasPrefix(v, "REDACTED:") {
		return true
	}
	switch v[0] {
	case '<', '{', '$', '%', '*', '[', '#', '.', '?', '@', ':', '!', '&':
		if reference(v) {
			return true
		}
	}
	if len(v) <= maxPlaceholder && inSet(placeholderWords, v) {
		return true
	}
	if masked(v) || namesKey(v) || filled(v) || speaks(v) {
		return true
	}
	for _, p := range referencePrefixes {
		if len(v) > len(p) && foldEqual(v[:len(p)], p) {
			return true
		}
	}
	return false
}

const maxPlaceholder = 24

var placeholderWords = wordSetOf("null nil none undefined true false yes no on off string str text bytes byte int integer number float double bool boolean object array any char varchar optional required " +
	"hidden redacted [redacted] filtered [filtered] masked removed empty blank n/a tbd todo unknown missing default example sample dummy placeholder value void self this static const public private " +
	"password passwd secret token bearer basic apikey api_key api-key key auth credential credentials secretstr securestring unset prompt interactive disabled enabled include omit same-origin oauth oauth2 jwt saml ldap " +
	"*** xxx ... changeit? hash hashed encrypted plain plaintext md5 sha1 sha256 sha512 bcrypt argon2 pbkdf2 scrypt scram-sha-256 scram-sha-512 rs256 hs256 es256 function " +
	"float64 float32 int64 int32 int16 int8 uint64 uint32 uint8 nan infinity {} [] \"\" '' newtype unknown. maybe input output stdin env environment file keychain keyring vault username email user admin? weak strong medium invalid valid expired success failed failure error ok pass fail passed failed skipped warning info " +
	"authorization cookie session access refresh id_token access_token refresh_token client_secret client_credentials authorization_code grant implicit csrf xsrf device opaque")

// referencePrefixes begin values that say where a secret is kept.
var referencePrefixes = []string{
	"process.env", "os.environ", "os.getenv", "env.", "env:", "env(", "getenv(", "import.meta.env", "secrets.", "vault:", "vault://", "op://", "ssm:", "ssm://", "arn:aws:secretsmanager", "arn:aws:ssm", "arn:aws:kms",
	"ref+", "gcpsm:", "sm://", "keyvault:", "keychain:", "keyring:", "system.getenv", "deno.env", "bun.env", "config.get", "settings.", "var.", "local.", "data.", "module.", "file://", "awssm:", "doppler:", "infisical:",
	"your-", "your_", "your ", "my-api-key", "my_api_key", "insert-", "insert_", "replace-", "replace_", "enter-", "enter_", "put-your", "put_your", "add-your", "changeme-", "example-", "example_", "sample-", "dummy-", "test-key-placeholder",
}

// reference reports the notations of templates, variables, masks and our own labels.
func reference(v string) bool {
	n := len(v)
	last := v[n-1]
	switch {
	case v[0] == '<' && (last == '>' || !strings.ContainsAny(v, " ") && strings.IndexByte(v, '>') > 0):
		return true
	case strings.HasPrefix(v, "{{"), strings.HasPrefix(v, "${"), strings.HasPrefix(v, "$("), strings.HasPrefix(v, "#{"), strings.HasPrefix(v, "<%"), strings.HasPrefix(v, "{%"), strings.HasPrefix(v, "@@"), strings.HasPrefix(v, "!vault"), strings.HasPrefix(v, "!Ref"), strings.HasPrefix(v, "!Sub"), strings.HasPrefix(v, "!GetAtt"), strings.HasPrefix(v, "!secret"), strings.HasPrefix(v, "!env"):
		return true
	case v[0] == '{' && last == '}':
		return true
	case v[0] == '$' && n > 1 && (isLetter(v[1]) || v[1] == '_'):
		// $VARIABLE, but not $apr1$ or $2b$: only the letters, digits and underscores of a name, in capitals or short.
		for i := 1; i < n; i++ {
			if !isAlnum(v[i]) && v[i] != '_' && v[i] != '.' && v[i] != ':' && v[i] != '-' {
				return false
			}
		}
		f := featuresOf(v[1:])
		return f.lower == 0 || f.digit == 0
	case v[0] == '%' && n > 2 && (last == '%' || v[1] == '(' || n <= 3):
		return true
	case v[0] == '[' && isLabel(v):
		return true
	case v[0] == '[' && last == ']':
		return true
	case v[0] == ':' && n > 1 && isLetter(v[1]) && featuresOf(v).digit == 0:
		return true // a named parameter of SQL
	}
	return false
}

// isLabel reports whether v begins with a replacement of ours: [REDACTED], [REDACTED:rule], [rule:hash].
func isLabel(v string) bool {
	if strings.HasPrefix(v, "[REDACTED") || strings.HasPrefix(v, "[TRUNCATED") {
		return true
	}
	end := strings.IndexByte(v[:min(len(v), 100)], ']')
	if end < 0 {
		return false
	}
	colon := strings.LastIndexByte(v[:end], ':')
	if colon < 2 || end-colon < 9 {
		return false
	}
	for i := colon + 1; i < end; i++ {
		if !hexLower.has(v[i]) {
			return false
		}
	}
	return true
}

// masked reports a value without content: stars, dots, crosses.
func masked(v string) bool {
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '*', '.', '-', '_', '#', 'x', 'X', '?', ' ', '=', '0':
		default:
			// U+2022 and other bullets, U+2026 ellipsis, U+25CF.
			if v[i] == 0xE2 && i+2 < len(v) && (v[i+1] == 0x80 || v[i+1] == 0x97) {
				i += 2
				continue
			}
			// A mask may leave the last characters: ****1234.
			return i >= 3 && v[0] == v[1] && v[1] == v[2] && (v[0] == '*' || v[0]|0x20 == 'x' || v[0] == 0xE2) && len(v)-i <= max(i, 4)
		}
	}
	return true
}

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

// namesKey reports a value that is itself the name of a secret, such as DB_PASSWORD or access_token: a name, no content.
func namesKey(v string) bool {
	if len(v) > 48 || !strings.ContainsAny(v, "_-. ") {
		return false
	}
	for i := 0; i < len(v); i++ {
		if !isLetter(v[i]) && v[i] != '_' && v[i] != '-' && v[i] != '.' && v[i] != ' ' {
			return false
		}
	}
	var t keyTail
	t.split(v)
	switch builtinKeys.lookupPhrase(&t).class {
	case keyPassword, keySecret, keyToken, keyMaybe, keyAuthorization:
		return true
	default:
		return false
	}
}

// basicCredential reports whether v is the base64 form of user:password (RFC 7617).
func basicCredential(v string) bool {
	if len(v) < 4 || len(v) > 1024 {
		return false
	}
	trimmed := strings.TrimRight(v, "=")
	var buf [768]byte
	n, err := base64.RawStdEncoding.Decode(buf[:], []byte(trimmed))
	if err != nil {
		n, err = base64.RawURLEncoding.Decode(buf[:], []byte(trimmed))
		if err != nil {
			return false
		}
	}
	colon := false
	for _, b := range buf[:n] {
		if b < 0x20 || b == 0x7F {
			return false
		}
		colon = colon || b == ':'
	}
	return colon
}
