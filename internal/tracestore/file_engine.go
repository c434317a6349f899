package tracestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// fileEngine writes to a SQLite file.
type fileEngine struct {
	file    FileOptions
	options Options

	pool    *sql.DB
	db      *connection
	inserts inserts
	info    fs.FileInfo // the file as it was opened
	beside  beside
	marked  bool // the file says that it is in use
	release func()

	pageSize, walBytes int64
	short              bool  // the disk is nearly full
	lack, lackRoom     int64 // what the latest write lacked, and what there was room for
}

func openFileEngine(ctx context.Context, file FileOptions, options Options) (*fileEngine, error) {
	path, err := filepath.Abs(file.Path)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	file.Path = path
	e := &fileEngine{file: file, options: options}
	if err := e.open(ctx); err != nil {
		return nil, err
	}
	return e, nil
}

func (e *fileEngine) open(ctx context.Context) error {
	err := e.openPatiently(ctx)
	if e.quarantinable(err) {
		if err := e.quarantine(); err != nil {
			return err
		}
		err = e.openPatiently(ctx)
	}
	return explain(e.file.Path, err)
}

// openPatiently waits for the busy timeout where SQLite does not: a change of
// the journal mode fails at once while another connection is at work.
func (e *fileEngine) openPatiently(ctx context.Context) error {
	deadline := time.Now().Add(e.file.BusyTimeout)
	for {
		err := e.openOnce(ctx)
		if failureOf(err) != databaseBusy || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (e *fileEngine) openOnce(ctx context.Context) error {
	_, missing := os.Stat(e.file.Path)
	empty, err := prepareFile(e.file)
	if err != nil {
		return err
	}
	e.release = opened.add(e.file.Path)
	noLog := isEmpty(e.file.Path + "-wal")
	err = e.openChecked(ctx, empty)
	if err != nil {
		// What closing says about a file that cannot be opened adds nothing.
		_ = e.shut()
		return schemaTrouble(ctx, e.file.Path, err)
	}
	switch loss := opened.loss(e.file.Path); {
	case loss != "":
		e.options.Notice(fmt.Sprintf("%s-wal %s. The last spans that were acknowledged before the store was left may be lost; what the database holds is kept", e.file.Path, loss))
	case noLog && e.file.JournalMode == "wal" && e.db.inUse(ctx):
		e.options.Notice(fmt.Sprintf("%s was in use when its last user ended, and %[1]s-wal is gone or empty. Unless another program has closed the file since, the last spans that were acknowledged are lost", e.file.Path))
	case empty && missing == nil:
		e.options.Notice(e.file.Path + " was empty (0 bytes): a new store is in it. What it may have held before is lost")
	}
	if err := e.file.widen(); err != nil {
		e.options.Notice(err.Error())
	}
	opened.forget(e.file.Path)
	e.marked = e.db.markInUse(ctx, e.file, 1)
	e.beside = e.lookBeside()
	return nil
}

func isEmpty(path string) bool {
	info, err := os.Stat(path)
	return err != nil || info.Size() == 0
}

// openChecked opens the file, after a look for damage where it is small enough for
// that, or there is a sign of it.
func (e *fileEngine) openChecked(ctx context.Context, empty bool) error {
	if info, err := os.Stat(e.file.Path); err == nil && !empty && e.file.CheckMaxSize > 0 &&
		(info.Size() <= e.file.CheckMaxSize || opened.loss(e.file.Path) != "") {
		if err := checkFile(ctx, e.file.Path); err != nil {
			return err
		}
	}
	var err error
	if e.pool, e.db, err = openConnection(ctx, e.file, empty); err != nil {
		return err
	}
	return e.prepare(ctx)
}

func (e *fileEngine) prepare(ctx context.Context) error {
	if err := bringUpToDate(ctx, e.db, e.options); err != nil {
		return err
	}
	var err error
	if e.info, err = os.Stat(e.file.Path); err != nil {
		return err
	}
	if err := e.tuneWAL(ctx); err != nil {
		return err
	}
	return e.db.raw(func(dc conn) error { return e.inserts.prepare(ctx, dc) })
}

// shut closes everything that is open.
func (e *fileEngine) shut() error {
	var errs []error
	if e.db != nil {
		errs = append(errs, e.inserts.close(), e.db.close())
	}
	if e.pool != nil {
		errs = append(errs, e.pool.Close())
	}
	e.db, e.pool, e.inserts, e.marked, e.beside = nil, nil, inserts{}, false, beside{}
	e.pageSize, e.walBytes = 0, 0
	if e.release != nil {
		e.release()
	}
	return errors.Join(errs...)
}

// reopenIfReplaced notices that somebody has deleted the file or put another
// in its place. SQLite would go on writing to a file without a name, and every
// acknowledged span would be lost.
func (e *fileEngine) reopenIfReplaced(ctx context.Context) error {
	if e.db != nil {
		if info, err := os.Stat(e.file.Path); err == nil && os.SameFile(info, e.info) {
			return errors.Join(e.checkIfShrunk(ctx, info), e.reopenIfTouched(ctx))
		}
		was := e.beside
		_ = e.shut() // it does not save the WAL of a file that is gone
		rest, err := e.moveRest(was)
		e.options.Notice(e.file.Path + " was removed or replaced while it was in use: what it held went with it" + rest + ", and traces go to the file that is there now, or to a new one")
		if err != nil {
			return err
		}
	}
	return e.open(ctx)
}

// moveRest gives the WAL of a file that somebody has removed or replaced another name:
// SQLite would take it for that of the next file. It says where it is.
func (e *fileEngine) moveRest(was beside) (rest string, err error) {
	now := e.lookBeside()
	aside := e.file.Path + ".removed-" + e.options.Now().UTC().Format(asideTime)
	if now.index != nil && was.index != nil && os.SameFile(now.index, was.index) {
		err = os.Remove(e.file.Path + "-shm")
	}
	if err == nil && now.log != nil && was.log != nil && os.SameFile(now.log, was.log) {
		err = os.Rename(e.file.Path+"-wal", aside+"-wal")
		rest = " (its latest commits are in " + aside + "-wal)"
	}
	if err != nil {
		return "", fmt.Errorf("url: cannot move aside what is left of %s: %w", e.file.Path, unwrapPath(err))
	}
	return rest, nil
}

func (e *fileEngine) write(ctx context.Context, groups []group, at time.Time) ([]Result, error) {
	var results []Result
	err := e.reopenIfReplaced(ctx)
	switch {
	case err == nil:
		if err := e.roomFor(ctx, groups); err != nil {
			return nil, explain(e.file.Path, err)
		}
		results, err = e.writeOnce(ctx, groups, at)
	case e.db == nil || failureOf(err) != databaseBroken:
		return nil, explain(e.file.Path, err)
	}
	switch {
	case err == nil:
		e.committed(ctx)
	case e.quarantinable(err):
		if err := e.renew(ctx); err != nil {
			return nil, err
		}
		results, err = e.writeOnce(ctx, groups, at)
	case isNoRoom(err):
		err = errors.Join(err, e.noRoomLeft(ctx))
	case failureOf(err) == schemaMissing:
		// Somebody has dropped our tables: make them again, once.
		if migrateErr := bringUpToDate(ctx, e.db, e.options); migrateErr != nil {
			return nil, errors.Join(err, migrateErr)
		}
		results, err = e.writeOnce(ctx, groups, at)
	}
	if err == nil {
		if !e.marked {
			e.marked = e.db.markInUse(ctx, e.file, 1)
		}
		e.beside = e.lookBeside()
	}
	return results, explain(e.file.Path, err)
}

func (e *fileEngine) writeOnce(ctx context.Context, groups []group, at time.Time) ([]Result, error) {
	t := &fileTransaction{
		// Only the wait for the lock can be long; the driver needs a goroutine for each
		// statement that can be interrupted.
		ctx: context.WithoutCancel(ctx), inserts: &e.inserts, origins: newOrigins(),
		row: rowContext{at: momentOf(at)}, graceEnd: at.Add(e.options.RootGrace).UnixMicro(),
	}
	var results []Result
	err := e.db.transaction(ctx, func(dc conn) error {
		t.dc = dc
		var err error
		results, err = t.store(groups)
		return err
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

func (e *fileEngine) settleRoots(ctx context.Context, at time.Time) (time.Time, error) {
	if e.db == nil {
		return time.Time{}, nil
	}
	return settleRoots(ctx, e.db, at)
}

// trouble moves a file aside that is damaged, where that is asked for.
func (e *fileEngine) trouble(ctx context.Context, err error) error {
	if e.db != nil && e.quarantinable(err) {
		if err := e.renew(ctx); err != nil {
			return err
		}
	}
	return explain(e.file.Path, err)
}

func (e *fileEngine) tended() tended {
	if e.db == nil {
		return nil
	}
	return fileTending{e.db, e}
}

// fileTending is a file as retention sees it.
type fileTending struct {
	*connection
	engine *fileEngine
}

func (f fileTending) size(ctx context.Context) (Size, error) {
	s, err := pageSize(ctx, f)
	if err == nil {
		err = f.engine.tuneWAL(ctx)
	}
	r := f.engine.room()
	s.WAL, s.room, s.short = r.wal, r, r.low(f.engine.pageSize)
	s.walLimit = walLimit(f.engine.walBytes)
	if e := f.engine; e.lack > 0 {
		s.lack = max(e.lack-(s.Free+r.free-e.lackRoom), 0)
	}
	return s, err
}

// apply needs room in the WAL to delete, which a full disk does not have: what the
// WAL holds is copied into the file first, where there is room for that.
func (f fileTending) apply(ctx context.Context, statements []statement) error {
	err := f.connection.apply(ctx, statements)
	if !isNoRoom(err) {
		return err
	}
	if err := f.engine.noRoomLeft(ctx); err != nil {
		return err
	}
	return f.connection.apply(ctx, statements)
}

// readApart opens a connection of its own: readers of a WAL wait for nobody.
func (f fileTending) readApart(ctx context.Context, s statement, each func(row []any) error) error {
	r, err := OpenReader(ctx, f.engine.file.Path)
	if err != nil {
		return err
	}
	return errors.Join(r.db.query(ctx, s, each), r.Close())
}

func (f fileTending) vacuum(ctx context.Context) (can bool, err error) {
	pages := int64(vacuumSlice)
	if f.engine.short { // each page that moves goes through the WAL
		pages = max(f.engine.walBytes/f.engine.pageSize/8, 8)
		defer func() { err = errors.Join(err, f.checkpoint(ctx)) }()
	}
	err = f.query(ctx, statement{sql: "PRAGMA auto_vacuum"}, func(row []any) error {
		can = asInt(row[0]) == 2
		return nil
	})
	if err != nil || !can {
		// A file that others have made: only VACUUM shrinks it.
		return false, err
	}
	err = f.query(ctx, statement{sql: fmt.Sprintf("PRAGMA incremental_vacuum(%d)", pages)}, func([]any) error { return nil })
	return err == nil, err
}

// close leaves the file without a WAL where this was its last connection.
func (e *fileEngine) close(ctx context.Context) error {
	if e.db == nil {
		return nil
	}
	if e.marked {
		_ = e.db.markInUse(ctx, e.file, 0) // where it cannot, the next start says so
	}
	return errors.Join(e.db.checkpoint(ctx), e.shut())
}
