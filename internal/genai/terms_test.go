package genai

import (
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
		"Gemini's own tier":                        {metadata(`{"google":{"serviceTier":"flex"}}`), "flex", ""},
		"Bedrock":                                  {metadata(`{"bedrock":{"serviceTier":{"type":"flex"}}}`), "flex", ""},
		"OpenAI, the whole answer":                 {answer("output.value", `{"id":"resp_1","object":"response","service_tier":"flex","usage":{"input_tokens":1}}`), "flex", ""},
		"OpenAI in MLflow":                         {map[string]any{"mlflow.spanType": "CHAT_MODEL", "mlflow.spanOutputs": `{"object":"chat.completion","service_tier":"priority","usage":{"prompt_tokens":1}}`}, "priority", ""},
		"OpenAI, an attribute before the answer":   {map[string]any{"openinference.span.kind": "LLM", "openai.response.service_tier": "flex", "output.value": `{"service_tier":"default","usage":{"input_tokens":1}}`}, "flex", ""},

		// Neighbours that say nothing.
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
