package redact

import "strings"

// afterWords follow a telephone number in a signature: 416 60 039 office, (37) 788-063-Office.
var afterWords = wordSetOf("office fax mobile home work cell cellular desk direct phone tel landline hotline switchboard büro mobil handy privat festnetz dienstlich bureau portable fixe domicile oficina móvil celular fijo " +
	"casa ufficio cellulare fisso escritório telemóvel kantoor mobiel biuro komórka kontor iş cep")

// reachWords follow a telephone number in a sentence.
var reachWords = wordSetOf("erreichbar reachable joignable raggiungibile bereikbar anrufen zurückrufen")

// announcedByClose reports a number that directly follows a word with other uses, or that such a word follows.
func (sc *scanner) announcedByClose(g *group) bool {
	if g.hasYear() || g.groups > 1 && g.mixed() || g.n > 13 {
		return false
	}
	return (g.n >= 9 || g.groups > 1) && sc.closeBefore(g.start) && (!g.thousands() || !nounAfter(sc.text, g.end)) || phoneWordAfter(sc.text, g.end)
}

// thousands reports groups of three digits, but for the first one: 1 234 567.
func (g *group) thousands() bool {
	for _, n := range g.sizes[1:min(g.groups, len(g.sizes))] {
		if n != 3 {
			return false
		}
	}
	return g.groups > 1 && g.sizes[0] <= 3
}

// nounAfter reports that a word in small letters that ends in s follows the number that ends at i: users, lines.
func nounAfter(s string, i int) bool {
	j := i + 1
	for j < len(s) && isLower(s[j]) {
		j++
	}
	return at(s, i) == ' ' && j-i > 4 && s[j-1] == 's'
}

// closeBefore reports one of closeWords or closePhrases before the number at i, with nothing but blanks and the like between.
func (sc *scanner) closeBefore(i int) bool {
	s := sc.text
	end := i
	for end > sc.floor && i-end < 3 && strings.IndexByte(" :.-(#", s[end-1]) >= 0 {
		end--
	}
	w := latinWordBefore(s, end, sc.floor)
	if w == end || end == i {
		return false
	}
	if inSet(closeWords, s[w:end]) {
		return true
	}
	if w <= sc.floor || s[w-1] != ' ' {
		return false
	}
	last := latinWordBefore(s, w-1, sc.floor)
	if last >= w-1 || end-last > maxInSet {
		return false
	}
	var buf [maxInSet]byte
	phrase := append(buf[:0], s[last:end]...)
	phrase[w-1-last] = '_'
	if inSet(closePhrases, string(phrase)) {
		return true
	}
	if !inSet(numberPhrases, string(phrase)) || last <= sc.floor || s[last-1] != ' ' {
		return false
	}
	return inSet(numberOwners, s[latinWordBefore(s, last-1, sc.floor):last-1])
}

// phoneWordAfter reports one of afterWords behind the number that ends at i: after a dash, or at the end of a line.
func phoneWordAfter(s string, i int) bool {
	dash := at(s, i) == '-'
	if !dash && at(s, i) != ' ' || i+3 >= len(s) {
		return false
	}
	j := i + 1
	paren := at(s, j) == '('
	if paren {
		j++
	}
	end := j
	for end < len(s) && end-j < maxLinkWord && (isLetter(s[end]) || s[end] >= 0x80 && !punctuation(s[end:])) {
		end++
	}
	if !inSet(afterWords, s[j:end]) && !inSet(reachWords, s[j:end]) {
		return false
	}
	if inSet(reachWords, s[j:end]) {
		return !dash
	}
	return dash || paren && at(s, end) == ')' || end == len(s) || lineBreak(s, end) > 0 || s[end] == ',' || s[end] == '|' || s[end] == '"' || s[end] == '.' && (end+1 == len(s) || isSpace(s[end+1]))
}

// hasYear reports a group of four digits that is a year, in a number that is short for a telephone number.
func (g *group) hasYear() bool {
	pos := 0
	for i := range min(g.groups, len(g.sizes)) {
		if d := g.digits[min(pos, len(g.digits)-4):]; g.sizes[i] == 4 && (d[0] == '1' && d[1] == '9' || d[0] == '2' && d[1] == '0') && g.n < 10 {
			return true
		}
		pos += int(g.sizes[i])
	}
	return false
}

// mixed reports separators that do not occur together in a telephone number: blanks and full stops.
func (g *group) mixed() bool {
	seps := string(g.seps[1:min(g.groups, len(g.seps))])
	return strings.IndexByte(seps, '.') >= 0 && strings.Trim(seps, ".") != "" || g.groups == 2 && seps == "."
}

// extensionEnd returns where the extension of a telephone number that ends at i ends, x4587 or ext. 12, or 0.
func extensionEnd(s string, i int) int {
	j := i
	if at(s, j) == ',' {
		j++
	}
	for at(s, j) == ' ' && j < len(s) && j-i < 3 {
		j++
	}
	for _, w := range extensionWords {
		k := j + len(w)
		if k >= len(s) || !foldEqual(s[j:k], w) {
			continue
		}
		for k < len(s) && k-j < len(w)+3 && (s[k] == '.' || s[k] == ' ' || s[k] == ':') {
			k++
		}
		end := k
		for end < len(s) && isDigit(s[end]) {
			end++
		}
		if n := end - k; n >= 1 && n <= 6 && (end == len(s) || !isAlnum(s[end]) && s[end] != '_') {
			return end
		}
	}
	return 0
}

// extensionWords stand before an extension (ITU-T E.123, 5.2, and national usage).
var extensionWords = []string{"extension", "extensión", "ext", "x", "durchwahl", "dw", "poste", "anexo", "interno", "int", "ramal", "toestel", "wew", "доб", "#"}
