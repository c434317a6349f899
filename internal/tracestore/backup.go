package tracestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrBackupExists says that there is a file where a backup is to be.
var ErrBackupExists = errors.New("there is a file already, which a backup does not overwrite; name another one")

// ErrServerBackup says that a server is not copied through its clients.
var ErrServerBackup = errors.New("only the file of a store can be copied so; of a libSQL server take a snapshot of its volume, read its SQL (GET /dump), or use the backups of whoever runs it")

// Backup copies the store in a file to path, as it is after some commit, while others
// write: they do not wait, but their WAL grows until it is done. The copy has no free
// pages and no WAL, and is for its owner only. What is unfinished when ctx ends or an
// error comes is removed. path must not exist.
func (r *Reader) Backup(ctx context.Context, path string) error {
	if r.path == "" {
		return ErrServerBackup
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w", path, ErrBackupExists)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return unwrapPath(err)
	}
	unfinished, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("cannot make %s: %w", path, unwrapPath(err))
	}
	defer os.Remove(unfinished.Name())
	err = r.copyTo(ctx, unfinished.Name())
	if err == nil {
		err = unwrapPath(unfinished.Sync())
	}
	if err = errors.Join(err, unwrapPath(unfinished.Close())); err != nil {
		return fmt.Errorf("cannot copy %s to %s: %w", r.path, path, explainReading(err))
	}
	// A link, and not a rename, which would overwrite what has come meanwhile.
	switch err := os.Link(unfinished.Name(), path); {
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s: %w", path, ErrBackupExists)
	case err != nil: // not every file system has links
		return unwrapPath(os.Rename(unfinished.Name(), path))
	}
	return nil
}

// copyTo copies the database into an empty file. VACUUM INTO reads in one transaction of
// its own, and keeps the encoding, the page size and the ids of rows that have one.
func (r *Reader) copyTo(ctx context.Context, path string) error {
	// query_only, which readers have, forbids VACUUM INTO; mode=ro does not.
	source, err := sql.Open("sqlite", dataSource(r.path, "mode=ro", "_pragma=busy_timeout(5000)"))
	if err != nil {
		return err
	}
	_, err = source.ExecContext(ctx, "VACUUM INTO ?", path)
	if err = errors.Join(err, source.Close()); err != nil {
		return err
	}
	// The copy is in use by nobody.
	copied, err := sql.Open("sqlite", dataSource(path, "_pragma=journal_mode(delete)"))
	if err != nil {
		return err
	}
	_, err = copied.ExecContext(ctx, "UPDATE otel_state SET value = 0 WHERE key = 'in_use'")
	return errors.Join(err, copied.Close())
}
