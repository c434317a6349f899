package genai

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// TestFirstTokenInTheUnitOfItsWriter: a span of two seconds.
func TestFirstTokenInTheUnitOfItsWriter(t *testing.T) {
	for name, test := range map[string]struct {
		scope, key string
		system     string
		value      any
		want       time.Duration // -1: not stated
	}{
		"Strands":                     {"strands.telemetry.tracer", "gen_ai.server.time_to_first_token", "strands-agents", 450, 450 * time.Millisecond},
		"Strands, a double":           {"strands.telemetry.tracer", "gen_ai.server.time_to_first_token", "", 450.5, 450500 * time.Microsecond},
		"Strands, less than a second": {"strands.telemetry.tracer", "gen_ai.server.time_to_first_token", "strands-agents", 1, time.Millisecond},
		"Strands by its system":       {"x", "gen_ai.server.time_to_first_token", "strands-agents", 450, 450 * time.Millisecond},
		"Strands for JavaScript":      {"@strands-agents/sdk", "gen_ai.server.time_to_first_token", "", 450, 450 * time.Millisecond},
		"Strands, another name":       {"strands.telemetry.tracer", "gen_ai.response.time_to_first_chunk", "strands-agents", 0.45, 450 * time.Millisecond},
		"OpenLIT":                     {"openlit", "gen_ai.server.time_to_first_token", "openai", 0.45, 450 * time.Millisecond},
		"OpenLIT, its older name":     {"openlit", "gen_ai.server.ttft", "openai", 0.45, 450 * time.Millisecond},
		"vLLM":                        {"vllm.llm_engine", "gen_ai.latency.time_to_first_token", "", 0.45, 450 * time.Millisecond},
		"OpenRouter":                  {"openrouter", "trace.metadata.openrouter.first_token_ms", "openai", 450, 450 * time.Millisecond},
		"a name with its unit":        {"x", "gen_ai.server.time_to_first_token_ms", "openai", 450, 450 * time.Millisecond},
		"GitHub Copilot":              {"copilot-chat", "copilot_chat.time_to_first_token", "github", 450, 450 * time.Millisecond},
		"AI SDK":                      {"ai", "ai.response.msToFirstChunk", "openai", 450.0, 450 * time.Millisecond},
		"longer than the span":        {"openlit", "gen_ai.server.time_to_first_token", "openai", 450, -1},
		"Strands, longer than it":     {"strands.telemetry.tracer", "gen_ai.server.time_to_first_token", "", 45000, -1},
	} {
		t.Run(name, func(t *testing.T) {
			span := ptrace.NewSpan()
			span.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Unix(1_795_000_000, 0)))
			span.SetEndTimestamp(pcommon.NewTimestampFromTime(time.Unix(1_795_000_002, 0)))
			attributes := map[string]any{test.key: test.value}
			if test.system != "" {
				attributes["gen_ai.system"] = test.system
			}
			assert.NoError(t, span.Attributes().FromRaw(attributes))
			got, ok := viewOfSpan(test.scope, span).FirstToken()
			assert.Equal(t, test.want >= 0, ok)
			if ok {
				assert.Equal(t, test.want, got)
			}
		})
	}
}
