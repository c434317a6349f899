package sensitivefilter

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/otelcol-llm/otelcol-llm/processor/sensitivefilter/internal/metadatatest"
)

// ownNames are attributes that our components write or read as orders: a client can send any of them.
var ownNames = []string{
	attributeCount, attributeRules, attributeRuleCounts,
	"llmcost.status", "llmcost.provider", "llmcost.model", "llmcost.price.source", "llmcost.price.version", "llmcost.tier", "llmcost.geo",
	"llmcost.long_context", "llmcost.tokens.estimated", "llmcost.tokens.input_mode", "llmcost.tokens.cache_write_1h", "llmcost.tokens.from_total",
	"llmcost.tokens.input_original", "llmcost.tokens.output_original", "llmcost.cost.original", "llmcost.cost.cache_savings", "llmcost.latency_ms", "llmcost.ttft_ms",
	"llmcost.output_tokens_per_second", "llmcost.anything",
	"gen_ai.usage.cost", "gen_ai.usage.cost.currency", "gen_ai.usage.input_tokens", "llm.cost.total",
	"langfuse.observation.status_message", "langfuse.observation.level", "langfuse.observation.type", "langfuse.observation.metadata.removed_attributes",
	"langfuse.trace.public", "langfuse.internal.as_root", "langfuse.internal.is_app_root", "langfuse.release",
	"mastra.span.type", "otelcol.anything",
}

func TestNoNameOfOursHidesASecret(t *testing.T) {
	cfg := changed(func(c *Config) { c.Summary = summaryRules })
	for _, name := range ownNames {
		for _, value := range values {
			b := newBatch()
			for _, place := range attributePlaces {
				value.put(place.of(b).PutEmpty(name))
			}
			out := filtered(t, cfg, b)
			for _, place := range attributePlaces {
				got, ok := place.of(out).Get(name)
				require.True(t, ok, "%s: %s: %s", place.name, name, value.name)
				assert.NotContains(t, got.AsString(), secret, "%s: %s: %s", place.name, name, value.name)
				assert.NotContains(t, got.AsString(), "swordfish", "%s: %s: %s", place.name, name, value.name)
				if strings.HasPrefix(name, "sensitive_filter.") { // the others name a quantity, which is no card
					assert.NotContains(t, got.AsString(), "4111111111111111", "%s: %s: %s", place.name, name, value.name)
				}
			}
		}
	}
}

func TestASummaryThatIsForgedHidesNothing(t *testing.T) {
	for name, forge := range map[string]func(pcommon.Map){
		"text for a number":        func(m pcommon.Map) { m.PutStr(attributeCount, secret) },
		"a rule that is none":      func(m pcommon.Map) { m.PutEmptySlice(attributeRules).AppendEmpty().SetStr(secret) },
		"one of the rules is none": func(m pcommon.Map) { forgeRules(m, "pii.email", secret) },
		"a rule that is a list": func(m pcommon.Map) {
			m.PutEmptySlice(attributeRules).AppendEmpty().SetEmptySlice().AppendEmpty().SetStr(secret)
		},
		"a rule that is a map": func(m pcommon.Map) {
			m.PutEmptySlice(attributeRules).AppendEmpty().SetEmptyMap().PutStr("pii.email", secret)
		},
		"a rule that is bytes": func(m pcommon.Map) {
			m.PutEmptySlice(attributeRules).AppendEmpty().SetEmptyBytes().FromRaw([]byte(secret))
		},
		"a rule in a name":           func(m pcommon.Map) { m.PutEmptySlice(attributeRules).AppendEmpty().SetEmptyMap().PutStr(secret, "x") },
		"a text for the rules":       func(m pcommon.Map) { m.PutStr(attributeRules, "pii.email,"+secret) },
		"a card for a count":         func(m pcommon.Map) { m.PutEmptySlice(attributeRuleCounts).AppendEmpty().SetInt(4111111111111111) },
		"texts for the counts":       func(m pcommon.Map) { m.PutEmptySlice(attributeRuleCounts).AppendEmpty().SetStr(secret) },
		"a number that is a card":    func(m pcommon.Map) { m.PutInt(attributeCount, 4111111111111111) },
		"a secret within a label":    func(m pcommon.Map) { m.PutStr("note", "[REDACTED:"+secret+"]") },
		"a secret behind a label":    func(m pcommon.Map) { m.PutStr("note", "[REDACTED:pii.email]"+secret) },
		"a password behind a label":  func(m pcommon.Map) { m.PutStr("password", "[REDACTED:secret.password] "+secret) },
		"a label of no rule":         func(m pcommon.Map) { m.PutStr("password", "[REDACTED:"+secret[:12]+"]") },
		"a name that holds a secret": func(m pcommon.Map) { m.PutStr("sensitive_filter."+secret, "x") },
	} {
		for _, cfg := range []*Config{
			defaults(), changed(func(c *Config) { c.Summary = summaryCount }), changed(func(c *Config) { c.Summary = summaryRules }),
			changed(func(c *Config) { c.Keys.AllowedOnly = []string{"note", "password"} }),
		} {
			t.Run(name, func(t *testing.T) {
				b := newBatch()
				forge(b.span().Attributes())
				forge(b.record().Attributes())
				b.span().SetName("mail to jane@example.com")
				out := filtered(t, cfg, b)
				for _, m := range []pcommon.Map{out.span().Attributes(), out.record().Attributes()} {
					for key, v := range m.All() {
						assert.NotContains(t, key, secret)
						assert.NotContains(t, v.AsString(), secret[:12])
						assert.NotContains(t, v.AsString(), "4111111111111111")
					}
				}
			})
		}
	}
}

