package libsqlexporter

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/otlp"
)

// logs maps a batch of log records. The rows share no memory with it. cut is
// the number of values that were longer than the limit.
func (p *mappers) logs(ld plog.Logs) (rows []tracestore.Log, cut int) {
	m := p.borrow()
	defer p.giveBack(m)
	rows = make([]tracestore.Log, 0, ld.LogRecordCount())
	for _, rl := range ld.ResourceLogs().All() {
		resource := m.resource(rl.Resource(), rl.SchemaUrl())
		for _, sl := range rl.ScopeLogs().All() {
			scope := m.scope(sl.Scope(), sl.SchemaUrl())
			for _, record := range sl.LogRecords().All() {
				row := m.log(record, resource, scope)
				m.call(rl.Resource(), sl.Scope(), record, &row)
				rows = append(rows, row)
			}
		}
	}
	return rows, m.enc.Cut
}

func (m *mapper) log(record plog.LogRecord, resource *tracestore.Resource, scope *tracestore.Scope) tracestore.Log {
	m.enc.NextSpan()
	row := tracestore.Log{
		TimeNanos: uint64(record.Timestamp()), ObservedNanos: uint64(record.ObservedTimestamp()),
		SeverityNumber: int32(record.SeverityNumber()), SeverityText: m.enc.Text(record.SeverityText()), EventName: m.enc.Text(record.EventName()),
		DroppedAttributes: record.DroppedAttributesCount(), Flags: uint32(record.Flags()),
		Resource: resource, Scope: scope,
	}
	if !record.TraceID().IsEmpty() {
		row.TraceID = otlp.TraceID(record.TraceID())
	}
	if !record.SpanID().IsEmpty() {
		row.SpanID = otlp.SpanID(record.SpanID())
	}
	m.scratch = m.enc.AppendBody(m.scratch[:0], record.Body())
	row.Body = tracestore.JSON(m.scratch)
	if record.Attributes().Len() > 0 {
		m.scratch = m.enc.AppendAttributes(m.scratch[:0], record.Attributes())
		row.Attributes = tracestore.JSON(m.scratch)
	}
	row.Key = m.logKey(&row)
	return row
}

// call fills what a record reports of a model call. One that only repeats what a span
// of the GenAI conventions has is none.
func (m *mapper) call(resource pcommon.Resource, scope pcommon.InstrumentationScope, record plog.LogRecord, row *tracestore.Log) {
	v := &m.view
	v.ReadRecord(resource, scope, record)
	if !v.Known() || v.RepeatsSpan() {
		return
	}
	m.own = record.Attributes()
	if !v.HasUsage() && m.attribute(costStatusKey) == "" {
		return
	}
	var call tracestore.Facts
	call.Environment, call.Tenant = m.enc.Text(v.Environment()), m.enc.Text(v.Tenant())
	m.described(&call)
	m.usage(&call)
	if call.Accounting != tracestore.NotCounted {
		row.Call = call
		row.Duration, _ = v.RecordDuration()
	}
}

// logKey tells a record from others: OTLP gives it no id. Equal records of one
// batch stay apart, a batch that is sent again is known again.
func (m *mapper) logKey(row *tracestore.Log) string {
	h := sha256.New()
	var numbers []byte
	for _, n := range []uint64{
		row.TimeNanos, row.ObservedNanos, uint64(row.SeverityNumber), uint64(row.Flags), uint64(row.DroppedAttributes),
	} {
		numbers = binary.BigEndian.AppendUint64(numbers, n)
	}
	h.Write(numbers)
	for _, text := range []string{
		row.SeverityText, row.EventName, string(row.Body), string(row.Attributes), row.TraceID, row.SpanID,
		string(row.Resource.Attributes), row.Resource.SchemaURL, row.Scope.Name, row.Scope.Version, string(row.Scope.Attributes), row.Scope.SchemaURL,
	} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(text))))
		h.Write([]byte(text))
	}
	key := m.ids.apart([sha256.Size]byte(h.Sum(nil)))
	return hex.EncodeToString(key[:16])
}
