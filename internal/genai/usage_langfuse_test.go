package genai

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// readUsage reads a span's usage and keeps what the tables of this package compare.
func readUsage(t *testing.T, scope string, attributes map[string]any) Usage {
	t.Helper()
	u, state := viewOf(t, scope, attributes).Usage()
	require.Equal(t, UsageValid, state)
	assertDisjoint(t, &u)
	return u
}

// assertDisjoint checks what holds for every usage: parts make up their whole.
func assertDisjoint(t *testing.T, u *Usage) {
	t.Helper()
	assert.GreaterOrEqual(t, u.Input, u.CacheRead+u.CacheWrite+u.InputAudio+u.InputImage+u.InputVideo, "parts of the input")
	assert.GreaterOrEqual(t, u.Output, u.Reasoning+u.OutputAudio+u.OutputImage+u.OutputVideo, "parts of the output")
	assert.GreaterOrEqual(t, u.CacheWrite, u.CacheWrite1h)
	assert.GreaterOrEqual(t, u.CacheRead, u.AudioCacheRead+u.ImageCacheRead)
	assert.GreaterOrEqual(t, u.Input, u.ToolUse)
}

// TestLangfuseBucketsAndTheirTotal: buckets do not overlap, but where the total has
// what the provider counts in the input once only.
func TestLangfuseBucketsAndTheirTotal(t *testing.T) {
	for name, test := range map[string]struct {
		model, usage string
		want         Usage
	}{
		// 117,456 = 117,231 + 225: the 115,584 are in the 117,231.
		"OpenAI, the total shows the cache inside": {
			"gpt-5.5", `{"input":117231,"cache_read_input_tokens":115584,"output":225,"total":117456}`,
			Usage{Input: 117231, CacheRead: 115584, Output: 225, Mode: InputInclusive},
		},
		"OpenAI, disjoint as Langfuse defines it": {
			"gpt-5.5", `{"input":1647,"input_cached_tokens":115584,"output":225,"total":117456}`,
			Usage{Input: 117231, CacheRead: 115584, Output: 225, Mode: InputExclusive},
		},
		"OpenAI without a total": {
			"gpt-5.5", `{"input":1647,"input_cached_tokens":115584,"output":225}`,
			Usage{Input: 117231, CacheRead: 115584, Output: 225, Mode: InputExclusive},
		},
		// 1,500 = 1,000 + 500: cache and thoughts are inside.
		"OpenAI, cache and reasoning inside": {
			"gpt-5-mini", `{"input":1000,"input_cached_tokens":600,"output":500,"output_reasoning_tokens":300,"total":1500}`,
			Usage{Input: 1000, CacheRead: 600, Output: 500, Reasoning: 300, Mode: InputInclusive},
		},
		// 1,800 = 1,000 + 500 + 300: only the cache is inside.
		"Google, cache inside, thoughts beside": {
			"gemini-2.5-flash", `{"input":1000,"input_cached_tokens":600,"output":500,"output_reasoning":300,"total":1800}`,
			Usage{Input: 1000, CacheRead: 600, Output: 800, Reasoning: 300, Mode: InputInclusive},
		},
		"xAI": {
			"grok-4.3", `{"input":2000,"cached_tokens":1500,"output":100,"total":2100}`,
			Usage{Input: 2000, CacheRead: 1500, Output: 100, Mode: InputInclusive},
		},
		"xAI through a gateway's name": {
			"x-ai/grok-4.3", `{"input":2000,"input_cached_tokens":1500,"output":100,"total":2100}`,
			Usage{Input: 2000, CacheRead: 1500, Output: 100, Mode: InputInclusive},
		},
		"audio inside the input": {
			"gpt-4o-audio-preview", `{"input":1000,"input_audio_tokens":800,"output":100,"total":1100}`,
			Usage{Input: 1000, InputAudio: 800, Output: 100, Mode: InputInclusive},
		},
		// Reasoning inside, cache beside: 1,000 + 600 + 500 = 2,100.
		"OpenAI, reasoning inside, cache beside": {
			"gpt-5-mini", `{"input":1000,"input_cached_tokens":600,"output":500,"output_reasoning_tokens":300,"total":2100}`,
			Usage{Input: 1600, CacheRead: 600, Output: 500, Reasoning: 300, Mode: InputExclusive},
		},
		// Applications write Claude's totals both ways; the buckets stay buckets.
		"Claude, input + output prove nothing": {
			"claude-sonnet-4-5", `{"input":3000,"cache_read_input_tokens":1800,"output":80,"total":3080}`,
			Usage{Input: 4800, CacheRead: 1800, Output: 80, Mode: InputExclusive},
		},
		"Claude, the whole total": {
			"claude-sonnet-4-5", `{"input":3000,"cache_read_input_tokens":1800,"output":80,"total":4880}`,
			Usage{Input: 4800, CacheRead: 1800, Output: 80, Mode: InputExclusive},
		},
		"Claude on Bedrock": {
			"us.anthropic.claude-haiku-4-5-20251001-v1:0", `{"input":3000,"cache_read_input_tokens":1800,"output":80,"total":3080}`,
			Usage{Input: 4800, CacheRead: 1800, Output: 80, Mode: InputExclusive},
		},
		"a model that nobody knows": {
			"my-model", `{"input":3000,"input_cached_tokens":1800,"output":80,"total":3080}`,
			Usage{Input: 4800, CacheRead: 1800, Output: 80, Mode: InputExclusive},
		},
		"OpenAI, more cached than input cannot be inside": {
			"gpt-5.5", `{"input":100,"input_cached_tokens":1800,"output":80,"total":180}`,
			Usage{Input: 1900, CacheRead: 1800, Output: 80, Mode: InputExclusive},
		},
		// LangChain at OpenAI's priority tier, as Langfuse's handler writes it: what
		// has "priority" is in the sum. 1,100 = 1,000 + 100.
		"priority keys of LangChain are parts": {
			"gpt-5", `{"input":1000,"input_priority":400,"input_priority_cache_read":600,"output":100,"output_priority":100,"total":1100}`,
			Usage{Input: 1000, CacheRead: 600, Output: 100, Mode: InputInclusive},
		},
		"predictions are parts of the completion": {
			"gpt-4o", `{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100,"completion_tokens_details":{"accepted_prediction_tokens":40,"reasoning_tokens":0},"prompt_tokens_details":{"cached_tokens":600}}`,
			Usage{Input: 1000, CacheRead: 600, Output: 100, Mode: InputAssumed},
		},
	} {
		t.Run(name, func(t *testing.T) {
			u := readUsage(t, "langfuse-sdk", map[string]any{
				"langfuse.observation.type": "generation", "langfuse.observation.model.name": test.model, "langfuse.observation.usage_details": test.usage,
			})
			got := Usage{Input: u.Input, CacheRead: u.CacheRead, InputAudio: u.InputAudio, Output: u.Output, Reasoning: u.Reasoning, Mode: u.Mode}
			assert.Equal(t, test.want, got, u.Evidence)
		})
	}
}

