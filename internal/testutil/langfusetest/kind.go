package langfusetest

import (
	"slices"
	"strings"
)

// typeNames are the observation types, as langfuse.observation.type has them.
var typeNames = []string{
	"span", "generation", "event", "embedding", "agent", "tool", "chain", "retriever", "guardrail", "evaluator",
}

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
// reference 2.3). The mappers of Genkit, Flue and LiveKit are not here.
func (in *span) observationType() string {
	a := in.attributes
	text := func(key string) string { word, _ := a[key].(string); return word }
	if word := text("langfuse.observation.type"); slices.Contains(typeNames, word) {
		return strings.ToUpper(word)
	}
	if t, ok := openInferenceTypes[text("openinference.span.kind")]; ok {
		return t
	}
	if t, ok := operationTypes[text("gen_ai.operation.name")]; ok {
		return t
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
	if first(a, modelKeys...) != nil {
		return "GENERATION"
	}
	return "SPAN"
}

// displayName is the name of the observation (langfuse reference 2.4).
func (in *span) displayName() string {
	if name := firstText(in.attributes, "gen_ai.tool.name", "logfire.msg", "ai.toolCall.name"); name != "" {
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
