package tracestore

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// smallDisk is set for the child process of the test below, which mounts a disk of
// 64 MB.
const smallDisk = "TRACESTORE_SMALL_DISK"

// TestASmallDisk runs TestOnASmallDisk in a mount namespace of its own, which ends
// with it.
func TestASmallDisk(t *testing.T) {
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOnASmallDisk$", "-test.v")
	child.Env = append(os.Environ(), smallDisk+"=1")
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := child.CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Logf("a user may not mount a disk here (%v): TestAFullDatabaseKeepsWhatIsInItAndTakesMoreOnceThereIsRoom has to do", err)
		return
	}
	require.NoError(t, err, string(out))
}

func TestOnASmallDisk(t *testing.T) {
	if os.Getenv(smallDisk) == "" {
		return // is run by TestASmallDisk
	}
	dir := t.TempDir()
	require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64m"))
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	batch := func(n int) (spans []Span) {
		for i := range 10 {
			spans = append(spans, newSpan(10*n+i, 10*n+i+1, 0, i, withPayload(200_000)))
		}
		return spans
	}
	told := 0
	s := openTestStoreAt(t, filepath.Join(dir, "traces.db"), func(_ *FileOptions, o *Options) {
		o.Retention = Retention{MaxSize: 1 << 30, MaxAge: 24 * time.Hour, Reclaim: true, Pause: time.Millisecond}
		o.Notice = func(string) { told++ }
	})

	// The bound is what the disk has room for.
	for n := range 50 { // 100 MB
		s.write(batch(n)...)
		s.tendNow(1)
	}
	assert.Equal(t, 1, told)
	s.assertWhole(1)
	assert.Equal(t, traceID(499), s.value(`SELECT max(trace_id) FROM otel_traces`))
	assert.Greater(t, s.value(`SELECT count(*) FROM otel_traces`), int64(50))

	// Others fill the disk: what is there can be read, and what is too old makes room.
	fillDisk(t, filepath.Join(dir, "filler"))
	n := 50
	require.Eventually(t, func() bool { // what is free in the file is used first
		_, err := s.Write(t.Context(), batch(n))
		if n++; err != nil {
			assert.Equal(t, databaseFull, failureOf(err))
			assert.False(t, IsPermanent(err))
		}
		return err != nil
	}, 20*time.Second, time.Millisecond)
	assert.NotEmpty(t, s.trace(499).Roots)
	require.NoError(t, os.Remove(filepath.Join(dir, "filler")))
	s.write(batch(n)...)
	require.NoError(t, s.Close(context.Background()))
	s.assertWhole(1)
	assert.Equal(t, "ok", s.value(`PRAGMA integrity_check`))
}

func fillDisk(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			require.ErrorIs(t, err, syscall.ENOSPC)
			size /= 2
		}
	}
}
