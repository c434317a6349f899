package query_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/processor/llmcost"
)

// priced sends traces through llm_cost.
func priced(t testing.TB, td ptrace.Traces, change ...func(*llmcost.Config)) ptrace.Traces {
	t.Helper()
	factory := llmcost.NewFactory()
	config := factory.CreateDefaultConfig().(*llmcost.Config)
	for _, f := range change {
		f(config)
	}
	sink := new(consumertest.TracesSink)
	p, err := factory.CreateTraces(t.Context(), processortest.NewNopSettings(factory.Type()), config, sink)
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	copied := ptrace.NewTraces()
	td.CopyTo(copied)
	require.NoError(t, p.ConsumeTraces(t.Context(), copied))
	require.NoError(t, p.Shutdown(t.Context()))
	return sink.AllTraces()[0]
}

// sum adds up the lines of a receipt.
func sum(r *query.Receipt) float64 {
	total := 0.0
	for _, l := range r.Lines {
		if l.USD != nil {
			total += *l.USD
		}
	}
	return total
}

// TestReceiptsOfCapturesAddUp: each cost that llm_cost writes has its arithmetic, to the
// last digit.
func TestReceiptsOfCapturesAddUp(t *testing.T) {
	exact := 0
	for name, sent := range captures(t) {
		t.Run(name, func(t *testing.T) {
			sent = priced(t, sent)
			store := stored(t, sent)
			spansOf(sent, func(_ ptrace.ResourceSpans, _ ptrace.ScopeSpans, span ptrace.Span) {
				got, err := store.Span(t.Context(), span.TraceID().String(), span.SpanID().String(), 0)
				require.NoError(t, err)
				status, ok := span.Attributes().Get("llmcost.status")
				if !ok {
					assert.Nil(t, got.Receipt)
					return
				}
				if got.Receipt == nil {
					assert.Contains(t, []string{"rollup", "duplicate", "skipped"}, status.AsString())
					return
				}
				r := got.Receipt
				assert.Equal(t, status.AsString(), r.Status)
				assert.NotEmpty(t, r.Source)
				assert.Equal(t, got.USD, r.USD)
				if r.USD == nil {
					assert.NotEmpty(t, r.Remedy)
					return
				}
				if r.Status != "priced" {
					return
				}
				exact++
				require.True(t, r.Exact, "%s: %v", span.Name(), r)
				assert.InEpsilon(t, *r.USD, sum(r), 1e-9)
				for _, l := range r.Lines {
					assert.InDelta(t, *l.USD, float64(l.Tokens)**l.PerMillion/1e6, 1e-12)
				}
				assert.True(t, strings.HasPrefix(r.Source, "List price of "), r.Source)
			})
		})
	}
	assert.Greater(t, exact, 50)
}

