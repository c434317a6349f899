package sensitivefilter

import (
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"

	"github.com/otelcol-llm/otelcol-llm/internal/redact"
)

// Config configures sensitive_filter. The empty block is complete: it replaces secrets and personal data.
type Config struct {
	// Presets are the groups of rules to apply: secrets, pii. Default: both.
	Presets []string `mapstructure:"presets"`

	// DisableRules leaves rules out, by id or glob: pii.phone, secret.langfuse-*.
	DisableRules []string `mapstructure:"disable_rules"`

	// prevent unkeyed literal initialization
	_ struct{}
}

var _ confmap.Validator = (*Config)(nil)

func createDefaultConfig() component.Config {
	return &Config{Presets: []string{redact.PresetSecrets, redact.PresetPII}}
}

// Validate reports every option that is wrong.
func (c *Config) Validate() error {
	_, err := redact.New(c.options())
	return err
}

func (c *Config) options() redact.Options {
	return redact.Options{Presets: c.Presets, DisableRules: c.DisableRules}
}
