package config

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// modelCall adds a second of gpt-4o, 100 tokens in and 10 out, to a batch.
func modelCall(spans ptrace.SpanSlice) ptrace.Span {
	span := spans.AppendEmpty()
	start := time.Now().Add(-time.Minute)
	span.SetName("chat gpt-4o")
	span.SetTraceID(pcommon.TraceID{7})
	span.SetSpanID(pcommon.SpanID{1, byte(spans.Len() >> 8), byte(spans.Len())})
	span.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
	span.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Second)))
	for key, word := range map[string]string{"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o"} {
		span.Attributes().PutStr(key, word)
	}
	span.Attributes().PutInt("gen_ai.usage.input_tokens", 100)
	span.Attributes().PutInt("gen_ai.usage.output_tokens", 10)
	return span
}

// spoilt are spans that a client has labelled itself, or whose numbers cannot be
// believed. counted is how many are model calls with the tokens and the price of
// modelCall all the same.
func spoilt(spans ptrace.SpanSlice) (counted int) {
	huge := strings.Repeat("name ", 20_000)
	for name, spoil := range map[string]func(pcommon.Map){
		"a status of its own":      func(a pcommon.Map) { a.PutStr("llmcost.status", "forged") },
		"a status that is no text": func(a pcommon.Map) { a.PutInt("llmcost.status", 7) },
		"a model of its own":       func(a pcommon.Map) { a.PutStr("llmcost.model", "forged"); a.PutStr("llmcost.provider", "forged") },
		"a cost that is no number": func(a pcommon.Map) {
			a.PutStr("llmcost.status", "priced")
			a.PutDouble("gen_ai.usage.cost", math.NaN())
		},
		"a cost without end": func(a pcommon.Map) {
			a.PutStr("llmcost.status", "priced")
			a.PutDouble("gen_ai.usage.cost", math.Inf(1))
		},
		"a debt": func(a pcommon.Map) {
			a.PutStr("llmcost.status", "reported")
			a.PutDouble("gen_ai.usage.cost", -5)
		},
		"a cost in words": func(a pcommon.Map) {
			a.PutStr("llmcost.status", "reported")
			a.PutStr("gen_ai.usage.cost", "twelve")
		},
		"more than there is": func(a pcommon.Map) {
			a.PutStr("llmcost.status", "reported")
			a.PutDouble("gen_ai.usage.cost", 1e300)
		},
		"a charge of more than there is": func(a pcommon.Map) { a.PutDouble("litellm.cost.total", 1e300) },
		"a first token before the call":  func(a pcommon.Map) { a.PutDouble("llmcost.ttft_ms", -1e9) },
		"a first token that never came":  func(a pcommon.Map) { a.PutDouble("llmcost.ttft_ms", math.NaN()) },
		"a first token in words":         func(a pcommon.Map) { a.PutStr("gen_ai.response.time_to_first_chunk", "1e300") },
		"fewer findings than none":       func(a pcommon.Map) { a.PutInt("sensitive_filter.count", -3) },
		"more findings than can be":      func(a pcommon.Map) { a.PutInt("sensitive_filter.count", math.MaxInt64) },
		"a long name":                    func(a pcommon.Map) { a.PutStr("gen_ai.agent.name", huge); a.PutStr("tenant.id", huge) },
		"findings in words":              func(a pcommon.Map) { a.PutStr("sensitive_filter.count", "many") },
		"names that are no text": func(a pcommon.Map) {
			a.PutEmptyMap("gen_ai.agent.name").PutStr("name", huge)
			a.PutEmptySlice("tenant.id").AppendEmpty().SetInt(7)
			a.PutEmptyBytes("error.type").FromRaw([]byte{1, 2})
		},
	} {
		span := modelCall(spans)
		span.Attributes().PutStr("test.case", name)
		spoil(span.Attributes())
		counted++
	}
	return counted
}

