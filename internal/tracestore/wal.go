package tracestore

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// SQLite ignores what follows the first frame of a write-ahead log (WAL) whose
// checksum does not fit, and says nothing: that is how it drops a transaction that
// a crash has cut off. A log that was truncated, zeroed or overwritten later looks
// the same to it, and commits that were acknowledged are gone. The index of the log
// (the file -shm), which a killed process leaves behind, knows how many frames had
// been committed. Formats: https://www.sqlite.org/fileformat2.html#walformat and
// https://www.sqlite.org/walformat.html.

// Sizes in the WAL and its index, in bytes.
const (
	walHeaderSize   = 32
	frameHeaderSize = 24
	indexHeaderSize = 48 // twice, then the state of checkpoints
)

// walLog is a WAL as SQLite would recover it.
type walLog struct {
	size      int64
	readable  bool    // its header is whole
	page      uint32  // bytes
	salt      [8]byte // of its generation; those of an earlier one may follow in the file
	committed uint32  // frames up to the last commit
	torn      bool    // more frames of this generation follow, or a part of one
}

// walIndex is what the index of a WAL says.
type walIndex struct {
	readable   bool
	salt       [8]byte
	committed  uint32 // frames up to the last commit
	backfilled uint32 // frames that are in the database too
}

// unsaved reports whether there were commits that are in the WAL only.
func (i walIndex) unsaved() bool { return i.readable && i.committed > i.backfilled }

// readWAL returns the zero walLog where there is no file.
func readWAL(path string) (walLog, error) {
	f, err := os.Open(path) //nolint:gosec // the operator names it
	if errors.Is(err, fs.ErrNotExist) {
		return walLog{}, nil
	}
	if err != nil {
		return walLog{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return walLog{}, err
	}
	log := walLog{size: info.Size()}
	return log, log.read(bufio.NewReaderSize(f, 1<<20))
}

// readHeader sets whether the header is whole, and returns what the checksums of
// frames go on from.
func (l *walLog) readHeader(r io.Reader) (sum checksum, err error) {
	var header [walHeaderSize]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return sum, ignoreEnd(err)
	}
	const magic = 0x377f0682 // with the last bit set, checksums are big-endian
	kind := binary.BigEndian.Uint32(header[:])
	l.page = binary.BigEndian.Uint32(header[8:])
	if kind&^1 != magic || l.page < 512 || l.page > 65536 || l.page&(l.page-1) != 0 {
		return sum, nil
	}
	sum.order = binary.LittleEndian
	if kind&1 != 0 {
		sum.order = binary.BigEndian
	}
	sum.add(header[:24])
	l.readable = sum.is(header[24:])
	copy(l.salt[:], header[16:])
	return sum, nil
}

// read follows the frames as SQLite does: salts and running checksums must fit.
func (l *walLog) read(r io.Reader) error {
	sum, err := l.readHeader(r)
	if err != nil || !l.readable {
		return err
	}
	frame := make([]byte, frameHeaderSize+l.page)
	for n := uint32(1); ; n++ {
		if got, err := io.ReadFull(r, frame); err != nil {
			l.torn = l.torn || n-1 > l.committed || got >= 16 && bytes.Equal(frame[8:16], l.salt[:])
			return ignoreEnd(err)
		}
		if !bytes.Equal(frame[8:16], l.salt[:]) {
			l.torn = l.torn || n-1 > l.committed
			return nil
		}
		sum.add(frame[:8])
		sum.add(frame[frameHeaderSize:])
		if !sum.is(frame[16:]) {
			l.torn = true
			return nil
		}
		if binary.BigEndian.Uint32(frame[4:]) != 0 { // the size of the database after a commit
			l.committed = n
		}
	}
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// checksum is the running checksum of a WAL.
type checksum struct {
	order  binary.ByteOrder
	s0, s1 uint32
}

// add takes a multiple of eight bytes.
func (c *checksum) add(b []byte) {
	for ; len(b) >= 8; b = b[8:] {
		c.s0 += c.order.Uint32(b) + c.s1
		c.s1 += c.order.Uint32(b[4:]) + c.s0
	}
}

func (c *checksum) is(b []byte) bool {
	return binary.BigEndian.Uint32(b) == c.s0 && binary.BigEndian.Uint32(b[4:]) == c.s1
}

// readIndex returns the zero walIndex where there is none, or none that is whole.
// Closing the file drops the locks that this process has on it (POSIX), so that no
// connection may be open.
func readIndex(path string) (walIndex, error) {
	f, err := os.Open(path) //nolint:gosec // the operator names it
	if errors.Is(err, fs.ErrNotExist) {
		return walIndex{}, nil
	}
	if err != nil {
		return walIndex{}, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return walIndex{}, err
	}
	var raw [2*indexHeaderSize + 4]byte
	if _, err := io.ReadFull(f, raw[:]); err != nil {
		return walIndex{}, ignoreEnd(err)
	}
	header, order := raw[:indexHeaderSize], binary.NativeEndian
	sum := checksum{order: order}
	sum.add(header[:40])
	const version, initialised = 3007000, 12
	whole := bytes.Equal(header, raw[indexHeaderSize:2*indexHeaderSize]) && order.Uint32(header) == version && header[initialised] == 1 &&
		order.Uint32(header[40:]) == sum.s0 && order.Uint32(header[44:]) == sum.s1
	if !whole {
		return walIndex{}, nil
	}
	i := walIndex{readable: true, committed: order.Uint32(header[16:]), backfilled: order.Uint32(raw[2*indexHeaderSize:])}
	copy(i.salt[:], header[32:])
	return i, nil
}

// olderThan compares two generations: each adds 1 to the first salt.
func olderThan(a, b [8]byte) bool {
	return int32(binary.BigEndian.Uint32(a[:])-binary.BigEndian.Uint32(b[:])) < 0
}

// lossOf says what is missing in the WAL of a database that nobody has open; ""
// where nothing is.
func lossOf(path string) string {
	loss := ""
	for range 2 { // another process may have been at work between reading one and the other
		index, err := readIndex(path + "-shm")
		if err != nil {
			return ""
		}
		log, err := readWAL(path + "-wal")
		if err != nil {
			return ""
		}
		if loss = missing(log, index); loss == "" {
			return ""
		}
	}
	return loss
}

func missing(log walLog, index walIndex) string {
	switch {
	case log.size == 0 && index.unsaved():
		return fmt.Sprintf("is gone or empty, and held commits that are not in the database (%d pages)", index.committed-index.backfilled)
	case log.size == 0:
		return ""
	case !log.readable && (index.unsaved() || !index.readable):
		return fmt.Sprintf("cannot be read (%d bytes): its header is damaged", log.size)
	case !log.readable:
		return ""
	case !index.readable && log.torn:
		return fmt.Sprintf("ends within a transaction after %d pages: a crash while it was written leaves that, or damage", log.committed)
	case !index.unsaved() || olderThan(index.salt, log.salt):
		return ""
	case index.salt != log.salt:
		return "is older than the last commits: another file has taken its place"
	case index.committed <= log.committed:
		return ""
	}
	return fmt.Sprintf("is damaged or truncated: of %d committed pages %d can be read", index.committed, log.committed)
}
