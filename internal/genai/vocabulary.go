package genai

// Name is one attribute name that an instrumentation uses for a Field.
type Name struct {
	Field  Field
	Key    string // attribute key on the span
	Source string // who writes it
}

// Who writes a name. Versions are those in which the name was read.
const (
	semconv      = "OpenTelemetry GenAI semantic conventions"
	semconvOld   = "OpenTelemetry GenAI semantic conventions up to 1.36"
	semconv126   = "OpenTelemetry GenAI semantic conventions up to 1.26"
	semconvGenAI = "semantic-conventions-genai (development)"
	otel         = "OpenTelemetry semantic conventions"
	mastra       = "@mastra/otel-exporter 1.x"
	mastra03     = "@mastra/otel-exporter 0.3"
	openinf      = "OpenInference semantic conventions 2.x"
	openllmetry  = "OpenLLMetry (traceloop-sdk)"
	openlit      = "OpenLIT"
	aisdk        = "Vercel AI SDK 4 to 6"
	aisdk5       = "Vercel AI SDK 5"
	aisdk6       = "Vercel AI SDK 6"
	aisdk7       = "@ai-sdk/otel 1.x (Vercel AI SDK 7)"
	langfuse     = "Langfuse SDK"
	msext        = "Microsoft.Extensions.AI"

	semanticKernel = "Semantic Kernel, its first versions"
	litellm        = "LiteLLM proxy"
	pydantic       = "Pydantic AI, Logfire"
	strands        = "Strands Agents"
	vllm           = "vLLM"

	anthropicSDK   = "Anthropic SDK for TypeScript 1.x"
	langsmith      = "LangSmith OpenTelemetry export"
	mlflow         = "MLflow"
	adk            = "Google ADK"
	claudeCode     = "Claude Code"
	codex          = "Codex CLI"
	geminiCLI      = "Gemini CLI, Qwen Code"
	qwenCode       = "Qwen Code"
	agentFramework = "Microsoft Agent Framework"
	openrouter     = "OpenRouter provider of the Vercel AI SDK"
	broadcast      = "OpenRouter Broadcast, Sentry SDKs"
	vercelGateway  = "Vercel AI Gateway"
	semconvDraft   = "semantic-conventions-genai, draft of pull request 443"
	bifrost        = "Bifrost (maximhq/bifrost, framework/tracing)"
	laminar        = "Laminar (lmnr-ai/lmnr, app-server)"
	livekit        = "LiveKit Agents 1.5"
	openclaw       = "OpenClaw, pi and other agents after Claude Code's names"
	openlitCLI     = "OpenLIT CLI and Go SDK"
	rig            = "rig (0xPlaygrounds/rig)"
	langfusePrices = "names of Langfuse's price list"
	anthropicAPI   = "Anthropic API, Usage"
	openaiAPI      = "OpenAI and compatible APIs, usage"
	deepseekAPI    = "DeepSeek API, usage"
	spellings      = "OpenTelemetry instrumentations of their own, with the words of the providers' APIs"
	googleAPI      = "Gemini API, UsageMetadata"
	bedrockAPI     = "Amazon Bedrock, TokenUsage of Converse"
	logfire        = "Logfire"
	copilot        = "GitHub Copilot (CLI, VS Code)"
	own            = "llm_cost of an earlier collector"
	loongsuite     = "LoongSuite Python agent"
	sentry         = "Sentry SDKs"
	springAI       = "Spring AI"
	copilotChat    = "GitHub Copilot Chat"
)

// Vocabulary returns every name that the package reads, by Field and within a
// Field in order of precedence.
func Vocabulary() []Name {
	all := make([]Name, 0, 256)
	for _, part := range vocabulary {
		all = append(all, part...)
	}
	return append(all, spelledNames(vocabulary)...)
}

// vocabulary is the table. Where a span carries several names of one Field the
// first in the table counts: the newest convention, then older ones, then
// vendors' own names (llmcost reference 2.4).
var vocabulary = [][]Name{
	kindNames, modelNames, usageNames, costNames, requestNames, contentNames, identityNames, errorNames,
	evaluationNames,
}

