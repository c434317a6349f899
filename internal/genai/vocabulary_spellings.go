package genai

import (
	"maps"
	"slices"
)

// spelledCounts are the forms in which instrumentations write the name of a part of the
// usage behind the prefix of a namespace: the words of the providers' APIs (OpenAI,
// Anthropic, Amazon Bedrock, Gemini, DeepSeek), in snake and in camel case, and in either
// order.
var spelledCounts = []struct {
	field Field
	forms []string
}{
	{CacheReadTokens, []string{
		"cached_tokens", "cached_input_tokens", "cached_prompt_tokens", "cached_content_tokens", "cached_content_token_count",
		"cache_tokens", "cache_read", "cache_read_tokens", "cache_read_input_tokens", "cache_read.input_tokens", "cache_read_input_token_count",
		"cache_hit_tokens", "prompt_cache_hit_tokens", "prompt_cached_tokens", "prompt_tokens_cached", "prompt_tokens.cached",
		"input_cached_tokens", "input_cache_read", "input_cache_read_tokens", "input_cache_tokens", "input_tokens_cached", "input_tokens.cached",
		"input_tokens_cache_read", "cachedTokens", "cachedInputTokens", "cachedPromptTokens", "cachedContentTokenCount", "cacheReadTokens",
		"cacheReadInputTokens", "promptCacheHitTokens",
	}},
	{CacheWriteTokens, []string{
		"cache_write", "cache_write_tokens", "cache_write_input_tokens", "cache_write.input_tokens", "cache_write_input_token_count",
		"cache_creation_tokens", "cache_creation_input_tokens", "cache_creation.input_tokens", "input_cache_write", "input_cache_write_tokens",
		"input_cache_creation", "input_cache_creation_tokens", "input_tokens_cache_write", "cacheWriteTokens", "cacheWriteInputTokens",
		"cacheCreationTokens", "cacheCreationInputTokens",
	}},
	{ReasoningTokens, []string{
		"reasoning_tokens", "reasoning_output_tokens", "reasoning.output_tokens", "output_reasoning", "output_reasoning_tokens",
		"completion_reasoning_tokens", "output_tokens_reasoning", "output_tokens.reasoning", "thinking_tokens", "thoughts_tokens",
		"thoughts_token_count", "reasoningTokens", "reasoningOutputTokens", "thinkingTokens", "thoughtsTokenCount",
	}},
}

// spelledDetails are the members of what OpenAI's API calls details of the input and of
// the output, as others write them, too.
var (
	inputDetails = []Detail{
		{Path: "cached_tokens", Field: CacheReadTokens},
		{Path: "cache_read", Field: CacheReadTokens},
		{Path: "cache_read_tokens", Field: CacheReadTokens},
		{Path: "cached_read_tokens", Field: CacheReadTokens},
		{Path: "cache_read_input_tokens", Field: CacheReadTokens},
		{Path: "cachedTokens", Field: CacheReadTokens},
		{Path: "cache_write", Field: CacheWriteTokens},
		{Path: "cache_write_tokens", Field: CacheWriteTokens},
		{Path: "cached_write_tokens", Field: CacheWriteTokens},
		{Path: "cache_creation", Field: CacheWriteTokens},
		{Path: "cache_creation_tokens", Field: CacheWriteTokens},
		{Path: "cache_creation_input_tokens", Field: CacheWriteTokens},
		{Path: "cacheWriteTokens", Field: CacheWriteTokens},
		{Path: "audio_tokens", Field: InputAudioTokens},
		{Path: "audioTokens", Field: InputAudioTokens},
		{Path: "image_tokens", Field: InputImageTokens},
	}
	outputDetails = []Detail{
		{Path: "reasoning_tokens", Field: ReasoningTokens},
		{Path: "reasoning", Field: ReasoningTokens},
		{Path: "thinking_tokens", Field: ReasoningTokens},
		{Path: "reasoningTokens", Field: ReasoningTokens},
		{Path: "audio_tokens", Field: OutputAudioTokens},
		{Path: "audioTokens", Field: OutputAudioTokens},
		{Path: "image_tokens", Field: OutputImageTokens},
	}
	inputDetailNames  = []string{"input_token_details", "input_tokens_details", "prompt_token_details", "prompt_tokens_details"}
	outputDetailNames = []string{"output_token_details", "output_tokens_details", "completion_token_details", "completion_tokens_details"}
)

// spelledNames are the names that these forms make and that the tables lack. The tables'
// own stand before them.
func spelledNames(tables [][]Name) []Name {
	var names []Name
	seen := map[string]bool{}
	for _, table := range tables {
		for _, name := range table {
			seen[name.Key] = true
		}
	}
	add := func(field Field, key string) {
		if !seen[key] {
			seen[key] = true
			names = append(names, Name{field, key, spellings})
		}
	}
	for _, prefix := range [...]string{"gen_ai.usage.", "llm.usage."} {
		for _, part := range spelledCounts {
			for _, form := range part.forms {
				add(part.field, prefix+form)
				add(part.field, prefix+"details."+form)
			}
		}
		for _, head := range inputDetailNames {
			add(InputTokenDetails, prefix+head)
			for _, d := range inputDetails {
				add(d.Field, prefix+head+"."+d.Path)
			}
		}
		for _, head := range outputDetailNames {
			add(OutputTokenDetails, prefix+head)
			for _, d := range outputDetails {
				add(d.Field, prefix+head+"."+d.Path)
			}
		}
	}
	// Gemini's lists by modality, as Pydantic AI writes them: audio_prompt_tokens
	// (pydantic_ai_slim/pydantic_ai/models/google.py, _metadata_as_usage).
	for _, kind := range slices.Sorted(maps.Keys(pydanticModalities)) {
		fields := pydanticModalities[kind]
		add(fields.text, "gen_ai.usage.details.text_"+kind+"_tokens")
		add(fields.audio, "gen_ai.usage.details.audio_"+kind+"_tokens")
		add(fields.image, "gen_ai.usage.details.image_"+kind+"_tokens")
		add(fields.video, "gen_ai.usage.details.video_"+kind+"_tokens")
	}
	return names
}

var pydanticModalities = map[string]modalityFields{
	"prompt": promptModalities, "cache": cachedModalities, "candidates": outputModalities, "response": outputModalities,
}

// spelledPlaces are the places in the details of a usage, as attributes of their own and
// in a provider's usage object.
func spelledPlaces() []Detail {
	var all []Detail
	add := func(in Field, prefix string, details []Detail) {
		for _, d := range details {
			all = append(all, Detail{in, prefix + d.Path, d.Field, spellings})
		}
	}
	add(InputTokenDetails, "", inputDetails)
	add(OutputTokenDetails, "", outputDetails)
	for _, name := range slices.Concat(inputDetailNames, []string{"promptTokensDetails", "inputTokensDetails"}) {
		add(ProviderUsage, name+".", inputDetails)
	}
	for _, name := range slices.Concat(outputDetailNames, []string{"completionTokensDetails", "outputTokensDetails"}) {
		add(ProviderUsage, name+".", outputDetails)
	}
	return all
}
