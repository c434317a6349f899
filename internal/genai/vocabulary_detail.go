package genai

import (
	"maps"
	"slices"
)

// Detail is a fact that stands inside an object which is the value of one
// attribute.
type Detail struct {
	In     Field  // the attribute
	Path   string // where in the object, parts joined with dots
	Field  Field  // what it states
	Source string // who writes it
}

// Details returns every place inside objects that the package reads. Where a
// fact stands in several, attributes of its own come first, then the order of
// this table.
func Details() []Detail { return slices.Concat(googleDetails(), detailNames, spelledPlaces()) }

// googleDetails are the places in Gemini's usage object, which the Vercel AI SDK
// passes on under three names.
func googleDetails() []Detail {
	var all []Detail
	for _, provider := range [...]string{"google", "googleVertex", "vertex"} {
		for _, d := range [...]Detail{
			{Path: "usageMetadata.promptTokenCount", Field: promptTokens, Source: aisdk5},
			{Path: "usageMetadata.candidatesTokenCount", Field: candidateTokens, Source: aisdk5},
			{Path: "usageMetadata.thoughtsTokenCount", Field: ReasoningTokens, Source: aisdk5},
			{Path: "usageMetadata.cachedContentTokenCount", Field: CacheReadTokens, Source: aisdk5},
			{Path: "usageMetadata.toolUsePromptTokenCount", Field: ToolUseTokens, Source: googleAPI},
			{Path: "usageMetadata.trafficType", Field: TrafficType, Source: aisdk6},
			{Path: "serviceTier", Field: ResponseTier, Source: aisdk5},
		} {
			d.In, d.Path = UsageMetadata, provider+"."+d.Path
			all = append(all, d)
		}
		all = append(all, modalityDetails(UsageMetadata, provider+".usageMetadata.", modalityLists)...)
	}
	all = append(all, modalityDetails(ADKResponse, "usageMetadata.", modalityLists)...)
	all = append(all, modalityDetails(ADKResponse, "usage_metadata.", modalitySnakeLists)...)
	for _, lists := range [...]map[string]modalityFields{modalityLists, modalitySnakeLists, modalityInteractions} {
		all = append(all, modalityDetails(ProviderUsage, "", lists)...)
	}
	return all
}

// modalityFields are what the counts of a list by modality state.
type modalityFields struct{ text, audio, image, video Field }

var (
	promptModalities = modalityFields{InputTextTokens, InputAudioTokens, InputImageTokens, InputVideoTokens}
	outputModalities = modalityFields{OutputTextTokens, OutputAudioTokens, OutputImageTokens, OutputVideoTokens}
	cachedModalities = modalityFields{TextCacheReadTokens, AudioCacheReadTokens, ImageCacheReadTokens, VideoCacheReadTokens}
	toolModalities   = modalityFields{pricelessPart, toolAudioTokens, pricelessPart, pricelessPart}
)

// The lists by modality in Gemini's usage object, in both notations, and in that of its
// API for interactions (https://ai.google.dev/api/interactions-api).
var (
	modalityLists = map[string]modalityFields{
		"promptTokensDetails": promptModalities, "cacheTokensDetails": cachedModalities, "candidatesTokensDetails": outputModalities,
		"responseTokensDetails": outputModalities, "toolUsePromptTokensDetails": toolModalities,
	}
	modalitySnakeLists = map[string]modalityFields{
		"prompt_tokens_details": promptModalities, "cache_tokens_details": cachedModalities, "candidates_tokens_details": outputModalities,
		"response_tokens_details": outputModalities, "tool_use_prompt_tokens_details": toolModalities,
	}
	modalityInteractions = map[string]modalityFields{
		"input_tokens_by_modality": promptModalities, "cached_tokens_by_modality": cachedModalities,
		"output_tokens_by_modality": outputModalities, "tool_use_tokens_by_modality": toolModalities,
	}
)

