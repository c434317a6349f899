package sensitivefilter

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func (w *walker) resource(r pcommon.Resource) {
	w.in(inResource)
	w.attributes(r.Attributes(), "", 0)
}

func (w *walker) scope(s pcommon.InstrumentationScope) {
	w.in(inScope)
	if out, changed := w.text(s.Name()); changed {
		s.SetName(out)
	}
	if out, changed := w.text(s.Version()); changed {
		s.SetVersion(out)
	}
	w.attributes(s.Attributes(), "", 0)
}

func (w *walker) traces(td ptrace.Traces) {
	for i := range td.ResourceSpans().Len() {
		rs := td.ResourceSpans().At(i)
		w.resource(rs.Resource())
		schema(w, rs)
		for j := range rs.ScopeSpans().Len() {
			ss := rs.ScopeSpans().At(j)
			w.scope(ss.Scope())
			schema(w, ss)
			for k := range ss.Spans().Len() {
				w.span(ss.Spans().At(k))
			}
		}
	}
}

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

func (w *walker) span(s ptrace.Span) {
	w.in(inName)
	if out, changed := w.text(s.Name()); changed {
		s.SetName(out)
	}
	w.in(inStatus)
	if out, changed := w.text(s.Status().Message()); changed {
		s.Status().SetMessage(out)
	}
	w.in(inAttributes)
	w.attributes(s.Attributes(), "", 0)
	w.in(inEvents)
	for i := range s.Events().Len() {
		e := s.Events().At(i)
		if out, changed := w.text(e.Name()); changed {
			e.SetName(out)
		}
		w.attributes(e.Attributes(), "", 0)
	}
	w.in(inLinks)
	for i := range s.Links().Len() {
		w.attributes(s.Links().At(i).Attributes(), "", 0)
	}
}

func (w *walker) logs(ld plog.Logs) {
	for i := range ld.ResourceLogs().Len() {
		rl := ld.ResourceLogs().At(i)
		w.resource(rl.Resource())
		schema(w, rl)
		for j := range rl.ScopeLogs().Len() {
			sl := rl.ScopeLogs().At(j)
			w.scope(sl.Scope())
			schema(w, sl)
			for k := range sl.LogRecords().Len() {
				w.record(sl.LogRecords().At(k))
			}
		}
	}
}

func (w *walker) record(r plog.LogRecord) {
	w.in(inName)
	if out, changed := w.text(r.EventName()); changed {
		r.SetEventName(out)
	}
	w.in(inStatus)
	if out, changed := w.text(r.SeverityText()); changed {
		r.SetSeverityText(out)
	}
	w.in(inBody)
	w.value(r.Body(), "", w.session.Key("", ""), 0)
	w.in(inAttributes)
	w.attributes(r.Attributes(), "", 0)
}

func (w *walker) metrics(md pmetric.Metrics) {
	for i := range md.ResourceMetrics().Len() {
		rm := md.ResourceMetrics().At(i)
		w.resource(rm.Resource())
		schema(w, rm)
		for j := range rm.ScopeMetrics().Len() {
			sm := rm.ScopeMetrics().At(j)
			w.scope(sm.Scope())
			schema(w, sm)
			for k := range sm.Metrics().Len() {
				w.metric(sm.Metrics().At(k))
			}
		}
	}
}

func (w *walker) metric(m pmetric.Metric) {
	w.in(inMetadata)
	if out, changed := w.text(m.Description()); changed {
		m.SetDescription(out)
	}
	w.attributes(m.Metadata(), "", 0)
	switch m.Type() {
	case pmetric.MetricTypeGauge:
		numberPoints(w, m.Gauge().DataPoints())
	case pmetric.MetricTypeSum:
		numberPoints(w, m.Sum().DataPoints())
	case pmetric.MetricTypeHistogram:
		for i := range m.Histogram().DataPoints().Len() {
			point(w, m.Histogram().DataPoints().At(i))
		}
	case pmetric.MetricTypeExponentialHistogram:
		for i := range m.ExponentialHistogram().DataPoints().Len() {
			point(w, m.ExponentialHistogram().DataPoints().At(i))
		}
	case pmetric.MetricTypeSummary:
		w.in(inAttributes)
		for i := range m.Summary().DataPoints().Len() {
			w.attributes(m.Summary().DataPoints().At(i).Attributes(), "", 0)
		}
	case pmetric.MetricTypeEmpty:
	}
}

func numberPoints(w *walker, points pmetric.NumberDataPointSlice) {
	for i := range points.Len() {
		point(w, points.At(i))
	}
}

// dataPoint is a data point of any kind that has exemplars.
type dataPoint interface {
	Attributes() pcommon.Map
	Exemplars() pmetric.ExemplarSlice
}

func point[T dataPoint](w *walker, p T) {
	w.in(inAttributes)
	w.attributes(p.Attributes(), "", 0)
	w.in(inExemplars)
	for i := range p.Exemplars().Len() {
		w.attributes(p.Exemplars().At(i).FilteredAttributes(), "", 0)
	}
}
