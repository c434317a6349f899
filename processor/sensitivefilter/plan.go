package sensitivefilter

import (
	"path"
	"strings"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
)

// plan is what the configuration says, in the form that walkers need. It does not change.
type plan struct {
	redactor    *redact.Redactor
	scope       ScopeConfig
	audit       bool
	dropRecord  bool
	summary     string
	maxDepth    int
	ignore      patterns
	allowedOnly patterns
	reserved    reserved
	// ruleIDs are the ids of the rules that are on.
	ruleIDs map[string]bool
	// perResource has values that are found in one resource looked for in it alone.
	perResource bool
	// paths is set when the path of a value matters, and not only its name.
	paths bool
}

func newPlan(cfg *Config, r *redact.Redactor) *plan {
	p := &plan{
		redactor: r, scope: cfg.Scope, audit: cfg.Mode == modeAudit, dropRecord: cfg.OnError == onErrorDrop && cfg.Mode != modeAudit, summary: cfg.Summary, maxDepth: cfg.Limits.MaxDepth, perResource: cfg.Repeats.PerResource,
		ignore: newPatterns(cfg.Keys.Ignore), allowedOnly: newPatterns(cfg.Keys.AllowedOnly),
	}
	p.reserved, p.ruleIDs = newReserved(cfg.Keys.Remove), make(map[string]bool, r.NumRules())
	for i := range r.NumRules() {
		p.ruleIDs[r.RuleID(i)] = true
	}
	p.paths = !p.ignore.empty() || r.HasPatterns()
	return p
}

// patterns is a set of names, exact or with *.
type patterns struct {
	exact map[string]bool
	globs []string
}

func newPatterns(list []string) (p patterns) {
	for _, s := range list {
		if strings.ContainsAny(s, `*?[\`) {
			p.globs = append(p.globs, s)
			continue
		}
		if p.exact == nil {
			p.exact = map[string]bool{}
		}
		p.exact[s] = true
	}
	return p
}

func (p *patterns) empty() bool { return len(p.exact) == 0 && len(p.globs) == 0 }

func (p *patterns) match(name string) bool {
	if p.exact[name] {
		return true
	}
	for _, g := range p.globs {
		if ok, _ := path.Match(g, name); ok {
			return true
		}
	}
	return false
}
