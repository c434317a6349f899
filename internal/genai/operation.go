package genai

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Kind is what a span does.
type Kind uint8

// Kinds. Only KindInference and KindEmbedding are calls of a model that are
// paid for; every other kind either calls no model or sums up spans below it.
const (
	KindOther      Kind = iota // not a GenAI span, or one whose kind is not known
	KindInference              // one call of a generating model
	KindEmbedding              // one call of an embedding model
	KindRerank                 // one call of a reranking model (priced per search, not per token)
	KindModelGroup             // several model calls seen as one: an SDK's outer span
	KindAgent
	KindWorkflow
	KindStep // a step of a workflow or agent; a chain, task or branch
	KindTool
	KindRetrieval
	KindMemory
	KindGuardrail
	KindEvaluator
	KindFetch // reads back an answer made earlier: no inference
	KindChunk // a piece of a streamed answer
)

var kindWords = [...]string{
	"other", "inference", "embedding", "rerank", "model_group", "agent", "workflow", "step", "tool",
	"retrieval", "memory", "guardrail", "evaluator", "fetch", "chunk",
}

// String returns the kind as a lower-case word.
func (k Kind) String() string { return kindWords[k] }

// CallsModel reports whether a span of this kind is itself a call of a model,
// so that its usage is not a sum over other spans.
func (k Kind) CallsModel() bool { return k == KindInference || k == KindEmbedding }

// kindOfOperation maps gen_ai.operation.name. Besides the registry's values
// (semantic-conventions-genai, model/gen-ai/registry.yaml) it has those that
// instrumentations write today.
var kindOfOperation = map[string]Kind{
	"chat": KindInference, "text_completion": KindInference, "generate_content": KindInference, "generate": KindInference,
	"completion": KindInference, "tool_selection": KindInference, // OpenLLMetry; Mastra 0.3
	"chat.completions": KindInference, "text.completions": KindInference, // Semantic Kernel
	"acompletion": KindInference, "atext_completion": KindInference, // LiteLLM's names of its functions
	"responses": KindInference, "aresponses": KindInference, "anthropic_messages": KindInference,
	"embeddings": KindEmbedding, "embedding": KindEmbedding, "aembedding": KindEmbedding,
	"rerank": KindRerank, "arerank": KindRerank,
	"invoke_agent": KindAgent, "create_agent": KindAgent,
	"invoke_workflow": KindWorkflow,
	"execute_tool":    KindTool,
	"retrieval":       KindRetrieval,
	"fetch_response":  KindFetch,
	"plan":            KindStep, "agent_step": KindStep, "workflow_step": KindStep,
	"chain":                    KindStep, // LangSmith
	"execute_event_loop_cycle": KindStep, // Strands
	"framework":                KindStep, // Spring AI, OpenLIT
	"create_memory":            KindMemory, "search_memory": KindMemory, "update_memory": KindMemory,
	"upsert_memory": KindMemory, "delete_memory": KindMemory, "create_memory_store": KindMemory,
	"delete_memory_store": KindMemory,
}

// kindOfMastraType maps Mastra's span types (mastra reference 2.4). Two are
// absent, because they changed places: in 1.0 to 1.3 model_generation is the
// call and model_inference a step of it, from 1.4 on it is the other way round.
// Whichever is the call has the operation "chat".
var kindOfMastraType = map[string]Kind{
	"rag_embedding": KindEmbedding, "llm_generation": KindInference,
	"model_chunk": KindChunk, "agent_run": KindAgent, "workflow_run": KindWorkflow,
	"tool_call": KindTool, "mcp_tool_call": KindTool, "provider_tool_call": KindTool, "client_tool_call": KindTool,
	"memory_operation": KindMemory, "rag_vector_operation": KindRetrieval,
	"scorer_run": KindEvaluator, "scorer_step": KindEvaluator, "classifier_evaluation": KindEvaluator,
	"model_step": KindStep, "workflow_step": KindStep, "workflow_conditional": KindStep,
	"workflow_conditional_eval": KindStep, "workflow_parallel": KindStep, "workflow_loop": KindStep,
	"workflow_sleep": KindStep, "workflow_wait_event": KindStep, "processor_run": KindStep,
}

