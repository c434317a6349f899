package redact

import "strings"

// keyClass says what the value beside a key is.
type keyClass uint8

const (
	keyPlain keyClass = iota
	// keyPassword: the value is secret whatever it looks like.
	keyPassword
	// keySecret: like keyPassword, with values that machines make.
	keySecret
	// keyToken: the value is secret when it is one word of some length.
	keyToken
	// keyMaybe: the value is secret only when it looks like a credential.
	keyMaybe
	// keyListed: the user has listed the key; every value counts.
	keyListed
	// keySession: like keyMaybe, but identifiers of sessions are no credentials.
	keySession
	// keyRandom: the value is secret only when it is random beyond doubt, and no hash or UUID.
	keyRandom
	// keyQuery: a parameter in the query of a URL that is a credential there and nothing elsewhere.
	keyQuery
	// keyMnemonic: a phrase of twelve words or more that stands for a private key.
	keyMnemonic
	// keyJWK: a private member of a JSON Web Key (RFC 7518, 6).
	keyJWK
	// keyMaybePassword: like keyMaybe, with the lower demands of a password.
	keyMaybePassword
	keyAuthorization
	keyCookie
	keySetCookie
	// keyPIN: short numbers count as well.
	keyPIN
	keyEmail
	keyPhone
	keySSN
	keyCard
	keyIBAN
	// keyWhole: the number of a person, an account or a document; in a field every value counts.
	keyWhole
	// keyNational: the number of a country, which announcedNumber finds by its check digit; in a field every value counts.
	keyNational
	// keyCVV: like keyPIN, and every value in a field.
	keyCVV
	// keyBirth: a date of birth.
	keyBirth
	// keyConnection: a connection string; its passwords are secret, the rest when none is found.
	keyConnection
	// keyIdentifier: numbers beside it are ids, times or counts, and never a card or a phone number.
	keyIdentifier
	// keyQualified: the name of a secret with words behind it that may give it another meaning; the value must look like a secret.
	keyQualified
)

type keyInfo struct {
	class keyClass
	rule  ruleID
}

// keyWords maps the last words of a key, lower-cased and joined by one space, to a class and a rule. The longest entry that
// matches decides, so that "page token" can take back what "token" says.
type keyWords struct {
	phrases map[string]keyInfo
	// tails has a bit for the hash of the last letters of each word that is a phrase, and of each glued word.
	tails tailSet
	// lasts has a bit for the last word of each longer phrase, pairs one for its last two words.
	lasts, pairs tailSet
	// ends has a bit for the last three letters of every phrase.
	ends tailSet
	// gluedTails has a bit for the last letters of each of glued.
	gluedTails tailSet
	// qualifierTails has a bit for the last letters of each of qualifiers, qualifierEnds one for the last three.
	qualifierTails, qualifierEnds tailSet
	// glued lists endings that count within a word, such as pgpassword.
	glued []gluedWord
}

type gluedWord struct {
	text string
	info keyInfo
}

// maxTail is the number of letters at the end of a key by which most keys are ruled out.
const maxTail = 6

// tail hashes the last letters of the word that ends at s[:end], at most maxTail, lower-cased. It returns 0 when no ASCII letter ends
// there.
func tail(s string, end int) uint32 {
	var h uint32
	low := false
	for n := 1; n <= maxTail && n <= end; n++ {
		b := s[end-n]
		c := lowered[b]
		if c < 'a' || c > 'z' {
			break
		}
		h = h*31 + uint32(c)
		if c == b {
			low = true
			continue
		}
		// A capital begins a word when a small letter follows it, or none of its kind stands before it.
		if low || n < end && !isUpper(s[end-n-1]) {
			break
		}
	}
	return h
}

// hashFactor spreads small integers over the upper bits of a product: 2^32 divided by the golden ratio.
const hashFactor = 0x9E3779B1

// tailSet is a set of hashes, with false positives.
type tailSet [256]uint64

