package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/datadogtest"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

func startDatadog(t *testing.T) *datadogtest.Server {
	t.Helper()
	intake := datadogtest.Start(t)
	for _, name := range []string{"DD_APM_URL", "DD_URL", "DD_LOGS_URL"} {
		t.Setenv(name, intake.URL)
	}
	t.Setenv("DD_API_KEY", intake.Key)
	return intake
}

// TestDatadog sends all three signals, redacted. Trace metrics are computed
// without a flag.
func TestDatadog(t *testing.T) {
	intake := startDatadog(t)
	secrets := testutil.NewSecrets(6)
	c := run(t, "destinations/datadog.yaml")
	send(t, c, testutil.TicketRun(secrets))
	sendLogs(t, c, testutil.TicketLogs(secrets))
	sendMetric(t, c, "app.queue", secrets["email"])
	eventually(t, func() bool { return len(intake.Spans()) == ticketSpans }, "spans have not come: %v", intake.Refused())
	eventually(t, func() bool { return len(intake.Logs()) == 1 }, "the log record has not come: %v", intake.Refused())
	series := func(name string) bool {
		for _, s := range intake.Series() {
			if s.Metric == name {
				return true
			}
		}
		return false
	}
	eventually(t, func() bool { return series("app.queue") }, "the metric has not come: %v", intake.Refused())
	eventually(t, func() bool { return series("gen_ai.client.inference.usage.input_tokens") || series("llmcost.calls") }, "spend metrics have not come")
	eventually(t, func() bool { return len(intake.Stats()) > 0 }, "trace metrics have not come: %v", intake.Refused())
	require.NoError(t, c.Stop())

	var calls int
	for _, span := range intake.Spans() {
		if usd, ok := span.Metrics["gen_ai.usage.cost"]; ok {
			calls++
			assert.Positive(t, usd)
			assert.True(t, strings.HasPrefix(span.Resource, "chat "), span.Resource)
		}
	}
	assert.Equal(t, 4, calls)
	assert.Empty(t, intake.Refused())
	assertNoSecret(t, secrets, intake.Bodies())
}

// chatSpans makes n spans of one trace; content fills each.
func chatSpans(n int, content func(i int, span ptrace.Span)) ptrace.Traces {
	traces := ptrace.NewTraces()
	resource := traces.ResourceSpans().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "app")
	list := resource.ScopeSpans().AppendEmpty().Spans()
	for i := range n {
		span := list.AppendEmpty()
		span.SetTraceID([16]byte{1, 15: 1})
		span.SetSpanID([8]byte{byte(i >> 8), byte(i), 1})
		span.SetName("chat gpt-4o")
		span.SetStartTimestamp(1_795_000_000_000_000_000)
		span.SetEndTimestamp(1_795_000_001_000_000_000)
		content(i, span)
	}
	return traces
}

// TestDatadogPayloadsStaySmall sends spans with large prompts in one request.
func TestDatadogPayloadsStaySmall(t *testing.T) {
	intake := startDatadog(t)
	c := run(t, "destinations/datadog.yaml")
	const spans = 400
	prompt := strings.Repeat("All work and no play makes a long prompt. ", 1000)
	traces := chatSpans(spans, func(_ int, span ptrace.Span) { span.Attributes().PutStr("gen_ai.input.messages", prompt) })
	send(t, c, traces)
	eventually(t, func() bool { return len(intake.Spans()) == spans }, "spans have not come: %v", intake.Refused())
	assert.Empty(t, intake.Refused())
	assert.LessOrEqual(t, intake.LargestTracePayload(), datadogtest.MaxTracePayload)
	assert.Greater(t, intake.LargestTracePayload(), datadogtest.MaxTracePayload/4, "payloads are not needlessly small")
	require.NoError(t, c.Stop())
}

// TestDatadogLLMObservability sends spans of the GenAI conventions with the
// headers that Datadog documents.
func TestDatadogLLMObservability(t *testing.T) {
	backend := otlptest.Start(t)
	secrets := testutil.NewSecrets(7)
	t.Setenv("DD_API_KEY", "0123456789abcdef0123456789abcdef")
	t.Setenv("DD_OTLP_TRACES_ENDPOINT", backend.URL+"/v1/traces")
	c := run(t, "destinations/datadog-llmobs.yaml")
	send(t, c, testutil.TicketRun(secrets))
	spans := backend.WaitSpans(t, ticketSpans)
	assertTicketRun(t, spans)
	assert.Equal(t, "0123456789abcdef0123456789abcdef", backend.Header("dd-api-key"))
	assert.Equal(t, "llmobs", backend.Header("dd-otlp-source"))
	assertNoSecret(t, secrets, backend.Bodies())
	require.NoError(t, c.Stop())
}

// TestDatadogTakesTheOthersOfAHugeSpan: OpenInference gives each message an
// attribute of its own, so that one span can be larger than what Datadog takes.
func TestDatadogTakesTheOthersOfAHugeSpan(t *testing.T) {
	intake := startDatadog(t)
	c := run(t, "destinations/datadog.yaml")
	const spans = 20
	message := strings.Repeat("All work and no play makes a long prompt. ", 600)
	traces := chatSpans(spans, func(i int, span ptrace.Span) {
		for n := range map[int]int{3: 60, 5: 200, 17: 600}[i] {
			span.Attributes().PutStr(fmt.Sprintf("llm.input_messages.%d.message.content", n), message)
		}
		for range map[int]int{9: 20, 11: 300}[i] {
			span.Events().AppendEmpty().Attributes().PutStr("gen_ai.event.content", message)
		}
	})
	for start := 0; start < spans; start += 7 { // a request may have 20 MiB
		part := ptrace.NewTraces()
		traces.CopyTo(part)
		n := -1
		part.ResourceSpans().At(0).ScopeSpans().At(0).Spans().RemoveIf(func(ptrace.Span) bool {
			n++
			return n < start || n >= start+7
		})
		send(t, c, part)
	}
	eventually(t, func() bool { return len(intake.Spans()) >= spans }, "spans have not come: %v", intake.Refused())
	assert.Len(t, intake.Spans(), spans)
	assert.Empty(t, intake.Refused())
	assert.LessOrEqual(t, intake.LargestTracePayload(), datadogtest.MaxTracePayload)
	require.NoError(t, c.Stop())
}
