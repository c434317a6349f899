package llmcost

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
)

// Config is the configuration of llm_cost. The zero value is not valid; the
// factory's default is.
type Config struct {
	// Prices says where prices come from.
	Prices PricesConfig `mapstructure:",squash"`

	// ExistingCost says what happens to a cost that arrives with the span:
	// prefer_reported (default) lets a gateway's charge win and keeps a client's
	// own figure where ours is within 1 % of it or we have none; override always
	// writes ours; keep never touches what is there.
	ExistingCost string `mapstructure:"existing_cost"`

	// Normalize says what happens to the gen_ai.usage.* token counts: correct
	// (default) fills in missing ones and rewrites counts that leave out cached
	// tokens; fill only fills in; off writes none.
	Normalize string `mapstructure:"normalize"`

	// Rollups says what happens to spans that sum up others: mark (default)
	// writes llmcost.status on them, ignore leaves them alone, price prices them
	// like calls, which counts their tokens twice wherever the calls are traced.
	Rollups string `mapstructure:"rollups"`

	// Dedupe finds calls that several spans report.
	Dedupe DedupeConfig `mapstructure:"dedupe"`

	// ServiceTier says where a call's service tier is read.
	ServiceTier ServiceTierConfig `mapstructure:"service_tier"`

	// TenantAttribute is the attribute that names the tenant for prices of its
	// own, on the span or else on its resource; tenant.id by default.
	TenantAttribute string `mapstructure:"tenant_attribute"`

	// AssumeCacheWrite says how long what Claude writes to a cache lives, where a
	// call does not state it: 5m (default), as the API does unless asked, or 1h.
	AssumeCacheWrite string `mapstructure:"assume_cache_write"`

	// Estimate says what happens to calls that state no tokens.
	Estimate EstimateConfig `mapstructure:"estimate"`

	// Budgets watch what is spent; none by default.
	Budgets []BudgetConfig `mapstructure:"budgets"`

	// Write selects the families of attributes that are written.
	Write WriteConfig `mapstructure:"write"`

	// Unknown bounds what is said about models without a price.
	Unknown UnknownConfig `mapstructure:"unknown"`

	// ErrorMode says what happens to a span whose pricing fails: ignore, the only
	// mode, counts it and passes it on. It is here because other processors have
	// the option.
	ErrorMode string `mapstructure:"error_mode"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// DedupeConfig finds calls that several spans of one trace report: an SDK, a
// gateway and a model server may each have one for the same request.
type DedupeConfig struct {
	// ResponseID prices spans of a batch that have one trace and one
	// gen_ai.response.id once. On by default.
	ResponseID bool `mapstructure:"response_id"`

	_ struct{}
}

// ServiceTierConfig says where a call's service tier is read.
type ServiceTierConfig struct {
	// Enabled turns prices of service tiers on; without it every call costs the
	// standard price. On by default.
	Enabled bool `mapstructure:"enabled"`
	// Attributes are further attributes with the tier that was served, asked
	// before the usual ones. None by default.
	Attributes []string `mapstructure:"attributes"`

	_ struct{}
}

// WriteConfig selects families of attributes. All but OTelDraft are on by
// default.
type WriteConfig struct {
	// Cost is gen_ai.usage.cost, in US dollars.
	Cost bool `mapstructure:"cost"`
	// OpenInference is llm.cost.total, llm.cost.prompt and llm.cost.completion.
	OpenInference bool `mapstructure:"openinference"`
	// Breakdown is llm.cost.prompt_details.* and llm.cost.completion_details.*.
	Breakdown bool `mapstructure:"breakdown"`
	// Metadata is llmcost.provider, llmcost.model, llmcost.price.*, llmcost.tier
	// and llmcost.tokens.*; llmcost.status is always written.
	Metadata bool `mapstructure:"metadata"`
	// Latency is llmcost.latency_ms, llmcost.ttft_ms and
	// llmcost.output_tokens_per_second.
	Latency bool `mapstructure:"latency"`
	// OTelDraft is gen_ai.usage.cost.amount, .currency and .source of a draft
	// (semantic-conventions-genai pull request 443), in place of
	// gen_ai.usage.cost: a store that nests dotted names cannot hold both.
	OTelDraft bool `mapstructure:"otel_draft"`

	_ struct{}
}

// UnknownConfig bounds what is said about models without a price.
type UnknownConfig struct {
	// LogInterval is how often one model without a price is logged; 5m by
	// default, 0 never.
	LogInterval time.Duration `mapstructure:"log_interval"`
	// MaxModels is how many models without a price are told apart in the metric
	// and the log; 100 by default. Further ones count as "other".
	MaxModels int `mapstructure:"max_models"`

	_ struct{}
}

// Values of ExistingCost, Normalize, Rollups, ErrorMode and AssumeCacheWrite.
const (
	existingPrefer   = "prefer_reported"
	existingOverride = "override"
	existingKeep     = "keep"

	normalizeCorrect = "correct"
	normalizeFill    = "fill"
	normalizeOff     = "off"

	rollupsMark   = "mark"
	rollupsIgnore = "ignore"
	rollupsPrice  = "price"

	errorIgnore = "ignore"

	lifetime5m = "5m"
	lifetime1h = "1h"
)

var (
	_ component.Config  = (*Config)(nil)
	_ confmap.Validator = (*Config)(nil)
)

func createDefaultConfig() component.Config {
	return &Config{
		Prices:           defaultPrices(),
		ExistingCost:     existingPrefer,
		Normalize:        normalizeCorrect,
		Rollups:          rollupsMark,
		Dedupe:           DedupeConfig{ResponseID: true},
		ServiceTier:      ServiceTierConfig{Enabled: true},
		TenantAttribute:  "tenant.id",
		AssumeCacheWrite: lifetime5m,
		Estimate:         EstimateConfig{Enabled: true, MaxBytes: 64 << 10, Calibration: true, MinSamples: 20},
		Write:            WriteConfig{Cost: true, OpenInference: true, Breakdown: true, Metadata: true, Latency: true},
		Unknown:          UnknownConfig{LogInterval: 5 * time.Minute, MaxModels: 100},
		ErrorMode:        errorIgnore,
	}
}

// Validate reports all problems at once, each with its key and the remedy.
func (c *Config) Validate() error {
	return errors.Join(
		c.Prices.validate(),
		oneOf("existing_cost", c.ExistingCost, existingPrefer, existingOverride, existingKeep),
		oneOf("normalize", c.Normalize, normalizeCorrect, normalizeFill, normalizeOff),
		oneOf("rollups", c.Rollups, rollupsMark, rollupsIgnore, rollupsPrice),
		oneOf("error_mode", c.ErrorMode, errorIgnore),
		oneOf("assume_cache_write", c.AssumeCacheWrite, lifetime5m, lifetime1h),
		notNegative("estimate::max_bytes", int64(c.Estimate.MaxBytes), "use a number of bytes such as 65536"),
		notNegative("estimate::workers", int64(c.Estimate.Workers), "use a number of workers, or 0 for half of the processors"),
		notNegative("estimate::min_samples", int64(c.Estimate.MinSamples), "use a number such as 20"),
		c.validateBudgets(),
		c.Write.validate(),
		notNegative("unknown::log_interval", int64(c.Unknown.LogInterval), "use a duration such as 5m, or 0 for no log"),
		notNegative("unknown::max_models", int64(c.Unknown.MaxModels), "use a number such as 100"),
	)
}

func (c *WriteConfig) validate() error {
	if c.OTelDraft && c.Cost {
		return errors.New("write::otel_draft and write::cost exclude each other: set write::cost to false")
	}
	return nil
}

func oneOf(key, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("%s is %q: use one of %s", key, value, strings.Join(allowed, ", "))
}

func notNegative(key string, value int64, remedy string) error {
	if value >= 0 {
		return nil
	}
	return fmt.Errorf("%s must not be negative: %s", key, remedy)
}
