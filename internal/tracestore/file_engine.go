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
	return explainOpen(e.file.Path, err)
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
	empty, err := prepareFile(e.file)
	if err != nil {
		return err
	}
	if uncleanly(e.file) {
		if err := checkFile(ctx, e.file.Path); err != nil {
			return err
		}
	}
	if e.pool, e.db, err = openConnection(ctx, e.file, empty); err != nil {
		return err
	}
	if err := e.prepare(ctx); err != nil {
		// What closing says about a file that cannot be opened adds nothing.
		_ = e.shut()
		return err
	}
	return nil
}

func (e *fileEngine) prepare(ctx context.Context) error {
	if err := bringUpToDate(ctx, e.db, e.options); err != nil {
		return err
	}
	var err error
	if e.info, err = os.Stat(e.file.Path); err != nil {
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
	e.db, e.pool, e.inserts = nil, nil, inserts{}
	return errors.Join(errs...)
}

// reopenIfReplaced notices that somebody has deleted the file or put another
// in its place. SQLite would go on writing to a file without a name, and every
// acknowledged span would be lost.
func (e *fileEngine) reopenIfReplaced(ctx context.Context) error {
	if e.db != nil {
		if info, err := os.Stat(e.file.Path); err == nil && os.SameFile(info, e.info) {
			return nil
		}
		if err := e.shut(); err != nil {
			return err
		}
	}
	return e.open(ctx)
}

func (e *fileEngine) write(ctx context.Context, groups []group, at time.Time) ([]Result, error) {
	if err := e.reopenIfReplaced(ctx); err != nil {
		return nil, err
	}
	results, err := e.writeOnce(ctx, groups, at)
	switch {
	case e.quarantinable(err):
		if err := errors.Join(e.shut(), e.quarantine(), e.open(ctx)); err != nil {
			return nil, err
		}
		return e.writeOnce(ctx, groups, at)
	case failureOf(err) == databaseFull:
		err = errors.Join(err, e.db.checkpoint(ctx))
	case failureOf(err) == schemaMissing:
		// Somebody has dropped our tables: make them again, once.
		if migrateErr := bringUpToDate(ctx, e.db, e.options); migrateErr != nil {
			return nil, errors.Join(err, migrateErr)
		}
		results, err = e.writeOnce(ctx, groups, at)
	}
	return results, err
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

func (e *fileEngine) tended() tended {
	if e.db == nil {
		return nil
	}
	return fileTending{e.db, e.file.Path}
}

// fileTending is a file as retention sees it.
type fileTending struct {
	*connection
	path string
}

func (f fileTending) size(ctx context.Context) (Size, error) {
	s, err := pageSize(ctx, f)
	if wal, statErr := os.Stat(f.path + "-wal"); statErr == nil {
		s.WAL = wal.Size()
	}
	return s, err
}

// apply needs room in the WAL to delete, which a full disk does not have: what the
// WAL holds is copied into the file first, where there is room for that.
func (f fileTending) apply(ctx context.Context, statements []statement) error {
	err := f.connection.apply(ctx, statements)
	if failureOf(err) != databaseFull {
		return err
	}
	if err := f.checkpoint(ctx); err != nil {
		return err
	}
	return f.connection.apply(ctx, statements)
}

// readApart opens a connection of its own: readers of a WAL wait for nobody.
func (f fileTending) readApart(ctx context.Context, s statement, each func(row []any) error) error {
	r, err := OpenReader(ctx, f.path)
	if err != nil {
		return err
	}
	return errors.Join(r.db.query(ctx, s, each), r.Close())
}

func (f fileTending) vacuum(ctx context.Context) (can bool, err error) {
	err = f.query(ctx, statement{sql: "PRAGMA auto_vacuum"}, func(row []any) error {
		can = asInt(row[0]) == 2
		return nil
	})
	if err != nil || !can {
		// A file that others have made: only VACUUM shrinks it.
		return false, err
	}
	err = f.query(ctx, statement{sql: fmt.Sprintf("PRAGMA incremental_vacuum(%d)", vacuumSlice)}, func([]any) error { return nil })
	return err == nil, err
}

// close leaves the file without a WAL where this was its last connection.
func (e *fileEngine) close(ctx context.Context) error {
	if e.db == nil {
		return nil
	}
	return errors.Join(e.db.checkpoint(ctx), e.shut())
}
