package pricing

import "time"

// Query is one call, as its span describes it. Texts are taken as they are written; empty means absent.
type Query struct {
	// Provider is the provider's name: gen_ai.provider.name, or what an older instrumentation writes instead.
	Provider string
	// System is a second opinion, used when Provider is empty, a framework or unknown: gen_ai.system, llm.system.
	System string
	// Server is server.address, with ":port" when the port is known, or a URL. It decides when the provider is
	// absent, openai or anthropic, whose client libraries talk to many servers.
	Server string
	// RequestModel is the model that was asked for, ResponseModel the one that answered. The one that answered is
	// priced.
	RequestModel, ResponseModel string
	// RequestTier and ResponseTier are the service tiers asked for and served. The one served is priced.
	RequestTier, ResponseTier string
	// Geo is where the provider was told to serve the call, in its own word: Anthropic's inference_geo. Empty is anywhere.
	Geo string
	// Tenant selects prices of one tenant.
	Tenant string
	// Time is when the call started. Prices hold for a time.
	Time time.Time
	// Usage is what is billed.
	Usage Usage
}

// Reason says why a query has no price.
type Reason uint8

const (
	// Priced means that there is a price, also when it is zero.
	Priced Reason = iota
	// UnknownProvider means that nothing says who served the call, or that it was served by somebody whose prices
	// are not in the catalogue.
	UnknownProvider
	// UnknownModel means that the provider is known and the model is not.
	UnknownModel
	// InvalidUsage means that a count is negative or above 2^53.
	InvalidUsage
	// NoPrice means that the model is known, and that nothing that the call used has a price: it was served outside
	// of the time that prices are known for, or it is billed by a unit that the span does not report.
	NoPrice
)

// String returns the reason in the words of llmcost.status.
func (r Reason) String() string {
	switch r {
	case Priced:
		return "priced"
	case UnknownProvider:
		return "unknown_provider"
	case UnknownModel:
		return "unknown_model"
	case InvalidUsage:
		return "invalid_usage"
	case NoPrice:
		return "no_price"
	default:
		return "unknown"
	}
}

// Kind tells a price from a known zero.
type Kind uint8

const (
	// KindPriced is a price out of a list.
	KindPriced Kind = iota + 1
	// KindFree is a model that its provider serves for nothing.
	KindFree
	// KindLocal is a model on the user's own machines.
	KindLocal
)

// String returns the kind in the words of llmcost.status.
func (k Kind) String() string {
	switch k {
	case KindPriced:
		return "priced"
	case KindFree:
		return "free"
	case KindLocal:
		return "local"
	default:
		return "unknown"
	}
}

// Quote is the price of one call. All amounts are US dollars, never negative and never rounded.
type Quote struct {
	// Kind tells a list price from a known zero.
	Kind Kind
	// Provider and Model are the catalogue's ids. With a [Reason] they hold what was still resolved, or nothing.
	Provider, Model string
	// Total is the sum of Cost.
	Total float64
	// Cost is what each bucket costs.
	Cost [NumBuckets]float64
	// CacheSavings is what cache reads would have cost more as plain input, less what cache writes cost above it.
	// It is negative when the writes did not pay off.
	CacheSavings float64
	// Source is the layer of the price and Version the catalogue's version.
	Source  Source
	Version string
	// Tier is the service tier of the call. TierUnpriced says that the catalogue has no price for this tier and that
	// Total is the list price.
	Tier         Tier
	TierUnpriced bool
	// Geo is the place that the call was bound to, where that has a price of its own, and GeoFactor what it does to the
	// prices of tokens; empty and zero otherwise.
	Geo       string
	GeoFactor float64
	// LongContext says that the price for a long context applied.
	LongContext bool
	// Partial holds the buckets that were used and have no price. Total leaves them out.
	Partial Set
	// Record is the price that applied; nil for a known zero. It must not be changed.
	Record *Record
}