func modalityDetails(in Field, prefix string, lists map[string]modalityFields) []Detail {
	var all []Detail
	for _, list := range slices.Sorted(maps.Keys(lists)) {
		fields := lists[list]
		for _, d := range [...]Detail{
			{Path: "text", Field: fields.text},
			{Path: "audio", Field: fields.audio},
			{Path: "image", Field: fields.image},
			{Path: "video", Field: fields.video},
			{Path: "document", Field: pricelessPart},
		} {
			all = append(all, Detail{In: in, Path: prefix + list + "." + d.Path, Field: d.Field, Source: googleAPI})
		}
	}
	return all
}

// detailNames is the table. Langfuse's buckets are not in it: their names are
// the application's, and are read by their words (see langfuse.go).
var detailNames = []Detail{
	// LangChain's details. With a service tier it puts the tier before the name.
	{InputTokenDetails, "cache_read", CacheReadTokens, langsmith},
	{InputTokenDetails, "flex_cache_read", CacheReadTokens, langsmith},
	{InputTokenDetails, "priority_cache_read", CacheReadTokens, langsmith},
	{InputTokenDetails, "cache_creation", CacheWriteTokens, langsmith},
	{InputTokenDetails, "ephemeral_5m_input_tokens", CacheWrite5mTokens, langsmith},
	{InputTokenDetails, "ephemeral_1h_input_tokens", CacheWrite1hTokens, langsmith},
	{InputTokenDetails, "ephemeral_1hr_input_tokens", CacheWrite1hTokens, langsmith},
	{InputTokenDetails, "audio", InputAudioTokens, langsmith},
	{InputTokenDetails, "image", InputImageTokens, langsmith},
	{InputTokenDetails, "video", InputVideoTokens, langsmith},
	{InputTokenDetails, "cached_tokens", CacheReadTokens, openaiAPI},
	{InputTokenDetails, "cache_write_tokens", CacheWriteTokens, openaiAPI},
	{InputTokenDetails, "tool_use", ToolUseTokens, langsmith},
	{OutputTokenDetails, "reasoning", ReasoningTokens, langsmith},
	{OutputTokenDetails, "flex_reasoning", ReasoningTokens, langsmith},
	{OutputTokenDetails, "priority_reasoning", ReasoningTokens, langsmith},
	{OutputTokenDetails, "audio", OutputAudioTokens, langsmith},
	{OutputTokenDetails, "image", OutputImageTokens, langsmith},
	{OutputTokenDetails, "video", OutputVideoTokens, langsmith},
	{OutputTokenDetails, "reasoning_tokens", ReasoningTokens, openaiAPI},
	{LangSmithUsage, "input_tokens", InputTokens, langsmith},
	{LangSmithUsage, "output_tokens", OutputTokens, langsmith},
	{LangSmithUsage, "total_tokens", TotalTokens, langsmith},
	{LangSmithUsage, "input_token_details.cache_read", CacheReadTokens, langsmith},
	{LangSmithUsage, "input_token_details.flex_cache_read", CacheReadTokens, langsmith},
	{LangSmithUsage, "input_token_details.priority_cache_read", CacheReadTokens, langsmith},
	{LangSmithUsage, "input_token_details.cache_creation", CacheWriteTokens, langsmith},
	{LangSmithUsage, "input_token_details.ephemeral_5m_input_tokens", CacheWrite5mTokens, langsmith},
	{LangSmithUsage, "input_token_details.ephemeral_1h_input_tokens", CacheWrite1hTokens, langsmith},
	{LangSmithUsage, "input_token_details.ephemeral_1hr_input_tokens", CacheWrite1hTokens, langsmith},
	{LangSmithUsage, "input_token_details.audio", InputAudioTokens, langsmith},
	{LangSmithUsage, "input_token_details.tool_use", ToolUseTokens, langsmith},
	{LangSmithUsage, "output_token_details.reasoning", ReasoningTokens, langsmith},
	{LangSmithUsage, "output_token_details.audio", OutputAudioTokens, langsmith},
	{LangSmithUsage, "output_token_details.flex_reasoning", ReasoningTokens, langsmith},
	{LangSmithUsage, "output_token_details.priority_reasoning", ReasoningTokens, langsmith},

	{MLflowUsage, "input_tokens", InputTokens, mlflow},
	{MLflowUsage, "output_tokens", OutputTokens, mlflow},
	{MLflowUsage, "total_tokens", TotalTokens, mlflow},
	{MLflowUsage, "cache_read_input_tokens", CacheReadTokens, mlflow},
	{MLflowUsage, "cache_creation_input_tokens", CacheWriteTokens, mlflow},
	{MLflowUsage, "cached_input_tokens", CacheReadTokens, mlflow},
	{MLflowUsage, "reasoning_tokens", ReasoningTokens, mlflow},
	{MLflowUsage, "cache_creation.ephemeral_5m_input_tokens", CacheWrite5mTokens, anthropicAPI},
	{MLflowUsage, "cache_creation.ephemeral_1h_input_tokens", CacheWrite1hTokens, anthropicAPI},

	{ADKResponse, "usage_metadata.prompt_token_count", promptTokens, adk},
	{ADKResponse, "usage_metadata.candidates_token_count", candidateTokens, adk},
	{ADKResponse, "usage_metadata.thoughts_token_count", ReasoningTokens, adk},
	{ADKResponse, "usage_metadata.cached_content_token_count", CacheReadTokens, adk},
	{ADKResponse, "usage_metadata.total_token_count", TotalTokens, adk},
	{ADKResponse, "usage_metadata.tool_use_prompt_token_count", ToolUseTokens, adk},
	{ADKResponse, "usage_metadata.response_token_count", candidateTokens, adk},
	{ADKResponse, "usage_metadata.traffic_type", TrafficType, adk},
	{ADKResponse, "usageMetadata.promptTokenCount", promptTokens, adk},
	{ADKResponse, "usageMetadata.candidatesTokenCount", candidateTokens, adk},
	{ADKResponse, "usageMetadata.thoughtsTokenCount", ReasoningTokens, adk},
	{ADKResponse, "usageMetadata.cachedContentTokenCount", CacheReadTokens, adk},
	{ADKResponse, "usageMetadata.totalTokenCount", TotalTokens, adk},
	{ADKResponse, "usageMetadata.toolUsePromptTokenCount", ToolUseTokens, adk},
	{ADKResponse, "usageMetadata.responseTokenCount", candidateTokens, adk},
	{ADKResponse, "usageMetadata.trafficType", TrafficType, adk},

	// The provider's own usage object, as the Vercel AI SDK passes it on.
	{UsageMetadata, "anthropic.usage.input_tokens", UncachedInputTokens, aisdk5},
	{UsageMetadata, "anthropic.usage.cache_read_input_tokens", CacheReadTokens, aisdk5},
	{UsageMetadata, "anthropic.usage.cache_creation_input_tokens", CacheWriteTokens, aisdk5},
	{UsageMetadata, "anthropic.usage.cache_creation.ephemeral_5m_input_tokens", CacheWrite5mTokens, aisdk5},
	{UsageMetadata, "anthropic.usage.cache_creation.ephemeral_1h_input_tokens", CacheWrite1hTokens, aisdk5},
	{UsageMetadata, "anthropic.usage.server_tool_use.web_search_requests", WebSearches, aisdk5},
	{UsageMetadata, "anthropic.usage.service_tier", ResponseTier, aisdk5},
	{UsageMetadata, "anthropic.usage.speed", ResponseSpeed, aisdk6},
	{UsageMetadata, "anthropic.usage.inference_geo", InferenceGeo, aisdk6},
	{UsageMetadata, "anthropic.cacheReadInputTokens", CacheReadTokens, aisdk},
	{UsageMetadata, "anthropic.cacheCreationInputTokens", CacheWriteTokens, aisdk},
	{UsageMetadata, "bedrock.usage.cacheReadInputTokens", CacheReadTokens, aisdk},
	{UsageMetadata, "bedrock.usage.cacheWriteInputTokens", CacheWriteTokens, aisdk},
	{UsageMetadata, "bedrock.usage.cacheDetails.5m", CacheWrite5mTokens, aisdk6},
	{UsageMetadata, "bedrock.usage.cacheDetails.1h", CacheWrite1hTokens, aisdk6},
	{UsageMetadata, "bedrock.serviceTier.type", ResponseTier, aisdk6},
	{UsageMetadata, "amazonBedrock.usage.cacheReadInputTokens", CacheReadTokens, aisdk6},
	{UsageMetadata, "amazonBedrock.usage.cacheWriteInputTokens", CacheWriteTokens, aisdk6},
	{UsageMetadata, "amazonBedrock.usage.cacheDetails.5m", CacheWrite5mTokens, aisdk6},
	{UsageMetadata, "amazonBedrock.usage.cacheDetails.1h", CacheWrite1hTokens, aisdk6},
	{UsageMetadata, "amazonBedrock.serviceTier.type", ResponseTier, aisdk6},
	{UsageMetadata, "xai.serviceTier", ResponseTier, aisdk6},
	{UsageMetadata, "groq.serviceTier", ResponseTier, aisdk6},
	{UsageMetadata, "openai.cachedPromptTokens", CacheReadTokens, aisdk},
	{UsageMetadata, "openai.reasoningTokens", ReasoningTokens, aisdk},
	{UsageMetadata, "openai.serviceTier", ResponseTier, aisdk5},
	{UsageMetadata, "azure.cachedPromptTokens", CacheReadTokens, aisdk},
	{UsageMetadata, "azure.reasoningTokens", ReasoningTokens, aisdk},
	{UsageMetadata, "azure.serviceTier", ResponseTier, aisdk5},
	{UsageMetadata, "deepseek.promptCacheHitTokens", CacheReadTokens, aisdk},
	{UsageMetadata, "openrouter.usage.promptTokensDetails.cachedTokens", CacheReadTokens, openrouter},
	{UsageMetadata, "openrouter.usage.completionTokensDetails.reasoningTokens", ReasoningTokens, openrouter},

	// Gateways, as the AI SDK and as the gateway itself spells it.
	{UsageMetadata, "openrouter.usage.cost", GatewayCost, openrouter},
	{UsageMetadata, "openrouter.usage.costDetails.upstreamInferenceCost", UpstreamCost, openrouter},
	{UsageMetadata, "openrouter.usage.cost_details.upstream_inference_cost", UpstreamCost, openrouter},
	{UsageMetadata, "openrouter.usage.isByok", OwnKey, openrouter},
	{UsageMetadata, "openrouter.usage.is_byok", OwnKey, openrouter},
	{UsageMetadata, "gateway.cost", GatewayCost, vercelGateway},
	{UsageMetadata, "gateway.marketCost", UpstreamCost, vercelGateway},
	{UsageMetadata, "gateway.market_cost", UpstreamCost, vercelGateway},
	{UsageMetadata, "gateway.upstreamInferenceCost", UpstreamCost, vercelGateway},
	{UsageMetadata, "gateway.upstream_inference_cost", UpstreamCost, vercelGateway},
	{UsageMetadata, "gateway.surcharge", gatewayFee, vercelGateway},
	{UsageMetadata, "gateway.fee", gatewayFee, vercelGateway},
	{UsageMetadata, "gateway.isByok", OwnKey, vercelGateway},
	{UsageMetadata, "gateway.is_byok", OwnKey, vercelGateway},

	// The usage object of the provider's answer, whoever the provider is.
	{ProviderUsage, "cache_creation.ephemeral_5m_input_tokens", CacheWrite5mTokens, anthropicAPI},
	{ProviderUsage, "cache_creation.ephemeral_1h_input_tokens", CacheWrite1hTokens, anthropicAPI},
	{ProviderUsage, "server_tool_use.web_search_requests", WebSearches, anthropicAPI},
	{ProviderUsage, "speed", ResponseSpeed, anthropicAPI},
	{ProviderUsage, "inference_geo", InferenceGeo, anthropicAPI},
	{ProviderUsage, "service_tier", ResponseTier, anthropicAPI},
	{ProviderUsage, "input_tokens_details.cached_tokens", CacheReadTokens, openaiAPI},
	{ProviderUsage, "prompt_tokens_details.cached_tokens", CacheReadTokens, openaiAPI},
	{ProviderUsage, "output_tokens_details.reasoning_tokens", ReasoningTokens, openaiAPI},
	{ProviderUsage, "completion_tokens_details.reasoning_tokens", ReasoningTokens, openaiAPI},
	{ProviderUsage, "prompt_cache_hit_tokens", CacheReadTokens, deepseekAPI},
	{ProviderUsage, "promptTokenCount", promptTokens, googleAPI},
	{ProviderUsage, "candidatesTokenCount", candidateTokens, googleAPI},
	{ProviderUsage, "thoughtsTokenCount", ReasoningTokens, googleAPI},
	{ProviderUsage, "cachedContentTokenCount", CacheReadTokens, googleAPI},
	{ProviderUsage, "toolUsePromptTokenCount", ToolUseTokens, googleAPI},
	{ProviderUsage, "trafficType", TrafficType, googleAPI},
	{ProviderUsage, "prompt_token_count", promptTokens, googleAPI},
	{ProviderUsage, "candidates_token_count", candidateTokens, googleAPI},
	{ProviderUsage, "thoughts_token_count", ReasoningTokens, googleAPI},
	{ProviderUsage, "cached_content_token_count", CacheReadTokens, googleAPI},
	{ProviderUsage, "tool_use_prompt_token_count", ToolUseTokens, googleAPI},
	{ProviderUsage, "traffic_type", TrafficType, googleAPI},
	{ProviderUsage, "total_input_tokens", promptTokens, googleAPI},
	{ProviderUsage, "total_output_tokens", candidateTokens, googleAPI},
	{ProviderUsage, "total_thought_tokens", ReasoningTokens, googleAPI},
	{ProviderUsage, "total_cached_tokens", CacheReadTokens, googleAPI},
	{ProviderUsage, "total_tool_use_tokens", ToolUseTokens, googleAPI},
	{ProviderUsage, "cached_tokens", CacheReadTokens, openaiAPI}, // Moonshot
	{ProviderUsage, "cacheDetails.5m", CacheWrite5mTokens, bedrockAPI},
	{ProviderUsage, "cacheDetails.1h", CacheWrite1hTokens, bedrockAPI},
	{ProviderUsage, "cost", GatewayCost, broadcast},
	{ProviderUsage, "cost_details.upstream_inference_cost", UpstreamCost, broadcast},
	{ProviderUsage, "is_byok", OwnKey, broadcast},

	{LangfuseCosts, "total", ReportedCost, langfuse},
	{MLflowCosts, "total_cost", ReportedCost, mlflow},
}

// candidateTokens is Google's count of the answer without its thoughts. No
// attribute states it; it tells whether an output contains the thoughts.
const candidateTokens = fieldCount

// promptTokens is Google's count of the prompt without what its tools put into it.
// It shows whether an input contains that.
const promptTokens = fieldCount + 1

// gatewayFee is what a gateway takes on top of what the provider does.
const gatewayFee = fieldCount + 2

// toolAudioTokens is the audio in what Google's tools put into the prompt.
const toolAudioTokens = fieldCount + 3

// pricelessPart is a part of a whole that costs what the rest of it costs.
const pricelessPart = fieldCount + 4
