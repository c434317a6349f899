package llmcost

import (
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/pkg/pdatautil"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/seen"
)

// subject is a span or a log record that GenAI attributes make worth a second
// look, once it is known how it stands to the others of its batch.
type subject struct {
	resource pcommon.Resource
	scope    pcommon.InstrumentationScope
	span     ptrace.Span    // of a trace
	record   plog.LogRecord // of a log
	isRecord bool

	// duplicate is set where another span of the batch reports the same call and
	// is priced in its place; chosen where it is the other way round.
	duplicate, chosen bool
}

func (s *subject) read(v *genai.View) {
	if s.isRecord {
		v.ReadRecord(s.resource, s.scope, s.record)
		return
	}
	v.Read(s.resource, s.scope, s.span)
}

func (s *subject) attributes() pcommon.Map {
	if s.isRecord {
		return s.record.Attributes()
	}
	return s.span.Attributes()
}

// key is what the call has whenever it is sent. A log record has no id: all that it
// says stands for one. The second result is false where nothing tells the call from
// another.
func (s *subject) key() (seen.Key, bool) {
	if !s.isRecord {
		return seen.KeyOf(s.span)
	}
	at := s.record.Timestamp()
	if at == 0 {
		at = s.record.ObservedTimestamp()
	}
	return seen.Key{Trace: pdatautil.MapHash(s.record.Attributes()), Span: s.record.SpanID(), Start: at}, at != 0
}

// failed reports whether the call ended in an error.
func (s *subject) failed(v *genai.View) bool {
	return v.Has(genai.ErrorType) || !s.isRecord && s.span.Status().Code() == ptrace.StatusCodeError
}

// start is when the call began: prices hold for a time. A log record has the
// time of the event, or of its observation.
func (s *subject) start() time.Time {
	switch {
	case !s.isRecord:
		return s.span.StartTimestamp().AsTime()
	case s.record.Timestamp() != 0:
		return s.record.Timestamp().AsTime()
	}
	return s.record.ObservedTimestamp().AsTime()
}
