package llmcost

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// TestTermsOfTheAnswerAreInThePrice: 1,000 tokens in and 100 out. claude-opus-5 takes 5
// and 25 dollars a million, claude-haiku-4-5 1 and 5, gemini-2.5-flash 0.30 and 2.50, gpt-5
// 1.25 and 10.
func TestTermsOfTheAnswerAreInThePrice(t *testing.T) {
	metadata := func(text string) map[string]any { return map[string]any{"ai.response.providerMetadata": text} }
	raw := func(text string) map[string]any { return map[string]any{"gen_ai.usage.raw": text} }
	answer := func(text string) map[string]any { return map[string]any{"output.value": text} }
	for name, test := range map[string]struct {
		provider, model string
		more            map[string]any
		cost            float64
		tier, geo       any
	}{
		// 5,000 + 2,500 millionths, twice.
		"fast":                     {"anthropic", "claude-opus-5", raw(`{"speed":"fast","service_tier":"standard"}`), 0.015, "fast", nil},
		"standard speed":           {"anthropic", "claude-opus-5", raw(`{"speed":"standard"}`), 0.0075, nil, nil},
		"served in the US":         {"anthropic", "claude-opus-5", raw(`{"inference_geo":"us"}`), 0.00825, nil, "us"},
		"fast and in the US":       {"anthropic", "claude-opus-5", raw(`{"speed":"fast","inference_geo":"us"}`), 0.0165, "fast", "us"},
		"a batch in the US":        {"anthropic", "claude-opus-5", raw(`{"service_tier":"batch","inference_geo":"us"}`), 0.004125, "batch", "us"},
		"served anywhere":          {"anthropic", "claude-opus-5", raw(`{"inference_geo":"global"}`), 0.0075, nil, nil},
		"a place without a price":  {"anthropic", "claude-opus-5", raw(`{"inference_geo":"mars"}`), 0.0075, nil, nil},
		"the US at another's":      {"openai", "gpt-5", raw(`{"inference_geo":"us"}`), 0.00225, nil, nil},
		"fast, a model without it": {"anthropic", "claude-haiku-4-5", raw(`{"speed":"fast"}`), 0.0015, "fast", nil}, // 1,000 + 500, at the list price
		// 300 + 250 millionths.
		"Vertex AI, flex":            {"gcp.vertex_ai", "gemini-2.5-flash", metadata(`{"vertex":{"usageMetadata":{"trafficType":"ON_DEMAND_FLEX"}}}`), 0.000275, "flex", nil},
		"Vertex AI, priority":        {"gcp.vertex_ai", "gemini-2.5-flash", metadata(`{"googleVertex":{"usageMetadata":{"trafficType":"ON_DEMAND_PRIORITY"}}}`), 0.00099, "priority", nil},
		"Vertex AI, on demand":       {"gcp.vertex_ai", "gemini-2.5-flash", metadata(`{"vertex":{"usageMetadata":{"trafficType":"ON_DEMAND"}}}`), 0.00055, nil, nil},
		"Vertex AI, bought capacity": {"gcp.vertex_ai", "gemini-2.5-flash", metadata(`{"vertex":{"usageMetadata":{"trafficType":"PROVISIONED_THROUGHPUT"}}}`), 0.00055, "provisioned", nil},
		// 1,250 + 1,000 millionths.
		"OpenAI's whole answer, flex":     {"openai", "gpt-5", answer(`{"object":"response","service_tier":"flex","usage":{"input_tokens":1000,"output_tokens":100}}`), 0.001125, "flex", nil},
		"OpenAI's whole answer, priority": {"openai", "gpt-5", answer(`{"object":"chat.completion","service_tier":"priority","usage":{"prompt_tokens":1000}}`), 0.0045, "priority", nil},
		"OpenAI's whole answer, default":  {"openai", "gpt-5", answer(`{"object":"response","service_tier":"default","usage":{"input_tokens":1000}}`), 0.00225, nil, nil},
		"a text with the words":           {"openai", "gpt-5", answer(`{"service_tier":"flex"}`), 0.00225, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := only(run(t, oneSpan(t, "x", call(test.provider, test.model, test.more))))
			assert.Equal(t, "priced", got[attrStatus])
			assert.InDelta(t, test.cost, got[attrCost], 1e-12)
			assert.Equal(t, test.tier, got[attrTier])
			assert.Equal(t, test.geo, got[attrGeo])
		})
	}
	t.Run("switched off", func(t *testing.T) {
		attributes := call("anthropic", "claude-opus-5", raw(`{"speed":"fast","inference_geo":"us"}`))
		got := only(run(t, oneSpan(t, "x", attributes), func(c *Config) { c.ServiceTier.Enabled = false }))
		assert.InDelta(t, 0.0075, got[attrCost], 1e-12)
	})
}

