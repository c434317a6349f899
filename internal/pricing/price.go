package pricing

import (
	"strings"
	"time"
)

// resolution is everything about a query that does not depend on its time, tier, tenant and usage.
type resolution struct {
	reason    Reason
	provider  string
	model     string
	local     bool
	entry     nameEntry
	overrides []*override
	raw       providerModel // what to call a model that only an override knows
	how       trace
}

type providerModel struct{ provider, model string }

// trace remembers how the provider and the model were found, for Explain.
type trace struct {
	provider string // what decided the provider
	name     string // the name on the span that was priced
	alias    string // the alias that applied
}

// Price returns what a call costs. Any reason but [Priced] means that there is no price; the quote then holds only the
// provider and the model, as far as they were resolved. Once a pair of provider and model has been seen, Price does
// not allocate.
func (c *Catalog) Price(q Query) (Quote, Reason) {
	return c.price(c.resolve(&q), &q)
}

func (c *Catalog) price(r *resolution, q *Query) (Quote, Reason) {
	quote := Quote{Provider: r.provider, Model: r.model, Version: c.version, Tier: servedTier(q.RequestTier, q.ResponseTier)}
	if r.entry.tier != TierStandard {
		quote.Tier = r.entry.tier
	}
	var own *override
	if len(r.overrides) > 0 {
		own = r.overrideAt(q.Tenant, q.Time.UTC())
	}
	ownPrice := own != nil && own.prices()
	if r.reason != Priced {
		if !ownPrice {
			return quote, r.reason
		}
		quote.Provider, quote.Model = r.raw.provider, r.raw.model
	}
	if !q.Usage.valid() {
		return quote, InvalidUsage
	}
	m := r.entry.model
	multiplier := 1.0
	if own != nil {
		multiplier = own.multiplier
	}
	var record *Record
	switch {
	case ownPrice:
		record = own.record(m)
	case r.local:
		quote.Kind, quote.Source = KindLocal, SourceOverlay
		return quote, Priced
	case m.free:
		quote.Kind, quote.Source = KindFree, m.layer
		return quote, Priced
	default:
		record = m.at(q.Time)
	}
	if record == nil {
		return quote, NoPrice
	}
	rw := record.row(q.Usage.InputTotal())
	quote.Kind, quote.Source, quote.Record = KindPriced, record.Layer, record
	if own != nil {
		quote.Source = SourceOverride
	}
	quote.LongContext = rw.above > 0
	if q.Geo != "" && m != nil {
		if quote.GeoFactor = m.geo(q.Geo); quote.GeoFactor > 0 {
			quote.Geo = strings.ToLower(q.Geo)
		}
	}
	quote.charge(rw, &q.Usage, quote.scale(m), multiplier)
	if quote.Kind == 0 {
		return quote, NoPrice
	}
	return quote, Priced
}

// scale returns the factor of the quote's service tier and place, and notes when the tier has none.
func (q *Quote) scale(m *model) tierFactor {
	f := q.tierFactor(m)
	if q.GeoFactor > 0 {
		f.tokens *= q.GeoFactor
		f.cacheRead *= q.GeoFactor
	}
	return f
}

func (q *Quote) tierFactor(m *model) tierFactor {
	if q.Tier == TierStandard {
		return listPrice
	}
	if m != nil {
		if f := m.factor(q.Tier); f.tokens > 0 {
			return f
		}
	}
	q.TierUnpriced = true
	return listPrice
}

// at returns the record that holds at an instant; one that is limited to hours beats one that is not.
func (m *model) at(t time.Time) *Record {
	t = t.UTC()
	var best *Record
	for i := range m.records {
		r := &m.records[i]
		if r.holds(t) && (best == nil || best.Hours.whole()) {
			best = r
		}
	}
	return best
}

func (m *model) factor(t Tier) tierFactor {
	if t >= numTiers {
		return tierFactor{}
	}
	if t == TierFast && m.tiers[t].tokens == 0 {
		return m.tiers[TierPriority] // clients of OpenAI call the priority tier fast
	}
	return m.tiers[t]
}

