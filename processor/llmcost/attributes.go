package llmcost

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/pricing"
)

// The attributes that llm_cost writes (llmcost reference 8.3). Token counts are
// whole: input includes cached tokens, output includes reasoning.
const (
	attrInputTokens     = "gen_ai.usage.input_tokens"
	attrOutputTokens    = "gen_ai.usage.output_tokens"
	attrCacheRead       = "gen_ai.usage.cache_read.input_tokens"
	attrCacheWrite      = "gen_ai.usage.cache_write.input_tokens"
	attrReasoning       = "gen_ai.usage.reasoning.output_tokens"
	attrProviderName    = "gen_ai.provider.name"
	attrOperationName   = "gen_ai.operation.name"
	attrCost            = "gen_ai.usage.cost" // US dollars
	attrDraftAmount     = "gen_ai.usage.cost.amount"
	attrDraftCurrency   = "gen_ai.usage.cost.currency"
	attrDraftSource     = "gen_ai.usage.cost.source"
	attrCostTotal       = "llm.cost.total" // US dollars, as all llm.cost.*
	attrCostPrompt      = "llm.cost.prompt"
	attrCostCompletion  = "llm.cost.completion"
	attrStatus          = "llmcost.status"
	attrProvider        = "llmcost.provider"
	attrModel           = "llmcost.model"
	attrPriceSource     = "llmcost.price.source"
	attrPriceVersion    = "llmcost.price.version"
	attrTier            = "llmcost.tier"
	attrGeo             = "llmcost.geo"
	attrLongContext     = "llmcost.long_context"
	attrEstimated       = "llmcost.tokens.estimated"
	attrInputMode       = "llmcost.tokens.input_mode"
	attrCacheWrite1h    = "llmcost.tokens.cache_write_1h"
	attrFromTotal       = "llmcost.tokens.from_total"
	attrInputOriginal   = "llmcost.tokens.input_original"
	attrOutputOriginal  = "llmcost.tokens.output_original"
	attrCostOriginal    = "llmcost.cost.original"
	attrCacheSavings    = "llmcost.cost.cache_savings" // US dollars
	attrLatency         = "llmcost.latency_ms"
	attrTimeToFirst     = "llmcost.ttft_ms"
	attrTokensPerSecond = "llmcost.output_tokens_per_second"
)

// priceSourceSpan is llmcost.price.source of a cost that arrived with the span.
const priceSourceSpan = "span"

// write puts the verdict on the span. Everything that the view borrows from the
// span is read before the first attribute is written: a new attribute may move
// the others.
func (e *engine) write(s *scratch, call *subject, out *verdict) {
	v := &s.view
	facts := spanFacts{
		hasProvider: v.Has(genai.Provider), hasOperation: v.Has(genai.OperationName),
		provider: v.Provider(), operation: v.Operation(),
	}
	facts.firstToken, facts.hasFirstToken = firstTokenMillis(v)

	attributes := call.attributes()
	if out.counted {
		// Whatever else is written: nobody may take these counts for reported ones.
		attributes.PutBool(attrEstimated, true)
	}
	attributes.PutStr(attrStatus, string(out.status))
	switch out.status {
	case statusRollup, statusSkipped, statusDuplicate:
		e.withdrawCost(attributes)
		return
	}
	if out.status != statusInvalidUsage {
		takeOffWrong(attributes)
	}
	e.writeUsage(attributes, &facts, out)
	if out.hasUsage && !out.counted && (e.config.Normalize != normalizeOff || e.config.Write.Metadata) {
		attributes.PutStr(attrInputMode, out.usage.Mode.String())
	}
	e.writeCost(attributes, out)
	if e.config.Write.Metadata {
		writeProvenance(attributes, out)
	}
	if e.config.Write.Latency && !call.isRecord {
		writeLatency(attributes, call.span, &facts, out)
	}
}

// spanFacts are what write needs of the view after attributes have moved.
type spanFacts struct {
	hasProvider, hasOperation bool
	provider, operation       string
	firstToken                float64 // milliseconds
	hasFirstToken             bool
}

