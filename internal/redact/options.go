package redact

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Options configures a Redactor. The zero value switches on the presets "secrets" and "pii", replaces findings by labels, and
// bounds the work by the default limits. Field names in errors are those of the YAML options of sensitive_filter.
type Options struct {
	// Presets are the groups of rules to apply; nil means secrets and pii, an empty list none.
	Presets []string
	// DisableRules lists rules to leave out, by id or glob ("pii.*").
	DisableRules []string
	// CustomRules are further rules.
	CustomRules []CustomRule
	// Keys changes what names of values say about them.
	Keys KeyOptions
	// Allow lists findings to leave alone.
	Allow AllowOptions
	// Style says what takes the place of a finding.
	Style StyleOptions
	// Media says what to do with payloads in base64: MediaSkip (default), MediaDrop or MediaScan.
	Media string
	// DecodeBase64 is the number of times that base64 is decoded and its text searched, 0 to 3.
	DecodeBase64 int
	// KeepPercent leaves percent-encoded separators and addresses unread.
	KeepPercent bool
	// Limits bound the work on one value.
	Limits Limits
	// Repeats bounds what is remembered of findings.
	Repeats RepeatOptions
}

// What to do with payloads in base64, such as images in messages.
const (
	MediaSkip = "skip"
	MediaDrop = "drop"
	MediaScan = "scan"
)

// CustomRule is a rule of the user: a regular expression that is tried around its keywords only.
type CustomRule struct {
	// ID names the rule; it must be unique and may not begin with "secret.", "pii." or "redact.".
	ID string
	// Regex is the expression in RE2 syntax.
	Regex string
	// Keywords are literals of which one occurs in every match, in any case. Empty: taken from the expression.
	Keywords []string
	// Group is the number of the capture group that is replaced; 0 is the whole match.
	Group int
	// Validator is an extra check of the match: "luhn", "iban", or empty.
	Validator string
	// MinEntropy is the least Shannon entropy of the match in bits per character; 0 asks for none.
	MinEntropy float64
	// AllowSlow accepts an expression without a literal, which is then run over every value.
	AllowSlow bool
	// Style replaces the style of the other rules, when set.
	Style *StyleOptions
}

// KeyOptions changes what names of values say about them. A name is compared by its last words, so that "badge number" stands for
// badge_number, badgeNumber and user.badge.number.
type KeyOptions struct {
	// Sensitive lists names whose values are replaced, in addition to the built-in ones.
	Sensitive []string
	// SensitivePatterns are regular expressions on the whole dotted path of an attribute.
	SensitivePatterns []string
	// Safe lists names whose values are looked at without regard to the name.
	Safe []string
	// OnlyListed has no names count but those in Sensitive.
	OnlyListed bool
}

// AllowOptions lists findings to leave alone. Each is compared with the text of one finding, never with the whole value.
type AllowOptions struct {
	// Exact lists texts.
	Exact []string
	// Regex lists expressions that must match the whole text of a finding.
	Regex []string
}

// Limits bound the work on one value. Zero values mean the defaults.
type Limits struct {
	// MaxValueBytes is the length from which a text is cut off or dropped; default 4 MiB.
	MaxValueBytes int
	// OnOversize is OversizeTruncate (default) or OversizeDrop.
	OnOversize string
	// MaxFindings is the number of findings in one value from which the whole value is replaced; default 10,000.
	MaxFindings int
}

// What to do with a text that is longer than Limits.MaxValueBytes.
const (
	OversizeTruncate = "truncate"
	OversizeDrop     = "drop"
)

// Defaults of Limits.
const (
	DefaultMaxValueBytes = 4 << 20
	DefaultMaxFindings   = 10_000
)

// MinHashKey is the least length of the key of style hash, in bytes: what HMAC-SHA256 makes good use of (RFC 2104, 3).
const MinHashKey = 32

// problems gathers what is wrong with options.
type problems []error

func (p *problems) add(path, format string, args ...any) {
	*p = append(*p, fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...)))
}

