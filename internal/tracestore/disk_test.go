package tracestore

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// diskStore is a store on a disk of its own.
type diskStore struct {
	*testStore
	*notices
	traces int // that were acknowledged
}

func openOnDisk(t *testing.T, dir string, r Retention, change ...func(*FileOptions, *Options)) *diskStore {
	t.Helper()
	r.Reclaim, r.Pause = true, time.Millisecond
	d := &diskStore{notices: new(notices)}
	d.testStore = openTestStoreAt(t, filepath.Join(dir, "traces.db"), append([]func(*FileOptions, *Options){func(_ *FileOptions, o *Options) {
		o.Retention, o.Notice = r, d.add
	}}, change...)...)
	return d
}

// try writes a trace of so many bytes, and returns how that went. What was refused
// is written again with the next.
func (d *diskStore) try(bytes int) error {
	d.t.Helper()
	n := d.traces + 1
	_, err := d.Write(d.t.Context(), []Span{newSpan(n, n, 0, 0, withPayload(bytes))})
	if err == nil {
		d.traces++
		return nil
	}
	require.Equal(d.t, databaseFull, failureOf(err), err)
	require.False(d.t, IsPermanent(err))
	return err
}

// fill writes until so many bytes are stored. Each trace is stored after a few
// attempts, with steps of retention in between.
func (d *diskStore) fill(bytes, trace int) {
	d.t.Helper()
	for stored := 0; stored < bytes; stored += trace {
		attempt := 0
		for ; d.try(trace) != nil; attempt++ {
			require.Less(d.t, attempt, 50, "of trace %d: the store is stuck, with %v", d.traces+1, measureRoom(d.path))
			d.tendNow(3)
		}
	}
	d.tendNow(20)
}

// assertLatest asserts that the latest n traces are stored, all before are not, and
// that what is stored is whole.
func (d *diskStore) assertStored() (n int64) {
	d.t.Helper()
	d.assertWhole(1)
	n = d.value(`SELECT count(*) FROM otel_traces`).(int64)
	assert.Equal(d.t, traceID(d.traces), d.value(`SELECT max(trace_id) FROM otel_traces`))
	assert.Equal(d.t, traceID(d.traces-int(n)+1), d.value(`SELECT min(trace_id) FROM otel_traces`), "the oldest have gone, and no other")
	return n
}

// used is how much is stored, in bytes.
func (d *diskStore) used() int64 {
	d.t.Helper()
	return d.value(`SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size`).(int64)
}

// testDisk is a disk of so many bytes that does not exist.
type testDisk struct {
	mu            sync.Mutex
	total, others int64
}

// set makes others have so much of it, or as much as there is.
func (d *testDisk) set(others int64, path string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.others = min(others, d.total-fileSize(path)-fileSize(path+"-wal"))
}

func (d *testDisk) room(path string) room {
	d.mu.Lock()
	defer d.mu.Unlock()
	r := room{file: fileSize(path), wal: fileSize(path + "-wal"), known: true}
	r.free = max(d.total-d.others-r.file-r.wal, 0)
	return r
}

