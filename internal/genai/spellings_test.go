package genai

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestSpellingsOfPartsOfTheUsage: each name that public instrumentations write is
// read, and what it states is a part of the 1,000 and 200.
func TestSpellingsOfPartsOfTheUsage(t *testing.T) {
	part := func(u *Usage, field Field) int64 {
		switch field {
		case CacheReadTokens:
			return u.CacheRead
		case CacheWriteTokens:
			return u.CacheWrite
		case ReasoningTokens:
			return u.Reasoning
		case InputAudioTokens:
			return u.InputAudio
		case OutputAudioTokens:
			return u.OutputAudio
		case InputImageTokens:
			return u.InputImage
		case InputVideoTokens:
			return u.InputVideo
		case OutputVideoTokens:
			return u.OutputVideo
		}
		return -1
	}
	for key, field := range map[string]Field{
		"gen_ai.usage.input_cached_tokens": CacheReadTokens, "gen_ai.usage.cache_read_tokens": CacheReadTokens, "gen_ai.usage.cached_tokens": CacheReadTokens,
		"gen_ai.usage.input_cache_tokens": CacheReadTokens, "gen_ai.usage.prompt_token_details.cached_tokens": CacheReadTokens,
		"gen_ai.usage.input_token_details.cache_read": CacheReadTokens, "gen_ai.usage.input_token_details.cached_tokens": CacheReadTokens,
		"gen_ai.usage.prompt_tokens_details.cached_tokens": CacheReadTokens, "gen_ai.usage.prompt_tokens_details.cache_read": CacheReadTokens,
		"gen_ai.usage.prompt_cache_hit_tokens": CacheReadTokens, "llm.usage.cache_read_input_tokens": CacheReadTokens, "llm.usage.cached_tokens": CacheReadTokens,
		"llm.token_count.cached": CacheReadTokens, "gen_ai.usage.cache.read_input_tokens": CacheReadTokens, "gen_ai.usage.prompt_token_details.cached_read_tokens": CacheReadTokens,
		"gen_ai.usage.cached_content_token_count": CacheReadTokens, "gen_ai.usage.text.cache_read.input_tokens": CacheReadTokens, "gen_ai.usage.video.cache_read.input_tokens": CacheReadTokens,
		"gen_ai.usage.cache_write_tokens": CacheWriteTokens, "gen_ai.usage.cache_creation_tokens": CacheWriteTokens, "llm.usage.cache_creation_input_tokens": CacheWriteTokens,
		"gen_ai.usage.input_cache_creation": CacheWriteTokens, "gen_ai.usage.prompt_token_details.cached_write_tokens": CacheWriteTokens,
		"gen_ai.usage.prompt_tokens_details.cache_write_tokens": CacheWriteTokens, "gen_ai.usage.input_token_details.cache_creation": CacheWriteTokens,
		"gen_ai.usage.output_reasoning_tokens": ReasoningTokens, "gen_ai.usage.reasoning_output_tokens": ReasoningTokens, "gen_ai.usage.output_token_details.reasoning": ReasoningTokens,
		"gen_ai.usage.completion_tokens_details.reasoning": ReasoningTokens, "gen_ai.usage.thinking_tokens": ReasoningTokens,
		"gen_ai.usage.prompt_token_details.audio_tokens": InputAudioTokens, "gen_ai.usage.completion_tokens_details.audio": OutputAudioTokens,
		"gen_ai.usage.input_token_details.image_tokens": InputImageTokens, "gen_ai.usage.video.input_tokens": InputVideoTokens, "gen_ai.usage.video.output_tokens": OutputVideoTokens,
	} {
		t.Run(key, func(t *testing.T) {
			for _, value := range []any{150, "150", 150.0} {
				u := readUsage(t, "x", map[string]any{
					"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5",
					"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 200, key: value,
				})
				assert.EqualValues(t, 150, part(&u, field))
				assert.Equal(t, [2]int64{1000, 200}, [2]int64{u.Input, u.Output})
			}
		})
	}
}