func (e *engine) writeUsage(attributes pcommon.Map, facts *spanFacts, out *verdict) {
	if e.config.Normalize == normalizeOff {
		return
	}
	if !facts.hasProvider && facts.provider != "" {
		attributes.PutStr(attrProviderName, facts.provider)
	}
	if !facts.hasOperation && facts.operation != "" {
		attributes.PutStr(attrOperationName, facts.operation)
	}
	if !out.hasUsage {
		return
	}
	u := &out.usage
	correct := e.config.Normalize == normalizeCorrect
	_, statesInput := attributes.Get(attrInputTokens)
	_, statesOutput := attributes.Get(attrOutputTokens)
	wholeOutput := correct || !statesOutput || u.Output == u.ReportedOutput
	// What was corrected says so, as does the mode, whatever else is written: who
	// reads the span next must not correct it again.
	if (correct || !statesInput) && u.HasInput && u.Input != u.ReportedInput {
		attributes.PutInt(attrInputOriginal, u.ReportedInput)
	}
	if (correct || !statesOutput) && u.HasOutput && u.Output != u.ReportedOutput {
		attributes.PutInt(attrOutputOriginal, u.ReportedOutput)
	}
	putCount(attributes, attrInputTokens, u.Input, u.HasInput || u.Input > 0, correct)
	putCount(attributes, attrOutputTokens, u.Output, u.HasOutput, correct)
	putPart(attributes, attrCacheRead, u.CacheRead, u.HasCacheRead, correct)
	putPart(attributes, attrCacheWrite, u.CacheWrite, u.HasCacheWrite, correct)
	// By its name it is a part of the output, which is not so where that stays as it is.
	putPart(attributes, attrReasoning, u.Reasoning, wholeOutput && (u.HasReasoning || u.Reasoning > 0), correct)
}

// putCount writes a count that is known and missing, and with replace also one
// that is there and differs.
func putCount(attributes pcommon.Map, key string, n int64, known, replace bool) {
	if !known {
		return
	}
	if old, there := attributes.Get(key); there && (!replace || old.Type() == pcommon.ValueTypeInt && old.Int() == n) {
		return
	}
	attributes.PutInt(key, n)
}

// putPart writes a part of a count that is known and missing, and with correct also
// one that is there and no integer.
func putPart(attributes pcommon.Map, key string, n int64, known, correct bool) {
	old, there := attributes.Get(key)
	if known && (!there || correct && old.Type() != pcommon.ValueTypeInt) {
		attributes.PutInt(key, n)
	}
}

func (e *engine) writeCost(attributes pcommon.Map, out *verdict) {
	if !out.hasCost {
		e.withdrawCost(attributes)
		return
	}
	if out.hasOriginal {
		attributes.PutDouble(attrCostOriginal, out.original)
	}
	switch {
	case e.config.Write.OTelDraft:
		writeDraft(attributes, out)
	case e.config.Write.Cost:
		attributes.PutDouble(attrCost, out.cost)
	}
	if e.config.Write.OpenInference {
		attributes.PutDouble(attrCostTotal, out.cost)
	}
	if out.fromSpan {
		return // how a charge splits up is not known
	}
	prompt, completion := 0.0, 0.0
	for _, part := range costParts {
		dollars := part.sum(&out.quote)
		if part.completion {
			completion += dollars
		} else {
			prompt += dollars
		}
		if e.config.Write.Breakdown && dollars > 0 {
			attributes.PutDouble(part.key, dollars)
		}
	}
	if e.config.Write.OpenInference {
		attributes.PutDouble(attrCostPrompt, prompt)
		attributes.PutDouble(attrCostCompletion, completion)
	}
}

