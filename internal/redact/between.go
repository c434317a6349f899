package redact

import "strings"

const (
	// maxBetween and maxBetweenWords bound what may stand between a key word and its value in a sentence.
	maxBetween      = 100
	maxBetweenWords = 8
)

// followWords begin what stands between an English key word and its value: the password for the staging database is x. They are prepositions and
// pronouns, of the other languages too, in which people use the English word.
var followWords = wordSetOf("for of to on in at from i you we they he she it that which behind provided using " +
	"für von vom zum zur des der die das dem den im am auf bei beim pour du de sur au aux del de la las los para en di della dello dei delle per alla nel do da dos das no na van voor op het bij dla od " +
	"för till på av til fra af k ke pro untuk için")

// betweenLinks are verbs before a value; weakLinks have other uses, the words in English.
var (
	betweenLinks = wordSetOf("is was are has been ist war lautet lautete es era est était è é jest było brzmi är var er var adalah ialah este bude byl bylo olarak là")
	weakLinks    = wordSetOf("to on je yra = - – —")
)

// languageKeys are the key words of languages other than English, after which any word may follow: kata sandi wifi adalah x.
var languageKeys = wordSetOf("passwort kennwort contraseña contrasena clave senha passe parola wachtwoord lösenord lösenordet hasło hasła passord passordet adgangskode adgangskoden kodeord kodeordet salasana salasanani heslo " +
	"jelszó jelszava jelszavam şifre şifresi şifrem sandi mdp lozinka")

// laterValue handles "the password for the staging database is x": a link within the same clause, at most some words behind the key word, which ends
// before i.
func (sc *scanner) laterValue(i int, info keyInfo) {
	s := sc.text
	key := len(strings.TrimRight(s[sc.floor:i], " \"'`*")) + sc.floor
	language := inSet(languageKeys, s[latinWordBefore(s, key, sc.floor):key])
	if at(s, i) != '(' && !language && !inSet(followWords, s[i:clauseWordEnd(s, i)]) {
		return
	}
	limit := min(len(s), i+maxBetween)
	words := 0
	for j := i; j < limit; words++ {
		end := clauseWordEnd(s, j)
		w := s[j:end]
		if words > maxBetweenWords || w == "" {
			return
		}
		linkable := words > 0 || language
		strong := linkable && inSet(betweenLinks, w)
		switch {
		case strong || linkable && inSet(weakLinks, w) && (language || !isLetter(w[0])):
			if v := max(link(s, j), skipBlanks(s, end)); sc.proseFound(v, info) || strong {
				return
			}
		case (w[len(w)-1] == ':' || w[len(w)-1] == '=') && at(s, end) == ' ':
			sc.proseValue(skipBlanks(s, end), info, true)
			return
		case w[len(w)-1] == '.' && len(w) > 3 || end >= len(s) || s[end] != ' ':
			return
		}
		j = end + 1
	}
}

// proseFound is proseValue behind a link; it reports whether there was a value.
func (sc *scanner) proseFound(i int, info keyInfo) bool {
	before := len(sc.found)
	sc.proseValue(i, info, true)
	return len(sc.found) > before
}

// clauseWordEnd returns where the word at i ends: at a blank, or at what ends a clause or a string.
func clauseWordEnd(s string, i int) int {
	j := i
	for j < len(s) && j-i < maxBetween && s[j] != ' ' && s[j] != '\n' && s[j] != ';' && s[j] != '"' && s[j] != '\\' {
		j++
	}
	return j
}

// latinWordBefore returns where the word begins that ends at end, of letters and of bytes outside ASCII.
func latinWordBefore(s string, end, floor int) int {
	w := end
	for w > floor && end-w < maxInSet && (isLetter(s[w-1]) || s[w-1] >= 0x80) {
		w--
	}
	return w + escapeLen(s, w)
}

// scriptLinks end what stands between a key word in another script and its value.
var scriptLinks = []string{"是", "为", "為", "成", "成了", "到", "は", "が", "を", "는", "은", "이", "가", ":", "：", "=", "—", "–", "-", "это", "есть", "був", "היא", "הוא", "هي", "هو", "คือ", "là"}

