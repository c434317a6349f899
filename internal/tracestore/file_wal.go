package tracestore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// errNoRoom says so before SQLite meets it: a WAL that has taken the last room can
// not be copied into the file, and nothing can be deleted any more.
var errNoRoom = errors.New("the disk is full: it has no room for this transaction and for what it adds to the file")

// tuneWAL bounds the WAL by what the disk has room for.
func (e *fileEngine) tuneWAL(ctx context.Context) error {
	if e.pageSize == 0 {
		err := e.db.query(ctx, statement{sql: "PRAGMA page_size"}, func(row []any) error {
			e.pageSize = asInt(row[0])
			return nil
		})
		if err != nil {
			return err
		}
	}
	bytes := e.room().walBytes(e.pageSize)
	if bytes > e.walBytes-e.walBytes/8 && bytes < e.walBytes+e.walBytes/8 {
		return nil
	}
	e.walBytes = bytes
	for _, pragma := range []string{
		// More than one transaction, so that a checkpoint copies once what they share.
		fmt.Sprintf("PRAGMA wal_autocheckpoint = %d", bytes/e.pageSize),
		fmt.Sprintf("PRAGMA journal_size_limit = %d", walLimit(bytes)),
	} {
		if err := e.db.exec(ctx, statement{sql: pragma}); err != nil {
			return err
		}
	}
	return nil
}

// walLimit is the size that a WAL is cut to once it is written from its begin again:
// it has had a large transaction, or a reader that stayed.
func walLimit(walBytes int64) int64 { return 2 * walBytes }

func (e *fileEngine) room() room {
	if e.file.room != nil {
		return e.file.room(e.file.Path)
	}
	return measureRoom(e.file.Path)
}

// Estimates of what a transaction takes, in bytes.
const (
	rowOverhead   = 2 << 10 // the narrow tables and the indexes of a row
	leastOverhead = 128 << 10
)

// transactionBytes is about how many pages a transaction changes.
func transactionBytes(groups []group) int64 {
	need := int64(leastOverhead)
	for i := range groups {
		need += groups[i].bytes()*5/4 + int64(groups[i].rows())*rowOverhead
	}
	return need
}

// roomFor returns errNoRoom where a transaction fits into the WAL or the file no
// more. Where there is room enough, it costs three system calls.
func (e *fileEngine) roomFor(ctx context.Context, groups []group) error {
	need, r := transactionBytes(groups), e.room()
	if !r.known || r.free > 2*need+r.wal {
		return nil
	}
	state, err := e.db.walCheckpoint(ctx, "PASSIVE")
	if isNoRoom(err) && e.cutWAL(ctx) == nil {
		state, err = e.db.walCheckpoint(ctx, "PASSIVE")
	}
	if err != nil && !isNoRoom(err) && failureOf(err) != databaseBusy {
		return err
	}
	size, err := pageSize(ctx, e.db)
	if err != nil {
		return err
	}
	r = e.room()
	inWAL := max(state.frames*(frameHeaderSize+e.pageSize)+need-r.wal, 0)
	if state.frames == state.copied && !state.blocked { // it is written from its begin again
		inWAL = max(need-r.wal, 0)
	}
	inFile := max(size.Used+size.Free-r.file, 0) + max(need-size.Free, 0)
	if lack := inWAL + inFile - r.free; lack > 0 {
		e.lack, e.lackRoom = lack, size.Free+r.free
		return fmt.Errorf("%w: %d bytes more are needed", errNoRoom, lack)
	}
	return nil
}

// committed is called after a transaction.
func (e *fileEngine) committed(ctx context.Context) {
	e.lack = 0
	if e.short = e.room().low(e.pageSize); e.short {
		_ = e.copyWAL(ctx) // the next write meets what is wrong
	}
}

// copyWAL copies what is in the WAL into the file, and keeps the room for doing so the
// next time. It is done once a second while others write, and after each commit where
// the disk is nearly full.
func (e *fileEngine) copyWAL(ctx context.Context) error {
	return errors.Join(e.db.checkpoint(ctx), e.reserve(ctx))
}

