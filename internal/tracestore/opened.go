package tracestore

import (
	"path/filepath"
	"sync"
)

// opened are the files that this process has open. What is left of the last user
// of a file can be looked at only before the first connection: SQLite makes the
// index of the WAL anew, and reading files beside it would drop the locks of
// connections (POSIX).
var opened = openFiles{users: map[string]int{}, losses: map[string]string{}}

type openFiles struct {
	mu     sync.Mutex
	users  map[string]int
	losses map[string]string // what the first look has found, until the writer takes it
}

// add must be called before a file is opened, and release when it is closed.
func (o *openFiles) add(path string) (release func()) {
	key := fileKey(path)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.users[key] == 0 {
		if loss := lossOf(key); loss != "" {
			o.losses[key] = loss
		}
	}
	o.users[key]++
	return sync.OnceFunc(func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.users[key]--; o.users[key] == 0 {
			delete(o.users, key)
		}
	})
}

// loss is what has been found of a file, "" where nothing has.
func (o *openFiles) loss(path string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.losses[fileKey(path)]
}

// tell is for what has been found of a file that is open.
func (o *openFiles) tell(path, loss string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.losses[fileKey(path)] = loss
}

// forget is called when what has been found is told.
func (o *openFiles) forget(path string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	delete(o.losses, fileKey(path))
}

// fileKey is the name by which SQLite finds the files beside a database: it
// follows links.
func fileKey(path string) string {
	if absolute, err := filepath.Abs(path); err == nil {
		path = absolute
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}
