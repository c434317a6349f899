package redact

import "strings"

// codeOwners stand before "code" where it is somebody's one-time code: your code is 493021.
var codeOwners = wordSetOf("your my tu su seu sua teu tuo suo votre ton mon ihr dein mein je uw mijn din ditt twój pani pana pin sms otp 2fa mfa")

// codeLinks stand between "code" and its digits.
var codeLinks = wordSetOf("is was ist lautet war est es è é era är er to : jest")

// ownCode handles the word "code" that ends at i in a sentence such as "your code is 493021" or "Ihr Code lautet 493021".
func (sc *scanner) ownCode(i int) bool {
	s := sc.text
	from := i - len("code")
	if from <= sc.floor || sc.yourCodeBefore(from) {
		return from > sc.floor
	}
	if s[from-1] != ' ' {
		return false
	}
	w := latinWordBefore(s, from-1, sc.floor)
	if !inSet(codeOwners, s[w:from-1]) {
		// The name of a service may stand between: your Acme code.
		if w <= sc.floor || !isUpper(s[w]) || s[w-1] != ' ' || !inSet(codeOwners, s[latinWordBefore(s, w-1, sc.floor):w-1]) {
			return false
		}
	}
	j := i
	if at(s, j) == ':' {
		j++
	} else {
		from = skipBlanks(s, i)
		j = from
		for j < len(s) && j-from < maxLinkWord && (isLetter(s[j]) || s[j] >= 0x80) {
			j++
		}
		if !inSet(codeLinks, s[min(from, j):j]) {
			return false
		}
		for _, article := range [...]string{" le ", " el ", " il ", ": "} {
			if strings.HasPrefix(s[j:], article) {
				j += len(article) - 1
			}
		}
	}
	j = skipBlanks(s, j)
	end := oneTimeCodeEnd(s, j)
	if end == 0 || unitAfter(s, end) || nounAfter(s, end) {
		return false
	}
	sc.add(codeStart(s, j), end, rulePIN)
	sc.advance(end)
	return true
}

// codeBefore handles a code before the phrase that begins at i: 493021 ist Ihr Bestätigungscode.
func (sc *scanner) codeBefore(i int) bool {
	s := sc.text
	p := i
	for range 4 {
		for p > sc.floor && (s[p-1] == ' ' || s[p-1] == '-') {
			p--
		}
		w := latinWordBefore(s, p, sc.floor)
		if w == p || p-w > maxLinkWord {
			return false
		}
		verb := inSet(announceVerbs, s[w:p])
		p = w
		if !verb {
			continue
		}
		for p > sc.floor && s[p-1] == ' ' {
			p--
		}
		from := p
		for from > sc.floor && isDigit(s[from-1]) {
			from--
		}
		if n := p - from; n < 4 || n > 8 || from > 0 && (isAlnum(s[from-1]) || s[from-1] == '.' || s[from-1] == '_') {
			return false
		}
		sc.add(from, p, rulePIN)
		return true
	}
	return false
}
