package llmcost

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"github.com/otelcol-llm/otelcol-llm/processor/llmcost/internal/metadata"
)

func TestLoadConfig(t *testing.T) {
	for id, want := range map[component.ID]*Config{
		component.NewID(metadata.Type): createDefaultConfig().(*Config),
		component.NewIDWithName(metadata.Type, "all"): {
			Prices: PricesConfig{
				EmbeddedPrices: true, PricesFile: "testdata/prices.yaml", ReloadInterval: 10 * time.Second,
				PricesURL: "https://prices.example.com/prices.json", RefreshInterval: 12 * time.Hour, RefreshTimeout: 5 * time.Second,
				RefreshMaxBytes: 1 << 20, CacheFile: "prices-cache.json", AllowInsecure: true, CatalogMaxAgeWarning: 720 * time.Hour,
				Aliases: []AliasConfig{
					{Provider: "azure", Match: "prod-gpt-*", Model: "gpt-4o-mini"},
					{Match: "re:arn:aws:bedrock:.*/sonnet", Model: "claude-sonnet-4-5", TargetProvider: "aws"},
				},
				Overrides: []OverrideConfig{
					{
						Provider: "openai", Model: "gpt-4o", Tenant: "acme", From: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
						Prices: map[string]any{"input": 2, "output": 8.5, "cache_read": "1"},
					},
					{Provider: "anthropic", Multiplier: 0.9},
				},
				ProviderAliases: map[string]string{"my-gateway": "openai"}, LocalProviders: []string{"gpu-farm"},
			},
			ExistingCost: existingKeep, Normalize: normalizeFill, Rollups: rollupsIgnore,
			ServiceTier:     ServiceTierConfig{Enabled: true, Attributes: []string{"acme.tier"}},
			TenantAttribute: "acme.tenant", AssumeCacheWrite: lifetime1h,
			Estimate:  EstimateConfig{MaxBytes: 1024, Workers: 3, MinSamples: 5},
			Budgets:   []BudgetConfig{{Name: "team", Key: "tenant", LimitUSD: 10, Period: "day", Thresholds: []float64{0.5, 1}, MaxKeys: 100}},
			Write:     WriteConfig{Metadata: true, OTelDraft: true},
			Unknown:   UnknownConfig{LogInterval: time.Minute, MaxModels: 10},
			ErrorMode: errorIgnore,
		},
	} {
		t.Run(id.String(), func(t *testing.T) {
			conf, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
			require.NoError(t, err)
			sub, err := conf.Sub(id.String())
			require.NoError(t, err)
			cfg := createDefaultConfig()
			require.NoError(t, sub.Unmarshal(cfg))
			require.NoError(t, confmap.Validate(cfg))
			assert.Equal(t, want, cfg)
		})
	}
}

func TestTheOldTypeNameStillWorks(t *testing.T) {
	assert.Equal(t, "llm_cost", NewFactory().Type().String())
	assert.Equal(t, "llmcost", metadata.DeprecatedType.String())
}

func TestConfigProblemsAreReportedTogetherWithKeyAndRemedy(t *testing.T) {
	cfg := createDefaultConfig().(*Config)
	cfg.ExistingCost, cfg.Normalize, cfg.Rollups, cfg.ErrorMode = "ours", "maybe", "all", "drop"
	cfg.Unknown = UnknownConfig{LogInterval: -1, MaxModels: -1}
	cfg.Write.OTelDraft = true
	cfg.Prices.ReloadInterval = -1
	err := cfg.Validate()
	require.Error(t, err)
	wants := []string{
		"reload_interval must not be negative: use a duration",
		`existing_cost is "ours": use one of prefer_reported, override, keep`, `normalize is "maybe": use one of correct, fill, off`,
		`rollups is "all": use one of mark, ignore, price`, `error_mode is "drop": use one of ignore`,
		"write::otel_draft and write::cost exclude each other",
		"unknown::log_interval must not be negative", "unknown::max_models must not be negative",
	}
	for _, want := range wants {
		assert.Contains(t, err.Error(), want)
	}
	assert.Equal(t, len(wants), strings.Count(err.Error(), "\n")+1)
}

func TestPriceSettingsThatAreWrongNameTheEntry(t *testing.T) {
	for name, test := range map[string]struct {
		edit func(*PricesConfig)
		want string
	}{
		"a price with a typo":    {func(c *PricesConfig) { c.Overrides = []OverrideConfig{{Prices: map[string]any{"inptu": 1}}} }, `overrides[0]: unknown price "inptu", did you mean "input"?`},
		"a negative price":       {func(c *PricesConfig) { c.Overrides = []OverrideConfig{{Prices: map[string]any{"input": -1}}} }, "overrides[0]"},
		"a price that is a list": {func(c *PricesConfig) { c.Overrides = []OverrideConfig{{Prices: map[string]any{"input": []any{1}}}} }, "overrides[0]: input must be a number"},
		"a bad expression":       {func(c *PricesConfig) { c.Aliases = []AliasConfig{{Match: "re:(", Model: "gpt-4o"}} }, "aliases[0]"},
		"no prices at all":       {func(c *PricesConfig) { c.EmbeddedPrices = false }, "embedded_prices"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := createDefaultConfig().(*Config)
			test.edit(&cfg.Prices)
			assert.ErrorContains(t, cfg.Validate(), test.want)
		})
	}
}
