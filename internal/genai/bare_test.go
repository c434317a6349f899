package genai

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// TestAnswersOfGeminiCLIAndItsForks reads the records that Gemini CLI, Qwen Code and
// other forks log for an answer, and leaves alone what only looks like one.
func TestAnswersOfGeminiCLIAndItsForks(t *testing.T) {
	answer := func(event, model string, in, cached, out, thoughts, total int, more ...any) map[string]any {
		attributes := map[string]any{
			"event.name": event, "model": model, "duration_ms": 1200, "input_token_count": in, "cached_content_token_count": cached,
			"output_token_count": out, "thoughts_token_count": thoughts, "total_token_count": total,
		}
		for i := 0; i < len(more); i += 2 {
			attributes[more[i].(string)] = more[i+1]
		}
		return attributes
	}
	const gemini, qwen = "gemini_cli.api_response", "qwen-code.api_response"
	for name, tt := range map[string]struct {
		scope      string
		attributes map[string]any
		kind       Kind
		provider   string
		want       Usage // Input, CacheRead, Output, Reasoning
	}{
		"Gemini CLI":                               {"gemini-cli", answer(gemini, "gemini-2.5-pro", 1000, 0, 200, 0, 1200), KindInference, "gcp.gemini", Usage{Input: 1000, Output: 200}},
		"with thoughts beside the candidates":      {"gemini-cli", answer(gemini, "gemini-2.5-pro", 1000, 0, 200, 300, 1500), KindInference, "gcp.gemini", Usage{Input: 1000, Output: 500, Reasoning: 300}},
		"with a cache inside the prompt":           {"gemini-cli", answer(gemini, "gemini-2.5-pro", 1000, 800, 200, 0, 1200), KindInference, "gcp.gemini", Usage{Input: 1000, CacheRead: 800, Output: 200}},
		"only thoughts":                            {"gemini-cli", answer(gemini, "gemini-2.5-pro", 1000, 0, 0, 300, 1300), KindInference, "gcp.gemini", Usage{Input: 1000, Output: 300, Reasoning: 300}},
		"with what tools have put into the prompt": {"gemini-cli", answer(gemini, "gemini-2.5-pro", 100, 0, 20, 30, 155, "tool_token_count", 5), KindInference, "gcp.gemini", Usage{Input: 105, Output: 50, Reasoning: 30}},
		"… and no total of it":                     {"gemini-cli", answer(gemini, "gemini-2.5-pro", 100, 0, 20, 30, 0, "tool_token_count", 5), KindInference, "gcp.gemini", Usage{Input: 105, Output: 50, Reasoning: 30}},
		"without a total":                          {"gemini-cli", answer(gemini, "gemini-2.5-pro", 1000, 0, 200, 100, 0), KindInference, "gcp.gemini", Usage{Input: 1000, Output: 300, Reasoning: 100}},
		"on Vertex AI":                             {"gemini-cli", answer(gemini, "gemini-2.5-pro", 10, 0, 2, 0, 12, "auth_type", "vertex-ai"), KindInference, "gcp.vertex_ai", Usage{Input: 10, Output: 2}},
		"its short name under its scope":           {"gemini-cli", answer("api_response", "gemini-2.5-pro", 10, 0, 2, 0, 12), KindInference, "gcp.gemini", Usage{Input: 10, Output: 2}},
		"counts as text":                           {"x", answer(gemini, "gemini-2.5-pro", 10, 0, 2, 0, 12, "input_token_count", "10"), KindInference, "gcp.gemini", Usage{Input: 10, Output: 2}},
		"Qwen Code, reasoning inside the output":   {"qwen-code", answer(qwen, "qwen3-coder-plus", 13472, 0, 101, 24, 13573, "response_id", "chatcmpl-1"), KindInference, "", Usage{Input: 13472, Output: 101, Reasoning: 24}},
		"Qwen Code with Gemini, thoughts beside":   {"qwen-code", answer(qwen, "gemini-2.5-pro", 100, 0, 20, 30, 150, "auth_type", "gemini"), KindInference, "gcp.gemini", Usage{Input: 100, Output: 50, Reasoning: 30}},
		"… and no total":                           {"qwen-code", answer(qwen, "gemini-2.5-pro", 100, 0, 40, 30, 0, "auth_type", "gemini"), KindInference, "gcp.gemini", Usage{Input: 100, Output: 70, Reasoning: 30}},
		"Qwen Code with a cache":                   {"qwen-code", answer(qwen, "deepseek-chat", 1000, 900, 20, 0, 1020, "auth_type", "openai"), KindInference, "", Usage{Input: 1000, CacheRead: 900, Output: 20}},
		"another fork":                             {"x", answer("llxprt_code.api_response", "gpt-5", 1000, 0, 20, 5, 1020), KindInference, "", Usage{Input: 1000, Output: 20, Reasoning: 5}},
		"a request of Gemini CLI":                  {"gemini-cli", map[string]any{"event.name": "gemini_cli.api_request", "model": "gemini-2.5-pro", "input_token_count": 5}, KindOther, "", Usage{}},
		"an error of Gemini CLI":                   {"gemini-cli", map[string]any{"event.name": "gemini_cli.api_error", "model": "gemini-2.5-pro", "status_code": 500}, KindOther, "", Usage{}},
		"a compression of Qwen Code":               {"qwen-code", map[string]any{"event.name": "qwen-code.chat_compression", "tokens_before": 5, "tokens_after": 2}, KindOther, "", Usage{}},
		"somebody's answers":                       {"shop", map[string]any{"event.name": "shop.api_response", "model": "T-800", "input_token_count": 5, "output_token_count": 3}, KindOther, "", Usage{}},
		"somebody's short name":                    {"shop", answer("api_response", "T-800", 10, 0, 2, 0, 12), KindOther, "", Usage{}},
		"a name that only ends alike":              {"x", answer("my_api_response", "gemini-2.5-pro", 10, 0, 2, 0, 12), KindOther, "", Usage{}},
		"the same counts under no event of theirs": {"x", answer("answer", "gemini-2.5-pro", 10, 0, 2, 0, 12), KindOther, "", Usage{}},
	} {
		t.Run(name, func(t *testing.T) {
			record := plog.NewLogRecord()
			assert.NoError(t, record.Attributes().FromRaw(tt.attributes))
			scope := pcommon.NewInstrumentationScope()
			scope.SetName(tt.scope)
			var v View
			v.ReadRecord(pcommon.NewResource(), scope, record)
			assert.Equal(t, tt.kind.String(), v.Kind().String())
			if tt.kind == KindOther {
				assert.False(t, v.HasUsage())
				return
			}
			assert.Equal(t, tt.provider, v.Provider())
			assert.False(t, v.RepeatsSpan())
			u, state := v.Usage()
			assert.Equal(t, UsageValid, state)
			assert.Equal(t, tt.want, Usage{Input: u.Input, CacheRead: u.CacheRead, Output: u.Output, Reasoning: u.Reasoning})
			if tt.want.CacheRead > 0 {
				assert.Equal(t, InputInclusive, u.Mode)
			}
			if id, ok := tt.attributes["response_id"]; ok {
				assert.Equal(t, id, v.Str(ResponseID))
			}
		})
	}
}
