package sensitivefilter

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

// TestPublicReports filters inputs that other redaction tools were reported to get
// wrong, with default options.
func TestPublicReports(t *testing.T) {
	for _, report := range testutil.RedactionReports(t) {
		t.Run(report.ID, func(t *testing.T) {
			traces := ptrace.NewTraces()
			span := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
			span.Attributes().PutStr("input.value", report.Text)
			filtered := filterTraces(t, defaults(), traces)
			value, _ := filtered.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().Get("input.value")
			for _, secret := range report.Gone {
				assert.NotContains(t, value.Str(), secret, report.Source)
			}
			for _, part := range report.Stay {
				assert.Contains(t, value.Str(), part, report.Source)
			}
			if len(report.Gone) == 0 {
				assert.Equal(t, report.Text, value.Str(), report.Source)
			}
		})
	}
}
