package redact

import "strings"

// linkWords stand between a key and its value in a sentence: the password has been set to x.
var linkWords = wordSetOf("is was are were be been being has have had to of as set reset changed rotated updated now still currently just simply called should will must equal equals same " +
	"provided below follows following here temporarily again ist lautet es est é è war wurde auf geändert")

const maxLinkWord = 12

// link returns where the value begins after the words at i that announce it, or 0.
func link(s string, i int) int {
	j, n := i, 0
	for n < 7 && j < len(s) {
		k := j
		for k < len(s) && k-j <= maxLinkWord && (isLetter(s[k]) || s[k] >= 0x80 && !punctuation(s[k:])) {
			k++
		}
		if k == j || k-j > maxLinkWord || !inSet(linkWords, s[j:k]) {
			break
		}
		if c := at(s, k); k < len(s) && c != ' ' && c != ':' && lineBreak(s, k) == 0 {
			break
		}
		n++
		j = k
		for j < len(s) && (s[j] == ' ' || s[j] == ':') {
			j++
		}
		if at(s, k) == ':' || k+1 < j && s[k+1] == ':' {
			break
		}
	}
	if n == 0 {
		for _, w := range [...]string{"= ", "- ", "– ", "— ", "≔ ", "it's ", "it is "} {
			if strings.HasPrefix(s[i:], w) {
				return skipBlanks(s, i+len(w))
			}
		}
		return 0
	}
	return skipBlanks(s, j)
}

// proseValue judges the word at i as the value of a key in a sentence. After a link such as "is" a quoted value counts whatever it is.
func (sc *scanner) proseValue(i int, info keyInfo, linked bool) {
	s := sc.text
	if i >= len(s) {
		return
	}
	if lineBreak(s, i) > 0 {
		sc.below(i, info)
		return
	}
	if n := inlineTag(s, i); s[i] == '<' && n > 0 {
		i += n
	}
	if open, end := unicodeQuotes(s, i); end > open {
		sc.judge(open, end, info, settingProse)
		return
	}
	slashes := 0
	for at(s, i+slashes) == '\\' && i+slashes < len(s) {
		slashes++
	}
	if q := at(s, i+slashes); q == '"' || q == '\'' || q == '`' {
		end := closingQuote(s, i+slashes, slashes)
		if from := i + slashes + 1; end > from && end-from <= maxBare {
			how := settingProse
			if linked {
				how = settingField
			}
			sc.judge(from, end, info, how)
		}
		return
	}
	for at(s, i) == '*' || at(s, i) == '(' {
		i++
	}
	if at(s, i) == '[' {
		if annotation(s, i) || sc.bracketed(i, info, settingProse) {
			return
		}
		i++
	}
	end := bareEnd(s, i)
	for end > i && strings.IndexByte(".,;:*?", s[end-1]) >= 0 {
		end--
	}
	if end > i && !testName(s[i:end]) {
		sc.judgeBare(i, end, info, settingProse, 0)
	}
}

// keyAdjectives stand between an article and a key word: use x as the new admin password.
var keyAdjectives = wordSetOf("verification security login api access secret admin root user login new temporary temp db database wifi my your our the a an his her their its current default initial master bot auth")

// tryWords stand before a value that is for a purpose: try x for the password.
var tryWords = wordSetOf("try use used enter type")

// maxAdjectives bounds the words between a value and the key word after it.
const maxAdjectives = 5

