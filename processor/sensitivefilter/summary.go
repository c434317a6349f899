package sensitivefilter

import (
	"maps"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Attributes that are written where the option summary asks for it.
const (
	// attributeCount is the number of findings in the record, an integer.
	attributeCount = "sensitive_filter.count"
	// attributeRules are the ids of the rules, in order, a list of texts.
	attributeRules = "sensitive_filter.rules"
	// attributeRuleCounts is the number of findings of each of these rules, in the same
	// order, a list of integers.
	attributeRuleCounts = "sensitive_filter.rule_counts"
)

// maxFindings is more than a record has: above stand numbers that no filter has
// written.
const maxFindings = 1_000_000_000

func namesSummary(name string) bool {
	switch name {
	case attributeCount, attributeRules, attributeRuleCounts:
		return true
	}
	return false
}

// isSummary reports an attribute that this filter can have written, by its name and its value: a number of findings, ids of rules that it
// knows, or numbers of their findings. Whatever else has one of the names is looked at as any attribute is.
func (w *walker) isSummary(name string, v pcommon.Value) bool {
	switch name {
	case attributeCount:
		return isCountValue(v)
	case attributeRules:
		return isListOf(v, func(item pcommon.Value) bool { return item.Type() == pcommon.ValueTypeStr && w.ruleIDs[item.Str()] })
	case attributeRuleCounts:
		return isListOf(v, isCountValue)
	}
	return false
}

func isListOf(v pcommon.Value, holds func(pcommon.Value) bool) bool {
	if v.Type() != pcommon.ValueTypeSlice {
		return false
	}
	for _, item := range v.Slice().All() {
		if !holds(item) {
			return false
		}
	}
	return true
}

func isCountValue(v pcommon.Value) bool { return v.Type() == pcommon.ValueTypeInt && isCount(v.Int()) }

func isCount(n int64) bool { return n > 0 && n < maxFindings }

// beginRecord starts a span, log record or data point.
func (w *walker) beginRecord() {
	w.failed = false
	clear(w.record)
}

// endRecord writes the summary of a record on its attributes, and reports whether the record is to be dropped. What an earlier filter of the
// pipeline has written is added to.
func (w *walker) endRecord(attributes pcommon.Map) (drop bool) {
	if w.failed && w.dropRecord {
		w.dropped++
		return true
	}
	if w.record == nil {
		return false
	}
	total := int64(0)
	for _, n := range w.record {
		total += int64(n)
	}
	if total == 0 {
		return false
	}
	if old, ok := attributes.Get(attributeCount); ok && isCount(old.Int()) {
		total += old.Int()
	}
	attributes.PutInt(attributeCount, total)
	if w.summary != summaryRules {
		return false
	}
	counts := earlierRules(attributes)
	for i, n := range w.record {
		if n > 0 {
			counts[w.redactor.RuleID(i)] += int64(n)
		}
	}
	rules := slices.Sorted(maps.Keys(counts))
	list := attributes.PutEmptySlice(attributeRules)
	for _, id := range rules {
		list.AppendEmpty().SetStr(id)
	}
	list = attributes.PutEmptySlice(attributeRuleCounts)
	for _, id := range rules {
		list.AppendEmpty().SetInt(counts[id])
	}
	return false
}

// earlierRules are the rules that an earlier filter has written, with their findings: at
// least one each, where it has not said how many.
func earlierRules(attributes pcommon.Map) map[string]int64 {
	counts := map[string]int64{}
	rules, ok := attributes.Get(attributeRules)
	if !ok || rules.Type() != pcommon.ValueTypeSlice {
		return counts
	}
	numbers, ok := attributes.Get(attributeRuleCounts)
	counted := ok && numbers.Type() == pcommon.ValueTypeSlice && numbers.Slice().Len() == rules.Slice().Len()
	for i, id := range rules.Slice().All() {
		if id.Type() != pcommon.ValueTypeStr || id.Str() == "" {
			continue
		}
		n := int64(1)
		if counted && isCountValue(numbers.Slice().At(i)) {
			n = numbers.Slice().At(i).Int()
		}
		counts[id.Str()] += n
	}
	return counts
}
