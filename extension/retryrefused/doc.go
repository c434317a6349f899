// Package retryrefused is the extension retry_refused: middleware of clients that
// has the OTLP exporters keep what a destination does not take until it is known to
// be refused for good: upstream's exporters drop it after 401, 404 or 500, and take a
// page of a login for an acceptance.
package retryrefused

//go:generate go tool -modfile ../../internal/tools/go.mod mdatagen metadata.yaml
