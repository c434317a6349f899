package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

func runExplain(t *testing.T, input string, args ...string) (string, error) {
	t.Helper()
	cmd := NewExplainCommand()
	var out bytes.Buffer
	cmd.SetIn(strings.NewReader(input))
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SilenceErrors = true
	cmd.SetArgs(args)
	err := cmd.Execute()
	return out.String(), err
}

// TestExplainShowsTheArithmetic explains the captured run. Its second call of
// gpt-4o-mini: 1,386 in of which 1,152 cached, 118 out of which 24 reasoning:
//
//	234 × 0.15 + 1,152 × 0.075 + 94 × 0.60 + 24 × 0.60 = 192.3 millionths
func TestExplainShowsTheArithmetic(t *testing.T) {
	raw, err := new(ptrace.JSONMarshaler).MarshalTraces(testutil.TicketRun(testutil.NewSecrets(1)))
	require.NoError(t, err)
	out, err := runExplain(t, string(raw)+"\n"+string(raw))
	require.NoError(t, err)
	assert.Equal(t, 8, strings.Count(out, "of trace"), "four calls, in each of the two requests")
	for _, want := range []string{
		"chat gpt-4o-mini  span 4d0b0620b51c5eb8 of trace 65f93c68870799a442b461250af8dbe2",
		"gen_ai.usage.input_tokens = 1386",
		"1386 in, 1152 cache read; 118 out, 24 reasoning (input is inclusive, by evidence \"profile\")",
		"input: 234 x 0.15 / 1000000 = 0.0000351",
		"cache_read: 1152 x 0.075 / 1000000 = 0.0000864",
		"total      0.0001923 USD",
	} {
		assert.Contains(t, out, want)
	}
}

func TestExplainSaysWhatItAssumes(t *testing.T) {
	span := func(cached string) string {
		return `{"resourceSpans":[{"scopeSpans":[{"scope":{},"spans":[{"name":"x","attributes":[
			{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},
			{"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},
			{"key":"gen_ai.request.model","value":{"stringValue":"gpt-4o-mini"}},
			` + cached + `
			{"key":"gen_ai.usage.input_tokens","value":{"intValue":"100"}},
			{"key":"gen_ai.usage.output_tokens","value":{"intValue":"10"}}]}]}]}]}`
	}
	out, err := runExplain(t, span(""), "-")
	require.NoError(t, err)
	assert.Contains(t, out, "means      100 in; 10 out\n", "without cached tokens there is nothing to assume")
	out, err = runExplain(t, span(`{"key":"gen_ai.usage.cached_input_tokens","value":{"intValue":"40"}},`))
	require.NoError(t, err)
	assert.Contains(t, out, "100 in, 40 cache read; 10 out (nothing says whether the input includes cached tokens: taken to do so)\n")
}

func TestExplainTakesLogRecordsBesideSpans(t *testing.T) {
	const record = `{"resourceLogs":[{"scopeLogs":[{"scope":{},"logRecords":[{"timeUnixNano":"1789041600000000000","eventName":"gemini_cli.api_response","attributes":[
		{"key":"model","value":{"stringValue":"gemini-2.5-flash"}},
		{"key":"input_token_count","value":{"intValue":"1000"}},
		{"key":"thoughts_token_count","value":{"intValue":"300"}},
		{"key":"output_token_count","value":{"intValue":"200"}}]}]}]}]}`
	out, err := runExplain(t, record)
	require.NoError(t, err)
	assert.Contains(t, out, "gemini_cli.api_response  record of 2026-09-10T12:00:00Z\n")
	assert.Contains(t, out, "total      0.00155 USD")

	raw, err := new(ptrace.JSONMarshaler).MarshalTraces(testutil.TicketRun(testutil.NewSecrets(1)))
	require.NoError(t, err)
	out, err = runExplain(t, string(raw)+"\n"+record)
	require.NoError(t, err)
	assert.Contains(t, out, "5 calls, 5 with a cost: ")
}

func TestExplainRefusesWhatItCannotRead(t *testing.T) {
	for input, want := range map[string]string{
		"":                      "no spans",
		"hello":                 "no JSON",
		`{"resourceSpans":[]}`:  "no spans",
		`{"resourceSpans":"x"}`: "not OTLP JSON",
		`{"resourceLogs":[]}`:   "no log records",
		`{"resourceLogs":"x"}`:  "not OTLP JSON",
	} {
		_, err := runExplain(t, input)
		assert.ErrorContains(t, err, want, input)
	}
}
