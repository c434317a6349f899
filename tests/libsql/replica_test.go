package libsql

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// TestReplicas reads from a replica what a collector has written to the primary,
// and from the primary what another has written to the replica, which passes it on.
func TestReplicas(t *testing.T) {
	address := freeAddress(t)
	primary := startServer(t, false, "--grpc-listen-addr", address)
	replica := startServer(t, false, "--primary-grpc-url", "http://"+address)
	secrets := testutil.NewSecrets(49)

	one := newExporter(t, componenttest.NewNopHost(), map[string]any{"url": primary.url})
	require.NoError(t, one.ConsumeTraces(t.Context(), testutil.TicketRun(secrets)))
	shutdown(t, one)
	atReplica := tracestore.NewServerReader(replica.client(""))
	waitForTraces(t, atReplica, 1)
	assert.Equal(t, canonical(t, stored(t, tracestore.NewServerReader(primary.client("")))...), canonical(t, stored(t, atReplica)...))

	other := newExporter(t, componenttest.NewNopHost(), map[string]any{"url": replica.url})
	require.NoError(t, other.ConsumeTraces(t.Context(), testutil.CoverageRun(secrets)))
	shutdown(t, other)
	waitForTraces(t, tracestore.NewServerReader(primary.client("")), 9)
	waitForTraces(t, atReplica, 9)
}

func waitForTraces(t *testing.T, r *tracestore.Reader, want int) {
	t.Helper()
	require.Eventually(t, func() bool {
		traces := 0
		err := r.Query(context.Background(), "SELECT count(*) FROM otel_traces", nil, func(row []any) error {
			traces = int(row[0].(int64))
			return nil
		})
		return err == nil && traces == want
	}, 30*time.Second, 20*time.Millisecond)
}
