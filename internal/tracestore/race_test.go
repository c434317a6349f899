//go:build race

package tracestore

// underRace says that SQL takes ten times as long: what only repeats it on one
// goroutine, with other data, is cut short.
const underRace = true
