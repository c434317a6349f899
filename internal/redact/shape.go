package redact

import (
	"encoding/base64"
	"strings"
)

// distinct counts the different bytes of s, up to limit.
func distinct(s string, limit int) int {
	var seen [4]uint64
	n := 0
	for i := 0; i < len(s) && n < limit; i++ {
		b := s[i]
		if seen[b>>6]>>(b&63)&1 == 0 {
			seen[b>>6] |= 1 << (b & 63)
			n++
		}
	}
	return n
}

// runsUp reports whether s is mostly a sequence such as 1234567890 or abcdef, as dummies often are.
func runsUp(s string) bool {
	if len(s) < 8 {
		return false
	}
	steps := 0
	for i := 1; i < len(s); i++ {
		if d := int(s[i]) - int(s[i-1]); d == 1 || d == 0 || s[i-1] == '9' && s[i] == '0' {
			steps++
		}
	}
	return steps*4 >= len(s)*3
}

// dummy reports a body that stands for a token in documentation: one repeated character, a sequence, or words such as "your".
func dummy(s string) bool {
	if distinct(s, 5) < 5 || runsUp(s) {
		return true
	}
	if len(s) > 120 {
		return false // the words below come up by chance
	}
	for _, w := range [...]string{"xxxx", "your", "example", "placeholder", "redacted"} {
		if from := indexFold(s, w); from >= 0 && (w != "example" || len(s) > 16) && !randomAround(s, from, from+len(w)) {
			return true
		}
	}
	return false
}

// randomAround reports that what stands around s[from:to] is random, so that the word there has come up by chance.
func randomAround(s string, from, to int) bool {
	for w := s[from]; w|0x20 == 'x' && to < len(s) && s[to]|0x20 == 'x'; {
		to++
	}
	before, behind := s[:from], s[to:]
	// Names in camel case change their kind as often, but have few capitals beside one another, and few digits before letters.
	if capitalPairs(before)+capitalPairs(behind) < 2 && digitsWithin(before)+digitsWithin(behind) < 2 {
		return false
	}
	return classSwitches(before)+classSwitches(behind) >= max(6, min((len(before)+len(behind))/3, 8))
}

// digitsWithin counts the digits of s that a letter follows.
func digitsWithin(s string) int {
	n := 0
	for i := 1; i < len(s); i++ {
		n += boolInt(isDigit(s[i-1]) && isLetter(s[i]))
	}
	return n
}

// indexFold returns where the lower-case word w begins in s, in any case, or -1.
func indexFold(s, w string) int {
	for i := 0; i+len(w) <= len(s); i++ {
		if foldEqual(s[i:i+len(w)], w) {
			return i
		}
	}
	return -1
}

// hasFold reports whether s holds the lower-case word w in any case.
func hasFold(s, w string) bool { return indexFold(s, w) >= 0 }

// foldEqual compares s with the lower-case ASCII word w, ignoring the case of s.
func foldEqual(s, w string) bool {
	if len(s) != len(w) {
		return false
	}
	for i := 0; i < len(w); i++ {
		if lower(s[i]) != w[i] {
			return false
		}
	}
	return true
}

// classSwitches counts the changes between lower case, upper case and digits inside the words of s. A capital that begins a
// word and a number that ends one are changes too, but names have few of them and random text has many.
func classSwitches(s string) int {
	n, prev := 0, byte(0)
	for i := 0; i < len(s); i++ {
		var c byte
		switch b := s[i]; {
		case isDigit(b):
			c = 1
		case isLower(b):
			c = 2
		case isUpper(b):
			c = 3
		}
		if c != 0 && prev != 0 && c != prev {
			n++
		}
		prev = c
	}
	return n
}

// random reports a body that no person would have chosen as a name: its characters change their kind often.
func random(s string) bool {
	if dummy(s) {
		return false
	}
	need := min(max(len(s)/8, 3), 8)
	return classSwitches(s) >= need || scrambled(s)
}

// minHexKey is the length from which hexadecimal digits are no word of letters a to f with a number.
const minHexKey = 24

// scrambled reports a body whose characters seldom change their kind, by chance, and that is no name for all that: hexadecimal digits, or
// letters that nobody could say. Of English letters more than one in three is a vowel, of random ones one in five.
func scrambled(s string) bool {
	f := featuresOf(s)
	switch {
	case len(s) >= minHexKey && f.digit > 0 && f.lower+f.upper > 0 && hexDashed.all(s):
		return distinct(s, 6) >= 6
	case len(s) < 14 || !alnum.all(s):
		return false
	}
	need, share := 5, 30
	if f.digit == 0 && (f.upper == 0 || f.lower == 0 || camelName(s)) {
		need, share = 6, 20
	}
	vowels, run := consonants(s)
	return run >= need && vowels*100 <= (f.lower+f.upper)*share
}

