package libsql

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestALargeRequestIsAnsweredTruthfully sends the built collector more spans than it
// stores within the exporter's timeout: the answer is 200 when all of them are stored.
func TestALargeRequestIsAnsweredTruthfully(t *testing.T) {
	e2e.Binary(t)
	config, err := filepath.Abs("../../config/local.yaml")
	require.NoError(t, err)
	short := filepath.Join(t.TempDir(), "short.yaml")
	require.NoError(t, os.WriteFile(short, []byte("exporters:\n  libsql:\n    timeout: 3s\n"), 0o600))
	c := e2e.StartCollector(t, "--config", config, "--config", short)
	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	const spans = 50_000
	for n := range spans {
		span := ss.Spans().AppendEmpty()
		span.SetTraceID([16]byte{1, byte(n >> 12)})
		span.SetSpanID([8]byte{1, byte(n >> 16), byte(n >> 8), byte(n)})
	}
	for range 2 { // the second time as if the answer had been lost
		send(t, c, td)
		stored := 0
		for _, trace := range storedTraces(t, c.TracesDB()) {
			stored += int(trace.Spans)
		}
		assert.Equal(t, spans, stored)
	}
	require.NoError(t, c.Stop())
}
