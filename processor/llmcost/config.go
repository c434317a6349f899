package llmcost

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
)

// Config is the configuration of llm_cost. The zero value is not valid; the
// factory's default is.
type Config struct {
	// ExistingCost says what happens to a cost that arrives with the span:
	// prefer_reported (default) lets a gateway's charge win and keeps a client's
	// own figure where ours is within 1 % of it or we have none; override always
	// writes ours; keep never touches what is there.
	ExistingCost string `mapstructure:"existing_cost"`

	// Normalize says what happens to the gen_ai.usage.* token counts: correct
	// (default) fills in missing ones and rewrites counts that leave out cached
	// tokens; fill only fills in; off writes none.
	Normalize string `mapstructure:"normalize"`

	// Write selects the families of attributes that are written.
	Write WriteConfig `mapstructure:"write"`

	// Unknown bounds what is said about models without a price.
	Unknown UnknownConfig `mapstructure:"unknown"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// WriteConfig selects families of attributes. All are on by default.
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

// Values of ExistingCost and Normalize.
const (
	existingPrefer   = "prefer_reported"
	existingOverride = "override"
	existingKeep     = "keep"

	normalizeCorrect = "correct"
	normalizeFill    = "fill"
	normalizeOff     = "off"
)

var _ component.Config = (*Config)(nil)

func createDefaultConfig() component.Config {
	return &Config{
		ExistingCost: existingPrefer,
		Normalize:    normalizeCorrect,
		Write:        WriteConfig{Cost: true, OpenInference: true, Breakdown: true, Metadata: true, Latency: true},
		Unknown:      UnknownConfig{LogInterval: 5 * time.Minute, MaxModels: 100},
	}
}

// Validate reports all problems at once, each with its key and the remedy.
func (c *Config) Validate() error {
	return errors.Join(
		oneOf("existing_cost", c.ExistingCost, existingPrefer, existingOverride, existingKeep),
		oneOf("normalize", c.Normalize, normalizeCorrect, normalizeFill, normalizeOff),
		notNegative("unknown::log_interval", int64(c.Unknown.LogInterval), "use a duration such as 5m, or 0 for no log"),
		notNegative("unknown::max_models", int64(c.Unknown.MaxModels), "use a number such as 100"),
	)
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
