package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// TestEveryApplicationHasSpendOfItsOwn: applications that differ in environment,
// and tenants that are told in two places, are series of their own in Prometheus.
// Series that look alike to it would take each other's place.
func TestEveryApplicationHasSpendOfItsOwn(t *testing.T) {
	port := e2e.FreePorts(t, 1)[0]
	t.Setenv("OTELCOL_PROMETHEUS_PORT", port)
	c := run(t, "destinations/prometheus.yaml")
	const tokens = 100
	for i, where := range []struct{ environment, namespace, tenant, spanTenant string }{
		{environment: "prod"},
		{environment: "staging"},
		{environment: "prod", namespace: "shop"},
		{tenant: "acme"},
		{tenant: "acme", spanTenant: "globex"},
		{tenant: "acme", spanTenant: "initech"},
		{spanTenant: "acme"},
		{},
	} {
		traces := traceOf(kind{name: "app", tokens: tokens, seconds: 1}, i)[1]
		resource := traces.ResourceSpans().At(0)
		for key, value := range map[string]string{
			"deployment.environment.name": where.environment, "service.namespace": where.namespace, "tenant.id": where.tenant,
		} {
			if value != "" {
				resource.Resource().Attributes().PutStr(key, value)
			}
		}
		if where.spanTenant != "" {
			resource.ScopeSpans().At(0).Spans().At(0).Attributes().PutStr("tenant.id", where.spanTenant)
		}
		send(t, c, traces)
	}
	url := "http://127.0.0.1:" + port + "/metrics"
	const input = "gen_ai_client_inference_usage_input_tokens_total"
	eventually(t, func() bool { return e2e.Scrape(t, url)(input) == 8*tokens }, "input tokens are not the %d that were sent", 8*tokens)
	value := e2e.Scrape(t, url)
	assert.EqualValues(t, 2*tokens, value(input, `deployment_environment_name="prod"`))
	assert.EqualValues(t, tokens, value(input, `deployment_environment_name="staging"`))
	assert.EqualValues(t, tokens, value(input, `job="shop/app"`))
	assert.EqualValues(t, 2*tokens, value(input, `tenant_id="acme"`), "of the resource, and of the span")
	assert.EqualValues(t, tokens, value(input, `tenant_id="globex"`), "a span knows better than its resource")
	assert.EqualValues(t, 8, value("llmcost_calls_total"))
	require.NoError(t, c.Stop())
}

// TestACallThatDoesNotSayHowLongItTookHasNoDuration: a span without an end, or
// without a start, would add half a century to a total for good. Its tokens count.
func TestACallThatDoesNotSayHowLongItTookHasNoDuration(t *testing.T) {
	port := e2e.FreePorts(t, 1)[0]
	t.Setenv("OTELCOL_PROMETHEUS_PORT", port)
	c := run(t, "destinations/prometheus.yaml")
	const tokens = 100
	for i, spoil := range []func(ptrace.Span){
		func(ptrace.Span) {},
		func(span ptrace.Span) { span.SetEndTimestamp(0) },
		func(span ptrace.Span) { span.SetStartTimestamp(0) },
		func(span ptrace.Span) { span.SetEndTimestamp(span.StartTimestamp() - 1) },
		func(span ptrace.Span) { span.Status().SetCode(ptrace.StatusCodeError); span.SetEndTimestamp(0) },
	} {
		traces := traceOf(kind{name: "app", tokens: tokens, seconds: 1}, i)[1]
		spoil(traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0))
		send(t, c, traces)
	}
	url := "http://127.0.0.1:" + port + "/metrics"
	eventually(t, func() bool {
		return e2e.Scrape(t, url)("gen_ai_client_inference_usage_input_tokens_total") == 5*tokens && e2e.Scrape(t, url)("gen_ai_client_operation_duration_seconds_count") > 0
	}, "input tokens are not the %d that were sent", 5*tokens)
	value := e2e.Scrape(t, url)
	for _, name := range []string{"gen_ai_client_operation_duration_seconds", "gen_ai_client_inference_duration_seconds"} {
		assert.EqualValues(t, 1, value(name+"_count"), name)
		assert.EqualValues(t, 1, value(name+"_sum"), name)
	}
	require.NoError(t, c.Stop())
}
