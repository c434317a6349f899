//go:generate go tool -modfile ../../internal/tools/go.mod mdatagen metadata.yaml

// Package sensitivefilter is the processor sensitive_filter: it replaces secrets and personal data in traces, logs and metrics,
// wherever OTLP has room for a text, before anything else keeps or forwards them.
package sensitivefilter
