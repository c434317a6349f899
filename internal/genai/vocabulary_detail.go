package genai

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
func Details() []Detail { return append([]Detail(nil), detailNames...) }

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
	{OutputTokenDetails, "reasoning", ReasoningTokens, langsmith},
	{OutputTokenDetails, "flex_reasoning", ReasoningTokens, langsmith},
	{OutputTokenDetails, "priority_reasoning", ReasoningTokens, langsmith},
	{OutputTokenDetails, "audio", OutputAudioTokens, langsmith},
	{OutputTokenDetails, "image", OutputImageTokens, langsmith},
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
	{LangSmithUsage, "output_token_details.reasoning", ReasoningTokens, langsmith},
	{LangSmithUsage, "output_token_details.audio", OutputAudioTokens, langsmith},

	{MLflowUsage, "input_tokens", InputTokens, mlflow},
	{MLflowUsage, "output_tokens", OutputTokens, mlflow},
	{MLflowUsage, "total_tokens", TotalTokens, mlflow},
	{MLflowUsage, "cache_read_input_tokens", CacheReadTokens, mlflow},
	{MLflowUsage, "cache_creation_input_tokens", CacheWriteTokens, mlflow},
	{MLflowUsage, "cached_input_tokens", CacheReadTokens, mlflow},
	{MLflowUsage, "reasoning_tokens", ReasoningTokens, mlflow},

	{ADKResponse, "usage_metadata.prompt_token_count", InputTokens, adk},
	{ADKResponse, "usage_metadata.candidates_token_count", candidateTokens, adk},
	{ADKResponse, "usage_metadata.thoughts_token_count", ReasoningTokens, adk},
	{ADKResponse, "usage_metadata.cached_content_token_count", CacheReadTokens, adk},
	{ADKResponse, "usage_metadata.total_token_count", TotalTokens, adk},
	{ADKResponse, "usageMetadata.promptTokenCount", InputTokens, adk},
	{ADKResponse, "usageMetadata.candidatesTokenCount", candidateTokens, adk},
	{ADKResponse, "usageMetadata.thoughtsTokenCount", ReasoningTokens, adk},
	{ADKResponse, "usageMetadata.cachedContentTokenCount", CacheReadTokens, adk},
	{ADKResponse, "usageMetadata.totalTokenCount", TotalTokens, adk},

	// The provider's own usage object, as the Vercel AI SDK passes it on.
	{UsageMetadata, "anthropic.usage.input_tokens", UncachedInputTokens, aisdk5},
	{UsageMetadata, "anthropic.usage.cache_read_input_tokens", CacheReadTokens, aisdk5},
	{UsageMetadata, "anthropic.usage.cache_creation_input_tokens", CacheWriteTokens, aisdk5},
	{UsageMetadata, "anthropic.usage.cache_creation.ephemeral_5m_input_tokens", CacheWrite5mTokens, aisdk5},
	{UsageMetadata, "anthropic.usage.cache_creation.ephemeral_1h_input_tokens", CacheWrite1hTokens, aisdk5},
	{UsageMetadata, "anthropic.usage.server_tool_use.web_search_requests", WebSearches, aisdk5},
	{UsageMetadata, "anthropic.usage.service_tier", ResponseTier, aisdk5},
	{UsageMetadata, "anthropic.cacheReadInputTokens", CacheReadTokens, aisdk},
	{UsageMetadata, "anthropic.cacheCreationInputTokens", CacheWriteTokens, aisdk},
	{UsageMetadata, "bedrock.usage.cacheReadInputTokens", CacheReadTokens, aisdk},
	{UsageMetadata, "bedrock.usage.cacheWriteInputTokens", CacheWriteTokens, aisdk},
	{UsageMetadata, "openai.cachedPromptTokens", CacheReadTokens, aisdk},
	{UsageMetadata, "openai.reasoningTokens", ReasoningTokens, aisdk},
	{UsageMetadata, "openai.serviceTier", ResponseTier, aisdk5},
	{UsageMetadata, "azure.cachedPromptTokens", CacheReadTokens, aisdk},
	{UsageMetadata, "azure.reasoningTokens", ReasoningTokens, aisdk},
	{UsageMetadata, "azure.serviceTier", ResponseTier, aisdk5},
	{UsageMetadata, "google.usageMetadata.candidatesTokenCount", candidateTokens, aisdk5},
	{UsageMetadata, "google.usageMetadata.thoughtsTokenCount", ReasoningTokens, aisdk5},
	{UsageMetadata, "google.usageMetadata.cachedContentTokenCount", CacheReadTokens, aisdk5},
	{UsageMetadata, "google.serviceTier", ResponseTier, aisdk5},
	{UsageMetadata, "vertex.serviceTier", ResponseTier, aisdk5},
	{UsageMetadata, "vertex.usageMetadata.candidatesTokenCount", candidateTokens, aisdk5},
	{UsageMetadata, "vertex.usageMetadata.thoughtsTokenCount", ReasoningTokens, aisdk5},
	{UsageMetadata, "vertex.usageMetadata.cachedContentTokenCount", CacheReadTokens, aisdk5},
	{UsageMetadata, "deepseek.promptCacheHitTokens", CacheReadTokens, aisdk},
	{UsageMetadata, "openrouter.usage.promptTokensDetails.cachedTokens", CacheReadTokens, openrouter},
	{UsageMetadata, "openrouter.usage.completionTokensDetails.reasoningTokens", ReasoningTokens, openrouter},
	{UsageMetadata, "openrouter.usage.cost", GatewayCost, openrouter},
	{UsageMetadata, "gateway.cost", GatewayCost, vercelGateway},

	{LangfuseCosts, "total", ReportedCost, langfuse},
	{MLflowCosts, "total_cost", ReportedCost, mlflow},
}

// candidateTokens is Google's count of the answer without its thoughts. No
// attribute states it; it tells whether an output contains the thoughts.
const candidateTokens = fieldCount