func (t *tailSet) has(h uint32) bool {
	h = h * hashFactor >> 18
	return t[h>>6]>>(h&63)&1 != 0
}

func (t *tailSet) add(h uint32) {
	h = h * hashFactor >> 18
	t[h>>6] |= 1 << (h & 63)
}

// tailOf is tail for a word in small letters.
func tailOf(word []byte) uint32 {
	var h uint32
	for n := 1; n <= maxTail && n <= len(word); n++ {
		c := word[len(word)-n]
		if c < 'a' || c > 'z' {
			break
		}
		h = h*31 + uint32(c)
	}
	return h
}

// mayEnd reports whether a phrase of the table may end at s[:end]; few do. The letter of an escape sequence may stand before it: \npass.
func (k *keyWords) mayEnd(s string, end int) bool {
	if k.mayEndPhrase(s, end, 0) {
		return true
	}
	lo := max(end-maxKeyTail, 0)
	p := lo + strings.LastIndexByte(s[lo:end], '\\') + 1
	return p > lo && escapeLen(s, p) == 1 && end > p+1 && k.mayEndPhrase(s[p+1:end], end-p-1, 0)
}

// mayEndPhrase is mayEnd for a key behind which so many qualifiers stand.
func (k *keyWords) mayEndPhrase(s string, end, qualifiers int) bool {
	h := tail(s, end)
	if h == 0 {
		return end > 0 && s[end-1] >= 0x80
	}
	if k.tails.has(h) || k.qualifierTails.has(h) && k.mayQualify(s, end, qualifiers) || isUpper(s[end-1]) && k.mayQualify(s, end, qualifiers) {
		return true
	}
	if !k.lasts.has(h) {
		return false
	}
	// Back to the word before.
	i := end - 1
	for i > 0 && !isHump(s, i, end) && lanes[s[i-1]]&(laneLetter|laneDigit) != 0 {
		i--
	}
	for i > 0 && i > end-maxKeyTail && isKeySeparator(s[i-1]) {
		i--
	}
	if i > 0 && s[i-1] >= 0x80 {
		return true
	}
	return k.pairs.has(h*37 + tail(s, i))
}

// end3 packs the last three letters of a phrase; blanks stand for what is no ASCII letter.
func end3(s string) uint32 {
	n := len(s)
	v := uint32(s[n-1]) << 16
	if n < 2 || !isLetter(s[n-2]) {
		return v | ' '<<8 | ' '
	}
	v |= uint32(s[n-2]) << 8
	if n < 3 || !isLetter(s[n-3]) {
		return v | ' '
	}
	return v | uint32(s[n-3])
}

// addTails enters the hashes of a phrase.
func (k *keyWords) addTails(phrase string) {
	last := strings.LastIndexByte(phrase, ' ')
	h := tail(phrase, len(phrase))
	k.ends.add(end3(phrase))
	if last < 0 {
		k.tails.add(h)
		return
	}
	k.lasts.add(h)
	k.pairs.add(h*37 + tail(phrase, last))
}

func at(s string, i int) byte {
	if i < 0 || i >= len(s) {
		return ' '
	}
	return s[i]
}

const (
	maxKeyWords = 4
	maxKeyTail  = 56
)

// keyTail is the normalised end of a key: its last words, lower-cased, joined by one space.
type keyTail struct {
	buf   [maxKeyTail]byte
	start int // the text is buf[start:]
	words [maxKeyWords]int
	n     int // number of words; words[0] is the offset of the last one
}

// classify returns the class of a key. It looks at the last words only, whatever the path before them.
func (k *keyWords) classify(key string) keyInfo {
	end := keyEnd(key, len(key))
	if end < 1 || !k.mayEnd(key, end) {
		return keyInfo{}
	}
	var t keyTail
	t.split(key[:end])
	info, known := k.lookup(&t)
	if known && (t.n == 1 || string(t.buf[t.words[0]:]) != "hash") {
		return info
	}
	if q := k.qualified(key, end); q.class != keyPlain {
		return q
	}
	return info
}

