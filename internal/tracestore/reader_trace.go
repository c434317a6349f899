package tracestore

import (
	"context"
	"math"
	"time"
)

// SpanSummary is one span of a tree, without its payload.
type SpanSummary struct {
	SpanID       string
	ParentSpanID string // as it was sent
	Name         string
	Type         string
	Start        time.Time
	Duration     time.Duration
	Failed       bool
	// Message says why it failed.
	Message string

	ServiceName string
	AgentName   string
	ToolName    string
	Provider    string
	Model       string

	InputTokens      Count
	OutputTokens     Count
	CacheReadTokens  Count
	CacheWriteTokens Count
	ReasoningTokens  Count
	Cost             Amount
	CostStatus       string
	// Counted is set where the span is a model call that totals add up.
	Counted      bool
	FirstTokenMS Amount
}

// SpanNode is a span with the spans below it, in the order of their starts.
type SpanNode struct {
	SpanSummary
	Children []*SpanNode
}

// Trace is one trace as a tree.
type Trace struct {
	TraceSummary
	// Roots are the spans without a stored parent, the earliest first: one where
	// the trace is complete.
	Roots []*SpanNode
}

// Trace reads one trace by its id (32 hexadecimal digits, lower case). It
// returns ErrNotFound where there is none.
func (r *Reader) Trace(ctx context.Context, traceID string) (*Trace, error) {
	var t *Trace
	err := r.db.query(ctx, statement{
		sql: "SELECT " + traceColumns + " FROM otel_traces WHERE trace_id = ?", args: []any{traceID},
	}, func(row []any) error {
		t = &Trace{TraceSummary: traceSummary(row)}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, ErrNotFound
	}
	var nodes []*SpanNode
	err = r.db.query(ctx, statement{sql: treeQuery, args: []any{traceID}}, func(row []any) error {
		nodes = append(nodes, &SpanNode{SpanSummary: spanSummary(row)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	t.Roots = buildTree(nodes)
	return t, nil
}

const treeQuery = `
SELECT s.span_id, coalesce(s.parent_span_id, ''), s.name, s.span_type, s.start_us, s.duration_us, s.status_code,
  CASE WHEN s.status_code = 2 THEN coalesce(s.status_message, json_extract(m.error, '$.message'), '') ELSE '' END,
  coalesce(s.service_name, ''), coalesce(s.agent_name, ''), coalesce(s.tool_name, ''), coalesce(s.provider, ''), coalesce(s.model, ''),
  s.input_tokens, s.output_tokens, s.cache_read_tokens, s.cache_write_tokens, s.reasoning_tokens,
  s.cost_usd, coalesce(s.cost_status, ''), s.counted, s.ttft_ms
FROM otel_spans s
LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id AND s.status_code = 2
WHERE s.trace_id = ?
ORDER BY s.start_us, s.start_ns_rem, s.id`

func spanSummary(row []any) SpanSummary {
	return SpanSummary{
		SpanID: asText(row[0]), ParentSpanID: asText(row[1]), Name: asText(row[2]), Type: asText(row[3]),
		Start: time.UnixMicro(asInt(row[4])).UTC(), Duration: time.Duration(asInt(row[5])) * time.Microsecond,
		Failed: asInt(row[6]) == statusError, Message: asText(row[7]),
		ServiceName: asText(row[8]), AgentName: asText(row[9]), ToolName: asText(row[10]), Provider: asText(row[11]), Model: asText(row[12]),
		InputTokens: asCount(row[13]), OutputTokens: asCount(row[14]), CacheReadTokens: asCount(row[15]),
		CacheWriteTokens: asCount(row[16]), ReasoningTokens: asCount(row[17]),
		Cost: asAmount(row[18]), CostStatus: asText(row[19]), Counted: asInt(row[20]) != 0, FirstTokenMS: asAmount(row[21]),
	}
}

func asCount(v any) Count { return Count{N: asInt(v), Known: v != nil} }

func asAmount(v any) Amount { return Amount{V: asFloat(v), Known: v != nil} }

// buildTree hangs spans below their parents. A circle of parents, which no
// root leads to, is cut open at its earliest span.
func buildTree(nodes []*SpanNode) []*SpanNode {
	byID := make(map[string]*SpanNode, len(nodes))
	for _, n := range nodes {
		byID[n.SpanID] = n
	}
	var roots []*SpanNode
	for _, n := range nodes {
		parent, ok := byID[n.ParentSpanID]
		if !ok || parent == n {
			roots = append(roots, n)
			continue
		}
		parent.Children = append(parent.Children, n)
	}
	reached := make(map[*SpanNode]bool, len(nodes))
	for _, root := range roots {
		reach(root, reached)
	}
	for _, n := range nodes {
		if reached[n] {
			continue
		}
		parent := byID[n.ParentSpanID]
		parent.Children = without(parent.Children, n)
		roots = append(roots, n)
		reach(n, reached)
	}
	return roots
}

// reach marks everything below a node. It keeps its own stack: a trace may be
// deeper than the goroutine's.
func reach(from *SpanNode, reached map[*SpanNode]bool) {
	stack := []*SpanNode{from}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if reached[n] {
			continue
		}
		reached[n] = true
		stack = append(stack, n.Children...)
	}
}

func without(nodes []*SpanNode, node *SpanNode) []*SpanNode {
	kept := nodes[:0]
	for _, n := range nodes {
		if n != node {
			kept = append(kept, n)
		}
	}
	return kept
}

// Spans reads everything that is stored of a trace, in the order of storage:
// the spans as they were given to Write. References in Attributes lead into
// the Mastra row of the same span.
func (r *Reader) Spans(ctx context.Context, traceID string) ([]Span, error) {
	parts, err := r.parts(ctx, traceID)
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, ErrNotFound
	}
	origins, err := r.origins(ctx, traceID)
	if err != nil {
		return nil, err
	}
	var spans []Span
	after := int64(math.MinInt64)
	for _, last := range parts {
		err = r.db.query(ctx, statement{sql: spanRange, args: []any{traceID, after, last}}, func(row []any) error {
			spans = append(spans, storedSpan(row, origins))
			return nil
		})
		if err != nil {
			return nil, err
		}
		after = last
	}
	return spans, nil
}

// parts returns the id of the last row of each part in which a trace is read.
func (r *Reader) parts(ctx context.Context, traceID string) ([]int64, error) {
	var lasts []int64
	bytes, spans := int64(0), 0
	err := r.db.query(ctx, statement{sql: spanLengths, args: []any{traceID}}, func(row []any) error {
		id, n := asInt(row[0]), asInt(row[1])
		if len(lasts) == 0 || spans == partSpans || bytes+n > partBytes {
			lasts, bytes, spans = append(lasts, id), 0, 0
		}
		lasts[len(lasts)-1] = id
		bytes, spans = bytes+n, spans+1
		return nil
	})
	return lasts, err
}

// Span reads everything that is stored of one span.
func (r *Reader) Span(ctx context.Context, traceID, spanID string) (*Span, error) {
	o, err := r.originsOf(ctx,
		"SELECT resource_id FROM otel_spans WHERE trace_id = ?1 AND span_id = ?2",
		"SELECT scope_id FROM otel_spans WHERE trace_id = ?1 AND span_id = ?2", traceID, spanID)
	if err != nil {
		return nil, err
	}
	var span *Span
	err = r.db.query(ctx, statement{sql: spanAlone, args: []any{traceID, spanID}}, func(row []any) error {
		s := storedSpan(row, o)
		span = &s
		return nil
	})
	if err == nil && span == nil {
		err = ErrNotFound
	}
	return span, err
}
