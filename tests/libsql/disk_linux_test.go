package libsql

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"golang.org/x/sys/unix"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// diskTest is a collector whose store has a small disk, and a client that sends again
// what was refused.
type diskTest struct {
	*e2e.Collector
	t      *testing.T
	dir    string // with the disk at data/
	args   []string
	client traffic.Sender
	sent   uint64 // traces that were acknowledged
}

// smallDisk mounts a disk of so many MiB.
func smallDisk(t *testing.T, mib int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	data := filepath.Join(dir, "data")
	require.NoError(t, os.Mkdir(data, 0o700))
	if err := syscall.Mount("tmpfs", data, "tmpfs", 0, fmt.Sprintf("size=%dm", mib)); err != nil {
		t.Skipf("no disk can be mounted here (%v): the tests of internal/tracestore have to do", err)
	}
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(data, syscall.MNT_DETACH)) })
	return dir
}

// fillDisk leaves 1 MiB.
func fillDisk(t *testing.T, path string) {
	t.Helper()
	var disk unix.Statfs_t
	require.NoError(t, unix.Statfs(filepath.Dir(path), &disk))
	require.NoError(t, os.WriteFile(path, make([]byte, int64(disk.Bavail)*disk.Bsize-1<<20), 0o600))
}

func newDiskTest(t *testing.T, dir, retention string) *diskTest {
	t.Helper()
	config, err := filepath.Abs("../../config")
	require.NoError(t, err)
	overlay := filepath.Join(dir, "overlay.yaml")
	require.NoError(t, os.WriteFile(overlay, []byte("exporters:\n  libsql:\n    timeout: 2s\n    retention: {"+retention+", pause: 1ms}\n    retry_on_failure: {initial_interval: 50ms, max_interval: 200ms}\n"), 0o600))
	d := &diskTest{t: t, dir: dir, args: []string{
		"--config", filepath.Join(config, "otelcol.yaml"), "--config", filepath.Join(config, "destinations", "libsql.yaml"), "--config", overlay,
	}}
	t.Cleanup(func() {
		if d.Collector != nil {
			d.Kill()
		}
	})
	d.start()
	return d
}

func (d *diskTest) start() {
	d.t.Helper()
	d.Collector = e2e.StartCollectorIn(d.t, d.dir, d.args...)
	var err error
	d.client, err = traffic.NewSender("http", d.HTTP, traffic.Connection{})
	require.NoError(d.t, err)
}

// try sends a trace of so many bytes.
func (d *diskTest) try(bytes int) error {
	err := d.client.Send(d.t.Context(), largeTrace(d.sent+1, bytes))
	if err == nil {
		d.sent++
	}
	return err
}

// fill sends so many bytes in traces of 200 kB. Each is taken after a few attempts.
func (d *diskTest) fill(bytes int) {
	d.t.Helper()
	const each = 200_000
	for sent := 0; sent < bytes; sent += each {
		require.Eventually(d.t, func() bool { return d.try(each) == nil }, time.Minute, time.Millisecond, "trace %d is never taken", d.sent+1)
	}
}

func (d *diskTest) stored() int { return len(storedTraces(d.t, d.TracesDB())) }

// says waits for a line of the log.
func (d *diskTest) says(pattern string) {
	d.t.Helper()
	line := regexp.MustCompile(pattern)
	require.Eventually(d.t, func() bool { return line.MatchString(d.Log()) }, 30*time.Second, 10*time.Millisecond, pattern)
}

func largeTrace(n uint64, bytes int) ptrace.Traces {
	td := smallTrace(n)
	td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes().PutStr("payload", strings.Repeat("words and more ", bytes/15))
	return td
}

func wal(d *diskTest) int64 {
	info, err := os.Stat(d.TracesDB() + "-wal")
	if err != nil {
		return 0
	}
	return info.Size()
}

// TestACollectorOnASmallDiskKeepsTheLatest sends twice what the disk has room
// for.
func TestACollectorOnASmallDiskKeepsTheLatest(t *testing.T) {
	e2e.Binary(t)
	for _, mib := range []int{16, 24, 64} {
		t.Run(fmt.Sprint(mib, " MiB"), func(t *testing.T) {
			d := newDiskTest(t, smallDisk(t, mib), "max_size: 2147483648")
			d.fill(2 * mib << 20)
			d.says("retention::max_size is more than its disk has room for: the oldest is deleted above")
			d.says(`Deleted the oldest \d+ traces`)
			stored := d.stored()
			assert.Greater(t, stored*200_000, mib<<20/2)
			assert.Equal(t, traceOf(smallTrace(d.sent)), storedTraces(t, d.TracesDB())[0].TraceID)
			require.NoError(t, d.Stop())
		})
	}
}

