package sensitivefilter

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/xpdata/entity"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
)

// schemaHolder is what has a schema URL.
type schemaHolder interface {
	SchemaUrl() string
	SetSchemaUrl(string)
}

func schema[T schemaHolder](w *walker, h T) {
	if out, changed := w.text(h.SchemaUrl()); changed {
		h.SetSchemaUrl(out)
	}
}

// resource looks at a resource and the schema URL of what holds it.
func resource[T schemaHolder](w *walker, r pcommon.Resource, h T) {
	if !w.scope.Resource {
		return
	}
	w.in(inResource)
	w.attributes(r.Attributes())
	w.entities(r)
	schema(w, h)
}

// entities looks at what says which attributes of a resource tell an entity apart. The names of attributes are changed as the attributes' own
// names are.
func (w *walker) entities(r pcommon.Resource) {
	for _, ref := range entity.ResourceEntityRefs(r).All() {
		schema(w, ref)
		if out, changed := w.text(ref.Type()); changed {
			ref.SetType(out)
		}
		if w.scope.Keys {
			replace(ref.IdKeys(), w.text)
			replace(ref.DescriptionKeys(), w.text)
		}
	}
}

// replace gives the texts of a list to a function and keeps what it changes.
func replace(list pcommon.StringSlice, to func(string) (string, bool)) {
	for i := range list.Len() {
		if s, changed := to(list.At(i)); changed {
			list.SetAt(i, s)
		}
	}
}

// instrumentation looks at an instrumentation scope and the schema URL of what holds it.
func instrumentation[T schemaHolder](w *walker, s pcommon.InstrumentationScope, h T) {
	if !w.scope.Scope {
		return
	}
	w.in(inScope)
	if out, changed := w.text(s.Name()); changed {
		s.SetName(out)
	}
	if out, changed := w.text(s.Version()); changed {
		s.SetVersion(out)
	}
	w.attributes(s.Attributes())
	schema(w, h)
}

func (w *walker) traces(td ptrace.Traces) {
	w.resources(td.ResourceSpans().Len(), func(i int) { w.resourceSpans(td.ResourceSpans().At(i)) })
}

func (w *walker) resourceSpans(rs ptrace.ResourceSpans) {
	w.besideSpans(rs)
	resource(w, rs.Resource(), rs)
	for j := range rs.ScopeSpans().Len() {
		ss := rs.ScopeSpans().At(j)
		instrumentation(w, ss.Scope(), ss)
		w.spans(ss.Spans())
	}
}

func (w *walker) spans(spans ptrace.SpanSlice) {
	var failed []bool
	for i := range spans.Len() {
		s := spans.At(i)
		w.beginRecord()
		w.enter(s.TraceID())
		w.span(s)
		if w.endRecord(s.Attributes()) {
			failed = mark(failed, i, spans.Len())
		}
	}
	w.leave()
	remove(failed, spans.RemoveIf)
}

// mark notes that the record at i of n is to be dropped.
func mark(failed []bool, i, n int) []bool {
	if failed == nil {
		failed = make([]bool, n)
	}
	failed[i] = true
	return failed
}

// remove drops the marked records.
func remove[T any](failed []bool, removeIf func(func(T) bool)) {
	if failed == nil {
		return
	}
	i := -1
	removeIf(func(T) bool {
		i++
		return failed[i]
	})
}

func (w *walker) span(s ptrace.Span) {
	if w.scope.SpanName {
		w.in(inName)
		if out, changed := w.text(s.Name()); changed {
			s.SetName(out)
		}
	}
	if w.scope.StatusMessage {
		w.in(inStatus)
		if out, changed := w.text(s.Status().Message()); changed {
			s.Status().SetMessage(out)
		}
	}
	if w.scope.Attributes {
		w.in(inAttributes)
		w.attributes(s.Attributes())
	}
	if w.scope.Events {
		w.in(inEvents)
		for i := range s.Events().Len() {
			e := s.Events().At(i)
			if out, changed := w.text(e.Name()); changed {
				e.SetName(out)
			}
			w.attributes(e.Attributes())
		}
	}
	if w.scope.Links {
		w.in(inLinks)
		for i := range s.Links().Len() {
			w.attributes(s.Links().At(i).Attributes())
		}
	}
	if w.scope.TraceState {
		w.in(inTraceState)
		w.traceState(s.TraceState())
		for i := range s.Links().Len() {
			w.traceState(s.Links().At(i).TraceState())
		}
	}
}

func (w *walker) traceState(s pcommon.TraceState) {
	if out, changed := w.text(s.AsRaw()); changed {
		s.FromRaw(out)
	}
}

