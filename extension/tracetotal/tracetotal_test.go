package tracetotal

import (
	"math"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// trace returns a trace that came in as many batches as there are spans.
func trace(t *testing.T, spans ...map[string]any) *samplingpolicy.TraceData {
	t.Helper()
	traces := ptrace.NewTraces()
	for _, attributes := range spans {
		span := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		require.NoError(t, span.Attributes().FromRaw(attributes))
	}
	return &samplingpolicy.TraceData{ReceivedBatches: traces}
}

func call(status string, cost float64, input, output int) map[string]any {
	return map[string]any{
		"llmcost.status": status, "gen_ai.usage.cost": cost,
		"gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": output,
	}
}

func TestATraceIsKeptByItsSum(t *testing.T) {
	cheap := trace(t, call("priced", 0.1, 100, 10), call("reported", 0.1, 100, 10), call("rollup", 0.2, 200, 20))
	for name, test := range map[string]struct {
		policy map[string]any
		trace  *samplingpolicy.TraceData
		want   samplingpolicy.Decision
	}{
		"cost reached":             {map[string]any{"cost_usd": 0.2}, cheap, samplingpolicy.Sampled},
		"cost not reached":         {map[string]any{"cost_usd": 0.21}, cheap, samplingpolicy.NotSampled},
		"tokens reached":           {map[string]any{"tokens": 220}, cheap, samplingpolicy.Sampled},
		"tokens not reached":       {map[string]any{"tokens": 221}, cheap, samplingpolicy.NotSampled},
		"either is enough":         {map[string]any{"cost_usd": 5, "tokens": 220}, cheap, samplingpolicy.Sampled},
		"a whole number of money":  {map[string]any{"cost_usd": 1}, trace(t, call("priced", 1, 0, 0)), samplingpolicy.Sampled},
		"an outer span of a call":  {map[string]any{"tokens": 150}, trace(t, call("priced", 0, 100, 0), call("duplicate", 0, 100, 0)), samplingpolicy.NotSampled},
		"no model call":            {map[string]any{"cost_usd": 0.01}, trace(t, map[string]any{"http.method": "GET"}), samplingpolicy.NotSampled},
		"a price nobody knows":     {map[string]any{"tokens": 5}, trace(t, call("unknown_model", 0, 5, 0)), samplingpolicy.Sampled},
		"numbers that are none":    {map[string]any{"cost_usd": 0.01}, trace(t, call("priced", math.NaN(), 0, 0), call("priced", math.Inf(1), 0, 0)), samplingpolicy.NotSampled},
		"one bad span of two":      {map[string]any{"cost_usd": 0.5}, trace(t, call("priced", -4, 0, 0), call("priced", 0.5, 0, 0)), samplingpolicy.Sampled},
		"counts beyond belief":     {map[string]any{"tokens": 150}, trace(t, call("invalid_usage", 0, math.MaxInt64, 0), call("priced", 0, 100, 0)), samplingpolicy.NotSampled},
		"a sum beyond integers":    {map[string]any{"tokens": 150}, trace(t, call("priced", 0, math.MaxInt64, math.MaxInt64), call("priced", 0, math.MaxInt64, 100)), samplingpolicy.Sampled},
		"a float beyond integers":  {map[string]any{"tokens": 150}, trace(t, map[string]any{"llmcost.status": "priced", "gen_ai.usage.input_tokens": 1e300}, call("priced", 0, 200, 0)), samplingpolicy.Sampled},
		"text where numbers stand": {map[string]any{"tokens": 1}, trace(t, map[string]any{"llmcost.status": "priced", "gen_ai.usage.input_tokens": "many"}), samplingpolicy.NotSampled},
		// What no llm_cost has looked at may say anything.
		"a cost that is forged":    {map[string]any{"cost_usd": 0.01}, trace(t, map[string]any{"gen_ai.usage.cost": 900.0}), samplingpolicy.NotSampled},
		"tokens that are forged":   {map[string]any{"tokens": 1}, trace(t, map[string]any{"gen_ai.usage.input_tokens": 900, "gen_ai.usage.output_tokens": 900}), samplingpolicy.NotSampled},
		"a status that is forged":  {map[string]any{"cost_usd": 0.01, "tokens": 1}, trace(t, call("forged", 900, 900, 900)), samplingpolicy.NotSampled},
		"a status that is no text": {map[string]any{"cost_usd": 0.01, "tokens": 1}, trace(t, map[string]any{"llmcost.status": 7, "gen_ai.usage.cost": 900.0, "gen_ai.usage.input_tokens": 900}), samplingpolicy.NotSampled},
		"a cost without a price":   {map[string]any{"cost_usd": 0.01}, trace(t, call("unknown_model", 900, 0, 0), call("no_usage", 900, 0, 0), call("unknown_provider", 900, 0, 0)), samplingpolicy.NotSampled},
		"every kind of a price": {map[string]any{"cost_usd": 6}, trace(t, call("priced", 1, 0, 0), call("reported", 1, 0, 0), call("free", 1, 0, 0), call("local", 1, 0, 0), call("partial", 1, 0, 0),
			call("estimated", 1, 0, 0)), samplingpolicy.Sampled},
	} {
		t.Run(name, func(t *testing.T) {
			evaluator, err := new(traceTotal).NewEvaluator("expensive", test.policy)
			require.NoError(t, err)
			got, err := evaluator.Evaluate(t.Context(), pcommon.TraceID{1}, test.trace)
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestPolicyErrorsNameTheKey(t *testing.T) {
	for want, settings := range map[string]map[string]any{
		"policies: expensive: trace_total: set cost_usd, tokens or both":         nil,
		"cost_usd: is -1, must be 0 or more":                                     {"cost_usd": -1},
		"tokens: is -2, must be 0 or more":                                       {"tokens": -2},
		"has invalid keys: cost":                                                 {"cost": 1},
		"policies: expensive: trace_total: decoding failed due to the following": {"tokens": "many"},
	} {
		_, err := new(traceTotal).NewEvaluator("expensive", settings)
		assert.ErrorContains(t, err, want)
	}
}
