package redact

import (
	"regexp"
	"strconv"
	"strings"
)

// Presets group rules. Secrets and PII are on by default.
const (
	PresetSecrets     = "secrets"
	PresetPII         = "pii"
	PresetPIINetwork  = "pii_network"
	PresetPIINational = "pii_national"
	PresetHighEntropy = "high_entropy"
)

// Rule describes one kind of sensitive text for documentation, configuration and tests.
type Rule struct {
	// ID names the rule in labels, metrics and configuration, for example "secret.github-pat".
	ID string
	// Preset is the group that switches the rule on.
	Preset string
	// Description says in a few words what the rule finds.
	Description string
	// Source says where the format is documented.
	Source string
	// Format is a regular expression in RE2 syntax for a typical match. The engine does not run it: it is documentation, and the
	// tests generate true cases from it.
	Format string
	// Context is an example of the surroundings that the rule needs, with "%s" in place of the value; empty when the value is
	// recognised alone.
	Context string
}

// Families of findings by strength: where findings overlap, the label of the stronger one is used.
const (
	prioPII uint8 = iota + 1
	prioContext
	prioToken
	prioCustom
)

type rule struct {
	Rule
	prio uint8
}

// ruleID is an index into registry.
type ruleID uint16

// tokenRule is a token that its public prefix gives away.
type tokenRule struct {
	name        string // the rule's id is "secret." + name
	description string
	source      string
	prefixes    []string
	body        *charset
	// size is the documented length of what follows the prefix, min the length from which it is taken for a token.
	size, min int
	// check is an extra condition on the body; nil asks for variety only.
	check func(body string) bool
	// lead describes what stands before the prefix and belongs to the token: n is a digit, and any number of further ones before it, c a
	// letter or digit, u a character of base64url, t one of those and ~ and the dot, everything else itself.
	lead string
}

// contextRule is a rule whose value is recognised by what stands around it.
type contextRule struct {
	id, preset, description, source, format, context string
}

// tokenFormats are the formats of tokens whose body has parts.
var tokenFormats = map[string]string{
	"bcrypt-hash":            `\$2[aby]\$12\$[./0-9A-Za-z]{53}`,
	"crypt-hash":             `\$6\$[./0-9A-Za-z]{16}\$[./0-9A-Za-z]{86}`,
	"django-hash":            `pbkdf2_sha256\$600000\$[0-9A-Za-z]{22}\$[0-9A-Za-z+/]{43}=`,
	"asana-token":            `1/[1-9][0-9]{15}:[0-9a-f]{32}`,
	"onepassword-secret-key": `A3-[0-9A-Z]{6}-[0-9A-Z]{6}-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}`,
	"launchdarkly-key":       `(api|sdk|mob)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`,
	"airtable-token":         `pat[0-9A-Za-z]{14}\.[0-9a-f]{64}`,
	"resend-key":             `re_[0-9A-Za-z]{8}_[0-9A-Za-z]{24}`,
	"databricks-token":       `(dapi|dose|dsapi)[0-9a-f]{32}`,
	"plaid-token":            `access-(production|sandbox|development)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`,
	"discord-bot-token":      `MT[AEIMQUYcgk][0-9A-Za-z]{23}\.[-0-9A-Za-z_]{6}\.[-0-9A-Za-z_]{38}`,
}

// registry holds all built-in rules: the token rules first, in the order of tokenTables, then the others.
var registry = buildRegistry()

func buildRegistry() []rule {
	var out []rule
	for _, table := range tokenTables {
		for i := range table {
			t := &table[i]
			out = append(out, rule{Rule{
				ID: "secret." + t.name, Preset: PresetSecrets, Description: t.description, Source: t.source, Format: t.format(),
			}, prioToken})
		}
	}
	for _, c := range contextRules {
		prio := prioContext
		if c.preset != PresetSecrets {
			prio = prioPII
		}
		out = append(out, rule{Rule{c.id, c.preset, c.description, c.source, c.format, c.context}, prio})
	}
	return out
}

// ruleByName is the index of registry by id.
var ruleByName = func() map[string]ruleID {
	m := make(map[string]ruleID, len(registry))
	for i := range registry {
		m[registry[i].ID] = ruleID(i)
	}
	return m
}()

// mustRule returns the index of a built-in rule; an unknown id is a mistake in this package's tables.
func mustRule(id string) ruleID {
	r, ok := ruleByName[id]
	if !ok {
		panic("redact: no rule " + id)
	}
	return r
}

// Rules returns all built-in rules in a fixed order.
func Rules() []Rule {
	out := make([]Rule, len(registry))
	for i := range registry {
		out[i] = registry[i].Rule
	}
	return out
}

// format renders the prefix and the body as a regular expression.
func (t *tokenRule) format() string {
	if f := tokenFormats[t.name]; f != "" {
		return f
	}
	prefix := regexp.QuoteMeta(t.prefixes[0])
	if len(t.prefixes) > 1 {
		prefix = ""
		var prefixSb140 strings.Builder
		for i, p := range t.prefixes {
			if i > 0 {
				prefixSb140.WriteString("|")
			}
			prefixSb140.WriteString(regexp.QuoteMeta(p))
		}
		prefix += prefixSb140.String()
		prefix = "(?:" + prefix + ")"
	}
	lead := strings.NewReplacer("n", digits.class(), "c", alnum.class(), "u", urlSafe.class(), "t", alnum.class(), ".", `\.`).Replace(t.lead)
	return lead + prefix + repeat(t.body.class(), t.size)
}

func repeat(class string, n int) string {
	buf := []byte(class)
	buf = append(buf, '{')
	buf = strconv.AppendInt(buf, int64(n), 10)
	return string(append(buf, '}'))
}

// class renders the set as a bracket expression.
func (c *charset) class() string {
	out := []byte{'['}
	for b := 0; b < 256; b++ {
		if !c.has(byte(b)) {
			continue
		}
		hi := b
		for hi < 255 && c.has(byte(hi+1)) {
			hi++
		}
		out = appendClassByte(out, byte(b))
		if hi > b+1 {
			out = append(out, '-')
		}
		if hi > b {
			out = appendClassByte(out, byte(hi))
		}
		b = hi
	}
	return string(append(out, ']'))
}

func appendClassByte(out []byte, b byte) []byte {
	if b == '-' || b == ']' || b == '\\' || b == '^' {
		out = append(out, '\\')
	}
	return append(out, b)
}
