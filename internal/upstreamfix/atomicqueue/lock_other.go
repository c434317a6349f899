//go:build !linux

package atomicqueue

import (
	"os"
	"time"
)

// lockFile leaves the lock to bbolt.
func lockFile(*os.File, time.Duration) error { return nil }

// holder is not known here.
func holder(string) string { return "another process" }

// diskRoom is not known here.
func diskRoom(string) (bytes int64, ok bool) { return 0, false }