// withdrawCost takes a cost off a span that has none of ours, under the names
// that we write: who adds them up would count a call twice, or take an unknown
// model for a free one. The figure is kept beside, where it is one, or with
// existing_cost keep where it stands.
func (e *engine) withdrawCost(attributes pcommon.Map) {
	for _, name := range [...]struct {
		key   string
		write bool
	}{{attrCost, e.config.Write.Cost}, {attrCostTotal, e.config.Write.OpenInference}} {
		value, ok := attributes.Get(name.key)
		if !ok || !name.write {
			continue
		}
		usd, isFigure := genai.Dollars(value)
		if isFigure && e.config.ExistingCost == existingKeep {
			continue
		}
		attributes.Remove(name.key)
		if isFigure {
			attributes.PutDouble(attrCostOriginal, usd)
		}
	}
}

// writeDraft writes the names of semantic-conventions-genai pull request 443,
// where "source" says who worked the amount out.
func writeDraft(attributes pcommon.Map, out *verdict) {
	source := "local"
	if out.fromSpan {
		source = "provider"
	}
	attributes.PutDouble(attrDraftAmount, out.cost)
	attributes.PutStr(attrDraftCurrency, "USD")
	attributes.PutStr(attrDraftSource, source)
}

// costPart is one line of OpenInference's breakdown and the buckets that it
// sums up.
type costPart struct {
	key        string
	completion bool // of llm.cost.completion, else of llm.cost.prompt
	buckets    []pricing.Bucket
}

func (part *costPart) sum(quote *pricing.Quote) float64 {
	dollars := 0.0
	for _, bucket := range part.buckets {
		dollars += quote.Cost[bucket]
	}
	return dollars
}

// costParts has every bucket but the fees for searches and for the call itself,
// which are neither prompt nor completion and stand in the total only.
var costParts = []costPart{
	{key: "llm.cost.prompt_details.input", buckets: []pricing.Bucket{pricing.Input, pricing.ImageInput, pricing.VideoInput}},
	{key: "llm.cost.prompt_details.cache_read", buckets: []pricing.Bucket{pricing.CacheRead, pricing.AudioCacheRead, pricing.ImageCacheRead}},
	{key: "llm.cost.prompt_details.cache_write", buckets: []pricing.Bucket{pricing.CacheWrite, pricing.CacheWrite1h}},
	{key: "llm.cost.prompt_details.audio", buckets: []pricing.Bucket{pricing.AudioInput, pricing.AudioSeconds}},
	{key: "llm.cost.completion_details.output", completion: true, buckets: []pricing.Bucket{pricing.Output, pricing.ImageOutput, pricing.VideoOutput}},
	{key: "llm.cost.completion_details.reasoning", completion: true, buckets: []pricing.Bucket{pricing.Reasoning}},
	{key: "llm.cost.completion_details.audio", completion: true, buckets: []pricing.Bucket{pricing.AudioOutput}},
}

func writeProvenance(attributes pcommon.Map, out *verdict) {
	putWord(attributes, attrProvider, out.quote.Provider)
	putWord(attributes, attrModel, out.quote.Model)
	switch {
	case out.fromSpan:
		attributes.PutStr(attrPriceSource, priceSourceSpan)
	case out.hasCost:
		attributes.PutStr(attrPriceSource, out.quote.Source.String())
		attributes.PutStr(attrPriceVersion, out.quote.Version)
	}
	if out.hasCost && out.quote.Tier != pricing.TierStandard {
		attributes.PutStr(attrTier, out.quote.Tier.String())
	}
	if out.hasCost && !out.fromSpan {
		putWord(attributes, attrGeo, out.quote.Geo)
		if out.quote.CacheSavings != 0 {
			attributes.PutDouble(attrCacheSavings, out.quote.CacheSavings)
		}
	}
	if out.quote.LongContext {
		attributes.PutBool(attrLongContext, true)
	}
	if !out.hasUsage || out.counted {
		return
	}
	if out.usage.CacheWrite1h > 0 {
		attributes.PutInt(attrCacheWrite1h, out.usage.CacheWrite1h)
	}
	if out.usage.FromTotal > 0 {
		attributes.PutInt(attrFromTotal, out.usage.FromTotal)
	}
}

func putWord(attributes pcommon.Map, key, word string) {
	if word != "" {
		attributes.PutStr(key, word)
	}
}