// TestSpellingsByRule: forms of a name that no table has by itself, in attributes, in
// objects that are attributes and in the provider's usage object.
func TestSpellingsByRule(t *testing.T) {
	for name, test := range map[string]struct {
		key             string
		value           any
		read, write, by int64 // cached, written, reasoning
	}{
		"cached prompt tokens":           {"gen_ai.usage.cached_prompt_tokens", 150, 150, 0, 0},
		"cached behind":                  {"gen_ai.usage.prompt_tokens_cached", 150, 150, 0, 0},
		"cached behind a dot":            {"gen_ai.usage.prompt_tokens.cached", "150", 150, 0, 0},
		"camel case":                     {"gen_ai.usage.cachedInputTokens", 150, 150, 0, 0},
		"Bedrock's":                      {"gen_ai.usage.cacheReadInputTokens", 150, 150, 0, 0},
		"bare":                           {"gen_ai.usage.cache_read", 150, 150, 0, 0},
		"in the details":                 {"gen_ai.usage.details.input_cached_tokens", 150, 150, 0, 0},
		"another namespace":              {"llm.usage.prompt_tokens_details.cached_tokens", 150, 150, 0, 0},
		"another namespace, short":       {"llm.usage.cache_read_tokens", "150", 150, 0, 0},
		"written":                        {"llm.usage.cache_write_tokens", 150, 0, 150, 0},
		"written, camel case":            {"gen_ai.usage.cacheWriteInputTokens", 150, 0, 150, 0},
		"written, details":               {"gen_ai.usage.input_tokens_details.cache_creation_tokens", 150, 0, 150, 0},
		"thoughts":                       {"gen_ai.usage.thoughts_tokens", 150, 0, 0, 150},
		"reasoning, camel case":          {"gen_ai.usage.reasoningTokens", 150, 0, 0, 150},
		"reasoning, another namespace":   {"llm.usage.completion_tokens_details.reasoning_tokens", 150, 0, 0, 150},
		"object":                         {"gen_ai.usage.prompt_tokens_details", `{"cached_tokens": 150, "audio_tokens": 0}`, 150, 0, 0},
		"object, a map":                  {"gen_ai.usage.input_tokens_details", map[string]any{"cached_tokens": 150}, 150, 0, 0},
		"object, Python":                 {"llm.usage.prompt_token_details", `{'cached_tokens': 150, 'cache_write_tokens': None}`, 150, 0, 0},
		"object of the output":           {"gen_ai.usage.completion_tokens_details", `{"reasoning_tokens": 150}`, 0, 0, 150},
		"usage object, camel case":       {"gen_ai.usage.raw", `{"promptTokensDetails":{"cachedTokens":150},"completionTokensDetails":{"reasoningTokens":100}}`, 150, 0, 100},
		"usage object, Moonshot":         {"gen_ai.usage.raw", `{"prompt_tokens":1000,"cached_tokens":150}`, 150, 0, 0},
		"usage object, written":          {"gen_ai.usage.raw", `{"input_tokens_details":{"cached_tokens":150,"cache_write_tokens":100}}`, 150, 100, 0},
		"no cache: what was missed":      {"gen_ai.usage.prompt_cache_miss_tokens", 150, 0, 0, 0},
		"no cache: a switch":             {"gen_ai.usage.cache_enabled", true, 0, 0, 0},
		"no cache: a flag":               {"gen_ai.usage.cached", true, 0, 0, 0},
		"no cache: a share":              {"gen_ai.usage.cache_hit_rate", 0.15, 0, 0, 0},
		"no cache: a limit":              {"gen_ai.usage.cached_tokens_limit", 150, 0, 0, 0},
		"no cache: somebody's namespace": {"app.cached_tokens", 150, 0, 0, 0},
		"no reasoning: an effort":        {"gen_ai.usage.reasoning_effort", "high", 0, 0, 0},
		"no detail: predictions":         {"gen_ai.usage.completion_tokens_details", `{"accepted_prediction_tokens": 150}`, 0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			u := readUsage(t, "x", map[string]any{
				"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5",
				"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 200, test.key: test.value,
			})
			assert.Equal(t, [5]int64{1000, 200, test.read, test.write, test.by}, [5]int64{u.Input, u.Output, u.CacheRead, u.CacheWrite, u.Reasoning})
		})
	}
}

