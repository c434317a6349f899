package genai

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestTokensByModality: Gemini lists its tokens by modality. The prompt is 1,000 tokens,
// 700 of them audio and 100 an image; 400 tokens, 300 of them audio, were cached; the
// answer is 90 tokens, 50 of them audio and 10 an image.
func TestTokensByModality(t *testing.T) {
	const (
		camel = `{"promptTokenCount":1000,"candidatesTokenCount":90,"cachedContentTokenCount":400,"totalTokenCount":1090,` +
			`"promptTokensDetails":[{"modality":"TEXT","tokenCount":200},{"modality":"AUDIO","tokenCount":700},{"modality":"IMAGE","tokenCount":100}],` +
			`"cacheTokensDetails":[{"modality":"TEXT","tokenCount":100},{"modality":"AUDIO","tokenCount":300}],` +
			`"candidatesTokensDetails":[{"tokenCount":30,"modality":"TEXT"},{"tokenCount":50,"modality":"AUDIO"},{"tokenCount":10,"modality":"IMAGE"}]}`
		snake = `{"prompt_token_count":1000,"candidates_token_count":90,"cached_content_token_count":400,"total_token_count":1090,` +
			`"prompt_tokens_details":[{"modality":"TEXT","token_count":200},{"modality":"AUDIO","token_count":700},{"modality":"IMAGE","token_count":100}],` +
			`"cache_tokens_details":[{"modality":"TEXT","token_count":100},{"modality":"AUDIO","token_count":300}],` +
			`"candidates_tokens_details":[{"modality":"AUDIO","token_count":50},{"modality":"IMAGE","token_count":10}]}`
		interactions = `{"total_tokens":1090,"total_input_tokens":1000,"total_output_tokens":90,"total_cached_tokens":400,` +
			`"input_tokens_by_modality":[{"modality":"audio","tokens":700},{"modality":"image","tokens":100},{"modality":"text","tokens":200}],` +
			`"cached_tokens_by_modality":[{"modality":"audio","tokens":300}],"output_tokens_by_modality":[{"modality":"audio","tokens":50},{"modality":"image","tokens":10}]}`
	)
	gemini := map[string]any{"gen_ai.operation.name": "chat", "gen_ai.provider.name": "gcp.gemini", "gen_ai.request.model": "gemini-2.5-flash"}
	with := func(more map[string]any) map[string]any {
		attributes := map[string]any{"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 90}
		maps.Copy(attributes, gemini)
		maps.Copy(attributes, more)
		return attributes
	}
	aisdk := func(metadata any) map[string]any {
		return map[string]any{
			"ai.operationId": "ai.generateText.doGenerate", "ai.model.provider": "google.generative-ai", "ai.model.id": "gemini-2.5-flash",
			"ai.usage.inputTokens": 1000, "ai.usage.outputTokens": 90, "ai.response.providerMetadata": metadata,
		}
	}
	entry := func(modality, key string, n any) any { return map[string]any{"modality": modality, key: n} }
	adk := func(answer any) map[string]any {
		return map[string]any{"gen_ai.system": "gcp.vertex.agent", "gen_ai.request.model": "gemini-2.5-flash", "gcp.vertex.agent.llm_response": answer}
	}
	all := [6]int64{1000, 90, 400, 100, 50, 10} // in, out, cached audio is 300 of 400
	for name, test := range map[string]struct {
		attributes map[string]any
		want       [6]int64 // input, output, audio in that is not cached, image in, audio out, image out
		cached     int64    // audio
	}{
		"AI SDK":                 {aisdk(`{"google":{"usageMetadata":` + camel + `}}`), all, 300},
		"AI SDK, Vertex":         {aisdk(`{"vertex":{"usageMetadata":` + camel + `}}`), all, 300},
		"AI SDK, Vertex, newer":  {aisdk(`{"googleVertex":{"usageMetadata":` + camel + `}}`), all, 300},
		"ADK":                    {adk(`{"usage_metadata":` + snake + `}`), all, 300},
		"ADK, camel case":        {adk(`{"usageMetadata":` + camel + `}`), all, 300},
		"usage object":           {with(map[string]any{"gen_ai.usage.raw": camel}), all, 300},
		"usage object, snake":    {with(map[string]any{"gen_ai.usage.raw": snake}), all, 300},
		"interactions":           {with(map[string]any{"gen_ai.usage.raw": interactions}), all, 300},
		"numbers for modalities": {with(map[string]any{"gen_ai.usage.raw": `{"promptTokensDetails":[{"modality":4,"tokenCount":700},{"modality":"1","tokenCount":300}]}`}), [6]int64{1000, 90, 700, 0, 0, 0}, 0},
		"counts as text":         {with(map[string]any{"gen_ai.usage.raw": `{"promptTokensDetails":[{"modality":"AUDIO","tokenCount":"700"}]}`}), [6]int64{1000, 90, 700, 0, 0, 0}, 0},
		"a Python dictionary":    {with(map[string]any{"gen_ai.usage.raw": `{'prompt_tokens_details': [{'modality': 'MediaModality.AUDIO', 'token_count': 700}]}`}), [6]int64{1000, 90, 700, 0, 0, 0}, 0},
		"a map":                  {with(map[string]any{"gen_ai.usage.raw": map[string]any{"promptTokensDetails": []any{entry("AUDIO", "tokenCount", 700), entry("TEXT", "tokenCount", 300)}}}), [6]int64{1000, 90, 700, 0, 0, 0}, 0},
		"one modality twice":     {with(map[string]any{"gen_ai.usage.raw": `{"promptTokensDetails":[{"modality":"AUDIO","tokenCount":300},{"modality":"AUDIO","tokenCount":400}]}`}), [6]int64{1000, 90, 700, 0, 0, 0}, 0},
		"a live answer":          {with(map[string]any{"gen_ai.usage.raw": `{"responseTokensDetails":[{"modality":"AUDIO","tokenCount":50}]}`}), [6]int64{1000, 90, 0, 0, 50, 0}, 0},
		"more members":           {with(map[string]any{"gen_ai.usage.raw": `{"promptTokensDetails":[{"x":{"modality":"TEXT"},"modality":"AUDIO","y":[1],"tokenCount":700}],"trafficType":"ON_DEMAND"}`}), [6]int64{1000, 90, 700, 0, 0, 0}, 0},
		"tools read audio": {with(map[string]any{"gen_ai.usage.raw": `{"promptTokenCount":1000,"toolUsePromptTokenCount":500,"toolUsePromptTokensDetails":[{"modality":"AUDIO","tokenCount":200},{"modality":"DOCUMENT","tokenCount":300}],` +
			`"promptTokensDetails":[{"modality":"AUDIO","tokenCount":100}]}`}), [6]int64{1500, 90, 300, 0, 0, 0}, 0},
		"Pydantic AI": {with(map[string]any{
			"gen_ai.usage.details.text_prompt_tokens": 200, "gen_ai.usage.details.audio_prompt_tokens": 700, "gen_ai.usage.details.image_prompt_tokens": 100, "gen_ai.usage.details.cached_content_tokens": 400,
			"gen_ai.usage.details.audio_cache_tokens": 300, "gen_ai.usage.details.text_cache_tokens": 100, "gen_ai.usage.details.audio_candidates_tokens": 50, "gen_ai.usage.details.image_candidates_tokens": 10,
		}), all, 300},
		"Pydantic AI, live": {with(map[string]any{"gen_ai.usage.details.audio_response_tokens": 50, "gen_ai.usage.details.text_response_tokens": 40}), [6]int64{1000, 90, 0, 0, 50, 0}, 0},
		"only the parts":    {adk(`{"usage_metadata":{"prompt_tokens_details":[{"modality":"AUDIO","token_count":700},{"modality":"TEXT","token_count":300}],"candidates_token_count":90}}`), [6]int64{1000, 90, 700, 0, 0, 0}, 0},

		// Neighbours that say nothing, or less.
		"the attribute counts":     {with(map[string]any{"gen_ai.usage.audio.input_tokens": 5, "gen_ai.usage.raw": camel}), [6]int64{1000, 90, 0, 100, 50, 10}, 300},
		"no label":                 {with(map[string]any{"gen_ai.usage.raw": `{"promptTokensDetails":[{"tokenCount":700}]}`}), [6]int64{1000, 90, 0, 0, 0, 0}, 0},
		"no count":                 {with(map[string]any{"gen_ai.usage.raw": `{"promptTokensDetails":[{"modality":"AUDIO"}]}`}), [6]int64{1000, 90, 0, 0, 0, 0}, 0},
		"null count":               {with(map[string]any{"gen_ai.usage.raw": `{"promptTokensDetails":[{"modality":"AUDIO","tokenCount":null}]}`}), [6]int64{1000, 90, 0, 0, 0, 0}, 0},
		"empty":                    {with(map[string]any{"gen_ai.usage.raw": `{"promptTokensDetails":[]}`}), [6]int64{1000, 90, 0, 0, 0, 0}, 0},
		"another modality":         {with(map[string]any{"gen_ai.usage.raw": `{"promptTokensDetails":[{"modality":"SMELL","tokenCount":700}]}`}), [6]int64{1000, 90, 0, 0, 0, 0}, 0},
		"another list":             {with(map[string]any{"gen_ai.usage.raw": `{"details":[{"modality":"AUDIO","tokenCount":700}]}`}), [6]int64{1000, 90, 0, 0, 0, 0}, 0},
		"a list in a list":         {with(map[string]any{"gen_ai.usage.raw": `{"promptTokensDetails":[[{"modality":"AUDIO","tokenCount":700}]]}`}), [6]int64{1000, 90, 0, 0, 0, 0}, 0},
		"a text among the objects": {with(map[string]any{"gen_ai.usage.raw": `{"promptTokensDetails":["AUDIO",{"modality":"AUDIO","tokenCount":700}]}`}), [6]int64{1000, 90, 700, 0, 0, 0}, 0},
		"broken off":               {with(map[string]any{"gen_ai.usage.raw": `{"promptTokensDetails":[{"modality":"AUDIO","tokenCount":70`}), [6]int64{1000, 90, 0, 0, 0, 0}, 0},
		"more audio than input":    {with(map[string]any{"gen_ai.usage.raw": `{"promptTokensDetails":[{"modality":"AUDIO","tokenCount":5000}]}`}), [6]int64{1000, 90, 1000, 0, 0, 0}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			u := readUsage(t, "x", test.attributes)
			assert.Equal(t, test.want, [6]int64{u.Input, u.Output, u.InputAudio, u.InputImage, u.OutputAudio, u.OutputImage}, "input, output, audio and image in, audio and image out")
			assert.Equal(t, test.cached, u.AudioCacheRead, "cached audio")
		})
	}

	_, state := viewOf(t, "x", with(map[string]any{"gen_ai.usage.raw": `{"promptTokensDetails":[{"modality":"AUDIO","tokenCount":5},{"modality":"AUDIO","tokenCount":-5}]}`})).Usage()
	assert.Equal(t, UsageInvalid, state, "a count that cannot be believed")
}

