// Package clocktest moves the wall clock of one process, for tests of what a
// collector does when the clock of its machine is wrong or is corrected. The
// clock of the machine stays as it is.
//
// A program of Go asks the vDSO for the time: code that the kernel maps into each
// process (vdso(7)). Attach writes a function in its place that asks the kernel and
// adds a number of seconds to CLOCK_REALTIME alone. Timers and monotonic time are
// as they were, and so are the times of files, which the kernel sets.
package clocktest

import "time"

// Clock is the wall clock of one process.
type Clock struct {
	pid    int
	offset int64 // where in its memory the seconds stand that are added
}

// Shift sets how far ahead of the machine's clock the process is, to a second;
// behind it where by is negative. It takes effect at once.
func (c *Clock) Shift(by time.Duration) error { return c.shift(int64(by / time.Second)) }