// TestTheBoundFollowsTheDisk needs no disk of its own.
func TestTheBoundFollowsTheDisk(t *testing.T) {
	const mib = 1 << 20
	disk := &testDisk{total: 64 * mib}
	d := openOnDisk(t, t.TempDir(), Retention{MaxSize: 40 * mib, DiskWait: 10 * time.Minute}, func(f *FileOptions, o *Options) {
		f.room = disk.room
	})
	d.fill(30*mib, 500_000)
	all := d.assertStored()
	require.EqualValues(t, d.traces, all)
	require.Empty(t, d.take(), "there is room for retention::max_size")

	// Others take half of it, and give it back.
	refused := func() {
		t.Helper()
		require.Eventually(t, func() bool { return d.try(500_000) != nil }, 20*time.Second, time.Millisecond)
		d.tendNow(20)
	}
	disk.set(40*mib, d.path)
	refused()
	disk.set(0, d.path)
	d.tendNow(20)
	d.clock.advance(time.Hour)
	d.tendNow(20)
	assert.EqualValues(t, d.traces, d.assertStored(), "it was full for a while")
	require.Len(t, d.take(), 1)

	// Others take it for good.
	disk.set(30*mib, d.path)
	for range 9 {
		refused()
		d.clock.advance(time.Minute)
	}
	assert.EqualValues(t, d.traces, d.assertStored())
	all = d.assertStored()
	d.clock.advance(2 * time.Minute)
	d.tendNow(20)
	d.fill(3*mib, 500_000)
	left := d.assertStored()
	assert.Less(t, left, int64(d.traces))
	assert.Greater(t, left, all*3/4, "no more than must")
	said := d.take()
	require.Len(t, said, 3, said)
	assert.Contains(t, said[0], "nothing is deleted for it within 10m0s")
	assert.Contains(t, said[1], "the oldest is deleted above")
	assert.Contains(t, said[2], "Deleted the oldest")
	left = d.assertStored()

	// There is room again, and more than before.
	disk.set(0, d.path)
	d.tendNow(20)
	d.fill(15*mib, 500_000)
	assert.Greater(t, d.assertStored(), left+5)
	assert.Less(t, d.used(), int64(41*mib))
}

// TestWhatHasNoRoomTogetherIsStoredOneByOne has many that wait for the writer where
// there is room for some of them.
func TestWhatHasNoRoomTogetherIsStoredOneByOne(t *testing.T) {
	const mib = 1 << 20
	disk := &testDisk{total: 64 * mib}
	var batch []*write
	var commit func()
	d := openOnDisk(t, t.TempDir(), Retention{MaxSize: 1 << 30, DiskWait: 10 * time.Minute}, func(f *FileOptions, o *Options) {
		f.room = disk.room
		o.Tended = func(Tended) { // the writer is between two transactions
			if commit != nil {
				commit()
			}
		}
	})
	require.NoError(t, d.try(1000))
	disk.set(64*mib-3*mib-fileSize(d.path)-d.wal(), d.path)
	for n := range 16 {
		batch = append(batch, &write{group: group{spans: []Span{newSpan(n+2, n+2, 0, 0, withPayload(mib))}}, ready: make(chan struct{})})
	}
	commit = func() { commit = nil; d.commit(t.Context(), batch) }
	d.tendNow(1)
	taken := 0
	for i, w := range batch {
		<-w.ready
		if w.err == nil {
			require.Equal(t, i, taken, "in their order")
			require.Equal(t, 1, w.result.Inserted)
			taken++
			continue
		}
		assert.Equal(t, databaseFull, failureOf(w.err), w.err)
	}
	assert.Positive(t, taken)
	assert.Less(t, taken, len(batch), "make the disk smaller")
	assert.EqualValues(t, 1+taken, d.value(`SELECT count(*) FROM otel_traces`))
	d.assertWhole(1)
}

func TestTheBoundOfADisk(t *testing.T) {
	const mib = 1 << 20
	for _, test := range []struct{ total, limit, fits, wal int64 }{
		{0, 0, MaxInteger, 16_384_000}, // not known
		{1 << 40, 0, 1<<40 - 1<<40/20 - 32*mib, 16_384_000},
		{1024 * mib, 0, 1024*mib - 1024*mib/20 - 32*mib, 16_384_000},
		{64 * mib, 0, 64*mib - 64*mib/20 - 8*mib, 4 * mib},
		{24 * mib, 0, 24*mib - 24*mib/20 - 3*mib, 24 * mib / 16},
		{1 * mib, 0, mib - mib/20 - mib/8, 64 * 4096},
		{1024 * mib, 16 * mib, 14 * mib, mib},
	} {
		r := room{free: test.total, limit: test.limit, known: test.total > 0}
		assert.Equal(t, test.fits, r.fits(), test)
		assert.Equal(t, test.wal, r.walBytes(4096), test)
	}
}
