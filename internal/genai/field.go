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

	// Who answered.
	Provider      // provider as the instrumentation names it: whose endpoint it is
	System        // product or model family, which old conventions have instead of a provider
	RequestModel  // model that was asked for
	ResponseModel // model that answered
	ResponseID    // the provider's id of the answer
	RequestTier   // service tier that was asked for: auto, default, flex, priority, …
	ResponseTier  // service tier that was served
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
	UncachedInputTokens // input without cache reads and writes, where stated as such
	UsageMetadata       // JSON with the provider's own usage object

	// Charges that arrive with the span, US dollars.
	GatewayCost  // charged by a gateway or the provider
	ReportedCost // worked out by the client or an earlier collector

	// Request parameters and outcome.
	Temperature
	TopP
	TopK
	MaxTokens
	PresencePenalty
	FrequencyPenalty
	StopSequences
	Seed
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

	// Identity.
	SessionID
	UserID
	ConversationID
	OrganizationID
	RunID
	RequestID
	ResourceID // Mastra's resource: the owner of a conversation
	Environment
	AgentID
	AgentName
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
