package genai

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

func TestUsageThatEnteredNothingIsNamed(t *testing.T) {
	read := map[string]any{"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5, "gen_ai.request.model": "gpt-4o"}
	for name, tt := range map[string]struct {
		more map[string]any
		want []Unread
	}{
		"what is read is not named":     {map[string]any{"gen_ai.usage.total_tokens": 15, "gen_ai.usage.cache_read.input_tokens": 4}, nil},
		"a name nobody knows":           {map[string]any{"gen_ai.usage.dream_tokens": 7}, []Unread{{"gen_ai.usage.dream_tokens", "7", "not a name that is known"}}},
		"in camel case":                 {map[string]any{"acme.dreamTokenCount": "7"}, []Unread{{"acme.dreamTokenCount", "7", "not a name that is known"}}},
		"tokens that were generated":    {map[string]any{"acme.generated_tokens": 7.0}, []Unread{{"acme.generated_tokens", "7", "not a name that is known"}}},
		"a cost":                        {map[string]any{"acme.cost": 0.25}, []Unread{{"acme.cost", "0.25", "not a name that is known"}}},
		"an object":                     {map[string]any{"acme.usage": `{"dreams":7}`}, []Unread{{"acme.usage", `{"dreams":7}`, "not a name that is known"}}},
		"an older spelling, the same":   {map[string]any{"gen_ai.usage.prompt_tokens": 10}, []Unread{{"gen_ai.usage.prompt_tokens", "10", "repeats gen_ai.usage.input_tokens"}}},
		"an older spelling, another":    {map[string]any{"gen_ai.usage.prompt_tokens": 12}, []Unread{{"gen_ai.usage.prompt_tokens", "12", "gen_ai.usage.input_tokens is read instead"}}},
		"two, by name":                  {map[string]any{"b.tokens": 1, "a.tokens": 2}, []Unread{{"a.tokens", "2", "not a name that is known"}, {"b.tokens", "1", "not a name that is known"}}},
		"a zero is no loss":             {map[string]any{"gen_ai.usage.dream_tokens": 0}, nil},
		"a limit":                       {map[string]any{"gen_ai.request.max_tokens": 4096, "acme.token_limit": 5, "acme.thinking.budget_tokens": 9}, nil},
		"a rate":                        {map[string]any{"acme.tokens_per_second": 50.5}, nil},
		"a secret":                      {map[string]any{"acme.token": "abc"}, nil},
		"an id":                         {map[string]any{"acme.token_id": 7}, nil},
		"another usage":                 {map[string]any{"system.cpu.usage": 0.5, "process.memory.usage": 700}, nil},
		"a price is no cost of a call":  {map[string]any{"acme.cost.price": 3.0}, nil},
		"what llm_cost writes":          {map[string]any{"llmcost.tokens.cache_write_1h": 5, "llmcost.cost.original": 1.5}, nil},
		"a flag":                        {map[string]any{"acme.usage": true}, nil},
		"a long object is cut":          {map[string]any{"acme.usage": "{" + string(make([]byte, 100)) + "}"}, []Unread{{"acme.usage", "{" + string(make([]byte, 79)) + "…", "not a name that is known"}}},
		"text that mentions tokens":     {map[string]any{"acme.note_on_tokens": "seven"}, nil},
		"a word that only contains one": {map[string]any{"acme.tokenizer": 7, "acme.costume": 7}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			attributes := map[string]any{}
			for _, m := range []map[string]any{read, tt.more} {
				maps.Copy(attributes, m)
			}
			v := viewOf(t, "x", attributes)
			assert.Equal(t, tt.want, v.Unread())
		})
	}
}

func TestCountsInsideOfObjectsThatNothingReadsAreNamed(t *testing.T) {
	for name, tt := range map[string]struct {
		key, text string
		want      []Unread
	}{
		"Langfuse, all buckets known":       {"langfuse.observation.usage_details", `{"input":2,"output":3,"cache_read_input_tokens":4,"total":9}`, nil},
		"Langfuse, a bucket of nobody's":    {"langfuse.observation.usage_details", `{"input":2,"output":3,"dream_tokens":4}`, []Unread{{"langfuse.observation.usage_details dream_tokens", "4", unknownName}}},
		"… whatever it is called":           {"langfuse.observation.usage_details", `{"input":2,"dreams":4}`, []Unread{{"langfuse.observation.usage_details dreams", "4", unknownName}}},
		"… a zero":                          {"langfuse.observation.usage_details", `{"input":2,"dreams":0}`, nil},
		"MLflow":                            {"mlflow.chat.tokenUsage", `{"input_tokens":2,"output_tokens":3,"dream_tokens":4}`, []Unread{{"mlflow.chat.tokenUsage dream_tokens", "4", unknownName}}},
		"MLflow, all known":                 {"mlflow.chat.tokenUsage", `{"input_tokens":2,"output_tokens":3,"total_tokens":5}`, nil},
		"the AI SDK's metadata":             {"ai.response.providerMetadata", `{"anthropic":{"usage":{"input_tokens":2,"dream_tokens":4}}}`, []Unread{{"ai.response.providerMetadata anthropic.usage.dream_tokens", "4", unknownName}}},
		"… that repeats what is stated":     {"ai.response.providerMetadata", `{"anthropic":{"usage":{"my_input_tokens":12,"my_tokens":4}}}`, []Unread{{"ai.response.providerMetadata anthropic.usage.my_tokens", "4", unknownName}}},
		"… what is no usage":                {"ai.response.providerMetadata", `{"openai":{"responseId":"r","seed":4,"maxTokens":9}}`, nil},
		"… that breaks off":                 {"ai.response.providerMetadata", `{"anthropic":{"dream_tokens":4,`, []Unread{{"ai.response.providerMetadata anthropic.dream_tokens", "4", unknownName}}},
		"LangSmith's details, a known part": {"langsmith.metadata.nothing", `{"dream_tokens":4}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			v := viewOf(t, "x", map[string]any{"gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 12, tt.key: tt.text})
			assert.Equal(t, tt.want, v.Unread())
		})
	}
}

func TestUnreadKnowsTheNamesOfAnEvent(t *testing.T) {
	record := plog.NewLogRecord()
	assert.NoError(t, record.Attributes().FromRaw(map[string]any{
		"event.name": "codex.sse_event", "event.kind": "response.completed", "model": "gpt-5", "input_token_count": 10, "output_token_count": 5,
		"cached_token_count": 3, "tool_token_count": 15,
	}))
	var v View
	v.ReadRecord(pcommon.NewResource(), pcommon.NewInstrumentationScope(), record)
	assert.Equal(t, []Unread{{"tool_token_count", "15", "not a name that is known"}}, v.Unread())
	assert.Nil(t, new(View).Unread())
}
