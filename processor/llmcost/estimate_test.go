package llmcost

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// messages is semconv content of one message.
func messages(t *testing.T, role, text string) string {
	t.Helper()
	raw, err := json.Marshal([]any{map[string]any{"role": role, "parts": []any{map[string]any{"type": "text", "content": text}}}})
	require.NoError(t, err)
	return string(raw)
}

func silent(t *testing.T, provider, model, in, out string) map[string]any {
	t.Helper()
	return map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": provider, "gen_ai.request.model": model,
		"gen_ai.input.messages": messages(t, "user", in), "gen_ai.output.messages": messages(t, "assistant", out),
	}
}

// TestACallWithoutUsageIsCountedAndFlagged: "tiktoken is great!" is six tokens
// (tiktoken's own example), a message costs three, its role one, the primer
// three; "hello world" is two.
//
// gpt-4o-mini: 13 × 0.15 + 2 × 0.60 = 3.15 millionths.
func TestACallWithoutUsageIsCountedAndFlagged(t *testing.T) {
	got := only(run(t, oneSpan(t, "x", silent(t, "openai", "gpt-4o-mini", "tiktoken is great!", "hello world"))))
	assert.Equal(t, "estimated", got[attrStatus])
	assert.Equal(t, true, got[attrEstimated])
	assert.EqualValues(t, 6+3+1+3, got[attrInputTokens])
	assert.EqualValues(t, 2, got[attrOutputTokens])
	assert.InEpsilon(t, 3.15e-6, got[attrCost], 1e-9)
	assert.NotContains(t, got, attrInputMode, "there is no reported number to have a mode")
}

func TestAnotherFamilyIsScaled(t *testing.T) {
	text := strings.Repeat("The quick brown fox jumps over the lazy dog. ", 40)
	openai := only(run(t, oneSpan(t, "x", silent(t, "openai", "gpt-4o-mini", text, text))))[attrInputTokens].(int64)
	claude := only(run(t, oneSpan(t, "x", silent(t, "anthropic", "claude-haiku-4-5", text, text))))[attrInputTokens].(int64)
	assert.InEpsilon(t, 1.10*float64(openai), float64(claude), 0.01)
}

// TestARefusedCallCostsNothing: a provider that answers with an error charges
// nothing for the question, but it does for an answer that breaks off.
func TestARefusedCallCostsNothing(t *testing.T) {
	refused := silent(t, "openai", "gpt-4o-mini", "tiktoken is great!", "")
	delete(refused, "gen_ai.output.messages")
	broken := silent(t, "openai", "gpt-4o-mini", "tiktoken is great!", "hello world")
	fail := func(traces ptrace.Traces) ptrace.Traces {
		spans := traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans()
		spans.At(0).Status().SetCode(ptrace.StatusCodeError)
		return traces
	}

	got := only(run(t, fail(oneSpan(t, "x", refused))))
	assert.Equal(t, "no_usage", got[attrStatus])
	assert.NotContains(t, got, attrCost)
	assert.NotContains(t, got, attrInputTokens)

	assert.Equal(t, "estimated", only(run(t, oneSpan(t, "x", refused)))[attrStatus], "without the error it is counted")
	refused["error.type"] = "429"
	assert.Equal(t, "no_usage", only(run(t, oneSpan(t, "x", refused)))[attrStatus])

	assert.InEpsilon(t, 3.15e-6, only(run(t, fail(oneSpan(t, "x", broken))))[attrCost], 1e-9)
}

