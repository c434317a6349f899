package atomicqueue

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
)

const (
	mebibyte = 1 << 20
	// compactionRoom is what a new file needs beside twice its data, in bytes: bbolt
	// makes files larger by 16 MiB at once.
	compactionRoom = 32 * mebibyte
	// compactionPause is after one that failed.
	compactionPause = 10 * time.Minute
)

// compactor makes a file smaller that has become large and is nearly empty. Upstream
// does the same, in a goroutine whose panic nobody recovers, and leaves a deleted file
// open, with the room that it takes, each time that the disk is full.
type compactor struct {
	filestorage.CompactionConfig
	file    *file
	timeout time.Duration
	ended   chan struct{}
	done    sync.WaitGroup
	resting time.Time // until then
}

func startCompactor(f *file, config filestorage.CompactionConfig, timeout time.Duration) *compactor {
	c := &compactor{CompactionConfig: config, file: f, timeout: timeout, ended: make(chan struct{})}
	c.done.Go(func() {
		check := time.NewTicker(config.CheckInterval)
		defer check.Stop()
		for {
			select {
			case <-check.C:
				c.check()
			case <-c.ended:
				return
			}
		}
	})
	return c
}

// stop waits for a compaction that is under way. There may be no compactor.
func (c *compactor) stop() {
	if c != nil {
		close(c.ended)
		c.done.Wait()
	}
}

// check compacts the file if it is worth it and there is room.
func (c *compactor) check() {
	info, err := os.Stat(c.file.path)
	if err != nil || info.Size() < c.ReboundNeededThresholdMiB*mebibyte || time.Now().Before(c.resting) {
		return
	}
	data, err := c.data()
	if err != nil || data > c.ReboundTriggerThresholdMiB*mebibyte {
		return
	}
	if room, ok := diskRoom(c.Directory); ok && room < 2*data+compactionRoom {
		return
	}
	ctx := context.Background()
	err = c.file.do(ctx, func(client storage.Client) error {
		compactable, ok := client.(interface {
			Compact(directory string, timeout time.Duration, maxTransactionSize int64) error
		})
		if !ok {
			return nil
		}
		defer func() { // whatever has become of it, the file is another one
			if now, err := os.Stat(c.file.path); err == nil {
				c.file.opened = now
			}
		}()
		return compactable.Compact(c.Directory, c.timeout, c.MaxTransactionSize)
	})
	if err != nil {
		c.resting = time.Now().Add(compactionPause)
		c.file.logger.Error("A queue on disk cannot be made smaller; it works all the same.", zap.String("file", c.file.path), zap.Error(err))
	}
}

// data is how many bytes the file holds, or some number above the threshold.
func (c *compactor) data() (int64, error) {
	var sum int64
	err := c.file.Walk(context.Background(), func(key string, value []byte) ([]*storage.Operation, error) {
		if sum += int64(len(key) + len(value)); sum > c.ReboundTriggerThresholdMiB*mebibyte {
			return nil, storage.SkipAll
		}
		return nil, nil
	})
	return sum, err
}
