// Package tracetotal is the extension trace_total: policies of the tail_sampling
// processor that decide by what a whole trace cost or how many tokens it used.
package tracetotal

//go:generate go tool -modfile ../../internal/tools/go.mod mdatagen metadata.yaml
