//go:build linux

package redact

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// measureCPU reports the speed by the thread's own CPU time, which other work on the machine disturbs less than the clock. It returns what
// to call when the loop has ended.
func measureCPU(b *testing.B, bytes int) func() {
	b.Helper()
	runtime.LockOSThread()
	start := threadTime()
	return func() {
		used := threadTime() - start
		runtime.UnlockOSThread()
		if bytes > 0 {
			b.ReportMetric(float64(bytes)*float64(b.N)/1e6/used.Seconds(), "MB/cpu-s")
		}
		b.ReportMetric(float64(used.Nanoseconds())/float64(b.N), "cpu-ns/op")
	}
}

// threadTime is the CPU time of the calling thread.
func threadTime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}