var kindNames = []Name{
	{OperationName, "gen_ai.operation.name", semconv},
	{MastraType, "mastra.span.type", mastra},
	{AIOperation, "ai.operationId", aisdk},
	{OpenInferenceKind, "openinference.span.kind", openinf},
	{TraceloopKind, "traceloop.span.kind", openllmetry},
	{EntityName, "traceloop.entity.name", openllmetry},
	{RequestType, "llm.request.type", openllmetry},
	{LangfuseType, "langfuse.observation.type", langfuse},
	{LangSmithKind, "langsmith.span.kind", langsmith},
	{MLflowType, "mlflow.spanType", mlflow},
	{AgentMessages, "pydantic_ai.all_messages", pydantic},
	{AgentMessages, "all_messages_events", pydantic},
	{SDKName, "telemetry.sdk.name", openlit},
	{SpanState, "logfire.span_type", pydantic},
	{LaminarType, "lmnr.span.type", laminar},
	{LoongSuiteKind, "gen_ai.span.kind", loongsuite},
	{GuardrailName, "gen_ai.guardrail.name", openllmetry},
}

var modelNames = []Name{
	{Provider, "gen_ai.provider.name", semconv},
	{Provider, "llm.provider", openinf},
	{Provider, "ai.model.provider", aisdk},
	{Provider, "mlflow.llm.provider", mlflow},
	{Provider, "langsmith.metadata.ls_provider", langsmith},
	{Provider, "gen_ai.request.provider", openlit},
	{Provider, "gen_ai.llm.provider", openlit},
	{System, "gen_ai.system", semconvOld},
	{System, "llm.system", openinf},
	{System, "llm.vendor", openllmetry},

	// LiteLLM puts the public alias into gen_ai.request.model.
	{RequestModel, "litellm.provider.model", litellm},
	{RequestModel, "gen_ai.request.model", semconv},
	{RequestModel, "llm.request.model_name", openinf},
	{RequestModel, "llm.model_name", openinf},
	{RequestModel, "embedding.model_name", openinf},
	{RequestModel, "ai.model.id", aisdk},
	{RequestModel, "llm.request.model", openllmetry},
	{RequestModel, "mlflow.llm.model", mlflow},
	{RequestModel, "langsmith.metadata.ls_model_name", langsmith},
	{RequestModel, "reranker.model_name", openinf},
	{RequestModel, "gen_ai.request.model_name", loongsuite},
	{RequestModel, "gen_ai.model_name", loongsuite},
	{RequestModel, "gen_ai.llm.model", openlit},
	{RequestModel, "ai.model_id", sentry},

	{ResponseModel, "gen_ai.response.model", semconv},
	{ResponseModel, "llm.response.model_name", openinf},
	{ResponseModel, "ai.response.model", aisdk},
	{ResponseModel, "llm.response.model", openllmetry},
	{ResponseModel, "langfuse.observation.model.name", langfuse},

	{ResponseID, "gen_ai.response.id", semconv},
	{ResponseID, "ai.response.id", aisdk},
	{ResponseID, "ai.generation_id", sentry},

	{ResponseTier, "openai.response.service_tier", semconv},
	{ResponseTier, "gen_ai.openai.response.service_tier", semconvOld},
	{ResponseTier, "gen_ai.response.service_tier", langfuse},
	{ResponseTier, "anthropic.response.service_tier", anthropicSDK},
	{RequestTier, "openai.request.service_tier", semconv},
	{RequestTier, "gen_ai.openai.request.service_tier", semconvOld},
	{RequestTier, "gen_ai.request.service_tier", langfuse},
	{RequestTier, "anthropic.request.service_tier", anthropicSDK},

	{ResponseSpeed, "anthropic.usage.speed", anthropicAPI},
	{ResponseSpeed, "anthropic.response.speed", anthropicAPI},
	{InferenceGeo, "anthropic.usage.inference_geo", anthropicAPI},
	{InferenceGeo, "anthropic.response.inference_geo", anthropicAPI},
	{TrafficType, "gen_ai.usage.traffic_type", googleAPI},
	{TrafficType, "gen_ai.response.traffic_type", googleAPI},

	{ServerAddress, "server.address", otel},
	{ServerPort, "server.port", otel},
}

