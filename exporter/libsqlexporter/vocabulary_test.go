package libsqlexporter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/otlp"
)

// TestASpanThatHasOnlyBegunIsNoCall has Logfire's announcement of a call, which is seen
// until the call itself is there.
func TestASpanThatHasOnlyBegunIsNoCall(t *testing.T) {
	td := spanBatch(func(s ptrace.Span) {
		s.SetName("chat gpt-4o")
		s.SetParentSpanID([8]byte{7})
		s.Attributes().PutStr("gen_ai.operation.name", "chat")
		s.Attributes().PutStr("gen_ai.request.model", "gpt-4o")
		s.Attributes().PutStr("gen_ai.input.messages", `[{"role":"user","content":"Book a flight"}]`)
		s.Attributes().PutInt("gen_ai.usage.input_tokens", 3)
		s.Attributes().PutInt("gen_ai.usage.output_tokens", 4)
		s.Attributes().PutDouble("operation.cost", 0.5)
	})
	spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	call := spans.At(0)
	pending := ptrace.NewSpan()
	call.CopyTo(pending)
	pending.SetSpanID([8]byte{9})
	pending.SetParentSpanID(call.SpanID())
	pending.SetEndTimestamp(pending.StartTimestamp())
	pending.Attributes().PutStr("logfire.span_type", "pending_span")
	pending.Attributes().PutStr("logfire.pending_parent_id", "0700000000000000")

	only := ptrace.NewTraces()
	rs := only.ResourceSpans().AppendEmpty()
	td.ResourceSpans().At(0).Resource().CopyTo(rs.Resource())
	pending.CopyTo(rs.ScopeSpans().AppendEmpty().Spans().AppendEmpty())
	f := store(t, only)
	id := otlp.SpanID(call.SpanID())
	assert.Equal(t, [][]any{{id, "0700000000000000", int64(1), "model_inference", "gpt-4o", "Book a flight", nil, nil, int64(0)}},
		f.rows(`SELECT span_id, parent_span_id, pending, span_type, model, preview, input_tokens, cost_usd, counted FROM otel_spans`))
	assert.Equal(t, [][]any{{int64(0), int64(0), "Book a flight"}}, f.rows(`SELECT span_count, model_calls, input FROM otel_traces`))
	assert.Equal(t, [][]any{{id, nil}}, f.rows(`SELECT spanId, endedAt FROM mastra_ai_spans`))
	assert.Empty(t, f.rows(`SELECT * FROM llm_calls`))

	pending.CopyTo(spans.AppendEmpty())
	f = store(t, td)
	assert.Equal(t, [][]any{{id, int64(0)}}, f.rows(`SELECT span_id, pending FROM otel_spans`))
	assert.Len(t, f.rows(`SELECT spanId FROM mastra_ai_spans WHERE endedAt IS NOT NULL`), 1)
	assert.Equal(t, [][]any{{int64(1), int64(3)}}, f.rows(`SELECT count(*), sum(input_tokens) FROM llm_calls`))

	pending.SetParentSpanID([8]byte{})
	pending.CopyTo(rs.ScopeSpans().At(0).Spans().At(0))
	assert.Empty(t, store(t, only).rows(`SELECT span_id FROM otel_spans`), "it announces nothing")
}

func TestNamesOfTheConventionsHaveAPlace(t *testing.T) {
	f := store(t, spanBatch(func(s ptrace.Span) {
		s.SetName("invoke_workflow triage")
		s.Attributes().PutStr("gen_ai.operation.name", "invoke_workflow")
		s.Attributes().PutStr("gen_ai.agent.name", "triage")
	}))
	assert.Equal(t, [][]any{{"triage", nil}}, f.rows(`SELECT workflow_name, agent_name FROM otel_spans`))

	f = store(t, spanBatch(func(s ptrace.Span) {
		s.Attributes().PutStr("gen_ai.operation.name", "invoke_agent")
		s.Attributes().PutStr("gen_ai.agent.name", "planner")
		s.Attributes().PutStr("gen_ai.agent.version", "1.2")
	}))
	assert.Equal(t, [][]any{{"1.2"}}, f.rows(`SELECT entityVersionId FROM mastra_ai_spans`))

	f = store(t, spanBatch(func(s ptrace.Span) {
		s.Attributes().PutStr("gen_ai.evaluation.name", "Relevance")
		s.Attributes().PutDouble("gen_ai.evaluation.score.value", -0.5)
		s.Attributes().PutStr("gen_ai.evaluation.explanation", "off topic")
	}))
	assert.Equal(t, [][]any{{"scorer_run", "Relevance", `{"scorerName":"Relevance","score":-0.5,"reason":"off topic"}`}},
		f.rows(`SELECT spanType, entityName, attributes FROM mastra_ai_spans`))
}
