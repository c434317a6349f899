package genai

// contentNames are the attributes that hold a whole input or output. Names
// that depend on Mastra's span type (mastra.<type>.input) and families with an
// index in the name (gen_ai.prompt.0.content) are read by prefix: see
// Input and Output.
var contentNames = []Name{
	{InputContent, "gen_ai.tool.call.arguments", semconv},
	{InputContent, "gen_ai.input.messages", semconv},
	{InputContent, "langfuse.observation.input", langfuse},
	{InputContent, "input.value", openinf},
	{InputContent, "ai.prompt.messages", aisdk},
	{InputContent, "ai.prompt", aisdk},
	{InputContent, "ai.toolCall.args", aisdk},
	{InputContent, "ai.toolCall.input", aisdk6},
	{InputContent, "ai.values", aisdk},
	{InputContent, "ai.value", aisdk},
	{InputContent, "traceloop.entity.input", openllmetry},
	{InputContent, "gen_ai.prompt", mastra03},
	{InputContent, "gen_ai.tool.input", mastra03},
	{InputContent, "gen_ai.retrieval.query.text", semconvGenAI},
	{InputContent, "mlflow.spanInputs", mlflow},
	{InputContent, "gcp.vertex.agent.llm_request", adk},
	{InputContent, "gcp.vertex.agent.tool_call_args", adk},
	{InputContent, "gen_ai.tool.args", openlit},
	{InputContent, "gen_ai.memory.query.text", semconvGenAI},
	{InputContent, "reranker.query", openinf},
	{InputContent, "tool.parameters", openinf},
	{InputContent, "input", mastra03},

	{OutputContent, "gen_ai.tool.call.result", semconv},
	{OutputContent, "gen_ai.output.messages", semconv},
	{OutputContent, "langfuse.observation.output", langfuse},
	{OutputContent, "output.value", openinf},
	{OutputContent, "ai.response.text", aisdk},
	{OutputContent, "ai.response.object", aisdk},
	{OutputContent, "ai.response.toolCalls", aisdk},
	{OutputContent, "ai.toolCall.result", aisdk},
	{OutputContent, "ai.toolCall.output", aisdk6},
	{OutputContent, "traceloop.entity.output", openllmetry},
	{OutputContent, "gen_ai.completion", mastra03},
	{OutputContent, "gen_ai.tool.output", mastra03},
	{OutputContent, "gen_ai.retrieval.documents", semconvGenAI},
	{OutputContent, "mlflow.spanOutputs", mlflow},
	{OutputContent, "gcp.vertex.agent.tool_response", adk},
	{OutputContent, "gen_ai.memory.records", semconvGenAI},
	{OutputContent, "output", mastra03},

	{SystemInstructions, "gen_ai.system_instructions", semconv},
	{ToolDefinitions, "gen_ai.tool.definitions", semconv},
	{ToolDefinitions, "ai.prompt.tools", aisdk},
}
