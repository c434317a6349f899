package llmcost

import (
	"fmt"
	"testing"

	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/transformprocessor"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
)

// tenModels are what a user would write down for ten models, US dollars a
// million tokens.
var tenModels = []struct {
	name          string
	input, output float64
}{
	{"gpt-4o", 2.5, 10},
	{"gpt-4o-mini", 0.15, 0.6},
	{"gpt-4.1", 2, 8},
	{"gpt-5", 1.25, 10},
	{"gpt-5-mini", 0.25, 2},
	{"claude-haiku-4-5", 1, 5},
	{"claude-sonnet-4-5", 3, 15},
	{"claude-opus-4-8", 5, 25},
	{"gemini-2.5-flash", 0.3, 2.5},
	{"gemini-2.5-pro", 1.25, 10},
}

// transformStatements price input and output of ten models in OTTL: what
// llm_cost's users have without it, less caches, tiers, roll-ups and everything
// else.
func transformStatements() []any {
	var statements []any
	for _, m := range tenModels {
		statements = append(statements, fmt.Sprintf(
			`set(span.attributes["gen_ai.usage.cost"], (Double(span.attributes["gen_ai.usage.input_tokens"]) * %g + Double(span.attributes["gen_ai.usage.output_tokens"]) * %g) / 1000000) where span.attributes["gen_ai.request.model"] == "%s"`,
			m.input, m.output, m.name))
	}
	return statements
}

// BenchmarkAgainstTransform runs both processors over the same batch in one
// process: compare their ns/span.
func BenchmarkAgainstTransform(b *testing.B) {
	batch := func() ptrace.Traces {
		traces := ptrace.NewTraces()
		spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
		for i := range 100 {
			span := spans.AppendEmpty()
			span.SetSpanID([8]byte{byte(i + 1)})
			span.SetStartTimestamp(1_790_000_000_000_000_000)
			span.SetEndTimestamp(1_790_000_001_000_000_000)
			require.NoError(b, span.Attributes().FromRaw(map[string]any{
				"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": tenModels[i%len(tenModels)].name,
				"gen_ai.usage.input_tokens": 1240, "gen_ai.usage.output_tokens": 118, "gen_ai.usage.cache_read.input_tokens": 1024,
				"gen_ai.response.finish_reasons": "stop", "gen_ai.conversation.id": "thread-7",
			}))
		}
		return traces
	}
	measure := func(factory processor.Factory, cfg component.Config) func(*testing.B) {
		return func(b *testing.B) {
			p, err := factory.CreateTraces(b.Context(), processortest.NewNopSettings(factory.Type()), cfg, consumertest.NewNop())
			require.NoError(b, err)
			require.NoError(b, p.Start(b.Context(), componenttest.NewNopHost()))
			traces := batch()
			b.ReportAllocs()
			for b.Loop() {
				require.NoError(b, p.ConsumeTraces(b.Context(), traces))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/span")
			require.NoError(b, p.Shutdown(b.Context()))
		}
	}
	ours := createDefaultConfig().(*Config)
	ours.ExistingCost = existingOverride // price again on every round
	b.Run("llm_cost", measure(NewFactory(), ours))

	factory := transformprocessor.NewFactory()
	theirs := factory.CreateDefaultConfig()
	require.NoError(b, confmap.NewFromStringMap(map[string]any{"trace_statements": transformStatements()}).Unmarshal(theirs))
	require.NoError(b, confmap.Validate(theirs))
	b.Run("transform", measure(factory, theirs))
}
