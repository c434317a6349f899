package llmcost

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.yaml.in/yaml/v3"
)

// yamlBlocks are the YAML blocks of the README.
func yamlBlocks(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("README.md")
	require.NoError(t, err)
	var blocks []string
	for _, found := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(raw), -1) {
		blocks = append(blocks, found[1])
	}
	return blocks
}

func TestWorkedExamplesOfTheReadmeAreTrue(t *testing.T) {
	examples := 0
	for _, block := range yamlBlocks(t) {
		if !strings.HasPrefix(block, "span:") {
			continue
		}
		examples++
		var example struct{ Span, Becomes map[string]any }
		require.NoError(t, yaml.Unmarshal([]byte(block), &example))
		traces := oneSpan(t, "x", example.Span)
		span := traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0)
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)))
		span.SetEndTimestamp(span.StartTimestamp())
		got := only(run(t, traces))
		for key, want := range example.Becomes {
			switch want := want.(type) {
			case nil:
				assert.NotContains(t, got, key, block)
			case float64:
				assert.InEpsilon(t, want, got[key], 1e-9, "%s of\n%s", key, block)
			case int:
				assert.EqualValues(t, want, got[key], "%s of\n%s", key, block)
			default:
				assert.Equal(t, want, got[key], "%s of\n%s", key, block)
			}
		}
	}
	assert.Equal(t, 6, examples)
}

func TestConfigurationsOfTheReadmeAreValid(t *testing.T) {
	configurations := 0
	for _, block := range yamlBlocks(t) {
		if !strings.HasPrefix(block, "processors:") {
			continue
		}
		configurations++
		var raw map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(block), &raw))
		sub, err := confmap.NewFromStringMap(raw).Sub("processors::llm_cost")
		require.NoError(t, err)
		cfg := createDefaultConfig()
		require.NoError(t, sub.Unmarshal(cfg), block)
		require.NoError(t, confmap.Validate(cfg), block)
	}
	assert.Equal(t, 3, configurations)
}
