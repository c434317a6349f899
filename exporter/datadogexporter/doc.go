// Package datadogexporter is upstream's exporter datadog with a queue on disk
// behind its trace writer.
package datadogexporter

//go:generate go tool -modfile ../../internal/tools/go.mod mdatagen metadata.yaml
