package tracestore

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// smallDisk names, for a child process of a test, which one it is to run.
const smallDisk = "TRACESTORE_SMALL_DISK"

// onSmallDisk runs the rest of a test in a process of its own, with a disk of so
// many MiB that is mounted in its mount namespace and ends with it.
func onSmallDisk(t *testing.T, mib int, test func(t *testing.T, dir string)) {
	t.Helper()
	if os.Getenv(smallDisk) == t.Name() {
		dir := t.TempDir()
		require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", mib)))
		t.Cleanup(func() { assert.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
		test(t, dir)
		return
	}
	inChild(t, syscall.CLONE_NEWUSER|syscall.CLONE_NEWNS)
}

// inChild runs a test in a process of its own.
func inChild(t *testing.T, namespaces uintptr) {
	t.Helper()
	name := "^" + strings.ReplaceAll(t.Name(), "/", "$/^") + "$"
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run="+name, "-test.v", "-test.count=1")
	child.Env = append(os.Environ(), smallDisk+"="+t.Name())
	child.SysProcAttr = &syscall.SysProcAttr{Cloneflags: namespaces}
	if namespaces&syscall.CLONE_NEWUSER != 0 {
		child.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		child.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := child.CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Skipf("a user may not mount a disk here (%v): TestTheBoundFollowsTheDisk and TestAFullDatabaseKeepsWhatIsInItAndTakesMoreOnceThereIsRoom have to do", err)
	}
	require.NoError(t, err, string(out))
}

// TestASmallDiskKeepsTheLatest writes several times what a disk has room for.
func TestASmallDiskKeepsTheLatest(t *testing.T) {
	disks := []struct{ mib, trace, times int }{
		{24, 100_000, 5}, {24, 1_500_000, 5}, {12, 3_000, 2}, {16, 100_000, 5}, {32, 100_000, 5}, {64, 100_000, 3},
	}
	if underRace {
		disks = disks[:2]
	}
	for _, test := range disks {
		t.Run(fmt.Sprintf("%d MiB, traces of %d bytes", test.mib, test.trace), func(t *testing.T) {
			onSmallDisk(t, test.mib, func(t *testing.T, dir string) {
				t.Helper()
				d := openOnDisk(t, dir, Retention{MaxSize: 1 << 30, MaxAge: day, DiskWait: 10 * time.Minute})
				d.fill(test.times*test.mib<<20, test.trace)
				d.assertStored()
				assert.Greater(t, d.used(), int64(test.mib<<20)/2, "no more goes than must")
				require.NoError(t, d.Close(context.Background()))
				assert.Equal(t, "ok", d.value(`PRAGMA integrity_check`))
			})
		})
	}
}

// TestAFileMayBeLimited has a limit of the size of files (RLIMIT_FSIZE), as a service
// manager sets it (LimitFSIZE=).
func TestAFileMayBeLimited(t *testing.T) {
	for _, mib := range []int{8, 24} {
		t.Run(fmt.Sprint(mib, " MiB"), func(t *testing.T) {
			if os.Getenv(smallDisk) != t.Name() {
				inChild(t, 0)
				return
			}
			limit := uint64(mib << 20)
			require.NoError(t, unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: limit, Max: limit}))
			d := openOnDisk(t, t.TempDir(), Retention{MaxSize: 1 << 30, DiskWait: 10 * time.Minute})
			d.fill(2*mib<<20, 400_000)
			d.assertStored()
			assert.Greater(t, d.used(), int64(mib<<20)/2)
			require.NoError(t, d.Close(context.Background()))
			assert.Equal(t, "ok", d.value(`PRAGMA integrity_check`))
		})
	}
}

