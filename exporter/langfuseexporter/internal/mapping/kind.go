package mapping

import (
	"strings"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// Types of observations, as langfuse.observation.type has them: in lower case
// only (langfuse reference 2.3).
const (
	typeSpan       = "span"
	typeGeneration = "generation"
	typeEvent      = "event"
	typeEmbedding  = "embedding"
	typeAgent      = "agent"
	typeTool       = "tool"
	typeChain      = "chain"
	typeRetriever  = "retriever"
	typeGuardrail  = "guardrail"
	typeEvaluator  = "evaluator"
)

var observationTypes = map[string]bool{
	typeSpan: true, typeGeneration: true, typeEvent: true, typeEmbedding: true, typeAgent: true, typeTool: true, typeChain: true,
	typeRetriever: true, typeGuardrail: true, typeEvaluator: true,
}

// typeOfKind is the type of each kind of span.
var typeOfKind = map[genai.Kind]string{
	genai.KindOther: typeSpan, genai.KindInference: typeGeneration, genai.KindEmbedding: typeEmbedding, genai.KindRerank: typeRetriever,
	genai.KindModelGroup: typeChain, genai.KindAgent: typeAgent, genai.KindWorkflow: typeChain, genai.KindStep: typeChain,
	genai.KindTool: typeTool, genai.KindRetrieval: typeRetriever, genai.KindMemory: typeTool, genai.KindGuardrail: typeGuardrail,
	genai.KindEvaluator: typeEvaluator, genai.KindFetch: typeSpan, genai.KindChunk: typeEvent,
}

// typeOfWord is the type where the instrumentation's own word says more than
// the kind does.
var typeOfWord = map[string]string{
	"search_memory":            typeRetriever,
	"agent_step":               typeSpan, // a turn of an agent, which Mastra and others number
	"execute_event_loop_cycle": typeSpan, // Strands: the same
	"framework":                typeSpan, // Spring AI, OpenLIT
	"prompt":                   typeSpan, // OpenInference, LangSmith: a template that was filled in
	"parser":                   typeSpan, // LangSmith, MLflow: an answer that was read
	"processor_run":            typeSpan, // Mastra
	"model_step":               typeSpan, // Mastra before 1.4: a turn of an agent
	"event":                    typeEvent,
	"span":                     typeSpan,
}

// wordFields are the fields in which such a word stands, the first that is
// stated counts.
var wordFields = [...]genai.Field{
	genai.OperationName, genai.OpenInferenceKind, genai.LangSmithKind, genai.MLflowType, genai.MastraType,
}

// TypeOf returns the type of the observation that a span is.
func TypeOf(v *genai.View) string {
	if !v.Known() {
		return typeSpan
	}
	for _, field := range wordFields {
		if !v.Has(field) {
			continue
		}
		if t, ok := typeOfWord[strings.ToLower(v.Str(field))]; ok {
			return t
		}
	}
	return typeOfKind[v.Kind()]
}
