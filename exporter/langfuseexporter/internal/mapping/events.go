package mapping

import (
	"crypto/sha256"
	"encoding/binary"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

// setMetadata writes what the server does not store at all: the stack of the
// exception, links, and events.
func (w *writer) setMetadata() {
	w.mastraMetadata()
	w.evaluations()
	span := w.in.Span
	if exception, ok := lastException(span); ok {
		if stack := textAt(exception, "exception.stacktrace", ""); stack != "" {
			w.text(metadataPrefix+"exception_stacktrace", stack)
		}
		if w.m.options.SpanEvents != EventsObservations && span.Status().Code() != ptrace.StatusCodeError {
			if message := textAt(exception, "exception.message", textAt(exception, "exception.type", "")); message != "" {
				w.text(metadataPrefix+"exception_message", message)
			}
		}
	}
	if span.Links().Len() > 0 {
		w.dst.PutStr(metadataPrefix+"links", linksJSON(span.Links()))
	}
	if w.m.options.SpanEvents == EventsMetadata {
		if text, ok := eventsJSON(span.Events()); ok {
			w.dst.PutStr(metadataPrefix+"events", text)
		}
	}
}

// evaluations puts what evaluators made of the answer into metadata, where it can be
// filtered by: OTLP has no scores.
func (w *writer) evaluations() {
	for _, event := range w.in.Span.Events().All() {
		if event.Name() != genai.EvaluationEvent {
			continue
		}
		e, ok := genai.EvaluationOf(event.Attributes())
		if !ok {
			continue
		}
		key := metadataPrefix + "evaluation." + w.m.Text(e.Name)
		switch _, stated := w.src.Get(key); {
		case stated:
			continue
		case e.HasScore:
			w.dst.PutDouble(key, e.Score)
			if e.Label != "" {
				w.text(key+".label", e.Label)
			}
		default:
			w.text(key, e.Label)
		}
		if e.Explanation != "" {
			w.text(key+".explanation", e.Explanation)
		}
	}
}

func linksJSON(links ptrace.SpanLinkSlice) string {
	out := []byte{'['}
	for i, link := range links.All() {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, `{"trace_id":"`...)
		out = append(out, link.TraceID().String()...)
		out = append(out, `","span_id":"`...)
		out = append(out, link.SpanID().String()...)
		out = append(out, '"')
		out = appendAttributes(out, link.Attributes())
		out = append(out, '}')
	}
	return string(append(out, ']'))
}

func appendAttributes(out []byte, attributes pcommon.Map) []byte {
	if attributes.Len() == 0 {
		return out
	}
	out = append(out, `,"attributes":`...)
	value := pcommon.NewValueMap()
	attributes.CopyTo(value.Map())
	return genai.AppendJSON(out, value)
}

// isRead reports whether an event has become something else: a message, the
// status message, the completion start.
func isRead(event ptrace.SpanEvent) bool {
	name := event.Name()
	return genai.IsMessageEvent(name) || name == exceptionEvent || firstTokenEvents[name]
}

func eventsJSON(events ptrace.SpanEventSlice) (string, bool) {
	var out []byte
	for _, event := range events.All() {
		if isRead(event) {
			continue
		}
		if out == nil {
			out = append(out, '[')
		} else {
			out = append(out, ',')
		}
		out = append(out, `{"name":`...)
		out = jsontext.AppendString(out, event.Name())
		out = append(out, `,"time":"`...)
		out = append(out, formatInstant(event.Timestamp().AsTime())...)
		out = append(out, '"')
		out = appendAttributes(out, event.Attributes())
		out = append(out, '}')
	}
	if out == nil {
		return "", false
	}
	return string(append(out, ']')), true
}

// events lets the server read messages from events where they are not mapped,
// and makes observations of the others where that is asked for.
func (m *Mapper) events(dst ptrace.Span, in *Span, more func() ptrace.Span) {
	for i, event := range in.Span.Events().All() {
		switch {
		case genai.IsMessageEvent(event.Name()):
			if m.options.Messages == MessagesOff || !m.options.DropSource {
				to := dst.Events().AppendEmpty()
				to.SetName(m.Text(event.Name()))
				to.SetTimestamp(event.Timestamp())
				m.Clean(to.Attributes(), event.Attributes())
			}
		case m.options.SpanEvents == EventsObservations && !firstTokenEvents[event.Name()]:
			m.observation(more(), in, event, i)
		}
	}
}

// observation makes an observation of an event.
func (m *Mapper) observation(dst ptrace.Span, in *Span, event ptrace.SpanEvent, i int) {
	at := event.Timestamp()
	if at == 0 {
		at = in.Span.StartTimestamp()
	}
	dst.SetTraceID(in.Span.TraceID())
	dst.SetSpanID(eventID(in.Span.SpanID(), i))
	dst.SetParentSpanID(in.Span.SpanID())
	dst.SetName(m.Name(event.Name()))
	dst.SetStartTimestamp(at)
	dst.SetEndTimestamp(at)
	attributes := dst.Attributes()
	attributes.PutStr(TypeKey, typeEvent)
	for key, value := range event.Attributes().All() {
		m.putValue(attributes, metadataPrefix+key, value)
	}
	if event.Name() == exceptionEvent {
		attributes.PutStr(keyLevel, "ERROR")
		if message := textAt(event.Attributes(), "exception.message", ""); message != "" {
			attributes.PutStr(keyStatusMessage, m.Text(message))
		}
	}
	m.putTrace(attributes, &in.Trace)
}

// eventID is the id of an event's observation: the same each time that the span
// is sent.
func eventID(span pcommon.SpanID, i int) pcommon.SpanID {
	var text [16]byte
	copy(text[:], span[:])
	binary.BigEndian.PutUint64(text[8:], uint64(i)+1)
	sum := sha256.Sum256(text[:])
	return pcommon.SpanID(sum[:8])
}
