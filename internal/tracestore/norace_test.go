//go:build !race

package tracestore

const underRace = false

// seeds are how many random inputs a property is tried with.
func seeds(n uint64) uint64 { return n }
