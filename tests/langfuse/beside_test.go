package langfuse

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/langfusetest"
)

// besideConfig sends the same spans, priced, with both exporters, each to a server
// of its own.
const besideConfig = `
receivers:
  otlp: {protocols: {http: {endpoint: "127.0.0.1:${env:OTELCOL_HTTP_PORT}"}}}
processors:
  llm_cost: {}
  filter: {traces: {span: ['name == "filtered"']}}
exporters:
  langfuse:
    endpoint: ${env:OURS}
    api_key: pk-lf-1234:sk-lf-5678
    max_request_bytes: 60000
    max_span_bytes: 50000
    compression: none
    retry_on_failure: {initial_interval: 10ms}
    sending_queue: {batch: {flush_timeout: 10ms, min_size: 1}}
  otlp_http:
    traces_endpoint: ${env:PLAIN}/api/public/otel/v1/traces
    headers: {Authorization: "Basic cGstbGYtMTIzNDpzay1sZi01Njc4", x-langfuse-ingestion-version: "4"}
    compression: none
    retry_on_failure: {initial_interval: 10ms}
    sending_queue: {batch: {sizer: bytes, flush_timeout: 10ms, min_size: 1, max_size: 50000}}
extensions:
  health_check: {endpoint: "127.0.0.1:${env:OTELCOL_HEALTH_PORT}"}
service:
  extensions: [health_check]
  telemetry: {metrics: {level: none}}
  pipelines:
    traces/ours: {receivers: [otlp], processors: [llm_cost], exporters: [langfuse]}
    traces/plain: {receivers: [otlp], processors: [llm_cost, filter], exporters: [otlp_http]}
`

// beside is a collector with both exporters, and what their servers have stored.
type beside struct {
	collector   *e2e.Collector
	ours, plain *langfusetest.Server
	traces      byte // sent so far
}

func newBeside(t *testing.T) *beside {
	t.Helper()
	options := langfusetest.Options{
		Keys:       []langfusetest.Key{{Public: "pk-lf-1234", Secret: "sk-lf-5678", Project: "tickets"}},
		LimitBytes: 64_000,
	}
	b := &beside{ours: langfusetest.New(t, options)}
	options.Lax = true
	b.plain = langfusetest.New(t, options)
	file := filepath.Join(t.TempDir(), "beside.yaml")
	require.NoError(t, os.WriteFile(file, []byte(besideConfig), 0o600))
	b.collector = e2e.StartCollectorWith(t, t.TempDir(), []string{"OURS=" + b.ours.URL, "PLAIN=" + b.plain.URL}, "--config", file)
	return b
}

// call is a model call of another instrumentation, in a trace of its own whose
// root, an HTTP request, states the user.
func (b *beside) call(change func(pcommon.Map)) ptrace.Traces {
	b.traces++
	trace := b.traces
	traces := ptrace.NewTraces()
	rs := traces.ResourceSpans().AppendEmpty()
	add := func(scope string, id, parent byte, name string) ptrace.Span {
		ss := rs.ScopeSpans().AppendEmpty()
		ss.Scope().SetName(scope)
		span := ss.Spans().AppendEmpty()
		span.SetTraceID([16]byte{trace})
		span.SetSpanID([8]byte{id})
		if parent != 0 {
			span.SetParentSpanID([8]byte{parent})
		}
		span.SetName(name)
		span.SetStartTimestamp(1_795_000_000_000_000_000)
		span.SetEndTimestamp(1_795_000_001_000_000_000)
		return span
	}
	root := add("net/http", 1, 0, "POST /tickets")
	root.Attributes().PutStr("user.id", "user-17")
	call := add("shop", 2, 1, "call")
	call.Attributes().PutStr("gen_ai.operation.name", "chat")
	call.Attributes().PutStr("gen_ai.provider.name", "openai")
	call.Attributes().PutStr("gen_ai.request.model", "gpt-5-mini")
	change(call.Attributes())
	return traces
}

// both sends spans and returns the call as either stores it.
func (b *beside) both(t *testing.T, traces ptrace.Traces) (ours, plain *langfusetest.Observation) {
	t.Helper()
	before := len(b.ours.Observations())
	beforePlain := len(b.plain.Observations())
	send(t, b.collector, traces)
	find := func(s *langfusetest.Server, from int) *langfusetest.Observation {
		var found *langfusetest.Observation
		require.Eventually(t, func() bool {
			all := s.Observations()[from:]
			i := slices.IndexFunc(all, func(o *langfusetest.Observation) bool { return o.Name == "call" })
			if i >= 0 {
				found = all[i]
			}
			return i >= 0
		}, 30*time.Second, 10*time.Millisecond)
		return found
	}
	return find(b.ours, before), find(b.plain, beforePlain)
}

