package llmcost

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// benchmarkSpans runs a batch of a hundred equal spans; the result is divided
// by that number.
func benchmarkSpans(b *testing.B, attributes map[string]any) {
	cfg := createDefaultConfig().(*Config)
	cfg.ExistingCost = existingOverride // price again on every round
	p, err := newEngine(processortest.NewNopSettings(metadata.Type), cfg)
	require.NoError(b, err)
	traces := ptrace.NewTraces()
	spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
	const batch = 100
	for i := range batch {
		span := spans.AppendEmpty()
		span.SetSpanID([8]byte{byte(i + 1)})
		span.SetStartTimestamp(1_790_000_000_000_000_000)
		span.SetEndTimestamp(1_790_000_001_000_000_000)
		require.NoError(b, span.Attributes().FromRaw(attributes))
	}
	b.ReportAllocs()
	for b.Loop() {
		_, _ = p.processTraces(b.Context(), zap.NewNop(), traces)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/batch, "ns/span")
}

func BenchmarkSpanThatIsNoModelCall(b *testing.B) {
	benchmarkSpans(b, map[string]any{
		"http.request.method": "POST", "http.response.status_code": 200, "http.route": "/v1/pay", "url.full": "https://shop.example/v1/pay",
		"server.address": "shop.example", "server.port": 443, "network.protocol.version": "1.1", "user_agent.original": "curl/8", "client.address": "10.0.0.1", "thread.id": 4,
	})
}

func BenchmarkPricedSpan(b *testing.B) {
	benchmarkSpans(b, map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
		"gen_ai.usage.input_tokens": 1240, "gen_ai.usage.output_tokens": 118, "gen_ai.usage.cache_read.input_tokens": 1024, "gen_ai.usage.reasoning.output_tokens": 24,
		"gen_ai.response.finish_reasons": "stop", "gen_ai.conversation.id": "thread-7",
	})
}
