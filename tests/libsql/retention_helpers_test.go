package libsql

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	room "github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// send sends traces to a collector, which must take them.
func send(t *testing.T, c *e2e.Collector, td ptrace.Traces) {
	t.Helper()
	sender, err := traffic.NewSender("http", c.HTTP, traffic.Connection{})
	require.NoError(t, err)
	defer sender.Close()
	require.NoError(t, sender.Send(t.Context(), td))
}

// storedTraces are the traces in a file, the newest first.
func storedTraces(t testing.TB, path string) []room.TraceSummary {
	t.Helper()
	return e2e.StoredTraces(t, path)
}
