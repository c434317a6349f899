package sensitivefilter

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Attributes that are written where the option summary asks for it.
const (
	// attributeCount is the number of findings in the record, an integer.
	attributeCount = "sensitive_filter.count"
	// attributeRules are the ids of the rules, in order, a list of texts.
	attributeRules = "sensitive_filter.rules"
)

// maxFindings is more than a record has: above stand numbers that no filter has
// written.
const maxFindings = 1_000_000_000

func isSummary(name string) bool {
	return len(name) == len(attributeCount) && (name == attributeCount || name == attributeRules)
}

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
	if old, ok := attributes.Get(attributeCount); ok && old.Int() > 0 && old.Int() < maxFindings {
		total += old.Int()
	}
	attributes.PutInt(attributeCount, total)
	if w.summary != summaryRules {
		return false
	}
	var rules []string
	if old, ok := attributes.Get(attributeRules); ok && old.Type() == pcommon.ValueTypeSlice {
		for i := range old.Slice().Len() {
			rules = append(rules, old.Slice().At(i).Str())
		}
	}
	for i, n := range w.record {
		if n > 0 {
			rules = append(rules, w.redactor.RuleID(i))
		}
	}
	slices.Sort(rules)
	list := attributes.PutEmptySlice(attributeRules)
	for _, id := range slices.Compact(rules) {
		list.AppendEmpty().SetStr(id)
	}
	return false
}