// TestWritesThatLiveAnHour: once, as a part of all writes, under whatever name.
func TestWritesThatLiveAnHour(t *testing.T) {
	langfuse := func(usage string) map[string]any {
		return map[string]any{"langfuse.observation.type": "generation", "langfuse.observation.model.name": "claude-haiku-4-5", "langfuse.observation.usage_details": usage}
	}
	with := func(more map[string]any) map[string]any {
		all := map[string]any{
			"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.request.model": "claude-haiku-4-5",
			"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 10,
		}
		maps.Copy(all, more)
		return all
	}
	for name, test := range map[string]struct {
		attributes         map[string]any
		input, write, hour int64
	}{
		"Langfuse, Anthropic's sum and its part": {langfuse(`{"input":2,"output":100,"cache_creation_input_tokens":37175,"ephemeral_1h_input_tokens":37175}`), 37177, 37175, 37175},
		"Langfuse, the part is less":             {langfuse(`{"input":2,"output":100,"cache_creation_input_tokens":1000,"ephemeral_1h_input_tokens":300}`), 1002, 1000, 300},
		"Langfuse, both lifetimes in the sum":    {langfuse(`{"input":2,"output":1,"cache_creation_input_tokens":1000,"cache_creation_ephemeral_5m_input_tokens":700,"cache_creation_ephemeral_1h_input_tokens":300}`), 1002, 1000, 300},
		"Langfuse, no sum":                       {langfuse(`{"input":2,"output":1,"input_cache_creation_5m":700,"input_cache_creation_1h":300}`), 1002, 1000, 300},
		"Langfuse, a bucket for the rest":        {langfuse(`{"input":2,"output":1,"input_cache_creation":200,"input_cache_creation_5m":500,"input_cache_creation_1h":300}`), 1002, 1000, 300},
		"Langfuse, the total says inside":        {langfuse(`{"input":2,"output":1,"input_cache_creation":1000,"input_cache_creation_1h":300,"total":1003}`), 1002, 1000, 300},
		"Langfuse, LangChain's zero":             {langfuse(`{"input":2,"output":1,"input_cache_creation":0,"input_ephemeral_1h_input_tokens":300}`), 302, 300, 300},
		"Langfuse, Anthropic's usage nested":     {langfuse(`{"input_tokens":2,"output_tokens":1,"cache_creation_input_tokens":1000,"cache_creation":{"ephemeral_1h_input_tokens":300,"ephemeral_5m_input_tokens":700}}`), 1002, 1000, 300},
		"Langfuse, a zero hour":                  {langfuse(`{"input":2,"output":1,"cache_creation_input_tokens":1000,"ephemeral_1h_input_tokens":0}`), 1002, 1000, 0},
		"LangSmith, no sum":                      {with(map[string]any{"gen_ai.usage.input_token_details": `{"ephemeral_1h_input_tokens":300}`}), 1000, 300, 300},
		"LangSmith, inside the sum":              {with(map[string]any{"gen_ai.usage.input_token_details": `{'cache_creation': 500, 'ephemeral_1h_input_tokens': 300}`}), 1000, 500, 300},
		"LangSmith, beside the sum":              {with(map[string]any{"gen_ai.usage.input_token_details": `{"cache_creation":100,"ephemeral_5m_input_tokens":100,"ephemeral_1h_input_tokens":300}`}), 1000, 500, 300},
		"LangSmith, the whole usage":             {with(map[string]any{"langsmith.usage_metadata": `{"input_token_details":{"ephemeral_1h_input_tokens":300}}`}), 1000, 300, 300},
		"flattened details":                      {with(map[string]any{"gen_ai.usage.cache_creation.input_tokens": 500, "gen_ai.usage.input_token_details.ephemeral_1h_input_tokens": 300}), 1000, 500, 300},
		"Laminar":                                {with(map[string]any{"gen_ai.usage.cache_creation.input_tokens": 500, "gen_ai.usage.cache_creation.input_tokens.ephemeral_1h": 300}), 1000, 500, 300},
		"Langfuse's price names as attributes":   {with(map[string]any{"gen_ai.usage.input_cache_creation": 200, "gen_ai.usage.input_cache_creation_1h": 300}), 1000, 500, 300},
		"Bifrost":                                {with(map[string]any{"gen_ai.usage.cache_creation.input_tokens": 500, "gen_ai.usage.prompt_token_details.cached_write_tokens_1h": 300}), 1000, 500, 300},
		"the provider's usage object":            {with(map[string]any{"gen_ai.usage.cache_creation.input_tokens": 500, "gen_ai.usage.raw": `{"input_tokens":500,"cache_creation_input_tokens":500,"cache_creation":{"ephemeral_1h_input_tokens":300}}`}), 1000, 500, 300},
		"writes of which nothing is known":       {with(map[string]any{"gen_ai.usage.cache_creation.input_tokens": 500}), 1000, 500, 0},
	} {
		t.Run(name, func(t *testing.T) {
			u := readUsage(t, "x", test.attributes)
			assert.Equal(t, [3]int64{test.input, test.write, test.hour}, [3]int64{u.Input, u.CacheWrite, u.CacheWrite1h}, "%s by %s", u.Mode, u.Evidence)
		})
	}
}

