package genai

import (
	"cmp"
	"strings"
)

// Charge is a cost that arrived with a span.
type Charge struct {
	USD float64
	// Key is the attribute that states it, or that holds the object which does.
	Key string
}

// openrouterScope is the scope of the spans that OpenRouter sends to a collector
// (its feature Broadcast).
const openrouterScope = "openrouter"

// Charge returns what the call cost by a provider or a gateway: litellm.cost.total,
// the total of the spans that OpenRouter sends itself, the cost in the metadata of
// OpenRouter or Vercel's gateway, Claude Code's cost_usd, and gen_ai.usage.cost.amount
// where its source is the provider and its currency the dollar. For a call with the
// user's own key it is what the provider takes and the gateway's fee. The second
// result is false where nobody says so.
func (v *View) Charge() (Charge, bool) {
	if v.IsPending() {
		return Charge{}, false
	}
	if usd, ok := v.dollars(GatewayCost); ok {
		return Charge{usd, v.Key(GatewayCost)}, true
	}
	if v.scope == openrouterScope || v.Has(UpstreamCost) {
		bill := gatewayBill{openrouter: true}
		bill.cost.n, bill.cost.ok = v.dollars(ReportedCost)
		bill.upstream.n, bill.upstream.ok = v.dollars(UpstreamCost)
		if v.Has(OwnKey) {
			bill.setOwnKey(v.Str(OwnKey))
		}
		if usd, ok := bill.total(); ok {
			return Charge{usd, cmp.Or(v.Key(ReportedCost), v.Key(UpstreamCost))}, true
		}
	}
	if c, ok := v.draftCost(sourceProvider); ok {
		return c, true
	}
	for _, in := range [...]Field{UsageMetadata, ProviderUsage} {
		if !v.Has(in) {
			continue
		}
		bill := gatewayBill{openrouter: in == ProviderUsage}
		walkObject(v.values[in], &leafReader{paths: detailIndex[in], in: in, bill: &bill})
		if usd, ok := bill.total(); ok {
			return Charge{usd, v.Key(in)}, true
		}
	}
	return Charge{}, false
}

// ClientCost returns what the client worked out by itself: gen_ai.usage.cost,
// llm.cost.total, operation.cost, the totals of Langfuse's cost_details and of
// mlflow.llm.cost, and gen_ai.usage.cost.amount where its source is not the
// provider. It may rest on an old price list, or on none: 0 is what most
// clients write for a model that they do not know.
func (v *View) ClientCost() (Charge, bool) {
	if v.IsPending() {
		return Charge{}, false
	}
	if usd, ok := v.dollars(ReportedCost); ok {
		return Charge{usd, v.Key(ReportedCost)}, true
	}
	if c, ok := v.draftCost(sourceLocal); ok {
		return c, true
	}
	for _, in := range [...]Field{LangfuseCosts, MLflowCosts} {
		if usd, ok := v.amountIn(in, ReportedCost); ok && isCost(usd) {
			return Charge{usd, v.Key(in)}, true
		}
	}
	return Charge{}, false
}

// The sources of gen_ai.usage.cost.amount.
const (
	sourceProvider = "provider"
	sourceLocal    = "local"
)

// draftCost reads gen_ai.usage.cost.amount. An amount in another currency, or
// in none that is named, is no number of dollars.
func (v *View) draftCost(source string) (Charge, bool) {
	if !v.Has(CostAmount) || !strings.EqualFold(v.Str(CostCurrency), "USD") || v.Str(CostSource) != source {
		return Charge{}, false
	}
	usd, ok := v.dollars(CostAmount)
	return Charge{usd, v.Key(CostAmount)}, ok
}
