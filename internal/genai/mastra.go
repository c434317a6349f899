package genai

import (
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
)

// Prefixes of Mastra's own attributes (@mastra/otel-exporter 1.x). Type
// specific attributes are mastra.<span type>.<name>.
const (
	MastraPrefix         = "mastra."
	MastraMetadataPrefix = "mastra.metadata."
)

// mastraTypes are the span types of Mastra 1.x (mastra reference 2.4).
var mastraTypes = map[string]bool{
	"agent_run": true, "scorer_run": true, "classifier_evaluation": true, "scorer_step": true, "generic": true,
	"model_generation": true, "model_step": true, "model_inference": true, "model_chunk": true,
	"mcp_tool_call": true, "mcp_server_request": true, "processor_run": true, "tool_call": true,
	"client_tool_call": true, "provider_tool_call": true, "workflow_run": true, "workflow_step": true,
	"workflow_conditional": true, "workflow_conditional_eval": true, "workflow_parallel": true,
	"workflow_loop": true, "workflow_sleep": true, "workflow_wait_event": true, "memory_operation": true,
	"workspace_action": true, "rag_ingestion": true, "rag_embedding": true, "rag_vector_operation": true,
	"rag_action": true, "graph_action": true, "mapping": true, "skill_resolution": true, "skill_action": true,
	"agent_signal": true,
}

// mastraTypeOfKind is the Mastra span type that shows a foreign span best.
var mastraTypeOfKind = map[Kind]string{
	KindInference: "model_inference", KindEmbedding: "rag_embedding", KindModelGroup: "model_generation",
	KindAgent: "agent_run", KindWorkflow: "workflow_run", KindTool: "tool_call",
	KindRetrieval: "rag_vector_operation", KindMemory: "memory_operation", KindEvaluator: "scorer_run",
	KindGuardrail: "processor_run", KindChunk: "model_chunk",
}

// MastraSpanType returns the span's type in Mastra's vocabulary: as stated
// where it is a type that Mastra knows, or else by the span's kind; "generic"
// where neither says anything (mastra reference 5.1).
func (v *View) MastraSpanType() string {
	if t := v.Str(MastraType); mastraTypes[t] {
		return t
	}
	if t, ok := mastraTypeOfKind[v.Kind()]; ok {
		return t
	}
	return "generic"
}

// EachMastraMetadata calls f for every metadata entry of Mastra's on the span,
// with the key as the application chose it.
func (v *View) EachMastraMetadata(f func(key string, value pcommon.Value)) {
	v.eachMastra(MastraMetadataPrefix, f)
}

// EachMastraAttribute calls f for every attribute that Mastra writes for the
// span's own type, input and output excepted, with the name that follows the
// type ("step_index", "branch_count").
func (v *View) EachMastraAttribute(f func(name string, value pcommon.Value)) {
	prefix := MastraPrefix + v.Str(MastraType) + "."
	v.eachMastra(prefix, func(name string, value pcommon.Value) {
		if name != "input" && name != "output" {
			f(name, value)
		}
	})
}

func (v *View) eachMastra(prefix string, f func(string, pcommon.Value)) {
	if !v.hasSpan || !v.Has(MastraType) {
		return
	}
	for key, value := range v.span.Attributes().All() {
		if name, ok := strings.CutPrefix(key, prefix); ok && name != "" {
			f(name, value)
		}
	}
}
