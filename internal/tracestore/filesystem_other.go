//go:build !linux

package tracestore

// checkFilesystem knows no way to recognise a network file system here.
func checkFilesystem(string, bool) error { return nil }

// diskRoom does not know.
func diskRoom(string) (int64, bool) { return 0, false }

// fileSizeLimit knows none.
func fileSizeLimit() int64 { return 0 }