// TestExplainNamesTheTerms shows the reader why the price is not the list's.
func TestExplainNamesTheTerms(t *testing.T) {
	traces := oneSpan(t, "x", call("anthropic", "claude-opus-5", map[string]any{"gen_ai.usage.raw": `{"speed":"fast","inference_geo":"us"}`}))
	var out strings.Builder
	require.NoError(t, Explain(createDefaultConfig().(*Config), traces, plog.NewLogs(), &out))
	assert.Regexp(t, `tier +fast`, out.String())
	assert.Regexp(t, `geo +us, for 1\.1 times the price`, out.String())
	assert.Contains(t, out.String(), "x 2.2 =")

	traces = oneSpan(t, "x", map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": "gcp.gemini", "gen_ai.request.model": "gemini-3-flash-preview", "gen_ai.usage.input_tokens": 100,
		"gen_ai.usage.output_tokens": 20, "gen_ai.usage.reasoning.output_tokens": 30, "gen_ai.usage.total_tokens": 155,
	})
	out.Reset()
	require.NoError(t, Explain(createDefaultConfig().(*Config), traces, plog.NewLogs(), &out))
	assert.Contains(t, out.String(), "105 in, 5 by the provider's tools; 50 out, 30 reasoning; 5 of them only the total shows")
}

// TestEveryReaderReadsTheSame: the exporters read a span after llm_cost, and take from
// it the counts that llm_cost priced.
func TestEveryReaderReadsTheSame(t *testing.T) {
	langfuse := func(model, usage string) map[string]any {
		return map[string]any{"langfuse.observation.type": "generation", "langfuse.observation.model.name": model, "langfuse.observation.usage_details": usage}
	}
	mlflow := func(model, usage string) map[string]any {
		return map[string]any{"mlflow.spanType": "CHAT_MODEL", "mlflow.llm.model": model, "mlflow.llm.provider": "anthropic", "mlflow.chat.tokenUsage": usage}
	}
	gemini := func(more map[string]any) map[string]any {
		return call("gcp.gemini", "gemini-3-flash-preview", more)
	}
	for name, attributes := range map[string]map[string]any{
		"Langfuse, the total shows overlap": langfuse("gpt-5.5", `{"input":117231,"cache_read_input_tokens":115584,"output":225,"total":117456}`),
		"Langfuse, disjoint":                langfuse("gpt-5.5", `{"input":1647,"input_cached_tokens":115584,"output":225,"output_reasoning":100,"total":117556}`),
		"Langfuse, thoughts inside":         langfuse("gpt-5", `{"input":1000,"input_cached_tokens":600,"output":500,"output_reasoning_tokens":300,"total":1500}`),
		"Langfuse, an hour":                 langfuse("claude-haiku-4-5", `{"input":2,"output":100,"input_cache_creation":200,"input_cache_creation_1h":300}`),
		"Langfuse, tools":                   langfuse("gemini-3-flash-preview", `{"input":151,"tool_use_prompt_token_count":18329,"output":1089,"output_reasoning":1120,"total":20689}`),
		"Langfuse, total":                   langfuse("gemini-3-flash-preview", `{"input":100,"output":20,"output_reasoning":30,"total":155}`),
		"MLflow":                            mlflow("claude-haiku-4-5", `{"input_tokens":10500,"output_tokens":100,"cache_read_input_tokens":10000,"cache_creation_input_tokens":300}`),
		"MLflow, more cached":               mlflow("claude-haiku-4-5", `{"input_tokens":6,"output_tokens":550,"cache_read_input_tokens":42000,"cache_creation_input_tokens":800}`),
		"tools stated":                      gemini(map[string]any{"gen_ai.usage.details.tool_use_prompt_tokens": 18329}),
		"tools within":                      gemini(map[string]any{"gen_ai.usage.details.tool_use_prompt_tokens": 200}),
		"tools by the total":                gemini(map[string]any{"gen_ai.usage.reasoning.output_tokens": 30, "gen_ai.usage.total_tokens": 1155}),
		"thoughts and tools by the total":   gemini(map[string]any{"gen_ai.usage.reasoning_tokens": 30, "gen_ai.usage.total_tokens": 1155}),
		"thoughts by the total":             gemini(map[string]any{"gen_ai.usage.total_tokens": 1155}),
		"ADK":                               {"gen_ai.system": "gcp.vertex.agent", "gen_ai.request.model": "gemini-3-flash-preview", "gcp.vertex.agent.llm_response": `{"usage_metadata":{"prompt_token_count":151,"candidates_token_count":1089,"thoughts_token_count":1120,"tool_use_prompt_token_count":18329,"total_token_count":20689}}`},
		"LangChain, an hour":                call("anthropic", "claude-haiku-4-5", map[string]any{"gen_ai.usage.input_token_details": `{"cache_creation":100,"ephemeral_1h_input_tokens":300}`}),
		"price names":                       call("anthropic", "claude-haiku-4-5", map[string]any{"gen_ai.usage.input_cache_creation": 200, "gen_ai.usage.input_cache_creation_1h": 300}),
		"underscores":                       call("anthropic", "claude-haiku-4-5", map[string]any{"llm.usage.cache_read_input_tokens": 700, "llm.usage.cache_creation_input_tokens": 100}),
		"modalities":                        {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "gcp.gemini", "gen_ai.request.model": "gemini-2.5-flash", "gen_ai.usage.text.input_tokens": 700, "gen_ai.usage.video.input_tokens": 300, "gen_ai.usage.text.output_tokens": 50},
		"cached video":                      gemini(map[string]any{"gen_ai.usage.video.input_tokens": 500, "gen_ai.usage.video.cache_read.input_tokens": 400}),
		"DeepSeek":                          call("deepseek", "deepseek-chat", map[string]any{"gen_ai.usage.prompt_cache_hit_tokens": 600, "gen_ai.usage.prompt_cache_miss_tokens": 400}),
		"scope ai":                          call("anthropic", "claude-opus-5-5", map[string]any{"gen_ai.usage.cache_read.input_tokens": 600}),
	} {
		t.Run(name, func(t *testing.T) {
			for _, normalize := range []string{normalizeCorrect, normalizeFill, normalizeOff} {
				before := usageOf(t, oneSpan(t, "ai", attributes))
				after := usageOf(t, run(t, oneSpan(t, "ai", attributes), func(c *Config) { c.Normalize = normalize }))
				assert.Equal(t, before, after, normalize)
			}
		})
	}
}

