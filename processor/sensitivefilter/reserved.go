package sensitivefilter

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// reserved are names of attributes and metrics that nobody may send, exact or with * at the end.
type reserved []string

func (r reserved) match(name string) bool {
	for _, s := range r {
		if prefix, open := strings.CutSuffix(s, "*"); name == prefix || open && strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// removeReserved takes attributes off a span or log record that its sender may not have.
func (w *walker) removeReserved(m pcommon.Map) {
	if len(w.reserved) == 0 {
		return
	}
	found := false
	for name := range m.All() {
		found = found || w.reserved.match(name)
	}
	if !found {
		return
	}
	m.RemoveIf(func(name string, _ pcommon.Value) bool {
		if !w.reserved.match(name) {
			return false
		}
		w.deleted++
		return !w.audit
	})
}

// removeReservedMetrics takes metrics away whose names their sender may not give.
func (w *walker) removeReservedMetrics(metrics pmetric.MetricSlice) {
	if len(w.reserved) == 0 {
		return
	}
	metrics.RemoveIf(func(m pmetric.Metric) bool {
		if !w.reserved.match(m.Name()) {
			return false
		}
		w.deletedMetrics++
		return !w.audit
	})
}