// TestOneFactUnderSeveralNamesCountsOnce: names are alternatives.
func TestOneFactUnderSeveralNamesCountsOnce(t *testing.T) {
	u := readUsage(t, "x", map[string]any{
		"gen_ai.provider.name": "openai", "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 200,
		"gen_ai.usage.cache_read.input_tokens": 150, "gen_ai.usage.cached_tokens": 150, "gen_ai.usage.input_cached_tokens": 150, "gen_ai.usage.prompt_token_details.cached_tokens": 150,
		"gen_ai.usage.reasoning_tokens": 50, "gen_ai.usage.output_reasoning_tokens": 50,
	})
	assert.Equal(t, [4]int64{1000, 150, 200, 50}, [4]int64{u.Input, u.CacheRead, u.Output, u.Reasoning})
}

// TestUsageByModality: the parts by modality make up what is not stated as a whole.
func TestUsageByModality(t *testing.T) {
	for name, test := range map[string]struct {
		attributes map[string]any
		want       Usage
	}{
		"parts only": {
			map[string]any{"gen_ai.usage.text.input_tokens": 700, "gen_ai.usage.audio.input_tokens": 200, "gen_ai.usage.video.input_tokens": 100, "gen_ai.usage.text.output_tokens": 50},
			Usage{Input: 1000, InputAudio: 200, InputVideo: 100, Output: 50},
		},
		"parts of a stated whole": {
			map[string]any{"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.text.input_tokens": 700, "gen_ai.usage.video.input_tokens": 300, "gen_ai.usage.output_tokens": 50, "gen_ai.usage.text.output_tokens": 50},
			Usage{Input: 1000, InputVideo: 300, Output: 50},
		},
		"cached parts": {
			map[string]any{"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.audio.input_tokens": 500, "gen_ai.usage.text.cache_read.input_tokens": 300, "gen_ai.usage.audio.cache_read.input_tokens": 200},
			Usage{Input: 1000, CacheRead: 500, AudioCacheRead: 200, InputAudio: 300},
		},
		"a cached video is no video that is paid in full": {
			map[string]any{"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.video.input_tokens": 500, "gen_ai.usage.video.cache_read.input_tokens": 400},
			Usage{Input: 1000, CacheRead: 400, InputVideo: 100},
		},
		"cached parts of a stated sum": {
			map[string]any{"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.cache_read.input_tokens": 600, "gen_ai.usage.text.cache_read.input_tokens": 600},
			Usage{Input: 1000, CacheRead: 600},
		},
	} {
		t.Run(name, func(t *testing.T) {
			u := readUsage(t, "x", test.attributes)
			got := Usage{Input: u.Input, CacheRead: u.CacheRead, AudioCacheRead: u.AudioCacheRead, InputAudio: u.InputAudio, InputVideo: u.InputVideo, Output: u.Output}
			assert.Equal(t, test.want, got)
		})
	}
}