// TestLangfuseBucketsByModality: Langfuse's SDK for Python names Gemini's modalities by
// word or, from Vertex AI, by number.
func TestLangfuseBucketsByModality(t *testing.T) {
	for buckets, want := range map[string][5]int64{ // input, audio in, cached, audio of it, audio out
		`{"input":400,"input_modality_audio":600,"output":100}`:                                           {1000, 600, 0, 0, 0},
		`{"input":400,"input_modality_AUDIO":600,"output":100}`:                                           {1000, 600, 0, 0, 0},
		`{"input":400,"input_modality_4":600,"output":100}`:                                               {1000, 600, 0, 0, 0},
		`{"input":0,"input_modality_1":1000,"output":40,"output_modality_4":60}`:                          {1000, 0, 0, 0, 60},
		`{"input":0,"input_modality_text":1000,"output":0,"output_modality_1":100}`:                       {1000, 0, 0, 0, 0},
		`{"input":100,"input_modality_audio":300,"cached_modality_audio":600,"output":100}`:               {1000, 300, 600, 600, 0},
		`{"input":100,"input_modality_4":300,"cached_modality_4":500,"cached_modality_1":100,"output":1}`: {1000, 300, 600, 500, 0},
		`{"input":400,"input_modality_9":600,"output":100}`:                                               {1000, 0, 0, 0, 0},
	} {
		u := readUsage(t, "langfuse-sdk", map[string]any{
			"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gemini-2.5-flash", "langfuse.observation.usage_details": buckets,
		})
		assert.Equal(t, want, [5]int64{u.Input, u.InputAudio, u.CacheRead, u.AudioCacheRead, u.OutputAudio}, buckets)
	}
}
