//go:build unix

package tracestore

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// placeReasons are the sentences for why a small file cannot be written.
var placeReasons = []struct {
	errno    error
	failure  failure
	sentence string
}{
	{syscall.ENOSPC, databaseFull, noRoom},
	{syscall.EDQUOT, databaseFull, noQuota},
	{syscall.EROFS, notWritable, readOnlyMount},
	{syscall.EACCES, notWritable, notAllowed},
	{syscall.EPERM, notWritable, notAllowed},
	{syscall.EMFILE, databaseIO, noDescriptors},
	{syscall.ENFILE, databaseIO, noDescriptors},
	{syscall.EIO, databaseIO, diskError},
}

// sizeLimitReached reports whether a database, or what SQLite keeps beside it, is as
// large as this process may write files.
func sizeLimitReached(path string) (limit uint64, reached bool) {
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_FSIZE, &r) != nil {
		return 0, false
	}
	const page = 64 << 10 // of SQLite, at most
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		info, err := os.Stat(path + suffix)
		if err == nil && uint64(info.Size())+page > r.Cur {
			return r.Cur, true
		}
	}
	return 0, false
}
