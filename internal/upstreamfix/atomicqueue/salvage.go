package atomicqueue

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// place is where a value stands in a file.
type place struct{ at, size int64 }

// remains is what can be read of a damaged file.
type remains struct {
	file   io.ReaderAt
	values map[string]place
	lost   int // requests that the file lists and that cannot be read
}

// salvage reads what a damaged file still has. First comes what can be reached from
// the newest header page. Where a part of that cannot, come all pages: bbolt writes a page anew in another place, so there are old ones among
// them. The newest metadata says which of their requests have not been delivered.
func salvage(r io.ReaderAt, size int64, queue bool) *remains {
	s := &remains{file: r, values: map[string]place{}}
	f, headers := openBolt(r, size)
	whole := headers == nil
	var newest metadata
	collect := func(p *page, e element) {
		at := place{p.at + e.at, e.size}
		if string(e.key) != metadataKey {
			s.values[string(e.key)] = at
		} else if m, err := s.metadata(at); err == nil && m.newer(newest) {
			newest, s.values[metadataKey] = m, at
		}
	}
	if f.pageSize > 0 {
		t := &tree{boltFile: f, seen: map[uint64]struct{}{}, item: collect, skip: func(error) { whole = false }}
		_ = t.walk(f.root, nil, nil)
	}
	reached := s.values
	if !whole {
		s.values = map[string]place{}
		s.sweep(f, collect)
		s.values = s.waiting(reached, newest, queue)
	}
	if !queue {
		return s
	}
	s.check(newest)
	return s
}

func (m metadata) newer(than metadata) bool {
	return m.write > than.write || m.write == than.write && m.read >= than.read
}

func (s *remains) metadata(at place) (metadata, error) {
	raw, err := s.read(at)
	if err != nil {
		return metadata{}, err
	}
	return parseMetadata(raw)
}

func (s *remains) read(at place) ([]byte, error) {
	raw := make([]byte, at.size)
	_, err := s.file.ReadAt(raw, at.at)
	return raw, err
}

// sweep reads all pages that look like leaves. Where no header page is readable, pages
// are of the size that most systems have.
func (s *remains) sweep(f *boltFile, collect func(*page, element)) {
	if f.pageSize == 0 {
		f.pageSize = int64(os.Getpagesize())
	}
	f.pages = uint64(f.size / f.pageSize)
	for id := uint64(2); id < f.pages; id++ {
		p, err := f.page(id)
		if err != nil || p.flags != leafFlag {
			continue
		}
		t := &tree{boltFile: f, seen: map[uint64]struct{}{}, skip: func(error) {}}
		t.item = collect
		for i := range p.count {
			if e, err := p.element(i); err == nil && e.bucket {
				if _, inline, err := p.bucket(e); err == nil && inline != nil {
					_ = t.elements(inline, id, nil, nil)
				}
			} else if err == nil {
				collect(p, e)
			}
		}
	}
}

// waiting adds to what was reached those of the swept requests that metadata lists; of
// what is no queue, all that has no newer version.
func (s *remains) waiting(reached map[string]place, newest metadata, queue bool) map[string]place {
	for key, at := range s.values {
		index, request := indexOf(key)
		_, is := reached[key]
		switch {
		case key == metadataKey, !queue && !is:
			reached[key] = at
		case request && !is && (index >= newest.read || slices.Contains(newest.dispatched, index)):
			reached[key] = at
		}
	}
	return reached
}

// check drops requests that are not as they were written, and counts what lacks.
func (s *remains) check(newest metadata) {
	for key, at := range s.values {
		if _, request := indexOf(key); !request {
			continue
		}
		raw, err := s.read(at)
		if err == nil {
			if _, is := unseal(raw); is == whole {
				continue
			}
		}
		delete(s.values, key)
		if newest.write == 0 {
			s.lost++
		}
	}
	for _, index := range listed(newest) {
		if _, ok := s.values[keyOf(index)]; !ok {
			s.lost++
		}
	}
}

// requests is how many there are.
func (s *remains) requests() int {
	n := 0
	for key := range s.values {
		if _, request := indexOf(key); request {
			n++
		}
	}
	return n
}

// copyAtOnce bounds a transaction of copyTo, in bytes.
const copyAtOnce = 8 << 20

// copyTo writes what there is to a new file.
func (s *remains) copyTo(path string) error {
	return writeFile(path, func(put func(key string, value []byte) error) error {
		for key, at := range s.values {
			raw, err := s.read(at)
			if err == nil {
				err = put(key, raw)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// writeFile makes a file as file_storage has it, and forces it to the disk.
func writeFile(path string, fill func(put func(key string, value []byte) error) error) (err error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, NoFreelistSync: true, NoSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, db.Close())
		if err != nil {
			_ = os.Remove(path)
		}
	}()
	var tx *bbolt.Tx
	var bucket *bbolt.Bucket
	begin := func() error {
		if tx, err = db.Begin(true); err == nil {
			bucket, err = tx.CreateBucketIfNotExists([]byte(defaultBucket))
		}
		return err
	}
	defer func() {
		if tx != nil {
			_ = tx.Rollback() // of what was not committed
		}
	}()
	if err := begin(); err != nil {
		return err
	}
	size := 0
	err = fill(func(key string, value []byte) error {
		if size += len(value); size > copyAtOnce {
			size = len(value)
			if err := tx.Commit(); err != nil {
				return err
			}
			if err := begin(); err != nil {
				return err
			}
		}
		return bucket.Put([]byte(key), value)
	})
	if err == nil {
		err = tx.Commit()
	}
	if err == nil {
		err = db.Sync()
	}
	if err != nil {
		return fmt.Errorf("what can be read of it cannot be written to a new file: %w", err)
	}
	return nil
}
