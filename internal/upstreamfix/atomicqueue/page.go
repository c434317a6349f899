package atomicqueue

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
)

// The format of a bbolt file, version 2 (internal/common of go.etcd.io/bbolt): pages
// with a header each, two of them with what a transaction has committed, the others
// a tree of buckets. Numbers are those of the machine. It is read here without bbolt,
// which trusts each of them and ends the process where one is wrong.
const (
	pageHeader    = 16 // id 8, flags 2, count 2, overflow 4
	branchElement = 16 // position 4, key size 4, page 8
	leafElement   = 16 // flags 4, position 4, key size 4, value size 4
	bucketHeader  = 16 // root page 8, sequence 8

	branchFlag = 1
	leafFlag   = 2
	metaFlag   = 4
	bucketFlag = 1

	boltMagic   = 0xED0CDAED
	boltVersion = 2
	metaSize    = 64 // without the header
	noFreelist  = ^uint64(0)

	smallestPage = 1 << 10
	largestPage  = 1 << 24 // what bbolt looks for
)

var native = binary.NativeEndian

// commit is what a meta page says.
type commit struct {
	pageSize int64
	root     uint64 // page of the bucket of buckets
	freelist uint64
	pages    uint64 // the high-water mark
	tx       uint64
}

// parseCommit reads a meta page.
func parseCommit(page []byte) (commit, error) {
	if len(page) < pageHeader+metaSize {
		return commit{}, errors.New("is too short for a header page")
	}
	m := page[pageHeader : pageHeader+metaSize]
	sum := fnv.New64a()
	_, _ = sum.Write(m[:metaSize-8])
	switch {
	case native.Uint32(m) != boltMagic:
		return commit{}, errors.New("a header page is not that of a queue")
	case native.Uint32(m[4:]) != boltVersion:
		return commit{}, fmt.Errorf("a header page is of version %d", native.Uint32(m[4:]))
	case native.Uint64(m[56:]) != sum.Sum64():
		return commit{}, errors.New("a header page does not have its checksum")
	}
	return commit{
		pageSize: int64(native.Uint32(m[8:])), root: native.Uint64(m[16:]),
		freelist: native.Uint64(m[32:]), pages: native.Uint64(m[40:]), tx: native.Uint64(m[48:]),
	}, nil
}

// boltFile reads pages.
type boltFile struct {
	io.ReaderAt
	size int64
	commit
}

// openBolt reads the header pages. Its error says what is wrong with one of them; the
// file can be read all the same where the other is whole.
func openBolt(r io.ReaderAt, size int64) (*boltFile, error) {
	f := &boltFile{ReaderAt: r, size: size}
	head := make([]byte, pageHeader+metaSize)
	first, errFirst := f.commitAt(head, 0)
	second, errSecond := commit{}, errFirst
	if errFirst == nil {
		second, errSecond = f.commitAt(head, first.pageSize)
	} else {
		for at := int64(smallestPage); at <= largestPage && errSecond != nil; at <<= 1 {
			if c, err := f.commitAt(head, at); err == nil && c.pageSize == at {
				second, errSecond = c, nil
			}
		}
	}
	switch {
	case errFirst == nil && (errSecond != nil || first.tx > second.tx):
		f.commit = first
	case errSecond == nil:
		f.commit = second
	}
	if f.pageSize < smallestPage || f.pageSize > largestPage {
		f.pageSize = 0
	}
	return f, errors.Join(errFirst, errSecond)
}

func (f *boltFile) commitAt(buffer []byte, at int64) (commit, error) {
	if _, err := f.ReadAt(buffer, at); err != nil {
		return commit{}, fmt.Errorf("a header page cannot be read: %w", err)
	}
	return parseCommit(buffer)
}

// page is one of the tree, or a bucket that is kept in its parent's value.
type page struct {
	file     *boltFile
	at       int64 // in the file
	length   int64
	flags    uint16
	count    int
	overflow uint64
	head     []byte // its beginning
}

