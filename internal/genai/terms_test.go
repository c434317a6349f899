package genai

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestTermsOfTheAnswer reads what a provider's answer says about its price.
func TestTermsOfTheAnswer(t *testing.T) {
	metadata := func(text string) map[string]any { return map[string]any{"ai.response.providerMetadata": text} }
	answer := func(key, text string) map[string]any {
		return map[string]any{"openinference.span.kind": "LLM", "llm.model_name": "m", key: text}
	}
	for name, test := range map[string]struct {
		attributes map[string]any
		tier, geo  string
	}{
		"Anthropic, fast beside the standard tier": {metadata(`{"anthropic":{"usage":{"service_tier":"standard","speed":"fast"}}}`), "fast", ""},
		"Anthropic, standard speed":                {metadata(`{"anthropic":{"usage":{"speed":"standard","service_tier":"standard"}}}`), "standard", ""},
		"Anthropic, standard speed in a batch":     {metadata(`{"anthropic":{"usage":{"speed":"standard","service_tier":"batch"}}}`), "batch", ""},
		"Anthropic, in the US":                     {metadata(`{"anthropic":{"usage":{"inference_geo":"us","service_tier":"standard"}}}`), "standard", "us"},
		"Anthropic, anywhere":                      {metadata(`{"anthropic":{"usage":{"inference_geo":"global"}}}`), "", ""},
		"Anthropic, an older model":                {metadata(`{"anthropic":{"usage":{"inference_geo":"not_available"}}}`), "", ""},
		"Anthropic, the usage object":              {map[string]any{"gen_ai.usage.raw": `{"input_tokens":1,"speed":"fast","inference_geo":"us"}`}, "fast", "us"},
		"Anthropic, as a map":                      {map[string]any{"gen_ai.usage.raw": map[string]any{"speed": "fast", "inference_geo": "us"}}, "fast", "us"},
		"Anthropic, attributes":                    {map[string]any{"anthropic.response.service_tier": "standard", "anthropic.usage.speed": "fast", "anthropic.usage.inference_geo": "us"}, "fast", "us"},
		"Anthropic, the whole answer":              {answer("output.value", `{"type":"message","content":[{"type":"text","text":"hi"}],"usage":{"input_tokens":1,"speed":"fast","inference_geo":"us","service_tier":"standard"}}`), "fast", "us"},
		"Vertex AI, flex":                          {metadata(`{"vertex":{"usageMetadata":{"trafficType":"ON_DEMAND_FLEX"}}}`), "ON_DEMAND_FLEX", ""},
		"Vertex AI, priority":                      {metadata(`{"googleVertex":{"usageMetadata":{"trafficType":"ON_DEMAND_PRIORITY"},"serviceTier":null}}`), "ON_DEMAND_PRIORITY", ""},
		"Vertex AI, on demand":                     {metadata(`{"google":{"usageMetadata":{"trafficType":"ON_DEMAND"}}}`), "ON_DEMAND", ""},
		"Vertex AI, bought capacity":               {metadata(`{"vertex":{"usageMetadata":{"trafficType":"PROVISIONED_THROUGHPUT"}}}`), "PROVISIONED_THROUGHPUT", ""},
		"Vertex AI in ADK":                         {map[string]any{"gcp.vertex.agent.llm_response": `{"usage_metadata":{"prompt_token_count":1,"traffic_type":"ON_DEMAND_FLEX"}}`}, "ON_DEMAND_FLEX", ""},
		"Vertex AI, as Python prints it":           {map[string]any{"gen_ai.usage.raw": `{'traffic_type': 'TrafficType.ON_DEMAND_FLEX'}`}, "ON_DEMAND_FLEX", ""},
		"Gemini's own tier":                        {metadata(`{"google":{"serviceTier":"flex"}}`), "flex", ""},
		"Bedrock":                                  {metadata(`{"bedrock":{"serviceTier":{"type":"flex"}}}`), "flex", ""},
		"OpenAI, the whole answer":                 {answer("output.value", `{"id":"resp_1","object":"response","service_tier":"flex","usage":{"input_tokens":1}}`), "flex", ""},
		"OpenAI in MLflow":                         {map[string]any{"mlflow.spanType": "CHAT_MODEL", "mlflow.spanOutputs": `{"object":"chat.completion","service_tier":"priority","usage":{"prompt_tokens":1}}`}, "priority", ""},
		"OpenAI, an attribute before the answer":   {map[string]any{"openinference.span.kind": "LLM", "openai.response.service_tier": "flex", "output.value": `{"service_tier":"default","usage":{"input_tokens":1}}`}, "flex", ""},

		"LangChain's names, priority":   {map[string]any{"gen_ai.usage.input_token_details": `{'priority': 400, 'priority_cache_read': 600}`}, "priority", ""},
		"LangChain's names, flex":       {map[string]any{"langsmith.usage_metadata": `{"input_tokens":1,"input_token_details":{"flex":1}}`}, "flex", ""},
		"LangChain's names in Langfuse": {map[string]any{"langfuse.observation.usage_details": `{"input":1000,"input_priority":400,"input_priority_cache_read":600,"output":1}`}, "priority", ""},

		// Neighbours that say nothing.
		"LangChain's names, zero":       {map[string]any{"gen_ai.usage.input_token_details": `{"priority":0,"flex":0}`}, "", ""},
		"a count of flexible something": {map[string]any{"gen_ai.usage.input_token_details": `{"flexible":5}`}, "", ""},
		"an answer that a model wrote":  {answer("output.value", `{"service_tier":"flex","speed":"fast"}`), "", ""},
		"an answer about usage":         {answer("output.value", `The usage of service_tier "flex" is cheap.`), "", ""},
		"an answer with a nested tier":  {answer("output.value", `{"usage":{"x":1},"body":{"service_tier":"flex"}}`), "", ""},
		"a tool's answer":               {map[string]any{"openinference.span.kind": "TOOL", "output.value": `{"service_tier":"flex","usage":{"input_tokens":1}}`}, "", ""},
		"a request's speed":             {answer("input.value", `{"speed":"fast","usage":{"a":1},"service_tier":"flex"}`), "", ""},
		"an unknown attribute":          {map[string]any{"gen_ai.request.model": "m", "speed": "fast", "inference_geo": "us"}, "", ""},
		"a metadata object of no usage": {metadata(`{"custom":{"usage":{"speed":"fast","inference_geo":"us"}}}`), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := viewOf(t, "x", test.attributes)
			assert.Equal(t, test.tier, v.ServedTier())
			assert.Equal(t, test.geo, v.InferenceGeo())
		})
	}
}

