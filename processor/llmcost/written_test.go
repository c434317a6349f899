package llmcost

import (
	"encoding/json"
	"math"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

type writtenCase struct {
	ID         string         `json:"id"`
	Scope      string         `json:"scope_name"`
	Name       string         `json:"span_name"`
	Event      string         `json:"event_name"` // of a log record
	Resource   map[string]any `json:"resource"`
	Attributes map[string]any `json:"attributes"`
	Status     string         `json:"expected_status"`
	Cost       *float64       `json:"expected_cost_usd"`
	Why        string         `json:"why"`
}

// TestWrittenCases prices the spans and records that internal/genai has of
// instrumentations which cannot be run here.
func TestWrittenCases(t *testing.T) {
	raw, err := os.ReadFile("../../internal/genai/testdata/written.json")
	require.NoError(t, err)
	var file struct{ Cases []writtenCase }
	require.NoError(t, json.Unmarshal(raw, &file))
	require.NotEmpty(t, file.Cases)
	for _, c := range file.Cases {
		t.Run(c.ID, func(t *testing.T) {
			for key, value := range c.Attributes {
				if f, ok := value.(float64); ok && f == math.Trunc(f) {
					c.Attributes[key] = int64(f)
				}
			}
			got := c.priced(t)
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

func (c *writtenCase) priced(t *testing.T) map[string]any {
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
