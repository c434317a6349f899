package testutil

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// RedactionReport is an input rebuilt from a public bug report about redaction.
type RedactionReport struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	// Source is the repository and number of the report.
	Source string `json:"source"`
	Text   string `json:"text"`
	// Gone and Stay are parts of Text that must not, and that must, stand in the output.
	Gone []string `json:"go"`
	Stay []string `json:"stay"`
}

// RedactionReports reads the reports about redaction. In the file their made-up
// secrets are split by "~~", so that no secret scanner takes them for real ones.
func RedactionReports(t testing.TB) []RedactionReport {
	t.Helper()
	return reports[RedactionReport](t, "fixtures/reports-redaction.jsonl")
}

// CostReport is a model call rebuilt from a public bug report about cost.
type CostReport struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Note   string `json:"note"`
	// USD is the right cost in US dollars; nil where there is none.
	USD *float64 `json:"usd"`
	// Request is an export request, OTLP JSON.
	Request json.RawMessage `json:"request"`
}

// CostReports reads the reports about cost.
func CostReports(t testing.TB) []CostReport {
	t.Helper()
	return reports[CostReport](t, "fixtures/reports-cost.jsonl")
}

// Traces is the request of a report.
func (r CostReport) Traces(t testing.TB) ptrace.Traces {
	t.Helper()
	traces, err := new(ptrace.JSONUnmarshaler).UnmarshalTraces(r.Request)
	require.NoError(t, err)
	return traces
}

func reports[R any](t testing.TB, file string) []R {
	t.Helper()
	raw, err := fixtures.ReadFile(file)
	require.NoError(t, err)
	var all []R
	for line := range strings.Lines(strings.ReplaceAll(string(raw), "~~", "")) {
		var report R
		require.NoError(t, json.Unmarshal([]byte(line), &report))
		all = append(all, report)
	}
	require.NotEmpty(t, all)
	return all
}