// resolve finds the provider and the model, through the cache.
func (c *Catalog) resolve(q *Query) *resolution {
	key := cacheKey{q.Provider, q.System, q.Server, q.RequestModel, q.ResponseModel}
	if r := c.cache.get(&key); r != nil {
		return r
	}
	r := c.resolveFresh(q)
	c.cache.put(key, r)
	return r
}

func (c *Catalog) resolveFresh(q *Query) *resolution {
	found, how, reason := c.resolveProvider(q)
	if reason != Priced {
		if target := c.aliasTarget(q); target != nil {
			found, reason = providerName{provider: target}, Priced
		}
	}
	r := &resolution{reason: reason, how: trace{provider: how}}
	p := found.provider
	if reason == Priced {
		p = c.resolveModel(q, found, r)
	}
	if p != nil {
		r.provider = p.id
	}
	if len(c.overrides) > 0 {
		r.overrides = c.overridesFor(q, r, p)
		r.raw = providerModel{r.provider, normalizeModel(servedModel(q))}
		if r.raw.provider == "" {
			r.raw.provider = normalizeProvider(q.Provider)
		}
	}
	return r
}

func servedModel(q *Query) string {
	if present(q.ResponseModel) {
		return q.ResponseModel
	}
	return q.RequestModel
}

// present reports whether a model name says anything; some instrumentations fill the gap with a word.
func present(name string) bool {
	switch normalizeModel(name) {
	case "", "unknown", "none", "null", "undefined", "n/a":
		return false
	}
	return true
}

// candidate is what one model name on a span leads to.
type candidate struct {
	entry nameEntry
	owner *provider
	found bool
	alias *alias
}

// resolveModel finds the model that answered and writes it into r. It returns the provider, nil when nothing says who
// it is.
func (c *Catalog) resolveModel(q *Query, found providerName, r *resolution) *provider {
	name := servedModel(q)
	served := c.candidate(q, found.provider, name)
	if present(q.ResponseModel) && present(q.RequestModel) {
		if asked := c.candidate(q, found.provider, q.RequestModel); asked.found {
			if keepsAsked(q, &asked, &served) {
				served, name = asked, q.RequestModel
			} else if served.owner == nil {
				served.owner = asked.owner
			}
		}
	}
	r.how.name = name
	if served.alias != nil {
		r.how.alias = served.alias.text
	}
	if found.provider == nil && served.owner != nil {
		r.how.provider = "the model's name"
	}
	switch {
	case served.owner == nil:
		r.reason = UnknownProvider
	case served.owner.local:
		r.local, r.model = true, name
	case !served.found || served.entry.model.onlyFor != "" && served.entry.model.onlyFor != found.flavour:
		r.reason = UnknownModel
	default:
		r.entry, r.model = served.entry, served.entry.model.id
	}
	return served.owner
}

// candidate looks one name up: an alias of the operator first, then the provider's list, or every list when the
// provider is unknown.
func (c *Catalog) candidate(q *Query, p *provider, name string) candidate {
	out := candidate{owner: p}
	if len(c.aliases) > 0 {
		if a := c.findAlias(q, p, name); a != nil {
			out.alias, name = a, a.model
			if a.target != nil {
				out.owner = a.target
			}
		}
	}
	if out.owner == nil {
		out.owner, out.entry, out.found = c.inferProvider(name)
		return out
	}
	if out.owner.local {
		return out
	}
	if out.entry, out.found = c.findWithFallback(out.owner, name); !out.found && c.hostDecides(providerName{provider: out.owner}) {
		c.tryElsewhere(&out, name)
	}
	return out
}

// keepsAsked reports whether the name that was asked for, which was found, says more about the price than the one
// that answered.
func keepsAsked(q *Query, asked, served *candidate) bool {
	m := asked.entry.model
	switch {
	case m.provider.id == bedrockID && saysMoreOnBedrock(q.RequestModel, q.ResponseModel):
		return true
	case m.free && m.provider.gateway:
		return true // OpenRouter leaves :free out of some answers
	case !served.found:
		return asked.alias != nil // the operator says what it is
	case asked.entry.tier != TierStandard && m == served.entry.model:
		return true // a fast model answers with the plain name
	default:
		// A fine-tuned model may answer with the name of its base.
		return m.fineTuned() && !served.entry.model.fineTuned()
	}
}

func (m *model) fineTuned() bool { return strings.HasPrefix(m.id, "ft:") }
