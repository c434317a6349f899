package query

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"
)

// lastTrace is the name of the trace that started last.
const lastTrace = "last"

// traceID returns the whole id of a trace.
func (s *Store) traceID(ctx context.Context, id string) (string, error) {
	if id == lastTrace {
		return s.oneID(ctx, id, "SELECT trace_id FROM otel_traces ORDER BY start_us DESC, id DESC LIMIT 1")
	}
	prefix := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(id), "-", ""))
	if prefix == "" || len(prefix) > 32 || strings.Trim(prefix, "0123456789abcdef") != "" {
		return "", noSuch("trace", id)
	}
	// No digit comes after f.
	return s.oneID(ctx, id, "SELECT trace_id FROM otel_traces WHERE trace_id >= ?1 AND trace_id < ?2 LIMIT 2", prefix, prefix+"g")
}

func (s *Store) oneID(ctx context.Context, asked, query string, args ...any) (string, error) {
	var ids []string
	err := s.rows(ctx, new(sqlText).add(query, args...), func(r *row) error {
		ids = append(ids, r.text())
		return nil
	})
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0 && asked == lastTrace:
		return "", missing("no such trace: none is stored yet")
	case len(ids) == 0:
		return "", noSuch("trace", asked)
	case len(ids) > 1:
		return "", fmt.Errorf("%q: %w", shorten(asked, 64), ErrAmbiguous)
	}
	return ids[0], nil
}

// Trace reads a trace.
func (s *Store) Trace(ctx context.Context, id string) (*Trace, error) {
	id, err := s.traceID(ctx, id)
	if err != nil {
		return nil, err
	}
	summary, err := s.summary(ctx, id)
	if err != nil {
		return nil, err
	}
	spans, err := s.spanSummaries(ctx, id, summary.Start)
	if err != nil {
		return nil, err
	}
	return &Trace{TraceSummary: summary, Spans: inOrder(spans)}, nil
}

// summary reads the sums of one trace.
func (s *Store) summary(ctx context.Context, traceID string) (TraceSummary, error) {
	var t TraceSummary
	err := ErrNotFound
	q := new(sqlText).add("SELECT "+summaryColumns(s.now())+" FROM otel_traces t WHERE t.trace_id = ?", traceID)
	if failed := s.rows(ctx, q, func(r *row) error {
		t, err = r.summary(), nil
		return nil
	}); failed != nil {
		return t, failed
	}
	return t, err
}

// spanColumns are what a SpanSummary is read from, of otel_spans s. They hold nothing
// that is long.
var spanColumns = `s.id, s.span_id, s.parent_span_id, substr(s.name, 1, 500), s.span_type, s.pending, s.start_us, s.duration_us, s.status_code,
  s.error_preview, s.service_name, s.agent_name, s.tool_name, s.provider, s.model, s.operation,
  coalesce(s.` + strings.Join(tokenColumns, ", s.") + `) IS NOT NULL, s.` + strings.Join(tokenColumns, ", s.") + `,
  s.cost_usd, s.cost_status, s.counted, s.ttft_ms, s.redactions, s.arguments_hash, s.preview`

// spansPage bounds the answer to one statement.
const spansPage = 4000

// spanSummaries reads the spans of a trace, in the order of storage.
func (s *Store) spanSummaries(ctx context.Context, traceID string, start time.Time) ([]SpanSummary, error) {
	spans := []SpanSummary{}
	after := int64(math.MinInt64)
	for {
		n := 0
		q := new(sqlText).add("SELECT "+spanColumns+" FROM otel_spans s WHERE s.trace_id = ? AND +s.id > ? ORDER BY +s.id LIMIT ?", traceID, after, int64(spansPage))
		err := s.rows(ctx, q, func(r *row) error {
			n++
			after = r.int()
			spans = append(spans, r.span(start))
			return nil
		})
		if err != nil || n < spansPage {
			return spans, err
		}
	}
}

// span reads spanColumns after the id.
func (r *row) span(traceStart time.Time) SpanSummary {
	s := SpanSummary{SpanID: r.text(), ParentID: r.text(), Name: r.text(), Type: r.text(), State: Ended}
	if r.bool() {
		s.State = Running
	}
	s.StartUS, s.DurationUS = r.int()-traceStart.UnixMicro(), r.int()
	s.Failed = r.int() == statusError
	s.Error = r.text()
	s.Service, s.Agent, s.Tool, s.Provider, s.Model, s.Operation = r.text(), r.text(), r.text(), r.text(), r.text(), r.text()
	known, tokens := r.bool(), r.tokens()
	if known {
		s.Tokens = &tokens
	}
	s.USD, s.CostStatus, s.Counted = r.float(), r.text(), r.int() == 1
	if ms := r.float(); ms != nil {
		s.FirstTokenUS = int64(*ms * 1000)
	}
	s.Redactions, s.Arguments, s.Preview = r.int(), r.text(), r.text()
	return s
}

// statusError is OTLP's status code of a span that failed.
const statusError = 2
