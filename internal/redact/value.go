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
	if (c == keyToken || c == keyMaybe) && how != settingField && (camelName(v) || memberName(v)) {
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
		return randomKey(v)
	case keyQuery:
		return false // in URLs only; see query
	case keyQualified:
		return len(v) >= 8 && !hasSpace(v) && isolated(v)
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
		return n >= 7 && n <= 15 || how == settingField && phoneWithExtension(v)
	case keyWhole:
		return wholeValue(v, how)
	case keyNational:
		return how == settingField && wholeValue(v, how)
	case keyCVV:
		return pinLike(v) || how == settingField && wholeValue(v, how)
	case keyBirth:
		return birthDate(v, how)
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
	if len(v) > 2 && isUpper(v[0]) && v[1] == '-' {
		v = v[2:] // some senders put a letter before their codes
	}
	n := digitsOnly(v, " -")
	return n >= 3 && n <= 10
}

func hasSpace(v string) bool { return strings.ContainsAny(v, " \t\r\n") }

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
	info := builtinKeys.lookupPhrase(&t)
	if info.class == keyPlain && isScreaming(v) {
		info = builtinKeys.qualified(v, len(v))
	}
	switch info.class {
	case keyPassword, keySecret, keyToken, keyMaybe, keyAuthorization, keyQualified:
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
