package llmcost

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// statuses returns what becomes of calls that name each other as parents.
func statuses(t *testing.T, parents []byte) (list []any) {
	t.Helper()
	traces := ptrace.NewTraces()
	spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	for i, parent := range parents {
		addSpan(t, spans, byte(i+1), parent, map[string]any{
			"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10,
		})
	}
	out := run(t, traces).ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	for i := range out.Len() {
		list = append(list, out.At(i).Attributes().AsRaw()[attrStatus])
	}
	return list
}

// TestCallsThatNameEachOtherAsParentsArePaidFor: a ring has no top that could sum the others up; it counts as the chain that it is without one of
// its links.
func TestCallsThatNameEachOtherAsParentsArePaidFor(t *testing.T) {
	assert.Equal(t, []any{"priced"}, statuses(t, []byte{1}))
	assert.Equal(t, []any{"rollup", "priced"}, statuses(t, []byte{2, 1}))
	assert.Equal(t, []any{"rollup", "priced", "rollup"}, statuses(t, []byte{2, 3, 1}))
	assert.Equal(t, []any{"rollup", "priced", "priced"}, statuses(t, []byte{2, 1, 1}), "one below a ring")
	assert.Equal(t, []any{"rollup", "priced", "rollup", "priced"}, statuses(t, []byte{2, 1, 4, 3}), "two rings")
	assert.Equal(t, []any{"rollup", "priced"}, statuses(t, []byte{0, 1}), "no ring")
}

// TestTokensThatCostMoreThanThereIsAreNotBelieved: each count may pass for one, and the price of them cannot.
func TestTokensThatCostMoreThanThereIsAreNotBelieved(t *testing.T) {
	for _, test := range []struct {
		input, cached int64
		status        string
	}{{1e9, 0, "priced"}, {1e12, 0, "invalid_usage"}, {100, 1e15, "invalid_usage"}, {100, 50, "priced"}} {
		got := only(run(t, oneSpan(t, "x", map[string]any{
			"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.output_tokens": 10,
			"gen_ai.usage.input_tokens": test.input, "gen_ai.usage.cache_read.input_tokens": test.cached,
		})))
		assert.Equal(t, test.status, got[attrStatus], test.input)
		_, costs := got[attrCost]
		assert.Equal(t, test.status == "priced", costs)
	}
}