// reserve makes a WAL twice as large as what SQLite uses of it, on a disk that others
// may fill from one moment to the next: what is in the WAL may need as much room in the
// file, and there cutWAL finds it. SQLite takes the zeros for no frames.
func (e *fileEngine) reserve(ctx context.Context) error {
	r, size := e.room(), walLimit(e.walBytes)
	if !r.fillable(e.walBytes) || r.wal < walHeaderSize || r.wal >= size || r.free < 2*(size-r.wal) {
		return nil
	}
	err := e.db.transaction(ctx, func(conn) error {
		f, err := os.OpenFile(e.file.Path+"-wal", os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		zeros := make([]byte, 64<<10)
		for at := fileSize(e.file.Path + "-wal"); at < size && err == nil; at += int64(len(zeros)) {
			_, err = f.WriteAt(zeros[:min(int64(len(zeros)), size-at)], at)
		}
		return errors.Join(err, f.Close()) // SQLite has its locks on other files
	})
	if f := failureOf(err); f == databaseBusy || f == otherFailure { // there is none, then
		return nil
	}
	return err
}

// noRoomLeft is called after a transaction that has met a full disk.
func (e *fileEngine) noRoomLeft(ctx context.Context) error {
	return errors.Join(e.cutWAL(ctx), e.db.checkpoint(ctx))
}

// cutWAL cuts off what is behind the last COMMIT in the WAL, which is the reserve, and
// what a transaction that did not come to its end has left: it takes the room that
// copying the rest into the file needs. Nobody writes while this transaction lasts,
// and nobody reads behind a COMMIT.
func (e *fileEngine) cutWAL(ctx context.Context) error {
	return e.db.transaction(ctx, func(conn) error {
		path := e.file.Path + "-wal"
		end, err := endOfWAL(path)
		if err != nil || end == 0 || end >= fileSize(path) {
			return err
		}
		return os.Truncate(path, end)
	})
}

// endOfWAL is where the last COMMIT in a WAL ends; 0 where there is none. The format
// is that of https://sqlite.org/fileformat2.html#walformat: a header of 32 bytes, and
// for each page one of 24, which repeats the salt and has a size in the last page of
// a transaction.
func endOfWAL(path string) (end int64, err error) {
	f, err := os.Open(path) //nolint:gosec // the operator's own
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close() // SQLite has its locks on other files
	var head, frame [walHeaderSize]byte
	switch _, err := f.ReadAt(head[:], 0); {
	case errors.Is(err, io.EOF):
		return 0, nil
	case err != nil:
		return 0, err
	}
	size := int64(binary.BigEndian.Uint32(head[8:]))
	if size < 512 || size > 65536 {
		return 0, nil
	}
	for at := int64(walHeaderSize); ; at += frameHeaderSize + size {
		_, err := f.ReadAt(frame[:frameHeaderSize], at)
		if errors.Is(err, io.EOF) || err == nil && !bytes.Equal(frame[8:16], head[16:24]) {
			return end, nil
		}
		if err != nil {
			return 0, err
		}
		if binary.BigEndian.Uint32(frame[4:]) != 0 {
			end = at + frameHeaderSize + size
		}
	}
}

// isNoRoom reports whether a write has met a full disk, a limit or a quota: those that
// SQLite does not know are errors of input and output to it.
func isNoRoom(err error) bool {
	f := failureOf(err)
	return f == databaseFull || f == databaseIO
}

const (
	// readerWait is how long readers are waited for, by all who write: most queries
	// are over by then.
	readerWait = 100 * time.Millisecond
	someReader = "a process that cannot be seen from here"
)

// trimWAL empties the WAL, if its readers let it. On a disk that others may fill it
// keeps its room, so that there is some for deleting: the next COMMIT cuts it to its
// limit.
func (f fileTending) trimWAL(ctx context.Context, size Size) (blocked bool, err error) {
	timeout := func(d time.Duration) error {
		return f.exec(ctx, statement{sql: fmt.Sprintf("PRAGMA busy_timeout = %d", d.Milliseconds())})
	}
	if err := timeout(min(readerWait, f.engine.file.BusyTimeout)); err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, timeout(f.engine.file.BusyTimeout)) }()
	mode := "TRUNCATE"
	if size.room.fillable(f.engine.walBytes) {
		mode = "RESTART"
	}
	state, err := f.walCheckpoint(ctx, mode)
	if failureOf(err) == databaseBusy {
		return true, nil
	}
	return state.blocked, err
}

func (f fileTending) copyWAL(ctx context.Context) error { return f.engine.copyWAL(ctx) }

func (f fileTending) readers() string { return walReaders(f.engine.file.Path) }

// pressed reports whether the disk is nearly full.
func (e *fileEngine) pressed() bool { return e.short }
