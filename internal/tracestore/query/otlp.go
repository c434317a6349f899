package query

import (
	"context"

	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/otlp"
)

// OTLP reads a trace as it was received, after redaction and pricing.
func (s *Store) OTLP(ctx context.Context, id string) (ptrace.Traces, error) {
	id, err := s.traceID(ctx, id)
	if err != nil {
		return ptrace.NewTraces(), err
	}
	spans, err := s.db.Spans(ctx, id)
	if err != nil {
		return ptrace.NewTraces(), err
	}
	return otlp.Traces(spans)
}
