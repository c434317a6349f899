package libsqlexporter

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/otlp"
)

// idMaker fills in ids. One that came as all zeroes is made from the content of
// the span, so that a repeated export makes the same one, and from how many
// spans of that content the batch had before, so that equal spans stay apart.
type idMaker struct {
	seen map[[sha256.Size]byte]uint64
}

func (i *idMaker) reset() { clear(i.seen) }

func (i *idMaker) fill(span ptrace.Span, row *tracestore.Span) {
	row.TraceID, row.SpanID = otlp.TraceID(span.TraceID()), otlp.SpanID(span.SpanID())
	if !span.ParentSpanID().IsEmpty() {
		row.ParentSpanID = otlp.SpanID(span.ParentSpanID())
	}
	if !span.TraceID().IsEmpty() && !span.SpanID().IsEmpty() {
		return
	}
	made := i.hash(span)
	if span.TraceID().IsEmpty() {
		row.TraceID = hex.EncodeToString(made[:16])
		row.GeneratedID |= tracestore.GeneratedTraceID
	}
	if span.SpanID().IsEmpty() {
		row.SpanID = hex.EncodeToString(made[16:24])
		row.GeneratedID |= tracestore.GeneratedSpanID
	}
}

func (i *idMaker) hash(span ptrace.Span) [sha256.Size]byte {
	one := ptrace.NewTraces()
	span.CopyTo(one.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty())
	raw, err := new(ptrace.ProtoMarshaler).MarshalTraces(one)
	if err != nil {
		raw = []byte(span.Name()) // does not happen: the message came over the wire
	}
	return i.apart(sha256.Sum256(raw))
}

// apart makes a hash of content differ from those of equal content before it.
func (i *idMaker) apart(content [sha256.Size]byte) [sha256.Size]byte {
	if i.seen == nil {
		i.seen = map[[sha256.Size]byte]uint64{}
	}
	n := i.seen[content]
	i.seen[content]++
	return sha256.Sum256(binary.BigEndian.AppendUint64(content[:], n))
}
