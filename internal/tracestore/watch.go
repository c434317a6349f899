package tracestore

import (
	"bufio"
	"context"
	"fmt"
	"io/fs"
	"os"
)

// SQLite does not notice what others do to its files while it has them open: it
// writes on to a WAL without a name, and copies what it finds in one that was
// overwritten. Before each transaction the files are looked at.

// beside are the files that SQLite keeps beside an open database.
type beside struct {
	log, index fs.FileInfo
	head       bool // the WAL has a header
}

func (e *fileEngine) lookBeside() beside {
	log, _ := os.Stat(e.file.Path + "-wal")
	index, _ := os.Stat(e.file.Path + "-shm")
	return beside{log, index, log != nil && log.Mode().IsRegular() && log.Size() > 0 && headIsWhole(e.file.Path+"-wal")}
}

// reopenIfTouched opens the database anew where somebody has removed, cut or
// overwritten what lies beside it, and says so.
func (e *fileEngine) reopenIfTouched(ctx context.Context) error {
	before, now := e.beside, e.lookBeside()
	e.beside = now
	switch {
	case before.log == nil:
		return nil // there is no WAL
	case replaced(before.log, now.log), replaced(before.index, now.index):
		// What has no name any more can still be read and saved.
		err := e.close(ctx)
		e.options.Notice(e.file.Path + "-wal or -shm was removed or replaced while it was in use; the database is opened anew, with what they held")
		if err != nil {
			return err
		}
	case before.index != nil && now.index.Size() < before.index.Size(), e.logIsDamaged(ctx, before, now):
		opened.tell(e.file.Path, "was cut or overwritten while it was in use, or its index was")
		if err := e.shutUnsaved(ctx); err != nil {
			return err
		}
	default:
		return nil
	}
	return e.open(ctx)
}

func replaced(before, now fs.FileInfo) bool {
	return before != nil && (now == nil || !os.SameFile(before, now))
}

// logIsDamaged looks at the head of the WAL, and where the file is shorter than it
// was, whether what SQLite has in it is all there. Others may empty it rightly.
func (e *fileEngine) logIsDamaged(ctx context.Context, before, now beside) bool {
	// Another process may be writing it just now: it is looked at twice.
	if now.log.Size() > 0 && before.head && !now.head && !headIsWhole(e.file.Path+"-wal") {
		return true
	}
	if now.log.Size() >= before.log.Size() {
		return false
	}
	var frames, page int64
	err := e.db.query(ctx, statement{sql: "PRAGMA page_size"}, func(row []any) error {
		page = asInt(row[0])
		return nil
	})
	if err == nil {
		err = e.db.query(ctx, statement{sql: "PRAGMA wal_checkpoint(PASSIVE)"}, func(row []any) error {
			frames = asInt(row[1])
			return nil
		})
	}
	if f := failureOf(err); f == databaseBusy || f == databaseFull {
		return false
	}
	return err != nil || frames > 0 && now.log.Size() < walHeaderSize+frames*(frameHeaderSize+page)
}

// headIsWhole reports whether a WAL has a header that SQLite would accept.
func headIsWhole(path string) bool {
	f, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return true // SQLite will say what is wrong
	}
	defer f.Close()
	var log walLog
	_, err = log.readHeader(bufio.NewReaderSize(f, walHeaderSize))
	return err != nil || log.readable
}

// shutUnsaved closes everything, and leaves a damaged WAL out of the database. A
// connection that only reads is the last to close.
func (e *fileEngine) shutUnsaved(ctx context.Context) error {
	err := checked(ctx, e.file.Path, func(c *connection) error {
		_ = c.exec(ctx, statement{sql: "SELECT count(*) FROM sqlite_master"})
		_ = e.shut() // what it says of a damaged file adds nothing
		return nil
	})
	if e.db != nil {
		return fmt.Errorf("url: %s cannot be closed: %w", e.file.Path, err)
	}
	return nil
}

// checkIfShrunk looks for damage in a database that has lost more than half of its
// size: deleting gives pages back in slices.
func (e *fileEngine) checkIfShrunk(ctx context.Context, now fs.FileInfo) error {
	if now.Size() < e.info.Size()/2 {
		if err := checkFile(ctx, e.file.Path); err != nil {
			return err
		}
	}
	e.info = now
	return nil
}
