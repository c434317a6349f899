package config

import (
	"encoding/binary"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/otlptest"
)

// kind is what is special about a trace.
type kind struct {
	name    string
	tokens  int64 // of each of its two model calls
	seconds int
	failed  bool
	kept    bool // by tail sampling
}

var kinds = []kind{
	{name: "ordinary", tokens: 100, seconds: 1},
	{name: "failed", tokens: 100, seconds: 1, failed: true, kept: true},
	{name: "slow", tokens: 100, seconds: 40, kept: true},
	// gpt-4o, 2.50 dollars a million input tokens: 0.60 only as a sum.
	{name: "expensive", tokens: 120_000, seconds: 1, kept: true},
	// 0.11 dollars: below the limit, but 45,000 tokens reach theirs as a sum.
	{name: "long", tokens: 22_500, seconds: 1, kept: true},
}

// traceOf makes a trace of an agent with two model calls, n of its kind. Root and
// calls come in requests of their own.
func traceOf(k kind, n int) []ptrace.Traces {
	var id pcommon.TraceID
	binary.BigEndian.PutUint64(id[:8], uint64(n)*0x9E3779B97F4A7C15) // spread, as real ids are
	binary.BigEndian.PutUint64(id[8:], uint64(n+1)*0xD1B54A32D192ED03)
	copy(id[:2], k.name)
	start := time.Now().Add(-time.Minute)
	var requests []ptrace.Traces
	for i := range 3 {
		traces := ptrace.NewTraces()
		resource := traces.ResourceSpans().AppendEmpty()
		resource.Resource().Attributes().PutStr("service.name", k.name)
		span := resource.ScopeSpans().AppendEmpty().Spans().AppendEmpty()
		span.SetTraceID(id)
		span.SetSpanID(pcommon.SpanID{byte(i + 1)})
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Second)))
		if i == 0 {
			span.SetName("invoke_agent " + k.name)
			span.Attributes().PutStr("gen_ai.operation.name", "invoke_agent")
			span.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(time.Duration(k.seconds) * time.Second)))
			if k.failed {
				span.Status().SetCode(ptrace.StatusCodeError)
			}
		} else {
			span.SetParentSpanID(pcommon.SpanID{1})
			span.SetName("chat gpt-4o")
			span.Attributes().PutStr("gen_ai.operation.name", "chat")
			span.Attributes().PutStr("gen_ai.provider.name", "openai")
			span.Attributes().PutStr("gen_ai.request.model", "gpt-4o")
			span.Attributes().PutInt("gen_ai.usage.input_tokens", k.tokens)
			span.Attributes().PutInt("gen_ai.usage.output_tokens", 0)
		}
		requests = append(requests, traces)
	}
	return requests
}

const ofEachKind = 40

// keptTraces waits until the traces that must be kept are whole, and returns how
// many spans of each trace have come, by kind.
func keptTraces(t *testing.T, backend *otlptest.Server, complete func(map[string]map[string]int) bool) map[string]map[string]int {
	t.Helper()
	var found map[string]map[string]int
	eventually(t, func() bool {
		found = map[string]map[string]int{}
		for _, span := range backend.Spans() {
			id := span.TraceID().String()
			name := kindOf(span.TraceID())
			if found[name] == nil {
				found[name] = map[string]int{}
			}
			found[name][id]++
		}
		return complete(found)
	}, "traces that must be kept have not come")
	return found
}

func kindOf(id pcommon.TraceID) string {
	for _, k := range kinds {
		if string(id[:2]) == k.name[:2] {
			return k.name
		}
	}
	return "?"
}

// sentTokens is what all traces together used.
func sentTokens() (tokens float64) {
	for _, k := range kinds {
		tokens += float64(2 * k.tokens * ofEachKind)
	}
	return tokens
}

