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

	// MaxValueBytes bounds the value of an attribute, of resources and of data
	// points. A longer text is cut; a list, a map or bytes become a text before.
	// 200 unless set.
	MaxValueBytes int `mapstructure:"max_value_bytes"`

	// Zeros is how many times a new series is passed on as zero before its first
	// total. Prometheus' increase() and rate() count from the first value that was
	// scraped: without a zero before it, a series' first total is spend that no
	// query sees. Zeros times Interval should be longer than a scrape interval.
	// 0 unless set.
	Zeros int `mapstructure:"zeros"`
}

var _ component.Config = (*Config)(nil)

func createDefaultConfig() component.Config {
	return &Config{Interval: 10 * time.Second, MaxSeries: 10_000, MaxValueBytes: 200}
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
	if c.MaxValueBytes <= 0 {
		errs = append(errs, fmt.Errorf("max_value_bytes: is %d, must be at least 1", c.MaxValueBytes))
	}
	if c.Zeros < 0 {
		errs = append(errs, fmt.Errorf("zeros: is %d, must not be negative", c.Zeros))
	}
	return errors.Join(errs...)
}
