package genai

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// assertSound checks what holds for every usage that is valid: nothing is
// negative, and no part is larger than its whole.
func assertSound(t *testing.T, u Usage, state UsageState) {
	t.Helper()
	if state != UsageValid {
		assert.Equal(t, Usage{}, u)
		return
	}
	for _, n := range []int64{
		u.Input, u.Output, u.CacheRead, u.CacheWrite, u.CacheWrite1h, u.InputAudio, u.InputImage, u.AudioCacheRead, u.ImageCacheRead,
		u.Reasoning, u.OutputAudio, u.OutputImage, u.WebSearches,
	} {
		assert.GreaterOrEqual(t, n, int64(0), "%+v", u)
		assert.LessOrEqual(t, n, int64(maxCount), "%+v", u)
	}
	assert.LessOrEqual(t, u.CacheRead+u.CacheWrite+u.InputAudio+u.InputImage+u.InputVideo, u.Input, "%+v", u)
	assert.LessOrEqual(t, u.ToolUse, u.Input, "%+v", u)
	assert.LessOrEqual(t, u.CacheWrite1h, u.CacheWrite, "%+v", u)
	assert.LessOrEqual(t, u.AudioCacheRead+u.ImageCacheRead, u.CacheRead, "%+v", u)
	assert.LessOrEqual(t, u.Reasoning+u.OutputAudio+u.OutputImage+u.OutputVideo, u.Output, "%+v", u)
	assert.LessOrEqual(t, u.FromTotal, max(u.Reasoning, u.ToolUse), "%+v", u)
}

// FuzzUsage reads counts of any size and type under every convention.
func FuzzUsage(f *testing.F) {
	f.Add("ai", "anthropic", int64(450), int64(80), int64(1800), int64(600), int64(24), 2930.0, "7")
	f.Add("openlit", "aws.bedrock", int64(1)<<53, int64(1)<<53, int64(1)<<53, int64(1)<<53, int64(1)<<53, math.Inf(1), "NaN")
	f.Add("x", "google", int64(-1), int64(0), int64(0), int64(0), int64(0), -0.5, "None")
	f.Fuzz(func(t *testing.T, scope, provider string, in, out, read, write, reasoning int64, total float64, text string) {
		for _, keys := range [][6]string{
			{"gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.total_tokens"},
			{"gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens", "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cache_write_input_tokens", "gen_ai.usage.reasoning_tokens", "gen_ai.usage.total_tokens"},
			{"llm.token_count.prompt", "llm.token_count.completion", "llm.token_count.prompt_details.cache_read", "llm.token_count.prompt_details.cache_write", "llm.token_count.completion_details.reasoning", "llm.token_count.total"},
			{"ai.usage.inputTokens", "ai.usage.outputTokens", "ai.usage.cachedInputTokens", "ai.usage.inputTokenDetails.noCacheTokens", "ai.usage.reasoningTokens", "ai.usage.totalTokens"},
		} {
			span := ptrace.NewSpan()
			a := span.Attributes()
			a.PutStr("gen_ai.provider.name", provider)
			for i, n := range []int64{in, out, read, write, reasoning} {
				a.PutInt(keys[i], n)
			}
			a.PutDouble(keys[5], total)
			a.PutStr("gen_ai.usage.audio.input_tokens", text)
			v := viewOfSpan(scope, span)
			u, state := v.Usage()
			assertSound(t, u, state)
			v.Kind()
			v.Provider()
		}
	})
}

