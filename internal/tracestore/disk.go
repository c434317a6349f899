package tracestore

import (
	"os"
	"path/filepath"
	"time"
)

// room is what a file and its WAL have on their disk, in bytes.
type room struct {
	free      int64 // for this user
	file, wal int64
	limit     int64 // of a single file (RLIMIT_FSIZE); 0: none
	known     bool
}

// measureRoom looks at the disk of a file.
func measureRoom(path string) (r room) {
	r.free, r.known = diskRoom(filepath.Dir(path))
	r.file, r.wal = fileSize(path), fileSize(path+"-wal")
	if r.limit = fileSizeLimit(); r.limit > 0 {
		r.free, r.known = max(min(r.free, r.limit-max(r.file, r.wal)), 0), true
	}
	return r
}

// fileSize is 0 where there is no such file.
func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// total is what the files may take together; 0 where that is not known.
func (r room) total() int64 {
	if !r.known {
		return 0
	}
	return r.free + r.file + r.wal
}

// diskReserve is what a disk of any size needs beside the data, in bytes: a WAL of
// the usual size, and one transaction that is larger.
const diskReserve = 32 << 20

// fits is how much data there may be on the disk, in bytes of pages in use: not what
// a WAL and a transaction take, a full disk has no room for deleting either.
func (r room) fits() int64 {
	total := r.total()
	if !r.known {
		return MaxInteger
	}
	fits := total - total/20 - min(diskReserve, total/8)
	if r.limit > 0 {
		fits = min(fits, r.limit-r.limit/8)
	}
	return fits
}

// walBytes is the size of the WAL from which on it is copied into the file: 4,000
// pages, and less on a small disk.
func (r room) walBytes(pageSize int64) int64 {
	most := walPages * pageSize
	if !r.known {
		return most
	}
	if r.limit > 0 {
		most = min(most, r.limit/16)
	}
	return min(most, max(r.total()/16, leastWALPages*pageSize))
}

const (
	walPages      = 4000
	leastWALPages = 64
)

// low reports whether the disk is so full that each commit is copied into the file
// at once: a WAL that is still to be copied when others fill the disk is stuck.
func (r room) low(pageSize int64) bool { return r.known && r.free < 4*r.walBytes(pageSize) }

// fillable reports whether others may fill the disk from one moment to the next: less
// is free than 32 times the size of the WAL, 512 MB at most.
func (r room) fillable(walBytes int64) bool { return r.known && r.free < 32*walBytes }

// sizeBound is how much may be stored: retention::max_size, or what the disk has
// room for. A bound that sinks, because others fill the disk, sinks after a wait:
// the highest that there was within it counts. One that rises counts at once.
type sizeBound struct {
	most  int64 // retention::max_size
	wait  time.Duration
	slots []boundSlot // the oldest first
	limit int64       // what counts
	saved int64       // in the database
}

// boundSlot is the most that there was room for in a part of the wait.
type boundSlot struct {
	from time.Duration
	fits int64
}

const slotsOfWait = 20

// look takes note of what there is room for at a time of a clock that nobody sets.
func (b *sizeBound) look(up time.Duration, fits int64) {
	slot := b.wait / slotsOfWait
	if n := len(b.slots); n == 0 || up-b.slots[n-1].from >= slot {
		b.slots = append(b.slots, boundSlot{up, fits})
	} else {
		b.slots[n-1].fits = max(b.slots[n-1].fits, fits)
	}
	for len(b.slots) > 1 && up-b.slots[0].from > b.wait+slot {
		b.slots = b.slots[1:]
	}
	b.limit = 0
	for _, s := range b.slots {
		b.limit = max(b.limit, s.fits)
	}
	b.limit = min(b.limit, b.most)
}

// byDisk reports whether the disk bounds what is stored.
func (b *sizeBound) byDisk() bool { return b.limit < b.most }

// waits reports whether the disk has less room than what counts, because of others.
func (b *sizeBound) waits(fits int64) bool { return fits < b.limit-b.limit/16 }

// target is what is left where something goes: 90 %, and as much as can be where it
// is the disk that is short.
func (b *sizeBound) target() int64 {
	if b.byDisk() {
		return b.limit - b.limit/20
	}
	return b.limit - b.limit/10
}
