package sensitivefilter

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
)

// Config configures sensitive_filter. The empty block is complete: it replaces secrets and personal data.
type Config struct {
	// Mode is redact, or audit, which counts findings and changes nothing. Default: redact.
	Mode string `mapstructure:"mode"`

	// Presets are the groups of rules to apply: secrets, pii, pii_network, pii_national, high_entropy. Default: secrets and pii.
	Presets []string `mapstructure:"presets"`

	// DisableRules leaves rules out, by id or glob: pii.phone, secret.langfuse-*.
	DisableRules []string `mapstructure:"disable_rules"`

	// CustomRules are further rules.
	CustomRules []CustomRuleConfig `mapstructure:"custom_rules"`

	// Keys changes what names of values say about them.
	Keys KeysConfig `mapstructure:"keys"`

	// Allow lists findings to leave alone.
	Allow AllowConfig `mapstructure:"allow"`

	// Style says what takes the place of a finding.
	Style StyleConfig `mapstructure:"style"`

	// Scope switches places off and on.
	Scope ScopeConfig `mapstructure:"scope"`

	// Media is what to do with payloads in base64: skip, drop or scan. Default: skip.
	Media string `mapstructure:"media"`

	// Decode says which encodings are read.
	Decode DecodeConfig `mapstructure:"decode"`

	// Limits bound the work on one value.
	Limits LimitsConfig `mapstructure:"limits"`

	// Repeats says how long values are remembered that were found by their names or places, to find them elsewhere.
	Repeats RepeatsConfig `mapstructure:"repeats"`

	// OnError is redact_value, which replaces a value that cannot be scanned, or drop_record, which drops the span, log record or data
	// point that holds it. Default: redact_value. There is no option that lets such a value pass.
	OnError string `mapstructure:"on_error"`

	// Summary is none, count or rules: what is written on spans and log records about their findings. Default: none.
	Summary string `mapstructure:"summary"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// CustomRuleConfig is a rule of the user.
type CustomRuleConfig struct {
	// ID names the rule in labels, metrics and options.
	ID string `mapstructure:"id"`
	// Regex is the expression, in RE2 syntax.
	Regex string `mapstructure:"regex"`
	// Keywords are literals of which every match holds one, in any case. Default: taken from the expression.
	Keywords []string `mapstructure:"keywords"`
	// Group is the capture group that is replaced. Default: 0, the whole match.
	Group int `mapstructure:"group"`
	// Validator is an extra check of the match: luhn or iban.
	Validator string `mapstructure:"validator"`
	// MinEntropy is the least Shannon entropy of the match, in bits per character.
	MinEntropy float64 `mapstructure:"min_entropy"`
	// AllowSlow accepts an expression without a literal, which then runs over every value.
	AllowSlow bool `mapstructure:"allow_slow"`
	// Style replaces the style of the other rules.
	Style *RuleStyleConfig `mapstructure:"style"`
}

// KeysConfig changes what names of values say about them.
type KeysConfig struct {
	// Sensitive lists names whose values are replaced, besides the built-in ones.
	Sensitive []string `mapstructure:"sensitive"`
	// SensitivePatterns are regular expressions on the dotted path of an attribute or of a member of a structured value.
	SensitivePatterns []string `mapstructure:"sensitive_patterns"`
	// Safe lists names that say nothing about their values, whatever the built-in list says. The values are still scanned.
	Safe []string `mapstructure:"safe"`
	// Ignore lists places that are not looked at, by location and path, exact or with *: attributes.gen_ai.response.id, *.http.route.
	Ignore []string `mapstructure:"ignore"`
	// AllowedOnly, when set, lists the only attributes that stay, exact or with *. All others are deleted.
	AllowedOnly []string `mapstructure:"allowed_only"`
	// Remove lists attributes of spans and log records, and metrics, that nobody may send, exact or with * at the end. They are deleted on
	// arrival, before anything reads them.
	Remove []string `mapstructure:"remove"`
	// OnlyListed has no names count but those in Sensitive. Default: false.
	OnlyListed bool `mapstructure:"only_listed"`
}

// AllowConfig lists findings to leave alone, by the text of a finding, never of a whole value.
type AllowConfig struct {
	// Exact lists texts.
	Exact []string `mapstructure:"exact"`
	// Regex lists expressions that match the whole text of a finding.
	Regex []string `mapstructure:"regex"`
}

// StyleConfig says what takes the place of a finding.
type StyleConfig struct {
	RuleStyleConfig `mapstructure:",squash"`
	// ByRule replaces the style for rules, by id or glob.
	ByRule map[string]RuleStyleConfig `mapstructure:"by_rule"`
}

// RuleStyleConfig is the style of one rule, or of all.
type RuleStyleConfig struct {
	// Type is label, fixed, partial, hash, indexed or remove. Default: label.
	Type string `mapstructure:"type"`
	// Text is the label, with {rule} for the rule, or the fixed text.
	Text string `mapstructure:"text"`
	// KeepFirst is the number of characters that style partial keeps at the beginning, at most. Default: 0.
	KeepFirst int `mapstructure:"keep_first"`
	// KeepLast is the number of characters that style partial keeps at the end, at most. Default: 4.
	KeepLast int `mapstructure:"keep_last"`
	// Hash configures style hash.
	Hash HashConfig `mapstructure:"hash"`
}

// HashConfig configures style hash.
type HashConfig struct {
	// Key is the secret key, of 32 bytes or more.
	Key configopaque.String `mapstructure:"key"`
	// Length is the number of hexadecimal digits, 8 to 64. Default: 16.
	Length int `mapstructure:"length"`
}

// ScopeConfig switches places off and on.
type ScopeConfig struct {
	// Resource: attributes, entities and schema URL of resources. Default: true.
	Resource bool `mapstructure:"resource"`
	// Scope: name, version, attributes and schema URL of instrumentation scopes. Default: true.
	Scope bool `mapstructure:"scope"`
	// SpanName: names of spans. Default: true.
	SpanName bool `mapstructure:"span_name"`
	// StatusMessage: messages of span status. Default: true.
	StatusMessage bool `mapstructure:"status_message"`
	// Attributes: attributes of spans and log records. Default: true.
	Attributes bool `mapstructure:"attributes"`
	// Events: names and attributes of span events. Default: true.
	Events bool `mapstructure:"events"`
	// Links: attributes of span links. Default: true.
	Links bool `mapstructure:"links"`
	// LogBody: bodies, event names and severity texts of log records. Default: true.
	LogBody bool `mapstructure:"log_body"`
	// MetricAttributes: attributes of data points; names, units, metadata and descriptions of metrics. Default: true.
	MetricAttributes bool `mapstructure:"metric_attributes"`
	// Exemplars: attributes of exemplars. Default: true.
	Exemplars bool `mapstructure:"exemplars"`
	// TraceState: trace state of spans and links. Default: true.
	TraceState bool `mapstructure:"trace_state"`
	// Keys: names of attributes and of members of structured values. Default: true.
	Keys bool `mapstructure:"keys"`
}

// DecodeConfig says which encodings are read.
type DecodeConfig struct {
	// URL: percent-encoded separators and addresses. Default: true.
	URL bool `mapstructure:"url"`
	// Base64: text within base64. Default: false.
	Base64 bool `mapstructure:"base64"`
	// MaxDepth is the number of times that base64 is decoded, 1 to 3. Default: 1.
	MaxDepth int `mapstructure:"max_depth"`
}

// LimitsConfig bounds the work on one value.
type LimitsConfig struct {
	// MaxValueBytes is the length from which a text is cut off or dropped. Default: 4194304.
	MaxValueBytes int `mapstructure:"max_value_bytes"`
	// OnOversize is truncate or drop. Default: truncate.
	OnOversize string `mapstructure:"on_oversize"`
	// MaxDepth is the nesting of maps and lists from which they are replaced. Default: 64.
	MaxDepth int `mapstructure:"max_depth"`
	// MaxFindings is the number of findings in one value from which the whole value is replaced. Default: 10000.
	MaxFindings int `mapstructure:"max_findings"`
}

// RepeatsConfig bounds the memory of values that were found once.
type RepeatsConfig struct {
	// Enabled has other occurrences of such values replaced. Default: true.
	Enabled bool `mapstructure:"enabled"`
	// PerResource looks for the values of a resource in this resource alone, instead of in the whole batch. Default: false.
	PerResource bool `mapstructure:"per_resource"`
	// MaxValues is the number of values that a trace is remembered with. Default: 100.
	MaxValues int `mapstructure:"max_values"`
	// MaxTraces is the number of traces that are remembered. Default: 1000.
	MaxTraces int `mapstructure:"max_traces"`
	// MaxAge is how long a trace is remembered after it was last seen. Default: 10m.
	MaxAge time.Duration `mapstructure:"max_age"`
}

const (
	modeRedact = "redact"
	modeAudit  = "audit"

	onErrorRedact = "redact_value"
	onErrorDrop   = "drop_record"

	summaryNone  = "none"
	summaryCount = "count"
	summaryRules = "rules"

	defaultMaxDepth = 64
	maxMaxDepth     = 1000
)

var _ confmap.Validator = (*Config)(nil)

func createDefaultConfig() component.Config {
	return &Config{
		Mode:    modeRedact,
		Presets: []string{redact.PresetSecrets, redact.PresetPII},
		Style:   StyleConfig{RuleStyleConfig: RuleStyleConfig{Type: redact.StyleLabel}},
		Scope: ScopeConfig{
			Resource: true, Scope: true, SpanName: true, StatusMessage: true, Attributes: true, Events: true, Links: true, LogBody: true,
			MetricAttributes: true, Exemplars: true, TraceState: true, Keys: true,
		},
		Media:  redact.MediaSkip,
		Decode: DecodeConfig{URL: true, MaxDepth: 1},
		Limits: LimitsConfig{
			MaxValueBytes: redact.DefaultMaxValueBytes, OnOversize: redact.OversizeTruncate, MaxDepth: defaultMaxDepth, MaxFindings: redact.DefaultMaxFindings,
		},
		Repeats: RepeatsConfig{Enabled: true, MaxValues: redact.DefaultRepeatValues, MaxTraces: redact.DefaultRepeatTraces, MaxAge: redact.DefaultRepeatAge},
		OnError: onErrorRedact,
		Summary: summaryNone,
	}
}

// Validate reports every option that is wrong.
func (c *Config) Validate() error {
	options := c.Options()
	errs := []error{options.Validate()}
	choice := func(name, value string, allowed ...string) {
		if !slices.Contains(allowed, value) {
			errs = append(errs, fmt.Errorf("%s: unknown value %q; known are %q", name, value, allowed))
		}
	}
	choice("mode", c.Mode, modeRedact, modeAudit)
	choice("on_error", c.OnError, onErrorRedact, onErrorDrop)
	choice("summary", c.Summary, summaryNone, summaryCount, summaryRules)
	if c.Repeats.MaxValues < 1 || c.Repeats.MaxTraces < 1 || c.Repeats.MaxAge <= 0 {
		errs = append(errs, errors.New("repeats: max_values, max_traces and max_age must be more than 0; set enabled to false to remember nothing"))
	}
	if c.Limits.MaxDepth < 1 || c.Limits.MaxDepth > maxMaxDepth {
		errs = append(errs, fmt.Errorf("limits.max_depth: must be between 1 and %d", maxMaxDepth))
	}
	for name, list := range map[string][]string{"keys.ignore": c.Keys.Ignore, "keys.allowed_only": c.Keys.AllowedOnly} {
		for i, pattern := range list {
			if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
				errs = append(errs, fmt.Errorf("%s[%d]: %q is not a pattern; give a name, or a part of one with *", name, i, pattern))
			}
		}
	}
	for i, name := range c.Keys.Remove {
		if prefix := strings.TrimSuffix(name, "*"); prefix == "" || strings.Contains(prefix, "*") {
			errs = append(errs, fmt.Errorf("keys.remove[%d]: %q is not the name of an attribute; give a name, or the beginning of one and *", i, name))
		}
	}
	return errors.Join(errs...)
}

// Options returns the options of the engine that the configuration asks for. What it says about places, records and reports is the
// processor's own.
func (c *Config) Options() redact.Options {
	o := redact.Options{
		Presets:      append([]string{}, c.Presets...),
		DisableRules: c.DisableRules,
		Keys:         redact.KeyOptions{Sensitive: c.Keys.Sensitive, SensitivePatterns: c.Keys.SensitivePatterns, Safe: c.Keys.Safe, OnlyListed: c.Keys.OnlyListed},
		Allow:        redact.AllowOptions{Exact: c.Allow.Exact, Regex: c.Allow.Regex},
		Style:        c.Style.options(),
		Media:        c.Media,
		KeepPercent:  !c.Decode.URL,
		Repeats:      redact.RepeatOptions{Off: !c.Repeats.Enabled, MaxValues: c.Repeats.MaxValues, MaxTraces: c.Repeats.MaxTraces, MaxAge: c.Repeats.MaxAge},
		Limits:       redact.Limits{MaxValueBytes: c.Limits.MaxValueBytes, OnOversize: c.Limits.OnOversize, MaxFindings: c.Limits.MaxFindings},
	}
	if c.Decode.Base64 {
		o.DecodeBase64 = c.Decode.MaxDepth
	}
	if len(c.Style.ByRule) > 0 {
		o.Style.ByRule = make(map[string]redact.StyleOptions, len(c.Style.ByRule))
		for id, style := range c.Style.ByRule {
			o.Style.ByRule[id] = style.options()
		}
	}
	for i := range c.CustomRules {
		r := &c.CustomRules[i]
		rule := redact.CustomRule{
			ID: r.ID, Regex: r.Regex, Keywords: r.Keywords, Group: r.Group, Validator: r.Validator, MinEntropy: r.MinEntropy, AllowSlow: r.AllowSlow,
		}
		if r.Style != nil {
			style := r.Style.options()
			rule.Style = &style
		}
		o.CustomRules = append(o.CustomRules, rule)
	}
	return o
}

func (s *RuleStyleConfig) options() redact.StyleOptions {
	return redact.StyleOptions{
		Type: s.Type, Text: s.Text, KeepFirst: s.KeepFirst, KeepLast: s.KeepLast, Hash: redact.HashOptions{Key: string(s.Hash.Key), Length: s.Hash.Length},
	}
}
