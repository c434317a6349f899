package atomicqueue

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	bbolterrors "go.etcd.io/bbolt/errors"
	"go.uber.org/zap"
)

const (
	// newSuffix is that of a file which is being written and will take a place.
	newSuffix = ".new"
	// damagedSuffix is that of a file which was moved aside, with the time in UTC.
	damagedSuffix = ".damaged-20060102T150405.000"
)

// admit looks at a file before it is opened. A damaged one is moved aside and what can
// be read of it takes its place. An error names the file, and the remedy.
func (f *file) admit() error {
	if err := f.finish(); err != nil {
		return err
	}
	info, err := os.Stat(f.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return f.explain(err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("the queue on disk %s is not a file (%s): move it away, or give file_storage another directory (OTELCOL_QUEUE_DIR)", f.path, info.Mode())
	case info.Size() == 0:
		f.logger.Warn("The file of a queue on disk is empty. If it held something, that is lost: the disk was full when it was made, or something has emptied it.",
			zap.String("file", f.path))
		return nil
	}
	damage, err := f.damage()
	if err != nil || damage == nil {
		return err
	}
	return f.replaceFile(damage)
}

// damage says what is wrong with the file, while no other process has it.
func (f *file) damage() (damage, err error) {
	file, err := os.OpenFile(f.path, os.O_RDWR, 0)
	if err != nil {
		return nil, f.explain(err)
	}
	defer file.Close()
	if err := lockFile(file, f.wait); err != nil {
		return nil, f.explain(err)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, f.explain(err)
	}
	began := time.Now()
	damage = examine(file, info.Size())
	f.logger.Debug("A queue on disk has been checked.", zap.String("file", f.path), zap.Int64("bytes", info.Size()), zap.Duration("took", time.Since(began)))
	return damage, nil
}

// finish ends what a process that was killed has begun: a new file is whole once the
// old one is gone.
func (f *file) finish() error {
	next := f.path + newSuffix
	if _, err := os.Lstat(next); err != nil {
		return nil //nolint:nilerr // there is none
	}
	var err error
	if _, gone := os.Lstat(f.path); errors.Is(gone, fs.ErrNotExist) {
		err = os.Rename(next, f.path)
	} else {
		err = os.Remove(next)
	}
	if err != nil {
		return f.explain(err)
	}
	return nil
}

// replaceFile puts a new file in the place of a damaged one, with what can be read of it.
func (f *file) replaceFile(damage error) error {
	old, err := os.Open(f.path)
	if err != nil {
		return f.explain(err)
	}
	defer old.Close()
	info, err := old.Stat()
	if err != nil {
		return f.explain(err)
	}
	rest := salvage(old, info.Size(), f.queue)
	next := ""
	if len(rest.values) > 0 {
		next = f.path + newSuffix
		if err := rest.copyTo(next); err != nil {
			return f.explain(fmt.Errorf("is damaged (%w), and %w", damage, err))
		}
	}
	moved, err := putInPlace(f.path, next)
	if err != nil {
		return f.explain(fmt.Errorf("is damaged (%w), and cannot be moved aside: %w", damage, err))
	}
	f.logger.Error("The file of a queue on disk is damaged. It has been moved aside, and a new one has what can be read of it; "+
		"requests that cannot be read are lost. Look at the disk. Delete the moved file when nobody wants to look into it.",
		zap.String("file", f.path), zap.String("moved_to", moved), zap.String("damage", damage.Error()),
		zap.Int("requests_read", rest.requests()), zap.String("requests_lost", rest.loss()))
	return nil
}

// loss is how many requests are lost, in words.
func (s *remains) loss() string {
	if _, ok := s.values[metadataKey]; !ok {
		return "unknown"
	}
	return fmt.Sprintf("at most %d", s.lost)
}

// putInPlace moves a file aside and another one, if there is one, in its place.
func putInPlace(path, next string) (moved string, err error) {
	if _, err := os.Lstat(path); err == nil {
		moved = path + time.Now().UTC().Format(damagedSuffix)
		if err := os.Rename(path, moved); err != nil {
			return "", errors.Join(err, removeIf(next))
		}
	}
	if next == "" {
		return moved, nil
	}
	return moved, os.Rename(next, path)
}

func removeIf(path string) error {
	if path == "" {
		return nil
	}
	return os.Remove(path)
}

// explain says which file an error is about, and what to do.
func (f *file) explain(err error) error {
	remedy := ""
	switch {
	case errors.Is(err, errHeld), errors.Is(err, bbolterrors.ErrTimeout):
		remedy = "is held by " + holder(f.path) + ": stop it, or give this collector another directory (OTELCOL_QUEUE_DIR)"
		return fmt.Errorf("the queue on disk %s %s", f.path, remedy)
	case errors.Is(err, fs.ErrPermission):
		remedy = fmt.Sprintf(": let the user of this process (uid %d) read and write it and its folder", os.Getuid())
	case errors.Is(err, syscall.EROFS):
		remedy = ": its file system is read-only"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		remedy = ": make room on its disk"
	}
	return fmt.Errorf("the queue on disk %s: %w%s", f.path, err, remedy)
}

// errHeld is that another process has a file.
var errHeld = errors.New("another process holds it")