func TestWhatCannotBeCountedStaysUnknown(t *testing.T) {
	for name, attributes := range map[string]map[string]any{
		"no content":      {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini"},
		"content cut off": {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.input.messages": `[{"role":"user","parts":[{"type":"text","content":"it was a dark and...`},
	} {
		t.Run(name, func(t *testing.T) {
			got := only(run(t, oneSpan(t, "x", attributes)))
			assert.Equal(t, "no_usage", got[attrStatus])
			assert.NotContains(t, got, attrCost)
			assert.NotContains(t, got, attrInputTokens)
			assert.NotContains(t, got, attrEstimated)
		})
	}
	t.Run("estimates switched off", func(t *testing.T) {
		got := only(run(t, oneSpan(t, "x", silent(t, "openai", "gpt-4o-mini", "a", "b")), func(c *Config) { c.Estimate.Enabled = false }))
		assert.Equal(t, "no_usage", got[attrStatus])
	})
	t.Run("an unknown model has tokens and no cost", func(t *testing.T) {
		got := only(run(t, oneSpan(t, "x", silent(t, "openai", "gpt-4o-supermax", "hello", "world"))))
		assert.Equal(t, "unknown_model", got[attrStatus])
		assert.Equal(t, true, got[attrEstimated])
		assert.NotContains(t, got, attrCost)
	})
	t.Run("what a model has cost that costs nothing is known without tokens", func(t *testing.T) {
		for _, enabled := range []bool{true, false} {
			for want, model := range map[string][2]string{
				"local": {"ollama", "llama3.2"}, "free": {"openrouter", "deepseek/deepseek-chat-v3.1:free"}, "no_usage": {"openai", "gpt-4o-mini"},
			} {
				got := only(run(t, oneSpan(t, "x", map[string]any{"gen_ai.operation.name": "chat", "gen_ai.provider.name": model[0], "gen_ai.request.model": model[1]}),
					func(c *Config) { c.Estimate.Enabled = enabled }))
				assert.Equal(t, want, got[attrStatus])
				if want == "no_usage" {
					assert.NotContains(t, got, attrCost)
				} else {
					assert.Equal(t, 0.0, got[attrCost])
				}
				assert.NotContains(t, got, attrInputTokens)
			}
		}
	})
	t.Run("a local model costs nothing", func(t *testing.T) {
		got := only(run(t, oneSpan(t, "x", silent(t, "ollama", "llama3.2", "hello", "world"))))
		assert.Equal(t, "local", got[attrStatus])
		assert.Equal(t, 0.0, got[attrCost])
	})
}

// viewOf is the view of a span with the attributes.
func viewOf(t *testing.T, attributes map[string]any) *genai.View {
	t.Helper()
	traces := oneSpan(t, "x", attributes)
	rs := traces.ResourceSpans().At(0)
	var v genai.View
	v.Read(rs.Resource(), rs.ScopeSpans().At(0).Scope(), rs.ScopeSpans().At(0).Spans().At(0))
	return &v
}

func testEstimator(t *testing.T, config EstimateConfig) *estimator {
	t.Helper()
	telemetry, err := metadata.NewTelemetryBuilder(componenttest.NewNopTelemetrySettings())
	require.NoError(t, err)
	return newEstimator(config, telemetry)
}

// TestCalibrationLearnsAModelsTokenizer teaches the estimator a model that needs
// a third more tokens than OpenAI's, and asks it about another text.
func TestCalibrationLearnsAModelsTokenizer(t *testing.T) {
	e := testEstimator(t, EstimateConfig{Enabled: true, MaxBytes: 1 << 16, Calibration: true, MinSamples: 20})
	name := modelName{"acme", "acme-1"}
	text := strings.Repeat("It was the best of times, it was the worst of times. ", 10)
	v := viewOf(t, silent(t, "acme", "acme-1", text, text))
	before, ok := e.estimate(v, name)
	require.True(t, ok)

	now := time.Now()
	reported := genai.Usage{Input: before.Input * 4 / 3, Output: before.Output*4/3 + 500, Reasoning: 500}
	for i := range 40 {
		// Every other sample comes too early and does not count.
		e.learn(t.Context(), v, name, &reported, now.Add(time.Duration(i)*6*time.Second))
	}
	after, _ := e.estimate(v, name)
	assert.InEpsilon(t, 4.0/3*float64(before.Input), float64(after.Input), 0.01)
	assert.InEpsilon(t, 4.0/3*float64(before.Output), float64(after.Output), 0.01, "reasoning is not shown and does not count")
	assert.Equal(t, 20, e.learnt.models[name].samples)

	other, _ := e.estimate(viewOf(t, silent(t, "acme", "acme-2", text, text)), modelName{"acme", "acme-2"})
	assert.Equal(t, before.Input, other.Input, "another model is another model")
}

func TestCalibrationBelievesNothingAbsurd(t *testing.T) {
	e := testEstimator(t, EstimateConfig{Enabled: true, MaxBytes: 1 << 16, Calibration: true, MinSamples: 1})
	name := modelName{"acme", "acme-1"}
	v := viewOf(t, silent(t, "acme", "acme-1", strings.Repeat("word ", 100), "short answer"))
	// Ten times the text: the prompt is not all there.
	e.learn(t.Context(), v, name, &genai.Usage{Input: 10_000, Output: 20}, time.Now())
	_, ok := e.learnt.ratio(name)
	assert.False(t, ok)
}

func TestCalibrationRemembersABoundedNumberOfModels(t *testing.T) {
	c := calibration{models: map[modelName]*learnt{}}
	for i := range maxCalibrated + 100 {
		c.due(modelName{"p", strings.Repeat("m", i)}, time.Now())
	}
	assert.Len(t, c.models, maxCalibrated)
}

func TestWhenAllCountersAreBusyASpanIsGuessed(t *testing.T) {
	e := testEstimator(t, EstimateConfig{Enabled: true, MaxBytes: 1 << 16, Workers: 1})
	e.busy <- struct{}{}
	e.waiting.Store(1)
	text := strings.Repeat("four ", 100)
	usage, ok := e.estimate(viewOf(t, silent(t, "openai", "gpt-4o-mini", text, text)), modelName{"openai", "gpt-4o-mini"})
	require.True(t, ok)
	assert.EqualValues(t, 125, usage.Input, "500 bytes at four bytes a token")
}

func TestASpanCoveredByTheOneAboveIsNotEstimated(t *testing.T) {
	traces := ptrace.NewTraces()
	spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	addSpan(t, spans, 1, 0, call("openai", "gpt-4o-mini", nil))
	addSpan(t, spans, 2, 1, silent(t, "openai", "gpt-4o-mini", "hello", "world"))
	out := run(t, traces).ResourceSpans().At(0).ScopeSpans().At(0).Spans()
	assert.Equal(t, "priced", out.At(0).Attributes().AsRaw()[attrStatus])
	assert.Equal(t, "duplicate", out.At(1).Attributes().AsRaw()[attrStatus])
}