// kindOfOpenInference maps openinference.span.kind, lower-cased.
var kindOfOpenInference = map[string]Kind{
	"llm": KindInference, "embedding": KindEmbedding, "reranker": KindRerank, "chain": KindStep,
	"agent": KindAgent, "tool": KindTool, "retriever": KindRetrieval, "guardrail": KindGuardrail,
	"evaluator": KindEvaluator, "prompt": KindStep,
}

// kindOfTraceloop maps traceloop.span.kind.
var kindOfTraceloop = map[string]Kind{
	"workflow": KindWorkflow, "task": KindStep, "agent": KindAgent, "tool": KindTool,
}

// kindOfRequestType maps OpenLLMetry's llm.request.type.
var kindOfRequestType = map[string]Kind{
	"chat": KindInference, "completion": KindInference, "embedding": KindEmbedding, "rerank": KindRerank,
}

// kindOfLangfuseType maps langfuse.observation.type.
var kindOfLangfuseType = map[string]Kind{
	"generation": KindInference, "embedding": KindEmbedding, "agent": KindAgent, "tool": KindTool,
	"chain": KindStep, "retriever": KindRetrieval, "guardrail": KindGuardrail, "evaluator": KindEvaluator,
	"span": KindStep, "event": KindStep,
}

// kindOfLangSmith maps langsmith.span.kind.
var kindOfLangSmith = map[string]Kind{
	"llm": KindInference, "embedding": KindEmbedding, "chain": KindStep, "tool": KindTool, "retriever": KindRetrieval,
	"prompt": KindStep, "parser": KindStep,
}

// kindOfMLflow maps mlflow.spanType, lower-cased.
var kindOfMLflow = map[string]Kind{
	"llm": KindInference, "chat_model": KindInference, "embedding": KindEmbedding, "agent": KindAgent, "tool": KindTool,
	"chain": KindStep, "retriever": KindRetrieval, "reranker": KindRerank, "parser": KindStep, "memory": KindMemory,
	"workflow": KindWorkflow, "task": KindStep, "guardrail": KindGuardrail, "evaluator": KindEvaluator,
}

// kindOfAIOperation maps the last word of the Vercel AI SDK's ai.operationId.
// The SDK wraps each call in an outer span that repeats its usage.
func kindOfAIOperation(id string) Kind {
	_, id, _ = strings.Cut(id, "ai.")
	operation, call, inner := strings.Cut(id, ".")
	switch {
	case operation == "toolCall":
		return KindTool
	case inner && (call == "doGenerate" || call == "doStream"):
		return KindInference
	case inner && call == "doEmbed":
		return KindEmbedding
	case inner && call == "doRerank":
		return KindRerank
	}
	return KindModelGroup
}

// Kind returns what the span does: by the most specific statement that it
// makes, and where it makes none, a span that has both a model and usage is a
// call, and one that names a tool runs it.
func (v *View) Kind() Kind {
	if !v.known || v.IsPending() {
		return KindOther
	}
	if kind, ok := v.statedKind(); ok {
		return kind
	}
	if v.dialect != dialectNone {
		return KindInference
	}
	if v.statesTokens() && (v.Has(RequestModel) || v.Has(ResponseModel) || strings.HasPrefix(v.scope, vllmScope)) {
		return KindInference
	}
	if v.Key(ToolName) == "gen_ai.tool.name" || v.Key(ToolCallID) == "gen_ai.tool.call.id" {
		return KindTool // Pydantic AI states no operation
	}
	if v.Has(GuardrailName) {
		return KindGuardrail
	}
	if _, ok := v.Evaluation(); ok && !v.Has(RequestModel) && !v.Has(ResponseModel) {
		return KindEvaluator
	}
	return KindOther
}

// statesTokens reports whether the span has counts of its own.
func (v *View) statesTokens() bool {
	return v.Has(InputTokens) || v.Has(OutputTokens) || v.Has(MLflowUsage) || v.Has(LangfuseUsage) || v.Has(LangSmithUsage) ||
		v.Has(ADKResponse) && isObject(v.values[ADKResponse])
}

