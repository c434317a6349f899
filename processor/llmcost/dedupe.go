package llmcost

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// responseKey is one answer of a provider, as seen in one trace.
type responseKey struct {
	trace pcommon.TraceID
	id    string
}

// dedupe makes the i-th call, which is in the view, a duplicate of an earlier
// one with the same response id, or the other way round. Only spans that call a
// model count: one that sums up others repeats their ids rightly.
func (s *scratch) dedupe(i int) {
	call := &s.calls[i]
	id := s.view.Str(genai.ResponseID)
	if id == "" || !s.view.Kind().CallsModel() || !s.view.HasUsage() {
		return
	}
	key := responseKey{call.span.TraceID(), id}
	j, seen := s.first[key]
	if !seen {
		s.first[key] = i
		return
	}
	other := &s.calls[j]
	if genai.IsCopy(call.span, other.span) {
		return // the same span, sent again: who keeps one of the two must find the cost there
	}
	_, charged := s.view.Charge()
	other.read(&s.view)
	_, otherCharged := s.view.Charge()
	keep, drop := other, call
	if s.nearer(call, charged, other, otherCharged) {
		keep, drop = call, other
		s.first[key] = i
	}
	drop.duplicate, drop.chosen = true, false
	// A charge is worth more than a place in the tree: a gateway's span above the
	// provider's own is the one to price, although it looks like a sum.
	keep.chosen = charged || otherCharged
}

// nearer reports whether a says more about the bill than b: it has a charge and
// b has none; or else it lies below b, which would be taken for a sum over it;
// or else it is a client's span and b is not; or else it began later, which is
// nearer to the provider.
func (s *scratch) nearer(a *subject, charged bool, b *subject, otherCharged bool) bool {
	if charged != otherCharged {
		return charged
	}
	trace := a.span.TraceID()
	if s.rollups.Below(trace, a.span.SpanID(), b.span.SpanID()) {
		return true
	}
	if s.rollups.Below(trace, b.span.SpanID(), a.span.SpanID()) {
		return false
	}
	client, otherClient := a.span.Kind() == ptrace.SpanKindClient, b.span.Kind() == ptrace.SpanKindClient
	if client != otherClient {
		return client
	}
	return a.span.StartTimestamp() > b.span.StartTimestamp()
}
