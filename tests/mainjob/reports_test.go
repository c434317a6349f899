package mainjob

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// TestPublicReports sends what other tools were reported to redact or to price
// wrongly, each in a trace of its own, and looks at what is stored.
func TestPublicReports(t *testing.T) {
	c := e2e.StartCollector(t)
	redactions, costs := testutil.RedactionReports(t), testutil.CostReports(t)
	var traceIDs []string
	for i, report := range redactions {
		traces := ptrace.NewTraces()
		span := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		traceIDs = append(traceIDs, identify(span, uint64(i+1)))
		span.Attributes().PutStr("input.value", report.Text)
		send(t, c, "http/protobuf", traces)
	}
	for i, report := range costs {
		traces := report.Traces(t)
		traceIDs = append(traceIDs, identify(traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0), uint64(len(redactions)+i+1)))
		send(t, c, "http/protobuf", traces)
	}
	readTraces(t, c.TracesDB(), len(traceIDs))
	reader, err := tracestore.OpenReader(t.Context(), c.TracesDB())
	require.NoError(t, err)
	defer reader.Close()
	stored := func(t *testing.T, traceID string) tracestore.Span {
		t.Helper()
		spans, err := reader.Spans(t.Context(), traceID)
		require.NoError(t, err)
		require.Len(t, spans, 1)
		return spans[0]
	}

	for i, report := range redactions {
		t.Run(report.ID, func(t *testing.T) {
			span := stored(t, traceIDs[i])
			text := strings.Join([]string{string(span.Mastra.Input), string(span.Attributes)}, "\n")
			for _, secret := range report.Gone {
				assert.NotContains(t, text, secret, report.Source)
			}
		})
	}
	for i, report := range costs {
		t.Run(report.ID, func(t *testing.T) {
			span := stored(t, traceIDs[len(redactions)+i])
			assert.Equal(t, report.USD != nil, span.Facts.Cost.Known, report.Source)
			if report.USD != nil {
				assert.InDelta(t, *report.USD, span.Facts.Cost.V, 1e-9, report.Source)
			}
		})
	}
}

// identify gives a span ids of its own and times, and returns its trace's id.
func identify(span ptrace.Span, n uint64) string {
	var id pcommon.TraceID
	binary.BigEndian.PutUint64(id[8:], n)
	span.SetTraceID(id)
	span.SetSpanID(pcommon.SpanID(id[8:]))
	if span.EndTimestamp() == 0 {
		span.SetStartTimestamp(1_795_000_000_000_000_000)
		span.SetEndTimestamp(1_795_000_001_000_000_000)
	}
	return id.String()
}