// scriptPrepositions stand before the name of a thing rather than a value: пароль для входа в Windows10.
var scriptPrepositions = []string{" в", " на", " для", " от", " к", " с", " из", " под", " у", " до"}

// foreignBetween handles a key word in another script with words between it and its value: пароль от сервера x, 密码在服务器上是x. What follows the
// word begins at i.
func (sc *scanner) foreignBetween(i int, info keyInfo) {
	s := sc.text
	limit := min(len(s), i+maxBetween+20)
	words := 0
	for j := i; j < limit; {
		b := s[j]
		switch {
		case b == ' ':
			if words++; words > maxBetweenWords {
				return
			}
			j++
		case b >= 0x80:
			if strings.HasPrefix(s[j:], "。") || strings.HasPrefix(s[j:], "，") || strings.HasPrefix(s[j:], "！") || strings.HasPrefix(s[j:], "？") || strings.HasPrefix(s[j:], "；") {
				return
			}
			j++
		case isAlnum(b) || strings.IndexByte("\"'`!#$%&*@+^~", b) >= 0:
			before := strings.TrimRight(s[i:j], " ")
			linked := hasSuffixOf(before, scriptLinks)
			if linked && (b == '"' || b == '\'' || b == '`') {
				sc.proseValue(j, info, true)
				return
			}
			end := j
			for end < len(s) && end-j < maxBare && s[end] > ' ' && s[end] < 0x7F && strings.IndexByte("\"'`<>\\", s[end]) < 0 {
				end++
			}
			for end > j && strings.IndexByte(".,;:!?)", s[end-1]) >= 0 {
				end--
			}
			v := s[j:end]
			if end > j && !linked && letters.all(v) && !passwordLike(v) {
				j = end // a name in Latin letters
				continue
			}
			if end > j && (linked || s[j-1] == ' ' && clauseEnds(s, end) && (end == len(s) || s[end] != ' ') && (!numberedName(v) || !hasSuffixOf(" "+before, scriptPrepositions))) {
				sc.judgeBare(j, end, info, settingProse, 0)
			}
			return
		case b == ':' || b == '=' || b == '-' || b == '(' || b == ')':
			j++
		default:
			return
		}
	}
}

func hasSuffixOf(s string, suffixes []string) bool {
	for _, suffix := range suffixes {
		if strings.HasSuffix(s, suffix) {
			return true
		}
	}
	return false
}

// numberedName reports a name with a number behind it: Windows10.
func numberedName(v string) bool {
	n := 0
	for n < len(v) && isLetter(v[n]) {
		n++
	}
	return n > 1 && digits.all(v[n:]) && classSwitches(v[:n]) <= 1
}

// quotedBelow handles a quoted value on the line below its operator, as formatters write long assignments: const API_KEY =\n  'x'. A line break
// is at i.
func (sc *scanner) quotedBelow(i int, info keyInfo) bool {
	s := sc.text
	j := i + lineBreak(s, i)
	for j < len(s) && (s[j] == ' ' || s[j] == '\t' || s[j] == '(' || s[j] == '\\' && at(s, j+1) == 't') {
		if s[j] == '\\' {
			j++
		}
		j++
	}
	slashes := 0
	for at(s, j+slashes) == '\\' {
		slashes++
	}
	q := at(s, j+slashes)
	if q != '"' && q != '\'' && q != '`' || j+slashes >= len(s) {
		return false
	}
	from := j + slashes + 1
	end := closingQuote(s, j+slashes, slashes)
	if end <= from || end-from > maxBare || end >= len(s) || strings.IndexByte(s[from:end], '\n') >= 0 {
		return false
	}
	rest := end + slashes + 1
	for at(s, rest) == ' ' || at(s, rest) == ')' || at(s, rest) == ';' || at(s, rest) == ',' {
		if rest >= len(s) {
			break
		}
		rest++
	}
	if rest < len(s) && lineBreak(s, rest) == 0 && s[rest] != '}' && s[rest] != '"' {
		return false
	}
	before := len(sc.found)
	sc.judge(from, end, info, settingField)
	return len(sc.found) > before
}
