package mapping

import (
	"go.opentelemetry.io/collector/pdata/pcommon"

	"github.com/otelcol-llm/otelcol-llm/internal/genai"
)

// mastraKeys are the keys that @mastra/langfuse has in the metadata of an
// observation, by their attributes (mastra reference 6.6).
var mastraKeys = []struct{ attribute, key string }{
	{"gen_ai.agent.id", "agentId"},
	{"gen_ai.agent.name", "agentName"},
	{"mastra.span.type", "spanType"},
	{"gen_ai.operation.name", "operationName"},
}

// mastraMetadata writes Mastra's metadata under the keys that its own exporter
// uses, so that saved filters still find them.
func (w *writer) mastraMetadata() {
	if !w.m.view.Has(genai.MastraType) {
		return
	}
	for _, k := range mastraKeys {
		if value, ok := w.src.Get(k.attribute); ok {
			w.metadata(k.key, value)
		}
	}
}

// forLangfuse has what is meant for Langfuse alone of Mastra's metadata: the link of a
// prompt, and metadata of the trace (mastra reference 6.6).
const (
	forLangfuse  = genai.MastraMetadataPrefix + "langfuse"
	promptMember = "prompt"
)

// NameRoot adds what the root of a Mastra trace says in its name about the
// trace: the agent or workflow that it runs.
func (t *Trace) NameRoot(v *genai.View, spanName string) {
	if !v.Has(genai.MastraType) {
		return
	}
	switch v.Kind() {
	case genai.KindAgent:
		for _, k := range [...]struct {
			field genai.Field
			key   string
		}{{genai.AgentID, "agentId"}, {genai.AgentName, "agentName"}} {
			if value, ok := v.Value(k.field); ok {
				t.addMetadata(k.key, value)
			}
		}
	case genai.KindWorkflow:
		name := pcommon.NewValueStr(RootName(v, spanName))
		t.addMetadata("workflowId", name)
		t.addMetadata("workflowName", name)
	}
}
