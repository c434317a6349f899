package tracestore

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Bytes of the -shm file that SQLite's readers lock
// (https://sqlite.org/walformat.html#locks: WAL_READ_LOCK(0) to (4)).
const firstReadLock, lastReadLock = 123, 127

// walReaders names the processes that have a transaction of a file open: those that
// hold locks of readers, or where the kernel does not say whose those are, as
// between containers, those that have the file open.
func walReaders(path string) string {
	shm, err := os.Stat(path + "-shm")
	if err != nil {
		return someReader
	}
	pids := lockedBy(shm)
	if len(pids) == 0 {
		pids = openedBy(path, shm)
	}
	names := make([]string, len(pids))
	for i, pid := range pids {
		names[i] = processName(pid)
	}
	switch len(names) {
	case 0:
		return someReader
	case 1:
		return names[0]
	}
	return "one of " + strings.Join(names, ", ")
}

// lockedBy are the processes in /proc/locks (proc_locks(5)) that read a WAL.
func lockedBy(shm os.FileInfo) (pids []int) {
	stat, ok := shm.Sys().(*syscall.Stat_t)
	locks, err := os.ReadFile("/proc/locks")
	if !ok || err != nil {
		return nil
	}
	inode := ":" + strconv.FormatUint(stat.Ino, 10)
	for line := range strings.Lines(string(locks)) {
		// 1: POSIX  ADVISORY  READ 1234 08:01:5678 124 124
		fields := strings.Fields(line)
		if len(fields) != 8 || !strings.HasSuffix(fields[5], inode) {
			continue
		}
		pid, _ := strconv.Atoi(fields[4])
		first, _ := strconv.Atoi(fields[6])
		last, err := strconv.Atoi(fields[7])
		if pid > 0 && err == nil && first <= lastReadLock && last >= firstReadLock && !slices.Contains(pids, pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// openedBy are the other processes that have the file open, as far as this user may
// see that.
func openedBy(path string, shm os.FileInfo) (pids []int) {
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		to, err := os.Readlink(link)
		if err != nil || filepath.Base(to) != filepath.Base(path)+"-shm" {
			continue
		}
		pid, err := strconv.Atoi(strings.Split(link, "/")[2])
		if err != nil || pid == os.Getpid() || slices.Contains(pids, pid) {
			continue
		}
		if info, err := os.Stat(link); err == nil && os.SameFile(info, shm) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func processName(pid int) string {
	if pid == os.Getpid() {
		return fmt.Sprintf("this process (%d), with a query", pid)
	}
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil {
		return fmt.Sprintf("process %d", pid)
	}
	return fmt.Sprintf("process %d (%s)", pid, strings.TrimSpace(string(name)))
}