func forgeRules(m pcommon.Map, ids ...string) {
	list := m.PutEmptySlice(attributeRules)
	for _, id := range ids {
		list.AppendEmpty().SetStr(id)
	}
}

// TestASummaryOfAnEarlierFilterStays: a rule of the user may look like a secret to another rule, and a count under a name that is sensitive
// here stays a count.
func TestASummaryOfAnEarlierFilterStays(t *testing.T) {
	b := newBatch()
	b.span().Attributes().PutInt(attributeCount, 4)
	forgeRules(b.span().Attributes(), "pii.email", "secret.password")
	want := b.span().Attributes().AsRaw()
	for _, cfg := range []*Config{
		defaults(), changed(func(c *Config) { c.Keys.Sensitive = []string{"count", "rules"} }),
		changed(func(c *Config) { c.Keys.AllowedOnly = []string{"none"} }),
	} {
		assert.Equal(t, want, filtered(t, cfg, b).span().Attributes().AsRaw())
	}
}

func TestReservedNamesGoOnArrival(t *testing.T) {
	telemetry := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, telemetry.Shutdown(context.Background())) })
	cfg := changed(func(c *Config) {
		c.Keys.Remove, c.Summary = []string{"sensitive_filter.*", "llmcost.*", "exactly"}, summaryCount
	})
	b := newBatch()
	fill := func(m pcommon.Map) {
		m.PutStr("mail", "jane@example.com")
		m.PutInt(attributeCount, 40)
		m.PutStr("llmcost.status", "duplicate")
		m.PutEmptyMap("llmcost.a/b").PutStr("x", "y")
		m.PutStr("llmcosts", "stays")
		m.PutStr("exactly", "goes")
		m.PutStr("exactly.not", "stays")
		m.PutEmptyMap("nested").PutStr("llmcost.status", "stays")
	}
	want := map[string]any{
		"mail": "[REDACTED:pii.email]", attributeCount: int64(1), "llmcosts": "stays", "exactly.not": "stays", "nested": map[string]any{"llmcost.status": "stays"},
	}
	fill(b.span().Attributes())
	fill(b.record().Attributes())
	b.metric(0).Gauge().DataPoints().At(0).Attributes().PutStr("llmcost.model", "a label of a spend metric")
	out := filtered(t, cfg, b)
	assert.Equal(t, want, out.span().Attributes().AsRaw())
	assert.Equal(t, want, out.record().Attributes().AsRaw())
	assert.Equal(t, 1, out.metric(0).Gauge().DataPoints().At(0).Attributes().Len())

	p, err := NewFactory().CreateTraces(t.Context(), metadatatest.NewSettings(telemetry), cfg, consumertest.NewNop())
	require.NoError(t, err)
	b = newBatch()
	fill(b.span().Attributes())
	require.NoError(t, p.ConsumeTraces(t.Context(), b.td))
	metadatatest.AssertEqualProcessorSensitiveFilterDeletedAttributes(t, telemetry, []metricdata.DataPoint[int64]{
		{Value: 4, Attributes: attribute.NewSet(attribute.String("signal", "traces"))},
	}, metricdatatestIgnore...)
	require.NoError(t, p.Shutdown(t.Context()))
}

// TestMetricsWithReservedNamesGo: a metric of an application that is named as a spend metric would be taken for one.
func TestMetricsWithReservedNamesGo(t *testing.T) {
	telemetry := componenttest.NewTelemetry()
	t.Cleanup(func() { require.NoError(t, telemetry.Shutdown(context.Background())) })
	for _, mode := range []string{modeRedact, modeAudit} {
		sink := new(consumertest.MetricsSink)
		cfg := changed(func(c *Config) { c.Mode, c.Keys.Remove = mode, []string{"sensitive_filter.*", "llmcost.*"} })
		p, err := NewFactory().CreateMetrics(t.Context(), metadatatest.NewSettings(telemetry), cfg, sink)
		require.NoError(t, err)
		b := newBatch()
		b.metric(0).SetName("llmcost.cost.usd")
		b.metric(1).SetName("gen_ai.client.token.usage")
		b.metric(2).SetName("sensitive_filter.findings")
		b.metric(3).SetName("llmcosts")
		b.metric(4).SetName("llmcost.x\xff")
		require.NoError(t, p.ConsumeMetrics(t.Context(), b.md))
		require.NoError(t, p.Shutdown(t.Context()))
		var names []string
		for _, m := range sink.AllMetrics()[0].ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics().All() {
			names = append(names, m.Name())
		}
		if mode == modeAudit {
			assert.Len(t, names, 5)
			continue
		}
		assert.Equal(t, []string{"gen_ai.client.token.usage", "llmcosts"}, names)
		metadatatest.AssertEqualProcessorSensitiveFilterDeletedMetrics(t, telemetry, []metricdata.DataPoint[int64]{
			{Value: 3, Attributes: attribute.NewSet(attribute.String("signal", "metrics"))},
		}, metricdatatestIgnore...)
	}
}

func TestReservedNamesGoWhateverIsSwitchedOffButInAnAudit(t *testing.T) {
	for _, audit := range []bool{false, true} {
		cfg := changed(func(c *Config) {
			c.Scope, c.Keys.Ignore, c.Keys.Remove = ScopeConfig{}, []string{"*"}, []string{"llmcost.*"}
			if audit {
				c.Mode = modeAudit
			}
		})
		b := newBatch()
		b.span().Attributes().PutStr("llmcost.status", "duplicate")
		assert.Equal(t, audit, filtered(t, cfg, b).span().Attributes().Len() == 1)
	}
}