// TestInputModesByInstrumentation: a scope called "ai" with the conventions' names only
// is read as they say; MLflow counts cached tokens in the input, whoever the provider is.
func TestInputModesByInstrumentation(t *testing.T) {
	claude := map[string]any{"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.request.model": "claude-opus-5-5"}
	all := func(parts ...map[string]any) map[string]any {
		attributes := map[string]any{}
		for _, part := range parts {
			maps.Copy(attributes, part)
		}
		return attributes
	}
	semconv := map[string]any{"gen_ai.usage.input_tokens": 48183, "gen_ai.usage.output_tokens": 714, "gen_ai.usage.cache_read.input_tokens": 20000, "gen_ai.usage.cache_creation.input_tokens": 1076}
	mlflow := func(provider, model, usage string) map[string]any {
		return map[string]any{"mlflow.spanType": `"CHAT_MODEL"`, "mlflow.llm.model": model, "mlflow.llm.provider": provider, "mlflow.chat.tokenUsage": usage}
	}
	const usage = `{"input_tokens": 10500, "output_tokens": 100, "total_tokens": 10600, "cache_read_input_tokens": 6000, "cache_creation_input_tokens": 300}`
	for name, test := range map[string]struct {
		scope      string
		attributes map[string]any
		input      int64
		mode       InputMode
	}{
		"ai, only gen_ai.*":                 {"ai", all(claude, semconv), 48183, InputInclusive},
		"ai, the model says who it is":      {"ai", all(semconv, map[string]any{"gen_ai.request.model": "claude-opus-5-5"}), 48183, InputInclusive},
		"ai, the SDK's own names":           {"ai", map[string]any{"ai.model.provider": "anthropic.messages", "ai.usage.inputTokens": 28183, "ai.usage.cachedInputTokens": 20000}, 48183, InputExclusive},
		"ai, both":                          {"ai", all(claude, semconv, map[string]any{"ai.operationId": "ai.generateText.doGenerate"}), 48183 + 21076, InputExclusive},
		"ai, the SDK's model id":            {"ai", all(claude, semconv, map[string]any{"ai.model.id": "claude-opus-5-5"}), 48183 + 21076, InputExclusive},
		"another scope, the SDK's names":    {"next.js", map[string]any{"ai.operationId": "ai.streamText.doStream", "ai.model.provider": "anthropic.messages", "ai.usage.inputTokens": 28183, "ai.usage.cachedInputTokens": 20000}, 48183, InputExclusive},
		"AI SDK 7 beside the conventions":   {"gen_ai", all(claude, semconv, map[string]any{"ai.usage.outputTokenDetails.textTokens": 700, "ai.usage.outputTokenDetails.reasoningTokens": 14, "ai.response.providerMetadata": `{"anthropic":{"cacheReadInputTokens":20000}}`}), 48183, InputInclusive},
		"ai, Gemini with only gen_ai.*":     {"ai", map[string]any{"gen_ai.provider.name": "gcp.gemini", "gen_ai.request.model": "gemini-2.5-flash", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 90, "gen_ai.usage.reasoning.output_tokens": 80}, 100, InputAssumed},
		"MLflow, Claude":                    {"mlflow", mlflow(`"anthropic"`, `"claude-haiku-4-5"`, usage), 10500, InputInclusive},
		"MLflow, Bedrock":                   {"mlflow", mlflow(`"bedrock"`, `"us.anthropic.claude-haiku-4-5-20251001-v1:0"`, usage), 10500, InputInclusive},
		"MLflow, Claude in a gateway":       {"mlflow", mlflow(`"databricks"`, `"databricks-claude-sonnet-4-5"`, usage), 10500, InputInclusive},
		"MLflow, OpenAI":                    {"mlflow", mlflow(`"openai"`, `"gpt-5"`, usage), 10500, InputInclusive},
		"MLflow, more cached than input":    {"mlflow", mlflow(`"anthropic"`, `"claude-haiku-4-5"`, `{"input_tokens": 6, "output_tokens": 550, "cache_read_input_tokens": 42000, "cache_creation_input_tokens": 800}`), 42806, InputExclusive},
		"MLflow, a total with the cache":    {"mlflow", mlflow(`"anthropic"`, `"claude-haiku-4-5"`, `{"input_tokens": 100, "output_tokens": 10, "total_tokens": 170, "cache_read_input_tokens": 60}`), 160, InputExclusive},
		"DeepSeek's hits and misses":        {"x", map[string]any{"gen_ai.provider.name": "deepseek", "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.prompt_cache_hit_tokens": 600, "gen_ai.usage.prompt_cache_miss_tokens": 400}, 1000, InputSplit},
		"OpenClaw, the total has the cache": {"x", all(claude, map[string]any{"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10, "gen_ai.usage.cache_read_tokens": 60, "gen_ai.usage.cache_write_tokens": 20, "gen_ai.usage.total_tokens": 190}), 180, InputExclusive},
	} {
		t.Run(name, func(t *testing.T) {
			u := readUsage(t, test.scope, test.attributes)
			assert.Equal(t, test.input, u.Input, u.Evidence)
			assert.Equal(t, test.mode, u.Mode, u.Evidence)
		})
	}
}
