package sensitivefilter

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/redact/redacttest"
)

var update = flag.Bool("update", false, "rewrite the expected files")

// golden are the round trips of the three signals through the processor, from OTLP/JSON to OTLP/JSON.
var golden = map[string]func(*testing.T, []byte) []byte{
	"traces": func(t *testing.T, in []byte) []byte {
		t.Helper()
		td, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(in)
		require.NoError(t, err)
		out, err := new(ptrace.JSONMarshaler).MarshalTraces(filterTraces(t, defaults(), td))
		require.NoError(t, err)
		return out
	},
	"logs": func(t *testing.T, in []byte) []byte {
		t.Helper()
		ld, err := new(plog.JSONUnmarshaler).UnmarshalLogs(in)
		require.NoError(t, err)
		out, err := new(plog.JSONMarshaler).MarshalLogs(filterLogs(t, defaults(), ld))
		require.NoError(t, err)
		return out
	},
	"metrics": func(t *testing.T, in []byte) []byte {
		t.Helper()
		md, err := new(pmetric.JSONUnmarshaler).UnmarshalMetrics(in)
		require.NoError(t, err)
		out, err := new(pmetric.JSONMarshaler).MarshalMetrics(filterMetrics(t, defaults(), md))
		require.NoError(t, err)
		return out
	},
}

func TestGolden(t *testing.T) {
	for name, pass := range golden {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join("testdata", "golden", name)
			in, err := os.ReadFile(filepath.Join(dir, "input.json"))
			require.NoError(t, err)
			for variant := range 12 {
				values := redacttest.Planted(variant)
				out := pass(t, []byte(redacttest.Fill(string(in), values)))
				for what, value := range values {
					assert.NotContains(t, string(out), value, what)
				}
				if variant > 0 {
					continue
				}
				var pretty bytes.Buffer
				require.NoError(t, json.Indent(&pretty, out, "", " "))
				pretty.WriteByte('\n')
				file := filepath.Join(dir, "expected.json")
				if *update {
					require.NoError(t, os.WriteFile(file, pretty.Bytes(), 0o600))
				}
				want, err := os.ReadFile(file)
				require.NoError(t, err)
				assert.Equal(t, string(want), pretty.String())
			}
		})
	}
}
