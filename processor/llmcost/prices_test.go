package llmcost

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"

	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

// call is a model call of 1,000 tokens in and 100 out.
func call(provider, model string, more map[string]any) map[string]any {
	attributes := map[string]any{
		"gen_ai.operation.name": "chat", "gen_ai.provider.name": provider, "gen_ai.request.model": model,
		"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 100,
	}
	maps.Copy(attributes, more)
	return attributes
}

func TestPricesOfTheOperatorsOwn(t *testing.T) {
	overrides := []OverrideConfig{
		{Provider: "openai", Model: "gpt-4o", Tenant: "acme", From: "2026-09-01", To: "2026-10-01", Prices: map[string]any{"input": 1, "output": 2.0}},
		{Provider: "anthropic", Multiplier: 0.5},
	}
	for name, test := range map[string]struct {
		attributes map[string]any
		edit       func(*Config)
		cost       float64 // US dollars
		source     string
	}{
		// 1,000 × 1 + 100 × 2 = 1,200 millionths.
		"an override for a tenant": {call("openai", "gpt-4o", map[string]any{"tenant.id": "acme"}), func(c *Config) { c.Prices.Overrides = overrides }, 0.0012, "override"},
		// Another tenant pays the list price: 1,000 × 2.5 + 100 × 10 = 3,500.
		"nobody else's price": {call("openai", "gpt-4o", map[string]any{"tenant.id": "other"}), func(c *Config) { c.Prices.Overrides = overrides }, 0.0035, "embedded"},
		// claude-haiku-4-5, half of 1,000 × 1 + 100 × 5.
		"a multiplier": {call("anthropic", "claude-haiku-4-5", nil), func(c *Config) { c.Prices.Overrides = overrides }, 0.00075, "override"},
		// gpt-4o-mini: 1,000 × 0.15 + 100 × 0.60 = 210.
		"an alias of an Azure deployment": {call("azure.ai.openai", "prod-gpt-eu", nil), func(c *Config) {
			c.Prices.Aliases = []AliasConfig{{Provider: "azure", Match: "prod-gpt-*", Model: "gpt-4o-mini"}}
		}, 0.00021, ""},
		"a provider's name of one's own": {call("my-gateway", "gpt-4o-mini", nil), func(c *Config) {
			c.Prices.ProviderAliases = map[string]string{"my-gateway": "openai"}
		}, 0.00021, ""},
		"a provider on one's own machines": {call("gpu-farm", "llama-9", nil), func(c *Config) {
			c.Prices.LocalProviders = []string{"gpu-farm"}
		}, 0, ""},
		// 1,000 × 1 + 100 × 4 = 1,400.
		"a price file": {call("acme", "acme-summary-1", nil), func(c *Config) { c.Prices.PricesFile = "testdata/prices.yaml" }, 0.0014, "file"},
		// gpt-4o-mini, batch is half.
		"a tier in an attribute of one's own": {call("openai", "gpt-4o-mini", map[string]any{"acme.tier": "batch"}), func(c *Config) {
			c.ServiceTier.Attributes = []string{"acme.tier"}
		}, 0.000105, ""},
		"tiers switched off": {call("openai", "gpt-4o-mini", map[string]any{"openai.response.service_tier": "batch"}), func(c *Config) {
			c.ServiceTier.Enabled = false
		}, 0.00021, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := only(run(t, oneSpan(t, "x", test.attributes), test.edit))
			require.Contains(t, got, attrCost)
			assert.InDelta(t, test.cost, got[attrCost], 1e-12)
			if test.source != "" {
				assert.Equal(t, test.source, got[attrPriceSource])
			}
		})
	}
}

func TestTheTenantMayStandOnTheResource(t *testing.T) {
	traces := oneSpan(t, "x", call("openai", "gpt-4o", nil))
	traces.ResourceSpans().At(0).Resource().Attributes().PutStr("acme.tenant", "acme")
	got := only(run(t, traces, func(c *Config) {
		c.TenantAttribute = "acme.tenant"
		c.Prices.Overrides = []OverrideConfig{{Tenant: "acme", Prices: map[string]any{"input": 1, "output": 0}}}
	}))
	assert.InDelta(t, 0.001, got[attrCost], 1e-12)
}

