package tracestore

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// networkFilesystems are the magic numbers of file systems whose locks and
// shared memory SQLite cannot rely on (linux/magic.h).
var networkFilesystems = map[int64]string{
	unix.NFS_SUPER_MAGIC:   "NFS",
	unix.SMB_SUPER_MAGIC:   "SMB",
	unix.SMB2_SUPER_MAGIC:  "SMB",
	unix.CIFS_SUPER_MAGIC:  "SMB",
	unix.V9FS_MAGIC:        "9p",
	unix.FUSE_SUPER_MAGIC:  "FUSE or virtiofs",
	unix.CEPH_SUPER_MAGIC:  "Ceph",
	unix.AFS_FS_MAGIC:      "AFS",
	unix.OCFS2_SUPER_MAGIC: "OCFS2",
}

func checkFilesystem(dir string, allowed bool) error {
	if allowed {
		return nil
	}
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return nil //nolint:nilerr // nothing is known, nothing is refused
	}
	if name, ok := networkFilesystems[int64(stat.Type)]; ok { //nolint:unconvert // its type differs by architecture
		return fmt.Errorf("url: %s is on a network file system (%s), where SQLite's locks do not hold; use a local disk, or set file::allow_network_filesystem: true and let no other process open the file", dir, name)
	}
	return nil
}

// diskRoom is how many bytes the disk of a directory has left for this user.
func diskRoom(dir string) (bytes int64, ok bool) {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return 0, false
	}
	return int64(stat.Bavail) * int64(stat.Bsize), true //nolint:unconvert // their types differ by architecture
}

// fileSizeLimit is how large this process may make a file, in bytes (RLIMIT_FSIZE,
// getrlimit(2)); 0 is no limit.
func fileSizeLimit() int64 {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &limit); err != nil || limit.Cur > MaxInteger {
		return 0
	}
	return int64(limit.Cur)
}
