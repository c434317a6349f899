package llmcost

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestASpanThatHasOnlyBegunIsNoCall(t *testing.T) {
	call := map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
		"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 10, "gen_ai.response.id": "r1",
	}
	pending := map[string]any{"logfire.span_type": "pending_span", "logfire.pending_parent_id": "0000000000000000"}
	maps.Copy(pending, call)
	traces := oneSpan(t, "pydantic-ai", call)
	addSpan(t, traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans(), 2, 1, pending)
	spans := run(t, traces).ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	got := spans.At(0).Attributes().AsRaw()
	assert.Equal(t, "priced", got["llmcost.status"], "the span that it announces sums nothing up")
	for key := range spans.At(1).Attributes().AsRaw() {
		assert.Contains(t, pending, key, "nothing is written on the span that announces it")
	}
}
