//go:build !race

package tracestore

const underRace = false
