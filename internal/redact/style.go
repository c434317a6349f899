package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"strings"
)

// What takes the place of a finding.
const (
	// StyleLabel is a text that names the rule.
	StyleLabel = "label"
	// StyleFixed is one text for all rules.
	StyleFixed = "fixed"
	// StylePartial keeps a few characters at the ends.
	StylePartial = "partial"
	// StyleHash is a keyed hash, the same for the same value.
	StyleHash = "hash"
	// StyleIndexed numbers the values of a trace.
	StyleIndexed = "indexed"
	// StyleRemove leaves nothing.
	StyleRemove = "remove"
)

// StyleOptions says what takes the place of a finding.
type StyleOptions struct {
	// Type is one of the styles; empty means label.
	Type string
	// Text is the label, in which {rule} stands for the id of the rule, or the fixed text. Default: "[REDACTED:{rule}]" and "[REDACTED]".
	Text string
	// KeepFirst and KeepLast are the numbers of characters that style partial keeps at most; together never more than a quarter of the value,
	// and none of a value below twelve characters. Default: 0 and 4.
	KeepFirst, KeepLast int
	// Hash configures style hash.
	Hash HashOptions
	// ByRule replaces the style for rules, by id or glob.
	ByRule map[string]StyleOptions
}

// HashOptions configures style hash.
type HashOptions struct {
	// Key is the secret key of the hash, of MinHashKey bytes or more.
	Key string
	// Length is the number of hexadecimal digits, 8 to 64; default 16.
	Length int
}

const (
	defaultLabel = "[REDACTED:{rule}]"
	defaultFixed = "[REDACTED]"
	maxStyleText = 200
	// minPartial is the length below which style partial keeps nothing.
	minPartial = 12
	// partialMask takes the place of what style partial does not keep.
	partialMask = "****"
)

func (s *StyleOptions) validate(where string, p *problems) {
	oneOf(p, where+".type", s.Type, StyleLabel, StyleFixed, StylePartial, StyleHash, StyleIndexed, StyleRemove)
	if !printable(s.Text) || len(s.Text) > maxStyleText {
		p.add(where+".text", "must be a text of at most %d bytes without quotes, backslashes and control characters, which would break JSON texts", maxStyleText)
	}
	if s.KeepFirst < 0 || s.KeepLast < 0 || s.KeepFirst > 16 || s.KeepLast > 16 {
		p.add(where, "keep_first and keep_last must be between 0 and 16")
	}
	if s.Type == StyleHash && len(s.Hash.Key) < MinHashKey {
		p.add(where+".hash.key", "must have %d bytes or more: without a key of that length the values behind the hashes can be guessed. Set it with ${env:REDACTION_KEY}", MinHashKey)
	}
	if s.Hash.Length != 0 && (s.Hash.Length < 8 || s.Hash.Length > 64) {
		p.add(where+".hash.length", "must be between 8 and 64 hexadecimal digits")
	}
}

// replacer makes what takes the place of the findings of one rule.
type replacer struct {
	style StyleOptions
	// text is the replacement where it does not depend on the value.
	text string
	// name is the rule's id without its preset.
	name string
	// family is what hashes of equal values have in common: all secrets, or one kind of personal data.
	family string
}

// newReplacer returns the replacer of a rule under the options.
func newReplacer(o StyleOptions, rule string, own *StyleOptions) *replacer {
	style := o
	for pattern, s := range o.ByRule {
		if ok, err := path.Match(pattern, rule); err == nil && ok && (pattern == rule || own == nil) {
			own = &s
			if pattern == rule {
				break
			}
		}
	}
	if own != nil {
		style = *own
		if style.Hash.Key == "" {
			style.Hash.Key = o.Hash.Key
		}
	}
	family, name, ok := strings.Cut(rule, ".")
	if !ok {
		name = rule
	}
	if family != "secret" {
		family = rule
	}
	if style.Hash.Length == 0 {
		style.Hash.Length = 16
	}
	if style.KeepFirst == 0 && style.KeepLast == 0 {
		style.KeepLast = 4
	}
	r := &replacer{style: style, name: name, family: family}
	switch style.Type {
	case StyleFixed:
		if r.text = style.Text; r.text == "" {
			r.text = defaultFixed
		}
	case "", StyleLabel:
		text := style.Text
		if text == "" {
			text = defaultLabel
		}
		r.text = strings.ReplaceAll(text, "{rule}", rule)
	}
	return r
}

// replace returns what takes the place of value.
func (r *replacer) replace(value string, scope *Scope) string {
	switch r.style.Type {
	case StylePartial:
		return r.partial(value)
	case StyleHash:
		return r.hash(value)
	case StyleIndexed:
		return scope.label(r.name, value)
	case StyleRemove:
		return ""
	default:
		return r.text
	}
}

// remembered returns what takes the place of value where it is found again without its text at hand, or nothing where that does not
// depend on the value or is to be made of the text that is found.
func (r *replacer) remembered(value string, scope *Scope) string {
	if r.style.Type == StyleHash || r.style.Type == StyleIndexed {
		return r.replace(value, scope)
	}
	return ""
}

// partial keeps the ends of value, as far as they are letters and digits.
func (r *replacer) partial(value string) string {
	if len(value) < minPartial {
		return partialMask
	}
	last := min(r.style.KeepLast, len(value)/4)
	first := min(r.style.KeepFirst, len(value)/4-last)
	for i := range first {
		if !isAlnum(value[i]) {
			first = i
			break
		}
	}
	for i := range last {
		if !isAlnum(value[len(value)-1-i]) {
			last = i
			break
		}
	}
	return value[:first] + partialMask + value[len(value)-last:]
}

// hash returns the rule and the keyed hash of value in its canonical form, so that the same number or address in another spelling has the
// same hash.
func (r *replacer) hash(value string) string {
	mac := hmac.New(sha256.New, []byte(r.style.Hash.Key))
	mac.Write([]byte(r.family))
	mac.Write([]byte{0})
	mac.Write([]byte(canonical(r.family, value)))
	return "[" + r.name + ":" + hex.EncodeToString(mac.Sum(nil))[:r.style.Hash.Length] + "]"
}

// canonical is the spelling of a value that its hash is taken of.
func canonical(family, value string) string {
	switch family {
	case "pii.email":
		return strings.ToLower(strings.Replace(value, "%40", "@", 1))
	case "pii.card", "pii.phone", "pii.ssn", "pii.iban":
		out := make([]byte, 0, len(value))
		for i := range len(value) {
			if isAlnum(value[i]) {
				out = append(out, value[i]&^(value[i]&0x40>>1))
			}
		}
		return string(out)
	default:
		return value
	}
}
