package tracestore

import (
	"hash/fnv"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// bootID is a number for this run of the machine, 0 where it has none: a hash of
// what random(4) describes, below 2^53.
var bootID = sync.OnceValue(func() int64 {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write(id)
	return int64(h.Sum64() >> 11)
})

// machineUptime is how long the machine has run, suspended or not.
func machineUptime() (up time.Duration, boot int64) {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts); err != nil {
		return processUptime()
	}
	return time.Duration(ts.Nano()), bootID()
}