// Validate reports everything that is wrong, each with the path of the option and the remedy.
func (o *Options) Validate() error {
	var p problems
	for _, name := range o.Presets {
		if !slices.Contains(presetNames, name) {
			p.add("presets", "unknown preset %q; known are %s", name, quoteAll(presetNames))
		}
	}
	o.validateRules(&p)
	for i, expr := range o.Keys.SensitivePatterns {
		if _, err := regexp.Compile(expr); err != nil {
			p.add(fmt.Sprintf("keys.sensitive_patterns[%d]", i), "%v", err)
		}
	}
	for path, list := range map[string][]string{"keys.sensitive": o.Keys.Sensitive, "keys.safe": o.Keys.Safe} {
		for i, name := range list {
			if len(keyPhrase(name)) == 0 || len(keyPhrase(name)) > maxKeyTail {
				p.add(fmt.Sprintf("%s[%d]", path, i), "%q is not the name of a value; give one or more words, such as badge_number", name)
			}
		}
	}
	for i, expr := range o.Allow.Regex {
		if _, err := regexp.Compile(expr); err != nil {
			p.add(fmt.Sprintf("allow.regex[%d]", i), "%v", err)
		}
	}
	o.Style.validate("style", &p)
	oneOf(&p, "media", o.Media, MediaSkip, MediaDrop, MediaScan)
	oneOf(&p, "limits.on_oversize", o.Limits.OnOversize, OversizeTruncate, OversizeDrop)
	if o.Limits.MaxValueBytes < 0 || o.Limits.MaxValueBytes > 0 && o.Limits.MaxValueBytes < 1024 {
		p.add("limits.max_value_bytes", "must be at least 1024; leave it out for %d", DefaultMaxValueBytes)
	}
	o.Repeats.validate(&p)
	if o.DecodeBase64 < 0 || o.DecodeBase64 > 3 {
		p.add("decode.max_depth", "must be between 1 and 3")
	}
	if o.Limits.MaxFindings < 0 {
		p.add("limits.max_findings", "must be positive; leave it out for %d", DefaultMaxFindings)
	}
	slices.SortStableFunc(p, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(p...)
}

func (o *Options) validateRules(p *problems) {
	ids := make([]string, 0, len(registry)+len(o.CustomRules))
	for i := range registry {
		ids = append(ids, registry[i].ID)
	}
	for i := range o.CustomRules {
		c := &o.CustomRules[i]
		where := fmt.Sprintf("custom_rules[%d]", i)
		switch {
		case c.ID == "" || strings.ContainsFunc(c.ID, func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-_.", r) }):
			p.add(where+".id", "%q must consist of small letters, digits, dots, dashes and underscores", c.ID)
		case slices.Contains(ids, c.ID), strings.HasPrefix(c.ID, "secret."), strings.HasPrefix(c.ID, "pii."), strings.HasPrefix(c.ID, "redact."):
			p.add(where+".id", "%q is taken, or begins as built-in rules do; choose another", c.ID)
		}
		ids = append(ids, c.ID)
		c.validate(where, p)
	}
	for i, pattern := range o.DisableRules {
		if !slices.ContainsFunc(ids, func(id string) bool { ok, err := path.Match(pattern, id); return err == nil && ok }) {
			p.add(fmt.Sprintf("disable_rules[%d]", i), "no rule matches %q; the README lists all rules", pattern)
		}
	}
	for pattern, style := range o.Style.ByRule {
		where := "style.by_rule." + pattern
		if !slices.ContainsFunc(ids, func(id string) bool { ok, err := path.Match(pattern, id); return err == nil && ok }) {
			p.add(where, "no rule matches %q; the README lists all rules", pattern)
		}
		if style.Hash.Key == "" {
			style.Hash.Key = o.Style.Hash.Key
		}
		style.validate(where, p)
	}
}

var presetNames = []string{PresetSecrets, PresetPII, PresetPIINetwork, PresetPIINational, PresetHighEntropy}

func oneOf(p *problems, path, value string, allowed ...string) {
	if value != "" && !slices.Contains(allowed, value) {
		p.add(path, "unknown value %q; known are %s", value, quoteAll(allowed))
	}
}

func quoteAll(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = fmt.Sprintf("%q", s)
	}
	return strings.Join(quoted, ", ")
}

// printable reports a text that may stand within a JSON string as it is.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == '"' || r == '\\' || r == 0x7F })
}
