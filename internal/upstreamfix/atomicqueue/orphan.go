package atomicqueue

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"
)

// orphanWait is how long a file may be held by another collector that uses it.
const orphanWait = 100 * time.Millisecond

// Ready is called when the pipelines run, so that all queues of this configuration are
// open. What waits in the file of another, such as of an exporter that has another name
// now, is sent by nobody, and upstream does not say so. Delete when file_storage does.
func (s *fileStorage) Ready() error {
	entries, err := os.ReadDir(s.config.Directory)
	if err != nil {
		return nil //nolint:nilerr // the queues are open, which is what counts
	}
	for _, entry := range entries {
		path := filepath.Join(s.config.Directory, entry.Name())
		if _, used := s.used.Load(path); used || !entry.Type().IsRegular() || !isQueueFile(entry.Name()) {
			continue
		}
		if n := waiting(path); n > 0 {
			s.logger.Warn("A queue on disk belongs to no exporter of this configuration: what waits in it is not sent. "+
				"Configure the exporter under its old name until the queue is empty, or delete the file and its .reserve.",
				zap.String("file", path), zap.Int("requests", n))
		}
	}
	return nil
}

// NotReady is called before the pipelines stop.
func (*fileStorage) NotReady() error { return nil }

// isQueueFile says whether a file has the name of an exporter's queue. One with a longer
// name has a hash in its place, and is not found.
func isQueueFile(name string) bool {
	rest, ok := strings.CutPrefix(name, strings.ToLower(component.KindExporter.String())+"_")
	cut := strings.LastIndexByte(rest, '_')
	return ok && cut >= 0 && isQueue(component.KindExporter, rest[cut+1:])
}

// waiting counts the requests in a file, 0 where it cannot be read or is in use.
func waiting(path string) (n int) {
	_ = guard(func() error { // a damaged one is named when somebody uses it
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: orphanWait})
		if err != nil {
			return err
		}
		defer db.Close()
		return db.View(func(tx *bbolt.Tx) error {
			return tx.ForEach(func(_ []byte, bucket *bbolt.Bucket) error {
				return bucket.ForEach(func(key, _ []byte) error {
					if _, ok := indexOf(string(key)); ok {
						n++
					}
					return nil
				})
			})
		})
	})
	return n
}
