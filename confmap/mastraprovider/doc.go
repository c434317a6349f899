// Package mastraprovider is the configuration provider of the scheme mastra:
// the whole configuration from environment variables alone.
//
//	otelcol-llm --config mastra:env
//
// merges the embedded files config/otelcol.yaml and those of config/destinations/
// that the variables switch on. A second address makes a map of a variable that
// holds key=value pairs:
//
//	headers: ${mastra:OTEL_EXPORTER_OTLP_HEADERS}
package mastraprovider
