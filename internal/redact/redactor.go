package redact

import (
	"fmt"
	"path"
	"slices"
	"sync"
)

// Options configures a Redactor. The zero value switches on the presets "secrets" and "pii".
type Options struct {
	// Presets are the groups of rules to apply; empty means secrets and pii.
	Presets []string
	// DisableRules lists rules to leave out, by id or glob ("pii.*").
	DisableRules []string
}

// Redactor finds and replaces sensitive text. It is safe for concurrent use.
type Redactor struct {
	rules []activeRule
	pool  sync.Pool
}

// activeRule is a rule as a Redactor applies it.
type activeRule struct {
	id    string
	prio  uint8
	on    bool
	label string
}

// New returns a Redactor, or an error that names every option that is wrong.
func New(o Options) (*Redactor, error) {
	presets := o.Presets
	if len(presets) == 0 {
		presets = []string{PresetSecrets, PresetPII}
	}
	known := []string{PresetSecrets, PresetPII}
	for _, p := range presets {
		if !slices.Contains(known, p) {
			return nil, fmt.Errorf("presets: unknown preset %q; known are %q", p, known)
		}
	}
	r := &Redactor{rules: make([]activeRule, len(registry))}
	for i := range registry {
		b := &registry[i]
		r.rules[i] = activeRule{b.ID, b.prio, slices.Contains(presets, b.Preset) || ruleID(i) == ruleError, "[REDACTED:" + b.ID + "]"}
	}
	for _, pattern := range o.DisableRules {
		hit := false
		for i := range r.rules {
			if ok, err := path.Match(pattern, r.rules[i].id); err == nil && ok {
				r.rules[i].on = false
				hit = true
			}
		}
		if !hit {
			return nil, fmt.Errorf("disable_rules: no rule matches %q", pattern)
		}
	}
	r.pool.New = func() any { return &Session{r: r} }
	return r, nil
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

// ErrorRule returns the number of the rule by which values are counted that could not be scanned.
func (r *Redactor) ErrorRule() int { return int(ruleError) }