// TestLifetimeOfWritesInTheWholeAnswer: 300 of 500 written tokens live an hour.
func TestLifetimeOfWritesInTheWholeAnswer(t *testing.T) {
	call := func(more map[string]any) map[string]any {
		attributes := map[string]any{
			"openinference.span.kind": "LLM", "llm.provider": "anthropic", "llm.model_name": "claude-haiku-4-5", "llm.token_count.prompt": 1000,
			"llm.token_count.completion": 10, "llm.token_count.prompt_details.cache_write": 500,
			"output.value": `{"type":"message","usage":{"cache_creation_input_tokens":500,"cache_creation":{"ephemeral_5m_input_tokens":200,"ephemeral_1h_input_tokens":300}}}`,
		}
		maps.Copy(attributes, more)
		return attributes
	}
	for name, test := range map[string]struct {
		more        map[string]any
		write, hour int64
	}{
		"in the answer":                {nil, 500, 300},
		"the span says otherwise":      {map[string]any{"gen_ai.usage.cache_creation.1h_input_tokens": 100}, 500, 100},
		"more than was written":        {map[string]any{"llm.token_count.prompt_details.cache_write": 200}, 200, 0},
		"nothing was written":          {map[string]any{"llm.token_count.prompt_details.cache_write": 0}, 0, 0},
		"a text that a model wrote":    {map[string]any{"output.value": `"ephemeral_1h_input_tokens": usage`}, 500, 0},
		"an answer without a lifetime": {map[string]any{"output.value": `{"usage":{"cache_creation_input_tokens":500}}`}, 500, 0},
	} {
		t.Run(name, func(t *testing.T) {
			u := readUsage(t, "openinference.instrumentation.anthropic", call(test.more))
			assert.Equal(t, [2]int64{test.write, test.hour}, [2]int64{u.CacheWrite, u.CacheWrite1h})
		})
	}
}