func TestAPriceFileThatIsWrongStopsTheStart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "prices.yaml")
	require.NoError(t, os.WriteFile(file, []byte("schema: 1\nversion: v\nproviders:\n  - id: acme\n    models:\n      - {id: a, prices: [{input: -1}]}\n"), 0o600))
	cfg := createDefaultConfig().(*Config)
	cfg.Prices.PricesFile = file
	_, err := NewFactory().CreateTraces(t.Context(), processortest.NewNopSettings(metadata.Type), cfg, consumertest.NewNop())
	require.Error(t, err)
	assert.Contains(t, err.Error(), "prices_file")
	assert.Contains(t, err.Error(), "negative")
}

// TestAChangedPriceFileIsUsedAndABadOneIsNot is hot reload as an operator sees
// it.
func TestAChangedPriceFileIsUsedAndABadOneIsNot(t *testing.T) {
	file := filepath.Join(t.TempDir(), "prices.yaml")
	write := func(input string) {
		text := "schema: 1\nversion: v\nproviders:\n  - id: acme\n    models:\n      - {id: a, prices: [{input: " + input + "}]}\n"
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	write("1")
	cfg := createDefaultConfig().(*Config)
	cfg.Prices.PricesFile, cfg.Prices.ReloadInterval = file, 5*time.Millisecond
	telemetry := componenttest.NewTelemetry()
	defer func() { require.NoError(t, telemetry.Shutdown(t.Context())) }()
	set := processortest.NewNopSettings(metadata.Type)
	set.TelemetrySettings = telemetry.NewTelemetrySettings()
	sink := new(consumertest.TracesSink)
	p, err := NewFactory().CreateTraces(t.Context(), set, cfg, sink)
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	cost := func() any {
		require.NoError(t, p.ConsumeTraces(t.Context(), oneSpan(t, "x", call("acme", "a", nil))))
		all := sink.AllTraces()
		return only(all[len(all)-1])[attrCost]
	}
	assert.InDelta(t, 0.001, cost(), 1e-12)
	write("2")
	assert.Eventually(t, func() bool { return cost() == 0.002 }, time.Minute, 5*time.Millisecond)
	write("-2")
	failed := func() bool {
		metric, err := telemetry.GetMetric("otelcol_processor_llm_cost_price_list_reloads")
		return err == nil && metric.Name != "" && sums(t, telemetry, metric.Name, "outcome")["failed"] > 0
	}
	assert.Eventually(t, failed, time.Minute, 5*time.Millisecond)
	assert.InDelta(t, 0.002, cost(), 1e-12, "the old prices stay")
	require.NoError(t, p.Shutdown(t.Context()))
	require.NoError(t, p.Shutdown(t.Context()), "twice does no harm")
}

func TestOneAnswerSeenByClientAndGatewayIsPricedOnce(t *testing.T) {
	answer := func(more map[string]any) map[string]any {
		all := call("openai", "gpt-4o-mini", map[string]any{"gen_ai.response.id": "resp_1"})
		maps.Copy(all, more)
		return all
	}
	for name, test := range map[string]struct {
		first, second map[string]any
		secondParent  byte
		want          []string
	}{
		"side by side, the later one":        {answer(nil), answer(nil), 9, []string{"duplicate", "priced"}},
		"one with a charge":                  {answer(map[string]any{"litellm.cost.total": 0.7}), answer(nil), 9, []string{"reported", "duplicate"}},
		"a charge above the provider's span": {answer(map[string]any{"litellm.cost.total": 0.7}), answer(nil), 1, []string{"reported", "duplicate"}},
		"other ids":                          {answer(nil), answer(map[string]any{"gen_ai.response.id": "resp_2"}), 9, []string{"priced", "priced"}},
	} {
		t.Run(name, func(t *testing.T) {
			traces := ptrace.NewTraces()
			spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
			addSpan(t, spans, 1, 0, test.first)
			addSpan(t, spans, 2, test.secondParent, test.second).SetStartTimestamp(pcommon.NewTimestampFromTime(at.Add(time.Millisecond)))
			out := run(t, traces).ResourceSpans().At(0).ScopeSpans().At(0).Spans()
			for i, want := range test.want {
				got := out.At(i).Attributes().AsRaw()
				assert.Equal(t, want, got[attrStatus], "span %d", i)
				assert.Equal(t, want != "duplicate", got[attrCost] != nil)
			}
		})
	}
	t.Run("of spans that began together the lower one", func(t *testing.T) {
		for _, kinds := range [][]ptrace.SpanKind{{ptrace.SpanKindClient, ptrace.SpanKindClient}, {ptrace.SpanKindClient, ptrace.SpanKindServer}, {ptrace.SpanKindInternal, ptrace.SpanKindInternal}} {
			for _, order := range [][]byte{{1, 2}, {2, 1}} { // children end, and arrive, first
				traces := ptrace.NewTraces()
				spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
				for _, id := range order {
					addSpan(t, spans, id, id-1, answer(nil)).SetKind(kinds[id-1])
				}
				for _, span := range run(t, traces).ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
					want := map[byte]string{1: "duplicate", 2: "priced"}[span.SpanID()[0]]
					assert.Equal(t, want, span.Attributes().AsRaw()[attrStatus], "span %d of %v, %v", span.SpanID()[0], order, kinds)
				}
			}
		}
	})
	t.Run("the same span twice says the same twice", func(t *testing.T) {
		traces := ptrace.NewTraces()
		spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
		addSpan(t, spans, 1, 0, answer(nil))
		addSpan(t, spans, 1, 0, answer(nil))
		for i, span := range run(t, traces).ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
			assert.Equal(t, "priced", span.Attributes().AsRaw()[attrStatus], i)
		}
	})
	t.Run("a client and a server that share an id", func(t *testing.T) {
		traces := ptrace.NewTraces()
		spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
		addSpan(t, spans, 1, 0, answer(nil)).SetKind(ptrace.SpanKindServer)
		addSpan(t, spans, 1, 0, answer(nil)).SetKind(ptrace.SpanKindClient)
		out := run(t, traces).ResourceSpans().At(0).ScopeSpans().At(0).Spans()
		assert.Equal(t, "duplicate", out.At(0).Attributes().AsRaw()[attrStatus])
		assert.Equal(t, "priced", out.At(1).Attributes().AsRaw()[attrStatus])
	})
	t.Run("in two traces it is two calls", func(t *testing.T) {
		traces := ptrace.NewTraces()
		spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
		addSpan(t, spans, 1, 0, answer(nil))
		addSpan(t, spans, 2, 0, answer(nil)).SetTraceID(pcommon.TraceID{7})
		for _, span := range run(t, traces).ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
			assert.Equal(t, "priced", span.Attributes().AsRaw()[attrStatus])
		}
	})
	t.Run("not with dedupe switched off", func(t *testing.T) {
		traces := ptrace.NewTraces()
		spans := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans()
		addSpan(t, spans, 1, 0, answer(nil))
		addSpan(t, spans, 2, 9, answer(nil))
		for _, span := range run(t, traces, func(c *Config) { c.Dedupe.ResponseID = false }).ResourceSpans().At(0).ScopeSpans().At(0).Spans().All() {
			assert.Equal(t, "priced", span.Attributes().AsRaw()[attrStatus])
		}
	})
}

