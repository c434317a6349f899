package sensitivefilter

import (
	"strings"
	"unicode/utf8"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/xpdata/entity"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
)

// What stands here is done to a batch before anything is looked for in it, in every place, whatever the options say is looked at. Text becomes
// valid UTF-8: protobuf's rules let a destination refuse a whole request because of one text that is not, and broken bytes could part what a
// rule would find.

// mend returns a text with U+FFFD in place of each run of bytes that are no UTF-8, and whether it had any.
func (w *walker) mend(s string) (string, bool) {
	if valid(s) {
		return s, false
	}
	w.mended++
	return strings.ToValidUTF8(s, string(utf8.RuneError)), true
}

// valid is utf8.ValidString, faster for ASCII.
func valid(s string) bool { return redact.ASCII(s) || utf8.ValidString(s) }

func admitSchema[T schemaHolder](w *walker, h T) {
	if s, broken := w.mend(h.SchemaUrl()); broken {
		h.SetSchemaUrl(s)
	}
}

// named is what has a name.
type named interface {
	Name() string
	SetName(string)
}

func admitName[T named](w *walker, n T) {
	if s, broken := w.mend(n.Name()); broken {
		n.SetName(s)
	}
}

func (w *walker) admitResource(r pcommon.Resource) {
	w.admitAttributes(r.Attributes())
	for _, ref := range entity.ResourceEntityRefs(r).All() {
		admitSchema(w, ref)
		if s, broken := w.mend(ref.Type()); broken {
			ref.SetType(s)
		}
		replace(ref.IdKeys(), w.mend)
		replace(ref.DescriptionKeys(), w.mend)
	}
}

func (w *walker) admitScope(s pcommon.InstrumentationScope) {
	admitName(w, s)
	if v, broken := w.mend(s.Version()); broken {
		s.SetVersion(v)
	}
	w.admitAttributes(s.Attributes())
}

func (w *walker) admitTraces(td ptrace.Traces) {
	for i := range td.ResourceSpans().Len() {
		rs := td.ResourceSpans().At(i)
		w.admitResource(rs.Resource())
		admitSchema(w, rs)
		for j := range rs.ScopeSpans().Len() {
			ss := rs.ScopeSpans().At(j)
			w.admitScope(ss.Scope())
			admitSchema(w, ss)
			for k := range ss.Spans().Len() {
				w.admitSpan(ss.Spans().At(k))
			}
		}
	}
}

func (w *walker) admitSpan(s ptrace.Span) {
	admitName(w, s)
	if m, broken := w.mend(s.Status().Message()); broken {
		s.Status().SetMessage(m)
	}
	w.admitTraceState(s.TraceState())
	w.removeReserved(s.Attributes())
	w.admitAttributes(s.Attributes())
	for i := range s.Events().Len() {
		admitName(w, s.Events().At(i))
		w.admitAttributes(s.Events().At(i).Attributes())
	}
	for i := range s.Links().Len() {
		w.admitTraceState(s.Links().At(i).TraceState())
		w.admitAttributes(s.Links().At(i).Attributes())
	}
}

func (w *walker) admitTraceState(s pcommon.TraceState) {
	if raw, broken := w.mend(s.AsRaw()); broken {
		s.FromRaw(raw)
	}
}

func (w *walker) admitLogs(ld plog.Logs) {
	for i := range ld.ResourceLogs().Len() {
		rl := ld.ResourceLogs().At(i)
		w.admitResource(rl.Resource())
		admitSchema(w, rl)
		for j := range rl.ScopeLogs().Len() {
			sl := rl.ScopeLogs().At(j)
			w.admitScope(sl.Scope())
			admitSchema(w, sl)
			for k := range sl.LogRecords().Len() {
				w.admitRecord(sl.LogRecords().At(k))
			}
		}
	}
}

func (w *walker) admitRecord(r plog.LogRecord) {
	if s, broken := w.mend(r.EventName()); broken {
		r.SetEventName(s)
	}
	if s, broken := w.mend(r.SeverityText()); broken {
		r.SetSeverityText(s)
	}
	w.admitValue(r.Body())
	w.admitNested()
	w.removeReserved(r.Attributes())
	w.admitAttributes(r.Attributes())
}

