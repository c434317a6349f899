package query

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/pricing"
	"github.com/otelcol-llm/otelcol-llm/internal/pricing/billing"
)

// What llm_cost writes on a span (processor/llmcost/attributes.go).
const (
	attrStatus       = "llmcost.status"
	attrProvider     = "llmcost.provider"
	attrModel        = "llmcost.model"
	attrPriceSource  = "llmcost.price.source"
	attrPriceVersion = "llmcost.price.version"
	attrTier         = "llmcost.tier"
	attrGeo          = "llmcost.geo"
	attrEstimated    = "llmcost.tokens.estimated"
	attrCacheWrite1h = "llmcost.tokens.cache_write_1h"
	attrFromTotal    = "llmcost.tokens.from_total"
	attrCorrected    = "llmcost.tokens.input_original"
)

// repeated are the statuses of spans whose cost stands on another span, or nowhere.
var repeated = map[string]bool{"rollup": true, "duplicate": true, "skipped": true}

// sameCost is how far, in parts of it, the sum of today's prices may be from the cost
// that was written and still be its arithmetic.
const sameCost = 1e-9

// receipt is the arithmetic of the cost of a span, nil where the span is no call that is
// paid for.
func (r *readingSpan) receipt(span *SpanSummary) *Receipt {
	v := &r.view
	// Attributes go before the numbers do (retention::content).
	status := cmp.Or(r.attribute(attrStatus), span.CostStatus)
	if repeated[status] || status == "" && !span.Counted {
		return nil
	}
	receipt := &Receipt{USD: span.USD, Status: status, Lines: []ReceiptLine{}, Tier: r.attribute(attrTier)}
	provider, model := r.attribute(attrProvider), r.attribute(attrModel)
	if provider != "" && model != "" {
		receipt.Matched = provider + "/" + model
	}
	usage, state := v.Usage()
	if state == genai.UsageValid {
		if n, ok := r.count(attrCacheWrite1h); ok && n <= usage.CacheWrite {
			usage.CacheWrite1h = n
		}
		receipt.Tokens = r.tokensSource(&usage)
	} else if span.Tokens != nil && r.span.Attributes().Len() == 0 {
		usage, state = usageOf(span.Tokens), genai.UsageValid
		provider, model = span.Provider, span.Model
		receipt.Tokens = "Read from the store: the span's attributes are deleted."
	}
	catalog, err := prices()
	receipt.count(billing.Usage(&usage), nil)
	if err == nil && state == genai.UsageValid {
		receipt.calculate(catalog, r.queries(provider, model, &usage))
	}
	receipt.describe(r, catalog)
	if receipt.USD == nil || status == "partial" {
		remedy := remedyOf(status, cmp.Or(provider, v.Provider()), cmp.Or(model, v.Model()))
		receipt.Remedy, receipt.RemedyYAML = strings.TrimSpace(remedy.Reason+" "+remedy.Text), remedy.YAML
	}
	return receipt
}

// usageOf is what the store keeps of a usage.
func usageOf(t *Tokens) genai.Usage {
	return genai.Usage{Input: t.Input, Output: t.Output, CacheRead: t.CacheRead, CacheWrite: t.CacheWrite, Reasoning: t.Reasoning}
}

// queries are the call as llm_cost may have priced it, by the terms that it has written:
// as the span has it, and by what it was matched to where an alias of the operator's led
// there.
func (r *readingSpan) queries(provider, model string, usage *genai.Usage) []pricing.Query {
	v := &r.view
	q := billing.Query(v)
	q.Time, q.Usage = r.span.StartTimestamp().AsTime(), billing.Usage(usage)
	if r.attribute(attrPriceSource) != "" {
		q.ResponseTier, q.Geo = r.attribute(attrTier), r.attribute(attrGeo)
	} else {
		q.RequestTier = v.Str(genai.RequestTier)
		q.ResponseTier, q.Geo = v.Terms()
	}
	if provider == "" || model == "" {
		return []pricing.Query{q}
	}
	matched := q
	matched.Provider, matched.System, matched.Server, matched.RequestModel, matched.ResponseModel = provider, "", "", model, ""
	return []pricing.Query{q, matched}
}

// calculate gives the lines the prices of today, where these lead to the cost that was
// written.
func (r *Receipt) calculate(catalog *pricing.Catalog, queries []pricing.Query) {
	if r.USD == nil || r.Status == "reported" {
		return
	}
	for _, q := range queries {
		e := catalog.Explain(q)
		if e.Reason == pricing.Priced && math.Abs(e.Quote.Total-*r.USD) <= sameCost*math.Max(e.Quote.Total, *r.USD) {
			r.explain(catalog, q, &e)
			return
		}
	}
}

func (r *Receipt) explain(catalog *pricing.Catalog, q pricing.Query, e *pricing.Explanation) {
	r.Exact, r.Lines = true, []ReceiptLine{}
	r.count(q.Usage, e.Lines)
	r.Matched = cmp.Or(r.Matched, e.Quote.Provider+"/"+e.Quote.Model)
	saved := 0.0
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.USD == nil || !strings.HasSuffix(l.Bucket, "cache_read") && !strings.HasPrefix(l.Bucket, "cache_write") {
			continue
		}
		if n := l.saves(catalog, q, e.Quote.Total); n != 0 {
			l.SavedUSD = &n
			saved += n
		}
	}
	if saved != 0 {
		r.SavedUSD = &saved
	}
}

