package tracestore

import (
	"fmt"
	"os"
	"path/filepath"
)

// diskReserve is what a disk needs beside the file, in bytes: a WAL of the usual
// size, and one transaction that is larger.
const diskReserve = 32 << 20

// boundByDisk is retention's MaxSize, or less where the disk has less room: a full
// disk has none for deleting either.
func boundByDisk(path string, o Options) int64 {
	room, ok := diskRoom(filepath.Dir(path))
	if o.Retention.MaxSize <= 0 || !ok {
		return o.Retention.MaxSize
	}
	for _, end := range []string{"", "-wal"} {
		if info, err := os.Stat(path + end); err == nil {
			room += info.Size()
		}
	}
	bound := max(room-room/10-diskReserve, diskReserve/2)
	if bound >= o.Retention.MaxSize {
		return o.Retention.MaxSize
	}
	o.Notice(fmt.Sprintf("retention::max_size is more than its disk has room for: the oldest is deleted above %d bytes", bound))
	return bound
}
