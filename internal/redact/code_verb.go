package redact

// codeFillers may stand between the verb of a request and the code: verwenden Sie 493021, use the code 493021.
var codeFillers = wordSetOf("sie the this code otp pin le el il o den dit codice código kod kode ten")

// codeAims begin what a code is for, and codeRoles what it is: use 493021 to verify, use 493021 as your code.
var (
	codeAims  = wordSetOf("to for pour para per um zur zum für om voor att för for til do aby żeby")
	codeRoles = wordSetOf("as als comme como come som jako")
)

// codeParticles may stand between the code and what it is for: geben Sie 493021 ein, um.
var codeParticles = wordSetOf("ein in bitte please now here")

// yourWords stand before what belongs to the receiver of a code.
var yourWords = wordSetOf("your you ihr ihre ihren ihrem ihrer dein deine deinen deinem deiner votre vos ton ta tes tu tus su sus tuo tua suo sua seu uw je jouw twoje twój swoje swój konta din ditt dina deg dit")

// accountWords are what a code confirms.
var accountWords = wordSetOf("account identity login signin email e-mail phone device payment purchase transfer transaction registration konto identität anmeldung zahlung überweisung registrierung " +
	"compte identité connexion paiement virement inscription cuenta identidad sesión pago transferencia registro conto identità accesso pagamento bonifico conta identidade rekening identiteit betaling konto")

// signInWords ask for a code whatever stands around them, and entryWords for one that is too long for a port.
var (
	signInWords = []string{"login", "log in", "log-in", "sign in", "sign-in", "signin", "sign up", "sign-up", "anmeld", "anzumeld", "einlog", "einzulog", "inloggen", "loggen", "zalog", "logga"}
	entryWords  = []string{"authent", "autent", "access", "connecter", "acceder", "accedere", "acessar", "entrar", "iniciar", "accéder"}
)

// confirmWords begin the verbs and nouns for what a code does, of which not every object is somebody's.
var confirmWords = []string{
	"verif", "vérif", "überprüf", "confirm", "conferm", "bestätig", "bevestig", "bekräft", "bekræft", "potwierdz", "valid", "activat", "activar", "activer", "aktivier", "attivar", "ativar", "unlock", "entsperr", "reset", "zurück", "complet", "finish", "finaliz",
}

// otherCodes stand before "code" where it is no secret.
var otherCodes = wordSetOf("area zip postal post status error exit country promo promotion discount voucher coupon referral source product dial booking return response currency language bar qr tracking order")

// otherObjects are confirmed by a number that is no secret.
var otherObjects = wordSetOf("zip postal size port extension area checksum version")

// codeNouns end the words for a code.
var codeNouns = []string{"code", "otp", "pin", "código", "codigo", "codice", "kod", "kode"}

// maxPurpose bounds the words of a purpose.
const maxPurpose = 9

// requestedCode handles a verb at s[i:end] that asks for a one-time code to be typed: use 493021 to verify your account.
func (sc *scanner) requestedCode(i, end int) {
	s := sc.text
	if end >= len(s) || s[end] != ' ' || i > 0 && (s[i-1] == '-' || s[i-1] == '_' || s[i-1] == '.') {
		return
	}
	j := end + 1
	for n := 0; !isDigit(at(s, skipMarks(s, j))) && codeStart(s, j) == j; n++ {
		w := wordOf(s, j)
		if n == 3 || w >= len(s) || s[w] != ' ' && s[w] != ':' || !inSet(codeFillers, s[j:w]) {
			return
		}
		j = skipBlanks(s, w+boolInt(s[w] == ':'))
	}
	j = skipMarks(s, j)
	to := oneTimeCodeEnd(s, j)
	if to == 0 || unitAfter(s, to) {
		return
	}
	from := codeStart(s, j)
	v := s[from:to]
	year := len(v) == 4 && (v[:2] == "19" || v[:2] == "20")
	if year || distinct(v, 3) < 3 || !codePurpose(s, skipMarks(s, to), len(v) >= 6) {
		return
	}
	sc.add(from, to, rulePIN)
	sc.advance(to)
}

// skipMarks returns where the marks of Markdown around a code end that begin at i.
func skipMarks(s string, i int) int {
	for n := 0; n < 2 && i < len(s) && (s[i] == '*' || s[i] == '`'); n++ {
		i++
	}
	return i
}

// wordOf returns the end of the word of any script that begins at i.
func wordOf(s string, i int) int {
	for i < len(s) && (isLetter(s[i]) || s[i] >= 0x80 && !punctuation(s[i:])) {
		i++
	}
	return i
}

// codePurpose reports that what follows the number which ends at i makes a one-time code of it. long is set for one of six digits or more.
func codePurpose(s string, i int, long bool) bool {
	const start, aim, role = 0, 1, 2
	state, yours, confirms, noun, last := start, false, false, false, false
	for range maxPurpose {
		for i < len(s) && (s[i] == ' ' || s[i] == ',' && state == start || (s[i] == '-' || s[i] == '\'') && state != start) {
			i++
		}
		end := min(wordOf(s, i), i+maxInSet)
		if end == i {
			break
		}
		w := s[i:end]
		i = end
		switch {
		case state == start && inSet(codeAims, w):
			state = aim
		case state == start && inSet(codeRoles, w):
			state = role
		case state == start:
			if !inSet(codeParticles, w) {
				return false
			}
		case state == role && inSet(otherCodes, w), state == aim && inSet(otherObjects, w):
			return false
		case state == aim && (beginsWithAny(s[end-len(w):], signInWords) || long && beginsWithAny(w, entryWords)):
			return true
		default:
			last = beginsWithAny(w, confirmWords)
			confirms = confirms || last
			noun = noun || endsWithAny(w, codeNouns)
			yours = yours || inSet(yourWords, w) || inSet(accountWords, w)
		}
	}
	if state == role {
		return noun && (yours || confirms)
	}
	return confirms && (yours || last && long)
}

// beginsWithAny and endsWithAny ignore the case of ASCII letters.
func beginsWithAny(w string, list []string) bool {
	for _, p := range list {
		if len(w) >= len(p) && foldEqual(w[:len(p)], p) {
			return true
		}
	}
	return false
}

func endsWithAny(w string, list []string) bool {
	for _, p := range list {
		if len(w) >= len(p) && foldEqual(w[len(w)-len(p):], p) {
			return true
		}
	}
	return false
}

// codeKinds stand between "your" and "code", besides names.
var codeKinds = wordSetOf("verification confirmation security login access authentication authorization activation one time sign in log single use sms otp temporary account de")

// yourCodeBefore handles the code before the word "code" that begins at i: G-493021 is your Google verification code.
func (sc *scanner) yourCodeBefore(i int) bool {
	s := sc.text
	p := i
	for range 6 {
		if p <= sc.floor || s[p-1] != ' ' && s[p-1] != '-' {
			return false
		}
		end := p - 1
		p = latinWordBefore(s, end, sc.floor)
		switch w := s[p:end]; {
		case w == "" || inSet(otherCodes, w):
			return false
		case inSet(yourWords, w):
			if p <= sc.floor || s[p-1] != ' ' {
				return false
			}
			verb := latinWordBefore(s, p-1, sc.floor)
			return inSet(announceVerbs, s[verb:p-1]) && sc.codeBefore(p)
		case !isUpper(w[0]) && !inSet(codeKinds, w):
			return false
		}
	}
	return false
}