// TestBesidePlainOTLP holds what the exporter's README says about upstream's
// otlp_http, row by row.
func TestBesidePlainOTLP(t *testing.T) {
	readme, err := os.ReadFile("../../exporter/langfuseexporter/README.md")
	require.NoError(t, err)
	b := newBeside(t)
	// row is a name of the table with what it says about otlp_http.
	row := func(label, cell string) string {
		lines := strings.Split(string(readme), "\n")
		i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "| "+label+" |") })
		require.GreaterOrEqual(t, i, 0, "the README has no row %q", label)
		assert.Equal(t, cell, strings.TrimSpace(strings.Split(lines[i], "|")[3]), label)
		return label
	}
	call := func(t *testing.T, change func(pcommon.Map)) (ours, plain *langfusetest.Observation) {
		t.Helper()
		return b.both(t, b.call(change))
	}
	nothing := func(pcommon.Map) {}

	t.Run(row("spans of LLMs only", "no"), func(t *testing.T) {
		call(t, nothing)
		has := func(s *langfusetest.Server) bool {
			return slices.ContainsFunc(s.Observations(), func(o *langfusetest.Observation) bool { return o.Name == "POST /tickets" })
		}
		assert.Equal(t, []bool{false, true}, []bool{has(b.ours), has(b.plain)})
	})
	t.Run(row("parents that are not sent", "missing"), func(t *testing.T) {
		traces := b.call(nothing)
		traces.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).SetName("filtered")
		ours, plain := b.both(t, traces)
		assert.Equal(t, []bool{true, false}, []bool{ours.Root, plain.Root})
	})
	t.Run(row("trace fields on every span", "no"), func(t *testing.T) {
		ours, plain := call(t, nothing)
		assert.Equal(t, []string{"user-17", ""}, []string{ours.UserID, plain.UserID})
	})
	t.Run(row("structured messages", "raw OTLP text"), func(t *testing.T) {
		ours, plain := call(t, func(m pcommon.Map) {
			require.NoError(t, m.PutEmptySlice("gen_ai.input.messages").FromRaw([]any{
				map[string]any{"role": "user", "parts": []any{map[string]any{"type": "text", "content": "hello"}}},
			}))
		})
		assert.JSONEq(t, `[{"role":"user","content":"hello"}]`, ours.InputText())
		assert.Contains(t, plain.InputText(), "kvlistValue")
	})
	t.Run(row("tool calls of GenAI messages", "not found"), func(t *testing.T) {
		ours, plain := call(t, func(m pcommon.Map) {
			m.PutStr("gen_ai.output.messages", `[{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"look","arguments":{"a":1}}],"finish_reason":"tool_call"}]`)
		})
		assert.Equal(t, []langfusetest.ToolCall{{ID: "c1", Name: "look", Arguments: `{"a":1}`}}, ours.ToolCalls)
		assert.Empty(t, plain.ToolCalls)
	})
	tokens := func(m pcommon.Map) {
		m.PutInt("gen_ai.usage.input_tokens", 1000)
		m.PutInt("gen_ai.usage.output_tokens", 500)
		m.PutInt("gen_ai.usage.details.cached_tokens", 400)
		m.PutInt("gen_ai.usage.details.reasoning_tokens", 300)
	}
	t.Run(row("tokens that do not overlap", "by version of the server"), func(t *testing.T) {
		ours, plain := call(t, tokens)
		assert.Equal(t, []int64{1500, 2200}, []int64{ours.Usage["total"], plain.Usage["total"]})
	})
	t.Run(row("cost with reasoning and cache", "its total, with `llm_cost`"), func(t *testing.T) {
		ours, plain := call(t, tokens)
		assert.Positive(t, ours.TotalCost)
		assert.InDelta(t, ours.TotalCost, plain.TotalCost, 1e-12)
		assert.Contains(t, ours.Cost, "output_reasoning_tokens")
		assert.Len(t, plain.Cost, 1)
	})
	t.Run(row("time to first token", "Vercel AI SDK"), func(t *testing.T) {
		ours, plain := call(t, func(m pcommon.Map) { m.PutDouble("gen_ai.response.time_to_first_chunk", 0.25) })
		assert.NotEmpty(t, ours.CompletionStartTime)
		assert.Empty(t, plain.CompletionStartTime)
		_, plain = call(t, func(m pcommon.Map) { m.PutDouble("ai.response.msToFirstChunk", 250) })
		assert.NotEmpty(t, plain.CompletionStartTime)
	})
	t.Run(row("exceptions, links, span events", "no"), func(t *testing.T) {
		traces := b.call(nothing)
		span := traces.ResourceSpans().At(0).ScopeSpans().At(1).Spans().At(0)
		span.Status().SetCode(ptrace.StatusCodeError)
		event := span.Events().AppendEmpty()
		event.SetName("exception")
		event.Attributes().PutStr("exception.type", "TypeError")
		event.Attributes().PutStr("exception.message", "no more")
		ours, plain := b.both(t, traces)
		assert.Equal(t, []string{"TypeError: no more", ""}, []string{ours.StatusMessage, plain.StatusMessage})
		assert.NotContains(t, plain.Attributes, "exception")
	})
	t.Run(row("environment with other characters", "`default`"), func(t *testing.T) {
		ours, plain := call(t, func(m pcommon.Map) { m.PutStr("deployment.environment.name", "Prod EU") })
		assert.Equal(t, []string{"prod-eu", "default"}, []string{ours.Environment, plain.Environment})
	})
	t.Run(row("files", "inline"), func(t *testing.T) {
		file := strings.Repeat("QUJD", 1000)
		ours, plain := call(t, func(m pcommon.Map) {
			m.PutStr("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"blob","modality":"image","mime_type":"image/png","content":"`+file+`"}]}]`)
		})
		assert.Contains(t, ours.InputText(), "@@@langfuseMedia:")
		assert.Contains(t, plain.InputText(), file)
	})
	// logged sends what the plain exporter gives up, which its log tells in words.
	logged := func(t *testing.T, words string, traces ptrace.Traces) (plain int) {
		t.Helper()
		stored, ours, said := len(b.plain.Observations()), len(b.ours.Observations()), strings.Count(b.collector.Log(), words)
		send(t, b.collector, traces)
		require.Eventually(t, func() bool {
			return strings.Count(b.collector.Log(), words) > said && len(b.ours.Observations()) > ours
		}, 30*time.Second, 10*time.Millisecond)
		return len(b.plain.Observations()) - stored
	}
	t.Run(row("500 and 52x", "dropped"), func(t *testing.T) {
		for _, status := range []int{http.StatusInternalServerError, 520} {
			b.ours.Plan(langfusetest.Step{Status: status})
			b.plain.Plan(langfusetest.Step{Status: status})
			assert.Zero(t, logged(t, "Exporting failed. Dropping data.", b.call(nothing)))
		}
	})
	t.Run(row("a refusal in the log", "its status"), func(t *testing.T) {
		refused := langfusetest.Step{Status: http.StatusBadRequest}
		b.ours.Plan(refused)
		b.plain.Plan(refused)
		send(t, b.collector, b.call(nothing))
		require.Eventually(t, func() bool {
			return strings.Contains(b.collector.Log(), "Langfuse answers 400: Failed to parse OTel Protobuf Trace") &&
				strings.Contains(b.collector.Log(), `responded with HTTP Status Code 400"`)
		}, 30*time.Second, 10*time.Millisecond)
	})
	t.Run(row("keys tried at the start", "no"), func(t *testing.T) {
		asked := func(s *langfusetest.Server) bool {
			return slices.ContainsFunc(s.Requests(), func(r langfusetest.Request) bool { return r.Path == "/api/public/projects" })
		}
		assert.Equal(t, []bool{true, false}, []bool{asked(b.ours), asked(b.plain)})
	})
	t.Run(row("too much for one request", "split in a batch of bytes; a span refused"), func(t *testing.T) {
		long := func(n int) func(pcommon.Map) {
			return func(m pcommon.Map) { m.PutStr("gen_ai.input.messages", strings.Repeat("long ", n)) }
		}
		several := b.call(long(8_000))
		b.call(long(8_000)).ResourceSpans().MoveAndAppendTo(several.ResourceSpans())
		want := len(b.plain.Observations()) + several.SpanCount()
		send(t, b.collector, several)
		require.Eventually(t, func() bool { return len(b.plain.Observations()) >= want }, 30*time.Second, 10*time.Millisecond)
		stored := len(b.plain.Observations())
		logged(t, "one span size is greater than max size", b.call(long(20_000)))
		// The root may come later than the log tells of the call.
		require.Eventually(t, func() bool { return len(b.plain.Observations()) > stored }, 30*time.Second, 10*time.Millisecond)
		assert.Len(t, b.plain.Observations(), stored+1, "the root alone")
	})
}