var requestNames = []Name{
	{Temperature, "gen_ai.request.temperature", semconv},
	{Temperature, "ai.settings.temperature", aisdk},
	{Temperature, "ai.temperature", sentry},
	{TopP, "gen_ai.request.top_p", semconv},
	{TopP, "ai.settings.topP", aisdk},
	{TopP, "ai.top_p", sentry},
	{TopK, "gen_ai.request.top_k", semconv},
	{TopK, "ai.settings.topK", aisdk},
	{TopK, "llm.top_k", openllmetry},
	{TopK, "ai.top_k", sentry},
	{MaxTokens, "gen_ai.request.max_tokens", semconv},
	{MaxTokens, "ai.settings.maxOutputTokens", aisdk5},
	{MaxTokens, "ai.settings.maxTokens", aisdk},
	{MaxTokens, "gen_ai.request.max_completion_tokens", openllmetry},
	{PresencePenalty, "gen_ai.request.presence_penalty", semconv},
	{PresencePenalty, "ai.settings.presencePenalty", aisdk},
	{PresencePenalty, "llm.presence_penalty", openllmetry},
	{PresencePenalty, "ai.presence_penalty", sentry},
	{FrequencyPenalty, "gen_ai.request.frequency_penalty", semconv},
	{FrequencyPenalty, "ai.settings.frequencyPenalty", aisdk},
	{FrequencyPenalty, "llm.frequency_penalty", openllmetry},
	{FrequencyPenalty, "ai.frequency_penalty", sentry},
	{StopSequences, "gen_ai.request.stop_sequences", semconv},
	{StopSequences, "ai.settings.stopSequences", aisdk},
	{StopSequences, "llm.chat.stop_sequences", openllmetry},
	{Seed, "gen_ai.request.seed", semconv},
	{Seed, "gen_ai.openai.request.seed", semconvOld},
	{Seed, "ai.settings.seed", aisdk},
	{Seed, "ai.seed", sentry},
	{ReasoningLevel, "gen_ai.request.reasoning.level", semconvGenAI},
	{ReasoningLevel, "gen_ai.request.reasoning_effort", openllmetry},
	{ReasoningLevel, "llm.request.reasoning_effort", openllmetry},
	{ChoiceCount, "gen_ai.request.choice.count", semconv},
	{ChoiceCount, "gen_ai.request.choice_count", laminar},
	{ChoiceCount, "gen_ai.request.n", openllmetry},
	{Streaming, "gen_ai.request.stream", semconvGenAI},
	{Streaming, "gen_ai.is_streaming", openllmetry},
	{Streaming, "llm.is_streaming", openllmetry},
	{Streaming, "gen_ai.request.is_stream", openlit},
	{Streaming, "langsmith.request.streaming", langsmith},
	{Streaming, "gen_ai.response.streaming", sentry},
	{Streaming, "ai.streaming", sentry},
	{FinishReasons, "gen_ai.response.finish_reasons", semconv},
	{FinishReasons, "ai.response.finishReason", aisdk},
	{FinishReasons, "llm.finish_reason", openinf},
	{FinishReasons, "gen_ai.response.finish_reason", openllmetry},
	{FinishReasons, "gen_ai.response.stop_reason", openllmetry},
	{FinishReasons, "llm.response.finish_reason", openllmetry},
	{FinishReasons, "llm.response.stop_reason", openllmetry},
	{FinishReasons, "ai.finish_reason", sentry},
	{InvocationParam, "llm.invocation_parameters", openinf},
	{InvocationParam, "embedding.invocation_parameters", openinf},
	{InvocationParam, "langfuse.observation.model.parameters", langfuse},
	{InvocationParam, "gen_ai.request.parameters", loongsuite},

	{FirstTokenSeconds, "gen_ai.response.time_to_first_chunk", semconvGenAI},
	{FirstTokenSeconds, "gen_ai.client.operation.time_to_first_chunk", aisdk7},
	{FirstTokenSeconds, serverFirstToken, openlit},
	{FirstTokenSeconds, responseFirstToken, sentry},
	{FirstTokenSeconds, "gen_ai.latency.time_to_first_token", vllm},
	{FirstTokenSeconds, "gen_ai.server.ttft", openlit},
	{FirstTokenMillis, "ai.response.msToFirstChunk", aisdk},
	{FirstTokenMillis, "trace.metadata.openrouter.first_token_ms", broadcast},
	{FirstTokenMillis, "gen_ai.server.time_to_first_token_ms", openclaw},
	{FirstTokenMillis, "copilot_chat.time_to_first_token", copilot},
	{FirstTokenTime, "mastra.completion_start_time", mastra},
	{FirstTokenTime, "langfuse.observation.completion_start_time", langfuse},
}

