package redact

import (
	"strings"
	"unicode"
)

// announceKind says what a phrase announces.
type announceKind uint8

const (
	// announcePhone: a telephone number in any plausible grouping.
	announcePhone announceKind = iota
	// announceCall: a verb such as "call", which asks for more digits or for groups.
	announceCall
	// announceCard: a payment card of any issuer and grouping; see cardWords for those in Latin letters.
	announceCard
	// announceCode: a one-time code or a PIN.
	announceCode
	// announceID: one of the numbers of nationalIDs.
	announceID
	// announcePassport and announceLicense: a document number without a check digit.
	announcePassport
	announceLicense
)

// announceRow lists phrases of one language that announce a number. Phrases stand in small letters between commas, a blank for any single
// separator or none; one in capitals counts only in capitals, or as a key.
type announceRow struct {
	kind announceKind
	// ids are the ends of the rules that announceID tries.
	ids     string
	lang    string
	phrases string
}

// announcement is a phrase of announceRows, parted at the run of letters by which it is found.
type announcement struct {
	before, after string
	capitals      bool
	strict        bool // only forms that the numbers are written in, because the phrase announces those of any country
	kind          announceKind
	ids           []int // of nationalIDs
}

// announcements are the phrases by the run of ASCII letters at which the scanner stops; announceTriggers has these runs.
var announcements, announceTriggers = buildAnnouncements()

func buildAnnouncements() (lists [][]announcement, triggers map[string]int) {
	triggers = map[string]int{}
	taken := map[string]bool{}
	for _, row := range wordTable {
		for w := range strings.FieldsSeq(row.words) {
			taken[w] = true
		}
	}
	for i := range announceRows {
		row := &announceRows[i]
		ids := nationalIndexes(row.ids)
		for p := range strings.SplitSeq(row.phrases, ",") {
			p = strings.TrimSpace(p)
			from, to := triggerRun(p, taken, frequentWords)
			if to-from < 3 {
				from, to = triggerRun(p, taken, nil)
			}
			if to-from < 3 {
				panic("redact: nothing to find " + p + " by")
			}
			w := strings.ToLower(p[from:to])
			if _, ok := triggers[w]; !ok {
				triggers[w] = len(lists)
				lists = append(lists, nil)
			}
			list := &lists[triggers[w]]
			*list = append(*list, announcement{p[:from], p[to:], p == strings.ToUpper(p) && p != strings.ToLower(p), row.ids == "all", row.kind, ids})
		}
	}
	return lists, triggers
}

// frequentWords are no good to find a phrase by when it has another word.
var frequentWords = wordSetOf("number file time one your out main line work home text sign")

// triggerRun returns the bounds of the longest run of ASCII letters in p that starts no other matcher and is not avoided.
func triggerRun(p string, taken, avoid map[string]bool) (from, to int) {
	for i := 0; i < len(p); {
		j := i
		for j < len(p) && isLetter(p[j]) {
			j++
		}
		if w := p[i:j]; len(w) >= to-from && !taken[strings.ToLower(w)] && !inSet(avoid, w) {
			from, to = i, j
		}
		i = j + 1
	}
	return from, to
}

// nationalIndexes returns the indexes in nationalIDs of rules given by their ends, or of all.
func nationalIndexes(ids string) (out []int) {
	for id := range strings.FieldsSeq(ids) {
		found := false
		for k := range nationalIDs {
			if id == "all" || nationalIDs[k].rule == "pii.national-"+id {
				out, found = append(out, k), true
			}
		}
		if !found {
			panic("redact: no rule pii.national-" + id)
		}
	}
	return out
}

// end returns where the phrase ends whose run of letters is s[i:end], or 0.
func (a *announcement) end(s string, i, end int) int {
	j := i
	for k := len(a.before); k > 0; k-- {
		switch c := a.before[k-1]; {
		case c == ' ':
			if j > 0 && isPhraseGap(s[j-1]) {
				j--
			}
		case j == 0 || !sameLetter(s[j-1], c):
			return 0
		default:
			j--
		}
	}
	if j > 0 && (isAlnum(s[j-1]) && escapeLen(s, j-1) != 1 || s[j-1] >= 0x80 && s[j-1] < 0xC0 && !digitNeighbour(s, j) && !punctuationBefore(s, j)) {
		return 0
	}
	for k := range len(a.after) {
		switch c := a.after[k]; {
		case c == ' ':
			if end < len(s) && isPhraseGap(s[end]) {
				end++
			}
		case end >= len(s) || !sameLetter(s[end], c):
			return 0
		default:
			end++
		}
	}
	if end < len(s) && (isLetter(s[end]) || s[end] >= 0xC3 && s[end] < 0xD0) {
		return 0
	}
	if a.capitals && strings.ContainsFunc(s[j:end], hasCapital) && (a.kind != announceID || strings.IndexByte("\":=", at(s, end)) < 0) {
		return 0
	}
	return end
}

// hasCapital reports a letter that would be another one as a capital.
func hasCapital(r rune) bool { return unicode.ToUpper(r) != r }

// isPhraseGap reports what may stand between the words of a phrase.
func isPhraseGap(b byte) bool { return b == ' ' || b == '-' || b == '_' || b == '.' || b == '\'' }

// sameLetter compares a byte of a text with one of a phrase, ignoring the case of ASCII and of the second byte of Latin-1 letters.
func sameLetter(b, c byte) bool {
	return b == c || lower(b) == lower(c) || c >= 0xA0 && c < 0xC0 && b|0x20 == c
}

