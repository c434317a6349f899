package libsqlexporter

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter/exportertest"
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