var identityNames = []Name{
	{SessionID, "session.id", otel},
	{SessionID, "langfuse.session.id", langfuse},
	{SessionID, "mastra.metadata.sessionId", mastra},
	{SessionID, "traceloop.association.properties.session_id", openllmetry},
	{SessionID, "ai.telemetry.metadata.sessionId", aisdk},
	{SessionID, "langsmith.metadata.session_id", langsmith},
	{SessionID, "langsmith.metadata.thread_id", langsmith},
	{SessionID, "gcp.vertex.agent.session_id", adk},
	{SessionID, "mlflow.trace.session", mlflow},
	{SessionID, "sessionId", mastra03},
	{SessionID, "lmnr.association.properties.session_id", laminar},
	{SessionID, "gen_ai.session.id", openlit},
	{SessionID, "gen_ai.agent.session_id", openlit},
	{SessionID, "gen_ai.memory.session_id", openlit},
	{SessionID, "gen_ai.openai.realtime.session_id", openlit},
	{SessionID, "copilot_chat.chat_session_id", copilotChat},
	{SessionID, "copilot_chat.session_id", copilotChat},
	{SessionID, "ai.settings.context.sessionId", aisdk7},
	{UserID, "user.id", otel},
	{UserID, "langfuse.user.id", langfuse},
	{UserID, "mastra.metadata.userId", mastra},
	{UserID, "traceloop.association.properties.user_id", openllmetry},
	{UserID, "ai.telemetry.metadata.userId", aisdk},
	{UserID, "langsmith.metadata.user_id", langsmith},
	{UserID, "mlflow.trace.user", mlflow},
	{UserID, "userId", mastra03},
	{UserID, "enduser.id", otel},
	{UserID, "lmnr.association.properties.user_id", laminar},
	{UserID, "gen_ai.user.id", openlit},
	{UserID, "gen_ai.user", openllmetry},
	{UserID, "gen_ai.request.user", openlit},
	{UserID, "gen_ai.memory.user_id", loongsuite},
	{UserID, "enduser.pseudo.id", otel},
	{UserID, "llm.user", openllmetry},
	{UserID, "ai.settings.context.userId", aisdk7},
	// Mastra's thread id is repeated as gen_ai.conversation.id from 1.x on.
	{ConversationID, "mastra.metadata.threadId", mastra},
	{ConversationID, "gen_ai.conversation.id", semconv},
	{ConversationID, "spring.ai.chat.client.conversation.id", springAI},
	{ConversationID, "gen_ai.openai.thread.id", openlit},
	{ConversationID, "gen_ai.openai.conversation.id", openlit},
	{ConversationID, "traceloop.association.properties.thread_id", openllmetry},
	{OrganizationID, "mastra.metadata.organizationId", mastra},
	{Tenant, "tenant.id", otel},
	{Tenant, "mastra.metadata.tenantId", mastra},
	{Tenant, "mastra.metadata.tenant", mastra},
	{Tenant, "langfuse.trace.metadata.tenant", langfuse},
	{Tenant, "langfuse.trace.metadata.tenant_id", langfuse},
	{Tenant, "langfuse.trace.metadata.tenantId", langfuse},
	{Tenant, "traceloop.association.properties.tenant_id", openllmetry},
	{Tenant, "ai.telemetry.metadata.tenantId", aisdk},
	{Tenant, "langsmith.metadata.tenant_id", langsmith},
	{RunID, "mastra.metadata.runId", mastra},
	{RunID, "runId", mastra03},
	{RequestID, "mastra.metadata.requestId", mastra},
	{ResourceID, "mastra.metadata.resourceId", mastra},
	{Environment, "mastra.metadata.environment", mastra},
	{Environment, "langfuse.environment", langfuse},
	{Environment, "deployment.environment.name", otel},
	{Environment, "deployment.environment", otel},
	{Environment, "gen_ai.environment", openlit},
	{AgentID, "gen_ai.agent.id", semconv},
	{AgentID, "agent.id", mastra03},
	{AgentName, "gen_ai.agent.name", semconv},
	{AgentName, "agent.name", openinf},
	{AgentVersion, "gen_ai.agent.version", semconv},
	{WorkflowName, "gen_ai.workflow.name", semconvGenAI},
	{WorkflowName, "workflow.id", mastra03},
	{WorkflowName, "traceloop.workflow.name", openllmetry},
	{WorkflowName, "workflow.name", agentFramework},
	{StepID, "mastra.workflow_step.step_id", mastra},
	{ToolName, "gen_ai.tool.name", semconv},
	{ToolName, "ai.toolCall.name", aisdk},
	{ToolName, "tool.name", openinf},
	{ToolName, "tool_call.function.name", openinf},
	{ToolName, "spring.ai.tool.definition.name", springAI},
	{ToolName, "agent_framework.function.name", agentFramework},
	{ToolName, "mcp.tool.name", openlit},
	{ToolCallID, "gen_ai.tool.call.id", semconv},
	{ToolCallID, "ai.toolCall.id", aisdk},
	{ToolCallID, "tool_call.id", openinf},
	{ToolCallID, "tool.id", openinf},
	{ToolCallID, "spring.ai.tool.call.id", springAI},
	{ToolCallID, "gen_ai.tool.call_id", geminiCLI},
	{ToolType, "gen_ai.tool.type", semconv},
	{ToolDescription, "gen_ai.tool.description", semconv},
	{ToolDescription, "tool.description", openinf},
	{ToolDescription, "spring.ai.tool.definition.description", springAI},
	{ToolDescription, "mcp.tool.description", openlit},
	{Tags, "mastra.tags", mastra},
	{Tags, "langfuse.trace.tags", langfuse},
	{Tags, "tag.tags", openinf},
	{Tags, "langsmith.span.tags", langsmith},
	{Tags, "logfire.tags", pydantic},
	{Tags, "ai.telemetry.metadata.tags", aisdk},
	{Tags, "lmnr.association.properties.tags", laminar},
	{Tags, "ai.tags", sentry},
}

