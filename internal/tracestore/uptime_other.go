//go:build !linux

package tracestore

import "time"

// machineUptime knows this process only.
func machineUptime() (up time.Duration, boot int64) { return processUptime() }
