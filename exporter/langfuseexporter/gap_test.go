package langfuseexporter

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// TestTheGapTable has the rows of the langfuse reference, section 2.6, that say of
// what type an observation is and what its input and output are: what the server
// makes of each without this exporter is less.
func TestTheGapTable(t *testing.T) {
	for name, row := range map[string]struct {
		attributes          map[string]any
		kind, input, output string // content: a text that it holds
	}{
		"retrieval":              {map[string]any{"gen_ai.operation.name": "retrieval", "gen_ai.request.model": "e", "gen_ai.retrieval.query.text": "why?", "gen_ai.retrieval.documents": []any{map[string]any{"id": "d1"}}}, "RETRIEVER", "why?", `"id":"d1"`},
		"OpenInference: a store": {map[string]any{"openinference.span.kind": "RETRIEVER", "input.value": "why?", "retrieval.documents.0.document.content": "text", "retrieval.documents.1.document.content": "more"}, "RETRIEVER", "why?", "more"},
		"OpenInference: ranking": {map[string]any{"openinference.span.kind": "RERANKER", "reranker.query": "why?", "reranker.output_documents.0.document.content": "best"}, "RETRIEVER", "why?", "best"},
		"OpenInference: a tool":  {map[string]any{"openinference.span.kind": "TOOL", "tool.name": "find", "tool.parameters": `{"q":1}`, "output.value": "ok"}, "TOOL", `{"q":1}`, "ok"},
		"OpenInference: vectors": {map[string]any{"openinference.span.kind": "EMBEDDING", "embedding.embeddings.0.embedding.text": "words", "embedding.embeddings.0.embedding.vector": []any{0.25, 0.5}}, "EMBEDDING", "words", ""},
		"OpenInference: instructions in the request": {map[string]any{
			"openinference.span.kind": "LLM", "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "hi",
			"input.value": `{"model":"m","system":[{"type":"text","text":"be kind"}],"messages":[{"role":"user","content":"hi"}]}`,
		}, "GENERATION", "be kind", ""},
		"OpenInference: tools in the request": {map[string]any{
			"openinference.span.kind": "LLM", "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "hi",
			"input.value": `{"model":"m","tools":[{"name":"find","input_schema":{}}],"messages":[{"role":"user","content":"hi"}]}`,
		}, "GENERATION", `"tools":[{"name":"find"`, ""},
		"arguments beside messages": {chat(map[string]any{
			"gen_ai.input.messages": "question", "gen_ai.tool.call.arguments": "{}", "gen_ai.output.messages": "answer", "gen_ai.tool.call.result": []any{},
		}), "GENERATION", "question", "answer"},
		"a tool without operation": {map[string]any{"gen_ai.tool.name": "find", "gen_ai.tool.call.id": "c1", "tool_arguments": `{"q":1}`, "tool_response": "ok"}, "TOOL", `{"q":1}`, "ok"},
		"a model and nothing else": {map[string]any{"gen_ai.request.model": "m"}, "GENERATION", "", ""},
		"Langfuse's model alone":   {map[string]any{"langfuse.observation.model.name": "m"}, "GENERATION", "", ""},
		"a request with a model":   {map[string]any{"gen_ai.request.model": "m", "http.request.method": "POST"}, "SPAN", "", ""},
		"a search of memory":       {map[string]any{"gen_ai.operation.name": "search_memory", "gen_ai.memory.query.text": "who?", "gen_ai.memory.records": []any{map[string]any{"text": "ann"}}}, "RETRIEVER", "who?", "ann"},
		"an update of memory":      {map[string]any{"gen_ai.operation.name": "update_memory"}, "TOOL", "", ""},
		"a workflow":               {map[string]any{"gen_ai.operation.name": "invoke_workflow"}, "CHAIN", "", ""},
		"a plan":                   {map[string]any{"gen_ai.operation.name": "plan"}, "CHAIN", "", ""},
		"a step of an agent":       {map[string]any{"gen_ai.operation.name": "agent_step"}, "SPAN", "", ""},
		"OpenLLMetry: workflow":    {map[string]any{"traceloop.span.kind": "workflow"}, "CHAIN", "", ""},
		"OpenLLMetry: task":        {map[string]any{"traceloop.span.kind": "task", "traceloop.entity.input": `{"a":1}`, "traceloop.entity.output": `{"b":2}`}, "CHAIN", `{"a":1}`, `{"b":2}`},
		"OpenLLMetry: agent":       {map[string]any{"traceloop.span.kind": "agent"}, "AGENT", "", ""},
		"OpenLLMetry: tool":        {map[string]any{"traceloop.span.kind": "tool"}, "TOOL", "", ""},
		"OpenLLMetry: embedding":   {map[string]any{"llm.request.type": "embedding", "gen_ai.request.model": "e"}, "EMBEDDING", "", ""},
		"OpenLLMetry: ranking":     {map[string]any{"llm.request.type": "rerank", "gen_ai.request.model": "e"}, "RETRIEVER", "", ""},
		"MLflow":                   {map[string]any{"mlflow.spanType": "RETRIEVER"}, "RETRIEVER", "", ""},
		"LangSmith":                {map[string]any{"langsmith.span.kind": "retriever"}, "RETRIEVER", "", ""},
		"Mastra":                   {map[string]any{"mastra.span.type": "workflow_run", "mastra.workflow_run.input": `{"a":1}`, "mastra.workflow_run.output": `{"b":2}`}, "CHAIN", `{"a":1}`, `{"b":2}`},
		"a tool, structured":       {map[string]any{"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "find", "gen_ai.tool.call.arguments": map[string]any{"q": "x"}, "gen_ai.tool.call.result": []any{map[string]any{"n": 1}}}, "TOOL", `{"q":"x"}`, `[{"n":1}]`},
		"instructions alone":       {chat(map[string]any{"gen_ai.system_instructions": []any{map[string]any{"type": "text", "content": "be kind"}}}), "GENERATION", "be kind", ""},
		"definitions of tools":     {chat(map[string]any{"gen_ai.input.messages": "hi", "gen_ai.tool.definitions": []any{map[string]any{"type": "function", "name": "find"}}}), "GENERATION", `"tools":[`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := one(t, nil, "test", row.attributes)
			assert.Equal(t, row.kind, o.Type)
			assert.Contains(t, o.InputText(), row.input)
			assert.Contains(t, outputText(o), row.output)
			assert.NotContains(t, o.InputText()+outputText(o), "0.25", "nobody reads vectors")
		})
	}
}

func outputText(o *langfusetest.Observation) string {
	if o.Output == nil {
		return ""
	}
	return fmt.Sprint(o.Output)
}
