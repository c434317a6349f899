package atomicqueue

import (
	"crypto/rand"
	"os"
)

const (
	// reserveSuffix is that of a file that takes room on the disk of a queue.
	reserveSuffix = ".reserve"
	// reserveSize is room for a transaction that deletes deletesAtOnce requests: each is
	// in a page of its own at worst, which bbolt writes anew with the pages above it.
	reserveSize = 128 << 10
)

// reserve takes the room that deleting needs on a disk that is full: bbolt changes no
// page in its place. Without it, what a destination has taken from a queue that has
// filled its disk could not be deleted, and the queue would never take anything again.
func (f *file) reserve() {
	if !f.queue {
		return
	}
	path := f.path + reserveSuffix
	if info, err := os.Stat(path); err == nil && info.Size() == reserveSize {
		return
	}
	noise := make([]byte, reserveSize) // which no file system makes smaller
	_, _ = rand.Read(noise)
	if os.WriteFile(path, noise, 0o600) != nil {
		_ = os.Remove(path)
	}
}

// spare gives the room back, and says whether there was any.
func (f *file) spare() bool { return os.Remove(f.path+reserveSuffix) == nil }
