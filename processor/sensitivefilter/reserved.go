package sensitivefilter

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// reserved are names of attributes and metrics that nobody may send.
type reserved []reservedName

// reservedName is a name, or with open the beginning of names.
type reservedName struct {
	text string
	open bool
}

// newReserved reads names, exact or with * at the end.
func newReserved(names []string) (r reserved) {
	for _, name := range names {
		text, open := strings.CutSuffix(name, "*")
		r = append(r, reservedName{text, open})
	}
	return r
}

func (r reserved) match(name string) bool {
	for i := range r {
		if strings.HasPrefix(name, r[i].text) && (r[i].open || len(name) == len(r[i].text)) {
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
