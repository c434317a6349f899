package pricing

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Explanation says how a price came about.
type Explanation struct {
	Query  Query
	Quote  Quote
	Reason Reason
	// ProviderBy says what decided the provider, Name which name on the span was priced, Alias which alias of the
	// operator applied, Override which override.
	ProviderBy, Name, Alias, Override string
	// Multiplier is the override's, TierFactor what the service tier does to the price of tokens; 1 where they change
	// nothing.
	Multiplier, TierFactor float64
	// Lines are the terms of the sum, in the order of the buckets.
	Lines []Line
}

// Line is one term: Count times Rate, for Per units, times Factor.
type Line struct {
	Bucket Bucket
	Count  int64
	// Rate is the price in US dollars for Per units. Inherited names the bucket whose price was taken because this one
	// has none of its own; it is the bucket itself otherwise.
	Rate      float64
	Per       float64
	Inherited Bucket
	// Factor is the service tier, the place and the multiplier of an override together.
	Factor float64
	Cost   float64
}

// Explain prices a query and says how.
func (c *Catalog) Explain(q Query) Explanation {
	r := c.resolve(&q)
	quote, reason := c.price(r, &q)
	e := Explanation{
		Query: q, Quote: quote, Reason: reason,
		ProviderBy: r.how.provider, Name: r.how.name, Alias: r.how.alias, Multiplier: 1, TierFactor: 1,
	}
	if reason != Priced || quote.Record == nil {
		return e
	}
	multiplier := 1.0
	if own := r.overrideAt(q.Tenant, q.Time.UTC()); own != nil {
		e.Override, multiplier = own.path, own.multiplier
	}
	e.Multiplier, e.TierFactor = multiplier, quote.tierFactor(r.entry.model).tokens
	scale := quote.scale(r.entry.model)
	rw := quote.Record.row(q.Usage.InputTotal())
	for b := range NumBuckets {
		n := q.Usage[b]
		if b == Request {
			n = 1
		}
		if n == 0 || !rw.listed.Has(b) {
			continue
		}
		e.Lines = append(e.Lines, Line{
			Bucket: b, Count: n, Rate: rw.rates[b], Per: buckets[b].per, Inherited: quote.Record.source(b),
			Factor: multiplier * rw.factor(scale, b), Cost: quote.Cost[b],
		})
	}
	return e
}

// source returns the bucket whose listed price a bucket is charged at.
func (r *Record) source(b Bucket) Bucket {
	for !r.Rates[b].Listed() {
		parent := buckets[b].parent
		if b == AudioInput && r.AudioAsText {
			parent = Input
		}
		if parent == b {
			break
		}
		b = parent
	}
	return b
}

// String writes the explanation for a person to read. Without any usage it shows the price and no total.
func (e Explanation) String() string {
	var b strings.Builder
	line := func(key, format string, args ...any) {
		fmt.Fprintf(&b, "%-10s %s\n", key, fmt.Sprintf(format, args...))
	}
	if e.Reason != Priced {
		line("price", "none: %s", e.Reason)
		if e.Quote.Provider != "" {
			line("provider", "%s (by %s)", e.Quote.Provider, e.ProviderBy)
		}
		switch {
		case e.Reason == NoPrice:
			line("model", "%s has no price at %s for what was used", e.Quote.Model, instant(e.Query.Time.UTC()))
		case e.Name != "":
			line("model", "%q is in no price list of this provider", e.Name)
		}
		line("catalogue", "%s", e.Quote.Version)
		return b.String()
	}
	line("provider", "%s", e.Quote.Provider+by(e.ProviderBy))
	line("model", "%s", e.Quote.Model+e.named())
	e.writeRecord(line)
	for _, l := range e.Lines {
		line("", "%s", l.String())
	}
	if e.Quote.Partial != 0 {
		line("unpriced", "%s", e.Quote.Partial)
	}
	if e.Query.Usage != (Usage{}) || len(e.Lines) > 0 {
		line("total", "%s USD", dollars(e.Quote.Total))
	}
	line("catalogue", "%s", e.Quote.Version)
	return b.String()
}

func by(what string) string {
	if what == "" {
		return ""
	}
	return " (by " + what + ")"
}

func (e *Explanation) named() string {
	switch {
	case e.Alias != "":
		return fmt.Sprintf(" (alias %q for %q)", e.Alias, e.Name)
	case e.Name != "" && e.Name != e.Quote.Model:
		return fmt.Sprintf(" (named %q)", e.Name)
	default:
		return ""
	}
}

func (e *Explanation) writeRecord(line func(key, format string, args ...any)) {
	q, r := &e.Quote, e.Quote.Record
	if r == nil {
		line("price", "0: %s", q.Kind)
		return
	}
	line("price", "%s", r.Rates.String())
	for _, s := range r.Above {
		line("", "above %d input tokens: %s", s.Tokens, s.Rates.String())
	}
	line("valid", "%s", r.validity())
	source := q.Source.String() + ", " + r.Version
	if q.Source == SourceOverride && r.Layer != SourceOverride {
		source = r.Layer.String() + ", " + r.Version + ", scaled by an override"
	}
	if r.Origin != "" {
		source += ", " + r.Origin
	}
	if r.Date != "" {
		source += ", as of " + r.Date
	}
	line("source", "%s", strings.TrimSuffix(source, ", "))
	if e.Override != "" {
		line("override", "%s%s", e.Override, times(e.Multiplier))
	}
	if q.LongContext {
		line("context", "long: %d input tokens", e.Query.Usage.InputTotal())
	}
	if q.Tier != TierStandard {
		text := q.Tier.String()
		if q.TierUnpriced {
			text += ", which has no price of its own: list price"
		}
		line("tier", "%s%s", text, times(e.TierFactor))
	}
	if q.Geo != "" {
		line("geo", "%s%s", q.Geo, times(q.GeoFactor))
	}
}

// times says what a factor does to the price; nothing where it does nothing.
func times(factor float64) string {
	if factor == 1 || factor == 0 {
		return ""
	}
	return ", for " + strconv.FormatFloat(factor, 'g', 6, 64) + " times the price"
}

func (r *Record) validity() string {
	var parts []string
	if !r.From.IsZero() {
		parts = append(parts, "from "+instant(r.From))
	}
	if !r.Until.IsZero() {
		parts = append(parts, "until "+instant(r.Until))
	}
	if h := r.Hours.String(); h != "" {
		parts = append(parts, h+" UTC")
	}
	if r.History {
		parts = append(parts, "no longer listed")
	}
	if len(parts) == 0 {
		return "always"
	}
	return strings.Join(parts, ", ")
}

func instant(t time.Time) string {
	if t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// String writes the term as arithmetic.
func (l Line) String() string {
	text := fmt.Sprintf("%s: %d x %s", l.Bucket, l.Count, dollars(l.Rate))
	if l.Per != 1 {
		text += " / " + strconv.FormatFloat(l.Per, 'f', -1, 64)
	}
	if l.Factor != 1 {
		text += " x " + strconv.FormatFloat(l.Factor, 'g', 6, 64)
	}
	text += " = " + dollars(l.Cost)
	if l.Inherited != l.Bucket {
		text += fmt.Sprintf(" (no price of its own, from %s)", l.Inherited)
	}
	return text
}

// dollars writes an amount with twelve significant digits: enough for a billionth of a dollar, and without the noise of
// binary fractions.
func dollars(v float64) string {
	return strconv.FormatFloat(roundTo(v, 12), 'f', -1, 64)
}

func roundTo(v float64, digits int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v
	}
	return r
}