func (v *View) statedKind() (Kind, bool) {
	if v.Has(MastraType) {
		if kind, ok := v.mastraKind(); ok {
			return kind, true
		}
	}
	// The AI SDK marks its inner spans with gen_ai.* too, its outer spans only
	// with ai.operationId.
	if v.Has(AIOperation) {
		return kindOfAIOperation(v.Str(AIOperation)), true
	}
	if v.Has(OperationName) {
		if kind, ok := kindOfOperation[v.Str(OperationName)]; ok {
			return kind, true
		}
	}
	for _, by := range kindTables {
		if v.Has(by.field) {
			if kind, ok := by.kinds[strings.ToLower(v.Str(by.field))]; ok {
				return kind, true
			}
		}
	}
	if v.Has(AgentMessages) {
		return KindAgent, true
	}
	return KindOther, false
}

// mastraKind reads Mastra's span type; see kindOfMastraType.
func (v *View) mastraKind() (Kind, bool) {
	switch t := v.Str(MastraType); t {
	case "model_generation":
		if v.statesTokens() || kindOfOperation[v.Str(OperationName)] == KindInference {
			return KindInference, true
		}
		return KindModelGroup, true
	case "model_inference":
		if !v.statesTokens() && v.Str(OperationName) == t {
			return KindStep, true
		}
		return KindInference, true
	default:
		kind, ok := kindOfMastraType[t]
		return kind, ok
	}
}

// kindOfLaminar maps lmnr.span.type, lower-cased. Its default type says nothing.
var kindOfLaminar = map[string]Kind{
	"llm": KindInference, "tool": KindTool, "evaluator": KindEvaluator, "human_evaluator": KindEvaluator,
	"evaluation": KindEvaluator, "executor": KindStep, "pipeline": KindWorkflow, "cached": KindFetch,
}

// kindOfLoongSuite maps gen_ai.span.kind, lower-cased.
var kindOfLoongSuite = map[string]Kind{
	"llm": KindInference, "embedding": KindEmbedding, "reranker": KindRerank, "agent": KindAgent, "tool": KindTool,
	"chain": KindStep, "task": KindStep, "step": KindStep, "entry": KindWorkflow, "workflow": KindWorkflow,
	"retriever": KindRetrieval, "memory": KindMemory, "guardrail": KindGuardrail, "evaluator": KindEvaluator,
}

var kindTables = []struct {
	field Field
	kinds map[string]Kind
}{
	{LangSmithKind, kindOfLangSmith},
	{LangfuseType, kindOfLangfuseType},
	{MLflowType, kindOfMLflow},
	{OpenInferenceKind, kindOfOpenInference},
	{TraceloopKind, kindOfTraceloop},
	{RequestType, kindOfRequestType},
	{LaminarType, kindOfLaminar},
	{LoongSuiteKind, kindOfLoongSuite},
}

// operationOfKind is the GenAI operation name of a kind, where there is one.
var operationOfKind = map[Kind]string{
	KindInference: "chat", KindEmbedding: "embeddings", KindRerank: "rerank", KindAgent: "invoke_agent", KindWorkflow: "invoke_workflow",
	KindTool: "execute_tool", KindRetrieval: "retrieval", KindFetch: "fetch_response",
}

// Operation returns the operation in the words of gen_ai.operation.name: as
// stated, or else by the kind of the span, or "".
func (v *View) Operation() string {
	if op := v.Str(OperationName); op != "" {
		return op
	}
	return operationOfKind[v.Kind()]
}

// FinishReasons returns why the model stopped, whether the span has a list, a
// JSON list in a string, or a single word.
func (v *View) FinishReasons() []string { return v.list(FinishReasons) }

// Tags returns the tags that the span carries.
func (v *View) Tags() []string { return v.list(Tags) }

func (v *View) list(f Field) []string {
	value, ok := v.Value(f)
	if !ok {
		return nil
	}
	if value.Type() == pcommon.ValueTypeSlice {
		return stringsOf(value.Slice())
	}
	text := value.AsString()
	if strings.HasPrefix(text, "[") {
		if words, ok := parseStrings(text); ok {
			return words
		}
	}
	return []string{text}
}
