package pricing

import (
	"slices"
	"strings"
	"time"
)

// ModelPrice is a model of a catalogue with the price that holds at an instant.
type ModelPrice struct {
	// Provider and Model are the catalogue's ids, Names the spellings that mean the model, sorted, in lower case. Those
	// in Names that the source matches by prefix may be followed by a date or a version.
	Provider, Model string
	Names           []string
	// Free says that the model costs nothing.
	Free bool
	// Record is the price; nil when the model is free or has no price at that time. It must not be changed.
	Record *Record
}

// List returns every model of the catalogue, sorted by provider and model. provider limits it to one provider, in any
// spelling; empty is all of them.
func (c *Catalog) List(provider string, t time.Time) []ModelPrice {
	var only *providerName
	if provider != "" {
		found, ok := c.providerByName(provider)
		if !ok {
			return nil
		}
		only = &found
	}
	var out []ModelPrice
	for _, p := range c.providers {
		if only != nil && only.provider != p {
			continue
		}
		names := map[*model][]string{}
		for name, e := range p.index {
			names[e.model] = append(names[e.model], name)
		}
		for _, m := range p.models {
			item := ModelPrice{Provider: p.id, Model: m.id, Names: names[m], Free: m.free}
			slices.Sort(item.Names)
			if !m.free {
				item.Record = m.at(t)
			}
			out = append(out, item)
		}
	}
	slices.SortFunc(out, func(a, b ModelPrice) int {
		if c := strings.Compare(a.Provider, b.Provider); c != 0 {
			return c
		}
		return strings.Compare(a.Model, b.Model)
	})
	return out
}
