package spandedup

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"

	"github.com/otelcol-llm/otelcol-llm/internal/seen"
)

// Config describes the processor.
type Config struct {
	// MaxSpans is how many spans are remembered at most. When there are that many,
	// the older half is forgotten. 500,000 unless set, which take 20 MB.
	MaxSpans int `mapstructure:"max_spans"`

	// Window is for how long at least a span is remembered after it came last,
	// where MaxSpans allows; twice as long at most. 10 minutes unless set.
	Window time.Duration `mapstructure:"window"`
}

var _ component.Config = (*Config)(nil)

func createDefaultConfig() component.Config {
	return &Config{MaxSpans: seen.DefaultMaxSpans, Window: seen.DefaultWindow}
}

// Validate reports everything that is wrong.
func (c *Config) Validate() error {
	var errs []error
	if c.MaxSpans < 2 {
		errs = append(errs, fmt.Errorf("max_spans: is %d, must be at least 2", c.MaxSpans))
	}
	if c.Window <= 0 {
		errs = append(errs, fmt.Errorf("window: is %s, must be longer than 0s", c.Window))
	}
	return errors.Join(errs...)
}
