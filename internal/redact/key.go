package redact

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
	// keyConnection: a connection string; its passwords are secret, the rest when none is found.
	keyConnection
	// keyIdentifier: numbers beside it are ids, times or counts, and never a card or a phone number.
	keyIdentifier
)

type keyInfo struct {
	class keyClass
	rule  ruleID
}

// keyWords maps the last words of a key, lower-cased and joined by one space, to a class and a rule. The longest entry that
// matches decides, so that "page token" can take back what "token" says.
type keyWords struct {
	phrases map[string]keyInfo
	// tails has a bit for the hash of the last three letters of every phrase, and of every glued word.
	tails [64]uint64
	// glued lists endings that count within a word, such as pgpassword.
	glued []gluedWord
}

type gluedWord struct {
	text string
	info keyInfo
}

func tailHash(a, b, c byte) uint32 {
	v := uint32(a|0x20) | uint32(b|0x20)<<8 | uint32(c|0x20)<<16
	return v * 0x9E3779B1 >> 20
}

func (k *keyWords) addTail(s string) {
	n := len(s)
	h := tailHash(at(s, n-3), at(s, n-2), s[n-1])
	k.tails[h>>6] |= 1 << (h & 63)
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
	end := len(key)
	// An index at the end says nothing: password[0], args.password.1, password2.
	for end > 0 && (isDigit(key[end-1]) || key[end-1] == ']' || key[end-1] == '[' || key[end-1] == '.' || key[end-1] == '_' || key[end-1] == '-') {
		end--
	}
	if end < 2 {
		return keyInfo{}
	}
	if key[end-1] < 0x80 {
		h := tailHash(tailByte(key, end-3), tailByte(key, end-2), key[end-1])
		if k.tails[h>>6]>>(h&63)&1 == 0 {
			return keyInfo{}
		}
	}
	var t keyTail
	t.split(key[:end])
	return k.lookup(&t, 0)
}

// classifyIn is classify for a name within the map called parent.
func (k *keyWords) classifyIn(parent, name string) keyInfo {
	info := k.classify(name)
	if info.class != keyPlain && info.class != keyMaybe && info.class != keyMaybePassword || parent == "" || len(name) > maxKeyTail/2 {
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

// tailByte returns the byte at i, or a space in place of what separates words.
func tailByte(s string, i int) byte {
	if i < 0 || !isAlnum(s[i]) && s[i] < 0x80 {
		return ' '
	}
	return s[i]
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

// lookup finds the longest phrase that ends at word number skip from the end.
func (k *keyWords) lookup(t *keyTail, skip int) keyInfo {
	end := maxKeyTail
	if skip > 0 {
		end = t.words[skip-1] - 1
	}
	for n := min(t.n-skip, 3); n > 0; n-- {
		if info, ok := k.phrases[string(t.buf[t.words[skip+n-1]:end])]; ok {
			if info.class == keyNeutral {
				if skip+1 >= t.n {
					return keyInfo{}
				}
				under := k.lookup(t, skip+1)
				if under.class == keyMaybe || under.class == keyMaybePassword {
					return keyInfo{}
				}
				return under
			}
			return info
		}
	}
	if t.n <= skip {
		return keyInfo{}
	}
	last := t.buf[t.words[skip]:end]
	for i := range k.glued {
		g := &k.glued[i]
		if len(last) > len(g.text) && string(last[len(last)-len(g.text):]) == g.text {
			return g.info
		}
	}
	return keyInfo{}
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

// keyNeutral marks words that say nothing about the value, such as "value" in password_value.
const keyNeutral keyClass = 255
