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

func namesSummary(name string) bool {
	return len(name) == len(attributeCount) && (name == attributeCount || name == attributeRules)
}

// isSummary reports an attribute that this filter can have written, by its name and its value: a number of findings, or ids of rules that it
// knows. Whatever else has one of the two names is looked at as any attribute is.
func (w *walker) isSummary(name string, v pcommon.Value) bool {
	switch {
	case name == attributeCount:
		return v.Type() == pcommon.ValueTypeInt && isCount(v.Int())
	case name != attributeRules || v.Type() != pcommon.ValueTypeSlice:
		return false
	}
	for i := range v.Slice().Len() {
		if item := v.Slice().At(i); item.Type() != pcommon.ValueTypeStr || !w.ruleIDs[item.Str()] {
			return false
		}
	}
	return true
}

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
	var rules []string
	if old, ok := attributes.Get(attributeRules); ok && old.Type() == pcommon.ValueTypeSlice {
		for i := range old.Slice().Len() {
			if id := old.Slice().At(i); id.Type() == pcommon.ValueTypeStr && id.Str() != "" {
				rules = append(rules, id.Str())
			}
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