func TestRollupsByConfiguration(t *testing.T) {
	agent := map[string]any{"gen_ai.operation.name": "invoke_agent", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.usage.input_tokens": 1000}
	assert.Equal(t, "rollup", only(run(t, oneSpan(t, "x", agent)))[attrStatus])
	assert.NotContains(t, only(run(t, oneSpan(t, "x", agent), func(c *Config) { c.Rollups = rollupsIgnore })), attrStatus)
	assert.InDelta(t, 0.00015, only(run(t, oneSpan(t, "x", agent), func(c *Config) { c.Rollups = rollupsPrice }))[attrCost], 1e-12)
}

func TestTheDraftsNamesExcludeOurs(t *testing.T) {
	got := only(run(t, oneSpan(t, "x", call("openai", "gpt-4o-mini", nil)), func(c *Config) { c.Write.Cost, c.Write.OTelDraft = false, true }))
	assert.NotContains(t, got, attrCost)
	assert.InDelta(t, 0.00021, got["gen_ai.usage.cost.amount"], 1e-12)
	assert.Equal(t, "USD", got["gen_ai.usage.cost.currency"])
	assert.Equal(t, "local", got["gen_ai.usage.cost.source"])
}

func TestLogRecordsThatReportAModelCallArePriced(t *testing.T) {
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	record := records.AppendEmpty()
	record.SetTimestamp(pcommon.NewTimestampFromTime(at))
	require.NoError(t, record.Attributes().FromRaw(call("openai", "gpt-4o-mini", nil)))
	plain := records.AppendEmpty()
	plain.Attributes().PutStr("message", "hello")

	sink := new(consumertest.LogsSink)
	p, err := NewFactory().CreateLogs(t.Context(), processortest.NewNopSettings(metadata.Type), createDefaultConfig(), sink)
	require.NoError(t, err)
	require.NoError(t, p.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, p.ConsumeLogs(t.Context(), logs))
	require.NoError(t, p.Shutdown(t.Context()))
	out := sink.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()
	assert.InDelta(t, 0.00021, out.At(0).Attributes().AsRaw()[attrCost], 1e-12)
	assert.Equal(t, map[string]any{"message": "hello"}, out.At(1).Attributes().AsRaw())
}

func TestPipelinesOfOneConfigurationShareTheirPrices(t *testing.T) {
	factory := NewFactory()
	cfg := createDefaultConfig()
	set := processortest.NewNopSettings(metadata.Type)
	traces, err := factory.CreateTraces(t.Context(), set, cfg, consumertest.NewNop())
	require.NoError(t, err)
	logs, err := factory.CreateLogs(t.Context(), set, cfg, consumertest.NewNop())
	require.NoError(t, err)
	host := componenttest.NewNopHost()
	require.NoError(t, traces.Start(t.Context(), host))
	require.NoError(t, logs.Start(t.Context(), host))
	require.NoError(t, traces.Shutdown(t.Context()))
	// The other pipeline goes on.
	record := plog.NewLogs()
	require.NoError(t, record.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty().Attributes().FromRaw(call("openai", "gpt-4o-mini", nil)))
	require.NoError(t, logs.ConsumeLogs(t.Context(), record))
	require.NoError(t, logs.Shutdown(t.Context()))
}

// TestCodingAgentsLogTheirCalls prices the events of Claude Code and Codex, which
// are log records with names of their own (llmcost reference 2.1).
//
// Codex, gpt-5 at 1.25, 0.125 cached and 10: 2,000 × 1.25 + 8,000 × 0.125 + 500
// × 10 = 8,500 millionths. Claude Code knows what it was charged.
func TestCodingAgentsLogTheirCalls(t *testing.T) {
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	add := func(attributes map[string]any) {
		record := records.AppendEmpty()
		record.SetTimestamp(pcommon.NewTimestampFromTime(at))
		require.NoError(t, record.Attributes().FromRaw(attributes))
	}
	add(map[string]any{
		"event.name": "claude_code.api_request", "model": "claude-sonnet-4-5", "input_tokens": 10, "output_tokens": 200,
		"cache_read_tokens": 5000, "cache_creation_tokens": 300, "cost_usd": 0.0123,
	})
	add(map[string]any{
		"event.name": "codex.sse_event", "event.kind": "response.completed", "model": "gpt-5",
		"input_token_count": 10000, "output_token_count": 500, "cached_token_count": 8000, "reasoning_token_count": 100,
	})
	// An event of the conventions belongs to a span, which is priced.
	repeated := call("openai", "gpt-4o-mini", nil)
	repeated["event.name"] = "gen_ai.client.inference.operation.details"
	add(repeated)

	sink := new(consumertest.LogsSink)
	p, err := NewFactory().CreateLogs(t.Context(), processortest.NewNopSettings(metadata.Type), createDefaultConfig(), sink)
	require.NoError(t, err)
	require.NoError(t, p.ConsumeLogs(t.Context(), logs))
	require.NoError(t, p.Shutdown(t.Context()))
	out := sink.AllLogs()[0].ResourceLogs().At(0).ScopeLogs().At(0).LogRecords()

	claude := out.At(0).Attributes().AsRaw()
	assert.Equal(t, "reported", claude[attrStatus])
	assert.InDelta(t, 0.0123, claude[attrCost], 1e-12)
	assert.EqualValues(t, 5310, claude[attrInputTokens])
	codex := out.At(1).Attributes().AsRaw()
	assert.Equal(t, "priced", codex[attrStatus])
	assert.InEpsilon(t, 0.0085, codex[attrCost], 1e-9)
	assert.NotContains(t, out.At(2).Attributes().AsRaw(), attrStatus)
}