// keyEnd returns where the last word of a key ends. An index at the end says nothing: password[0], args.password.1, password2.
func keyEnd(key string, end int) int {
	for end > 0 && (isDigit(key[end-1]) || key[end-1] == ']' || key[end-1] == '[' || key[end-1] == '.' || key[end-1] == '_' || key[end-1] == '-' || key[end-1] == ' ') {
		end--
	}
	return end
}

// classifyIn is classify for a name within the map called parent.
func (k *keyWords) classifyIn(parent, name string) keyInfo {
	info := k.classify(name)
	if info.class != keyPlain && info.class != keyMaybe && info.class != keySession && info.class != keyMaybePassword || parent == "" || len(name) > maxKeyTail/2 {
		return info
	}
	var t keyTail
	t.start = maxKeyTail
	t.extend(name)
	if t.n != 1 {
		return info
	}
	t.extend(parent)
	if both, ok := k.phrases[string(t.buf[t.words[min(1, t.n-1)]:])]; ok && t.n > 1 {
		return both
	}
	return info
}

// split fills t with the last words of key, from the end.
func (t *keyTail) split(key string) {
	t.start = maxKeyTail
	t.extend(key)
}

// extend puts the last words of key before those that t has.
func (t *keyTail) extend(key string) {
	i := len(key)
	for t.n < maxKeyWords {
		for i > 0 && isKeySeparator(key[i-1]) {
			i--
		}
		if i == 0 {
			return
		}
		from := i
		for from > 0 && !isKeySeparator(key[from-1]) {
			from--
			if isHump(key, from, i) {
				break
			}
		}
		need := i - from
		if t.n > 0 {
			need++
		}
		if need > t.start {
			return
		}
		if t.n > 0 {
			t.start--
			t.buf[t.start] = ' '
		}
		t.start -= i - from
		for j := from; j < i; j++ {
			t.buf[t.start+j-from] = lower(key[j])
		}
		t.words[t.n] = t.start
		t.n++
		i = from
	}
}

func isKeySeparator(b byte) bool { return !isAlnum(b) && b < 0x80 }

// isHump reports that a word of key[:end] begins at i: a capital after a small letter or digit (apiKey), or the last capital
// of several before a small letter (APIKey).
func isHump(key string, i, end int) bool {
	if i == 0 || !isUpper(key[i]) {
		return false
	}
	if isLower(key[i-1]) || isDigit(key[i-1]) {
		return true
	}
	return isUpper(key[i-1]) && i+1 < end && isLower(key[i+1])
}

// lookup finds the longest phrase that ends a key, and reports whether there is one.
func (k *keyWords) lookup(t *keyTail) (keyInfo, bool) {
	for n := min(t.n, 3); n > 0; n-- {
		if info, ok := k.phrases[string(t.buf[t.words[n-1]:])]; ok {
			if info.class == keyRandom && t.n == 1 {
				return keyInfo{keyQuery, info.rule}, true // "key" alone
			}
			return info, true
		}
	}
	if t.n == 0 {
		return keyInfo{}, false
	}
	last := t.buf[t.words[0]:]
	if !k.gluedTails.has(tailOf(last)) {
		return keyInfo{}, false
	}
	for i := range k.glued {
		g := &k.glued[i]
		if len(last) > len(g.text) && string(last[len(last)-len(g.text):]) == g.text {
			return g.info, true
		}
	}
	return keyInfo{}, false
}

// lookupPhrase is lookup without the endings of glued words.
func (k *keyWords) lookupPhrase(t *keyTail) keyInfo {
	for n := min(t.n, 3); n > 0; n-- {
		if info, ok := k.phrases[string(t.buf[t.words[n-1]:])]; ok {
			return info
		}
	}
	return keyInfo{}
}