// usageOf is what an exporter takes from the span.
func usageOf(t *testing.T, traces ptrace.Traces) [10]int64 {
	t.Helper()
	ss := traces.ResourceSpans().At(0).ScopeSpans().At(0)
	var v genai.View
	v.Read(pcommon.NewResource(), ss.Scope(), ss.Spans().At(0))
	u, state := v.Usage()
	require.Equal(t, genai.UsageValid, state)
	return [...]int64{u.Input, u.CacheRead, u.CacheWrite, u.CacheWrite1h, u.InputAudio, u.InputImage, u.InputVideo, u.Output, u.Reasoning, u.OutputVideo}
}

// TestModalitiesAreInThePrice: of 1,000 tokens in 600 are audio, of 100 tokens out 40 are
// of the kind that is named. gemini-2.5-flash takes 0.30 for text, 1 for audio and 2.50 for
// output; gemini-2.5-flash-image 30 for images; the models for speech 0.50 and 10.
func TestModalitiesAreInThePrice(t *testing.T) {
	for name, test := range map[string]struct {
		model, raw string
		cost       float64
	}{
		"audio in":          {"gemini-2.5-flash", `{"promptTokensDetails":[{"modality":"AUDIO","tokenCount":600},{"modality":"TEXT","tokenCount":400}]}`, 0.00097}, // 600 + 120 + 250 millionths
		"text in":           {"gemini-2.5-flash", `{"promptTokensDetails":[{"modality":"TEXT","tokenCount":1000}]}`, 0.00055},
		"audio as text":     {"gemini-2.5-pro", `{"promptTokensDetails":[{"modality":"AUDIO","tokenCount":600}]}`, 0.00225},
		"an image out":      {"gemini-2.5-flash-image", `{"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":40}]}`, 0.00165}, // 300 + 150 + 1,200
		"speech out":        {"gemini-2.5-flash-preview-tts", `{"candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":100}]}`, 0.0015},
		"speech of the Pro": {"gemini-2.5-pro-preview-tts", `{"candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":100}]}`, 0.003},
	} {
		t.Run(name, func(t *testing.T) {
			got := only(run(t, oneSpan(t, "x", call("gcp.gemini", test.model, map[string]any{"gen_ai.usage.raw": test.raw}))))
			assert.Equal(t, "priced", got[attrStatus])
			assert.InDelta(t, test.cost, got[attrCost], 1e-12)
		})
	}
}
