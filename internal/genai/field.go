package genai

// Field names one fact about a span that instrumentations spell in different
// ways. Every spelling of a Field states the same fact: they are alternatives,
// never parts of a sum.
type Field uint8

// Fields, grouped by subject. The comment gives the unit or the form.
const (
	// What kind of span this is.
	OperationName     Field = iota + 1 // GenAI operation: chat, embeddings, invoke_agent, …
	MastraType                         // Mastra's span type: agent_run, model_inference, …
	AIOperation                        // Vercel AI SDK operation id: ai.generateText.doGenerate, …
	OpenInferenceKind                  // LLM, EMBEDDING, CHAIN, AGENT, TOOL, RETRIEVER, RERANKER, GUARDRAIL, EVALUATOR, PROMPT
	TraceloopKind                      // workflow, task, agent, tool
	RequestType                        // OpenLLMetry: chat, completion, embedding, rerank
	LangfuseType                       // span, generation, event, embedding, agent, tool, …
	LangSmithKind                      // llm, chain, tool, retriever, embedding, prompt, parser
	MLflowType                         // LLM, CHAT_MODEL, EMBEDDING, AGENT, TOOL, CHAIN, …
	AgentMessages                      // Pydantic AI: all messages of a run; only runs of agents have it
	SDKName                            // telemetry.sdk.name, where it stands on the span itself
	SpanState                          // Logfire: span, log, or pending_span for one that has only begun
	LaminarType                        // Laminar: LLM, TOOL, EVALUATOR, …
	LoongSuiteKind                     // LoongSuite: LLM, EMBEDDING, AGENT, TOOL, CHAIN, …
	GuardrailName                      // OpenLLMetry: only guardrails have it
	EntityName                         // OpenLLMetry: of the workflow, task, agent or tool, whichever the span is

	// Who answered.
	Provider      // provider as the instrumentation names it: whose endpoint it is
	System        // product or model family, which old conventions have instead of a provider
	RequestModel  // model that was asked for
	ResponseModel // model that answered
	ResponseID    // the provider's id of the answer
	RequestTier   // service tier that was asked for: auto, default, flex, priority, …
	ResponseTier  // service tier that was served
	ResponseSpeed // Anthropic: fast, standard
	TrafficType   // Vertex AI: ON_DEMAND, ON_DEMAND_FLEX, ON_DEMAND_PRIORITY, PROVISIONED_THROUGHPUT
	InferenceGeo  // Anthropic: where the call had to be served; us, global
	ServerAddress // host of the endpoint
	ServerPort    // port of the endpoint

	// Tokens, as reported (a count; see Usage for what they mean together).
	InputTokens
	OutputTokens
	TotalTokens
	CacheReadTokens
	CacheWriteTokens
	CacheWrite5mTokens // part of CacheWriteTokens that lives five minutes
	CacheWrite1hTokens // part of CacheWriteTokens that lives an hour
	ReasoningTokens
	InputAudioTokens
	OutputAudioTokens
	InputImageTokens
	OutputImageTokens
	InputVideoTokens
	OutputVideoTokens
	InputTextTokens  // the text in the input, cached or not
	OutputTextTokens // the text in the output, without reasoning
	TextCacheReadTokens
	AudioCacheReadTokens
	ImageCacheReadTokens
	VideoCacheReadTokens
	ToolUseTokens       // Google: results of its own tools that were put into the prompt, billed as input
	UncachedInputTokens // input without cache reads and writes, where stated as such
	AggregatedUsage     // a count that sums up spans below this one, and is never this span's own
	WebSearches         // searches that the provider ran for the call

	// Objects, as JSON, as a Python dictionary that was printed, or as a map, with
	// several facts in them: see detailNames.
	UsageMetadata      // what the Vercel AI SDK passes on from the provider
	ProviderUsage      // the provider's usage object as it came
	InputTokenDetails  // LangSmith: parts of the input
	OutputTokenDetails // LangSmith: parts of the output
	LangSmithUsage     // LangSmith: the whole usage object
	LangfuseUsage      // Langfuse: buckets that do not overlap
	MLflowUsage        // MLflow: input, output, total, cache
	ADKResponse        // Google ADK: the model's whole answer, with its usage

	// Charges that arrive with the span, US dollars. See Charge, which also reads
	// those that stand in objects or count only under a condition.
	GatewayCost   // charged by a gateway or the provider
	UpstreamCost  // what the provider takes, where the call was made with the user's own key
	OwnKey        // bool: the call was made with the user's own key
	CopilotCost   // GitHub Copilot: premium requests or credits, not dollars
	CopilotAIU    // GitHub Copilot: AI units, of which a credit buys one
	CopilotNano   // GitHub Copilot: billionths of an AI unit
	ReportedCost  // worked out by the client or an earlier collector
	CostAmount    // draft convention: an amount, in CostCurrency, from CostSource
	CostCurrency  // ISO 4217
	CostSource    // provider or local
	LangfuseCosts // object with a figure per bucket, and perhaps a total
	MLflowCosts   // object with input_cost, output_cost, total_cost

	// What llm_cost has made of the counts. A span that has been through it is read
	// as it left it.
	OwnInputMode
	OwnInputOriginal
	OwnOutputOriginal

	// Request parameters and outcome.
	Temperature
	TopP
	TopK
	MaxTokens
	PresencePenalty
	FrequencyPenalty
	StopSequences
	Seed
	ReasoningLevel  // how much the model was asked to think: low, medium, high, …
	ChoiceCount     // candidates that were asked for
	Streaming       // bool
	FinishReasons   // list, JSON list or a word
	InvocationParam // JSON object with parameters (OpenInference)

	// Time to first token, in the unit that the name says.
	FirstTokenSeconds
	FirstTokenMillis
	FirstTokenTime // instant, ISO 8601

	// Content.
	InputContent
	OutputContent
	SystemInstructions
	ToolDefinitions
	PromptName // of the template that the prompt was made from
	PromptVersion

	// A judgement of an answer.
	EvaluationName
	EvaluationScore
	EvaluationLabel
	EvaluationExplanation

	// Identity.
	SessionID
	UserID
	ConversationID
	OrganizationID
	Tenant // whose traffic it is, where the application serves several customers
	RunID
	RequestID
	ResourceID // Mastra's resource: the owner of a conversation
	Environment
	AgentID
	AgentName
	AgentVersion
	WorkflowName
	StepID
	ToolName
	ToolCallID
	ToolType
	ToolDescription
	Tags

	// Failure.
	ErrorType
	ErrorMessage
	ErrorDomain
	ErrorCategory

	fieldCount
)
