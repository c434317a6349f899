package tracestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// prepareFile makes sure that there is a file to open, and says in the words
// of the configuration what is in the way where there is none. The returned
// flag says that the file holds nothing yet.
//
// It never opens a file that exists: closing a descriptor would drop the locks
// that other connections of this process hold on the file (POSIX).
func prepareFile(o FileOptions) (empty bool, err error) {
	dir := filepath.Dir(o.Path)
	switch info, err := os.Stat(dir); {
	case err == nil && !info.IsDir():
		return false, fmt.Errorf("url: %s is not a directory", dir)
	case errors.Is(err, fs.ErrNotExist) && o.CreateDirectory:
		if err := makeDirectory(dir, o.directoryMode()); err != nil {
			return false, fmt.Errorf("url: cannot make directory %s: %w; make it yourself or choose another path", dir, unwrapPath(err))
		}
	case errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("url: directory %s does not exist; make it, or set file::create_directory: true", dir)
	case err != nil:
		return false, fmt.Errorf("url: cannot use directory %s: %w", dir, unwrapPath(err))
	}
	if err := checkFilesystem(dir, o.AllowNetworkFilesystem); err != nil {
		return false, err
	}
	if wrong := checkPlace(o.Path); wrong != nil {
		return false, wrong
	}
	info, err := os.Stat(o.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("url: cannot use %s: %w", o.Path, unwrapPath(err))
	}
	if err := checkHead(o.Path, info); err != nil || info != nil {
		return err == nil && info.Size() == 0, err
	}
	f, err := os.OpenFile(o.Path, os.O_CREATE|os.O_EXCL|os.O_RDWR, fs.FileMode(o.Permissions))
	if errors.Is(err, fs.ErrExist) {
		return false, nil // another process was faster
	}
	if err != nil {
		for _, r := range placeReasons {
			if errors.Is(err, r.errno) && r.sentence != notAllowed {
				return false, &fileError{failure: r.failure, text: fmt.Sprintf(r.sentence, o.Path)}
			}
		}
		return false, fmt.Errorf("url: cannot create %s: %w; make the directory writable for this user or choose another path", o.Path, unwrapPath(err))
	}
	// The umask may have taken rights away.
	return true, errors.Join(os.Chmod(o.Path, fs.FileMode(o.Permissions)), f.Close())
}

// directoryMode lets those look into a directory who may read the file.
func (o FileOptions) directoryMode() fs.FileMode {
	mode := fs.FileMode(0o700)
	for _, who := range []fs.FileMode{0o040, 0o004} {
		if fs.FileMode(o.Permissions)&who != 0 {
			mode |= who | who>>2
		}
	}
	return mode
}

// makeDirectory makes a directory with a mode, whatever the umask, and what is above it
// for its owner only, or as the mode says.
func makeDirectory(dir string, mode fs.FileMode) error {
	var made []string
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
			break
		}
		made = append(made, at)
	}
	err := os.MkdirAll(dir, mode)
	for _, at := range made {
		err = errors.Join(err, os.Chmod(at, mode))
	}
	return err
}

// widen gives a file that is there, and what lies beside it, the rights that it would
// be made with. It takes none away.
func (o FileOptions) widen() error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(o.Path + suffix)
		if err != nil {
			continue
		}
		want := info.Mode().Perm() | fs.FileMode(o.Permissions)
		if want == info.Mode().Perm() {
			continue
		}
		if err := os.Chmod(o.Path+suffix, want); err != nil {
			return fmt.Errorf("file::permissions: %s%s keeps mode %#o, others may not be able to read it: %w; change its mode to %#o yourself", o.Path, suffix, info.Mode().Perm(), unwrapPath(err), want)
		}
	}
	return nil
}

// checkHead is an error where a database has no bytes, or is missing, and its commits
// stand in a WAL, which SQLite would delete.
func checkHead(path string, info fs.FileInfo) error {
	what := "missing"
	if info != nil {
		what = "empty"
	}
	if info != nil && info.Size() > 0 {
		return nil
	}
	log, err := readWAL(path + "-wal")
	if err != nil || log.size == 0 || log.readable && log.committed == 0 {
		return nil //nolint:nilerr // SQLite will say what is wrong
	}
	return &fileError{failure: databaseBroken, text: fmt.Sprintf(headless, path, what, path+"-wal", log.size)}
}

// unwrapPath drops operation and path from an error, which the message has.
func unwrapPath(err error) error {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		return at.Err
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return link.Err
	}
	return err
}

// dataSource is what the driver opens. The path is escaped because the driver
// reads a query after the first question mark.
func dataSource(path string, parameters ...string) string {
	escaped := (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	return "file:" + escaped + "?" + strings.Join(parameters, "&")
}

// openConnection opens the file's one writing connection and sets it up.
func openConnection(ctx context.Context, o FileOptions, empty bool) (*sql.DB, *connection, error) {
	pool, err := sql.Open("sqlite", dataSource(o.Path))
	if err != nil {
		return nil, nil, err
	}
	pool.SetMaxOpenConns(1)
	pool.SetConnMaxLifetime(0)
	pinned, err := pool.Conn(ctx)
	if err != nil {
		return nil, nil, errors.Join(err, pool.Close())
	}
	c := &connection{pinned: pinned}
	if err := c.configure(ctx, o, empty); err != nil {
		return nil, nil, errors.Join(err, pinned.Close(), pool.Close())
	}
	return pool, c, nil
}

func busyTimeout(o FileOptions) string {
	return fmt.Sprintf("PRAGMA busy_timeout = %d", o.BusyTimeout.Milliseconds())
}

// configure sets what belongs to the connection, and to the file where it is
// new.
func (c *connection) configure(ctx context.Context, o FileOptions, empty bool) error {
	mode := strings.ToLower(o.JournalMode)
	pragmas := []string{busyTimeout(o)}
	if empty {
		// These two only take effect before the first table.
		pragmas = append(pragmas, fmt.Sprintf("PRAGMA page_size = %d", o.PageSize), "PRAGMA auto_vacuum = INCREMENTAL")
	}
	pragmas = append(pragmas,
		"PRAGMA synchronous = "+o.Synchronous,
		"PRAGMA foreign_keys = OFF",
		// Room for a transaction's pages, which would else be written twice, and
		// for more than one transaction before a checkpoint copies what they share.
		fmt.Sprintf("PRAGMA cache_size = -%d", 16<<10),
	)
	for _, pragma := range pragmas {
		if err := c.exec(ctx, statement{sql: pragma}); err != nil {
			return err
		}
	}
	if o.AllowNetworkFilesystem {
		// Without shared memory a WAL works for a single process only.
		if err := c.exec(ctx, statement{sql: "PRAGMA locking_mode = EXCLUSIVE"}); err != nil {
			return err
		}
		mode = "delete"
	}
	// The answer is the mode that the file is in, whatever was asked for.
	var got string
	err := c.query(ctx, statement{sql: "PRAGMA journal_mode = " + mode}, func(row []any) error {
		got = strings.ToLower(asText(row[0]))
		return nil
	})
	if err != nil {
		return err
	}
	if got != mode {
		return fmt.Errorf("file::journal_mode: %s stays in mode %s, another process may have it open; close it, or set file::journal_mode: %s", o.Path, got, got)
	}
	return nil
}
