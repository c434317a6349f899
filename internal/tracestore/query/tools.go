package query

import (
	"context"
	"encoding/json"
	"slices"
)

// toolSpan is the span of a tool's call.
type toolSpan struct {
	id, callID, tool string
	failed           bool
	input            string // sorted JSON, "" where it is long
	taken            bool
}

// Bounds of the search for the spans of tools.
const (
	maxToolSpans  = 2000
	maxToolInput  = 8 << 10
	maxToolResult = 100
)

// joinTools joins the calls of tools with their results, by the id of the call, and both
// with the span that the tool has in the trace: by that id too, or else by the name of
// the tool and its arguments. A call in an answer has its result from that span.
func (s *Store) joinTools(ctx context.Context, traceID string, messages, answers []Message, limit int) error {
	var calls, asked, results []*Part
	collect := func(list []Message, calls *[]*Part) {
		for i := range list {
			for j := range list[i].Parts {
				switch p := &list[i].Parts[j]; p.Kind {
				case "tool_call":
					*calls = append(*calls, p)
				case "tool_result":
					results = append(results, p)
				}
			}
		}
	}
	collect(messages, &calls)
	collect(answers, &asked)
	calls = append(calls, asked...)
	if len(calls)+len(results) == 0 {
		return nil
	}
	joinResults(calls, results)
	spans, err := s.toolSpans(ctx, traceID)
	if err != nil || len(spans) == 0 {
		return err
	}
	joinSpans(calls, results, spans)
	failed := map[string]bool{}
	for i := range spans {
		failed[spans[i].id] = spans[i].failed
	}
	for _, part := range slices.Concat(calls, results) {
		part.Failed = part.Failed || failed[part.SpanID] // most messages do not tell
	}
	return s.resultsOfSpans(ctx, traceID, asked, limit)
}

func joinResults(calls, results []*Part) {
	byID := map[string]*Part{}
	for _, call := range calls {
		if call.ToolCallID != "" {
			byID[call.ToolCallID] = call
		}
	}
	for _, result := range results {
		call := byID[result.ToolCallID]
		if call == nil {
			continue
		}
		call.Result, call.Failed = result.Result, result.Failed
		if result.Tool == "" {
			result.Tool = call.Tool
		}
	}
}

// joinSpans finds the span of each call. Calls without an id take the spans of their tool
// with the same arguments in the order of the spans, each once.
func joinSpans(calls, results []*Part, spans []toolSpan) {
	byID := map[string]string{}
	for i := range spans {
		if t := &spans[i]; t.callID != "" {
			byID[t.callID] = t.id
		}
	}
	for _, call := range calls {
		if call.SpanID = byID[call.ToolCallID]; call.SpanID != "" || call.Cut > 0 {
			continue
		}
		arguments := sortedJSON(call.Arguments)
		for i := range spans {
			t := &spans[i]
			if !t.taken && t.callID == "" && t.tool == call.Tool && t.input == arguments && arguments != "" {
				t.taken, call.SpanID = true, t.id
				break
			}
		}
		if call.SpanID != "" && call.ToolCallID != "" {
			byID[call.ToolCallID] = call.SpanID
		}
	}
	for _, result := range results {
		result.SpanID = byID[result.ToolCallID]
	}
}

func (s *Store) toolSpans(ctx context.Context, traceID string) ([]toolSpan, error) {
	var spans []toolSpan
	err := s.rows(ctx, new(sqlText).add(`SELECT s.span_id, coalesce(json_extract(m.attributes, '$.toolCallId'), ''), s.tool_name, s.status_code = 2,
  CASE WHEN octet_length(m.input) <= ? AND typeof(m.input) = 'text' THEN m.input END
FROM otel_spans s LEFT JOIN mastra_ai_spans m ON m.spanId = s.span_id AND m.traceId = s.trace_id
WHERE s.trace_id = ? AND s.span_type IN `+toolTypes+` AND s.pending = 0 ORDER BY +s.start_us, s.id LIMIT ?`, int64(maxToolInput), traceID, int64(maxToolSpans)), func(r *row) error {
		spans = append(spans, toolSpan{id: r.text(), callID: r.text(), tool: r.text(), failed: r.bool(), input: sortedJSON(json.RawMessage(r.text()))})
		return nil
	})
	return spans, err
}

// resultsOfSpans gives calls that have no result what their spans have.
func (s *Store) resultsOfSpans(ctx context.Context, traceID string, calls []*Part, limit int) error {
	for i, call := range calls {
		if call.SpanID == "" || call.Result != nil || i == maxToolResult {
			continue
		}
		span, err := s.db.Span(ctx, traceID, call.SpanID)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		result := span.Mastra.Output
		if result == "" {
			result = span.Mastra.Error
		}
		var cut int
		if call.Result, cut = cutJSON(json.RawMessage(result), limit); cut > 0 {
			call.Cut = cut
		}
		if len(call.Result) == 0 {
			call.Result = nil
		}
	}
	return nil
}
