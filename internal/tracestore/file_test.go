package tracestore

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestANewFileIsPrivateAndDurable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new dir?#%", "traces.db")
	s := openTestStoreAt(t, path, func(o *FileOptions, _ *Options) { *o = DefaultFileOptions(path) })
	s.write(newSpan(1, 1, 0, 0))
	for name, mode := range map[string]os.FileMode{path: 0o600, path + "-wal": 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, mode, info.Mode().Perm(), name)
	}
	assert.EqualValues(t, "wal", s.value(`PRAGMA journal_mode`))
	assert.EqualValues(t, 2, s.value(`PRAGMA auto_vacuum`), "incremental")
	var synchronous any
	require.NoError(t, s.engine.(*fileEngine).db.query(t.Context(), statement{sql: `PRAGMA synchronous`}, func(row []any) error {
		synchronous = row[0]
		return nil
	}))
	assert.EqualValues(t, 2, synchronous, "full")
}

func TestWhatCannotBeOpenedIsNamedWithTheRemedy(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	require.NoError(t, os.WriteFile(text, bytes.Repeat([]byte("not a database\n"), 100), 0o600))
	truncated := filepath.Join(dir, "truncated.db")
	store, err := OpenFile(t.Context(), DefaultFileOptions(truncated), Options{})
	require.NoError(t, err)
	_, err = store.Write(t.Context(), []Span{newSpan(1, 1, 0, 0)})
	require.NoError(t, err)
	require.NoError(t, store.Close(context.Background()))
	require.NoError(t, os.Truncate(truncated, 5000))
	locked := filepath.Join(dir, "locked.db")
	lock, err := sql.Open("sqlite", dataSource(locked))
	require.NoError(t, err)
	defer lock.Close()
	lock.SetMaxOpenConns(1)
	for _, query := range []string{"PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE", "CREATE TABLE x (y)"} {
		_, err := lock.ExecContext(t.Context(), query)
		require.NoError(t, err)
	}
	randomRowID := filepath.Join(dir, "libsql.db")
	foreign, err := sql.Open("sqlite", dataSource(randomRowID))
	require.NoError(t, err)
	defer foreign.Close()
	for _, query := range []string{
		"CREATE TABLE t (a)", "PRAGMA writable_schema = ON",
		"UPDATE sqlite_master SET sql = 'CREATE TABLE t (a) RANDOM ROWID' WHERE name = 't'",
	} {
		_, err := foreign.ExecContext(t.Context(), query)
		require.NoError(t, err)
	}
	require.NoError(t, foreign.Close())

	for name, test := range map[string]struct {
		path   string
		change func(*FileOptions)
		want   []string
	}{
		"missing directory": {
			path:   filepath.Join(dir, "missing", "traces.db"),
			change: func(o *FileOptions) { o.CreateDirectory = false },
			want:   []string{"url: directory", "does not exist", "file::create_directory: true"},
		},
		"a directory":             {path: dir, want: []string{"url:", "is a directory", "name a file"}},
		"a file for a directory":  {path: filepath.Join(text, "traces.db"), want: []string{"url:", "is not a directory"}},
		"no database":             {path: text, want: []string{"url:", "is not a SQLite database", "file::on_corruption: quarantine"}},
		"a truncated database":    {path: truncated, want: []string{"url:", "is damaged", "file::on_corruption: quarantine"}},
		"locked by somebody else": {path: locked, want: []string{"url:", "is locked by another process", "file::busy_timeout"}},
		"libSQL's own syntax":     {path: randomRowID, want: []string{"url:", "SQL that only libSQL reads", "file of their own"}},
	} {
		t.Run(name, func(t *testing.T) {
			o := DefaultFileOptions(test.path)
			o.BusyTimeout = 10 * time.Millisecond
			if test.change != nil {
				test.change(&o)
			}
			_, err := OpenFile(t.Context(), o, Options{})
			require.Error(t, err)
			for _, part := range test.want {
				assert.ErrorContains(t, err, part)
			}
		})
	}
}

func TestWhatThePermissionsForbidIsNamedWithTheRemedy(t *testing.T) {
	readOnly := t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(readOnly), 0o755), "every user may look")
	t.Cleanup(func() { assert.NoError(t, os.Chmod(readOnly, 0o700)) })
	there := filepath.Join(readOnly, "there.db")
	store, err := OpenFile(t.Context(), DefaultFileOptions(there), Options{})
	require.NoError(t, err)
	require.NoError(t, store.Close(context.Background()))
	require.NoError(t, errors.Join(os.Chmod(there, 0o644), os.Chmod(readOnly, 0o555)))
	asOrdinaryUser(t)
	for path, want := range map[string]string{
		filepath.Join(readOnly, "traces.db"):        "url: cannot create",
		filepath.Join(readOnly, "sub", "traces.db"): "url: cannot make directory",
		there: "cannot be written",
	} {
		_, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
		assert.ErrorContains(t, err, want)
	}
}

func TestAnEmptyFileBecomesATraceStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.db")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	s := openTestStoreAt(t, path)
	assert.Equal(t, Result{Inserted: 1}, s.write(newSpan(1, 1, 0, 0)))
	assert.EqualValues(t, 2, s.value(`PRAGMA auto_vacuum`))
}

func TestARollbackJournalIsUsedWhereItIsAskedFor(t *testing.T) {
	s := openTestStore(t, func(o *FileOptions, _ *Options) { o.JournalMode = "delete" })
	s.write(newSpan(1, 1, 0, 0))
	assert.EqualValues(t, "delete", s.value(`PRAGMA journal_mode`))
}

func TestALockThatAnotherHoldsFailsTheWriteWhichCanBeRepeated(t *testing.T) {
	s := openTestStore(t, func(o *FileOptions, _ *Options) { o.BusyTimeout = 10 * time.Millisecond })
	lock, err := sql.Open("sqlite", dataSource(s.path))
	require.NoError(t, err)
	defer lock.Close()
	lock.SetMaxOpenConns(1)
	_, err = lock.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	require.NoError(t, err)
	_, err = s.Write(t.Context(), []Span{newSpan(1, 1, 0, 0)})
	require.Error(t, err)
	assert.Equal(t, databaseBusy, failureOf(err))
	assert.False(t, IsPermanent(err))
	_, err = lock.ExecContext(t.Context(), "ROLLBACK")
	require.NoError(t, err)
	assert.Equal(t, Result{Inserted: 1}, s.write(newSpan(1, 1, 0, 0)))
}

func TestAFullDatabaseKeepsWhatIsInItAndTakesMoreOnceThereIsRoom(t *testing.T) {
	s := openTestStore(t)
	s.write(newSpan(1, 1, 0, 0))
	big := newSpan(2, 2, 0, 0, func(s *Span) { s.Mastra.Input = JSON(`"` + string(bytes.Repeat([]byte("x"), 1<<20)) + `"`) })
	db := s.engine.(*fileEngine).db
	require.NoError(t, db.exec(t.Context(), statement{sql: `PRAGMA max_page_count = 100`}))
	_, err := s.Write(t.Context(), []Span{newSpan(3, 3, 0, 0), big})
	require.Error(t, err)
	assert.Equal(t, databaseFull, failureOf(err))
	assert.False(t, IsPermanent(err))
	assert.EqualValues(t, 1, s.value(`SELECT count(*) FROM mastra_ai_spans`))
	require.NoError(t, db.exec(t.Context(), statement{sql: `PRAGMA max_page_count = 100000`}))
	assert.Equal(t, Result{Inserted: 2}, s.write(newSpan(3, 3, 0, 0), big))
}

// TestWhereTheDatabaseIsFullWhatIsDueMakesRoomAtOnce does not wait for the next
// look.
func TestWhereTheDatabaseIsFullWhatIsDueMakesRoomAtOnce(t *testing.T) {
	s := openTestStore(t, func(_ *FileOptions, o *Options) {
		o.Retention = Retention{MaxAge: time.Hour, Interval: 240 * time.Hour}
	})
	for n := range 10 {
		s.write(newSpan(n, n+1, 0, 0, withPayload(50_000)))
	}
	require.NoError(t, s.engine.(*fileEngine).db.exec(t.Context(), statement{sql: `PRAGMA max_page_count = 200`}))
	s.clock.advance(2 * time.Hour)
	big := newSpan(100, 100, 0, 0, withPayload(400_000))
	_, err := s.Write(t.Context(), []Span{big})
	require.Equal(t, databaseFull, failureOf(err))
	require.Eventually(t, func() bool {
		_, err := s.Write(t.Context(), []Span{big})
		return err == nil
	}, 10*time.Second, time.Millisecond)
	assert.Equal(t, [][]any{{traceID(100)}}, s.rows(`SELECT trace_id FROM otel_traces`))
}

func TestARowThatTheDatabaseRefusesLeavesItsNeighbours(t *testing.T) {
	s := openTestStore(t)
	queryFile(t, s.path, `CREATE TRIGGER refuse BEFORE INSERT ON mastra_ai_spans WHEN NEW.name = 'bad' BEGIN SELECT RAISE(ABORT, 'refused'); END`)
	bad := newSpan(1, 2, 1, 1, call(1000, 1, 1), func(s *Span) { s.Mastra.Name = "bad" })
	assert.Equal(t, Result{Inserted: 2, Rejected: 1}, s.write(newSpan(1, 1, 0, 0), bad, newSpan(1, 3, 1, 2, call(10, 1, 1))))
	trace := s.trace(1)
	assert.EqualValues(t, 2, trace.Spans)
	assert.EqualValues(t, 10, trace.InputTokens)
	assert.EqualValues(t, 2, s.value(`SELECT count(*) FROM mastra_ai_spans`))
}

