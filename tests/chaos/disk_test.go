//go:build linux

package chaos

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// disk is a small file system of its own.
type disk struct {
	t      testing.TB
	folder string
}

// mountDisk mounts a file system of so many bytes at a folder, until the test ends.
// Where that is not allowed, as it is for root only, the test is skipped.
func mountDisk(t testing.TB, folder string, size string) *disk {
	t.Helper()
	require.NoError(t, os.MkdirAll(folder, 0o700))
	if err := unix.Mount("tmpfs", folder, "tmpfs", 0, "size="+size+",mode=700"); err != nil {
		t.Skipf("no file system of a given size can be mounted here: %v", err)
	}
	t.Cleanup(func() { assert.NoError(t, unix.Unmount(folder, unix.MNT_DETACH)) })
	return &disk{t, folder}
}

// fill takes all room but so many bytes, as a file of another program does.
func (d *disk) fill(leave int64) {
	d.t.Helper()
	file, err := os.OpenFile(filepath.Join(d.folder, "of-another-program"), os.O_CREATE|os.O_WRONLY, 0o600)
	require.NoError(d.t, err)
	defer file.Close()
	info, err := file.Stat()
	require.NoError(d.t, err)
	size := info.Size()
	for step := int64(1 << 20); step >= 4096; {
		if d.free() <= leave {
			return
		}
		err := unix.Fallocate(int(file.Fd()), 0, size, min(step, max(d.free()-leave, 4096)))
		switch {
		case err == nil:
			size += step
			if info, err := file.Stat(); err == nil {
				size = info.Size()
			}
		case errors.Is(err, syscall.ENOSPC):
			step /= 4
		default:
			require.NoError(d.t, err)
		}
	}
}

// empty gives the room back.
func (d *disk) empty() {
	d.t.Helper()
	err := os.Remove(filepath.Join(d.folder, "of-another-program"))
	if !os.IsNotExist(err) {
		require.NoError(d.t, err)
	}
}

func (d *disk) free() int64 {
	d.t.Helper()
	var stat unix.Statfs_t
	require.NoError(d.t, unix.Statfs(d.folder, &stat))
	return int64(stat.Bavail) * stat.Bsize
}

// fullDiskSteps are the moments at which a disk is full. Each leaves it with room.
var fullDiskSteps = []struct {
	name string
	do   func(*trial, *disk)
}{
	{"under load", func(x *trial, d *disk) {
		x.fillAndWait(d)
		d.empty()
	}},
	{"at a kill", func(x *trial, d *disk) {
		x.fillAndWait(d)
		x.kill()
		d.empty()
		x.start()
	}},
	{"at a stop", func(x *trial, d *disk) {
		x.fillAndWait(d)
		x.stop()
		d.empty()
		x.start()
	}},
	{"at a kill and the start after it", func(x *trial, d *disk) {
		x.fillAndWait(d)
		x.kill()
		x.startOnFull(d)
	}},
	{"at a stop and the start after it", func(x *trial, d *disk) {
		x.fillAndWait(d)
		x.stop()
		x.startOnFull(d)
	}},
	{"at a start, a kill and another start", func(x *trial, d *disk) {
		x.fillAndWait(d)
		x.kill()
		x.launch()
		x.pause(time.Second)
		x.kill()
		x.startOnFull(d)
	}},
	{"at a start", func(x *trial, d *disk) {
		x.stop()
		d.fill(x.random.Int64N(64 << 10))
		x.startOnFull(d)
	}},
	{"again and again", func(x *trial, d *disk) {
		for range 5 {
			d.fill(x.random.Int64N(64 << 10))
			x.pause(200 * time.Millisecond)
			d.empty()
			x.pause(200 * time.Millisecond)
		}
	}},
}

// fillAndWait fills the disk, but for a few bytes or none, until clients notice.
func (x *trial) fillAndWait(d *disk) {
	x.t.Helper()
	before, acked := x.load.unavailable.Load(), x.ledger.acknowledged()
	d.fill(x.random.Int64N(2) * x.random.Int64N(256<<10))
	// Where there is room in the files' free pages, requests go on being taken.
	x.eventually(func() bool { return x.load.unavailable.Load() > before+3 || x.ledger.acknowledged() > acked+150 },
		"nobody notices that the disk is full")
}

// startOnFull starts a collector while the disk is full, and then makes room. It
// starts, or ends with the reason.
func (x *trial) startOnFull(d *disk) {
	x.t.Helper()
	x.launch()
	if err := x.c.WaitHealthy(); err != nil {
		assert.Contains(x.t, strings.ToLower(x.c.Log()), "full", "the log of a start on a full disk names the reason")
		x.ended()
		d.empty()
		x.start()
		return
	}
	x.pause(500 * time.Millisecond)
	d.empty()
}

// fullDisk goes through the steps on a disk, with destinations away at every other.
func fullDisk(t *testing.T, x *trial, d *disk) {
	t.Helper()
	const clients = 4
	x.load.timeout, x.load.pause = 700*time.Millisecond, 300*time.Millisecond
	x.start()
	x.begin(clients, 100)
	x.await(20)
	for range longRounds(t, 1) {
		for n, step := range fullDiskSteps {
			t.Logf("the disk is full %s", step.name)
			if n%2 == 1 || x.random.IntN(2) == 0 {
				x.wires[0].set(t, refuses)
				x.wires[1].set(t, unavailable)
			}
			step.do(x, d)
			x.await(10)
			x.calm()
		}
		if t.Failed() {
			break
		}
	}
	x.finish(bounds{duplicates: x.inFlight(clients)})
}

// TestFullDisk: store and queues are on one disk, which another program fills and
// gives back at every step. What was acknowledged is there when there is room.
func TestFullDisk(t *testing.T) {
	x := newTrial(t, 1000)
	x.dir = filepath.Join(x.dir, "disk")
	fullDisk(t, x, mountDisk(t, x.dir, "400m"))
}

// TestFullQueueDisk is the same where the queues alone have a disk of their own.
func TestFullQueueDisk(t *testing.T) {
	x := newTrial(t, 1000)
	fullDisk(t, x, mountDisk(t, filepath.Join(x.dir, "data", "queue"), "64m"))
}

// TestFullStoreDisk is the same where the store alone has.
func TestFullStoreDisk(t *testing.T) {
	x := newTrial(t, 1000)
	queue := t.TempDir()
	x.env = append(x.env, "OTELCOL_QUEUE_DIR="+queue)
	fullDisk(t, x, mountDisk(t, filepath.Join(x.dir, "data"), "400m"))
	x.scanner.scanFolder(t, queue)
	assert.Empty(t, x.scanner.findings(), "secrets are out")
}
