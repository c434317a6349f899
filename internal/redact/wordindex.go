package redact

import (
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
	{wordHook, "hooks webhook webhooks hook"},
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
	{wordInput, "stdin sudo chpasswd kinit"},
}

// wordEntry is a key word and what to do with it.
type wordEntry struct {
	text string
	kind wordKind
}

// headShift leaves sixteen bits of a hash, so that few words begin as a key word does by chance.
const headShift = 16

// wordIndex finds key words by their first four letters, of which the last is a blank in words of three.
type wordIndex struct {
	// bits has a bit for the hash of the beginning of each word.
	bits [1 << (32 - headShift) / 64]uint64
	// lists has the words by a shorter hash.
	lists [256][]wordEntry
}

var keyWordIndex = buildWordIndex()

func buildWordIndex() *wordIndex {
	ix := &wordIndex{}
	for _, row := range wordTable {
		for w := range strings.FieldsSeq(row.words) {
			ix.add(w, row.kind)
		}
	}
	seen := map[string]bool{}
	for name := range commandTable {
		if word, _, _ := strings.Cut(name, "_"); len(word) >= 3 && !seen[word] {
			seen[word] = true
			ix.add(word, wordCommand)
		}
	}
	for _, w := range slices.Sorted(maps.Keys(announceTriggers)) {
		ix.add(w, wordAnnounce+wordKind(announceTriggers[w])) //nolint:gosec // some hundreds
	}
	return ix
}

func (ix *wordIndex) add(w string, kind wordKind) {
	v := wordHead(w+" ", 0)
	h := v * hashFactor >> headShift
	ix.bits[h>>6] |= 1 << (h & 63)
	list := &ix.lists[v*hashFactor>>24]
	*list = append(*list, wordEntry{w, kind})
}

// wordHead packs the first four characters of a word at i, of which three are letters; a fourth that is none counts as a blank.
func wordHead(s string, i int) uint32 {
	v := (uint32(s[i]) | uint32(s[i+1])<<8 | uint32(s[i+2])<<16) | 0x202020
	if i+3 < len(s) && isLetter(s[i+3]) {
		return v | uint32(s[i+3]|0x20)<<24
	}
	return v | ' '<<24
}

// find returns the key word that stands at s[i:], as a whole word, and its end.
func (ix *wordIndex) find(s string, i int) (wordKind, int) {
	if i+3 > len(s) {
		return wordNone, 0
	}
	for _, e := range ix.lists[wordHead(s, i)*hashFactor>>24] {
		end := i + len(e.text)
		if end <= len(s) && foldEqual(s[i:end], e.text) && (end == len(s) || !isLetter(s[end])) {
			return e.kind, end
		}
	}
	return wordNone, 0
}
