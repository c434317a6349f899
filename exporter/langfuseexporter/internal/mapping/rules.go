package mapping

// Rule says how one of Langfuse's attributes comes about. What a span has
// already is never overwritten.
type Rule struct {
	Target string // Langfuse's attribute
	From   string // what it is made of, first to last
	Since  string // why it is not left to the server (langfuse reference 2.6 and 3)
	set    func(*writer)
}

// Rules returns the table, for the README.
func Rules() []Rule { return append(append([]Rule(nil), rules...), traceRules...) }

// rules are those of the observation, in the order in which they are applied.
var rules []Rule

func init() { // the functions refer to the table's neighbours
	rules = []Rule{
		{
			Target: "name of the span", From: "`langfuse.generation.name`, `langfuse.span.name`, else the span's own",
			Since: "`gen_ai.tool.name` on a span that is not a tool (OpenLIT) would hide the name", set: (*writer).setName,
		},
		{
			Target: TypeKey, From: "operation or span kind of GenAI, Mastra, OpenInference, OpenLLMetry, LangSmith, MLflow, Vercel AI SDK",
			Since: "retrieval, workflows, memory, reranking, guardrails are spans or, with a model, generations; so is a database span with `model`", set: (*writer).setType,
		},
		{
			Target: keyLevel, From: "span status",
			Since: "other words than four drop the observation before 4.0", set: (*writer).setLevel,
		},
		{
			Target: keyStatusMessage, From: "status message, else `exception` event, else `error.type` and `error.message`",
			Since: "exceptions are not read", set: (*writer).setStatusMessage,
		},
		{
			Target: keyModel, From: "response model, else request model (`mapping::model_name`)",
			Since: "a model on a span without tokens of its own is priced by guessing", set: (*writer).setModel,
		},
		{
			Target: keyParameters, From: "`gen_ai.request.*`, `ai.settings.*`, `llm.invocation_parameters`, service tier",
			Since: "the tier decides the price, and is not read", set: (*writer).setParameters,
		},
		{
			Target: UsageKey, From: "token counts of every convention, as buckets that do not overlap, and `total`",
			Since: "cached, reasoning, audio and image tokens are counted twice or not at all, by version of the server", set: (*writer).setUsage,
		},
		{
			Target: CostKey, From: "`gen_ai.usage.cost`, `llm.cost.*` (llm_cost writes both), a gateway's charge; always with `total`",
			Since: "reasoning and cache writes have no price there; without `total` the cost is shown as 0", set: (*writer).setCost,
		},
		{
			Target: keyPromptName + ", " + keyPromptVersion, From: "`langfuse.prompt.*`, `mastra.metadata.langfuse`, `ai.telemetry.metadata.langfusePrompt`, `gen_ai.prompt.name` and `.version`",
			Since: "a name without version, or a version as text, drops the observation on v3", set: (*writer).setPrompt,
		},
		{
			Target: keyCompletionStart, From: "start of the span plus time to first token, in the unit that each attribute has; first-token events",
			Since: "only the Vercel AI SDK's is read", set: (*writer).setCompletionStart,
		},
		{
			Target: keyInput, From: "messages, instructions and tools of every convention as chat messages; arguments of tools; queries; else, of a root, `langfuse.trace.input`",
			Since: "structured messages are stored as raw OTLP", set: (*writer).setInput,
		},
		{
			Target: keyOutput, From: "messages of every convention as chat messages with `tool_calls`; results of tools; documents; else, of a root, `langfuse.trace.output`",
			Since: "tool calls in `parts` are not found", set: (*writer).setOutput,
		},
		{
			Target: keyMetadata + ".*", From: "`mapping::metadata_attributes`, `langsmith.metadata.*`, stack of the exception, links, span events, `gen_ai.evaluation.result` events (`evaluation.<name>`)",
			Since: "all other attributes can be seen and not filtered by; links and events are not stored", set: (*writer).setMetadata,
		},
	}
}

// traceRules are those of the trace's fields, which are written on every span:
// see Stated.
var traceRules = []Rule{
	{Target: keyTraceName, From: "`mapping::trace_name_from`, else the agent, workflow or span at the root", Since: "read on every span by itself"},
	{Target: keyUser, From: "`mapping::user_id_from`", Since: "read on every span by itself, under five names"},
	{Target: keySession, From: "`mapping::session_id_from`", Since: "read on every span by itself, under five names"},
	{Target: keyTags, From: "`mapping::tags_from`", Since: "an empty list becomes a tag"},
	{Target: keyEnvironment, From: "`langfuse.environment`, `deployment.environment.name`, `deployment.environment`, `gen_ai.environment`, Mastra's; span, then resource, then `environment`", Since: "one character that is not `a-z 0-9 - _` makes it `default`"},
	{Target: keyRelease, From: "`langfuse.release`, then `release_from` of the resource, then `release`", Since: "of a resource only `langfuse.release` is read"},
	{Target: keyVersion, From: "`langfuse.version`, `langfuse.trace.version`, Mastra's, `service.version`, then `version`", Since: "a number drops trace and observation on v3"},
	{Target: keyPublic, From: "`langfuse.trace.public`, `langfuse.public`", Since: "read on every span by itself"},
	{Target: keyTraceMetadata + ".*", From: "`mapping::trace_metadata_attributes`, `mastra.metadata.*`, `traceloop.association.properties.*`, `langfuse.metadata.*`; members of `langfuse.trace.metadata`, `langfuse.metadata` and `mastra.metadata.langfuse`", Since: "only these can be filtered by"},
	{Target: keyAppRoot, From: "spans whose parent is not sent", Since: "a trace without root is not in the list"},
}
