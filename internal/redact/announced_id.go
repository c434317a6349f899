package redact

import (
	"slices"
	"strings"
)

// nationalCompact has the forms of nationalIDs without separators, the longest first.
var nationalCompact = func() [][]string {
	out := make([][]string, len(nationalIDs))
	for k := range nationalIDs {
		id := &nationalIDs[k]
		for _, form := range slices.Concat(id.forms, id.announced) {
			compact := strings.Map(func(r rune) rune {
				if r != '9' && r != 'A' && r != 'X' {
					return -1
				}
				return r
			}, form)
			if !slices.Contains(out[k], compact) {
				out[k] = append(out[k], compact)
			}
		}
		slices.SortStableFunc(out[k], func(a, b string) int { return len(b) - len(a) })
	}
	return out
}()

// announcedMatches are checks that take the place of match behind an announcement: ranges that are not issued count there, as in examples.
var announcedMatches = map[string]func(string) bool{
	"pii.national-ca-sin": func(s string) bool { return luhn([]byte(s)) },
}

// nationalAfter returns where number k of nationalIDs ends that begins at i, in any grouping by single separators, or 0. strict asks for a
// grouping of the country, or none.
func nationalAfter(s string, i, k int, strict bool) int {
	var buf [24]byte
	match := nationalIDs[k].match
	if m := announcedMatches[nationalIDs[k].rule]; m != nil && !strict {
		match = m
	}
	for _, form := range nationalCompact[k] {
		end, ok := readForm(s, i, form, buf[:])
		if !ok || strict && end-i > len(form) && !slices.ContainsFunc(nationalIDs[k].forms, func(f string) bool { return len(f) == end-i && inForm(s[i:end], f) }) {
			continue
		}
		compact := string(buf[:len(form)])
		if distinct(compact, 3) >= 3 && match(compact) {
			return end
		}
	}
	return 0
}

func inForm(s, form string) bool {
	_, ok := fits(s, form)
	return ok
}

// readForm reads what has the form from i on, past single separators, into buf in capitals.
func readForm(s string, i int, form string, buf []byte) (int, bool) {
	j := i
	for k := range len(form) {
		if k > 0 {
			j += groupGap(s, j)
		}
		b := at(s, j)
		if isDigit(b) && form[k] == 'A' || isLetter(b) && form[k] == '9' || !isAlnum(b) {
			return 0, false
		}
		if isLetter(b) {
			b &^= 0x20
		}
		buf[k] = b
		j++
	}
	if b := at(s, j); j < len(s) && (isAlnum(b) || b == '_' || (b == '-' || b == '.' || b == '/') && isDigit(at(s, j+1))) {
		return 0, false
	}
	return j, true
}

// groupGap returns the length of a single separator between two groups at s[i:], or 0.
func groupGap(s string, i int) int {
	n := 0
	switch at(s, i) {
	case ' ', '-', '.', '/':
		n = 1
	case 0xC2, 0xE2:
		if n = wideBlank(s, i); n == 0 && strings.HasPrefix(s[i:], "\xe2\x80") {
			n = 3 // hyphens and dashes
		}
	}
	if n == 0 || !isAlnum(at(s, i+n)) || i+n >= len(s) {
		return 0
	}
	return n
}

// oneTimeCodeEnd returns where the code ends that begins at i: four to eight digits, or two groups of three or four, or 0.
func oneTimeCodeEnd(s string, i int) int {
	j := codeStart(s, i)
	from := j
	for isDigit(at(s, j)) && j < len(s) {
		j++
	}
	n := j - from
	if gap := groupGap(s, j); gap > 0 && (n == 3 || n == 4) && at(s, j) != '/' && at(s, j) != '.' {
		k := j + gap
		for isDigit(at(s, k)) && k < len(s) {
			k++
		}
		if k-j-gap == n {
			n, j = 2*n, k
		}
	}
	if n == 0 {
		return letterCodeEnd(s, i)
	}
	b := at(s, j)
	if n < 4 || n > 8 || j < len(s) && (isAlnum(b) || b == '%' || b == '_' || (b == '.' || b == ':' || b == ',' || b == '-' || b == '/') && isDigit(at(s, j+1))) {
		return 0
	}
	return j
}

// codeStart skips the letter that some senders put before a code: G-123456.
func codeStart(s string, i int) int {
	if isUpper(at(s, i)) && at(s, i+1) == '-' && isDigit(at(s, i+2)) {
		return i + 2
	}
	return i
}

// letterCodeEnd is oneTimeCodeEnd for codes of capitals and digits, of which there are two at least.
func letterCodeEnd(s string, i int) int {
	j, n := i, 0
	for j < len(s) && (isUpper(s[j]) || isDigit(s[j])) {
		if isDigit(s[j]) {
			n++
		}
		j++
	}
	if j-i < 6 || j-i > 8 || n < 2 || j < len(s) && (isAlnum(s[j]) || s[j] == '_' || s[j] == '-') {
		return 0
	}
	return j
}

// documentEnd returns where the number of a document ends that begins at i: lo to hi letters and digits, of which some are digits, with single
// separators before groups that have digits. Dates and versions are none.
func documentEnd(s string, i, lo, hi, least int) int {
	j, n, digits, lowerCase, upperCase := i, 0, 0, false, false
	best := 0
	for groups := range 5 {
		from, d := j, 0
		for j < len(s) && isAlnum(s[j]) {
			if isDigit(s[j]) {
				d++
			}
			lowerCase = lowerCase || isLower(s[j])
			upperCase = upperCase || isUpper(s[j])
			j++
		}
		n, digits = n+j-from, digits+d
		if groups == 0 && d == 0 && (lowerCase || n+j-from > 5) {
			break
		}
		if n > hi || d == 0 && groups > 0 || lowerCase && upperCase || groups > 0 && j-from > 8 {
			break
		}
		if n >= lo && digits >= least && (j >= len(s) || s[j] < 0x80 && s[j] != '_' && s[j] != '@' || punctuation(s[j:])) {
			best = j
		}
		gap := groupGap(s, j)
		if gap == 0 || at(s, j) == '.' || at(s, j) == '/' || at(s, j) == ' ' && !isDigit(at(s, j+1)) {
			break
		}
		j += gap
	}
	if best == 0 || dateLike(s[i:best]) || unitAfter(s, best) {
		return 0
	}
	if b := at(s, best); best < len(s) && (b == '.' || b == '/' || b == ':' || b == '%') && isDigit(at(s, best+1)) {
		return 0
	}
	return best
}

// dateLike reports a date, 2026-11-30 or 20261130, at the beginning of v.
func dateLike(v string) bool {
	var buf [8]byte
	n := 0
	for k := 0; k < len(v) && n < len(buf); k++ {
		if isDigit(v[k]) {
			buf[n] = v[k]
			n++
		} else if v[k] != '-' && v[k] != ' ' {
			return false
		}
	}
	if n < 8 || len(v) != 8 && len(v) != 10 {
		return false
	}
	year, month, day := string(buf[:4]), string(buf[4:6]), string(buf[6:8])
	if year >= "1900" && year <= "2099" && month >= "01" && month <= "12" && day >= "01" && day <= "31" {
		return true
	}
	day, month, year = string(buf[:2]), string(buf[2:4]), string(buf[4:8])
	return len(v) == 10 && year >= "1900" && year <= "2099" && month <= "31" && day <= "31"
}
