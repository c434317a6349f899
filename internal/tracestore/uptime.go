package tracestore

import "time"

var processStart = time.Now()

// processUptime is how long this process has run, by Go's monotonic clock, which
// says nothing about another.
func processUptime() (up time.Duration, boot int64) { return time.Since(processStart), 0 }
