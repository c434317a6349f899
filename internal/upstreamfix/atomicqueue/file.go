package atomicqueue

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	bbolterrors "go.etcd.io/bbolt/errors"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
)

// fileStorage is file_storage, whose files are looked at before they are opened.
type fileStorage struct {
	storage.Extension
	config *filestorage.Config
	logger *zap.Logger
	used   sync.Map // paths of files that components have
}

// GetClient opens the file of a component.
func (s *fileStorage) GetClient(ctx context.Context, kind component.Kind, id component.ID, name string) (storage.Client, error) {
	f := &file{
		path:   fileOf(s.config.Directory, kind, id, name),
		queue:  isQueue(kind, name),
		wait:   s.config.Timeout,
		logger: s.logger.With(zap.String("component", id.String())),
		reopen: func(ctx context.Context) (storage.Client, error) { return s.Extension.GetClient(ctx, kind, id, name) },
	}
	s.used.Store(f.path, nil)
	if err := f.admit(); err != nil {
		return nil, err
	}
	if err := f.open(ctx); err != nil {
		return nil, err
	}
	f.reserve()
	if c := s.config.Compaction; c != nil && c.OnRebound {
		f.compactor = startCompactor(f, *c, s.config.Timeout) //nolint:contextcheck // it outlives the start
	}
	return f, nil
}

// file is a client of file_storage.
type file struct {
	path      string
	queue     bool // it is a queue's
	wait      time.Duration
	logger    *zap.Logger
	reopen    func(context.Context) (storage.Client, error)
	compactor *compactor

	mu     sync.Mutex
	client storage.Client // nil: could not be opened again
	opened fs.FileInfo    // as this process has left it
	alarms int            // how often somebody else has written to it without harm
}

func (f *file) open(ctx context.Context) error {
	err := guard(func() (err error) {
		f.client, err = f.reopen(ctx)
		return err
	})
	if err != nil {
		f.client = nil
		return f.explain(err)
	}
	f.opened, err = os.Stat(f.path)
	return err
}

// errBroken is what bbolt does with a file that it does not understand.
var errBroken = errors.New("the file is damaged")

// guard has a panic, and a page that the system cannot read, be errors.
func guard(do func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errBroken, r)
		}
	}()
	return do()
}

// do has an operation done, on a new file where that is necessary.
func (f *file) do(ctx context.Context, operation func(storage.Client) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.look(ctx); err != nil {
		return err
	}
	err := guard(func() error { return operation(f.client) })
	f.noted()
	switch {
	case errors.Is(err, errBroken):
		err = f.restore(ctx, err)
	case errors.Is(err, bbolterrors.ErrDatabaseNotOpen): // a compaction could not open its result
		err = f.openAgain(ctx)
	default:
		return err
	}
	if err != nil {
		return err
	}
	defer f.noted()
	return guard(func() error { return operation(f.client) })
}

// look has the file be as it was left, or makes it so.
func (f *file) look(ctx context.Context) error {
	if f.client == nil {
		if err := f.admit(); err != nil {
			return err
		}
		return f.open(ctx)
	}
	now, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && !os.SameFile(now, f.opened):
		return f.writeAgain(ctx)
	case err != nil:
		return f.explain(err)
	case now.Size() < f.opened.Size():
		return f.restore(ctx, fmt.Errorf("is cut: %d bytes of %d are there", now.Size(), f.opened.Size()))
	case now.ModTime().Equal(f.opened.ModTime()) || f.alarms == falseAlarms:
		return nil
	}
	damage, err := f.read()
	switch {
	case err != nil:
		return err
	case damage != nil:
		return f.restore(ctx, damage)
	}
	f.alarms++
	f.opened = now
	return nil
}

// falseAlarms is how often a file may have been written to at another time than by this
// process and be whole, before that means nothing: some file systems over a network
// change the time later.
const falseAlarms = 10

// noted remembers the file as this process has left it.
func (f *file) noted() {
	if now, err := os.Stat(f.path); err == nil && os.SameFile(now, f.opened) {
		f.opened = now
	}
}

// read checks the file while it is in use.
func (f *file) read() (damage, err error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, f.explain(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, f.explain(err)
	}
	return examine(file, info.Size()), nil
}

// writeAgain writes a file that somebody has deleted or replaced, while the old one is
// still open.
func (f *file) writeAgain(ctx context.Context) error {
	next := f.path + newSuffix
	walker, ok := f.client.(storage.Walker)
	if !ok {
		return nil
	}
	err := writeFile(next, func(put func(string, []byte) error) error {
		return guard(func() error {
			return walker.Walk(ctx, func(key string, value []byte) ([]*storage.Operation, error) { return nil, put(key, value) })
		})
	})
	if err != nil {
		return f.explain(err)
	}
	moved, err := putInPlace(f.path, next)
	if err != nil {
		return f.explain(err)
	}
	f.logger.Error("The file of a queue on disk was deleted or replaced while the collector was running. It has been written again; nothing is lost.",
		zap.String("file", f.path), zap.String("replaced_by", moved))
	return f.openAgain(ctx)
}

// restore goes on with what can be read of the file.
func (f *file) restore(ctx context.Context, damage error) error {
	if err := f.replaceFile(damage); err != nil {
		return err
	}
	return f.openAgain(ctx)
}

// openAgain leaves the old client to itself: after a panic its locks are held for good.
func (f *file) openAgain(ctx context.Context) error {
	old := f.client
	f.client = nil
	go func() { _ = guard(func() error { return old.Close(context.Background()) }) }() //nolint:contextcheck // it outlives the request
	return f.open(ctx)
}

// Get reads.
func (f *file) Get(ctx context.Context, key string) (value []byte, err error) {
	err = f.do(ctx, func(c storage.Client) (err error) {
		value, err = c.Get(ctx, key)
		return err
	})
	return value, err
}

// Set writes.
func (f *file) Set(ctx context.Context, key string, value []byte) error {
	return f.do(ctx, func(c storage.Client) error { return c.Set(ctx, key, value) })
}

// Delete deletes.
func (f *file) Delete(ctx context.Context, key string) error {
	return f.do(ctx, func(c storage.Client) error { return c.Delete(ctx, key) })
}

// Batch does operations together.
func (f *file) Batch(ctx context.Context, ops ...*storage.Operation) error {
	return f.do(ctx, func(c storage.Client) error { return c.Batch(ctx, ops...) })
}

// Walk calls a function for all that is there.
func (f *file) Walk(ctx context.Context, fn storage.WalkFunc) error {
	return f.do(ctx, func(c storage.Client) error {
		walker, ok := c.(storage.Walker)
		if !ok {
			return errors.New("file_storage cannot be walked through")
		}
		return walker.Walk(ctx, fn)
	})
}

// Close closes the file.
func (f *file) Close(ctx context.Context) error {
	f.compactor.stop()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.client == nil {
		return nil
	}
	return guard(func() error { return f.client.Close(ctx) })
}
