package pricing

import "slices"

// addUpstream lays a list of genai-prices that was fetched at run time over the embedded ones. The embedded list is
// the same list of an earlier day, with the decisions of the generator and the corrections of the overlay on it, so
// only what changed since counts:
//
//   - a model whose price is still what the embedded list says keeps its correction;
//   - a price that changed holds from the day of the new list on, and the old one until then, unless the new list
//     dates the change itself;
//   - a model that is new is added, with the names that its rule can be turned into.
func (c *Catalog) addUpstream(l *Layer, base map[*model][]Record) error {
	for i := range l.providers {
		def := l.providers[i]
		p := c.byID[def.id]
		if p == nil {
			if err := c.addProvider(l, &def); err != nil {
				return err
			}
			continue
		}
		for j := range def.models {
			m := def.models[j]
			known := p.models[m.id]
			if known == nil {
				m.names = slices.DeleteFunc(slices.Clone(m.names), p.taken)
				m.stems = slices.DeleteFunc(slices.Clone(m.stems), p.taken)
				if err := p.addModel(l, &m); err != nil {
					return err
				}
				continue
			}
			if len(m.records) == 0 || sameRecords(base[known], m.records) {
				continue
			}
			m.names, m.stems = nil, nil
			if !known.free {
				m.records = l.continueFrom(known.records, m.records)
			}
			if err := p.addModel(l, &m); err != nil {
				return err
			}
		}
	}
	return nil
}

// taken reports whether a name belongs to a model already. A new model's rule may be wider than its name.
func (p *provider) taken(name string) bool {
	_, ok := p.index[normalizeModel(name)]
	return ok
}

// continueFrom ends the old records on the day of the list and lets the new ones begin there.
func (l *Layer) continueFrom(old, next []Record) []Record {
	if l.Published.IsZero() || slices.ContainsFunc(next, func(r Record) bool { return !r.From.IsZero() }) {
		return next
	}
	var out []Record
	for _, r := range old {
		if !r.From.IsZero() && !r.From.Before(l.Published) {
			continue
		}
		if r.Until.IsZero() || r.Until.After(l.Published) {
			r.Until = l.Published
		}
		r.History = true
		out = append(out, r)
	}
	for _, r := range next {
		r.From = l.Published
		out = append(out, r)
	}
	return out
}

// sameRecords compares prices, dates and hours, and neither texts nor provenance. Records that history ended do not
// count, and neither does the start that history gave to the record after them.
func sameRecords(embedded, fetched []Record) bool {
	history := false
	embedded = slices.DeleteFunc(slices.Clone(embedded), func(r Record) bool {
		history = history || r.History
		return r.History
	})
	return slices.EqualFunc(embedded, fetched, func(a, b Record) bool {
		return (a.From.Equal(b.From) || history && b.From.IsZero()) && a.Until.Equal(b.Until) && a.Hours == b.Hours &&
			sameRates(&a.Rates, &b.Rates) &&
			slices.EqualFunc(a.Above, b.Above, func(x, y Step) bool { return x.Tokens == y.Tokens && sameRates(&x.Rates, &y.Rates) })
	})
}

func sameRates(a, b *RateSet) bool {
	for i := range a {
		if a[i].Listed() != b[i].Listed() || a[i].value != b[i].value {
			return false
		}
	}
	return true
}
