package config

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// logLines returns the lines of a log that have a level, and what each says beside
// its message.
func logLines(t *testing.T, log, level string) map[string]map[string]any {
	t.Helper()
	lines := map[string]map[string]any{}
	for line := range strings.Lines(log) {
		parts := strings.Split(strings.TrimSpace(line), "\t")
		if len(parts) < 4 || parts[1] != level {
			continue
		}
		fields := map[string]any{}
		if len(parts) > 4 {
			require.NoError(t, json.Unmarshal([]byte(parts[4]), &fields), line)
		}
		lines[parts[3]] = fields
	}
	return lines
}

// TestAHealthyStartAndStopWarnsOfNothing: who sees a warning at each start reads none.
func TestAHealthyStartAndStopWarnsOfNothing(t *testing.T) {
	for name, args := range map[string][]string{
		"no configuration": nil,
		"the base":         arguments(t, "destinations/libsql.yaml"),
		"one file":         arguments(t, "local.yaml"),
	} {
		t.Run(name, func(t *testing.T) {
			c := e2e.StartCollectorIn(t, t.TempDir(), args...)
			require.NoError(t, c.Stop())
			assert.Empty(t, logLines(t, c.Log(), "warn"), c.Log())
			assert.Empty(t, logLines(t, c.Log(), "error"))
			assert.NotEmpty(t, logLines(t, c.Log(), "info"))
		})
	}
}

// TestAModelWithoutAPriceIsNamedWithItsPipeline: llm_cost is one for the pipelines of
// spans and of log records, and what it logs names the one that the call came through.
func TestAModelWithoutAPriceIsNamedWithItsPipeline(t *testing.T) {
	c := e2e.StartCollectorIn(t, t.TempDir(), arguments(t, "destinations/libsql.yaml")...)
	traces := ptrace.NewTraces()
	span := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetTraceID([16]byte{1})
	span.SetSpanID([8]byte{1})
	span.Attributes().PutStr("gen_ai.operation.name", "chat")
	span.Attributes().PutStr("gen_ai.request.model", "nobodys-model")
	span.Attributes().PutInt("gen_ai.usage.input_tokens", 5)
	send(t, c, traces)
	const line = "no price for this model: its calls get no cost"
	require.Eventually(t, func() bool { return strings.Contains(c.Log(), line) }, otlptest.Patience, 10*time.Millisecond)
	require.NoError(t, c.Stop())
	fields := logLines(t, c.Log(), "warn")[line]
	assert.Equal(t, "traces", fields["otelcol.signal"])
	assert.Equal(t, "nobodys-model", fields["model"])
}

func TestTheHelpOfPrintConfigNamesNoFeatureGate(t *testing.T) {
	output, err := e2e.RunBinary(t, t.TempDir(), nil, "print-config", "--help")
	require.NoError(t, err)
	about, _, _ := strings.Cut(output, "Usage:")
	assert.NotContains(t, about, "printInitialConfig")
	assert.Contains(t, about, "--mode unredacted")
}
