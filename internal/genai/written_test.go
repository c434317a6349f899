package genai

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// writtenCases are spans and log records of instrumentations that cannot be run
// here, written after the reference, with what is to be read from them.
type writtenCases struct {
	Cases []struct {
		ID           string         `json:"id"`
		Scope        string         `json:"scope_name"`
		Name         string         `json:"span_name"`
		Event        string         `json:"event_name"` // of a log record
		Resource     map[string]any `json:"resource"`
		Attributes   map[string]any `json:"attributes"`
		Input        *int64         `json:"expected_input_tokens"`
		Output       *int64         `json:"expected_output_tokens"`
		CacheRead    int64          `json:"expected_cache_read_tokens"`
		CacheWrite   int64          `json:"expected_cache_write_tokens"`
		CacheWrite1h int64          `json:"expected_cache_write_1h_tokens"`
		Reasoning    *int64         `json:"expected_reasoning_tokens"`
		Mode         string         `json:"expected_input_mode"`
		Status       string         `json:"expected_status"`
		Cost         *float64       `json:"expected_cost_usd"`
	} `json:"cases"`
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

func TestWrittenCases(t *testing.T) {
	raw, err := os.ReadFile("testdata/written.json")
	require.NoError(t, err)
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	var cases writtenCases
	require.NoError(t, decoder.Decode(&cases))
	require.NotEmpty(t, cases.Cases)
	for _, c := range cases.Cases {
		t.Run(c.ID, func(t *testing.T) {
			resource := pcommon.NewResource()
			require.NoError(t, resource.Attributes().FromRaw(c.Resource))
			scope := pcommon.NewInstrumentationScope()
			scope.SetName(c.Scope)
			attributes := exactly(c.Attributes).(map[string]any)
			var v View
			if c.Event != "" {
				record := plog.NewLogRecord()
				require.NoError(t, record.Attributes().FromRaw(attributes))
				v.ReadRecord(resource, scope, record)
			} else {
				span := ptrace.NewSpan()
				span.SetName(c.Name)
				require.NoError(t, span.Attributes().FromRaw(attributes))
				v.Read(resource, scope, span)
			}

			switch c.Status {
			case "rollup":
				assert.False(t, v.Kind().CallsModel() || v.Kind() == KindOther, v.Kind().String())
				assert.True(t, v.HasUsage() || v.SumsUp(), "llm_cost has to see it")
			case "skipped", "not_llm":
				assert.False(t, v.Kind().CallsModel(), v.Kind().String())
			default:
				assert.True(t, v.Kind().CallsModel(), v.Kind().String())
			}
			charge, charged := v.Charge()
			assert.Equal(t, c.Status == "reported", charged)
			if charged {
				assert.InDelta(t, *c.Cost, charge.USD, 1e-12)
			}

			u, state := v.Usage()
			if c.Status == "invalid_usage" {
				assert.Equal(t, UsageInvalid, state)
				return
			}
			if c.Input == nil {
				assert.Equal(t, UsageNone, state)
				return
			}
			require.Equal(t, UsageValid, state)
			assert.Equal(t, *c.Input, u.Input, "input")
			assert.Equal(t, *c.Output, u.Output, "output")
			assert.Equal(t, c.CacheRead, u.CacheRead, "cache read")
			assert.Equal(t, c.CacheWrite, u.CacheWrite, "cache write")
			assert.Equal(t, c.CacheWrite1h, u.CacheWrite1h, "cache write 1 h")
			if c.Reasoning != nil {
				assert.Equal(t, *c.Reasoning, u.Reasoning, "reasoning")
			}
			if c.Mode != "" {
				assert.Equal(t, c.Mode, u.Mode.String(), u.Evidence)
			}
		})
	}
}
