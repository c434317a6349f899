package langfuseexporter

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/exporter/exportertest"

	"github.com/otelcol-llm/otelcol-llm/exporter/langfuseexporter/internal/metadata"
)

// BenchmarkSpan prepares a hundred model calls with 4 KB of messages each; the
// results are divided by that number.
func BenchmarkSpan(b *testing.B) {
	const batchSize = 100
	batch := newBatch("test")
	text := strings.Repeat(`Where is my order \"1234\"?\n `, 60)
	for i := range byte(batchSize) {
		batch.spanOf(1+i%10, 1+i, 0, fmt.Sprintf("call %d", i), chat(map[string]any{
			"gen_ai.provider.name": "openai", "gen_ai.response.model": "gpt-4o-2024-08-06", "gen_ai.response.id": fmt.Sprintf("r%d", i), "session.id": "s", "user.id": "u",
			"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 300, "gen_ai.usage.cost": 0.01, "gen_ai.request.temperature": 0.2,
			"gen_ai.input.messages":  `[{"role":"user","parts":[{"type":"text","content":"` + text + `"}]}]`,
			"gen_ai.output.messages": `[{"role":"assistant","parts":[{"type":"text","content":"` + text + `"}]}]`,
		}))
	}
	config := createDefaultConfig().(*Config)
	config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
	e, err := newExporter(config, exportertest.NewNopSettings(metadata.Type))
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		e.prepare(b.Context(), batch.traces)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/batchSize, "ns/span")
}

// BenchmarkManyKeys prepares a root with very much metadata of its own. What
// is left that grows faster than their number is pdata's map, which looks through all
// keys for each that is put.
func BenchmarkManyKeys(b *testing.B) {
	for _, keys := range []int{1000, 4000} {
		b.Run(strconv.Itoa(keys), func(b *testing.B) {
			attributes := map[string]any{}
			for i := range keys {
				attributes[fmt.Sprintf("mastra.metadata.key_%d", i)] = "value"
			}
			batch := newBatch("test")
			batch.span(1, 0, "call", chat(attributes))
			config := createDefaultConfig().(*Config)
			config.Keys = KeysConfig{APIKey: "pk-lf-one:sk-lf-one"}
			e, err := newExporter(config, exportertest.NewNopSettings(metadata.Type))
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				e.prepare(b.Context(), batch.traces)
			}
		})
	}
}
