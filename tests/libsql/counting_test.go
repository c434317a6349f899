package libsql

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"

	room "github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/processor/llmcost"
)

// emitted is a span as an instrumentation writes it.
type emitted struct {
	id, parent byte
	scope      string
	name       string
	kind       ptrace.SpanKind
	attributes map[string]any
}

func (e emitted) traces(t *testing.T) ptrace.Traces {
	t.Helper()
	td := ptrace.NewTraces()
	ss := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty()
	ss.Scope().SetName(e.scope)
	span := ss.Spans().AppendEmpty()
	span.SetTraceID([16]byte{15: 1})
	span.SetSpanID([8]byte{7: e.id})
	if e.parent != 0 {
		span.SetParentSpanID([8]byte{7: e.parent})
	}
	span.SetName(e.name)
	span.SetKind(e.kind)
	span.SetStartTimestamp(1_795_345_569_000_000_000)
	span.SetEndTimestamp(1_795_345_570_000_000_000)
	require.NoError(t, span.Attributes().FromRaw(e.attributes))
	return td
}

// TestACallThatTwoInstrumentationsReportIsCountedOnce sends each span in a
// request of its own through llm_cost, which prices both, and the exporter.
func TestACallThatTwoInstrumentationsReportIsCountedOnce(t *testing.T) {
	otel := emitted{2, 1, "opentelemetry.instrumentation.openai_v2", "chat gpt-4o-mini", ptrace.SpanKindClient, map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini",
		"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 100, "gen_ai.response.id": "chatcmpl-1",
	}}
	for name, spans := range map[string][]emitted{
		"OpenInference around OpenTelemetry": {{1, 0, "openinference.instrumentation.langchain", "ChatOpenAI", ptrace.SpanKindInternal, map[string]any{
			"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o-mini", "llm.provider": "openai", "llm.system": "openai",
			"llm.token_count.prompt": 1000, "llm.token_count.completion": 100,
		}}, otel},
		"OpenLLMetry around its own span of the SDK": {{1, 0, "opentelemetry.instrumentation.langchain", "ChatOpenAI.chat", ptrace.SpanKindClient, map[string]any{
			"llm.request.type": "chat", "gen_ai.system": "OpenAI", "gen_ai.request.model": "gpt-4o-mini",
			"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 100,
		}}, {2, 1, "opentelemetry.instrumentation.openai.v1", "openai.chat", ptrace.SpanKindClient, map[string]any{
			"llm.request.type": "chat", "gen_ai.system": "OpenAI", "gen_ai.request.model": "gpt-4o-mini",
			"gen_ai.usage.prompt_tokens": 1000, "gen_ai.usage.completion_tokens": 100,
		}}},
		"Mastra's generation around its inference": {{1, 0, "@mastra/otel-exporter", "chat gpt-4o-mini", ptrace.SpanKindClient, map[string]any{
			"mastra.span.type": "model_generation", "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini",
			"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 100,
		}}, {2, 1, "@mastra/otel-exporter", "chat gpt-4o-mini", ptrace.SpanKindClient, map[string]any{
			"mastra.span.type": "model_inference", "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini",
			"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 100,
		}}},
		"a gateway beside its client": {{1, 0, "litellm", "litellm_request", ptrace.SpanKindInternal, map[string]any{
			"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.response.id": "chatcmpl-1",
			"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 100,
		}}, {otel.id, 0, otel.scope, otel.name, otel.kind, otel.attributes}},
	} {
		for _, order := range []string{"outer first", "inner first"} {
			t.Run(name+", "+order, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "traces.db")
				e := newExporter(t, componenttest.NewNopHost(), map[string]any{"url": "file:" + path})
				defer shutdown(t, e)
				factory := llmcost.NewFactory()
				costs, err := factory.CreateTraces(t.Context(), processortest.NewNopSettings(factory.Type()), factory.CreateDefaultConfig(), consumer.Traces(e))
				require.NoError(t, err)
				ordered := slices.Clone(spans)
				if order == "inner first" {
					slices.Reverse(ordered)
				}
				for _, span := range ordered {
					require.NoError(t, costs.ConsumeTraces(t.Context(), span.traces(t)))
				}
				r, err := room.Open(t.Context(), path)
				require.NoError(t, err)
				defer r.Close()
				spend, err := r.Spend(t.Context(), room.SpendFilter{})
				require.NoError(t, err)
				got := spend.Total
				// 1,000 × 0.15 + 100 × 0.60 millionths of a dollar.
				require.NotNil(t, got.Cost.USD)
				assert.InEpsilon(t, 210e-6, *got.Cost.USD, 1e-9)
				assert.Equal(t, room.SpendRow{Cost: room.Cost{USD: got.Cost.USD, Calls: 1}, Tokens: room.Tokens{Input: 1000, Output: 100}}, got)
				trace, err := r.Trace(t.Context(), "00000000000000000000000000000001")
				require.NoError(t, err)
				assert.Equal(t, got.Cost, trace.Cost)
				assert.Equal(t, got.Tokens, trace.Tokens)
			})
		}
	}
}
