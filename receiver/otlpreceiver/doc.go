// Package otlpreceiver is upstream's receiver otlp with bounds on what a request may
// take in memory and time, with all of protobuf's JSON, and with a line and a count for
// what it refuses.
package otlpreceiver

//go:generate go tool -modfile ../../internal/tools/go.mod mdatagen metadata.yaml
