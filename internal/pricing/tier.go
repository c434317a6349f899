package pricing

import (
	"fmt"
	"slices"
	"strings"
)

// Tier is a provider's service tier: how fast, or how late, the call was served.
type Tier uint8

const (
	// TierStandard is the list price.
	TierStandard Tier = iota
	// TierFlex is slower and cheaper.
	TierFlex
	// TierBatch is asynchronous and cheaper.
	TierBatch
	// TierPriority is faster and dearer.
	TierPriority
	// TierFast is Anthropic's fast mode.
	TierFast
	// TierProvisioned is capacity that was bought for a time; its calls have no price of their own.
	TierProvisioned
	// TierOther is a tier that this package does not know; it is priced at the list price and reported.
	TierOther

	numTiers
)

// String returns the value of llmcost.tier.
func (t Tier) String() string {
	switch t {
	case TierStandard:
		return "standard"
	case TierFlex:
		return "flex"
	case TierBatch:
		return "batch"
	case TierPriority:
		return "priority"
	case TierFast:
		return "fast"
	case TierProvisioned:
		return "provisioned"
	default:
		return "other"
	}
}

// tierNames are the spellings of the providers' own fields: OpenAI and Anthropic service_tier, Anthropic speed, Google
// trafficType, Amazon Bedrock serviceTier. Google's capitals stand here as well, so that reading them allocates nothing.
var tierNames = map[string]Tier{
	"":                     TierStandard,
	"auto":                 TierStandard,
	"default":              TierStandard,
	"standard":             TierStandard,
	"standard_only":        TierStandard,
	"on_demand":            TierStandard,
	"ON_DEMAND":            TierStandard,
	"ON_DEMAND_FLEX":       TierFlex,
	"ON_DEMAND_PRIORITY":   TierPriority,
	"ondemand":             TierStandard,
	"none":                 TierStandard,
	"null":                 TierStandard,
	"flex":                 TierFlex,
	"on_demand_flex":       TierFlex,
	"batch":                TierBatch,
	"priority":             TierPriority,
	"on_demand_priority":   TierPriority,
	"service_tier_auto":    TierStandard,
	"service_tier_default": TierStandard,
	"service_tier_flex":    TierFlex,
	"fast":                 TierFast,

	"provisioned":            TierProvisioned,
	"provisioned_throughput": TierProvisioned,
	"PROVISIONED_THROUGHPUT": TierProvisioned,
	"reserved":               TierProvisioned, // Amazon Bedrock
	"scale":                  TierProvisioned, // OpenAI

	"traffic_type_unspecified": TierStandard,
}

// ParseTier reads a service tier as a provider writes it. It reports false for a name that it does not know, with
// [TierOther].
func ParseTier(text string) (Tier, bool) {
	if t, ok := tierNames[text]; ok {
		return t, true
	}
	t, ok := tierNames[strings.ReplaceAll(strings.ToLower(strings.TrimSpace(text)), "-", "_")]
	if !ok {
		return TierOther, false
	}
	return t, true
}

// tierFactor is what a service tier does to the list price of a model. The zero value means that the tier has no price.
type tierFactor struct {
	// tokens scales every price of tokens but those of cacheRead, which scales tokens read from a cache: some
	// providers give one of the two discounts, not both.
	tokens, cacheRead float64
}

// geoFactor is what it costs to bind a call to a place.
type geoFactor struct {
	geo    string
	factor float64
}

// geo returns the factor of a place, 0 where it costs nothing more.
func (m *model) geo(place string) float64 {
	for _, v := range slices.Backward(m.geos) {
		if strings.EqualFold(v.geo, place) {
			return v.factor
		}
	}
	return 0
}

var listPrice = tierFactor{tokens: 1, cacheRead: 1}

// servedTier decides between the tier that was asked for and the one that served the call. The served one wins: a
// priority request that was served at the default tier is billed at the default tier.
func servedTier(requested, served string) Tier {
	if served != "" && !strings.EqualFold(served, "auto") {
		t, _ := ParseTier(served)
		return t
	}
	t, _ := ParseTier(requested)
	return t
}

// bind gives models the factor of a place.
func (c *Catalog) bind(g *geoDef) error {
	p := c.byID[g.provider]
	if p == nil {
		return fmt.Errorf("geos: provider %q is not in the list", g.provider)
	}
	matched := false
	for _, m := range p.models {
		if g.models.match(m.id) {
			m.geos = append(m.geos, g.geoFactor)
			matched = true
		}
	}
	if !matched {
		return fmt.Errorf("geos: no model of %s matches %v", g.provider, g.models)
	}
	return nil
}