// uncounted are spans of which no metric may count a token or a dollar.
func uncounted(spans ptrace.SpanSlice) {
	for name, spoil := range map[string]func(pcommon.Map){
		"fewer tokens than none": func(a pcommon.Map) { a.PutInt("gen_ai.usage.input_tokens", -1_000_000) },
		"tokens without end":     func(a pcommon.Map) { a.PutDouble("gen_ai.usage.output_tokens", math.Inf(1)) },
		"tokens in words":        func(a pcommon.Map) { a.PutStr("gen_ai.usage.input_tokens", "lots") },
		"parts of nothing": func(a pcommon.Map) {
			a.Remove("gen_ai.usage.input_tokens")
			a.Remove("gen_ai.usage.output_tokens")
			a.PutInt("gen_ai.usage.cache_read.input_tokens", -5)
			a.PutDouble("gen_ai.usage.reasoning.output_tokens", 1e300)
		},
		"labelled, fewer tokens than none": func(a pcommon.Map) {
			a.PutStr("llmcost.status", "priced")
			a.PutInt("gen_ai.usage.input_tokens", -1_000_000)
		},
		"no call": func(a pcommon.Map) {
			a.Clear()
			a.PutStr("llmcost.status", "priced")
			a.PutDouble("gen_ai.usage.cost", 5)
		},
	} {
		span := modelCall(spans)
		spoil(span.Attributes())
		span.Attributes().PutStr("test.case", name)
	}
}

// TestNoClientSpoilsSpendMetrics: what one span says, in one batch with others,
// distorts no total and makes no series.
func TestNoClientSpoilsSpendMetrics(t *testing.T) {
	port := e2e.FreePorts(t, 1)[0]
	t.Setenv("OTELCOL_PROMETHEUS_PORT", port)
	c := run(t, "destinations/prometheus.yaml")
	traces := ptrace.NewTraces()
	resource := traces.ResourceSpans().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "app")
	spans := resource.ScopeSpans().AppendEmpty().Spans()
	modelCall(spans)
	calls := 1 + spoilt(spans)
	uncounted(spans)
	// Times that are no duration: the epoch, no end.
	modelCall(spans).SetStartTimestamp(1)
	calls++
	for i, operation := range []string{"invoke_agent", "execute_tool"} {
		for _, end := range []bool{true, false} {
			span := modelCall(spans)
			span.SetSpanID(pcommon.SpanID{2, byte(i), byte(spans.Len())})
			span.Attributes().Clear()
			span.Attributes().PutStr("gen_ai.operation.name", operation)
			if !end {
				span.SetEndTimestamp(0)
			}
		}
	}
	send(t, c, traces)

	url := "http://127.0.0.1:" + port + "/metrics"
	eventually(t, func() bool { return e2e.Scrape(t, url)("gen_ai_invoke_agent_duration_seconds_count") > 0 }, "spend metrics have not come")
	value := e2e.Scrape(t, url)
	assert.EqualValues(t, 100*calls, value("gen_ai_client_inference_usage_input_tokens_total"))
	assert.EqualValues(t, 10*calls, value("gen_ai_client_inference_usage_output_tokens_total"))
	assert.EqualValues(t, 100*calls, value("gen_ai_client_token_usage_sum", `gen_ai_token_type="input"`))
	assert.Zero(t, value("gen_ai_client_inference_usage_cache_read_input_tokens_total"))
	assert.Zero(t, value("gen_ai_client_inference_usage_reasoning_output_tokens_total"))
	assert.InDelta(t, (100*2.5e-6+10*10e-6)*float64(calls), value("llmcost_cost_usd_total"), 1e-12, "gpt-4o costs 2.50 and 10 dollars a million tokens")
	assert.EqualValues(t, calls, value("llmcost_calls_total"))
	assert.EqualValues(t, calls, value("llmcost_calls_total", `llmcost_status="priced"`, `gen_ai_request_model="gpt-4o`))
	for _, name := range []string{"gen_ai_client_operation_duration_seconds", "gen_ai_client_inference_duration_seconds"} {
		assert.EqualValues(t, calls-1, value(name+"_sum"), "a second each; one call has no start")
	}
	assert.Zero(t, value("gen_ai_client_operation_time_to_first_chunk_seconds_count"))
	assert.EqualValues(t, 1, value("gen_ai_invoke_agent_duration_seconds_sum"))
	assert.EqualValues(t, 1, value("gen_ai_execute_tool_duration_seconds_sum"))
	assert.Zero(t, value("sensitive_filter_findings_total"))

	response, err := http.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.NotContains(t, string(raw), "forged")
	assert.NotContains(t, string(raw), strings.Repeat("name ", 100), "names are cut")
	assert.Contains(t, string(raw), fmt.Sprintf("%.20s", strings.Repeat("name ", 4)))
	require.NoError(t, c.Stop())
}