// announcing handles the word s[i:end], by which the phrases of a list are found.
func (sc *scanner) announcing(i, end int, list []announcement) {
	for k := range list {
		a := &list[k]
		e := a.end(sc.text, i, end)
		if e == 0 {
			continue
		}
		switch a.kind {
		case announcePhone:
			sc.phoneWord = e
		case announceCall:
			sc.callWord = e
		default:
			if sc.announcedNumber(e, a) || a.kind == announceCode && sc.codeBefore(i-len(a.before)) {
				return
			}
		}
	}
}

const (
	// maxAnnounced is the distance within which the number of a phrase is looked for, in bytes and in words.
	maxAnnounced      = 72
	maxAnnouncedWords = 7
)

// announceLinks stand directly before a number that has no check digit: the passport number is x.
var announceLinks = wordSetOf("is was are number numbers no num nr n id ist lautet lauten war nummer numéro numero número num es era est était é è o el la le il het de jest to numer numeru är er on je kod code pin " +
	"nummeret nummer: olan numarası numaram adalah là este nº n° № reads be being using use enter with as")

// chainWords may stand among announceLinks.
var chainWords = wordSetOf("the a my his her their your hat die der das den mein meine mi mon tiene la con serie série series серии номер i of de di do du")

// announceVerbs are the verbs among announceLinks.
var announceVerbs = wordSetOf("is was ist lautet war es era est était è é jest är er este adalah là")

// digitsAndGaps reports a number without letters.
func digitsAndGaps(v string) bool { return digitsOnly(v, "- ") > 0 }

// announcedNumber looks for the number that a phrase announces, which ends at i: within a few words and the same clause.
func (sc *scanner) announcedNumber(i int, a *announcement) bool {
	s := sc.text
	if a.kind == announceID && strings.IndexByte("\"'\\=", at(s, i)) >= 0 {
		j := i
		for j < len(s) && j-i < maxKeyGap && strings.IndexByte("\"'\\ ", s[j]) >= 0 {
			j++
		}
		if b := at(s, j); b == ':' || b == '=' {
			sc.keyValue(j, j+1)
		}
		if a.strict || sc.skip > i {
			return sc.skip > i
		}
	}
	if at(s, i) == '(' {
		return false // a call, TAN(1)
	}
	words, breaks := 0, 0
	direct, chained := true, true
	limit := min(len(s), i+maxAnnounced)
	for j := i; j < limit; {
		switch b := s[j]; {
		case isAlnum(b) || b >= 0x80 && !punctuation(s[j:]):
			if n := escapeLen(s, j); n > 0 {
				j += n
				continue
			}
			if sc.announcedAt(j, a, direct, chained) {
				return true
			}
			end := j
			for end < len(s) && end < limit && (isAlnum(s[end]) || s[end] >= 0x80 && !punctuation(s[end:])) {
				end++
			}
			if words++; words > maxAnnouncedWords {
				return false
			}
			direct = inSet(announceLinks, s[j:end])
			chained = chained && (direct || inSet(chainWords, s[j:end])) || inSet(announceVerbs, s[j:end])
			j = end
		case b == '\n' || lineBreak(s, j) > 0:
			if breaks++; breaks > 1 || words > 0 && !direct {
				return false
			}
			j += lineBreak(s, j)
		case b == '.':
			if isSpace(at(s, j+1)) && !abbreviated(s, j) && j > i {
				return false
			}
			j++
		case b == ';' || b == '!' || b == '{' || b == '}' || b == ',' && strings.IndexByte("\"'\\", at(s, j+1)) >= 0 || b == '<' && at(s, j+1) == '/' || b == '[' && sc.labels.len(s[j:]) > 0:
			return false
		case b == ':' || b == '=' || b == '#' || b == '?' || b == '>':
			direct = true
			j++
		default:
			if b >= 0x80 {
				direct = true // a dash or a colon of another script
			}
			j++
		}
	}
	return false
}

// abbreviated reports that the full stop at i ends an abbreviation such as no. or nr.
func abbreviated(s string, i int) bool {
	w := i
	for w > 0 && i-w < 5 && (isLetter(s[w-1]) || s[w-1] >= 0x80) {
		w--
	}
	return i-w < 4
}

// announcedAt records the number that begins at i when it is what the phrase announces. direct is set when a word such as "is" or nothing
// stands before it, chained when nothing but such words does.
func (sc *scanner) announcedAt(i int, a *announcement, direct, chained bool) bool {
	s := sc.text
	switch a.kind {
	case announceID:
		for _, k := range a.ids {
			if end := nationalAfter(s, i, k, a.strict); end > 0 {
				sc.addNumber(i, end, nationalRules[k])
				return true
			}
		}
	case announceCode:
		if end := oneTimeCodeEnd(s, i); end > 0 && direct && !unitAfter(s, end) {
			sc.addNumber(codeStart(s, i), end, rulePIN)
			return true
		}
	case announcePassport:
		if end := documentEnd(s, i, 7, 10, 5); end > 0 && direct && (chained || !digitsAndGaps(s[i:end])) {
			sc.add(i, end, rulePassport)
			sc.advance(end)
			return true
		}
	case announceLicense:
		if end := documentEnd(s, i, 6, 18, 4); end > 0 && direct && (chained || !digitsAndGaps(s[i:end])) {
			sc.add(i, end, ruleLicense)
			sc.advance(end)
			return true
		}
	}
	return false
}
