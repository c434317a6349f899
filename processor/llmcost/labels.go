package llmcost

import (
	"math"
	"slices"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// ownPrefix begins the names that llm_cost alone writes. A span may come with them:
// from an llm_cost before this one, whose work is left alone, or from a client that
// makes them up. Spend metrics take them for labels and sums, so that what llm_cost
// cannot have written is taken off, and the span is priced like any other.
const ownPrefix = "llmcost."

// own says what each of these attributes may be.
var own = map[string]func(pcommon.Value) bool{
	attrStatus:          isStatus,
	attrProvider:        isText,
	attrModel:           isText,
	attrPriceSource:     isText,
	attrPriceVersion:    isText,
	attrTier:            isText,
	attrInputMode:       isText,
	attrGeo:             isText,
	attrLongContext:     isBool,
	attrEstimated:       isBool,
	attrCacheWrite1h:    isCount,
	attrFromTotal:       isCount,
	attrInputOriginal:   isCount,
	attrOutputOriginal:  isCount,
	attrCostOriginal:    isAmount,
	attrCacheSavings:    isSaving,
	attrLatency:         isAmount,
	attrTimeToFirst:     isAmount,
	attrTokensPerSecond: isAmount,
}

// vouched are the numbers that llm_cost answers for on a span that calls a model.
// Texts of numbers may have been left as they came: see normalize.
var vouched = map[string]func(pcommon.Value) bool{
	attrInputTokens:  isBelieved,
	attrOutputTokens: isBelieved,
	attrCacheRead:    isBelieved,
	attrCacheWrite:   isBelieved,
	attrReasoning:    isBelieved,
	attrCost:         isDollars,
	attrCostTotal:    isDollars,
}

// unvouched are the states in which a span keeps whatever numbers it came with:
// nothing counts them.
var unvouched = []status{statusRollup, statusDuplicate, statusSkipped, statusInvalidUsage}

func isText(v pcommon.Value) bool { return v.Type() == pcommon.ValueTypeStr }
func isBool(v pcommon.Value) bool { return v.Type() == pcommon.ValueTypeBool }
func isStatus(v pcommon.Value) bool {
	return isText(v) && slices.Contains(allStatuses[:], status(v.Str()))
}

func isCount(v pcommon.Value) bool { return isBelieved(v) && !isText(v) }

func isBelieved(v pcommon.Value) bool {
	_, ok := genai.Count(v)
	return ok
}

func isAmount(v pcommon.Value) bool {
	_, ok := genai.Amount(v)
	return ok && !isText(v)
}

// isSaving: what writing to a cache costs more may be lost.
func isSaving(v pcommon.Value) bool {
	return v.Type() == pcommon.ValueTypeDouble && genai.IsCost(math.Abs(v.Double()))
}

func isDollars(v pcommon.Value) bool {
	_, ok := genai.Dollars(v)
	return ok
}

// hasOwn reports whether a span has attributes that llm_cost alone writes.
func hasOwn(attributes pcommon.Map) bool {
	for key := range attributes.All() {
		if strings.HasPrefix(key, ownPrefix) {
			return true
		}
	}
	return false
}

// isLabelled reports whether an llm_cost can have written what a span has of its
// attributes. Names that are not known may be those of a newer version.
func isLabelled(attributes pcommon.Map) bool {
	stated, ok := attributes.Get(attrStatus)
	if !ok || !isStatus(stated) {
		return false
	}
	keeps := slices.Contains(unvouched, status(stated.Str()))
	for key, value := range attributes.All() {
		if is := own[key]; is != nil && !is(value) {
			return false
		}
		if is := vouched[key]; is != nil && !keeps && !is(value) {
			return false
		}
	}
	return true
}

// disown takes off what llm_cost alone writes.
func disown(attributes pcommon.Map) {
	attributes.RemoveIf(func(key string, _ pcommon.Value) bool { return strings.HasPrefix(key, ownPrefix) })
}

// takeOffWrong takes numbers off that cannot be believed, where another attribute
// tells the right ones, or none does: they would be added up.
func takeOffWrong(attributes pcommon.Map) {
	attributes.RemoveIf(func(key string, value pcommon.Value) bool {
		if !strings.HasPrefix(key, "gen_ai.usage.") && key != attrCostTotal {
			return false // a look into the table costs more
		}
		is := vouched[key]
		return is != nil && !is(value)
	})
}
