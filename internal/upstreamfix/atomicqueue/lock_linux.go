package atomicqueue

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// lockPause is between two attempts at a lock.
const lockPause = 20 * time.Millisecond

// lockFile takes the lock that bbolt takes, until the file is closed.
func lockFile(file *os.File, wait time.Duration) error {
	for end := time.Now().Add(wait); ; time.Sleep(lockPause) {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return nil
		}
		if err != unix.EWOULDBLOCK && err != unix.EINTR {
			return nil // a file system without locks: bbolt says so
		}
		if time.Now().After(end) {
			return errHeld
		}
	}
}

// holder names the process that has a lock on a file, as proc_locks(5) says it.
func holder(path string) string {
	const unknown = "another process"
	var stat unix.Stat_t
	if unix.Stat(path, &stat) != nil {
		return unknown
	}
	inode := fmt.Sprintf("%02x:%02x:%d", unix.Major(stat.Dev), unix.Minor(stat.Dev), stat.Ino)
	locks, err := os.Open("/proc/locks")
	if err != nil {
		return unknown
	}
	defer locks.Close()
	for lines := bufio.NewScanner(locks); lines.Scan(); {
		// 1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF
		fields := strings.Fields(lines.Text())
		if len(fields) < 6 || fields[5] != inode {
			continue
		}
		id, err := strconv.Atoi(fields[4])
		if err != nil || id <= 0 {
			return unknown // of another container
		}
		name, err := os.ReadFile("/proc/" + fields[4] + "/comm")
		if err != nil {
			return "process " + fields[4]
		}
		return fmt.Sprintf("process %d (%s)", id, strings.TrimSpace(string(name)))
	}
	return unknown
}

// diskRoom is how many bytes the disk of a directory has left for this user.
func diskRoom(dir string) (bytes int64, ok bool) {
	var stat unix.Statfs_t
	if unix.Statfs(dir, &stat) != nil {
		return 0, false
	}
	return int64(stat.Bavail) * int64(stat.Bsize), true //nolint:unconvert // their types differ by architecture
}
