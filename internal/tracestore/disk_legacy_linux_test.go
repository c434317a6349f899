package tracestore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAWALThatHasTakenTheLastRoom opens what a program leaves that has not kept room
// for copying the WAL into the file: it is whole, and is in use again once there is
// room for the copy.
func TestAWALThatHasTakenTheLastRoom(t *testing.T) {
	const mib, size = 24, 100_000
	onSmallDisk(t, mib, func(t *testing.T, dir string) {
		t.Helper()
		path := filepath.Join(dir, "traces.db")
		file := DefaultFileOptions(path)
		file.room = func(string) room { return room{} } // it knows nothing of its disk
		s, err := OpenFile(t.Context(), file, Options{RootGrace: time.Hour})
		require.NoError(t, err)
		traces := 0
		write := func(s *Store) error {
			_, err := s.Write(t.Context(), []Span{newSpan(traces+1, traces+1, 0, 0, withPayload(size))})
			if err == nil {
				traces++
			}
			return err
		}
		for attempt := 0; attempt < 3; {
			if write(s) != nil {
				attempt++
			}
		}
		aside := t.TempDir()
		require.NoError(t, os.CopyFS(aside, os.DirFS(dir))) // as a kill leaves it
		_ = s.Close(context.Background())                   // it may say that the disk is full
		for _, suffix := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(path + suffix)
		}
		require.NoError(t, os.CopyFS(dir, os.DirFS(aside)))
		before := measureRoom(path)
		require.Zero(t, before.free)

		d := openOnDisk(t, dir, Retention{MaxSize: 2 << 30, DiskWait: 10 * time.Minute})
		d.traces = traces
		for range 5 {
			require.Error(t, d.try(size), "there is room now: make the test harder")
			d.tendNow(3)
		}
		assert.EqualValues(t, traces, d.assertStored(), "nothing is lost")
		lack := d.engine.(*fileEngine).lack
		assert.Less(t, lack, before.wal, "more than what the WAL has is never needed")

		resize := func(bytes int64) {
			require.NoError(t, syscall.Mount("", dir, "", syscall.MS_REMOUNT, fmt.Sprintf("size=%d", bytes)))
		}
		resize(mib<<20 + before.wal)
		d.fill(size, size)
		assert.EqualValues(t, d.traces, d.assertStored())
		require.Eventually(t, func() bool {
			d.tendNow(1)
			return fileSize(path)+d.wal() < mib<<20*3/4
		}, 20*time.Second, time.Millisecond)
		resize(mib << 20)
		d.tendNow(3)
		d.clock.advance(time.Hour)
		d.fill(2*mib<<20, size)
		d.assertStored()
		require.NoError(t, d.Close(context.Background()))
		assert.Equal(t, "ok", d.value(`PRAGMA integrity_check`))
	})
}
