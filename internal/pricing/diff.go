package pricing

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Change is one difference between two catalogues.
type Change struct {
	// Provider and Model are the catalogue's ids.
	Provider, Model string
	// Field is the price that differs, by its key in a price file, with "above N" for a long context; "model" when the
	// model is in one catalogue only, "free" when it became free or stopped being so, "tier flex" and so on for the
	// factor of a service tier.
	Field string
	// Old and New are the values as text; empty when there is none.
	Old, New string
}

// String writes the change in one line.
func (c Change) String() string {
	name := c.Provider + " " + c.Model
	switch {
	case c.Field == "model" && c.Old == "":
		return "+ " + name + "  " + c.New
	case c.Field == "model":
		return "- " + name + "  " + c.Old
	default:
		return fmt.Sprintf("~ %s  %s: %s -> %s", name, c.Field, dash(c.Old), dash(c.New))
	}
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// Diff lists how the prices of two catalogues differ at an instant, sorted by provider, model and field. Names, aliases
// and overrides are not compared.
func Diff(before, after *Catalog, t time.Time) []Change {
	var out []Change
	for _, key := range modelKeys(before, after) {
		a, b := before.model(key), after.model(key)
		change := func(field, x, y string) {
			if x != y {
				out = append(out, Change{Provider: key.provider, Model: key.model, Field: field, Old: x, New: y})
			}
		}
		switch {
		case a == nil:
			change("model", "", b.summary(t))
			continue
		case b == nil:
			change("model", a.summary(t), "")
			continue
		}
		change("free", yes(a.free), yes(b.free))
		compareRates(a.at(t), b.at(t), change)
		for tier := TierFlex; tier < TierOther; tier++ {
			change("tier "+tier.String(), factorText(a.tiers[tier]), factorText(b.tiers[tier]))
		}
	}
	return out
}

func modelKeys(catalogs ...*Catalog) []providerModel {
	var keys []providerModel
	for _, c := range catalogs {
		for _, p := range c.providers {
			for id := range p.models {
				keys = append(keys, providerModel{p.id, id})
			}
		}
	}
	slices.SortFunc(keys, func(a, b providerModel) int {
		return cmp.Or(cmp.Compare(a.provider, b.provider), cmp.Compare(a.model, b.model))
	})
	return slices.Compact(keys)
}

func (c *Catalog) model(key providerModel) *model {
	if p := c.byID[key.provider]; p != nil {
		return p.models[key.model]
	}
	return nil
}

func (m *model) summary(t time.Time) string {
	if m.free {
		return "free"
	}
	r := m.at(t)
	if r == nil {
		return "no price at this time"
	}
	return r.Rates.String()
}

// String lists the prices that are there, by key.
func (r *RateSet) String() string {
	var parts []string
	for b := range NumBuckets {
		if r[b].Listed() {
			parts = append(parts, b.String()+" "+r[b].Text())
		}
	}
	return strings.Join(parts, ", ")
}

func compareRates(a, b *Record, change func(field, x, y string)) {
	var none Record
	if a == nil {
		a = &none
	}
	if b == nil {
		b = &none
	}
	rates := func(suffix string, x, y *RateSet) {
		for k := range NumBuckets {
			if x[k].Listed() != y[k].Listed() || x[k].value != y[k].value {
				change(k.String()+suffix, x[k].Text(), y[k].Text())
			}
		}
	}
	rates("", &a.Rates, &b.Rates)
	var starts []int64
	for _, s := range append(slices.Clone(a.Above), b.Above...) {
		starts = append(starts, s.Tokens)
	}
	slices.Sort(starts)
	for _, start := range slices.Compact(starts) {
		rates(fmt.Sprintf(" above %d", start), a.above(start), b.above(start))
	}
}

func (r *Record) above(start int64) *RateSet {
	for i := range r.Above {
		if r.Above[i].Tokens == start {
			return &r.Above[i].Rates
		}
	}
	return &RateSet{}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

func factorText(f tierFactor) string {
	switch {
	case f.tokens == 0:
		return ""
	case f.cacheRead != f.tokens:
		return fmt.Sprintf("%.6g, cache_read %.6g", f.tokens, f.cacheRead)
	default:
		return fmt.Sprintf("%.6g", f.tokens)
	}
}
