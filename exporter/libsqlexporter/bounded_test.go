package libsqlexporter

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter/internal/metadata"
)

func TestAClientThatHasNoLimitOfItsOwnIsAnsweredAfterTheTimeout(t *testing.T) {
	core, logs := observer.New(zap.WarnLevel)
	set := exportertest.NewNopSettings(metadata.Type)
	set.Logger = zap.New(core)
	e := startExporterWith(t, set, func(c *Config) { c.ClientConfig.Timeout = 100 * time.Millisecond })
	unlock := lock(t, e.path)
	err := e.ConsumeTraces(context.Background(), numbered(1))
	require.ErrorContains(t, err, "not stored within 100ms (timeout)")
	assert.False(t, consumererror.IsPermanent(err), "it is to be sent again")
	told := logs.FilterMessageSnippet("Not stored within the timeout").All()
	require.Len(t, told, 1)
	assert.EqualValues(t, 1, told[0].ContextMap()["spans"])
	unlock()
	require.Eventually(t, func() bool { // a busy machine may take longer than the timeout
		return e.ConsumeTraces(context.Background(), numbered(1)) == nil
	}, time.Minute, time.Millisecond)
	assert.EqualValues(t, 1, e.spans())
}

func TestAShutdownDoesNotWaitForALockWithoutBound(t *testing.T) {
	core, logs := observer.New(zap.ErrorLevel)
	set := exportertest.NewNopSettings(metadata.Type)
	set.Logger = zap.New(core)
	e := startExporterWith(t, set, func(c *Config) {
		c.QueueConfig.Get().WaitForResult = false
		c.File.BusyTimeout = time.Hour
		c.ClientConfig.Timeout = 0
	})
	e.Traces.(*boundedTraces).e.grace = 100 * time.Millisecond
	unlock := lock(t, e.path)
	defer unlock()
	for n := range 50 {
		require.NoError(t, e.ConsumeTraces(t.Context(), numbered(n)))
	}
	stopped := make(chan struct{})
	go func() { e.stop(); close(stopped) }()
	select {
	case <-stopped:
	case <-time.After(time.Minute):
		t.Fatal("still waits for the lock")
	}
	told := logs.FilterMessageSnippet("Shut down before everything was stored").All()
	require.Len(t, told, 1)
	assert.Contains(t, told[0].Message, "they are lost")
	assert.EqualValues(t, 50, told[0].ContextMap()["spans"])
}

// TestAWaitEndsOnlyWithoutProgress has a client that waits while something is stored.
func TestAWaitEndsOnlyWithoutProgress(t *testing.T) {
	const limit = 20 * time.Millisecond
	var p progress
	last := time.Now().Add(10 * limit)
	p.at.Store(last.UnixNano())
	ended := make(chan time.Time, 1)
	defer p.watch(limit, func() { ended <- time.Now() }).Stop()
	assert.False(t, (<-ended).Before(last.Add(limit)))
}

// TestALargeRequestIsAnsweredWhenAllOfItIsStored has another client that is not held up
// by all of it.
func TestALargeRequestIsAnsweredWhenAllOfItIsStored(t *testing.T) {
	e := startExporterWith(t, exportertest.NewNopSettings(metadata.Type), func(c *Config) { c.ClientConfig.Timeout = 5 * time.Minute }) // on a busy machine
	large := ptrace.NewTraces()
	ss := large.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	const spans = 40_000
	for n := range spans {
		span := addSpan(ss, 1, 1, 0)
		span.SetTraceID([16]byte{2, byte(n >> 12)})
		span.SetSpanID([8]byte{1, byte(n >> 16), byte(n >> 8), byte(n)})
	}
	answered := make(chan error, 1)
	go func() { answered <- e.ConsumeTraces(context.Background(), large) }()
	require.Eventually(t, func() bool { return e.spans() > 0 }, time.Minute, time.Millisecond)
	require.NoError(t, e.ConsumeTraces(t.Context(), numbered(1)))
	between := e.spans()
	require.NoError(t, <-answered)
	assert.EqualValues(t, spans+1, e.spans())
	assert.Less(t, between, int64(spans), "others get their turn between its transactions")

	// The same again, as if the answer had been lost, changes nothing.
	require.NoError(t, e.ConsumeTraces(t.Context(), large))
	assert.EqualValues(t, spans+1, e.spans())
	assert.EqualValues(t, spans+1, queryFile(t, e.path, `SELECT sum(span_count) FROM otel_traces`)[0][0])
}