// assertSpend checks that spend metrics count every call, to the last token.
func assertSpend(t *testing.T, url string) {
	t.Helper()
	eventually(t, func() bool {
		return e2e.Scrape(t, url)("gen_ai_client_inference_usage_input_tokens_total") == sentTokens()
	}, "input tokens are not the %v that were sent", sentTokens())
	value := e2e.Scrape(t, url)
	assert.EqualValues(t, 2*ofEachKind*len(kinds), value("llmcost_calls_total"))
	assert.InDelta(t, sentTokens()*2.5e-6, value("llmcost_cost_usd_total"), 1e-6, "gpt-4o costs 2.50 dollars a million input tokens")
}

// TestTailSamplingKeepsWholeTraces counts: failed, slow, expensive and long traces
// are all kept, whole, of the rest a share; spend metrics are exact.
func TestTailSamplingKeepsWholeTraces(t *testing.T) {
	backend := otlptest.Start(t)
	_, pool := certificate(t)
	write(t, "OTELCOL_TOKEN_FILE", []byte("token"))
	port := e2e.FreePorts(t, 1)[0]
	t.Setenv("OTELCOL_PROMETHEUS_PORT", port)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.URL)
	t.Setenv("OTELCOL_SAMPLING_TOKENS", "45000")
	fastSampling(t, "25")
	c := run(t, "gateway.yaml", "destinations/otlp.yaml", "destinations/prometheus.yaml")
	authorize := func(r *http.Request) { r.Header.Set("Authorization", "Bearer token") }
	for n := range ofEachKind {
		for _, k := range kinds {
			for _, request := range traceOf(k, n) {
				require.Equal(t, http.StatusOK, export(t, c, pool, authorize, request))
			}
		}
	}
	assertSpend(t, "http://127.0.0.1:"+port+"/metrics")
	keptTraces(t, backend, func(found map[string]map[string]int) bool {
		for _, k := range kinds {
			if k.kept && len(found[k.name]) < ofEachKind {
				return false
			}
		}
		return true
	})
	require.NoError(t, c.Stop()) // what still waits is decided now
	kept := keptTraces(t, backend, func(map[string]map[string]int) bool { return true })
	for name, traces := range kept {
		for id, spans := range traces {
			assert.Equal(t, 3, spans, "trace %s of kind %s is not whole", id, name)
		}
	}
	ordinary := len(kept["ordinary"])
	assert.Positive(t, ordinary, "a share of the rest is kept")
	assert.Less(t, ordinary, ofEachKind/2, "a quarter is asked for")
}

// TestProbabilisticSamplingByDestination samples one destination and not the
// other. A trace is kept whole or not at all; spend metrics are exact.
func TestProbabilisticSamplingByDestination(t *testing.T) {
	backend := otlptest.Start(t)
	port := e2e.FreePorts(t, 1)[0]
	t.Setenv("OTELCOL_PROMETHEUS_PORT", port)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.URL)
	t.Setenv("OTELCOL_OTLP_SAMPLING_PERCENTAGE", "30")
	c := run(t, "destinations/libsql.yaml", "destinations/otlp.yaml", "destinations/prometheus.yaml")
	var requests [3]ptrace.Traces // roots, first calls, second calls
	for i := range requests {
		requests[i] = ptrace.NewTraces()
	}
	for n := range ofEachKind {
		for _, k := range kinds {
			for i, part := range traceOf(k, n) {
				part.ResourceSpans().MoveAndAppendTo(requests[i].ResourceSpans())
			}
		}
	}
	for _, request := range requests {
		send(t, c, request)
	}
	assertSpend(t, "http://127.0.0.1:"+port+"/metrics")
	all := ofEachKind * len(kinds)
	assert.EqualValues(t, 3*all, storedSpans(t, c.TracesDB()), "the other destination has everything")
	require.NoError(t, c.Stop())
	kept := 0
	for _, traces := range keptTraces(t, backend, func(map[string]map[string]int) bool { return true }) {
		for id, spans := range traces {
			assert.Equal(t, 3, spans, "trace %s is not whole", id)
			kept++
		}
	}
	assert.Greater(t, kept, all*15/100)
	assert.Less(t, kept, all*45/100)
}
