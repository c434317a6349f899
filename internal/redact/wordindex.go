package redact

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// wordKind says what to do where a key word begins.
type wordKind uint16

const (
	wordNone wordKind = iota
	// wordKey ends a key that may be followed by its value without an operator: a flag, SQL, prose, a table.
	wordKey
	wordBearer
	wordBasic
	wordBegin
	wordBase64
	wordIdentified
	wordHook
	wordLabel
	wordPhone
	wordCall
	wordSSN
	wordCommand
	wordPrivate
	wordLogin
	wordInto
	wordLink
	wordAuth
	wordEcho
	wordArgon
	wordSetUser
	wordInput
	wordSecure
	wordHash
	wordManifest
	// wordField is the role of an element into which text is typed.
	wordField
	// wordHas begins hasło.
	wordHas
	// wordUse asks for a code to be typed.
	wordUse
	// wordAnnounce is the first of the kinds of announcements, in their order.
	wordAnnounce
)

// wordTable lists the words that start a matcher. A word counts when it stands alone among letters.
var wordTable = []struct {
	kind  wordKind
	words string
}{
	{wordKey, "requirepass masterauth rootpw bindpw bindpasswd psw pw authtoken accesstoken refreshtoken sessiontoken apitoken bottoken clientsecret secretkey accesskey privatekey mnemonic phrase password passwd pwd passphrase passcode passwort kennwort pass secret token key credential credentials creds pin otp ssn cvv cvc jwt apikey authorization cookie code contrase senha passe parola wachtwoord"},
	{wordKey, "senord senordet passord passordet adgangskode adgangskoden kodeord kodeordet salasana salasanani salasanamme heslo jelsz jelszavam jelszava sandi ifre ifrem ifresi ifremiz ifreniz parolam parolas parolam clave contrasenya mdp lozinka"},
	{wordHas, "has"},
	{wordBearer, "bearer ssws"},
	{wordBasic, "basic"},
	{wordBegin, "begin"},
	{wordBase64, "base"},
	{wordIdentified, "identified"},
	{wordHook, "hooks webhook webhooks hook slack discord zapier office"},
	{wordLabel, "redacted truncated"},
	{wordPhone, "phone telephone mobile cell cellphone fax tel whatsapp telefon handynummer sms rufnummer telefono telefone hotline msisdn phones"},
	{wordCall, "call calls calling called dial reach contact ring"},
	{wordSSN, "social itin taxpayer"},
	{wordPrivate, "private"},
	{wordLogin, "login logins"},
	{wordInto, "into"},
	{wordLink, "reset magic invite invitation verify confirm activate unlock"},
	{wordAuth, "auth authenticate"},
	{wordSetUser, "setuser"},
	{wordHash, "sha ssha smd pbkdf"},
	{wordEcho, "echo printf write"},
	{wordArgon, "argon"},
	{wordManifest, "kind"},
	{wordField, "textbox searchbox combobox spinbutton textfield passwordbox securetextfield"},
	{wordSecure, "securestring"},
	{wordUse, "use enter using submit usa usar utiliza utilice utilizar ingresa ingrese introduce introduzca utilisez utilise saisissez saisis entrez tapez composez verwenden verwende nutzen nutze benutzen benutze geben gib " +
		"utilizza inserisci inserire digita utilize digite insira gebruik voer wpisz podaj ange skriv brug indtast"},
	{wordInput, "stdin sudo chpasswd kinit vercel gcloud"},
}

// wordEntry is a key word and what to do with it.
type wordEntry struct {
	text string
	kind wordKind
}

const (
	// headShift leaves sixteen bits of a hash, so that few words look like a key word by chance.
	headShift = 16
	// listShift leaves the ten bits by which the words are listed.
	listShift = 22
	// lengthFactor spreads the length of a word over the bits of its hash.
	lengthFactor = 0x85EBCA6B
)

// wordIndex finds key words by their first four letters, of which the last is a blank in words of three, and by their length.
type wordIndex struct {
	// bits has a bit for the hash of each word.
	bits [1 << (32 - headShift) / 64]uint64
	// words are ordered by list, of which each ends where the next begins.
	words []wordEntry
	lists [1<<(32-listShift) + 1]uint16
}

var keyWordIndex = buildWordIndex()

func buildWordIndex() *wordIndex {
	var words []wordEntry
	for _, row := range wordTable {
		for w := range strings.FieldsSeq(row.words) {
			words = append(words, wordEntry{w, row.kind})
		}
	}
	seen := map[string]bool{}
	for name := range commandTable {
		if word, _, _ := strings.Cut(name, "_"); len(word) >= 3 && !seen[word] {
			seen[word] = true
			words = append(words, wordEntry{word, wordCommand})
		}
	}
	for _, w := range slices.Sorted(maps.Keys(announceTriggers)) {
		words = append(words, wordEntry{w, wordAnnounce + wordKind(announceTriggers[w])})
	}
	list := func(w string) uint32 { return headHash(wordHead(w+" ", 0), len(w)) >> listShift }
	slices.SortStableFunc(words, func(a, b wordEntry) int { return cmp.Compare(list(a.text), list(b.text)) })
	ix := &wordIndex{words: words}
	for i, w := range words {
		if lettersFrom(w.text, 0) != len(w.text) {
			panic("redact: a word of other characters than letters: " + w.text)
		}
		h := headHash(wordHead(w.text+" ", 0), len(w.text)) >> headShift
		ix.bits[h>>6] |= 1 << (h & 63)
		ix.lists[list(w.text)+1] = uint16(i + 1)
	}
	for k := 1; k < len(ix.lists); k++ {
		ix.lists[k] = max(ix.lists[k], ix.lists[k-1])
	}
	return ix
}

// headHash mixes the head of a word with its length.
func headHash(head uint32, n int) uint32 {
	return head*hashFactor + uint32(n)*lengthFactor
}

// wordHead packs the first four characters of a word at i, of which three are letters; a fourth that is none counts as a blank.
func wordHead(s string, i int) uint32 {
	v := (uint32(s[i]) | uint32(s[i+1])<<8 | uint32(s[i+2])<<16) | 0x202020
	if i+3 < len(s) && isLetter(s[i+3]) {
		return v | uint32(s[i+3]|0x20)<<24
	}
	return v | ' '<<24
}

// lettersFrom returns the number of ASCII letters at s[i:], or blockSize for as many or more.
func lettersFrom(s string, i int) int {
	n := 0
	for n < blockSize && i+n < len(s) && isLetter(s[i+n]) {
		n++
	}
	return n
}

// find returns the key word that the n letters at s[i:] are, and its end.
func (ix *wordIndex) find(s string, i, n int) (wordKind, int) {
	if n < 3 {
		return wordNone, 0
	}
	h := headHash(wordHead(s, i), n)
	if ix.bits[h>>headShift>>6]>>(h>>headShift&63)&1 == 0 {
		return wordNone, 0
	}
	for k := ix.lists[h>>listShift]; k < ix.lists[h>>listShift+1]; k++ {
		if e := &ix.words[k]; len(e.text) == n && foldEqual(s[i:i+n], e.text) {
			return e.kind, i + n
		}
	}
	return wordNone, 0
}