func (w *walker) admitMetrics(md pmetric.Metrics) {
	for i := range md.ResourceMetrics().Len() {
		rm := md.ResourceMetrics().At(i)
		w.admitResource(rm.Resource())
		admitSchema(w, rm)
		for j := range rm.ScopeMetrics().Len() {
			sm := rm.ScopeMetrics().At(j)
			w.admitScope(sm.Scope())
			admitSchema(w, sm)
			w.removeReservedMetrics(sm.Metrics())
			for k := range sm.Metrics().Len() {
				w.admitMetric(sm.Metrics().At(k))
			}
		}
	}
}

func (w *walker) admitMetric(m pmetric.Metric) {
	admitName(w, m)
	if s, broken := w.mend(m.Description()); broken {
		m.SetDescription(s)
	}
	if s, broken := w.mend(m.Unit()); broken {
		m.SetUnit(s)
	}
	w.admitAttributes(m.Metadata())
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		admitPoints(w, m.Gauge().DataPoints())
	case pmetric.MetricTypeSum:
		admitPoints(w, m.Sum().DataPoints())
	case pmetric.MetricTypeHistogram:
		admitPoints(w, m.Histogram().DataPoints())
	case pmetric.MetricTypeExponentialHistogram:
		admitPoints(w, m.ExponentialHistogram().DataPoints())
	case pmetric.MetricTypeSummary:
		for i := range m.Summary().DataPoints().Len() {
			w.admitAttributes(m.Summary().DataPoints().At(i).Attributes())
		}
	case pmetric.MetricTypeEmpty:
	}
}

func admitPoints[T dataPoint, S pointSlice[T]](w *walker, list S) {
	for i := range list.Len() {
		p := list.At(i)
		w.admitAttributes(p.Attributes())
		for j := range p.Exemplars().Len() {
			w.admitAttributes(p.Exemplars().At(j).FilteredAttributes())
		}
	}
}

func (w *walker) admitAttributes(m pcommon.Map) {
	w.admitMap(m)
	w.admitNested()
}

// admitNested works off what lies in maps and lists, however deep: a list of what is to do instead of a call for each level.
func (w *walker) admitNested() {
	for len(w.nested) > 0 {
		v := w.nested[len(w.nested)-1]
		w.nested = w.nested[:len(w.nested)-1]
		if v.Type() == pcommon.ValueTypeMap {
			w.admitMap(v.Map())
			continue
		}
		for i := range v.Slice().Len() {
			w.admitValue(v.Slice().At(i))
		}
	}
}

// admitMap mends names and texts of a map. What lies deeper is noted once the names stand, for a new name moves its value.
func (w *walker) admitMap(m pcommon.Map) {
	broken, deeper := false, false
	for name, v := range m.All() {
		broken = broken || !valid(name)
		switch v.Type() {
		case pcommon.ValueTypeStr:
			if s := v.Str(); !valid(s) {
				s, _ = w.mend(s)
				v.SetStr(s)
			}
		case pcommon.ValueTypeMap, pcommon.ValueTypeSlice:
			deeper = true
		case pcommon.ValueTypeEmpty, pcommon.ValueTypeInt, pcommon.ValueTypeDouble, pcommon.ValueTypeBool, pcommon.ValueTypeBytes:
		}
	}
	if broken {
		rename(m, w.mend)
	}
	if !deeper {
		return
	}
	for _, v := range m.All() {
		if v.Type() == pcommon.ValueTypeMap || v.Type() == pcommon.ValueTypeSlice {
			w.nested = append(w.nested, v)
		}
	}
}

// admitValue mends a text and notes what lies deeper. Bytes may be anything, as protobuf has it.
func (w *walker) admitValue(v pcommon.Value) {
	switch v.Type() {
	case pcommon.ValueTypeStr:
		if s, broken := w.mend(v.Str()); broken {
			v.SetStr(s)
		}
	case pcommon.ValueTypeMap, pcommon.ValueTypeSlice:
		w.nested = append(w.nested, v)
	case pcommon.ValueTypeEmpty, pcommon.ValueTypeInt, pcommon.ValueTypeDouble, pcommon.ValueTypeBool, pcommon.ValueTypeBytes:
	}
}