// consonants counts the vowels of s, and the consonants that stand in a row at most.
func consonants(s string) (vowels, longest int) {
	run := 0
	for i := range len(s) {
		switch {
		case !isLetter(s[i]):
			run = 0
		case strings.IndexByte("aeiouy", lower(s[i])) >= 0:
			vowels, run = vowels+1, 0
		default:
			run++
			longest = max(longest, run)
		}
	}
	return vowels, longest
}

// coded is the test for bodies without a separator, behind a prefix that no name begins with: a digit among them is enough.
func coded(s string) bool {
	if dummy(s) || distinct(s, 8) < 8 {
		return false
	}
	_, run := consonants(s)
	return strings.ContainsAny(s, "0123456789") || random(s) || scattered(s) || run >= 5 || run == 4 && strings.ToUpper(s) == s
}

// scattered is the weaker test for bodies that may hold letters of both cases only.
func scattered(s string) bool {
	if dummy(s) || distinct(s, 8) < 8 {
		return false
	}
	if strings.ContainsAny(s, "0123456789") {
		return classSwitches(s) >= 3 || scrambled(s)
	}
	// Names in camel case change their case less often, and few of their capitals stand beside one another.
	return classSwitches(s) >= len(s)/3 || classSwitches(s) >= len(s)/6 && capitalPairs(s) >= len(s)/8 || scrambled(s)
}

// capitalPairs counts the capitals of s that follow a capital.
func capitalPairs(s string) int {
	n := 0
	for i := 1; i < len(s); i++ {
		n += boolInt(isUpper(s[i-1]) && isUpper(s[i]))
	}
	return n
}

func exactly16(s string) bool { return len(s) == 16 && distinct(s, 6) >= 6 && !runsUp(s) }
func exactly32(s string) bool { return len(s) == 32 && random(s) }

// uuidShape reports the 8-4-4-4-12 form.
func uuidShape(s string) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	for i := 0; i < len(s); i++ {
		if i != 8 && i != 13 && i != 18 && i != 23 && !isHex(s[i]) {
			return false
		}
	}
	return distinct(s, 6) >= 6
}

// airtableShape is fourteen alphanumeric characters, a dot and 64 hexadecimal ones.
func airtableShape(s string) bool {
	if len(s) != 79 || s[14] != '.' {
		return false
	}
	for i := 15; i < len(s); i++ {
		if !isHex(s[i]) {
			return false
		}
	}
	return random(s[15:])
}

// resendShape is eight alphanumeric characters, an underscore and 24 more.
func resendShape(s string) bool {
	return len(s) == 33 && s[8] == '_' && random(s[:8]+s[9:])
}

// onePasswordShape is six characters, five or six more, and four groups of five, all joined by dashes.
func onePasswordShape(s string) bool {
	parts := strings.Split(s, "-")
	if len(parts) != 5 && len(parts) != 6 || len(parts[0]) != 6 {
		return false
	}
	for _, p := range parts[2:] {
		if len(p) != 5 {
			return false
		}
	}
	return !dummy(s) && distinct(s, 10) >= 10
}

// asanaShape is the number of a user, a colon and 32 hexadecimal digits; the newer form has two numbers.
func asanaShape(s string) bool {
	user, key, ok := strings.Cut(s, ":")
	return ok && len(key) == 32 && hexLower.all(key) && random(key) && len(user) >= 12 && digits.all(strings.Replace(user, "/", "", 1))
}

// discordPrefixes are the first three characters of base64 of three decimal digits: the number of a bot's user begins its token.
func discordPrefixes() (out []string) {
	for a := byte('1'); a <= '9'; a++ {
		for b := byte('0'); b <= '9'; b++ {
			// The third character holds four bits of the second digit and two of the third, which are the same for all digits.
			out = append(out, base64.StdEncoding.EncodeToString([]byte{a, b, '0'})[:3])
		}
	}
	return out
}

// discordShape is the rest of 24 to 26 characters of base64, a dot, six characters, a dot and 27 or more.
func discordShape(s string) bool {
	parts := strings.Split(s, ".")
	return len(parts) == 3 && len(parts[0]) >= 20 && len(parts[0]) <= 24 && len(parts[1]) == 6 && len(parts[2]) >= 27 && alnum.all(parts[0]) && random(parts[2])
}
