// Package llmcost is the processor llm_cost: it works out what each model call
// cost, and writes tokens, dollars and their provenance on the span.
package llmcost

//go:generate go tool -modfile ../../internal/tools/go.mod mdatagen metadata.yaml
