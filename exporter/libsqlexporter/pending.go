package libsqlexporter

import (
	"encoding/hex"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// Logfire's SDK sends a span when another one begins: with an id of its own, below the
// span that it announces, whose attributes it has. The store keeps it as that span, until
// the span itself comes (pydantic/logfire, logfire/_internal/tracer.py).
const (
	spanState     = "logfire.span_type"
	pendingParent = "logfire.pending_parent_id"
)

func isPending(span ptrace.Span) bool {
	state, ok := span.Attributes().Get(spanState)
	return ok && genai.SaysPending(state.AsString())
}

// announced is the span that a pending span announces, as far as it is known; false
// where it names none.
func announced(pending ptrace.Span) (ptrace.Span, bool) {
	if pending.ParentSpanID().IsEmpty() {
		return pending, false
	}
	span := ptrace.NewSpan()
	pending.CopyTo(span)
	span.SetSpanID(pending.ParentSpanID())
	var parent pcommon.SpanID
	if id, ok := span.Attributes().Get(pendingParent); ok {
		if raw, err := hex.DecodeString(id.AsString()); err == nil && len(raw) == len(parent) {
			parent = pcommon.SpanID(raw)
		}
	}
	span.SetParentSpanID(parent)
	span.Attributes().Remove(spanState)
	span.Attributes().Remove(pendingParent)
	span.SetEndTimestamp(span.StartTimestamp())
	return span, true
}

// hasBegun makes a row say that its span has only begun, and states nothing that is known
// at its end.
func hasBegun(row *tracestore.Span) {
	f := &row.Facts
	*f = tracestore.Facts{
		Type: f.Type, Operation: f.Operation, Provider: f.Provider, Model: f.Model,
		SessionID: f.SessionID, ConversationID: f.ConversationID, UserID: f.UserID,
		AgentName: f.AgentName, ToolName: f.ToolName, WorkflowName: f.WorkflowName,
		Environment: f.Environment, Tenant: f.Tenant, Redactions: f.Redactions, Preview: f.Preview,
		Pending: true,
	}
	row.Mastra.IsEvent = false
}
