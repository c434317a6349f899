package genai

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestToolsThatWereOffered(t *testing.T) {
	look := []OfferedTool{{"look", "Looks"}}
	for name, test := range map[string]struct {
		attributes map[string]any
		want       []OfferedTool
	}{
		"conventions":         {map[string]any{"gen_ai.tool.definitions": `[{"type":"function","name":"look","description":"Looks","parameters":{"type":"object"}}]`}, look},
		"OpenAI":              {map[string]any{"gen_ai.tool.definitions": `[{"type":"function","function":{"name":"look","description":"Looks"}}]`}, look},
		"Vercel AI SDK":       {map[string]any{"ai.prompt.tools": []any{`{"type":"function","name":"look","description":"Looks"}`}}, look},
		"Amazon":              {map[string]any{"gen_ai.tool.definitions": `{"tools":[{"toolSpec":{"name":"look","description":"Looks"}}]}`}, look},
		"Google":              {map[string]any{"gen_ai.tool.definitions": `[{"functionDeclarations":[{"name":"look","description":"Looks"},{"name":"more"}]}]`}, []OfferedTool{{"look", "Looks"}, {"more", ""}}},
		"by name":             {map[string]any{"gen_ai.tool.definitions": `{"look":{"description":"Looks"}}`}, look},
		"names":               {map[string]any{"gen_ai.tool.definitions": `["look","more"]`}, []OfferedTool{{"look", ""}, {"more", ""}}},
		"the provider's own":  {map[string]any{"gen_ai.tool.definitions": `[{"type":"web_search"}]`}, []OfferedTool{{"web_search", ""}}},
		"OpenInference":       {map[string]any{"llm.tools.0.tool.json_schema": `{"type":"function","function":{"name":"look","description":"Looks"}}`}, look},
		"OpenLLMetry":         {map[string]any{"llm.request.functions.0.name": "look", "llm.request.functions.0.description": "Looks"}, look},
		"none":                {map[string]any{"gen_ai.operation.name": "chat"}, nil},
		"what is not a tool":  {map[string]any{"gen_ai.tool.definitions": `[1,null,{"a":1}]`}, nil},
		"not the JSON it was": {map[string]any{"gen_ai.tool.definitions": `[{"name":"lo`}, []OfferedTool{{`[{"name":"lo`, ""}}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.want, viewOf(t, "x", test.attributes).OfferedTools()) })
	}
}

func TestSettingsOfARequest(t *testing.T) {
	v := viewOf(t, "x", map[string]any{
		"gen_ai.request.max_tokens": 512, "gen_ai.request.temperature": 0.2, "gen_ai.request.stop_sequences": []any{"a"},
		"llm.invocation_parameters": `{"model":"m","temperature":1,"max_completion_tokens":9,"messages":[],"tools":[],"user":"u","stream":true,"n":null}`,
	})
	var got []string
	for _, s := range v.Settings() {
		got = append(got, s.Name+"="+s.Value.AsString())
	}
	assert.Equal(t, []string{"temperature=0.2", "max_tokens=512", `stop_sequences=["a"]`, "user=u", "stream=true"}, got)
	assert.Empty(t, viewOf(t, "x", map[string]any{"llm.invocation_parameters": "x"}).Settings())
}
