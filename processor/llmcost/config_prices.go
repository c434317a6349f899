package llmcost

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/pricing"
)

// PricesConfig says where prices come from. Layers, the last one wins: the
// lists in the binary, prices_url, prices_file, overrides.
type PricesConfig struct {
	// EmbeddedPrices uses the lists in the binary. On by default.
	EmbeddedPrices bool `mapstructure:"embedded_prices"`
	// PricesFile is a price list of the operator's own, JSON or YAML; none by
	// default.
	PricesFile string `mapstructure:"prices_file"`
	// ReloadInterval is how often prices_file is looked at; 30s by default, 0
	// never. The content decides, not the time of modification.
	ReloadInterval time.Duration `mapstructure:"reload_interval"`

	// PricesURL is a price list on the network, in our schema or that of
	// genai-prices; none by default.
	PricesURL string `mapstructure:"prices_url"`
	// RefreshInterval is how often prices_url is fetched; 24h by default.
	RefreshInterval time.Duration `mapstructure:"refresh_interval"`
	// RefreshTimeout bounds one fetch; 10s by default.
	RefreshTimeout time.Duration `mapstructure:"refresh_timeout"`
	// RefreshMaxBytes is the largest list that is read; 20 MiB by default.
	RefreshMaxBytes int64 `mapstructure:"refresh_max_bytes"`
	// CacheFile keeps the last good list for a restart without a network; none by
	// default.
	CacheFile string `mapstructure:"cache_file"`
	// AllowInsecure permits http in prices_url. Off by default.
	AllowInsecure bool `mapstructure:"allow_insecure"`

	// CatalogMaxAgeWarning is the age from which the newest list is logged as old
	// once a day; 2160h (90 days) by default, 0 never.
	CatalogMaxAgeWarning time.Duration `mapstructure:"catalog_max_age_warning"`

	// Aliases give names of the operator's own (Azure deployments, Bedrock ARNs)
	// a model. The first that matches wins.
	Aliases []AliasConfig `mapstructure:"aliases"`
	// Overrides are prices of the operator's own.
	Overrides []OverrideConfig `mapstructure:"overrides"`
	// ProviderAliases says what a provider's name on a span means: my-gateway:
	// openai.
	ProviderAliases map[string]string `mapstructure:"provider_aliases"`
	// LocalProviders are providers, beside the usual ones (ollama, vllm, …), that
	// run on the operator's own machines: their models cost nothing.
	LocalProviders []string `mapstructure:"local_providers"`

	_ struct{}
}

// AliasConfig gives a name on a span a model of the catalogue.
type AliasConfig struct {
	// Provider limits the alias to one provider; any by default.
	Provider string `mapstructure:"provider"`
	// Match is the name on the span: exact, a glob with * and ?, or a regular
	// expression after "re:". The whole name must match; case does not matter.
	Match string `mapstructure:"match"`
	// Model is the model whose price applies.
	Model string `mapstructure:"model"`
	// TargetProvider is the provider whose price applies; the span's by default.
	TargetProvider string `mapstructure:"target_provider"`

	_ struct{}
}

// OverrideConfig is a price of the operator's own.
type OverrideConfig struct {
	// Provider, Model and Tenant limit the override. Model is an exact name, a
	// glob or a regular expression after "re:".
	Provider string `mapstructure:"provider"`
	Model    string `mapstructure:"model"`
	Tenant   string `mapstructure:"tenant"`
	// From is the first instant at which the override holds, To the first at
	// which it does not: 2026-09-23 or 2026-09-23T16:00:00Z. YAML makes a time of
	// a date without quotes; both are understood.
	From any `mapstructure:"from"`
	To   any `mapstructure:"to"`
	// Multiplier scales the price; 0.8 is a discount of 20 %.
	Multiplier float64 `mapstructure:"multiplier"`
	// Prices are all other keys: input, output, cache_read, cache_write,
	// cache_write_1h, reasoning, audio_input, … in US dollars a million tokens, as
	// in a price file.
	Prices map[string]any `mapstructure:",remain"`

	_ struct{}
}

