package genai

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
)

func TestUsageModes(t *testing.T) {
	for name, test := range map[string]struct {
		scope      string
		attributes map[string]any
		want       Usage // mode, evidence, input, output, parts
	}{
		"no cache, nothing to decide": {
			"x",
			map[string]any{"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10},
			Usage{Mode: InputAssumed, Evidence: evidenceNone, Input: 100, Output: 10},
		},
		"dotted keys are inclusive by definition": {
			"x",
			map[string]any{"gen_ai.usage.input_tokens": 100, "gen_ai.usage.cache_read.input_tokens": 60, "gen_ai.usage.cache_creation.input_tokens": 20},
			Usage{Mode: InputInclusive, Evidence: evidenceKeys, Input: 100, CacheRead: 60, CacheWrite: 20},
		},
		"underscore keys of Anthropic are exclusive": {
			"x",
			map[string]any{"gen_ai.provider.name": "anthropic", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.cache_read_input_tokens": 60, "gen_ai.usage.cache_creation_input_tokens": 20},
			Usage{Mode: InputExclusive, Evidence: evidenceKeys, Input: 180, CacheRead: 60, CacheWrite: 20},
		},
		"more cached than input is exclusive": {
			"x",
			map[string]any{"gen_ai.usage.input_tokens": 10, "gen_ai.usage.cache_read.input_tokens": 60},
			Usage{Mode: InputExclusive, Evidence: evidenceImpossible, Input: 70, CacheRead: 60},
		},
		"a total that counts the cache on top proves it": {
			"x",
			map[string]any{"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10, "gen_ai.usage.cache_read.input_tokens": 60, "gen_ai.usage.total_tokens": 170},
			Usage{Mode: InputExclusive, Evidence: evidenceTotal, Input: 160, Output: 10, CacheRead: 60},
		},
		"a naive total proves nothing": {
			"x",
			map[string]any{"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10, "gen_ai.usage.cache_read.input_tokens": 60, "gen_ai.usage.total_tokens": 110},
			Usage{Mode: InputInclusive, Evidence: evidenceKeys, Input: 100, Output: 10, CacheRead: 60},
		},
		"Strands, Claude of Anthropic's own under dotted keys": {
			"strands-agents",
			map[string]any{"gen_ai.system": "strands-agents", "gen_ai.request.model": "claude-haiku-4-5", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.cache_read.input_tokens": 60, "gen_ai.usage.cache_read_input_tokens": 60, "gen_ai.usage.total_tokens": 100},
			Usage{Mode: InputExclusive, Evidence: evidenceProfile, Input: 160, CacheRead: 60},
		},
		"Strands, Claude on Bedrock": {
			"strands-agents",
			map[string]any{"gen_ai.system": "strands-agents", "gen_ai.request.model": "us.anthropic.claude-haiku-4-5-20251001-v1:0", "gen_ai.usage.input_tokens": 160, "gen_ai.usage.cache_read.input_tokens": 60, "gen_ai.usage.total_tokens": 160},
			Usage{Mode: InputInclusive, Evidence: evidenceKeys, Input: 160, CacheRead: 60},
		},
		"AI SDK 5 with Anthropic": {
			"ai",
			map[string]any{"ai.model.provider": "anthropic.messages", "ai.usage.inputTokens": 100, "ai.usage.cachedInputTokens": 60},
			Usage{Mode: InputExclusive, Evidence: evidenceProfile, Input: 160, CacheRead: 60},
		},
		"AI SDK 5 with OpenAI": {
			"ai",
			map[string]any{"ai.model.provider": "openai.responses", "ai.usage.inputTokens": 100, "ai.usage.cachedInputTokens": 60},
			Usage{Mode: InputAssumed, Evidence: evidenceNone, Input: 100, CacheRead: 60},
		},
		"AI SDK 6 states the split": {
			"ai",
			map[string]any{"ai.model.provider": "anthropic.messages", "ai.usage.inputTokens": 180, "ai.usage.inputTokenDetails.noCacheTokens": 100, "ai.usage.inputTokenDetails.cacheReadTokens": 60, "ai.usage.inputTokenDetails.cacheWriteTokens": 20},
			Usage{Mode: InputSplit, Evidence: evidenceSplit, Input: 180, CacheRead: 60, CacheWrite: 20},
		},
		"AI SDK 4 passes Anthropic's own usage on": {
			"ai",
			map[string]any{
				"ai.model.provider": "anthropic.messages", "ai.usage.promptTokens": 100,
				"ai.response.providerMetadata": `{"anthropic":{"usage":{"input_tokens":100,"cache_read_input_tokens":60,"cache_creation_input_tokens":20,"cache_creation":{"ephemeral_1h_input_tokens":15}},"cacheCreationInputTokens":20}}`,
			},
			Usage{Mode: InputSplit, Evidence: evidenceSplit, Input: 180, CacheRead: 60, CacheWrite: 20, CacheWrite1h: 15},
		},
		"AI SDK 4 with OpenAI's cached tokens in the metadata": {
			"ai",
			map[string]any{"ai.model.provider": "openai.chat", "ai.usage.promptTokens": 100, "ai.usage.completionTokens": 10, "ai.response.providerMetadata": `{"openai":{"cachedPromptTokens":60,"reasoningTokens":4}}`},
			Usage{Mode: InputAssumed, Evidence: evidenceNone, Input: 100, Output: 10, CacheRead: 60, Reasoning: 4},
		},
		"OpenInference includes the cache": {
			"openinference.instrumentation.anthropic",
			map[string]any{"llm.provider": "anthropic", "llm.token_count.prompt": 100, "llm.token_count.prompt_details.cache_read": 60},
			Usage{Mode: InputInclusive, Evidence: evidenceKeys, Input: 100, CacheRead: 60},
		},
		"OpenInference on Bedrock does not": {
			"openinference.instrumentation.bedrock",
			map[string]any{"llm.provider": "aws", "llm.system": "anthropic", "llm.token_count.prompt": 100, "llm.token_count.prompt_details.cache_read": 60},
			Usage{Mode: InputExclusive, Evidence: evidenceProfile, Input: 160, CacheRead: 60},
		},
		"OpenLLMetry JS with Anthropic": {
			"@traceloop/instrumentation-anthropic",
			map[string]any{"gen_ai.provider.name": "anthropic", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.cache_read.input_tokens": 60},
			Usage{Mode: InputExclusive, Evidence: evidenceProfile, Input: 160, CacheRead: 60},
		},
		"Mastra: 5 minutes and an hour are parts of the writes": {
			"@mastra/otel-exporter",
			map[string]any{
				"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.cache_creation.input_tokens": 500,
				"gen_ai.usage.cache_creation.5m_input_tokens": 200, "gen_ai.usage.cache_creation.1h_input_tokens": 300,
			},
			Usage{Mode: InputInclusive, Evidence: evidenceProfile, Input: 1000, CacheWrite: 500, CacheWrite1h: 300},
		},
		"writes known only by their parts": {
			"@mastra/otel-exporter",
			map[string]any{"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.cache_creation.5m_input_tokens": 200, "gen_ai.usage.cache_creation.1h_input_tokens": 300},
			Usage{Mode: InputInclusive, Evidence: evidenceProfile, Input: 1000, CacheWrite: 500, CacheWrite1h: 300},
		},
		"Spring AI's numbers are strings": {
			"org.springframework.ai",
			map[string]any{"gen_ai.system": "anthropic", "gen_ai.usage.input_tokens": "100", "gen_ai.usage.output_tokens": "10", "gen_ai.usage.cache_read.input_tokens": "60"},
			Usage{Mode: InputExclusive, Evidence: evidenceProfile, Input: 160, Output: 10, CacheRead: 60},
		},
		"reasoning inside the output": {
			"x",
			map[string]any{"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 100, "gen_ai.usage.reasoning.output_tokens": 80},
			Usage{Mode: InputAssumed, Evidence: evidenceNone, Input: 10, Output: 100, Reasoning: 80},
		},
		"more reasoning than output lies outside": {
			"x",
			map[string]any{"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 20, "gen_ai.usage.reasoning.output_tokens": 80},
			Usage{Mode: InputAssumed, Evidence: evidenceNone, Input: 10, Output: 100, Reasoning: 80},
		},
		"the total proves reasoning outside": {
			"x",
			map[string]any{"gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 100, "gen_ai.usage.reasoning.output_tokens": 80, "gen_ai.usage.total_tokens": 190},
			Usage{Mode: InputAssumed, Evidence: evidenceNone, Input: 10, Output: 180, Reasoning: 80},
		},
		"Gemini's thoughts show only in the total": {
			"x",
			map[string]any{"gen_ai.provider.name": "gcp.gemini", "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 100, "gen_ai.usage.total_tokens": 190},
			Usage{Mode: InputAssumed, Evidence: evidenceNone, Input: 10, Output: 180, Reasoning: 80},
		},
		"audio is part of the input": {
			"x",
			map[string]any{"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.input_audio_tokens": 800, "gen_ai.usage.output_tokens": 800, "gen_ai.usage.output_audio_tokens": 700},
			Usage{Mode: InputAssumed, Evidence: evidenceNone, Input: 1000, Output: 800, InputAudio: 800, OutputAudio: 700},
		},
		"a part larger than the whole is cut to it": {
			"x",
			map[string]any{"gen_ai.usage.input_tokens": 100, "gen_ai.usage.input_audio_tokens": 800, "gen_ai.usage.output_tokens": 10, "gen_ai.usage.output_audio_tokens": 700},
			Usage{Mode: InputAssumed, Evidence: evidenceNone, Input: 100, Output: 10, InputAudio: 100, OutputAudio: 10},
		},
	} {
		t.Run(name, func(t *testing.T) {
			u, state := viewOf(t, test.scope, test.attributes).Usage()
			require.Equal(t, UsageValid, state)
			got := Usage{
				Mode: u.Mode, Evidence: u.Evidence, Input: u.Input, Output: u.Output, CacheRead: u.CacheRead, CacheWrite: u.CacheWrite,
				CacheWrite1h: u.CacheWrite1h, InputAudio: u.InputAudio, InputImage: u.InputImage, Reasoning: u.Reasoning,
				OutputAudio: u.OutputAudio, OutputImage: u.OutputImage,
			}
			assert.Equal(t, test.want, got)
		})
	}
}

func TestCountsThatCannotBeBelievedMakeTheUsageInvalid(t *testing.T) {
	for name, value := range map[string]any{
		"negative": -1, "NaN": math.NaN(), "infinite": math.Inf(1), "above 2^53": int64(1)<<53 + 1, "a fraction": 1.5,
		"text": "many", "text NaN": "NaN", "a boolean": true, "a list": []any{1}, "a map": map[string]any{"n": 1}, "huge": 1e300,
	} {
		for _, key := range []string{"gen_ai.usage.input_tokens", "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.total_tokens"} {
			t.Run(name+" "+key, func(t *testing.T) {
				attributes := map[string]any{"gen_ai.usage.input_tokens": 5, "gen_ai.usage.output_tokens": 5}
				attributes[key] = value
				_, state := viewOf(t, "x", attributes).Usage()
				assert.Equal(t, UsageInvalid, state)
			})
		}
	}
}

func TestMetadataThatIsNoJSONSaysNothing(t *testing.T) {
	u, state := viewOf(t, "ai", map[string]any{"ai.usage.promptTokens": 100, "ai.response.providerMetadata": `{"anthropic":`}).Usage()
	require.Equal(t, UsageValid, state)
	assert.EqualValues(t, 100, u.Input)
}

func TestClaudeCodeReadsBareNamesOnItsOwnSpansOnly(t *testing.T) {
	attributes := map[string]any{"gen_ai.system": "anthropic", "gen_ai.request.model": "claude-opus-4-8", "input_tokens": 10, "output_tokens": 5, "cache_read_tokens": 60, "cache_creation_tokens": 30}
	v := viewOf(t, "x", attributes)
	assert.False(t, v.HasUsage())

	span := v.span
	span.SetName("claude_code.llm_request")
	v = viewOfSpan("x", span)
	u, state := v.Usage()
	require.Equal(t, UsageValid, state)
	assert.Equal(t, InputExclusive, u.Mode)
	assert.EqualValues(t, 100, u.Input)
	assert.Equal(t, KindInference, v.Kind())
}

func TestRollups(t *testing.T) {
	trace := pcommon.TraceID{1}
	id := func(n byte) pcommon.SpanID { return pcommon.SpanID{n} }
	var r Rollups
	for range 2 { // Reset must leave nothing behind
		r.Reset()
		r.Add(trace, id(1), pcommon.SpanID{}, true) // outer, repeats its children
		r.Add(trace, id(2), id(1), false)
		r.Add(trace, id(3), id(2), true) // call
		r.Add(trace, id(4), id(1), true) // call
		r.Add(trace, id(5), id(9), true) // call whose parent is elsewhere
		r.Add(trace, id(6), id(6), true) // its own parent
		r.Add(trace, id(7), id(8), true) // each other's parents
		r.Add(trace, id(8), id(7), false)
		r.Add(pcommon.TraceID{2}, id(1), pcommon.SpanID{}, true)
		r.Resolve()
		for n, want := range map[byte]bool{1: true, 2: false, 3: false, 4: false, 5: false, 6: false, 7: false, 8: false} {
			assert.Equal(t, want, r.Is(trace, id(n)), "span %d", n)
		}
		assert.False(t, r.Is(pcommon.TraceID{2}, id(1)))
		assert.False(t, r.Is(trace, id(99)))
	}
}

func TestRollupsByKind(t *testing.T) {
	type span struct {
		id, parent byte
		kind       Kind
		usage      bool
	}
	for name, test := range map[string]struct {
		spans           []span
		rollup, covered []byte
	}{
		"an embedding without usage around the one that has it": {
			spans:  []span{{1, 0, KindEmbedding, false}, {2, 1, KindEmbedding, true}},
			rollup: []byte{1},
		},
		"a call without usage around another without": {
			spans:  []span{{1, 0, KindInference, false}, {2, 1, KindInference, false}},
			rollup: []byte{1},
		},
		"a call without usage below the one that has it": {
			spans:   []span{{1, 0, KindInference, true}, {2, 1, KindStep, false}, {3, 2, KindInference, false}},
			covered: []byte{3},
		},
		"a call that has usage, and its tool's agent calls a model too": {
			spans: []span{{1, 0, KindInference, true}, {2, 1, KindTool, false}, {3, 2, KindAgent, false}, {4, 3, KindInference, true}},
		},
		"an application's own total stands above the tools as well": {
			spans:  []span{{9, 0, KindOther, true}, {1, 9, KindInference, true}, {2, 1, KindTool, false}, {4, 2, KindInference, true}},
			rollup: []byte{9},
		},
		"a tool that sums up": {
			spans:  []span{{1, 0, KindTool, true}, {2, 1, KindInference, true}},
			rollup: []byte{1},
		},
		"a call whose tool's call has no usage": {
			spans: []span{{1, 0, KindInference, true}, {2, 1, KindTool, false}, {3, 2, KindInference, false}},
		},
		"calls that name each other as parents": {
			spans:  []span{{1, 2, KindInference, false}, {2, 1, KindInference, true}},
			rollup: []byte{1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, order := range []bool{true, false} {
				var r Rollups
				r.Reset()
				spans := slices.Clone(test.spans)
				if !order {
					slices.Reverse(spans) // children end, and arrive, first
				}
				for _, s := range spans {
					var parent pcommon.SpanID
					if s.parent != 0 {
						parent = pcommon.SpanID{s.parent}
					}
					r.AddSpan(pcommon.TraceID{1}, pcommon.SpanID{s.id}, parent, s.kind, s.usage)
				}
				r.Resolve()
				for _, s := range spans {
					assert.Equal(t, slices.Contains(test.rollup, s.id), r.Is(pcommon.TraceID{1}, pcommon.SpanID{s.id}), "rollup %d", s.id)
					assert.Equal(t, slices.Contains(test.covered, s.id), r.Covered(pcommon.TraceID{1}, pcommon.SpanID{s.id}), "covered %d", s.id)
				}
			}
		})
	}
}
