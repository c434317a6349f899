//go:build race

package tracestore

// underRace says that SQL takes ten times as long: what only repeats it on one
// goroutine, with other data, is cut short.
const underRace = true

// seeds are how many random inputs a property is tried with.
func seeds(n uint64) uint64 { return (n + 4) / 5 }
