package genai

// usageNames are the spellings of token counts.
var usageNames = []Name{
	{InputTokens, "gen_ai.usage.input_tokens", semconv},
	{InputTokens, "gen_ai.usage.prompt_tokens", semconv126},
	{InputTokens, "llm.token_count.prompt", openinf},
	{InputTokens, "ai.usage.inputTokens", aisdk5},
	{InputTokens, "ai.usage.promptTokens", aisdk},
	{InputTokens, "ai.usage.tokens", aisdk}, // embeddings have one number
	{InputTokens, "llm.usage.prompt_tokens", openllmetry},
	{InputTokens, "gen_ai.response.prompt_tokens", semanticKernel},

	{OutputTokens, "gen_ai.usage.output_tokens", semconv},
	{OutputTokens, "gen_ai.usage.completion_tokens", semconv126},
	{OutputTokens, "llm.token_count.completion", openinf},
	{OutputTokens, "ai.usage.outputTokens", aisdk5},
	{OutputTokens, "ai.usage.completionTokens", aisdk},
	{OutputTokens, "llm.usage.completion_tokens", openllmetry},
	{OutputTokens, "gen_ai.response.completion_tokens", semanticKernel},

	{TotalTokens, "gen_ai.usage.total_tokens", openllmetry},
	{TotalTokens, "llm.usage.total_tokens", openllmetry},
	{TotalTokens, "llm.token_count.total", openinf},
	{TotalTokens, "ai.usage.totalTokens", aisdk5},
	{TotalTokens, "gen_ai.client.token.usage", openlit},
	{TotalTokens, "codex.usage.total_tokens", codex},

	{CacheReadTokens, "gen_ai.usage.cache_read.input_tokens", semconv},
	{CacheReadTokens, "gen_ai.usage.cache_read_input_tokens", openllmetry},
	{CacheReadTokens, "gen_ai.usage.cached_input_tokens", mastra03},
	{CacheReadTokens, "llm.token_count.prompt_details.cache_read", openinf},
	{CacheReadTokens, "llm.token_count.prompt_details.cache_input", openinf},
	{CacheReadTokens, "ai.usage.inputTokenDetails.cacheReadTokens", aisdk6},
	{CacheReadTokens, "ai.usage.cachedInputTokens", aisdk5},
	{CacheReadTokens, "gen_ai.usage.prompt_tokens_details.cached_tokens", openlit},
	{CacheReadTokens, "gen_ai.usage.input_tokens_details.cached_tokens", openlit},
	{CacheReadTokens, "gen_ai.usage.details.cache_read_tokens", pydantic},
	{CacheReadTokens, "gen_ai.usage.details.cache_read_input_tokens", pydantic},
	{CacheReadTokens, "gen_ai.usage.details.cached_tokens", pydantic},
	{CacheReadTokens, "gen_ai.usage.details.cached_content_tokens", pydantic},
	{CacheReadTokens, "anthropic.cache_read_input_tokens", agentFramework},
	{CacheReadTokens, "gen_ai.usage.input_tokens.cached", broadcast},

	{CacheWriteTokens, "gen_ai.usage.cache_write.input_tokens", semconvGenAI},
	{CacheWriteTokens, "gen_ai.usage.cache_creation.input_tokens", semconv},
	{CacheWriteTokens, "gen_ai.usage.cache_creation_input_tokens", openllmetry},
	{CacheWriteTokens, "gen_ai.usage.cache_write_input_tokens", strands},
	{CacheWriteTokens, "llm.token_count.prompt_details.cache_write", openinf},
	{CacheWriteTokens, "ai.usage.inputTokenDetails.cacheWriteTokens", aisdk6},
	{CacheWriteTokens, "gen_ai.usage.details.cache_write_tokens", pydantic},
	{CacheWriteTokens, "gen_ai.usage.details.cache_creation_input_tokens", pydantic},
	{CacheWriteTokens, "anthropic.cache_creation_input_tokens", agentFramework},
	{CacheWriteTokens, "gen_ai.usage.input_tokens.cache_write", broadcast},
	{CacheWriteTokens, "gen_ai.usage.input_tokens.cache_creation", broadcast},
	{CacheWrite5mTokens, "gen_ai.usage.cache_creation.5m_input_tokens", mastra},
	{CacheWrite5mTokens, "anthropic.usage.cache_creation.ephemeral_5m_input_tokens", anthropicSDK},
	{CacheWrite1hTokens, "gen_ai.usage.cache_creation.1h_input_tokens", mastra},
	{CacheWrite1hTokens, "anthropic.usage.cache_creation.ephemeral_1h_input_tokens", anthropicSDK},

	{ReasoningTokens, "gen_ai.usage.reasoning.output_tokens", semconv},
	{ReasoningTokens, "gen_ai.usage.reasoning_tokens", mastra},
	{ReasoningTokens, experimentalReasoning, adk},
	{ReasoningTokens, "llm.token_count.completion_details.reasoning", openinf},
	{ReasoningTokens, "llm.usage.reasoning_tokens", openllmetry},
	{ReasoningTokens, "ai.usage.outputTokenDetails.reasoningTokens", aisdk6},
	{ReasoningTokens, "ai.usage.reasoningTokens", aisdk5},
	{ReasoningTokens, "gen_ai.usage.completion_tokens_details.reasoning_tokens", openlit},
	{ReasoningTokens, "gen_ai.usage.output_tokens_details.reasoning_tokens", openlit},
	{ReasoningTokens, "gen_ai.usage.details.reasoning_tokens", pydantic},
	{ReasoningTokens, "gen_ai.usage.details.thoughts_tokens", pydantic},
	{ReasoningTokens, "openai.reasoning_tokens", agentFramework},
	{ReasoningTokens, "gen_ai.usage.output_tokens.reasoning", broadcast},
	{ReasoningTokens, "codex.usage.reasoning_output_tokens", codex},

	{InputAudioTokens, "gen_ai.usage.audio.input_tokens", semconvGenAI},
	{InputAudioTokens, "gen_ai.usage.audio_input_tokens", mastra},
	{InputAudioTokens, "gen_ai.usage.input_audio_tokens", msext},
	{InputAudioTokens, "llm.token_count.prompt_details.audio", openinf},
	{InputAudioTokens, "gen_ai.usage.prompt_tokens_details.audio_tokens", openlit},
	{InputAudioTokens, "gen_ai.usage.details.input_audio_tokens", pydantic},
	{OutputAudioTokens, "gen_ai.usage.audio.output_tokens", semconvGenAI},
	{OutputAudioTokens, "gen_ai.usage.audio_output_tokens", mastra},
	{OutputAudioTokens, "gen_ai.usage.output_audio_tokens", msext},
	{OutputAudioTokens, "llm.token_count.completion_details.audio", openinf},
	{OutputAudioTokens, "gen_ai.usage.completion_tokens_details.audio_tokens", openlit},
	{OutputAudioTokens, "gen_ai.usage.details.output_audio_tokens", pydantic},
	{InputImageTokens, "gen_ai.usage.image.input_tokens", semconvGenAI},
	{OutputImageTokens, "gen_ai.usage.image.output_tokens", semconvGenAI},
	{AudioCacheReadTokens, "gen_ai.usage.audio.cache_read.input_tokens", semconvGenAI},
	{AudioCacheReadTokens, "gen_ai.usage.details.cache_audio_read_tokens", pydantic},
	{ImageCacheReadTokens, "gen_ai.usage.image.cache_read.input_tokens", semconvGenAI},

	{UncachedInputTokens, "ai.usage.inputTokenDetails.noCacheTokens", aisdk6},
	{WebSearches, "gen_ai.usage.details.web_search_requests", pydantic},

	// Runs of agents, whose model calls stand below them with counts of their own.
	{AggregatedUsage, "gen_ai.aggregated_usage.input_tokens", pydantic},
	{AggregatedUsage, "gen_ai.aggregated_usage.output_tokens", pydantic},

	{UsageMetadata, "ai.response.providerMetadata", aisdk},
	{InputTokenDetails, "gen_ai.usage.input_token_details", langsmith},
	{OutputTokenDetails, "gen_ai.usage.output_token_details", langsmith},
	{LangSmithUsage, "langsmith.usage_metadata", langsmith},
	{LangfuseUsage, "langfuse.observation.usage_details", langfuse},
	{MLflowUsage, "mlflow.chat.tokenUsage", mlflow},
	{ADKResponse, "gcp.vertex.agent.llm_response", adk},

	{OwnInputMode, "llmcost.tokens.input_mode", own},
	{OwnInputOriginal, "llmcost.tokens.input_original", own},
	{OwnOutputOriginal, "llmcost.tokens.output_original", own},
}

// experimentalReasoning counts thoughts that Google ADK leaves out of the
// output.
const experimentalReasoning = "gen_ai.usage.experimental.reasoning_tokens"

// costNames are the spellings of a charge in US dollars. A gateway knows what
// it charged; everything else is a client's own arithmetic (llmcost reference
// 1.5 and 8.2).
var costNames = []Name{
	{GatewayCost, "litellm.cost.total", litellm},
	{GatewayCost, "gen_ai.cost.total_cost", litellm},
	{ReportedCost, "gen_ai.usage.cost", openlit},
	{ReportedCost, "llm.cost.total", openinf},
	{ReportedCost, "operation.cost", pydantic},
	{ReportedCost, "gen_ai.usage.total_cost", broadcast}, // a charge on OpenRouter's own spans: see Charge
	{CostAmount, "gen_ai.usage.cost.amount", semconvDraft},
	{CostCurrency, "gen_ai.usage.cost.currency", semconvDraft},
	{CostSource, "gen_ai.usage.cost.source", semconvDraft},
	{LangfuseCosts, "langfuse.observation.cost_details", langfuse},
	{MLflowCosts, "mlflow.llm.cost", mlflow},
}
