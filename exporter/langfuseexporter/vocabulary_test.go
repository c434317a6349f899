package langfuseexporter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

func TestASpanThatHasOnlyBegunIsNotSent(t *testing.T) {
	b := newBatch("pydantic-ai")
	call := map[string]any{"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 3, "gen_ai.usage.output_tokens": 4}
	b.span(1, 0, "chat", call)
	b.span(2, 1, "chat", map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 3,
		"logfire.span_type": "pending_span", "logfire.pending_parent_id": "0000000000000000",
	})
	stored := send(t, nil, b.traces)
	require.Len(t, stored, 1)
	assert.Equal(t, spanID(1).String(), stored[0].ID)
}

func TestAnEvaluationOnAnEventIsMetadata(t *testing.T) {
	event := func(attributes map[string]any) func(ptrace.Span) {
		return func(span ptrace.Span) {
			e := span.Events().AppendEmpty()
			e.SetName("gen_ai.evaluation.result")
			require.NoError(t, e.Attributes().FromRaw(attributes))
		}
	}
	o := one(t, nil, "x", map[string]any{"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"},
		event(map[string]any{"gen_ai.evaluation.name": "Relevance", "gen_ai.evaluation.score.value": -0.5, "gen_ai.evaluation.score.label": "bad", "gen_ai.evaluation.explanation": "off topic"}),
		event(map[string]any{"gen_ai.evaluation.name": "Tone", "gen_ai.evaluation.score.label": "pass"}),
		event(map[string]any{"gen_ai.evaluation.name": "Nothing"}),
		event(map[string]any{"gen_ai.evaluation.score.value": 1.0}))
	assert.Equal(t, -0.5, o.Metadata["evaluation.Relevance"])
	assert.Equal(t, "bad", o.Metadata["evaluation.Relevance.label"])
	assert.Equal(t, "off topic", o.Metadata["evaluation.Relevance.explanation"])
	assert.Equal(t, "pass", o.Metadata["evaluation.Tone"])
	assert.NotContains(t, o.Metadata, "evaluation.Nothing")
	assert.NotContains(t, o.Metadata, "evaluation.")
}

func TestThePromptOfTheConventionsIsLinked(t *testing.T) {
	o := one(t, nil, "x", map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.prompt.name": "greet", "gen_ai.prompt.version": "2", "gen_ai.prompt.variable.city": "Oslo",
	})
	assert.Empty(t, o.Input, "the name of a template is not a message")
	assert.Equal(t, "greet", o.PromptName)
}
