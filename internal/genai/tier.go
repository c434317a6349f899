package genai

import (
	"bytes"
	"cmp"
	"strings"
)

// priceTerms are the words of a provider's answer that say at which terms it was
// served.
type priceTerms struct {
	tier, speed, traffic, geo string
}

func (t *priceTerms) take(field Field, word string) {
	to := &t.tier
	switch field {
	case ResponseTier:
	case ResponseSpeed:
		to = &t.speed
	case TrafficType:
		to = &t.traffic
		word = word[strings.LastIndexByte(word, '.')+1:] // "TrafficType.ON_DEMAND_FLEX", as Python prints it
	case InferenceGeo:
		to = &t.geo
	default:
		return
	}
	if *to == "" {
		*to = word
	}
}

// termsObjects are the attributes in which a provider's usage stands as it came.
var termsObjects = [...]Field{UsageMetadata, ProviderUsage, ADKResponse}

// langchainUsage are the attributes with LangChain's details of a usage, which name the
// tier that OpenAI served: priority_cache_read, flex
// (langchain-ai/langchain, libs/partners/openai, _create_usage_metadata).
var langchainUsage = [...]Field{InputTokenDetails, OutputTokenDetails, LangSmithUsage, LangfuseUsage}

// takeKey reads the tier out of the name of a count.
func (t *priceTerms) takeKey(path []byte, l *leaf) {
	name := string(path[bytes.LastIndexByte(path, '.')+1:])
	name = strings.TrimPrefix(strings.TrimPrefix(name, "input_"), "output_")
	for _, tier := range [...]string{"priority", "flex"} {
		if (name == tier || strings.HasPrefix(name, tier+"_")) && l.count().n > 0 {
			t.tier = tier
		}
	}
}

// terms reads what the answer says of its price: attributes first, then the
// provider's usage object, then the whole answer where it is the span's output.
func (v *View) terms() priceTerms {
	t := priceTerms{v.Str(ResponseTier), v.Str(ResponseSpeed), v.Str(TrafficType), v.Str(InferenceGeo)}
	for _, in := range termsObjects {
		if v.Has(in) {
			walkObject(v.values[in], &leafReader{paths: detailIndex[in], in: in, terms: &t})
		}
	}
	for _, in := range langchainUsage {
		if t.tier == "" && v.Has(in) {
			walkObject(v.values[in], &leafReader{tierKeys: &t})
		}
	}
	if raw := v.rawTerms(); raw.usage {
		for field, word := range raw.words {
			t.take(field, word)
		}
	}
	return t
}

// ServiceTier returns the tier that was served, or else the one that was asked
// for; "" where the span names none. "auto" names none: it leaves the choice
// to the provider.
func (v *View) ServiceTier() string {
	if tier := v.ServedTier(); tier != "" {
		return tier
	}
	if tier := v.Str(RequestTier); tier != "auto" {
		return tier
	}
	return ""
}

// ServedTier returns the tier that was served, in the provider's own word, from an
// attribute or from the provider's usage object: Anthropic's fast speed, a service
// tier, or Vertex AI's type of traffic. A word for the standard tier gives way to any
// other. "" where the span names none.
func (v *View) ServedTier() string {
	tier, _ := v.Terms()
	return tier
}

// InferenceGeo returns where Anthropic was told to serve the call, "" where that is
// not stated or anywhere: a fixed place has a price of its own.
func (v *View) InferenceGeo() string {
	_, geo := v.Terms()
	return geo
}

// Terms returns what ServedTier and InferenceGeo do.
func (v *View) Terms() (tier, geo string) {
	t := v.terms()
	return t.servedTier(), t.inferenceGeo()
}

func (t *priceTerms) servedTier() string {
	for _, word := range [...]string{t.speed, t.tier, t.traffic} {
		if word != "" && !isStandardTier(word) {
			return word
		}
	}
	return cmp.Or(t.tier, t.traffic)
}

func isStandardTier(word string) bool {
	switch strings.ToLower(word) {
	case "standard", "standard_only", "default", "auto", "on_demand", "none", "traffic_type_unspecified", "normal":
		return true
	}
	return false
}

func (t *priceTerms) inferenceGeo() string {
	switch geo := strings.ToLower(t.geo); geo {
	case "global", "not_available", "none", "null":
		return ""
	default:
		return geo
	}
}
