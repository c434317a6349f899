package retryrefused

import (
	"errors"
	"fmt"
	"net/http"

	"go.opentelemetry.io/collector/component"
)

// Config says after which answers of HTTP a request is sent again. Over gRPC these
// are always UNAUTHENTICATED and PERMISSION_DENIED.
type Config struct {
	// StatusCodes are those of any request. Default 401 and 403: somebody has to
	// change a token, here or there.
	StatusCodes []int `mapstructure:"status_codes"`

	// TracesStatusCodes are further ones, of requests for traces, whose path ends in
	// /v1/traces. Default 404: an address is wrong, or a proxy has nothing behind it
	// for a while. A backend without logs or metrics answers the same to those, always.
	TracesStatusCodes []int `mapstructure:"traces_status_codes"`
}

var _ component.Config = (*Config)(nil)

func createDefaultConfig() component.Config {
	return &Config{
		StatusCodes:       []int{http.StatusUnauthorized, http.StatusForbidden},
		TracesStatusCodes: []int{http.StatusNotFound},
	}
}

// Validate accepts statuses of refusals.
func (c *Config) Validate() error {
	var errs []error
	for key, codes := range map[string][]int{"status_codes": c.StatusCodes, "traces_status_codes": c.TracesStatusCodes} {
		for _, code := range codes {
			if code < 400 || code > 599 {
				errs = append(errs, fmt.Errorf("%s: %d is no status of an error (400 to 599)", key, code))
			}
		}
	}
	return errors.Join(errs...)
}