// TestACollectorWithALimitOfFileSizes has RLIMIT_FSIZE.
func TestACollectorWithALimitOfFileSizes(t *testing.T) {
	e2e.Binary(t)
	var before unix.Rlimit // of this process, which a child of it has too
	require.NoError(t, unix.Getrlimit(unix.RLIMIT_FSIZE, &before))
	require.NoError(t, unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 16 << 20, Max: before.Max}))
	d := newDiskTest(t, t.TempDir(), "max_size: 2147483648")
	require.NoError(t, unix.Setrlimit(unix.RLIMIT_FSIZE, &before))
	d.fill(25 << 20)
	d.says(`Deleted the oldest \d+ traces`)
	assert.Greater(t, d.stored()*200_000, 6<<20)
	require.NoError(t, d.Stop())
}

// TestACollectorWaitsForADiskThatOthersFill fills the disk, kills the collector, starts
// it, and gives the room back.
func TestACollectorWaitsForADiskThatOthersFill(t *testing.T) {
	e2e.Binary(t)
	dir := smallDisk(t, 64)
	filler := filepath.Join(dir, "data", "filler")
	d := newDiskTest(t, dir, "max_size: 2147483648")
	d.fill(25 << 20)
	fillDisk(t, filler)
	require.Eventually(t, func() bool { return d.try(400_000) != nil }, time.Minute, time.Millisecond)
	d.says("nothing is deleted for it within 10m0s")
	for range 2 {
		d.Kill()
		d.start()
		d.says("nothing is deleted for it within 10m0s")
		require.Error(t, d.try(400_000))
	}
	require.NoError(t, os.Remove(filler))
	d.fill(5 << 20)
	assert.NotContains(t, d.Log(), "Deleted the oldest")
	assert.Equal(t, int(d.sent), d.stored())
	require.NoError(t, d.Stop())
}

// TestACollectorDeletesForADiskThatStaysFull waits two seconds instead of minutes.
func TestACollectorDeletesForADiskThatStaysFull(t *testing.T) {
	e2e.Binary(t)
	dir := smallDisk(t, 64)
	d := newDiskTest(t, dir, "max_size: 2147483648, disk_wait: 2s, interval: 1s")
	d.fill(25 << 20)
	before := d.stored()
	fillDisk(t, filepath.Join(dir, "data", "filler"))
	d.fill(6 << 20)
	d.says("nothing is deleted for it within 2s")
	d.says(`Deleted the oldest \d+ traces \(\d+ spans\) and 0 log records: it finds no room on the disk`)
	assert.Less(t, d.stored(), int(d.sent))
	assert.Greater(t, d.stored(), before/2, "no more than must")
	require.NoError(t, os.Remove(filepath.Join(dir, "data", "filler")))
	d.fill(15 << 20)
	d.says("above [3-5][0-9]{7} bytes")
	assert.Greater(t, d.stored(), before)
	require.NoError(t, d.Stop())
}

// TestAReaderThatStaysIsNamed keeps a transaction of the store open.
func TestAReaderThatStaysIsNamed(t *testing.T) {
	e2e.Binary(t)
	d := newDiskTest(t, t.TempDir(), "max_size: 16777216, interval: 1s")
	d.fill(1 << 20)
	db, err := sql.Open("sqlite", "file:"+d.TracesDB()+"?mode=ro")
	require.NoError(t, err)
	defer db.Close()
	tx, err := db.BeginTx(context.Background(), nil)
	require.NoError(t, err)
	var n int
	require.NoError(t, tx.QueryRow("SELECT count(*) FROM otel_spans").Scan(&n))
	d.fill(30 << 20)
	d.says(fmt.Sprintf(`The write-ahead log \(-wal\) has grown to \d+ bytes and grows on: process %d \(\S+\) has had a transaction open`, os.Getpid()))
	require.NoError(t, tx.Rollback())
	require.NoError(t, db.Close())
	require.Eventually(t, func() bool { return wal(d) < 1<<20 }, 30*time.Second, 10*time.Millisecond)
	d.says("The write-ahead log is small again")
	n = 0
	for lines := bufio.NewScanner(strings.NewReader(d.Log())); lines.Scan(); {
		n += strings.Count(lines.Text(), "has grown to")
	}
	assert.Equal(t, 1, n)
	require.NoError(t, d.Stop())
}
