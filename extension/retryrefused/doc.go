// Package retryrefused is the extension retry_refused: middleware of clients that
// has the OTLP exporters keep what a destination refuses because of credentials or
// an address, which upstream's exporters drop.
package retryrefused

//go:generate go tool -modfile ../../internal/tools/go.mod mdatagen metadata.yaml
