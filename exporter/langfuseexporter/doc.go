// Package langfuseexporter is the exporter langfuse: it sends traces to
// Langfuse, in Langfuse's own attributes, so that traces of any instrumentation
// arrive complete, typed, priced and joined on every version of the server.
package langfuseexporter

//go:generate go tool -modfile ../../internal/tools/go.mod mdatagen metadata.yaml
