package retryrefused

import (
	"errors"
	"fmt"

	"go.opentelemetry.io/collector/component"

	"github.com/otelcol-llm/otelcol-llm/internal/refusal"
)

// Config says after which answers a request is sent again, and for how long.
type Config struct {
	// StatusCodes are those of HTTP after which any request is sent again, as long as
	// it takes. Default refusal.AwayStatus: somebody has to change a token, here or
	// there, or a server has no room.
	StatusCodes []int `mapstructure:"status_codes"`

	// TracesStatusCodes are further ones, of requests for traces: all whose path does not
	// end in /logs, /metrics or /profiles. Default refusal.AddressStatus: an address is wrong, or a proxy has
	// nothing behind it for a while. A backend without logs or metrics answers the same
	// to those, always.
	TracesStatusCodes []int `mapstructure:"traces_status_codes"`

	// Limits bound how long a request is sent again.
	Limits refusal.Config `mapstructure:",squash"`
}

var _ component.Config = (*Config)(nil)

func createDefaultConfig() component.Config {
	return &Config{StatusCodes: refusal.AwayStatus(), TracesStatusCodes: refusal.AddressStatus(), Limits: refusal.DefaultConfig()}
}

// Validate accepts statuses of refusals, and bounds that are not negative.
func (c *Config) Validate() error {
	errs := []error{c.Limits.Validate()}
	for key, codes := range map[string][]int{"status_codes": c.StatusCodes, "traces_status_codes": c.TracesStatusCodes} {
		for _, code := range codes {
			if code < 400 || code > 599 {
				errs = append(errs, fmt.Errorf("%s: %d is not the status of an error (400 to 599)", key, code))
			}
		}
	}
	return errors.Join(errs...)
}
