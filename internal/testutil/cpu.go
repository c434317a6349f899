//go:build unix

package testutil

import (
	"syscall"
	"time"
)

// CPU is the processor time that this process has used, in its own code and in the
// kernel.
func CPU() (user, system time.Duration) {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0, 0
	}
	return time.Duration(u.Utime.Nano()), time.Duration(u.Stime.Nano())
}
