package otlp

import (
	"encoding/hex"
	"fmt"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// AppendBody appends the body of a log record, which may be any value.
func (e *Encoder) AppendBody(dst []byte, v pcommon.Value) []byte {
	e.final = true
	defer func() { e.final = false }()
	return e.value(dst, v, 0, false)
}

// Logs turns stored records back into OTLP, grouped as Traces groups spans.
func Logs(records []tracestore.Log) (plog.Logs, error) {
	out := plog.NewLogs()
	type origin struct {
		resource *tracestore.Resource
		scope    *tracestore.Scope
	}
	resources := map[*tracestore.Resource]plog.ResourceLogs{}
	scopes := map[origin]plog.ScopeLogs{}
	for i := range records {
		l := &records[i]
		rl, ok := resources[l.Resource]
		if !ok {
			rl = out.ResourceLogs().AppendEmpty()
			resources[l.Resource] = rl
			rl.SetSchemaUrl(l.Resource.SchemaURL)
			if err := fillResource(l.Resource, rl.Resource()); err != nil {
				return out, err
			}
		}
		at := origin{l.Resource, l.Scope}
		sl, ok := scopes[at]
		if !ok {
			sl = rl.ScopeLogs().AppendEmpty()
			scopes[at] = sl
			sl.SetSchemaUrl(l.Scope.SchemaURL)
			if err := fillScope(l.Scope, sl.Scope()); err != nil {
				return out, err
			}
		}
		if err := fillLog(l, sl.LogRecords().AppendEmpty()); err != nil {
			return out, fmt.Errorf("log record %s: %w", l.Key, err)
		}
	}
	return out, nil
}

func fillLog(l *tracestore.Log, out plog.LogRecord) error {
	var trace pcommon.TraceID
	var span pcommon.SpanID
	if _, err := hex.Decode(trace[:], []byte(l.TraceID)); err != nil {
		return err
	}
	if _, err := hex.Decode(span[:], []byte(l.SpanID)); err != nil {
		return err
	}
	out.SetTraceID(trace)
	out.SetSpanID(span)
	out.SetTimestamp(pcommon.Timestamp(l.TimeNanos))
	out.SetObservedTimestamp(pcommon.Timestamp(l.ObservedNanos))
	out.SetSeverityNumber(plog.SeverityNumber(l.SeverityNumber))
	out.SetSeverityText(l.SeverityText)
	out.SetEventName(l.EventName)
	out.SetFlags(plog.LogRecordFlags(l.Flags))
	out.SetDroppedAttributesCount(l.DroppedAttributes)
	if l.Body != "" {
		if err := newDecoder(string(l.Body), nil).value(out.Body()); err != nil {
			return fmt.Errorf("body: %w", err)
		}
	}
	if l.Attributes == "" {
		return nil
	}
	if err := decodeList(string(l.Attributes), nil, out.Attributes()); err != nil {
		return fmt.Errorf("attributes: %w", err)
	}
	return nil
}
