package pricing

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Override is a price of the operator's own, for everybody or for one tenant. It beats every list.
type Override struct {
	// Provider limits the override to a provider, in any spelling that the catalogue knows or as it is written on the
	// span. Empty is any provider.
	Provider string
	// Model is the model: an exact name, a glob with * and ?, or a regular expression after "re:", matched against the
	// names on the span and the catalogue's id. Empty is every model.
	Model string
	// Tenant limits the override to one tenant, exactly as written. Empty is everybody.
	Tenant string
	// From and To are the first instant it holds and the first it does not, as 2026-09-23 (midnight UTC) or
	// 2026-09-23T16:00:00Z. Empty is no limit.
	From, To string
	// Prices holds prices by the keys of a price file, in US dollars per million tokens, thousand searches, hour of
	// audio or single request. They replace the list: what is missing falls back to what is here, not to the list. No
	// price leaves the list's.
	Prices map[string]string
	// Multiplier scales the price, of the list or of Prices; 0.8 is a discount of 20 percent. Empty is 1.
	Multiplier string
}

type overrideDef struct {
	provider, model, tenant string
	match                   pattern
	from, until             time.Time
	rates                   RateSet
	multiplier              float64
	path                    string
}

func readOverride(path string, raw json.RawMessage) (overrideDef, error) {
	var (
		ov   Override
		note string
	)
	o, err := readObject(path, raw)
	if err != nil {
		return overrideDef{}, err
	}
	rates, err := takeRates(o)
	if err != nil {
		return overrideDef{}, err
	}
	if ov.Multiplier, _, err = o.number("multiplier"); err != nil {
		return overrideDef{}, err
	}
	err = takeAll(o, fields{
		"provider": &ov.Provider, "model": &ov.Model, "tenant": &ov.Tenant, "from": &ov.From, "to": &ov.To, "note": &note,
	})
	if err != nil {
		return overrideDef{}, err
	}
	return newOverride(path, &ov, rates)
}

func newOverride(path string, ov *Override, rates RateSet) (overrideDef, error) {
	def := overrideDef{provider: ov.Provider, model: ov.Model, tenant: ov.Tenant, rates: rates, multiplier: 1, path: path}
	text := ov.Model
	if text == "" {
		text = "*"
	}
	var err error
	if def.match, err = parsePattern(text); err != nil {
		return def, fmt.Errorf("%s.model: %w", path, err)
	}
	var r Record
	if err := r.readTimes(path, ov.From, ov.To, ""); err != nil {
		return def, err
	}
	def.from, def.until = r.From, r.Until
	if ov.Multiplier != "" {
		if def.multiplier, err = parseFactor(ov.Multiplier); err != nil {
			return def, fmt.Errorf("%s.multiplier: %w", path, err)
		}
	}
	if rates.empty() && ov.Multiplier == "" {
		return def, fmt.Errorf("%s: neither a price nor a multiplier", path)
	}
	return def, nil
}

func (d *overrideDef) key() string {
	return normalizeProvider(d.provider) + "\x00" + normalizeModel(d.model) + "\x00" + d.tenant
}

func (d *overrideDef) holds(t time.Time) bool {
	return (d.from.IsZero() || !t.Before(d.from)) && (d.until.IsZero() || t.Before(d.until))
}

// checkOverrides fails when two overrides of the same provider, model and tenant hold at the same time.
func checkOverrides(path string, defs []overrideDef) error {
	for i := range defs {
		for j := range i {
			a, b := &defs[i], &defs[j]
			if a.key() != b.key() {
				continue
			}
			if (a.until.IsZero() || b.from.Before(a.until)) && (b.until.IsZero() || a.from.Before(b.until)) {
				return fmt.Errorf("%s[%d] and %s[%d] hold at the same time for the same provider, model and tenant: give them dates that do not overlap", path, j, path, i)
			}
		}
	}
	return nil
}

// override is an override that is ready to be applied.
type override struct {
	overrideDef
	owner *provider // what provider means; nil for any, or for one that the catalogue does not have
	// plain holds the override's own prices, claude the same for Anthropic's models, whose cache writes have prices of
	// their own; both without rows when the override only scales.
	plain, claude Record
	rank          int
}

func (o *override) prices() bool { return o.plain.rows != nil }

func (o *override) record(m *model) *Record {
	if m != nil && m.claude {
		return &o.claude
	}
	return &o.plain
}

func (c *Catalog) linkOverride(l *Layer, def overrideDef) {
	o := &override{overrideDef: def}
	if found, ok := c.providerByName(def.provider); ok {
		o.owner = found.provider
	}
	if !def.rates.empty() {
		o.plain = Record{
			From: def.from, Until: def.until, Rates: def.rates,
			Layer: SourceOverride, Version: l.Version, Origin: def.path,
		}
		o.claude = o.plain
		o.plain.compile(strings.Contains(normalizeModel(def.model), "claude"))
		o.claude.compile(true)
	}
	// The narrowest wins: a tenant's before everybody's, an exact name before a pattern, a provider before none.
	if def.tenant != "" {
		o.rank += 4
	}
	if def.match.re == nil {
		o.rank += 2
	}
	if def.provider != "" {
		o.rank++
	}
	at := len(c.overrides)
	for at > 0 && c.overrides[at-1].rank < o.rank {
		at--
	}
	c.overrides = append(c.overrides, nil)
	copy(c.overrides[at+1:], c.overrides[at:])
	c.overrides[at] = o
}

// overridden reports whether an override gives a price to a model that the lists do not have.
func (c *Catalog) overridden(p *provider, name string) bool {
	for _, o := range c.overrides {
		if o.prices() && (o.provider == "" || p != nil && o.owner == p) && o.match.match(normalizeModel(name)) {
			return true
		}
	}
	return false
}

// overridesFor collects the overrides that may apply to a resolved query, the narrowest first.
func (c *Catalog) overridesFor(q *Query, r *resolution, p *provider) []*override {
	var out []*override
	for _, o := range c.overrides {
		if o.provider != "" && (p == nil || o.owner != p) && !sameProvider(o.provider, q) {
			continue
		}
		if o.matches(q, r) {
			out = append(out, o)
		}
	}
	return out
}

func (o *override) matches(q *Query, r *resolution) bool {
	if o.model == "" {
		return true
	}
	for _, name := range [...]string{r.model, q.ResponseModel, q.RequestModel} {
		if name != "" && o.match.match(normalizeModel(name)) {
			return true
		}
	}
	// An exact name without a date means the model, whatever snapshot served the call.
	m := r.entry.model
	if m == nil || o.match.re != nil || m.provider.index == nil {
		return false
	}
	e, ok := m.provider.exact(o.match.exact)
	return ok && e.model == m && !dated(o.match.exact)
}

func dated(name string) bool {
	for i := range len(name) {
		if name[i] == '-' && longDate(name[i+1:]) > 0 {
			return true
		}
	}
	return false
}

// overrideAt picks the override for a tenant and an instant.
func (r *resolution) overrideAt(tenant string, t time.Time) *override {
	for _, o := range r.overrides {
		if (o.tenant == "" || o.tenant == tenant) && o.holds(t) {
			return o
		}
	}
	return nil
}
