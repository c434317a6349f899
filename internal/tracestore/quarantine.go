package tracestore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// quarantinable reports whether err is damage, and the file may be moved aside
// because of it.
func (e *fileEngine) quarantinable(err error) bool {
	return e.file.Quarantine && failureOf(err) == databaseBroken
}

// asideTime is when a file was moved, in its new name.
const asideTime = "20060102T150405.000Z"

// quarantine gives the file and what SQLite keeps beside it other names. The
// file must be closed.
func (e *fileEngine) quarantine() error {
	aside := fmt.Sprintf("%s.corrupt-%s", e.file.Path, e.options.Now().UTC().Format(asideTime))
	// The log goes with its database: left alone, it would be taken for the new
	// file's.
	for _, suffix := range []string{"-wal", "-shm", "-journal", ""} {
		err := os.Rename(e.file.Path+suffix, aside+suffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("file::on_corruption: cannot move %s aside: %w", e.file.Path, unwrapPath(err))
		}
	}
	opened.forget(e.file.Path) // it went with the file
	e.options.Notice(fmt.Sprintf("%s was damaged; it is now %s, with what lay beside it (-wal, -shm), and traces go to a new file. What it holds is not in the new file", e.file.Path, aside))
	return nil
}

// renew puts a new file in the place of a damaged one.
func (e *fileEngine) renew(ctx context.Context) error {
	// What closing says about a damaged file adds nothing.
	_ = e.shut()
	if err := e.quarantine(); err != nil {
		return err
	}
	return e.open(ctx)
}