// header reads what pages begin with.
func (p *page) header() (id uint64) {
	p.flags, p.count = native.Uint16(p.head[8:]), int(native.Uint16(p.head[10:]))
	p.overflow = uint64(native.Uint32(p.head[12:]))
	return native.Uint64(p.head)
}

// page reads a page of the tree.
func (f *boltFile) page(id uint64) (*page, error) {
	if id < 2 || id > uint64(f.size/f.pageSize) || (int64(id)+1)*f.pageSize > f.size {
		return nil, fmt.Errorf("page %d is not in the file", id)
	}
	p := &page{file: f, at: int64(id) * f.pageSize, head: make([]byte, f.pageSize)}
	if _, err := f.ReadAt(p.head, p.at); err != nil {
		return nil, fmt.Errorf("page %d cannot be read: %w", id, err)
	}
	if own := p.header(); own != id {
		return nil, fmt.Errorf("page %d is not what was written", id)
	}
	p.length = int64(p.overflow+1) * f.pageSize
	if p.at+p.length > f.size {
		return nil, fmt.Errorf("page %d ends behind the file", id)
	}
	return p, p.valid(id)
}

func (p *page) valid(id uint64) error {
	if p.flags != branchFlag && p.flags != leafFlag {
		return fmt.Errorf("page %d is neither branch nor leaf", id)
	}
	if int64(pageHeader+p.count*leafElement) > p.length || p.flags == branchFlag && p.count == 0 {
		return fmt.Errorf("page %d does not have %d elements", id, p.count)
	}
	return nil
}

// bytes are n of the page from a position on.
func (p *page) bytes(at, n int64) ([]byte, error) {
	if at < 0 || n < 0 || at+n > p.length {
		return nil, errors.New("an element is not in its page")
	}
	if at+n <= int64(len(p.head)) {
		return p.head[at : at+n], nil
	}
	b := make([]byte, n)
	_, err := p.file.ReadAt(b, p.at+at)
	return b, err
}

// element is a part of a page.
type element struct {
	key    []byte
	child  uint64 // of a branch
	bucket bool
	at     int64 // of a leaf's value, in the page
	size   int64
}

func (p *page) element(i int) (e element, err error) {
	at := int64(pageHeader + i*leafElement)
	raw, err := p.bytes(at, leafElement)
	if err != nil {
		return e, err
	}
	position, keySize := int64(native.Uint32(raw)), int64(native.Uint32(raw[4:]))
	if p.flags == branchFlag {
		e.child = native.Uint64(raw[8:])
	} else {
		e.bucket = native.Uint32(raw)&bucketFlag != 0
		position, keySize, e.size = int64(native.Uint32(raw[4:])), int64(native.Uint32(raw[8:])), int64(native.Uint32(raw[12:]))
	}
	if position < leafElement*int64(p.count-i) { // keys and values come after all elements
		return e, errors.New("an element points into another")
	}
	e.at = at + position + keySize
	if e.at+e.size > p.length {
		return e, errors.New("an element is not in its page")
	}
	e.key, err = p.bytes(at+position, keySize)
	return e, err
}

// bucket is the root of a bucket that an element holds.
func (p *page) bucket(e element) (root uint64, inline *page, err error) {
	if e.size < bucketHeader {
		return 0, nil, errors.New("a bucket is cut")
	}
	header, err := p.bytes(e.at, bucketHeader)
	if err != nil {
		return 0, nil, err
	}
	if root = native.Uint64(header); root != 0 {
		return root, nil, nil
	}
	rest, err := p.bytes(e.at+bucketHeader, e.size-bucketHeader)
	if err != nil || len(rest) < pageHeader {
		return 0, nil, errors.Join(err, errors.New("a bucket is cut"))
	}
	inline = &page{file: p.file, at: p.at + e.at + bucketHeader, length: int64(len(rest)), head: rest}
	inline.header()
	return 0, inline, inline.valid(0)
}

// inOrder reports whether a key may follow another.
func inOrder(before, key []byte) bool { return before == nil || bytes.Compare(before, key) < 0 }
