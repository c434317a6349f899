package query

import (
	"context"

	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Source answers questions about traces: a Store, or the API of a running collector.
// Its methods may be called at the same time. None writes.
type Source interface {
	// Traces lists traces, a page at a time.
	Traces(ctx context.Context, f TraceFilter) (Page[TraceSummary], error)
	// Stats adds up all traces that the filter lets through. zone is an IANA name.
	Stats(ctx context.Context, f TraceFilter, zone string) (TraceStats, error)
	// Values lists the values of a field of TraceFilter (by its tag), or of an attribute
	// ("attribute:NAME", or "attribute" for the names themselves), the most frequent first.
	Values(ctx context.Context, field, prefix string, f TraceFilter) ([]Value, error)
	// Trace reads a trace, by its id or a prefix of it that only it has. "last" is the
	// one that started last. ErrNotFound, ErrAmbiguous.
	Trace(ctx context.Context, id string) (*Trace, error)
	// Span reads a span. Values longer than limit bytes are cut (0: none is).
	Span(ctx context.Context, traceID, spanID string, limit int) (*Span, error)
	// OTLP reads a trace as it was received, after redaction and pricing.
	OTLP(ctx context.Context, id string) (ptrace.Traces, error)
	// Logs lists the log records of a trace.
	Logs(ctx context.Context, traceID string) ([]Log, error)
	// Sessions lists sessions, the one that was last used first.
	Sessions(ctx context.Context, f SessionFilter) (Page[SessionSummary], error)
	// Session reads a session as turns. cursor is Session.Next, "" the first page.
	Session(ctx context.Context, id, cursor string, limit int) (*Session, error)
	// Spend adds up model calls.
	Spend(ctx context.Context, f SpendFilter) (*Spend, error)
	// UnpricedModels lists models without a price, the most frequent first.
	UnpricedModels(ctx context.Context, f SpendFilter) ([]Unpriced, error)
	// Agents and Tools list what has run.
	Agents(ctx context.Context, f RunFilter) ([]Runs, error)
	Tools(ctx context.Context, f RunFilter) ([]Runs, error)
	// Loops lists repeated calls of a tool, the most repeated first.
	Loops(ctx context.Context, f RunFilter) ([]Loop, error)
	// Search finds spans by a text.
	Search(ctx context.Context, text string, f SearchFilter) (Page[Hit], error)
	// Changes lists traces that have changed since a cursor, "" for now. It does not wait.
	Changes(ctx context.Context, cursor string, f TraceFilter) (Changes, error)
	// Redactions adds up findings by rule.
	Redactions(ctx context.Context, f RunFilter) ([]Redactions, error)
	// Store describes the store.
	Store(ctx context.Context) (*StoreInfo, error)
	// Close closes the source.
	Close() error
}
