package langfuseexporter

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
)

// TestBucketsOfEverySpelling: what a public name states arrives in the bucket that has
// a price, and the buckets make up the 1,000 and 200 tokens.
func TestBucketsOfEverySpelling(t *testing.T) {
	for key, bucket := range map[string]string{
		"gen_ai.usage.input_cached_tokens": "input_cached_tokens", "gen_ai.usage.cache_read_tokens": "input_cached_tokens",
		"gen_ai.usage.cached_tokens": "input_cached_tokens", "gen_ai.usage.input_cache_tokens": "input_cached_tokens",
		"gen_ai.usage.prompt_token_details.cached_tokens": "input_cached_tokens", "gen_ai.usage.input_token_details.cache_read": "input_cached_tokens",
		"gen_ai.usage.prompt_cache_hit_tokens": "input_cached_tokens", "llm.usage.cache_read_input_tokens": "input_cached_tokens",
		"gen_ai.usage.text.cache_read.input_tokens": "input_cached_tokens",
		"gen_ai.usage.cache_write_tokens":           "input_cache_creation", "gen_ai.usage.cache_creation_tokens": "input_cache_creation",
		"gen_ai.usage.input_cache_creation_1h": "input_cache_creation_1h", "gen_ai.usage.cache_creation.input_tokens.ephemeral_1h": "input_cache_creation_1h",
		"gen_ai.usage.output_reasoning_tokens": "output_reasoning_tokens", "gen_ai.usage.reasoning_output_tokens": "output_reasoning_tokens",
		"gen_ai.usage.video.input_tokens": "input_video_tokens", "gen_ai.usage.video.output_tokens": "output_video_tokens",
		"gen_ai.usage.prompt_token_details.audio_tokens": "input_audio_tokens",
	} {
		t.Run(key, func(t *testing.T) {
			o := one(t, nil, "x", map[string]any{
				"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5",
				"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 200, key: 150,
			})
			assert.EqualValues(t, 150, o.Usage[bucket], "%v", o.Usage)
			sum := int64(0)
			for name, n := range o.Usage {
				if name != "total" {
					sum += n
				}
			}
			assert.EqualValues(t, 1200, sum, "%v", o.Usage)
			assert.EqualValues(t, 1200, o.Usage["total"])
		})
	}
}

// TestBucketsThatCountTwiceAreTakenApart, and nothing else of what an application
// states itself.
func TestBucketsThatCountTwiceAreTakenApart(t *testing.T) {
	for name, test := range map[string]struct {
		model, usage string
		want         map[string]int64
	}{
		// 117,456 = 117,231 + 225, so that 117,231 − 115,584 = 1,647 were not cached.
		"the total shows it": {
			"gpt-5.5", `{"input":117231,"cache_read_input_tokens":115584,"output":225,"total":117456}`,
			map[string]int64{"input": 1647, "input_cached_tokens": 115584, "output": 225, "total": 117456},
		},
		"thoughts too": {
			"gpt-5", `{"input":1000,"input_cached_tokens":600,"output":500,"output_reasoning_tokens":300,"total":1500}`,
			map[string]int64{"input": 400, "input_cached_tokens": 600, "output": 200, "output_reasoning_tokens": 300, "total": 1500},
		},
		"buckets": {
			"gpt-5.5", `{"input":1647,"cache_read_input_tokens":115584,"output":225,"total":117456}`,
			map[string]int64{"input": 1647, "cache_read_input_tokens": 115584, "output": 225, "total": 117456},
		},
		"Claude": {
			"claude-sonnet-4-5", `{"input":3000,"cache_read_input_tokens":1800,"output":80,"total":3080}`,
			map[string]int64{"input": 3000, "input_cached_tokens": 1800, "output": 80, "total": 4880},
		},
		"names of the application's": {
			"mine", `{"input":1,"x_output":2}`,
			map[string]int64{"input": 1, "x_output": 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := one(t, nil, "langfuse-sdk", map[string]any{
				"langfuse.observation.type": "generation", "langfuse.observation.model.name": test.model, mapping.UsageKey: test.usage,
			})
			if _, given := test.want["total"]; !given {
				delete(o.Usage, "total")
			}
			assert.Equal(t, test.want, o.Usage)
		})
	}
}