// TestLifetimesInAList: Amazon Bedrock lists the writes to a cache by their lifetime.
// 300 of 500 written tokens live an hour.
func TestLifetimesInAList(t *testing.T) {
	const list = `[{"ttl":"5m","inputTokens":200},{"inputTokens":300,"ttl":"1h"}]`
	aisdk := func(metadata any) map[string]any {
		return map[string]any{
			"ai.operationId": "ai.generateText.doGenerate", "ai.model.provider": "amazon-bedrock", "ai.model.id": "global.anthropic.claude-haiku-4-5-20251001-v1:0",
			"ai.usage.inputTokens": 600, "ai.usage.outputTokens": 10, "ai.usage.inputTokenDetails.noCacheTokens": 100, "ai.usage.inputTokenDetails.cacheWriteTokens": 500,
			"ai.response.providerMetadata": metadata,
		}
	}
	span := func(key string, value any) map[string]any {
		return map[string]any{
			"openinference.span.kind": "LLM", "gen_ai.provider.name": "aws.bedrock", "gen_ai.request.model": "global.anthropic.claude-haiku-4-5-20251001-v1:0", "gen_ai.usage.input_tokens": 100,
			"gen_ai.usage.output_tokens": 10, "gen_ai.usage.cache_write_input_tokens": 500, key: value,
		}
	}
	for name, test := range map[string]struct {
		attributes  map[string]any
		write, hour int64
	}{
		"AI SDK":                {aisdk(`{"bedrock":{"usage":{"cacheWriteInputTokens":500,"cacheDetails":` + list + `}}}`), 500, 300},
		"AI SDK, newer":         {aisdk(`{"amazonBedrock":{"usage":{"cacheDetails":` + list + `,"cacheWriteInputTokens":500}}}`), 500, 300},
		"AI SDK, both names":    {aisdk(`{"amazonBedrock":{"usage":{"cacheDetails":` + list + `}},"bedrock":{"usage":{"cacheDetails":` + list + `}}}`), 500, 300},
		"AI SDK, an hour only":  {aisdk(`{"bedrock":{"usage":{"cacheDetails":[{"ttl":"1h","inputTokens":500}]}}}`), 500, 500},
		"AI SDK, two for 1h":    {aisdk(`{"bedrock":{"usage":{"cacheDetails":[{"ttl":"1h","inputTokens":100},{"ttl":"1h","inputTokens":200},{"ttl":"5m","inputTokens":200}]}}}`), 500, 300},
		"AI SDK, a map":         {aisdk(map[string]any{"bedrock": map[string]any{"usage": map[string]any{"cacheDetails": []any{map[string]any{"ttl": "1h", "inputTokens": 300}}}}}), 500, 300},
		"AI SDK 5":              {map[string]any{"ai.operationId": "ai.generateText.doGenerate", "ai.model.provider": "amazon-bedrock", "ai.model.id": "anthropic.claude-haiku-4-5", "ai.usage.inputTokens": 100, "ai.usage.outputTokens": 10, "ai.response.providerMetadata": `{"bedrock":{"usage":{"cacheWriteInputTokens":500,"cacheDetails":` + list + `}}}`}, 500, 300},
		"usage object":          {span("gen_ai.usage.raw", `{"inputTokens":100,"outputTokens":10,"cacheWriteInputTokens":500,"cacheDetails":`+list+`}`), 500, 300},
		"the whole answer":      {span("output.value", `{"output":{"message":{}},"usage":{"inputTokens":100,"cacheWriteInputTokens":500,"cacheDetails":`+list+`}}`), 500, 300},
		"five minutes only":     {aisdk(`{"bedrock":{"usage":{"cacheDetails":[{"ttl":"5m","inputTokens":500}]}}}`), 500, 0},
		"another lifetime":      {aisdk(`{"bedrock":{"usage":{"cacheDetails":[{"ttl":"24h","inputTokens":500}]}}}`), 500, 0},
		"without a lifetime":    {aisdk(`{"bedrock":{"usage":{"cacheDetails":[{"inputTokens":500}]}}}`), 500, 0},
		"no list":               {aisdk(`{"bedrock":{"usage":{"cacheDetails":null}}}`), 500, 0},
		"someone else's list":   {aisdk(`{"custom":{"usage":{"cacheDetails":` + list + `}}}`), 500, 0},
		"a list without a home": {aisdk(`{"bedrock":{"cacheDetails":` + list + `}}`), 500, 0},
	} {
		t.Run(name, func(t *testing.T) {
			u := readUsage(t, "ai", test.attributes)
			assert.Equal(t, [3]int64{600, test.write, test.hour}, [3]int64{u.Input, u.CacheWrite, u.CacheWrite1h}, "input, written, for an hour")
		})
	}
}
