//go:build linux

package redact

import (
	"runtime"
	"syscall"
	"testing"
	"time"
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
		b.ReportMetric(float64(bytes)*float64(b.N)/1e6/used.Seconds(), "MB/cpu-s")
		b.ReportMetric(float64(used.Nanoseconds())/float64(b.N), "cpu-ns/op")
	}
}

func threadTime() time.Duration {
	const rusageThread = 1 // RUSAGE_THREAD
	var u syscall.Rusage
	if err := syscall.Getrusage(rusageThread, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
