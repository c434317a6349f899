package queue

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

const mebibyte = 1 << 20

// room is a disk of a few MiB that can be filled by something else than queues.
type room struct {
	t   *testing.T
	dir string
}

// smallDisk mounts a disk in memory at a folder.
func smallDisk(t *testing.T, dir string) *room {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o700))
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=6m"); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v): TestAFileThatMayNotGrow shows the same where nothing can be mounted", err)
	}
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(dir, 0)) })
	return &room{t: t, dir: dir}
}

func (r *room) ballast() string { return filepath.Join(r.dir, "ballast") }

// fill leaves no room.
func (r *room) fill() {
	r.t.Helper()
	f, err := os.OpenFile(r.ballast(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	require.NoError(r.t, err)
	defer f.Close()
	for _, size := range []int{mebibyte, 4096} {
		for block := make([]byte, size); ; {
			if _, err := f.Write(block); err != nil {
				break
			}
		}
	}
}

func (r *room) free() {
	r.t.Helper()
	require.NoError(r.t, os.Remove(r.ballast()))
}

// TestARestartOnAFullDisk, killed or stopped, and several times, loses nothing that was
// acknowledged; what comes meanwhile is refused or kept.
func TestARestartOnAFullDisk(t *testing.T) {
	for name, end := range map[string]func(s *system){
		"killed":  func(s *system) { s.collector.Kill() },
		"stopped": func(s *system) { _ = s.collector.Stop() },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSystem(t)
			disk := smallDisk(t, s.queue)
			s.start()
			for range 60 {
				require.True(t, s.send(10_000))
			}
			disk.fill()
			s.eventually(func() bool { return !s.send(10_000) }, "the disk is full")
			for range 3 {
				end(s)
				s.start()
				s.send(10_000)
				s.send(100)
			}
			assert.Contains(t, s.collector.Log(), "no space left on device")
			end(s)
			disk.free()
			s.start()
			require.True(t, s.send(100), "there is room")
			s.up()
			s.assertAll()
			require.NoError(t, s.collector.Stop())
		})
	}
}

// TestAFullDiskIsEmptiedByTheDestination: a queue that has filled its disk is sent and
// deleted without any other room, and takes what comes again.
func TestAFullDiskIsEmptiedByTheDestination(t *testing.T) {
	s := newSystem(t)
	smallDisk(t, s.queue)
	s.start()
	for _, size := range []int{100_000, 1_000, 100} { // to the last page
		s.eventually(func() bool { return !s.send(size) }, "the disk is full")
	}
	s.collector.Kill()
	s.start()
	s.up()
	s.assertAll()
	s.eventually(func() bool { return s.send(100_000) }, "it takes requests again")
	s.assertAll()
	require.NoError(t, s.collector.Stop())
}

// TestADiskThatWasFull: a queue that has refused more than it may hold takes requests as
// soon as there is room, while its destination is still away.
func TestADiskThatWasFull(t *testing.T) {
	s := newSystem(t)
	s.args = append(s.args, "--config", "yaml:exporters: {otlp_http/0: {sending_queue: {queue_size: 50}}, otlp_http/1: {sending_queue: {queue_size: 50}}}")
	disk := smallDisk(t, s.queue)
	s.start()
	require.True(t, s.send(1000))
	disk.fill()
	s.eventually(func() bool { return !s.send(10_000) }, "the disk is full")
	for range 200 {
		s.send(10_000)
	}
	disk.free()
	s.eventually(func() bool { return s.send(10_000) }, "there is room")
	s.up()
	s.assertAll()
	require.NoError(t, s.collector.Stop())
}

// TestAFileThatMayNotGrow is the same without a mount: by the limit on the size of
// files, setrlimit(2), which the process has until its destinations are back.
func TestAFileThatMayNotGrow(t *testing.T) {
	s := newSystem(t)
	limited := func(bytes uint64) {
		limit := unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}
		require.NoError(t, unix.Prlimit(s.collector.Pid(), unix.RLIMIT_FSIZE, &limit, nil))
	}
	s.start()
	limited(mebibyte)
	for range 20 {
		require.True(t, s.send(10_000))
	}
	s.eventually(func() bool { return !s.send(10_000) }, "the file is as large as it may be")
	for range 2 {
		s.collector.Kill()
		s.start()
		limited(mebibyte)
		s.send(10_000)
		s.send(100)
	}
	require.NoError(t, s.collector.Stop())
	s.start()
	limited(mebibyte)
	s.up()
	s.assertAll()
	limited(unix.RLIM_INFINITY)
	s.eventually(func() bool { return s.send(10_000) }, "it takes requests again")
	s.assertAll()
	require.NoError(t, s.collector.Stop())
}
