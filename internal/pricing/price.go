package pricing

import (
	"strings"
	"time"
)

// resolution is everything about a query that does not depend on its time, tier, tenant and usage.
type resolution struct {
	reason   Reason
	provider string
	model    string
	local    bool
	entry    nameEntry
}

// Price returns what a call costs. Any reason but [Priced] means that there is no price; the quote then holds only the
// provider and the model, as far as they were resolved. Once a pair of provider and model has been seen, Price does
// not allocate.
func (c *Catalog) Price(q Query) (Quote, Reason) {
	r := c.resolve(&q)
	quote := Quote{Provider: r.provider, Model: r.model, Version: c.version, Tier: servedTier(q.RequestTier, q.ResponseTier)}
	if r.reason != Priced {
		return quote, r.reason
	}
	if !q.Usage.valid() {
		return quote, InvalidUsage
	}
	if r.local {
		quote.Kind, quote.Source = KindLocal, SourceOverlay
		return quote, Priced
	}
	m := r.entry.model
	if m.free {
		quote.Kind, quote.Source = KindFree, m.layer
		return quote, Priced
	}
	record := m.at(q.Time)
	if record == nil {
		return quote, NoPrice
	}
	if r.entry.tier != TierStandard {
		quote.Tier = r.entry.tier
	}
	scale := 1.0
	if quote.Tier != TierStandard {
		if f := m.factor(quote.Tier); f > 0 {
			scale = f
		} else {
			quote.TierUnpriced = true
		}
	}
	rw := record.row(q.Usage.InputTotal())
	quote.Kind, quote.Source, quote.Record = KindPriced, record.Layer, record
	quote.LongContext = rw.above > 0
	quote.charge(rw, &q.Usage, scale, 1)
	if quote.Kind == 0 {
		return quote, NoPrice
	}
	return quote, Priced
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

func (m *model) factor(t Tier) float64 {
	if t >= numTiers {
		return 0
	}
	if t == TierFast && m.tiers[t] == 0 {
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
	found, reason := c.resolveProvider(q)
	r := &resolution{reason: reason}
	if reason != Priced {
		return r
	}
	p := found.provider
	if p != nil && p.local {
		r.provider, r.model, r.local = p.id, servedModel(q), true
		return r
	}
	entry, p, ok := c.resolveModel(q, p)
	switch {
	case p == nil:
		r.reason = UnknownProvider
	case p.local:
		r.provider, r.model, r.local = p.id, servedModel(q), true
	case !ok, entry.model.onlyFor != "" && entry.model.onlyFor != found.flavour:
		r.reason, r.provider = UnknownModel, p.id
	default:
		r.provider, r.model, r.entry = p.id, entry.model.id, entry
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

// resolveModel finds the model that answered. p is nil when nothing says who the provider is.
func (c *Catalog) resolveModel(q *Query, p *provider) (nameEntry, *provider, bool) {
	find := func(name string) (nameEntry, *provider, bool) {
		if p == nil {
			owner, e, ok := c.inferProvider(name)
			return e, owner, ok
		}
		e, ok := c.findWithFallback(p, name)
		return e, p, ok
	}
	asked, askedOwner, askedOK := nameEntry{}, p, false
	if present(q.RequestModel) {
		asked, askedOwner, askedOK = find(q.RequestModel)
	}
	if !present(q.ResponseModel) {
		return asked, askedOwner, askedOK
	}
	served, servedOwner, servedOK := find(q.ResponseModel)
	if askedOK && keepsAsked(q, &asked, &served, servedOK) {
		return asked, askedOwner, true
	}
	if servedOwner == nil {
		servedOwner = askedOwner
	}
	return served, servedOwner, servedOK
}

// keepsAsked reports whether the name that was asked for says more about the price than the one that answered.
func keepsAsked(q *Query, asked, served *nameEntry, servedOK bool) bool {
	switch {
	case asked.model.provider.id == bedrockID && saysMoreOnBedrock(q.RequestModel, q.ResponseModel):
		return true
	case asked.model.free && asked.model.provider.gateway:
		return true // OpenRouter leaves :free out of some answers
	case !servedOK:
		return false
	case asked.tier != TierStandard && asked.model == served.model:
		return true // a fast model answers with the plain name
	default:
		// A fine-tuned model may answer with the name of its base.
		return asked.model.fineTuned() && !served.model.fineTuned()
	}
}

func (m *model) fineTuned() bool { return strings.HasPrefix(m.id, "ft:") }
