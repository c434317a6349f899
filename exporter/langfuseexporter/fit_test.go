package langfuseexporter

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/mapping"
)

// TestTokensAndCostsAreNeverCut where all texts of a span have to be.
func TestTokensAndCostsAreNeverCut(t *testing.T) {
	details := `{"input":1` + strings.Repeat(`,"a_long_name_of_a_bucket":1`, 20) + `}`
	span := ptrace.NewSpan()
	for _, key := range []string{mapping.UsageKey, mapping.CostKey} {
		span.Attributes().PutStr(key, details)
	}
	for i := range 100 {
		span.Attributes().PutStr(fmt.Sprintf("langfuse.observation.metadata.%d", i), strings.Repeat("v", 1000))
	}
	assert.True(t, fit(span, 16<<10))
	for _, key := range []string{mapping.UsageKey, mapping.CostKey} {
		value, _ := span.Attributes().Get(key)
		assert.Equal(t, details, value.Str())
	}
	value, _ := span.Attributes().Get("langfuse.observation.metadata.1")
	assert.Contains(t, value.Str(), "truncated")
}
