package config

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// failedRuns are two model calls that failed, one of which says why, of a user and
// a session, and one that did not, with a secret in it; a run of a tool that failed
// and the run of its agent that did not.
func failedRuns(secret string) ptrace.Traces {
	traces := ptrace.NewTraces()
	resource := traces.ResourceSpans().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "app")
	resource.Resource().Attributes().PutStr("tenant.id", "acme")
	spans := resource.ScopeSpans().AppendEmpty().Spans()
	start := time.Now()
	for i, errorType := range []string{"", "429", "none"} {
		span := spans.AppendEmpty()
		span.SetTraceID(pcommon.TraceID{1})
		span.SetSpanID(pcommon.SpanID{byte(i + 1)})
		span.SetName("chat gpt-4o-mini")
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Second)))
		attributes := span.Attributes()
		attributes.PutStr("gen_ai.operation.name", "chat")
		attributes.PutStr("gen_ai.provider.name", "openai")
		attributes.PutStr("gen_ai.request.model", "gpt-4o-mini")
		attributes.PutStr("user.id", "user-7")
		attributes.PutStr("enduser.id", "user-7")
		attributes.PutStr("session.id", "session-7")
		attributes.PutStr("gen_ai.conversation.id", "session-7")
		if errorType == "none" {
			attributes.PutInt("gen_ai.usage.input_tokens", 10)
			attributes.PutInt("gen_ai.usage.output_tokens", 2)
			attributes.PutStr("note", secret)
			continue
		}
		span.Status().SetCode(ptrace.StatusCodeError)
		if errorType != "" {
			attributes.PutStr("error.type", errorType)
		}
	}
	for i, operation := range []string{"execute_tool", "invoke_agent"} {
		span := spans.AppendEmpty()
		span.SetTraceID(pcommon.TraceID{1})
		span.SetSpanID(pcommon.SpanID{byte(i + 10)})
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(2 * time.Second)))
		span.Attributes().PutStr("gen_ai.operation.name", operation)
		span.Attributes().PutStr("gen_ai.agent.name", "planner")
		if operation == "execute_tool" {
			span.Attributes().PutStr("gen_ai.tool.name", "search")
			span.Status().SetCode(ptrace.StatusCodeError)
		}
	}
	return traces
}

// TestFailuresAndFindingsAreCounted: what failed has a type of error, also
// where its span states none; findings are counted for whoever sent them; users
// and sessions are no labels.
func TestFailuresAndFindingsAreCounted(t *testing.T) {
	port := e2e.FreePorts(t, 1)[0]
	t.Setenv("OTELCOL_PROMETHEUS_PORT", port)
	c := run(t, "destinations/prometheus.yaml")
	send(t, c, failedRuns(testutil.NewSecrets(1)["email"]))
	url := "http://127.0.0.1:" + port + "/metrics"
	eventually(t, func() bool { return e2e.Scrape(t, url)("sensitive_filter_findings_total") > 0 }, "no findings are counted")
	value := e2e.Scrape(t, url)
	assert.EqualValues(t, 1, value("sensitive_filter_findings_total", `job="app"`, `tenant_id="acme"`))
	for _, name := range []string{"gen_ai_client_operation_duration_seconds_count", "gen_ai_client_inference_duration_seconds_count"} {
		assert.EqualValues(t, 3, value(name, `gen_ai_request_model="gpt-4o-mini"`), name)
		assert.EqualValues(t, 1, value(name, `error_type="_OTHER"`), name)
		assert.EqualValues(t, 1, value(name, `error_type="429"`), name)
	}
	assert.Positive(t, value("llmcost_cost_usd_total", `tenant_id="acme"`))
	assert.EqualValues(t, 1, value("gen_ai_execute_tool_duration_seconds_count", `gen_ai_tool_name="search"`, `error_type="_OTHER"`))
	assert.EqualValues(t, 2, value("gen_ai_execute_tool_duration_seconds_sum"))
	assert.EqualValues(t, 1, value("gen_ai_invoke_agent_duration_seconds_count", `gen_ai_agent_name="planner"`))
	assert.Zero(t, value("gen_ai_invoke_agent_duration_seconds_count", "error_type"))

	response, err := http.Get(url)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	for _, never := range []string{"user-7", "session-7"} {
		assert.NotContains(t, string(raw), never)
	}
	require.NoError(t, c.Stop())
}

// TestLabelsAreBounded: names with an id in them fill one series of each metric,
// and sums stay exact.
func TestLabelsAreBounded(t *testing.T) {
	port := e2e.FreePorts(t, 1)[0]
	t.Setenv("OTELCOL_PROMETHEUS_PORT", port)
	c := e2e.StartCollector(t, append(arguments(t, "destinations/prometheus.yaml"), "--config", "yaml:processors::cumulative: {interval: 200ms, max_series: 50}")...)
	const calls = 300
	for i := range calls {
		traces := traceOf(kind{name: "app", tokens: 10, seconds: 1}, i)[1]
		attributes := traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes()
		attributes.PutStr("gen_ai.agent.name", fmt.Sprint("agent-", i))
		attributes.PutStr("tenant.id", fmt.Sprint("tenant-", i))
		send(t, c, traces)
	}
	url := "http://127.0.0.1:" + port + "/metrics"
	const input = "gen_ai_client_inference_usage_input_tokens_total"
	eventually(t, func() bool { return e2e.Scrape(t, url)(input) == 10*calls }, "input tokens are not the %d that were sent", 10*calls)
	value := e2e.Scrape(t, url)
	assert.EqualValues(t, calls, value("llmcost_calls_total"))
	assert.EqualValues(t, calls, value("gen_ai_client_inference_duration_seconds_count"))
	assert.Greater(t, value(input, `otel_metric_overflow="true"`), 5.0*calls)
	require.NoError(t, c.Stop())
}
