package genai

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inputOf returns the input of a span as JSON, "" where it has none.
func inputOf(v *View) string {
	c, ok := v.Input()
	if !ok {
		return ""
	}
	return string(c.AppendJSON(nil))
}

func TestOnlyANumberMakesAPromptAttributeAMessage(t *testing.T) {
	for name, test := range map[string]struct {
		attributes map[string]any
		input      string
	}{
		"the template's name":                 {map[string]any{"gen_ai.prompt.name": "greet"}, ""},
		"name and version":                    {map[string]any{"gen_ai.prompt.name": "greet", "gen_ai.prompt.version": "2"}, ""},
		"a variable":                          {map[string]any{"gen_ai.prompt.variable.city": "Oslo"}, ""},
		"a variable whose name is a number":   {map[string]any{"gen_ai.prompt.variable.0": "Oslo"}, ""},
		"a variable called role":              {map[string]any{"gen_ai.prompt.variable.role": "admin"}, ""},
		"OpenAI's filter results of a prompt": {map[string]any{"gen_ai.prompt.prompt_filter_results": "[]"}, ""},
		"an id":                               {map[string]any{"gen_ai.prompt.id": "p1"}, ""},
		"a template":                          {map[string]any{"gen_ai.prompt.template": "Hi {{name}}"}, ""},
		"a number with letters behind it":     {map[string]any{"gen_ai.prompt.2x.content": "hi"}, ""},
		"OpenInference, no index":             {map[string]any{"llm.input_messages.count": 2}, ""},
		"a message": {
			map[string]any{"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "hi"}, `[{"role":"user","content":"hi"}]`,
		},
		"a message beside the template": {
			map[string]any{"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "hi", "gen_ai.prompt.name": "greet", "gen_ai.prompt.variable.city": "Oslo"},
			`[{"role":"user","content":"hi"}]`,
		},
		"the message with two digits": {
			map[string]any{"gen_ai.prompt.12.content": "hi"}, `[{"content":"hi"}]`,
		},
		"the whole prompt beside the template": {
			map[string]any{"gen_ai.prompt": "hi", "gen_ai.prompt.name": "greet"}, `"hi"`,
		},
		"the template beside structured messages": {
			map[string]any{"gen_ai.prompt.name": "greet", "gen_ai.input.messages": `[{"role":"user","parts":[]}]`}, `[{"role":"user","parts":[]}]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			input := inputOf(viewOf(t, "x", test.attributes))
			if test.input == "" {
				assert.Empty(t, input)
				return
			}
			assert.JSONEq(t, test.input, input)
		})
	}
	assert.False(t, IsMessagePart("gen_ai.prompt.name"))
	assert.False(t, IsMessagePart("gen_ai.completion.reason"))
	assert.True(t, IsMessagePart("gen_ai.completion.0.finish_reason"))
}

func TestTheNameOfAWorkflow(t *testing.T) {
	for name, test := range map[string]struct {
		attributes      map[string]any
		workflow, agent string
	}{
		"under the agent's key":  {map[string]any{"gen_ai.operation.name": "invoke_workflow", "gen_ai.agent.name": "triage"}, "triage", ""},
		"the agent's id with it": {map[string]any{"gen_ai.operation.name": "invoke_workflow", "gen_ai.agent.name": "triage", "gen_ai.agent.id": "w1"}, "triage", ""},
		"Traceloop's kind":       {map[string]any{"traceloop.span.kind": "workflow", "gen_ai.agent.name": "triage"}, "triage", ""},
		"MLflow's kind":          {map[string]any{"mlflow.spanType": "WORKFLOW", "gen_ai.agent.name": "triage"}, "triage", ""},
		"OpenInference's name":   {map[string]any{"gen_ai.operation.name": "invoke_workflow", "agent.name": "triage"}, "triage", ""},
		"both keys": {
			map[string]any{"gen_ai.operation.name": "invoke_workflow", "gen_ai.agent.name": "planner", "gen_ai.workflow.name": "triage"}, "triage", "planner",
		},
		"Traceloop's own name beside it": {
			map[string]any{"traceloop.span.kind": "workflow", "traceloop.workflow.name": "triage", "gen_ai.agent.name": "planner"}, "triage", "planner",
		},
		"an agent":                   {map[string]any{"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner"}, "", "planner"},
		"a new agent":                {map[string]any{"gen_ai.operation.name": "create_agent", "gen_ai.agent.name": "planner"}, "", "planner"},
		"an agent within a workflow": {map[string]any{"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "planner", "gen_ai.workflow.name": "triage"}, "triage", "planner"},
		"a call of an agent":         {map[string]any{"gen_ai.operation.name": "chat", "gen_ai.agent.name": "planner"}, "", "planner"},
		"a tool of an agent":         {map[string]any{"gen_ai.operation.name": "execute_tool", "gen_ai.agent.name": "planner"}, "", "planner"},
		"a step of a workflow":       {map[string]any{"gen_ai.operation.name": "workflow_step", "gen_ai.agent.name": "planner"}, "", "planner"},
		"no operation":               {map[string]any{"gen_ai.agent.name": "planner"}, "", "planner"},
		"a workflow without a name":  {map[string]any{"gen_ai.operation.name": "invoke_workflow"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := viewOf(t, "x", test.attributes)
			assert.Equal(t, test.workflow, v.Str(WorkflowName))
			assert.Equal(t, test.agent, v.Str(AgentName))
			if test.workflow != "" && test.agent == "" {
				assert.False(t, v.Has(AgentID), "its id is that of the workflow")
			}
		})
	}
}

func TestArgumentsOfAToolAreNotItsSchema(t *testing.T) {
	const (
		schema = `{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}`
		args   = `{"city":"Oslo"}`
	)
	for name, test := range map[string]struct {
		attributes map[string]any
		input      string
	}{
		"the schema repeated": {
			map[string]any{"gen_ai.tool.call.arguments": schema, "tool.parameters": schema, "input.value": args}, args,
		},
		"in another layout": {
			map[string]any{"gen_ai.tool.call.arguments": `{ "properties": {"city": {"type": "string"}}, "type": "object", "required": ["city"] }`, "tool.parameters": schema, "input.value": args}, args,
		},
		"as a map": {
			map[string]any{"gen_ai.tool.call.arguments": map[string]any{"city": "str"}, "tool.parameters": `{"city":"str"}`, "input.value": args}, args,
		},
		"short, as OpenInference's page has it": {
			map[string]any{"gen_ai.tool.call.arguments": "{'a': 'int'}", "tool.parameters": "{'a': 'int'}", "input.value": args}, args,
		},
		"tool.json_schema": {
			map[string]any{"gen_ai.tool.call.arguments": schema, "tool.json_schema": schema, "input.value": args}, args,
		},
		"spread over attributes": {
			map[string]any{"openinference.span.kind": "TOOL", "gen_ai.tool.call.arguments": `{"city":"str"}`, "tool.parameters.city": "str", "input.value": args}, args,
		},
		"with nothing beside the schema": {
			map[string]any{"gen_ai.tool.call.arguments": schema, "tool.parameters": schema}, "",
		},
		"the schema alone":                                   {map[string]any{"tool.parameters": schema}, ""},
		"a wrapped definition alone":                         {map[string]any{"tool.parameters": `{"type":"function","function":{"name":"x"}}`}, ""},
		"arguments in tool.parameters (CrewAI)":              {map[string]any{"tool.parameters": args}, args},
		"arguments in both":                                  {map[string]any{"gen_ai.tool.call.arguments": args, "tool.parameters": args}, args},
		"arguments in all three":                             {map[string]any{"gen_ai.tool.call.arguments": args, "tool.parameters": args, "input.value": args}, args},
		"arguments beside a schema":                          {map[string]any{"gen_ai.tool.call.arguments": args, "tool.parameters": schema, "input.value": "raw"}, args},
		"arguments alone":                                    {map[string]any{"gen_ai.tool.call.arguments": args}, args},
		"a tool that is called with a schema":                {map[string]any{"gen_ai.tool.call.arguments": schema}, schema},
		"input.value alone":                                  {map[string]any{"openinference.span.kind": "TOOL", "input.value": args, "tool.parameters": schema}, args},
		"a call of OpenInference with the arguments by name": {map[string]any{"tool_call.function.arguments": args, "tool.parameters": schema}, args},
	} {
		t.Run(name, func(t *testing.T) {
			input := inputOf(viewOf(t, "x", test.attributes))
			if test.input == "" {
				assert.Empty(t, input)
				return
			}
			require.NotEmpty(t, input)
			assert.JSONEq(t, test.input, input)
		})
	}
}