// damage overwrites the middle of a file.
func damage(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	defer f.Close()
	info, err := f.Stat()
	require.NoError(t, err)
	_, err = f.WriteAt(bytes.Repeat([]byte{0xAA}, int(info.Size())-4096), 4096)
	require.NoError(t, err)
}

func TestADamagedFileIsMovedAsideOnlyWhereThatIsAskedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.db")
	for _, content := range [][]byte{bytes.Repeat([]byte("no database "), 1000), append([]byte("SQLite format 3\x00"), bytes.Repeat([]byte{7}, 9000)...)} {
		require.NoError(t, os.WriteFile(path, content, 0o600))
		_, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
		require.Error(t, err)
		kept, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, content, kept)

		var notices []string
		o := DefaultFileOptions(path)
		o.Quarantine = true
		store, err := OpenFile(t.Context(), o, Options{Notice: func(s string) { notices = append(notices, s) }})
		require.NoError(t, err)
		_, err = store.Write(t.Context(), []Span{newSpan(1, 1, 0, 0)})
		require.NoError(t, err)
		require.NoError(t, store.Close(context.Background()))
		require.Len(t, notices, 1)
		aside, err := filepath.Glob(path + ".corrupt-*")
		require.NoError(t, err)
		require.Len(t, aside, 1)
		moved, err := os.ReadFile(aside[0])
		require.NoError(t, err)
		assert.Equal(t, content, moved)
		require.NoError(t, os.Remove(aside[0]))
	}
}

func TestDamageThatShowsWhileWriting(t *testing.T) {
	for name, quarantine := range map[string]bool{"fail": false, "quarantine": true} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "traces.db")
			o := DefaultFileOptions(path)
			o.Quarantine, o.JournalMode = quarantine, "delete"
			store, err := OpenFile(t.Context(), o, Options{})
			require.NoError(t, err)
			defer func() { _ = store.Close(context.Background()) }()
			_, err = store.Write(t.Context(), []Span{newSpan(1, 1, 0, 0)})
			require.NoError(t, err)
			damage(t, path)
			// Another process has written since, so that nothing is answered from memory.
			bumpChangeCounter(t, path)
			r, err := store.Write(t.Context(), []Span{newSpan(2, 2, 0, 0)})
			if quarantine {
				require.NoError(t, err)
				assert.Equal(t, Result{Inserted: 1}, r)
				assert.Equal(t, [][]any{{spanID(2)}}, queryFile(t, path, `SELECT spanId FROM mastra_ai_spans`))
				return
			}
			require.ErrorContains(t, err, "is damaged; restore a backup")
			assert.False(t, IsPermanent(err), "what waits can be stored once the file is restored")
		})
	}
}

// bumpChangeCounter makes SQLite drop what it has cached of the file.
func bumpChangeCounter(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	defer f.Close()
	_, err = f.WriteAt([]byte{9, 9, 9, 9}, 24)
	require.NoError(t, err)
}

func TestAFileIsCheckedAtTheStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.db")
	store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.NoError(t, err)
	var spans []Span
	for n := range 500 {
		spans = append(spans, newSpan(n, n+1, 0, n))
	}
	_, err = store.Write(t.Context(), spans)
	require.NoError(t, err)
	require.NoError(t, store.Close(context.Background()))
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	db := lookAt(t, path)
	_, err = db.ExecContext(t.Context(), `INSERT INTO otel_state VALUES ('x', 1)`)
	require.NoError(t, err)
	commits, err := os.ReadFile(path + "-wal")
	require.NoError(t, err)
	require.NotEmpty(t, commits)
	damaged := bytes.Clone(whole)
	copy(damaged[len(damaged)/2:], bytes.Repeat([]byte{0xAA}, len(damaged)/2))
	for name, test := range map[string]struct {
		content []byte
		wal     string
		limit   int64
		want    string // "" opens
	}{
		"whole":                                 {whole, "left over", 64 << 20, ""},
		"damaged":                               {damaged, "left over", 64 << 20, "is damaged"},
		"with commits":                          {damaged, string(commits), 64 << 20, "is damaged"},
		"was closed":                            {damaged, "", 64 << 20, "is damaged"},
		"above the limit":                       {damaged, "", int64(len(damaged)) - 1, ""},
		"above, with a log that cannot be read": {damaged, "left over", int64(len(damaged)) - 1, "is damaged"},
		"not asked for":                         {damaged, "left over", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "traces.db")
			require.NoError(t, os.WriteFile(path, test.content, 0o600))
			require.NoError(t, os.WriteFile(path+"-wal", []byte(test.wal), 0o600))
			o := DefaultFileOptions(path)
			o.CheckMaxSize = test.limit
			for range 3 { // a refusal leaves the file as it is
				store, err := OpenFile(t.Context(), o, Options{})
				if test.want == "" {
					require.NoError(t, err)
					require.NoError(t, store.Close(context.Background()))
					return
				}
				require.ErrorContains(t, err, test.want)
				require.ErrorContains(t, err, "file::on_corruption: quarantine")
			}
		})
	}
}
