package tracestore

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// readFile makes the test binary a program that has a transaction of a file open until
// its input ends.
const readFile = "TRACESTORE_READ_FILE"

func TestMain(m *testing.M) {
	if how := os.Getenv(writeFile); how != "" {
		if err := applications(how); err != nil {
			panic(err)
		}
		return
	}
	path := os.Getenv(readFile)
	if path == "" {
		os.Exit(m.Run())
	}
	r, err := OpenReader(context.Background(), path)
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	db, err := r.db.(poolQuerier).pool.Conn(ctx)
	if err != nil {
		panic(err)
	}
	var n int
	if _, err := db.ExecContext(ctx, "BEGIN"); err != nil {
		panic(err)
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM otel_spans").Scan(&n); err != nil {
		panic(err)
	}
	fmt.Println("reading")
	_, _ = io.ReadAll(os.Stdin)
}

// openReading is a store whose WAL is copied at 2 MB.
func openReading(t *testing.T) *diskStore {
	t.Helper()
	d := &diskStore{notices: new(notices)}
	path := filepath.Join(t.TempDir(), "traces.db")
	d.testStore = openTestStoreAt(t, path, func(f *FileOptions, o *Options) {
		f.PageSize = 512
		o.Retention, o.Notice, o.Info = Retention{MaxSize: 16 << 20, Reclaim: true, Pause: time.Millisecond}, d.add, d.add
	})
	return d
}

// write20MB writes so much, with the steps of retention that come in between.
func (d *diskStore) write20MB() {
	d.t.Helper()
	for range 20 {
		require.NoError(d.t, d.try(1<<20))
		d.tendNow(1)
	}
}

func (d *diskStore) wal() int64 { return fileSize(d.path + "-wal") }

// TestAReaderThatStaysIsNamedAndItsWALGetsSmallAgain has another process keep a
// transaction open.
func TestAReaderThatStaysIsNamedAndItsWALGetsSmallAgain(t *testing.T) {
	d := openReading(t)
	require.NoError(t, d.try(1000))
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), readFile+"="+d.path)
	in, err := child.StdinPipe()
	require.NoError(t, err)
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	t.Cleanup(func() { _ = child.Process.Kill(); _ = child.Wait() })
	require.True(t, bufio.NewScanner(out).Scan(), "it does not read")

	d.write20MB()
	require.Greater(t, d.wal(), int64(16<<20), "SQLite cannot do otherwise")
	assert.Empty(t, d.takeOf("write-ahead"), "a query may take a moment")
	d.clock.advance(walPatience)
	for range 3 {
		d.clock.advance(walRetryMost)
		d.tendNow(1)
	}
	said := d.takeOf("write-ahead")
	require.Len(t, said, 1, "once in a while")
	who := fmt.Sprintf(`: process %d \(\S+\) has had a transaction open for \d+s`, child.Process.Pid)
	if runtime.GOOS != "linux" {
		who = someReader
	}
	assert.Regexp(t, who, said[0])
	d.clock.advance(walSayEvery)
	d.tendNow(1)
	require.Len(t, d.takeOf("write-ahead"), 1)

	require.NoError(t, in.Close())
	require.NoError(t, child.Wait())
	d.clock.advance(walRetryMost)
	d.tendNow(2)
	assert.Less(t, d.wal(), int64(1<<20))
	require.Len(t, d.takeOf("write-ahead"), 1)
	d.tendNow(20)
	assert.Less(t, d.value(`SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size`), int64(17<<20))
	d.assertStored()
}

// TestReadersThatComeAndGoLeaveTheWALSmall has always one that reads, each for a
// moment.
func TestReadersThatComeAndGoLeaveTheWALSmall(t *testing.T) {
	d := openReading(t)
	require.NoError(t, d.try(1000))
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	defer readers.Wait()
	defer cancel()
	for range 3 {
		pool := lookAt(t, d.path)
		readers.Go(func() {
			for ctx.Err() == nil {
				tx, err := pool.Begin()
				if err != nil {
					continue
				}
				var n int
				_ = tx.QueryRow("SELECT count(*) FROM otel_spans").Scan(&n)
				<-time.After(15 * time.Millisecond)
				_ = tx.Rollback()
			}
		})
	}
	var most int64
	for range 4 {
		d.write20MB()
		d.clock.advance(walRetryMost)
		d.tendNow(1)
		most = max(most, d.wal())
	}
	assert.Less(t, most, int64(30<<20), "of 80 MB")
	assert.Empty(t, d.takeOf("write-ahead"))
}

// TestWhatATransactionLeftBehindIsCutOff makes a WAL that ends in what no COMMIT has.
func TestWhatATransactionLeftBehindIsCutOff(t *testing.T) {
	d := openReading(t)
	for range 3 {
		require.NoError(t, d.try(10_000))
	}
	e := d.engine.(*fileEngine)
	path := e.file.Path + "-wal"
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	end, err := endOfWAL(path)
	require.NoError(t, err)
	require.LessOrEqual(t, end, int64(len(before)))
	junk, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	require.NoError(t, err)
	frame := append([]byte{0, 0, 0, 1, 0, 0, 0, 0}, before[16:24]...) // of no COMMIT, with the salt
	_, err = junk.Write(append(frame, make([]byte, 8+512)...))
	require.NoError(t, err)
	require.NoError(t, junk.Close())
	require.NoError(t, e.cutWAL(t.Context()))
	assert.Equal(t, end, d.wal())
	require.NoError(t, d.try(10_000))
	require.NoError(t, d.Close(context.Background()))
	assert.EqualValues(t, 4, d.value(`SELECT count(*) FROM otel_traces`))
	assert.Equal(t, "ok", d.value(`PRAGMA integrity_check`))
	none, err := endOfWAL(path)
	require.NoError(t, err)
	assert.Zero(t, none)
}
