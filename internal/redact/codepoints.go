package redact

// inCodePoints reports groups of four digits in a table of Unicode, which has lines such as 00BD;…;<fraction> 0031 2044 0032, or among other
// groups of as many hexadecimal digits, as in test vectors.
func inCodePoints(s string, g *group) bool {
	if g.groups < 2 || g.paren {
		return false
	}
	width := int(g.sizes[0])
	for _, n := range g.sizes[1:min(g.groups, len(g.sizes))] {
		if int(n) != width {
			return false
		}
	}
	if width < 3 {
		return false // see inDump
	}
	return hexRow(s, g.start-1-width, width, -1) || hexRow(s, g.end+1, width, 1) || width == 4 && codePointLine(s, g.start)
}

// maxHexRow bounds the groups that are looked at.
const maxHexRow = 8

// hexRow reports a row of groups of hexadecimal digits of some width, from the one at i on in one direction, of which one has a letter.
func hexRow(s string, i, width, direction int) bool {
	for range maxHexRow {
		if i < 0 || i+width > len(s) || isAlnum(at(s, i-1)) || isAlnum(at(s, i+width)) || i > 1 && s[i-1] == '\\' {
			return false
		}
		v := s[i : i+width]
		if !hexAny.all(v) {
			return false
		}
		if !digits.all(v) {
			return true
		}
		i += direction * (width + 1)
	}
	return false
}

// maxCodePointLine bounds how far the beginning of a line is looked for.
const maxCodePointLine = 160

// codePointLine reports that the line of i begins with a code point and a semicolon, as the files of the Unicode Character Database do (UAX
// 44), or that a code point in angle brackets or in the notation U+ stands before i.
func codePointLine(s string, i int) bool {
	from := i
	for from > 0 && i-from < maxCodePointLine && s[from-1] != '\n' {
		from--
	}
	n := from
	for n < i && isHex(s[n]) && !isLower(s[n]) {
		n++
	}
	if width := n - from; width >= 4 && width <= 6 && (at(s, n) == ';' || at(s, n) == '.' && at(s, n+1) == '.') {
		return true
	}
	return i > 1 && s[i-1] == ' ' && s[i-2] == '>' || i > 1 && s[i-2] == 'U' && s[i-1] == '+'
}
