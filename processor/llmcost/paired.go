package llmcost

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/seen"
)

// pairs remembers the calls that spans and log records have told, for programs
// that send both of one call: coding agents do. A call is the same where both
// state one id of the answer or the request, or where the record states none and
// both stand in one trace with the same counts.
type pairs struct {
	memory       *seen.Memory
	seed         maphash.Seed
	traces, logs atomic.Bool // whether there is a pipeline of the kind
}

// What is remembered: an agent's records come within seconds of its spans.
const (
	pairedCalls  = 100_000
	pairedWindow = 10 * time.Minute
)

func newPairs() *pairs {
	return &pairs{memory: seen.NewMemory(pairedCalls, pairedWindow), seed: maphash.MakeSeed()}
}

// hasBoth reports whether a call can come twice at all.
func (p *pairs) hasBoth() bool { return p.traces.Load() && p.logs.Load() }

// Who has told a call, in the kind of a key.
const (
	toldBySpan   ptrace.SpanKind = 1
	toldByRecord ptrace.SpanKind = 2
)

// tell remembers a call, and reports whether the other signal has told it
// before.
func (p *pairs) tell(v *genai.View, call *subject, u *genai.Usage) (before bool) {
	own, other := toldBySpan, toldByRecord
	if call.isRecord {
		own, other = other, own
	}
	for _, key := range p.keys(v, call, u) {
		if key == (seen.Key{}) {
			continue
		}
		key.Kind = other
		before = before || p.memory.Knows(key)
		key.Kind = own
		p.memory.Add(key)
	}
	return before
}

// keys are what a call's span and record have in common; an empty one is none.
func (p *pairs) keys(v *genai.View, call *subject, u *genai.Usage) (keys [3]seen.Key) {
	hasID := false
	for i, field := range [...]genai.Field{genai.ResponseID, genai.RequestID} {
		if id := v.Str(field); id != "" {
			hasID = true
			keys[i] = seen.Key{Trace: pcommon.TraceID{byte(i + 1)}, Start: pcommon.Timestamp(maphash.String(p.seed, id)), End: pcommon.Timestamp(len(id))}
		}
	}
	var trace pcommon.TraceID
	switch {
	case !call.isRecord:
		trace = call.span.TraceID()
	case !hasID: // one with an id is told apart by that
		trace = call.record.TraceID()
	}
	if !trace.IsEmpty() && u.ReportedInput+u.ReportedOutput > 0 {
		keys[2] = seen.Key{Trace: trace, Start: pcommon.Timestamp(u.ReportedInput), End: pcommon.Timestamp(u.ReportedOutput)}
	}
	return keys
}
