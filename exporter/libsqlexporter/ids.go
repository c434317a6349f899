package libsqlexporter

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/otlp"
)

// idMaker fills in ids. One that came as all zeroes is made from the content of
// the span, so that a repeated export makes the same one, and from how many
// spans of that content the batch had before, so that equal spans stay apart.
// Spans of a batch that hang together share the trace id of the uppermost.
type idMaker struct {
	seen map[[sha256.Size]byte]uint64
	// traceless are the spans of a batch whose trace id came as zeroes, by their own.
	traceless map[pcommon.SpanID]ptrace.Span
	traces    map[pcommon.SpanID]string // the trace ids that they got
}

func (i *idMaker) reset() {
	clear(i.seen)
	clear(i.traceless)
	clear(i.traces)
}

// look notes the spans of a batch without a trace id.
func (i *idMaker) look(td ptrace.Traces) {
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				if !span.TraceID().IsEmpty() || span.SpanID().IsEmpty() {
					continue
				}
				if i.traceless == nil {
					i.traceless, i.traces = map[pcommon.SpanID]ptrace.Span{}, map[pcommon.SpanID]string{}
				}
				i.traceless[span.SpanID()] = span
			}
		}
	}
}

// trace is the trace id of the uppermost span above one that has none. Where
// that span's parent is not in the batch, it is made of the parent's id, so that
// what follows in another batch finds its siblings.
func (i *idMaker) trace(span ptrace.Span) string {
	var path []pcommon.SpanID
	var id string
	for at := span; ; {
		own, parent := at.SpanID(), at.ParentSpanID()
		if known, ok := i.traces[own]; ok {
			id = known
			break
		}
		if !own.IsEmpty() {
			path = append(path, own)
			i.traces[own] = circle // what a walk in a circle comes back to
		}
		above, ok := i.traceless[parent]
		if parent.IsEmpty() {
			id = hexTrace(i.hash(at))
			break
		}
		if !ok {
			id = hexTrace(sha256.Sum256(append([]byte("parent "), parent[:]...)))
			break
		}
		at = above
	}
	if id == circle {
		// No span is the uppermost: the smallest id stands for it.
		least := slices.MinFunc(path, func(a, b pcommon.SpanID) int { return bytes.Compare(a[:], b[:]) })
		id = hexTrace(sha256.Sum256(append([]byte("circle "), least[:]...)))
	}
	for _, own := range path {
		i.traces[own] = id
	}
	return id
}

const circle = ""

func hexTrace(sum [sha256.Size]byte) string { return hex.EncodeToString(sum[:16]) }

func (i *idMaker) fill(span ptrace.Span, row *tracestore.Span) {
	row.TraceID, row.SpanID = otlp.TraceID(span.TraceID()), otlp.SpanID(span.SpanID())
	if !span.ParentSpanID().IsEmpty() {
		row.ParentSpanID = otlp.SpanID(span.ParentSpanID())
	}
	if !span.TraceID().IsEmpty() && !span.SpanID().IsEmpty() {
		return
	}
	if span.TraceID().IsEmpty() {
		row.TraceID = i.trace(span)
		row.GeneratedID |= tracestore.GeneratedTraceID
	}
	if span.SpanID().IsEmpty() {
		made := i.hash(span)
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
