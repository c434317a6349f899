//go:build !unix

package tracestore

// placeReasons are not known here.
var placeReasons []struct {
	errno    error
	failure  failure
	sentence string
}

// sizeLimitReached knows of no limit here.
func sizeLimitReached(string) (uint64, bool) { return 0, false }
