package llmcost

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

// TestPublicReports prices calls that other tools were reported to get wrong, with
// default options.
func TestPublicReports(t *testing.T) {
	for _, report := range testutil.CostReports(t) {
		t.Run(report.ID, func(t *testing.T) {
			got := only(run(t, report.Traces(t)))
			if report.USD == nil {
				assert.NotContains(t, got, attrCost, report.Source)
				return
			}
			require.Contains(t, got, attrCost, "%s %s: status %v", report.Source, report.Note, got[attrStatus])
			assert.InDelta(t, *report.USD, got[attrCost], 1e-9, "%s %s", report.Source, report.Note)
		})
	}
}