// TestADiskThatOthersFillIsWaitedFor puts a file of others on a disk of 64 MiB that
// is half full of traces.
func TestADiskThatOthersFillIsWaitedFor(t *testing.T) {
	retention := Retention{MaxSize: 1 << 30, DiskWait: 10 * time.Minute}
	onSmallDisk(t, 64, func(t *testing.T, dir string) {
		t.Helper()
		d := openOnDisk(t, dir, retention)
		d.fill(30<<20, 100_000)
		all := int64(d.traces)
		require.Equal(t, all, d.assertStored())
		d.take()
		filler := filepath.Join(dir, "filler")

		// Full for a while: nothing is deleted, over a start too.
		fillDisk(t, filler)
		refused := func() {
			t.Helper()
			require.Eventually(t, func() bool { return d.try(100_000) != nil }, 20*time.Second, time.Millisecond, "what is free in the file is used first")
			d.tendNow(20)
		}
		refused()
		assert.NotEmpty(t, d.trace(d.traces).Roots, "what is there can be read")
		d.clock.advance(retention.DiskWait - time.Minute)
		refused()
		assert.EqualValues(t, d.traces, d.assertStored())
		require.Len(t, d.take(), 1)
		require.NoError(t, os.Remove(filler))
		d.fill(1<<20, 100_000)
		assert.EqualValues(t, d.traces, d.assertStored())

		// Full for good: what must go does.
		d.clock.advance(time.Hour)
		d.tendNow(3)
		fillDisk(t, filler)
		refused()
		before := d.assertStored()
		d.clock.advance(retention.DiskWait + time.Minute)
		d.tendNow(100)
		d.fill(1<<20, 100_000)
		left := d.assertStored()
		assert.Less(t, left, int64(d.traces))
		assert.Greater(t, left, before*8/10, "no more than must")
		said := strings.Join(d.take(), "\n")
		assert.Contains(t, said, "because of what others store on it")
		assert.Contains(t, said, "retention::max_size is more than its disk has room for")
		assert.Regexp(t, `Deleted the oldest \d+ traces \(\d+ spans\) and 0 log records: it finds no room on the disk`, said)

		// Room again.
		require.NoError(t, os.Remove(filler))
		d.fill(20<<20, 100_000)
		assert.Greater(t, d.assertStored(), before)
		require.NoError(t, d.Close(context.Background()))
		assert.Equal(t, "ok", d.value(`PRAGMA integrity_check`))
	})
}

// TestADiskThatIsFilledFromOneMomentToTheNext is full right after a COMMIT that is in
// the WAL only.
func TestADiskThatIsFilledFromOneMomentToTheNext(t *testing.T) {
	for _, mib := range []int{16, 64, 200} {
		t.Run(fmt.Sprint(mib, " MiB"), func(t *testing.T) {
			onSmallDisk(t, mib, func(t *testing.T, dir string) {
				t.Helper()
				d := openOnDisk(t, dir, Retention{MaxSize: 1 << 30, DiskWait: 10 * time.Minute})
				d.fill(mib<<20/3, 50_000)
				for range 10 {
					require.NoError(t, d.try(50_000))
				}
				fillDisk(t, filepath.Join(dir, "filler"))
				assert.EqualValues(t, d.traces, d.assertStored())
				d.clock.advance(time.Hour)
				d.tendNow(1)
				d.clock.advance(time.Hour)
				d.tendNow(100)
				d.fill(2<<20, 50_000)
				assert.Greater(t, d.used(), int64(mib<<20)/6)
				d.assertStored()
				require.NoError(t, d.Close(context.Background()))
				assert.Equal(t, "ok", d.value(`PRAGMA integrity_check`))
			})
		})
	}
}

// TestAStartTakesNothingForItsOwn starts a store beside a file that others have put
// there while it was stopped.
func TestAStartTakesNothingForItsOwn(t *testing.T) {
	onSmallDisk(t, 64, func(t *testing.T, dir string) {
		t.Helper()
		retention := Retention{MaxSize: 1 << 30, DiskWait: 10 * time.Minute}
		d := openOnDisk(t, dir, retention)
		d.fill(30<<20, 100_000)
		require.NoError(t, d.Close(context.Background()))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "filler"), make([]byte, 25<<20), 0o600))
		traces := d.traces
		for range 2 {
			d = openOnDisk(t, dir, retention)
			d.traces = traces
			d.tendNow(50)
			assert.EqualValues(t, traces, d.assertStored())
			require.NoError(t, d.Close(context.Background()))
		}
		require.NoError(t, os.Remove(filepath.Join(dir, "filler")))
		d = openOnDisk(t, dir, retention)
		d.traces = traces
		d.fill(10<<20, 100_000)
		assert.EqualValues(t, d.traces, d.assertStored())
	})
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
