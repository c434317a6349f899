package cut

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/jsonraw"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/jsontext"
)

func TestTheLongestStringsAreCut(t *testing.T) {
	long := strings.Repeat("wort ", 2000)
	text := `[{"role":"user","content":"` + long + `"},{"role":"assistant","content":"short","n":1.50,"list":["` + long + `",null,true]}]`
	out := Text(text, 3000)
	require.LessOrEqual(t, len(out), 3000)
	require.Greater(t, len(out), 2500, "no more than needed is cut")
	var messages []map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &messages))
	assert.Equal(t, "user", messages[0]["role"])
	assert.Equal(t, "short", messages[1]["content"])
	assert.True(t, strings.HasPrefix(messages[0]["content"].(string), "wort wort"))
	assert.Regexp(t, `\.\.\. \[truncated \d+ bytes\]$`, messages[0]["content"])
	assert.Regexp(t, `\.\.\. \[truncated \d+ bytes\]$`, messages[1]["list"].([]any)[0])
}

func TestWhatFitsStays(t *testing.T) {
	text := `{"a": "b"}`
	assert.Equal(t, text, Text(text, len(text)))
}

func TestTextIsCutBetweenCharacters(t *testing.T) {
	out := Text(strings.Repeat("ü", 1000), 101)
	assert.True(t, utf8.ValidString(out))
	assert.LessOrEqual(t, len(out), 101)
	assert.Contains(t, out, "... [truncated ")
}

func TestEscapesAreNotCutApart(t *testing.T) {
	for limit := 60; limit < 100; limit++ {
		out := Text(`{"a":"`+strings.Repeat(`\u00e9\n\"ü\\`, 30)+`"}`, limit)
		assert.True(t, json.Valid([]byte(out)), out)
		assert.LessOrEqual(t, len(out), limit)
	}
}

func TestJSONOfManySmallThingsBecomesAJSONString(t *testing.T) {
	for _, text := range []string{
		`[` + strings.Repeat(`1,`, 5000) + `1]`,
		`[` + strings.Repeat(`{"role":"user","content":"hi"},`, 1000) + `{}]`,
		`["` + strings.Repeat(`","`, 5000) + `"]`,
	} {
		for _, limit := range []int{2 * markRoom, 256, 1000} {
			out := Text(text, limit)
			assert.LessOrEqual(t, len(out), limit)
			var begin string
			require.NoError(t, json.Unmarshal([]byte(out), &begin))
			assert.Contains(t, begin, "truncated")
		}
	}
}

// FuzzText holds that nothing grows and JSON stays JSON.
func FuzzText(f *testing.F) {
	f.Add(`{"a":"`+strings.Repeat(`\u00e9x`, 100)+`"}`, 120)
	f.Add(strings.Repeat("ü", 100), 60)
	f.Add(`["`+strings.Repeat("a", 300)+`","\\\""]`, 200)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		if limit < 2*markRoom || limit > 1<<20 {
			return
		}
		out := Text(text, limit)
		if len(text) <= limit {
			require.Equal(t, text, out)
			return
		}
		require.LessOrEqual(t, len(out), limit)
		if jsontext.Valid(text, jsonraw.MaxDepth) {
			require.True(t, json.Valid([]byte(out)), out)
		}
		if utf8.ValidString(text) {
			require.True(t, utf8.ValidString(out))
		}
	})
}
