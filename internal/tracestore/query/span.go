package query

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/otlp"
)

// spanKinds are OTLP's kinds of spans, in words.
var spanKinds = map[ptrace.SpanKind]string{
	ptrace.SpanKindInternal: "internal", ptrace.SpanKindServer: "server", ptrace.SpanKindClient: "client",
	ptrace.SpanKindProducer: "producer", ptrace.SpanKindConsumer: "consumer",
}

// Span reads a span.
func (s *Store) Span(ctx context.Context, traceID, spanID string, limit int) (*Span, error) {
	traceID, err := s.traceID(ctx, traceID)
	if err != nil {
		return nil, err
	}
	summary, err := s.summary(ctx, traceID)
	if err != nil {
		return nil, err
	}
	spanID = strings.ToLower(spanID)
	span := &Span{TraceID: traceID}
	found := false
	err = s.rows(ctx, new(sqlText).add("SELECT "+spanColumns+" FROM otel_spans s WHERE s.trace_id = ? AND s.span_id = ?", traceID, spanID), func(r *row) error {
		r.next()
		span.SpanSummary, found = r.span(summary.Start), true
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, noSuch("span in this trace", spanID)
	}
	stored, err := s.db.Span(ctx, traceID, spanID)
	if err != nil {
		return nil, err
	}
	read, err := readSpan(stored)
	if err != nil {
		return nil, err
	}
	span.fill(read, limit)
	if err := s.conversation(ctx, span, read, summary.Session, limit); err != nil {
		return nil, err
	}
	span.noteContent(read)
	if err := s.contentGone(ctx, span); err != nil {
		return nil, err
	}
	span.Logs, err = s.logs(ctx, tracestore.LogFilter{TraceID: traceID, SpanID: cmp.Or(stored.SentSpanID, spanID)}, limit)
	return span, err
}

// readingSpan is a stored span as OTLP, seen through the vocabulary.
type readingSpan struct {
	stored   *tracestore.Span
	resource pcommon.Resource
	scope    pcommon.InstrumentationScope
	span     ptrace.Span
	view     genai.View
}

func readSpan(stored *tracestore.Span) (*readingSpan, error) {
	traces, err := otlp.Traces([]tracestore.Span{*stored})
	if err != nil {
		return nil, err
	}
	rs := traces.ResourceSpans().At(0)
	ss := rs.ScopeSpans().At(0)
	r := &readingSpan{stored: stored, resource: rs.Resource(), scope: ss.Scope(), span: ss.Spans().At(0)}
	r.view.Read(r.resource, r.scope, r.span)
	return r, nil
}

func (s *Span) fill(r *readingSpan, limit int) {
	s.Start = pcommon.Timestamp(r.stored.StartNanos).AsTime()
	s.Kind = spanKinds[r.span.Kind()]
	s.StatusMessage = shorten(r.span.Status().Message(), limit)
	m := &r.stored.Mastra
	for _, column := range []struct {
		name string
		from tracestore.JSON
		to   *json.RawMessage
	}{{"input", m.Input, &s.Input}, {"output", m.Output, &s.Output}, {"error_detail", m.Error, &s.ErrorDetail}} {
		if column.from == "" {
			continue
		}
		raw, cut := cutJSON(json.RawMessage(column.from), limit)
		*column.to = raw
		if cut > 0 {
			if s.Cut == nil {
				s.Cut = map[string]int{}
			}
			s.Cut[column.name] = cut
		}
	}
	s.Receipt = r.receipt(&s.SpanSummary)
	s.Findings = r.findings(s.Redactions)
	s.Attributes = attributesOf(r.span.Attributes(), limit)
	s.Resource = attributesOf(r.resource.Attributes(), limit)
	s.Scope = Scope{Name: r.scope.Name(), Version: r.scope.Version(), Attributes: attributesOf(r.scope.Attributes(), limit)}
	for _, tool := range r.view.OfferedTools() {
		s.Tools = append(s.Tools, Tool{Name: shorten(tool.Name, 256), Description: shorten(tool.Description, limit)})
	}
	for _, setting := range r.view.Settings() {
		a := valueOf(setting.Value, limit)
		a.Key = setting.Name
		s.Settings = append(s.Settings, a)
	}
	s.Events = make([]Event, 0, r.span.Events().Len())
	for _, event := range r.span.Events().All() {
		s.Events = append(s.Events, Event{Time: event.Timestamp().AsTime(), Name: event.Name(), Attributes: attributesOf(event.Attributes(), limit)})
	}
	s.Links = make([]Link, 0, r.span.Links().Len())
	for _, link := range r.span.Links().All() {
		s.Links = append(s.Links, Link{
			TraceID: otlp.TraceID(link.TraceID()), SpanID: otlp.SpanID(link.SpanID()), Attributes: attributesOf(link.Attributes(), limit),
		})
	}
}

// noteContent says of a call of a model without any message what switches them on.
func (s *Span) noteContent(r *readingSpan) {
	if r.view.Kind() != genai.KindInference || s.State != Ended || len(s.Messages)+len(s.Answers) > 0 {
		return
	}
	if recording, ok := r.view.Recording(); ok {
		s.ContentNote = &ContentNote{Instrumentation: recording.Instrumentation, Setting: recording.Setting}
	}
}

// contentGone asks whether retention has taken the content of a span that has none.
func (s *Store) contentGone(ctx context.Context, span *Span) error {
	if len(span.Attributes) > 0 || span.Input != nil || span.Output != nil {
		return nil
	}
	return s.rows(ctx, new(sqlText).add("SELECT t.content_gone FROM otel_traces t WHERE t.trace_id = ?", span.TraceID), func(r *row) error {
		span.ContentGone = r.bool()
		return nil
	})
}
