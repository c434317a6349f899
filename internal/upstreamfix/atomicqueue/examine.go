package atomicqueue

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// defaultBucket is where file_storage keeps everything.
const defaultBucket = "default"

// examine says what is wrong with a file that bbolt is about to open: all that bbolt
// itself relies on, and that the file is as long as it says. It reads each branch and
// leaf and no value, which is what bbolt does in the same moment to find free pages.
func examine(r io.ReaderAt, size int64) error {
	f, err := openBolt(r, size)
	if err != nil {
		return err
	}
	if f.pageSize == 0 {
		return errors.New("a header page has no size of pages")
	}
	if have := uint64(size / f.pageSize); have < f.pages {
		return fmt.Errorf("is cut: %d bytes of %d are there", size, int64(f.pages)*f.pageSize)
	}
	t := &tree{boltFile: f, seen: map[uint64]struct{}{}}
	return t.walk(f.root, nil, nil)
}

// tree walks through all pages and stops at the first that is wrong.
type tree struct {
	*boltFile
	seen map[uint64]struct{}
	// item gets what leaves hold, if it is set.
	item func(p *page, e element)
	// skip gets what is wrong, if it is set, and the walk goes on behind it.
	skip func(error)
}

// bad ends the walk, or skips a part of it.
func (t *tree) bad(err error) error {
	if t.skip != nil && err != nil {
		t.skip(err)
		return nil
	}
	return err
}

// walk looks at the tree under a page, whose keys are from low on and below high.
func (t *tree) walk(id uint64, low, high []byte) error {
	p, err := t.page(id)
	if err != nil {
		return t.bad(err)
	}
	if id+p.overflow >= t.pages {
		return t.bad(fmt.Errorf("page %d is behind the last one", id))
	}
	for n := id; n <= id+p.overflow; n++ {
		if _, again := t.seen[n]; again {
			return t.bad(fmt.Errorf("page %d is used twice", n))
		}
		t.seen[n] = struct{}{}
	}
	return t.elements(p, id, low, high)
}

func (t *tree) elements(p *page, id uint64, low, high []byte) error {
	var before, next []byte
	for i := range p.count {
		e, err := p.element(i)
		if err == nil && (!inOrder(before, e.key) || i == 0 && bytes.Compare(low, e.key) > 0 || high != nil && bytes.Compare(e.key, high) >= 0) {
			err = errors.New("keys are not in order")
		}
		if err != nil {
			if err = t.bad(fmt.Errorf("page %d: %w", id, err)); err != nil {
				return err
			}
			continue
		}
		before = e.key
		switch {
		case p.flags == branchFlag:
			next = high
			if i+1 < p.count {
				if following, err := p.element(i + 1); err == nil {
					next = following.key
				}
			}
			err = t.walk(e.child, e.key, next)
		case e.bucket:
			err = t.bucketOf(p, e, id)
		case t.item != nil:
			t.item(p, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tree) bucketOf(p *page, e element, id uint64) error {
	root, inline, err := p.bucket(e)
	switch {
	case err != nil:
		return t.bad(fmt.Errorf("page %d: %w", id, err))
	case inline != nil:
		return t.elements(inline, id, nil, nil)
	}
	return t.walk(root, nil, nil)
}
