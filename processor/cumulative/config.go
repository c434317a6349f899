package cumulative

import (
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
)

// Config describes the processor.
type Config struct {
	// Interval is how often the totals are passed on; they are passed on once
	// more at shutdown. 10 s unless set.
	Interval time.Duration `mapstructure:"interval"`

	// MaxSeries bounds how many series are kept. Data points of further ones are
	// added, whole, to one series of their metric that has the attribute
	// otel.metric.overflow, as the SDK specification asks for. 10,000 unless set.
	MaxSeries int `mapstructure:"max_series"`
}

var _ component.Config = (*Config)(nil)

func createDefaultConfig() component.Config {
	return &Config{Interval: 10 * time.Second, MaxSeries: 10_000}
}

// Validate reports everything that is wrong.
func (c *Config) Validate() error {
	var errs []error
	if c.Interval <= 0 {
		errs = append(errs, fmt.Errorf("interval: is %s, must be longer than 0s", c.Interval))
	}
	if c.MaxSeries <= 0 {
		errs = append(errs, fmt.Errorf("max_series: is %d, must be at least 1", c.MaxSeries))
	}
	return errors.Join(errs...)
}
