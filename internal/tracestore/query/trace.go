package query

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
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
		return "", fmt.Errorf("%q: %w", shorten(id, 64), ErrNotFound)
	}
	// No digit comes after f.
	return s.oneID(ctx, id, "SELECT trace_id FROM otel_traces WHERE trace_id >= ?1 AND trace_id < ?2 LIMIT 2", prefix, prefix+"g")
}

func (s *Store) oneID(ctx context.Context, asked, query string, args ...any) (string, error) {
	var ids []string
	err := s.db.Query(ctx, query, args, func(row []any) error {
		ids = append(ids, textOf(row[0]))
		return nil
	})
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return "", fmt.Errorf("%q: %w", shorten(asked, 64), ErrNotFound)
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
	t := &Trace{}
	if t.TraceSummary, err = s.summary(ctx, id); err != nil {
		return nil, err
	}
	nodes, err := s.nodes(ctx, id, t.Start)
	if err != nil {
		return nil, err
	}
	t.State = stateOf(nodes, t.LastSeen, time.Now())
	t.Spans = inOrder(nodes)
	return t, nil
}

// node is a span of a tree, with what the state of its trace needs to know.
type node struct {
	SpanSummary
	kind, flags int64
}

// statusError is OTLP's status code of a span that failed.
const statusError = 2

// nodeColumns are read for every span of a trace, and hold nothing that is long.
const nodeColumns = `s.id, s.span_id, coalesce(s.parent_span_id, ''), substr(s.name, 1, 500), s.span_type, s.start_us, s.duration_us, s.status_code,
  CASE WHEN s.status_code = 2 THEN substr(coalesce(s.status_message, json_extract(m.error, '$.message'), ''), 1, 200) ELSE '' END,
  coalesce(s.service_name, ''), coalesce(s.agent_name, ''), coalesce(s.tool_name, ''), coalesce(s.provider, ''), coalesce(s.model, ''), coalesce(s.operation, ''),
  s.input_tokens, s.output_tokens, s.cache_read_tokens, s.cache_write_tokens, s.reasoning_tokens,
  s.cost_usd, coalesce(s.cost_status, ''), s.counted, s.ttft_ms, s.kind, s.flags
FROM otel_spans s
LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id AND s.status_code = 2 AND s.status_message IS NULL
WHERE s.trace_id = ?1 AND `

// nodesPage bounds the answer to one statement.
const nodesPage = 4000

func (s *Store) nodes(ctx context.Context, traceID string, start time.Time) ([]node, error) {
	var nodes []node
	after := int64(-1 << 63)
	for {
		n := 0
		err := s.db.Query(ctx, "SELECT "+nodeColumns+"+s.id > ?2 ORDER BY +s.id LIMIT ?3", []any{traceID, after, int64(nodesPage)}, func(row []any) error {
			n++
			after = intOf(row[0])
			nodes = append(nodes, nodeOf(row[1:], start))
			return nil
		})
		if err != nil || n < nodesPage {
			return nodes, err
		}
	}
}

func nodeOf(row []any, start time.Time) node {
	n := node{SpanSummary: SpanSummary{
		SpanID: textOf(row[0]), ParentID: textOf(row[1]), Name: textOf(row[2]), Type: textOf(row[3]), State: Ended,
		StartUS: intOf(row[4]) - start.UnixMicro(), DurationUS: intOf(row[5]),
		Failed: intOf(row[6]) == statusError, Error: textOf(row[7]),
		Service: textOf(row[8]), Agent: textOf(row[9]), Tool: textOf(row[10]), Provider: textOf(row[11]), Model: textOf(row[12]), Operation: textOf(row[13]),
		Tokens: tokensOf(row[14:19]), CostStatus: textOf(row[20]), Counted: intOf(row[21]) == 1,
	}, kind: intOf(row[23]), flags: intOf(row[24])}
	if row[19] != nil {
		usd := floatOf(row[19])
		n.USD = &usd
	}
	if row[22] != nil {
		n.FirstTokenUS = int64(floatOf(row[22]) * 1000)
	}
	return n
}

// tokensOf is nil where none of the counts is known.
func tokensOf(row []any) *Tokens {
	known := false
	for _, v := range row {
		known = known || v != nil
	}
	if !known {
		return nil
	}
	return &Tokens{Input: intOf(row[0]), Output: intOf(row[1]), CacheRead: intOf(row[2]), CacheWrite: intOf(row[3]), Reasoning: intOf(row[4])}
}

// summary reads the row of one trace.
func (s *Store) summary(ctx context.Context, traceID string) (TraceSummary, error) {
	t, err := s.db.Summary(ctx, traceID)
	if err != nil {
		return TraceSummary{}, err
	}
	out := TraceSummary{
		TraceID: t.TraceID, Name: t.Name, Type: t.Type, Start: t.Start, DurationUS: t.Duration.Microseconds(), LastSeen: t.LastSeen,
		Service: t.ServiceName, Failed: t.Failed, Errors: t.Errors, Spans: t.Spans, ToolCalls: t.ToolCalls,
		Tokens: Tokens{Input: t.InputTokens, Output: t.OutputTokens, CacheRead: t.CacheReadTokens, CacheWrite: t.CacheWriteTokens, Reasoning: t.ReasoningTokens},
		Cost:   costOf(t.Totals), Session: t.SessionID, User: t.UserID,
	}
	if out.Session == "" {
		out.Session = t.ConversationID
	}
	return out, nil
}

func costOf(t tracestore.Totals) Cost {
	c := Cost{Calls: t.ModelCalls, Unpriced: t.UnpricedCalls}
	if t.Cost.Known {
		usd := t.Cost.V
		c.USD = &usd
	}
	return c
}