func TestReceiptsSayWhereTheCostIsFrom(t *testing.T) {
	call := func(change map[string]any) map[string]any {
		a := map[string]any{
			"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.request.model": "claude-haiku-4-5",
			"gen_ai.usage.input_tokens": 2850, "gen_ai.usage.output_tokens": 80, "gen_ai.usage.cache_read.input_tokens": 1800, "gen_ai.usage.cache_creation.input_tokens": 600,
		}
		for key, value := range change {
			if value == nil {
				delete(a, key)
			} else {
				a[key] = value
			}
		}
		return a
	}
	file := filepath.Join(t.TempDir(), "prices.yaml")
	require.NoError(t, os.WriteFile(file, []byte("schema: 1\nversion: ours-3\npublished: 2026-11-01\nproviders:\n  - id: anthropic\n    models:\n      - id: claude-haiku-4-5\n        prices:\n          - {input: 7, output: 9}\n"), 0o600))
	for name, test := range map[string]struct {
		attributes map[string]any
		config     func(*llmcost.Config)
		unseen     bool // llm_cost is not in the pipeline
		usd        float64
		exact      bool
		status     string
		source     []string
		remedy     []string
	}{
		"a list price": {attributes: call(nil), usd: 0.00178, exact: true, status: "priced", source: []string{"List price of anthropic/claude-haiku-4-5, standard tier · genai-prices 0.1.8", "embedded"}},
		"a batch":      {attributes: call(map[string]any{"anthropic.response.service_tier": "batch"}), usd: 0.00089, exact: true, status: "priced", source: []string{"batch tier"}},
		"a gateway":    {attributes: call(map[string]any{"litellm.cost.total": 0.5}), usd: 0.5, status: "reported", source: []string{"litellm.cost.total"}},
		"the client, and no llm_cost": {
			attributes: call(map[string]any{"gen_ai.usage.cost": 0.25}), unseen: true, usd: 0.25, source: []string{"gen_ai.usage.cost"},
		},
		"a price file of one's own": {
			attributes: call(nil), config: func(c *llmcost.Config) { c.Prices.PricesFile = file }, usd: math.NaN(), status: "priced", source: []string{"prices_file", "ours", "this program has genai-prices 0.1.8"},
		},
		"a model on one's own machine": {attributes: call(map[string]any{"gen_ai.provider.name": "ollama", "gen_ai.request.model": "llama3"}), usd: 0, exact: true, status: "local", source: []string{"of your own"}},
		"no price":                     {attributes: call(map[string]any{"gen_ai.provider.name": "azure", "gen_ai.request.model": "support-tuned-v3"}), usd: -1, status: "unknown_model", source: []string{"No price applies"}, remedy: []string{"support-tuned-v3"}},
		"no tokens":                    {attributes: call(map[string]any{"gen_ai.usage.input_tokens": nil, "gen_ai.usage.output_tokens": nil, "gen_ai.usage.cache_read.input_tokens": nil, "gen_ai.usage.cache_creation.input_tokens": nil}), usd: -1, status: "no_usage", source: []string{"No price applies"}, remedy: []string{"usage", "include_usage"}},
		"no llm_cost":                  {attributes: call(nil), unseen: true, usd: -1, source: []string{"No price applies"}, remedy: []string{"llm_cost"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTrace(1)
			w.span(1, 0, test.attributes)
			td := w.td
			if !test.unseen {
				if test.config == nil {
					test.config = func(*llmcost.Config) {}
				}
				td = priced(t, td, test.config)
			}
			span, err := stored(t, td).Span(t.Context(), w.id(), spanID(1), 0)
			require.NoError(t, err)
			r := span.Receipt
			require.NotNil(t, r)
			switch {
			case test.usd < 0:
				assert.Nil(t, r.USD)
			case !math.IsNaN(test.usd):
				require.NotNil(t, r.USD)
				assert.InDelta(t, test.usd, *r.USD, 1e-12)
			}
			assert.Equal(t, test.exact, r.Exact)
			assert.Equal(t, test.status, r.Status)
			for _, words := range test.source {
				assert.Contains(t, r.Source, words)
			}
			for _, words := range test.remedy {
				assert.Contains(t, r.Remedy+r.RemedyYAML, words)
			}
			if !test.exact {
				for _, l := range r.Lines {
					assert.Nil(t, l.USD)
					assert.Positive(t, l.Tokens)
				}
			}
		})
	}
}

func TestAReceiptSaysWhatTheCacheHasSaved(t *testing.T) {
	w := newTrace(1)
	w.span(1, 0, map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.request.model": "claude-haiku-4-5", "gen_ai.usage.input_tokens": 2850,
		"gen_ai.usage.output_tokens": 80, "gen_ai.usage.cache_read.input_tokens": 1800, "gen_ai.usage.cache_creation.input_tokens": 600,
	})
	span, err := stored(t, priced(t, w.td)).Span(t.Context(), w.id(), spanID(1), 0)
	require.NoError(t, err)
	var lines []string
	for _, l := range span.Receipt.Lines {
		lines = append(lines, l.Bucket)
		switch l.Bucket {
		case "cache_read":
			assert.InDelta(t, 1800*0.9e-6, *l.SavedUSD, 1e-12)
		case "cache_write":
			assert.InDelta(t, -600*0.25e-6, *l.SavedUSD, 1e-12)
		default:
			assert.Nil(t, l.SavedUSD)
		}
	}
	assert.Equal(t, []string{"input", "cache_read", "cache_write", "output"}, lines)
	assert.InDelta(t, 1800*0.9e-6-600*0.25e-6, *span.Receipt.SavedUSD, 1e-12)
	assert.Equal(t, "anthropic/claude-haiku-4-5", span.Receipt.Matched)
	assert.Contains(t, span.Receipt.Tokens, "gen_ai.usage.input_tokens")
}
