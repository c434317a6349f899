package langfusetest

import "strconv"

// scopeUsage reads the tokens of instrumentations that the server has rules of their
// own for, by the scope alone: they stand in attributes that are no counts, too
// (provider metadata, whole answers). The second result is false where it goes on to
// the generic names.
func (in *span) scopeUsage() (map[string]any, bool) {
	switch in.scope {
	case aiScope:
		return in.aiUsage(), true
	case claudeCodeScope:
		out := map[string]any{}
		for _, name := range [...]struct{ key, bucket string }{
			{"input_tokens", "input"}, {"output_tokens", "output"}, {"cache_read_tokens", "input_cached_tokens"}, {"cache_creation_tokens", "input_cache_creation"},
		} {
			if n, ok := numberOf(in.attributes[name.key]); ok && in.attributes[name.key] != nil {
				out[name.bucket] = n
			}
		}
		return out, len(out) > 0
	case genkitScope:
		answer, _ := decoded(in.attributes["genkit:output"]).(map[string]any)
		usage, ok := answer["usage"].(map[string]any)
		if !ok {
			return nil, false
		}
		out := map[string]any{}
		thoughts, _ := usage["thoughtsTokens"].(float64)
		put := func(bucket, key string, less float64) {
			if n, _ := usage[key].(float64); n != 0 {
				out[bucket] = max(n-less, 0)
			}
		}
		put("input", "inputTokens", 0)
		put("output", "outputTokens", thoughts)
		put("total", "totalTokens", 0)
		put("output_reasoning", "thoughtsTokens", 0)
		return out, true
	}
	return nil, false
}

// aiBuckets are members of the Vercel AI SDK's provider metadata, by the path to
// them, and the buckets that they are.
var aiBuckets = []struct {
	bucket string
	path   []string
}{
	{"input_cached_tokens", []string{"openai", "cachedPromptTokens"}},
	{"accepted_prediction_tokens", []string{"openai", "acceptedPredictionTokens"}},
	{"rejected_prediction_tokens", []string{"openai", "rejectedPredictionTokens"}},
	{"output_reasoning_tokens", []string{"openai", "reasoningTokens"}},
	{"input_cache_creation", []string{"anthropic", "usage", "cache_creation_input_tokens"}},
	{"input_cached_tokens", []string{"anthropic", "usage", "cache_read_input_tokens"}},
	{"input_cache_creation_5m", []string{"anthropic", "usage", "cache_creation", "ephemeral_5m_input_tokens"}},
	{"input_cache_creation_1h", []string{"anthropic", "usage", "cache_creation", "ephemeral_1h_input_tokens"}},
	{"input_cache_read", []string{"bedrock", "usage", "cacheReadInputTokens"}},
	{"input_cache_write", []string{"bedrock", "usage", "cacheWriteInputTokens"}},
	{"input_cache_creation", []string{"bedrock", "usage", "cacheCreationInputTokens"}},
}

// aiUsage has an input and an output on every span of the Vercel AI SDK, zero where
// it states none.
func (in *span) aiUsage() map[string]any {
	out := map[string]any{}
	put := func(bucket string, keys ...string) {
		for _, key := range keys {
			if value, ok := in.attributes[key]; ok {
				n, _ := strconv.Atoi(textOf(value))
				out[bucket] = float64(n)
				return
			}
		}
	}
	put("input", "gen_ai.usage.prompt_tokens", "gen_ai.usage.input_tokens")
	put("output", "gen_ai.usage.completion_tokens", "gen_ai.usage.output_tokens")
	put("total", "ai.usage.tokens")
	put("input_cached_tokens", "ai.usage.cachedInputTokens")
	put("output_reasoning_tokens", "ai.usage.reasoningTokens")
	metadata, _ := decoded(in.attributes["ai.response.providerMetadata"]).(map[string]any)
	for _, b := range aiBuckets {
		if n, ok := memberAt(metadata, b.path).(float64); ok && out[b.bucket] == nil {
			out[b.bucket] = n
		}
	}
	n := func(bucket string) float64 { value, _ := out[bucket].(float64); return value }
	if _, ok := memberAt(metadata, []string{"anthropic", "usage", "cache_creation"}).(map[string]any); ok {
		out["input_cache_creation"] = max(n("input_cache_creation")-n("input_cache_creation_5m")-n("input_cache_creation_1h"), 0)
	}
	out["input"] = max(n("input")-n("input_cached_tokens")-n("input_cache_creation")-n("input_cache_creation_5m")-n("input_cache_creation_1h")-n("input_cache_read"), 0)
	out["output"] = max(n("output")-n("output_reasoning_tokens"), 0)
	return out
}

// memberAt is the member of an object at a path, nil where there is none.
func memberAt(object map[string]any, path []string) any {
	var at any = object
	for _, name := range path {
		inside, _ := at.(map[string]any)
		at = inside[name]
	}
	return at
}
