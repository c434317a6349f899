package langfusetest

import "strings"

// typeNames are the observation types, as langfuse.observation.type has them.
var typeNames = []string{
	"span", "generation", "event", "embedding", "agent", "tool", "chain", "retriever", "guardrail", "evaluator",
}

// observationTypes are those that langfuse.observation.type can name.
var observationTypes = func() map[string]string {
	all := map[string]string{}
	for _, name := range typeNames {
		all[name] = strings.ToUpper(name)
	}
	return all
}()

// genkitTypes are what Genkit calls its actions.
var genkitTypes = map[string]string{
	"model": "GENERATION", "background-model": "GENERATION", "embedder": "EMBEDDING", "tool": "TOOL", "tool.v2": "TOOL",
	"retriever": "RETRIEVER", "evaluator": "EVALUATOR",
}

// Scopes that the server has rules of their own for.
const (
	aiScope         = "ai"
	genkitScope     = "genkit-tracer"
	livekitScope    = "livekit-agents"
	claudeCodeScope = "com.anthropic.claude_code.tracing"
)

// livekitTypes are by the names of its spans, and livekitNoise are those of the
// lowest level.
var (
	livekitTypes = map[string]string{"agent_turn": "AGENT", "start_agent_activity": "AGENT", "function_tool": "TOOL"}
	livekitNoise = func() map[string]bool {
		all := map[string]bool{}
		for name := range strings.FieldsSeq("user_speaking eou_detection llm_request_run tts_node tts_request tts_request_run tts_stream_adapter " +
			"agent_speaking drain_agent_activity on_exit on_enter llm_fallback_adapter tts_fallback_adapter start_agent_activity") {
			all[name] = true
		}
		return all
	}()
)

// openInferenceTypes are those that the server knows, in upper case only.
var openInferenceTypes = map[string]string{
	"CHAIN": "CHAIN", "RETRIEVER": "RETRIEVER", "LLM": "GENERATION", "EMBEDDING": "EMBEDDING", "AGENT": "AGENT", "TOOL": "TOOL",
	"GUARDRAIL": "GUARDRAIL", "EVALUATOR": "EVALUATOR",
}

// operationTypes are the operations that the server knows.
var operationTypes = map[string]string{
	"chat": "GENERATION", "completion": "GENERATION", "text_completion": "GENERATION", "generate_content": "GENERATION",
	"generate": "GENERATION", "embeddings": "EMBEDDING", "invoke_agent": "AGENT", "create_agent": "AGENT", "execute_tool": "TOOL",
}

// modelKeys make a generation of a span that nothing else is known about.
var modelKeys = []string{
	"langfuse.observation.model.name", "gen_ai.request.model", "gen_ai.response.model", "llm.model_name", "model",
}

// observationType is the answer of the first mapper that has one (langfuse
// reference 2.3).
func (in *span) observationType() string {
	a := in.attributes
	text := func(key string) string { word, _ := a[key].(string); return word }
	for _, table := range typeTables {
		if t, ok := table.types[text(table.key)]; ok {
			return t
		}
	}
	for _, key := range [...]string{"operation.name", "ai.operationId"} {
		operation, _, _ := strings.Cut(text(key), " ")
		switch {
		case operation == "ai.toolCall":
			return "TOOL"
		case first(a, "langfuse.observation.model.name", "ai.model.id", "gen_ai.request.model", "gen_ai.response.model") == nil:
		case strings.HasSuffix(operation, ".doGenerate"), strings.HasSuffix(operation, ".doStream"):
			return "GENERATION"
		case strings.HasSuffix(operation, ".doEmbed"):
			return "EMBEDDING"
		}
	}
	if first(a, "gen_ai.tool.name", "gen_ai.tool.call.id") != nil {
		return "TOOL"
	}
	if first(a, "flue.tool.name", "flue.tool.call_id") != nil {
		return "TOOL"
	}
	if first(a, "flue.task.id", "flue.task.agent") != nil {
		return "AGENT"
	}
	if t, ok := livekitTypes[in.name]; ok && in.scope == livekitScope {
		return t
	}
	if first(a, modelKeys...) != nil {
		return "GENERATION"
	}
	return "SPAN"
}

// displayName is the name of the observation (langfuse reference 2.4).
func (in *span) displayName() string {
	if name := firstText(in.attributes, "gen_ai.tool.name", "genkit:name", "logfire.msg", "ai.toolCall.name"); name != "" {
		return name
	}
	if operation := firstText(in.attributes, "ai.operationId"); operation != "" {
		if function := firstText(in.attributes, "ai.telemetry.functionId"); function != "" {
			return function + ":" + operation
		}
		return operation
	}
	return in.name
}
