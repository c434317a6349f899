package tracetotal

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor/pkg/samplingpolicy"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// traceTotal makes the evaluators of tail_sampling's policies of type
// trace_total.
type traceTotal struct {
	component.StartFunc
	component.ShutdownFunc
}

var _ samplingpolicy.Extension = (*traceTotal)(nil)

// Policy is what a policy of type trace_total says. A trace that reaches either
// threshold is kept.
type Policy struct {
	// CostUSD is in US dollars, summed over the trace's model calls. Unset is not
	// looked at.
	CostUSD *float64 `mapstructure:"cost_usd"`

	// Tokens are input and output tokens, summed over the trace's model calls.
	// Unset is not looked at.
	Tokens *int64 `mapstructure:"tokens"`
}

// NewEvaluator reads a policy. Its error names the policy, the key and the
// remedy.
func (*traceTotal) NewEvaluator(name string, settings map[string]any) (samplingpolicy.Evaluator, error) {
	var policy Policy
	err := confmap.NewFromStringMap(settings).Unmarshal(&policy)
	if err == nil {
		err = policy.validate()
	}
	if err != nil {
		return nil, fmt.Errorf("policies: %s: trace_total: %w", name, err)
	}
	return &evaluator{policy: policy}, nil
}

func (p Policy) validate() error {
	if p.CostUSD == nil && p.Tokens == nil {
		return errors.New("set cost_usd, tokens or both")
	}
	var errs []error
	if p.CostUSD != nil && (math.IsNaN(*p.CostUSD) || *p.CostUSD < 0) {
		errs = append(errs, fmt.Errorf("cost_usd: is %v, must be 0 or more", *p.CostUSD))
	}
	if p.Tokens != nil && *p.Tokens < 0 {
		errs = append(errs, fmt.Errorf("tokens: is %d, must be 0 or more", *p.Tokens))
	}
	return errors.Join(errs...)
}

type evaluator struct{ policy Policy }

// IsStateful says that no decision depends on another trace.
func (*evaluator) IsStateful() bool { return false }

// Evaluate sums the trace up and compares.
func (e *evaluator) Evaluate(_ context.Context, _ pcommon.TraceID, trace *samplingpolicy.TraceData) (samplingpolicy.Decision, error) {
	cost, tokens := sum(trace.ReceivedBatches)
	if e.policy.CostUSD != nil && cost >= *e.policy.CostUSD {
		return samplingpolicy.Sampled, nil
	}
	if e.policy.Tokens != nil && tokens >= float64(*e.policy.Tokens) {
		return samplingpolicy.Sampled, nil
	}
	return samplingpolicy.NotSampled, nil
}

// counts says what of a span is counted.
type counts struct{ cost, tokens bool }

// counted has what is counted by llmcost.status, which llm_cost gives each model call. What has another status, or none, has not been looked at
// by it, and may say anything; of rollups, duplicates and counts that cannot be believed, another span tells, or none does.
var counted = map[string]counts{
	"priced": {true, true}, "reported": {true, true}, "free": {true, true}, "local": {true, true}, "partial": {true, true}, "estimated": {true, true},
	"unknown_model": {false, true}, "unknown_provider": {false, true},
}

// sum adds up what the model calls of a trace cost, in US dollars, and used, in
// tokens. Both are what llm_cost has written; numbers that are none count zero.
// Tokens are no integers here: the sum of a hostile trace would overflow.
func sum(traces ptrace.Traces) (cost, tokens float64) {
	for _, resource := range traces.ResourceSpans().All() {
		for _, scope := range resource.ScopeSpans().All() {
			for _, span := range scope.Spans().All() {
				attributes := span.Attributes()
				status, ok := attributes.Get("llmcost.status")
				if !ok || status.Type() != pcommon.ValueTypeStr {
					continue // no llm_cost has looked at it, or the name is forged
				}
				count := counted[status.Str()]
				if count.cost {
					cost += number(attributes, "gen_ai.usage.cost")
				}
				if count.tokens {
					tokens += number(attributes, "gen_ai.usage.input_tokens") + number(attributes, "gen_ai.usage.output_tokens")
				}
			}
		}
	}
	return cost, tokens
}

func number(attributes pcommon.Map, key string) float64 {
	value, ok := attributes.Get(key)
	if !ok {
		return 0
	}
	var n float64
	switch value.Type() {
	case pcommon.ValueTypeInt:
		n = float64(value.Int())
	case pcommon.ValueTypeDouble:
		n = value.Double()
	default:
		return 0
	}
	if math.IsNaN(n) || math.IsInf(n, 0) || n < 0 {
		return 0
	}
	return n
}
