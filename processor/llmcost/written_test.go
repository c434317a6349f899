package llmcost

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// TestWrittenCases prices the spans and records that internal/genai has of
// instrumentations which cannot be run here.
func TestWrittenCases(t *testing.T) {
	for _, c := range testutil.WrittenCases(t, "../../internal/genai/testdata/written.json") {
		t.Run(c.ID, func(t *testing.T) {
			got := priced(t, &c)
			status, _ := got[attrStatus].(string)
			if c.Cost == nil {
				assert.NotContains(t, got, attrCost, c.Why)
			} else {
				require.Contains(t, got, attrCost, c.Why)
				assert.InDelta(t, *c.Cost, got[attrCost], math.Max(1e-12, *c.Cost/1000), c.Why)
			}
			switch c.Status {
			case "", "not_llm":
				assert.Empty(t, status)
			default:
				assert.Equal(t, c.Status, status)
			}
		})
	}
}

func priced(t *testing.T, c *testutil.WrittenCase) map[string]any {
	t.Helper()
	when := pcommon.NewTimestampFromTime(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))
	if c.Event == "" {
		traces := oneSpan(t, c.Scope, c.Attributes)
		rs := traces.ResourceSpans().At(0)
		require.NoError(t, rs.Resource().Attributes().FromRaw(c.Resource))
		span := rs.ScopeSpans().At(0).Spans().At(0)
		span.SetName(c.Name)
		span.SetStartTimestamp(when)
		span.SetEndTimestamp(when)
		return only(run(t, traces))
	}
	logs := plog.NewLogs()
	sl := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty()
	sl.Scope().SetName(c.Scope)
	record := sl.LogRecords().AppendEmpty()
	record.SetEventName(c.Event)
	record.SetTimestamp(when)
	require.NoError(t, record.Attributes().FromRaw(c.Attributes))
	sink := new(consumertest.LogsSink)
	p, err := NewFactory().CreateLogs(t.Context(), processortest.NewNopSettings(metadata.Type), createDefaultConfig(), sink)
	require.NoError(t, err)
	require.NoError(t, p.ConsumeLogs(t.Context(), logs))
	require.NoError(t, p.Shutdown(t.Context()))
	return sink.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0).Attributes().AsRaw()
}
