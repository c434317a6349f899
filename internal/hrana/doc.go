// Package hrana is a client of libSQL's HTTP protocol, Hrana over HTTP, version
// 3 with version 2 as a fallback (tursodatabase/libsql, docs/HRANA_3_SPEC.md).
//
// It sends one pipeline a time: a list of requests that ends with the close of
// its stream, so that the server keeps no state and batons, expiring streams
// and sticky URLs are of no concern.
package hrana