func defaultPrices() PricesConfig {
	return PricesConfig{
		EmbeddedPrices:       true,
		ReloadInterval:       30 * time.Second,
		RefreshInterval:      24 * time.Hour,
		RefreshTimeout:       10 * time.Second,
		RefreshMaxBytes:      20 << 20,
		CatalogMaxAgeWarning: 90 * 24 * time.Hour,
	}
}

func (c *PricesConfig) validate() error {
	settings, err := c.settings()
	if err == nil {
		_, err = settings.Layer()
	}
	if !c.EmbeddedPrices && c.PricesFile == "" && c.PricesURL == "" && len(c.Overrides) == 0 {
		err = errors.Join(err, errors.New("embedded_prices is false and there are no others: set prices_file, prices_url or overrides"))
	}
	return errors.Join(
		err,
		notNegative("reload_interval", int64(c.ReloadInterval), "use a duration such as 30s, or 0 for no reload"),
		notNegative("refresh_interval", int64(c.RefreshInterval), "use a duration such as 24h, or 0 to fetch once"),
		notNegative("refresh_timeout", int64(c.RefreshTimeout), "use a duration such as 10s"),
		notNegative("refresh_max_bytes", c.RefreshMaxBytes, "use a number of bytes such as 20971520"),
		notNegative("catalog_max_age_warning", int64(c.CatalogMaxAgeWarning), "use a duration such as 2160h, or 0 for no warning"),
	)
}

// storeConfig is the configuration of the price store.
func (c *PricesConfig) storeConfig() (pricing.StoreConfig, error) {
	settings, err := c.settings()
	return pricing.StoreConfig{
		WithoutEmbedded: !c.EmbeddedPrices,
		File:            c.PricesFile,
		ReloadInterval:  c.ReloadInterval,
		Remote: pricing.Remote{
			URL:           c.PricesURL,
			AllowInsecure: c.AllowInsecure,
			Interval:      c.RefreshInterval,
			Timeout:       c.RefreshTimeout,
			MaxBytes:      c.RefreshMaxBytes,
			CacheFile:     c.CacheFile,
		},
		Settings: settings,
	}, err
}

func (c *PricesConfig) settings() (pricing.Settings, error) {
	settings := pricing.Settings{ProviderAliases: c.ProviderAliases, LocalProviders: c.LocalProviders}
	for _, a := range c.Aliases {
		settings.Aliases = append(settings.Aliases, pricing.Alias{
			Provider: a.Provider, Match: a.Match, Model: a.Model, TargetProvider: a.TargetProvider,
		})
	}
	for i := range c.Overrides {
		o := &c.Overrides[i]
		prices, err := decimals(o.Prices)
		if err != nil {
			return settings, fmt.Errorf("overrides[%d]: %w", i, err)
		}
		override := pricing.Override{
			Provider: o.Provider, Model: o.Model, Tenant: o.Tenant, From: date(o.From), To: date(o.To), Prices: prices,
		}
		if o.Multiplier != 0 {
			override.Multiplier = strconv.FormatFloat(o.Multiplier, 'g', -1, 64)
		}
		settings.Overrides = append(settings.Overrides, override)
	}
	return settings, nil
}

// date is a date as a text; what is none is left for the price list to refuse.
func date(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case time.Time:
		return value.UTC().Format(time.RFC3339)
	}
	return fmt.Sprint(value)
}

// decimals turns prices as YAML has them into decimal texts.
func decimals(prices map[string]any) (map[string]string, error) {
	texts := make(map[string]string, len(prices))
	for key, price := range prices {
		switch price := price.(type) {
		case int:
			texts[key] = strconv.Itoa(price)
		case float64:
			texts[key] = strconv.FormatFloat(price, 'g', -1, 64)
		case string:
			texts[key] = price
		default:
			return nil, fmt.Errorf("%s must be a number of US dollars", key)
		}
	}
	return texts, nil
}
