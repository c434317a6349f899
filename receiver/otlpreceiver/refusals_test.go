package otlpreceiver

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/receiver"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/receiver/otlpreceiver/internal/metadata"
)

func settings(t *testing.T) receiver.Settings {
	t.Helper()
	return receiver.Settings{ID: component.NewID(metadata.Type), TelemetrySettings: componenttest.NewNopTelemetrySettings()}
}

// TestALineOfEachReasonInAWhile: the first at once, those of the time after it together.
func TestALineOfEachReasonInAWhile(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	set := settings(t)
	set.Logger = zap.New(core)
	telemetry, err := metadata.NewTelemetryBuilder(set.TelemetrySettings)
	require.NoError(t, err)
	r := newRefusals(set, telemetry)
	r.every = 20 * time.Millisecond

	for range 4 {
		r.add(t.Context(), overHTTP, malformed, "a sentence")
	}
	r.add(t.Context(), overGRPC, malformed)
	sum := func(transport string) (requests, lines int64) {
		for _, entry := range logs.All() {
			if fields := entry.ContextMap(); fields["transport"] == transport {
				requests += fields["requests"].(int64)
				lines++
			}
		}
		return requests, lines
	}
	require.Eventually(t, func() bool { requests, _ := sum(overHTTP); return requests == 4 }, 10*time.Second, time.Millisecond)
	_, lines := sum(overHTTP)
	assert.EqualValues(t, 2, lines)
	assert.Equal(t, "a sentence", logs.All()[0].ContextMap()["last"])
	requests, lines := sum(overGRPC)
	assert.EqualValues(t, 1, requests)
	assert.EqualValues(t, 1, lines)

	// After a time without any, the next has its line at once.
	require.Eventually(t, func() bool { r.mu.Lock(); defer r.mu.Unlock(); return len(r.pending) == 0 }, 10*time.Second, time.Millisecond)
	r.add(t.Context(), overHTTP, malformed)
	requests, _ = sum(overHTTP)
	assert.EqualValues(t, 5, requests)
	r.every = time.Hour
	r.add(t.Context(), overHTTP, tooLarge)
	r.add(t.Context(), overHTTP, tooLarge)
	r.flush()
	requests, _ = sum(overHTTP)
	assert.EqualValues(t, 7, requests)
	assert.Empty(t, r.pending)
}

// TestEveryReasonIsDocumented: each has a remedy, and is one of those that metadata.yaml
// and the README list.
func TestEveryReasonIsDocumented(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	raw, err := os.ReadFile("metadata.yaml")
	require.NoError(t, err)
	_, list, _ := strings.Cut(string(raw), "Why it was refused\n    type: string\n    enum: [")
	list, _, _ = strings.Cut(list, "]")
	documented := strings.Split(list, ", ")
	assert.Len(t, documented, len(remedies))
	for why, remedy := range remedies {
		assert.NotEmpty(t, remedy)
		assert.Contains(t, documented, string(why))
		assert.Contains(t, string(readme), "| `"+string(why)+"`")
	}
}