// FuzzObjects reads objects in attributes: JSON, Python dictionaries, and
// neither.
func FuzzObjects(f *testing.F) {
	for _, seed := range []string{
		`{"cache_read": 1800, "cache_creation": 600}`, `{'cache_read': 1800, 'audio': None, 'x': {'y': [1, '}', {"z": 2}]}}`,
		`{"input":450,"output":80,"input_cached_tokens":1800,"input_cache_creation_5m":200,"input_cache_creation_1h":400,"total":2930}`,
		`{"prompt_token_count":151,"candidates_token_count":9,"thoughts_token_count":7,"tool_use_prompt_token_count":18329,"total":20689}`,
		`{"input":1000,"input_cached_tokens":600,"output":500,"output_reasoning_tokens":300,"total":1500}`,
		`"{\"input\":1}"`, `{"anthropic":{"usage":{"input_tokens":450,"cache_read_input_tokens":1e300}}}`, `{'a': "it's", 'b': '\\'`, `{"total": 1`,
		`{"usage_metadata":{"prompt_token_count":1000,"candidates_token_count":200}}`, `{"input_tokens":9007199254740993}`, `{{{{`, `{"":{"":{"":1}}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, key := range []string{
			"gen_ai.usage.input_token_details", "gen_ai.usage.output_token_details", "langsmith.usage_metadata", "langfuse.observation.usage_details",
			"mlflow.chat.tokenUsage", "gcp.vertex.agent.llm_response", "ai.response.providerMetadata", "langfuse.observation.cost_details", "mlflow.llm.cost",
		} {
			for _, withCounts := range []bool{true, false} {
				span := ptrace.NewSpan()
				span.Attributes().PutStr(key, text)
				if withCounts {
					span.Attributes().PutInt("gen_ai.usage.input_tokens", 1000)
					span.Attributes().PutInt("gen_ai.usage.output_tokens", 100)
				}
				v := viewOfSpan("ai", span)
				u, state := v.Usage()
				assertSound(t, u, state)
				if withCounts {
					assert.NotEqual(t, UsageNone, state)
				}
				for _, read := range []func() (Charge, bool){v.Charge, v.ClientCost} {
					if c, ok := read(); ok {
						assert.GreaterOrEqual(t, c.USD, 0.0)
						assert.False(t, math.IsInf(c.USD, 0))
					}
				}
				v.ServedTier()
			}
		}
	})
}

// FuzzContent puts together and takes apart content of any form: the result is
// always valid JSON, and text is always valid UTF-8 where the input was.
func FuzzContent(f *testing.F) {
	f.Add("gen_ai.prompt.0.role", "user", "gen_ai.prompt.0.content", `[{"role":"user"}]`)
	f.Add("llm.input_messages.0.message.contents.0.message_content.text", "hi", "llm.input_messages.x.message", `{"a":`)
	f.Add("gen_ai.completion", "\xc7", "0", "0")
	f.Add("gen_ai.completion.99999999999999999999.content", "", "gen_ai.completion...", "…")
	f.Add("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"text","content":"hi"}]}]`, "gen_ai.output.messages", `{"choices":[{"message":{"content":[{"type":"image"}]}}]}`)
	f.Fuzz(func(t *testing.T, key1, value1, key2, value2 string) {
		span := ptrace.NewSpan()
		span.Attributes().PutStr(key1, value1)
		span.Attributes().PutStr(key2, value2)
		v := viewOfSpan("x", span)
		for _, read := range []func() (Content, bool){v.Input, v.Output} {
			if content, ok := read(); ok {
				assert.True(t, json.Valid(content.AppendJSON(nil)), "%s", content.AppendJSON(nil))
			}
		}
		for _, read := range []func() (Conversation, bool){v.InputText, v.OutputText} {
			c, _ := read()
			for _, message := range c.Messages {
				assert.True(t, utf8.ValidString(message.Text))
				assert.GreaterOrEqual(t, message.Media, 0)
			}
		}
		said := v.Transcript()
		for _, message := range append(said.Messages, said.Answers...) {
			assert.NotEmpty(t, message.Parts)
			for _, part := range message.Parts {
				assert.True(t, part.Value == nil || json.Valid(part.Value), "%s", part.Value)
				assert.GreaterOrEqual(t, part.Bytes, int64(0))
			}
		}
		v.ToolText()
		v.OfferedTools()
		v.Settings()
	})
}

func TestObjectsWalkedToTheirLeaves(t *testing.T) {
	for name, test := range map[string]struct {
		text  string
		value any // or a map
		want  Usage
		state UsageState
	}{
		"JSON":                      {text: `{"input_tokens":10,"output_tokens":2,"cache_read_input_tokens":5}`, want: Usage{Input: 10, Output: 2, CacheRead: 5}, state: UsageValid},
		"JSON in JSON":              {text: `"{\"input_tokens\":10,\"output_tokens\":2}"`, want: Usage{Input: 10, Output: 2}, state: UsageValid},
		"a Python dictionary":       {text: `{'input_tokens': 10, 'output_tokens': 2, 'note': "it's", 'none': None, 'list': [1, {'input_tokens': 99}]}`, want: Usage{Input: 10, Output: 2}, state: UsageValid},
		"numbers in strings":        {text: `{"input_tokens":"10","output_tokens":"2"}`, want: Usage{Input: 10, Output: 2}, state: UsageValid},
		"a map":                     {value: map[string]any{"input_tokens": 10, "output_tokens": 2.0}, want: Usage{Input: 10, Output: 2}, state: UsageValid},
		"None states nothing":       {text: `{'input_tokens': 10, 'output_tokens': None}`, want: Usage{Input: 10}, state: UsageValid},
		"a negative count":          {text: `{"input_tokens":10,"output_tokens":-2}`, state: UsageInvalid},
		"a fraction":                {text: `{"input_tokens":10.5}`, state: UsageInvalid},
		"a boolean":                 {text: `{"input_tokens":true}`, state: UsageInvalid},
		"broken off in a number":    {text: `{"output_tokens":2,"input_tokens":1`, want: Usage{Output: 2}, state: UsageValid},
		"broken off before a value": {text: `{"input_tokens":`, state: UsageNone},
		"no object":                 {text: `<dict object>`, state: UsageNone},
		"a list":                    {text: `[{"input_tokens":1}]`, state: UsageNone},
		"empty":                     {text: `{}`, state: UsageNone},
		"too deep":                  {text: strings.Repeat(`{"a":`, 100), state: UsageNone},
	} {
		t.Run(name, func(t *testing.T) {
			value := test.value
			if value == nil {
				value = test.text
			}
			u, state := viewOf(t, "mlflow", map[string]any{"mlflow.chat.tokenUsage": value, "mlflow.llm.provider": "openai"}).Usage()
			assert.Equal(t, test.state, state)
			assert.Equal(t, test.want, Usage{Input: u.Input, Output: u.Output, CacheRead: u.CacheRead})
		})
	}
}

func TestReadingObjectsAllocatesNothing(t *testing.T) {
	span := ptrace.NewSpan()
	span.Attributes().PutStr("ai.response.providerMetadata", `{"anthropic":{"usage":{"input_tokens":450,"service_tier":"standard"},"cacheCreationInputTokens":20},"openrouter":{"usage":{"cost":0.5}}}`)
	value, _ := span.Attributes().Get("ai.response.providerMetadata")
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		walkObject(value, &leafReader{paths: detailIndex[UsageMetadata], want: GatewayCost})
	}))
}
