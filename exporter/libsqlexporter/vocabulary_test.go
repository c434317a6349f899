package libsqlexporter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestASpanThatHasOnlyBegunIsNotStored(t *testing.T) {
	td := spanBatch(func(s ptrace.Span) {
		s.SetName("chat gpt-4o")
		s.Attributes().PutStr("gen_ai.operation.name", "chat")
		s.Attributes().PutStr("gen_ai.request.model", "gpt-4o")
		s.Attributes().PutInt("gen_ai.usage.input_tokens", 3)
		s.Attributes().PutInt("gen_ai.usage.output_tokens", 4)
		s.Attributes().PutDouble("operation.cost", 0.5)
	})
	spans := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	pending := spans.AppendEmpty()
	spans.At(0).CopyTo(pending)
	pending.SetSpanID([8]byte{9})
	pending.SetParentSpanID(spans.At(0).SpanID())
	pending.SetEndTimestamp(pending.StartTimestamp())
	pending.Attributes().PutStr("logfire.span_type", "pending_span")
	f := store(t, td)
	assert.Len(t, f.rows(`SELECT span_id FROM otel_spans`), 1)
	assert.Len(t, f.rows(`SELECT spanId FROM mastra_ai_spans`), 1)
	assert.Equal(t, [][]any{{int64(1), int64(3)}}, f.rows(`SELECT count(*), sum(input_tokens) FROM llm_calls`))

	only := ptrace.NewTraces()
	pending.CopyTo(only.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty())
	assert.Empty(t, store(t, only).rows(`SELECT span_id FROM otel_spans`))
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
