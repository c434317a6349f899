package redact

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

// attribute is a key with a text in the captured runs.
type attribute struct{ key, text string }

// attributes lists all texts of a captured run with the names they stand under.
func attributes(v any, out []attribute) []attribute {
	switch v := v.(type) {
	case map[string]any:
		if key, ok := v["key"].(string); ok {
			if value, ok := v["value"].(map[string]any); ok {
				if text, ok := value["stringValue"].(string); ok {
					return append(out, attribute{key, text})
				}
			}
		}
		for name, child := range v {
			if text, ok := child.(string); ok {
				out = append(out, attribute{"", text})
				continue
			}
			_ = name
			out = attributes(child, out)
		}
	case []any:
		for _, child := range v {
			out = attributes(child, out)
		}
	}
	return out
}

func TestCapturedRunsComeOutWithoutThePlantedSecretsAndOtherwiseUnchanged(t *testing.T) {
	r := newRedactor(t)
	files, err := filepath.Glob("../testutil/fixtures/captured-*.json")
	require.NoError(t, err)
	require.Len(t, files, 3)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		var run any
		require.NoError(t, json.Unmarshal(raw, &run))
		texts := attributes(run, nil)
		require.NotEmpty(t, texts)
		for variant := range 12 {
			t.Run(fmt.Sprintf("%s/%d", filepath.Base(file), variant), func(t *testing.T) {
				values := redacttest.Planted(variant)
				for _, a := range texts {
					in := redacttest.Fill(a.text, values)
					out, _ := r.String(a.key, in)
					for name, value := range values {
						assert.NotContains(t, out, value, "%s in %s", name, a.key)
					}
					if in == a.text {
						assert.Equal(t, in, out, a.key)
						continue
					}
					assertOnlyPlantedChanged(t, a, values, out)
					if json.Valid([]byte(in)) {
						assert.True(t, json.Valid([]byte(out)), out)
					}
					again, _ := r.String(a.key, out)
					assert.Equal(t, out, again)
				}
			})
		}
	}
}

// assertOnlyPlantedChanged checks that the text between the planted values is there, in order and unchanged.
func assertOnlyPlantedChanged(t *testing.T, a attribute, values map[string]string, out string) {
	t.Helper()
	rest := out
	for i, piece := range strings.Split(a.text, "@@") {
		if i%2 == 1 {
			require.Contains(t, values, piece)
			continue
		}
		at := strings.Index(rest, piece)
		if !assert.GreaterOrEqual(t, at, 0, "%s: %q is gone from %q", a.key, piece, out) {
			return
		}
		rest = rest[at+len(piece):]
	}
}
