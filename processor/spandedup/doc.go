// Package spandedup is the processor span_dedup: it passes each span on once,
// however often a client sends it, for what counts spans.
package spandedup

//go:generate go tool -modfile ../../internal/tools/go.mod mdatagen metadata.yaml