var errorNames = []Name{
	{ErrorType, "error.type", otel},
	{ErrorType, "gen_ai.guardrail.error.type", openllmetry},
	{ErrorType, "gen_ai.framework.error.type", openlit},
	{ErrorMessage, "error.message", otel},
	{ErrorMessage, "langfuse.observation.status_message", langfuse},
	{ErrorMessage, "gen_ai.framework.error.message", openlit},
	{ErrorMessage, "mcp.error.message", openlit},
	{ErrorMessage, "gen_ai.guardrail.error.message", openllmetry},
	{ErrorMessage, "gen_ai.execution.error", openlit},
	{ErrorMessage, "gen_ai.tool.error", openlit},
	{ErrorMessage, "gen_ai.action.error", openlit},
	{ErrorMessage, "gen_ai.extraction.error", openlit},
	{ErrorDomain, "error.domain", mastra},
	{ErrorCategory, "error.category", mastra},
}

// evaluationNames state what an evaluator made of an answer: on a span of its own
// or on the event gen_ai.evaluation.result.
var evaluationNames = []Name{
	{EvaluationName, "gen_ai.evaluation.name", semconvGenAI},
	{EvaluationScore, "gen_ai.evaluation.score.value", semconvGenAI},
	{EvaluationLabel, "gen_ai.evaluation.score.label", semconvGenAI},
	{EvaluationExplanation, "gen_ai.evaluation.explanation", semconvGenAI},
	{EvaluationName, "evaluation.name", openinf},
	{EvaluationScore, "evaluation.score", openinf},
	{EvaluationLabel, "evaluation.label", openinf},
	{EvaluationExplanation, "evaluation.explanation", openinf},
	{EvaluationName, "annotation.name", openinf},
	{EvaluationScore, "annotation.score", openinf},
	{EvaluationLabel, "annotation.label", openinf},
	{EvaluationExplanation, "annotation.explanation", openinf},
}
