package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// worth says whether a value that was found once is looked for elsewhere, and how much of a word it may be part of there.
type worth uint8

const (
	// worthNothing: too short, or likely to stand elsewhere with another meaning.
	worthNothing worth = iota
	// worthWord: words and numbers, such as summer-2031 or 49302137. It is found as a whole word only, and never as the value of an
	// attribute that names a service, host or model.
	worthWord
	// worthMixed: hardly a word. It is found where no letter or digit touches it.
	worthMixed
	// worthRandom: found wherever it stands.
	worthRandom
)

const (
	// minKnown is the length of the shortest value that is looked for, in characters; of letters alone it must have minKnownLetters.
	minKnown        = 8
	minKnownLetters = 16
	// maxKnownValue is the length of the longest, in bytes.
	maxKnownValue = 4096
	// minRandom is the length from which a value can be random enough to be found within a word.
	minRandom = 16
)

// wordRules are the rules whose values may be words and numbers that people choose or are given. What other rules find must be mixed.
var wordRules = ruleSet("secret.password", "secret.pin", "secret.url-password", "secret.connection-string", "secret.basic", "secret.seed-phrase")

// forgotten are the rules whose findings are not looked for elsewhere: the form alone gives them away, everywhere and without context.
var forgotten = ruleSet("pii.email", "pii.ip", "pii.mac", "secret.high-entropy", "redact.media", "redact.oversize", "redact.error")

func ruleSet(ids ...string) map[ruleID]bool {
	m := make(map[ruleID]bool, len(ids))
	for _, id := range ids {
		m[mustRule(id)] = true
	}
	return m
}

// worthOf decides for a value that rule r has found.
func worthOf(r ruleID, v string) worth {
	if len(v) < minKnown || len(v) > maxKnownValue || forgotten[r] || placeholder(v) || strings.Contains(v, "[REDACTED:") || sentence(v) || pathOrURL(v) || structure(v) {
		return worthNothing
	}
	if foldBytes.anyIn(v) {
		decode := folder{keepPlus: true}
		if plain := decode.fold(v); placeholder(plain) || pathOrURL(plain) {
			return worthNothing
		}
	}
	personal := int(r) < len(registry) && registry[r].Preset != PresetSecrets
	var c counted
	c.count(v)
	switch {
	case c.runes < minKnown, c.digits+c.signs == 0 && c.letters < minKnownLetters, c.other > 0:
		return worthNothing
	case distinct(v, 5) < 5 || c.letters == 0 && runsUp(v):
		return worthNothing
	case personal:
		if c.digits < 6 || looksLikeDate(v) {
			return worthNothing
		}
		return worthWord
	case datelike(v) || decimal(v) || technicalWord(v) || modelName(v) || hostLike(v) || regionName(v) || sourceFile(v):
		return worthNothing
	case uuidShape(v):
		return worthMixed
	case identifierShape(v):
		if !wordRules[r] {
			return worthNothing
		}
		return worthWord
	case len(v) >= minRandom && !hasSpace(v) && (int(r) < len(registry) && registry[r].prio == prioToken || credentialLike(v) || allHex(v)):
		return worthRandom
	}
	return worthMixed
}

// counted are the characters of a value by kind. other are control characters and bytes that are no text.
type counted struct{ runes, letters, digits, signs, other int }

func (c *counted) count(v string) {
	for _, r := range v {
		c.runes++
		switch {
		case unicode.IsLetter(r):
			c.letters++
		case unicode.IsDigit(r):
			c.digits++
		case r == utf8.RuneError || unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t':
			c.other++
		case !unicode.IsSpace(r):
			c.signs++
		}
	}
}

// structure reports a value in which quotes and commas stand as JSON has them between its members: what looks like it elsewhere may be the
// frame of other values.
func structure(v string) bool {
	if v[0] == '{' || v[0] == '[' {
		return true
	}
	const opens, closes = ",:[{", ",:]}"
	for i := 0; i < len(v); i++ {
		if v[i] != '"' {
			continue
		}
		before, after := strings.TrimRight(v[:i], "\\ \t\r\n"), strings.TrimLeft(v[i+1:], " \t\r\n")
		if before == "" || after == "" || strings.IndexByte(opens, before[len(before)-1]) >= 0 || strings.IndexByte(closes, after[0]) >= 0 {
			return true
		}
	}
	return strings.Trim(v, "0123456789+-.eE,: \t\r\n[]{}") == "" && strings.ContainsAny(v, ",[]{}")
}

// datelike reports dates, times and version numbers.
func datelike(v string) bool {
	if looksLikeDate(v) {
		return true
	}
	v = strings.TrimPrefix(strings.TrimPrefix(v, "v"), "V")
	if v == "" || !isDigit(v[0]) {
		return false
	}
	if digits.all(v) {
		// 20310115, and seconds or milliseconds since 1970.
		return len(v) == 8 && (v[:2] == "19" || v[:2] == "20") && v[4:6] >= "01" && v[4:6] <= "12" && v[6:] >= "01" && v[6:] <= "31" ||
			(len(v) == 10 || len(v) == 13 || len(v) == 16 || len(v) == 19) && v[0] == '1' && v[1] >= '5'
	}
	parts := strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(".-/: T+Z", r) })
	for i, p := range parts {
		if !digits.all(p) && (i < 2 || len(p) > 8) || len(p) > 4 && i < 2 {
			return false
		}
	}
	return len(parts) > 1
}

// nameBytes reports that v has none of the characters that passwords have and names do not.
func nameBytes(v string) bool {
	for i := range len(v) {
		if b := v[i]; !isAlnum(b) && strings.IndexByte("-_.:/@", b) < 0 {
			return false
		}
	}
	return true
}

// maxShortPart is the length up to which a part of a name may mix letters and digits: k8s, 4o, v2.
const maxShortPart = 3

// identifierShape reports words and numbers that are joined as names are: staging-db-1, Summer2031, 49302137.
func identifierShape(v string) bool {
	for part := range strings.FieldsFuncSeq(v, func(r rune) bool { return strings.ContainsRune("-_.:/ ", r) }) {
		word := strings.TrimRight(part, "0123456789")
		if len(part) <= maxShortPart && alnum.all(part) || word == "" {
			continue
		}
		if !wordLike(word) || len(part)-len(word) > 4 {
			return false
		}
	}
	return true
}

// wordLike reports letters whose case changes no more than it does in names.
func wordLike(w string) bool {
	for _, r := range w {
		if !unicode.IsLetter(r) {
			return false
		}
	}
	return classSwitches(w)*4 <= len(w)
}
