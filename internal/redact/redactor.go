package redact

import (
	"cmp"
	"hash/maphash"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Redactor finds and replaces sensitive text. It is safe for concurrent use.
type Redactor struct {
	rules    []activeRule
	settings settings
	custom   *customRules
	// builtin is set when a built-in rule is on.
	builtin bool
	extras  []extra
	// patterns are expressions on the path of a value that make it sensitive.
	patterns   []*regexp.Regexp
	allowExact map[string]bool
	allowRegex []*regexp.Regexp
	indexer    *indexer
	// memory keeps what was found in traces, and safe has the names in keys.safe; either may be nil.
	memory      *memory
	safe        *keyWords
	maxBytes    int
	dropLong    bool
	maxFindings int
	seed        maphash.Seed
	pool        sync.Pool
}

// extra is a pass over a text besides the scan, for what is off by default.
type extra func(*scanner)

// activeRule is a rule as a Redactor applies it.
type activeRule struct {
	id       string
	prio     uint8
	on       bool
	replacer *replacer
}

// New returns a Redactor, or an error that names every option that is wrong.
func New(o Options) (*Redactor, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	presets := o.Presets
	if presets == nil {
		presets = []string{PresetSecrets, PresetPII}
	}
	r := &Redactor{
		seed:        maphash.MakeSeed(),
		settings:    settings{keys: newKeys(&o.Keys), media: o.Media, keepPercent: o.KeepPercent},
		custom:      newCustomRules(o.CustomRules, len(registry)),
		maxBytes:    cmp.Or(o.Limits.MaxValueBytes, DefaultMaxValueBytes),
		dropLong:    o.Limits.OnOversize == OversizeDrop,
		maxFindings: cmp.Or(o.Limits.MaxFindings, DefaultMaxFindings),
	}
	for i := range registry {
		b := &registry[i]
		// The preset pii has national numbers found where a word announces them.
		on := slices.Contains(presets, b.Preset) || b.Preset == PresetPIINational && slices.Contains(presets, PresetPII) || strings.HasPrefix(b.ID, "redact.") || ruleID(i) == ruleCustomKey
		if on && !strings.HasPrefix(b.ID, "redact.") && (ruleID(i) != ruleCustomKey || len(o.Keys.Sensitive) > 0) || b.ID == "redact.media" && o.Media == MediaDrop {
			r.builtin = true
		}
		r.rules = append(r.rules, activeRule{b.ID, b.prio, on && !disabled(b.ID, o.DisableRules), newReplacer(o.Style, b.ID, nil)})
	}
	for i := range o.CustomRules {
		c := &o.CustomRules[i]
		r.rules = append(r.rules, activeRule{c.ID, prioCustom, !disabled(c.ID, o.DisableRules), newReplacer(o.Style, c.ID, c.Style)})
	}
	for _, a := range r.rules {
		if a.replacer.style.Type == StyleIndexed {
			r.indexer = newIndexer()
			break
		}
	}
	for _, expr := range o.Keys.SensitivePatterns {
		r.patterns = append(r.patterns, regexp.MustCompile(expr))
	}
	if len(o.Allow.Exact) > 0 {
		r.allowExact = map[string]bool{}
		for _, text := range o.Allow.Exact {
			r.allowExact[text] = true
		}
	}
	for _, expr := range o.Allow.Regex {
		r.allowRegex = append(r.allowRegex, regexp.MustCompile(`^(?:`+expr+`)$`))
	}
	r.settings.labels = newLabels(r.rules)
	if !o.Repeats.Off {
		r.memory = newMemory(o.Repeats)
	}
	if len(o.Keys.Safe) > 0 {
		r.safe = newKeys(&KeyOptions{OnlyListed: true, Sensitive: o.Keys.Safe})
	}
	r.extras = extras(presets, &o)
	r.pool.New = func() any { return &Session{r: r} }
	return r, nil
}

// disabled reports whether a rule is left out. The rules for values that cannot be looked at always apply.
func disabled(id string, patterns []string) bool {
	if strings.HasPrefix(id, "redact.") {
		return false
	}
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, err := path.Match(pattern, id)
		return err == nil && ok
	})
}

// RuleID returns the id of rule number i, for 0 <= i < NumRules.
func (r *Redactor) RuleID(i int) string { return r.rules[i].id }

// NumRules returns the number of rules that findings are counted by.
func (r *Redactor) NumRules() int { return len(r.rules) }

// Finding is a place in a text where a rule has found something.
type Finding struct {
	// Rule is the id of the rule.
	Rule string
	// Start and End bound the place in the original text, in bytes.
	Start, End int
}

// String returns value with everything sensitive replaced, and what was found. key is the name that the value stands under, a dotted
// path or empty.
func (r *Redactor) String(key, value string) (string, []Finding) {
	s := r.Session()
	defer s.Close()
	out, changed := s.String(s.Key("", key), value)
	if !changed {
		return value, nil
	}
	found := make([]Finding, len(s.scan.found))
	for i, f := range s.scan.found {
		found[i] = Finding{r.rules[f.rule].id, f.start, f.end}
	}
	return out, found
}

// inLabel reports a text that stands in what takes the place of findings.
func (r *Redactor) inLabel(text string) bool {
	return slices.ContainsFunc(r.rules, func(a activeRule) bool { return strings.Contains(a.replacer.text, text) })
}

// OversizeRule returns the number of the rule by which values are counted that are too long.
func (r *Redactor) OversizeRule() int { return int(ruleOversize) }

// ErrorRule returns the number of the rule by which values are counted that could not be scanned.
func (r *Redactor) ErrorRule() int { return int(ruleError) }