// plainBuckets are the buckets that cached tokens would be in without a cache.
var plainBuckets = map[string]pricing.Bucket{
	"audio_cache_read": pricing.AudioInput, "image_cache_read": pricing.ImageInput,
}

// saves is what the tokens of a line would have cost more as plain input; less than zero
// for writes to a cache.
func (l *ReceiptLine) saves(catalog *pricing.Catalog, q pricing.Query, sum float64) float64 {
	for b := range pricing.NumBuckets {
		if b.String() == l.Bucket {
			q.Usage[plainBuckets[l.Bucket]] += q.Usage[b]
			q.Usage[b] = 0
			break
		}
	}
	quote, reason := catalog.Price(q)
	if reason != pricing.Priced {
		return 0
	}
	return quote.Total - sum
}

// count adds a line for each bucket that was used, with its price where there is one.
func (r *Receipt) count(usage pricing.Usage, priced []pricing.Line) {
	at := map[pricing.Bucket]*pricing.Line{}
	for i := range priced {
		at[priced[i].Bucket] = &priced[i]
	}
	for b := range pricing.NumBuckets {
		line := at[b]
		n := usage[b]
		if line != nil {
			n = line.Count
		}
		if n == 0 {
			continue
		}
		l := ReceiptLine{Bucket: b.String(), Tokens: n}
		if line != nil {
			perMillion, usd := line.Rate*line.Factor*1e6/line.Per, line.Cost
			l.PerMillion, l.USD = &perMillion, &usd
		}
		r.Lines = append(r.Lines, l)
	}
}

// layers say in words where a list of prices is from.
var layers = map[string]string{
	"embedded": "embedded", "overlay": "embedded", "url": "fetched from prices_url", "file": "from your prices_file", "override": "from your overrides",
}

// describe says where the cost is from.
func (r *Receipt) describe(s *readingSpan, catalog *pricing.Catalog) {
	source, version := s.attribute(attrPriceSource), s.attribute(attrPriceVersion)
	switch {
	case r.Status == "local":
		r.Source = "Served by a machine of your own: nobody charges for it."
	case r.Status == "free":
		r.Source = r.Matched + " is served for nothing."
	case source == "span" || r.Status == "reported" || r.Status == "" && r.USD != nil:
		r.Source = s.reporter()
	case r.USD == nil:
		r.Source = "No price applies."
	case source == "":
		r.Source = "Worked out by llm_cost."
	case !r.Exact:
		r.Source = fmt.Sprintf("Worked out by llm_cost with prices %s (%s)", cmp.Or(layers[source], source), cmp.Or(versionWords(version), "of no version"))
		if catalog != nil && version != catalog.Version() {
			r.Source += "; this program has " + versionWords(catalog.Version())
		}
		r.Source += "."
	default:
		r.Source = fmt.Sprintf("List price of %s, %s tier", r.Matched, cmp.Or(r.Tier, "standard"))
		if geo := s.attribute(attrGeo); geo != "" {
			r.Source += ", served in " + geo
		}
		r.Source += " · " + versionWords(version) + ", " + cmp.Or(layers[source], source)
	}
	if s.attribute(attrEstimated) == "true" && r.USD != nil {
		r.Source += " An estimate: the tokens were counted from the text."
	}
}

// versionWords writes genai-prices-0.1.8+overlay-7 as genai-prices 0.1.8, overlay 7.
func versionWords(version string) string {
	parts := strings.Split(version, "+")
	for i, part := range parts {
		if j := strings.LastIndexByte(part, '-'); j > 0 && j+1 < len(part) && part[j+1] >= '0' && part[j+1] <= '9' {
			parts[i] = part[:j] + " " + part[j+1:]
		}
	}
	return strings.Join(parts, ", ")
}

// reporter says who has told the cost.
func (r *readingSpan) reporter() string {
	if charge, ok := r.view.Charge(); ok {
		return "Charged by the provider or its gateway, which says so in " + charge.Key + "."
	}
	if cost, ok := r.view.ClientCost(); ok && cost.Key != "" {
		return "Worked out by the client, which says so in " + cost.Key + "."
	}
	return "It came with the span."
}

// tokensSource says where the counts are from.
func (r *readingSpan) tokensSource(u *genai.Usage) string {
	if r.attribute(attrEstimated) == "true" {
		return "Counted by llm_cost from the text: the span states none."
	}
	var keys []string
	for _, f := range []genai.Field{genai.InputTokens, genai.OutputTokens} {
		if key := r.view.Key(f); key != "" {
			keys = append(keys, key)
		}
	}
	text := "Stated by the span"
	if len(keys) > 0 {
		text += ": " + strings.Join(keys, ", ")
	}
	if n, ok := r.count(attrCorrected); ok {
		text += fmt.Sprintf("; the input came as %d, without its cached part", n)
		if n > u.Input {
			text = strings.Replace(text, "without its cached part", "with more than belongs to it", 1)
		}
	}
	if n, ok := r.count(attrFromTotal); ok {
		text += fmt.Sprintf("; %d of them show in the total only", n)
	}
	return text + "."
}

// attribute is an attribute of the span as text, "" where there is none.
func (r *readingSpan) attribute(key string) string {
	if v, ok := r.span.Attributes().Get(key); ok {
		return v.AsString()
	}
	return ""
}

func (r *readingSpan) count(key string) (int64, bool) {
	v, ok := r.span.Attributes().Get(key)
	if !ok || v.Type() != pcommon.ValueTypeInt {
		return 0, false
	}
	return v.Int(), true
}
