package tracestore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// othersTable makes a table of an application with about 3 MB in it.
const othersTable = `CREATE TABLE messages AS
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) SELECT printf('%.*c', 1000, 'x') AS content FROM n`

// othersFile is a file of an application.
func othersFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.db")
	queryFile(t, path, othersTable)
	return path
}

// watched are stores of both kinds with a bound of 1 MiB, and what retention has
// done last.
func watched(t *testing.T, test func(t *testing.T, s *testStore, last func() Tended, notices *atomic.Int64)) {
	t.Helper()
	for name, open := range map[string]func(*testing.T, func(*Options)) *testStore{
		"file": func(t *testing.T, change func(*Options)) *testStore {
			t.Helper()
			return openTestStore(t, func(_ *FileOptions, o *Options) { change(o) })
		},
		"server": func(t *testing.T, change func(*Options)) *testStore {
			t.Helper()
			s, _ := openTestServer(t, func(_ *ServerOptions, o *Options) { change(o) })
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			var last atomic.Pointer[Tended]
			var notices atomic.Int64
			s := open(t, func(o *Options) {
				o.Retention = Retention{MaxSize: 1 << 20}
				o.Tended = func(done Tended) { last.Store(&done) }
				o.Notice = func(string) { notices.Add(1) }
			})
			test(t, s, func() Tended { s.tendNow(1); return *last.Load() }, &notices)
		})
	}
}

func TestWhatOthersHaveStoredIsNotCounted(t *testing.T) {
	path := othersFile(t)
	s := openTestStoreAt(t, path, func(_ *FileOptions, o *Options) { o.Retention = Retention{MaxSize: 1 << 20} })
	for n := range 10 {
		s.write(newSpan(n, n+1, 0, 0, withPayload(10_000)))
	}
	s.clock.advance(time.Hour)
	s.tendNow(20)
	assert.EqualValues(t, 10, s.value(`SELECT count(*) FROM otel_traces`))
	assert.EqualValues(t, 2500, s.value(`SELECT count(*) FROM messages`))
}

func TestWhatOthersStoreLaterIsNotCounted(t *testing.T) {
	watched(t, func(t *testing.T, s *testStore, last func() Tended, _ *atomic.Int64) {
		t.Helper()
		for n := range 10 {
			s.write(newSpan(n, n+1, 0, 0, withPayload(10_000)))
		}
		s.clock.advance(time.Hour)
		s.rows(othersTable)
		require.Eventually(t, func() bool { return last().Size.Others > 2_500_000 }, 10*time.Second, time.Millisecond)
		s.tendNow(20)
		assert.EqualValues(t, 10, s.value(`SELECT count(*) FROM otel_traces`))
		// What is ours is bounded as ever.
		for n := range 10 {
			s.write(newSpan(100+n, 100+n, 0, 0, withPayload(125_000)))
			s.clock.advance(time.Hour)
		}
		ours := func() int64 { size := last().Size; return size.Used - size.Others }
		require.Eventually(t, func() bool { return ours() < 1<<20 }, 10*time.Second, time.Millisecond)
		assert.Greater(t, ours(), int64(512<<10))
		// And what others delete makes no room for us.
		s.rows(`DROP TABLE messages`)
		s.clock.advance(time.Hour)
		s.write(newSpan(200, 200, 0, 0, withPayload(125_000)), newSpan(201, 201, 0, 0, withPayload(125_000)))
		require.Eventually(t, func() bool {
			s.clock.advance(measureEvery)
			return last().Size.Used < 1<<20
		}, 10*time.Second, time.Millisecond)
	})
}

// TestBesideOthersTheLatestIsKept: Mastra stores spans of its own in the same
// table, and they fill it.
func TestBesideOthersTheLatestIsKept(t *testing.T) {
	watched(t, func(t *testing.T, s *testStore, last func() Tended, notices *atomic.Int64) {
		t.Helper()
		s.write(newSpan(1, 1, 0, 0))
		s.clock.advance(time.Hour)
		s.write(newSpan(2, 2, 0, 0))
		s.rows(`CREATE TABLE mastra_messages (id TEXT)`)
		s.rows(`INSERT INTO mastra_ai_spans (traceId, spanId, name, spanType, isEvent, startedAt, createdAt, input) VALUES ('theirs', 'theirs', 'x', 'generic', 0, '', '', printf('%.*c', 2500000, 'x'))`)
		require.Eventually(t, func() bool { last(); return notices.Load() > 0 }, 10*time.Second, time.Millisecond)
		s.tendNow(20)
		assert.Equal(t, [][]any{{traceID(2)}}, s.rows(`SELECT trace_id FROM otel_traces`))
		assert.EqualValues(t, 1, notices.Load(), "said once")
	})
}

// TestTheFirstStartMayEndBetweenMigrations: what others had is known all the same.
func TestTheFirstStartMayEndBetweenMigrations(t *testing.T) {
	steps, err := migrations()
	require.NoError(t, err)
	for n := range min(len(steps), stateVersion+1) {
		path := othersFile(t)
		pool, db, err := openConnection(t.Context(), DefaultFileOptions(path), false)
		require.NoError(t, err)
		broken := stopAfter{database: db, left: 2 + n} // the table of migrations, Mastra's table, and n steps
		require.ErrorIs(t, migrate(t.Context(), &broken, time.Now()), errStopped)
		require.NoError(t, errors.Join(db.close(), pool.Close()))
		s, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
		require.NoError(t, err)
		require.NoError(t, s.Close(context.Background()))
		saved := queryFile(t, path, `SELECT value FROM otel_state WHERE key = 'foreign_bytes'`)
		if assert.Len(t, saved, 1, n) {
			assert.Greater(t, saved[0][0], int64(2_500_000), n)
		}
	}
}

var errStopped = errors.New("the process has ended")

// stopAfter fails after so many transactions.
type stopAfter struct {
	database
	left int
}

func (s *stopAfter) apply(ctx context.Context, statements []statement) error {
	if s.left == 0 {
		return errStopped
	}
	s.left--
	return s.database.apply(ctx, statements)
}

// TestAFileInThePlaceOfAnotherIsMeasuredAnew: what others had in the first is not
// in the second.
func TestAFileInThePlaceOfAnotherIsMeasuredAnew(t *testing.T) {
	path := othersFile(t)
	var last atomic.Pointer[Tended]
	s := openTestStoreAt(t, path, func(_ *FileOptions, o *Options) {
		o.Retention = Retention{MaxSize: 1 << 20}
		o.Tended = func(done Tended) { last.Store(&done) }
	})
	s.write(newSpan(1, 1, 0, 0))
	s.tendNow(2)
	for _, end := range []string{"", "-wal", "-shm"} {
		require.NoError(t, os.Remove(path+end))
	}
	for n := range 12 {
		s.write(newSpan(100+n, 100+n, 0, 0, withPayload(125_000)))
	}
	s.tendNow(20)
	assert.Less(t, last.Load().Size.Used, int64(1<<20))
	assert.Zero(t, last.Load().Size.Others)
}