func (w *walker) logs(ld plog.Logs) {
	w.resources(ld.ResourceLogs().Len(), func(i int) { w.resourceLogs(ld.ResourceLogs().At(i)) })
}

func (w *walker) resourceLogs(rl plog.ResourceLogs) {
	w.besideRecords(rl)
	resource(w, rl.Resource(), rl)
	for j := range rl.ScopeLogs().Len() {
		sl := rl.ScopeLogs().At(j)
		instrumentation(w, sl.Scope(), sl)
		w.records(sl.LogRecords())
	}
}

func (w *walker) records(records plog.LogRecordSlice) {
	var failed []bool
	for i := range records.Len() {
		r := records.At(i)
		w.beginRecord()
		w.enter(r.TraceID())
		w.logRecord(r)
		if w.endRecord(r.Attributes()) {
			failed = mark(failed, i, records.Len())
		}
	}
	w.leave()
	remove(failed, records.RemoveIf)
}

func (w *walker) logRecord(r plog.LogRecord) {
	if w.scope.LogBody {
		w.in(inName)
		if out, changed := w.text(r.EventName()); changed {
			r.SetEventName(out)
		}
		w.in(inStatus)
		if out, changed := w.text(r.SeverityText()); changed {
			r.SetSeverityText(out)
		}
		w.in(inBody)
		if !w.paths || !w.ignore.match(locationNames[inBody]) {
			w.value(r.Body(), "", "", redact.Key{}, 0)
		}
	}
	if w.scope.Attributes {
		w.in(inAttributes)
		w.attributes(r.Attributes())
	}
}

func (w *walker) metrics(md pmetric.Metrics) {
	w.resources(md.ResourceMetrics().Len(), func(i int) { w.resourceMetrics(md.ResourceMetrics().At(i)) })
}

func (w *walker) resourceMetrics(rm pmetric.ResourceMetrics) {
	resource(w, rm.Resource(), rm)
	for j := range rm.ScopeMetrics().Len() {
		sm := rm.ScopeMetrics().At(j)
		instrumentation(w, sm.Scope(), sm)
		for k := range sm.Metrics().Len() {
			w.metric(sm.Metrics().At(k))
		}
	}
}

func (w *walker) metric(m pmetric.Metric) {
	if w.scope.MetricAttributes {
		w.in(inMetadata)
		if out, changed := w.text(m.Name()); changed {
			m.SetName(out)
		}
		if out, changed := w.text(m.Unit()); changed {
			m.SetUnit(out)
		}
		if out, changed := w.text(m.Description()); changed {
			m.SetDescription(out)
		}
		w.attributes(m.Metadata())
	}
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		points(w, m.Gauge().DataPoints(), m.Gauge().DataPoints().RemoveIf)
	case pmetric.MetricTypeSum:
		points(w, m.Sum().DataPoints(), m.Sum().DataPoints().RemoveIf)
	case pmetric.MetricTypeHistogram:
		points(w, m.Histogram().DataPoints(), m.Histogram().DataPoints().RemoveIf)
	case pmetric.MetricTypeExponentialHistogram:
		points(w, m.ExponentialHistogram().DataPoints(), m.ExponentialHistogram().DataPoints().RemoveIf)
	case pmetric.MetricTypeSummary:
		list := m.Summary().DataPoints()
		var failed []bool
		for i := range list.Len() {
			w.failed = false
			w.pointAttributes(list.At(i).Attributes())
			if w.failed && w.dropRecord {
				failed = mark(failed, i, list.Len())
				w.dropped++
			}
		}
		remove(failed, list.RemoveIf)
	case pmetric.MetricTypeEmpty:
	}
}

// dataPoint is a data point of any kind that has exemplars.
type dataPoint interface {
	Attributes() pcommon.Map
	Exemplars() pmetric.ExemplarSlice
}

// pointSlice is a list of such.
type pointSlice[T dataPoint] interface {
	Len() int
	At(int) T
}

// points looks at data points.
func points[T dataPoint, S pointSlice[T]](w *walker, list S, removeIf func(func(T) bool)) {
	var failed []bool
	for i := range list.Len() {
		p := list.At(i)
		w.failed = false
		w.pointAttributes(p.Attributes())
		if w.scope.Exemplars {
			w.in(inExemplars)
			for j := range p.Exemplars().Len() {
				e := p.Exemplars().At(j)
				w.enter(e.TraceID())
				w.attributes(e.FilteredAttributes())
			}
			w.leave()
		}
		if w.failed && w.dropRecord {
			failed = mark(failed, i, list.Len())
			w.dropped++
		}
	}
	remove(failed, removeIf)
}

func (w *walker) pointAttributes(m pcommon.Map) {
	if w.scope.MetricAttributes {
		w.in(inAttributes)
		w.attributes(m)
	}
}
