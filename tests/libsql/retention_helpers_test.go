package libsql

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
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
func storedTraces(t *testing.T, path string) []tracestore.TraceSummary {
	t.Helper()
	r, err := tracestore.OpenReader(t.Context(), path)
	require.NoError(t, err)
	defer r.Close()
	list, err := r.RecentTraces(t.Context(), tracestore.TraceFilter{Limit: 100_000})
	require.NoError(t, err)
	return list
}
