package testutil

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// WrittenCase is a span or a log record of an instrumentation that cannot be run here,
// written after its source, with what is to be read from it. A number that is nil is
// not stated.
type WrittenCase struct {
	ID           string         `json:"id"`
	Scope        string         `json:"scope_name"`
	Name         string         `json:"span_name"`
	Event        string         `json:"event_name"` // of a log record
	Resource     map[string]any `json:"resource"`
	Attributes   map[string]any `json:"attributes"` // integers are int64
	Input        *int64         `json:"expected_input_tokens"`
	Output       *int64         `json:"expected_output_tokens"`
	CacheRead    int64          `json:"expected_cache_read_tokens"`
	CacheWrite   int64          `json:"expected_cache_write_tokens"`
	CacheWrite1h int64          `json:"expected_cache_write_1h_tokens"`
	Reasoning    *int64         `json:"expected_reasoning_tokens"`
	Mode         string         `json:"expected_input_mode"`
	Status       string         `json:"expected_status"`
	Cost         *float64       `json:"expected_cost_usd"`
	Why          string         `json:"why"`
}

// WrittenCases reads the cases of internal/genai, testdata/written.json there.
func WrittenCases(t testing.TB, path string) []WrittenCase {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var file struct {
		Cases []WrittenCase `json:"cases"`
	}
	require.NoError(t, decoder.Decode(&file))
	require.NotEmpty(t, file.Cases)
	for _, c := range file.Cases {
		exactly(c.Resource)
		exactly(c.Attributes)
	}
	return file.Cases
}

// exactly turns the numbers of decoded JSON into integers where they are.
func exactly(value any) any {
	switch x := value.(type) {
	case json.Number:
		if n, err := x.Int64(); err == nil {
			return n
		}
		d, _ := x.Float64()
		return d
	case map[string]any:
		for key, inner := range x {
			x[key] = exactly(inner)
		}
	case []any:
		for i, inner := range x {
			x[i] = exactly(inner)
		}
	}
	return value
}