// valueBefore handles a value that stands before its key: "use x as the password", "x is my password". The key word is s[i:end].
func (sc *scanner) valueBefore(i, end int, info keyInfo) bool {
	s := sc.text
	switch info.class {
	case keyPassword, keySecret, keyToken, keyMaybe, keyMaybePassword, keyRandom, keyPIN:
	default:
		return false
	}
	if !clauseEnds(s, end) {
		return false
	}
	p, linked, articles := i, byte(0), 0
	for n := 0; n < maxAdjectives && linked == 0; n++ {
		w := wordBefore(s, p, sc.floor)
		if w == p || w == 0 || p-w > maxLinkWord+3 {
			return false
		}
		switch word := strings.TrimRight(s[w:p], " "); {
		case foldEqual(word, "as") || foldEqual(word, "is") || foldEqual(word, "for"):
			linked = lower(word[0])
		case inSet(keyAdjectives, word):
			articles++
		default:
			return false
		}
		p = w
	}
	if linked == 0 || articles == 0 {
		return false
	}
	to := p
	for to > sc.floor && strings.IndexByte(" `'\"", s[to-1]) >= 0 {
		to--
	}
	from := to
	for from > sc.floor && to-from < maxBare/4 && s[from-1] > ' ' && strings.IndexByte("`\"<>(", s[from-1]) < 0 {
		from--
	}
	if from > sc.floor && s[from] == '\'' {
		from++
	}
	from += escapeLen(s, from)
	if linked == 'f' { // try x for the password
		if w := wordBefore(s, from, sc.floor); !inSet(tryWords, strings.TrimRight(s[w:from], " `'\"")) {
			return false
		}
	}
	v := s[from:to]
	if info.class == keyPIN {
		if linked != 'i' || len(v) < 4 || len(v) > 8 || !digits.all(v) {
			return false
		}
		sc.add(from, to, info.rule)
		return true
	}
	if len(v) < 6 {
		return false
	}
	f := featuresOf(v)
	if f.digit == 0 || f.lower+f.upper == 0 || codeExpression(v) || strings.ContainsAny(v, "=:\\") || strings.Contains(v, "[REDACTED") || !sensitive(keyPassword, v, settingProse) {
		return false
	}
	if info.class != keyPassword && info.class != keyMaybePassword && (len(v) < 20 || !credentialLike(v)) {
		return false
	}
	if info.class == keyRandom {
		info.rule = ruleAPIKey
		if w := wordBefore(s, i, sc.floor); !foldEqual(strings.TrimRight(s[w:i], " "), "api") {
			return false
		}
	}
	sc.add(from, to, info.rule)
	return true
}

// wordBefore returns where the word begins that stands before p, with the blanks between.
func wordBefore(s string, p, floor int) int {
	e := p
	for e > floor && (s[e-1] == ' ' || s[e-1] == '`' || s[e-1] == '\'') && p-e < 3 {
		e--
	}
	w := e
	for w > floor && isLetter(s[w-1]) && e-w <= maxLinkWord {
		w--
	}
	return w
}

// clauseEnds reports that nothing follows at i that would make another word of the key before: password policy.
func clauseEnds(s string, i int) bool {
	if i >= len(s) || strings.IndexByte(".,;!?)\"'`\n\r\\*", s[i]) >= 0 {
		return true
	}
	if s[i] != ' ' {
		return false
	}
	for _, w := range [...]string{"for ", "to ", "on ", "in ", "and ", "when ", "here", "now", "instead", "of ", "at ", "please", "if ", "but "} {
		if strings.HasPrefix(s[i+1:], w) {
			return true
		}
	}
	return false
}

// codePurposes follow a one-time code: use code 123456 to verify your login.
var codePurposes = wordSetOf("verify log login sign confirm complete reset access authenticate finish")

// oneTimeCode handles the digits after the word "code", which ends at i, when their purpose follows.
func (sc *scanner) oneTimeCode(i int) {
	s := sc.text
	from := i + 1
	end := from
	for end < len(s) && isDigit(s[end]) {
		end++
	}
	rest, ok := strings.CutPrefix(s[min(end, len(s)):], " to ")
	if at(s, i) != ' ' || end-from < 4 || end-from > 8 || !ok {
		return
	}
	w := 0
	for w < len(rest) && w < maxLinkWord && isLetter(rest[w]) {
		w++
	}
	if inSet(codePurposes, rest[:w]) {
		sc.add(from, end, rulePIN)
	}
}
