// Package upstreamfix mends behaviour of the upstream Collector from outside: a file
// for each thing, which says what it mends, where that is in upstream, and when the
// file can be deleted.
package upstreamfix
