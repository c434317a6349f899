// Package openstore knows the trace stores that exporters of this process have open, so
// that what reads them need not be told again where they are and by which credentials.
package openstore

import (
	"slices"
	"sync"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
)

// Store is where an exporter stores: a file or a server.
type Store struct {
	File   string        // path, "" where it is a server
	Client *hrana.Client // of a server
}

var (
	mu     sync.Mutex
	stores = map[string][]*Store{} // by the id of the exporter, the latest last
)

// Add says that an exporter has opened a store. remove takes it back.
func Add(id string, store Store) (remove func()) {
	mu.Lock()
	defer mu.Unlock()
	entry := &store
	stores[id] = append(stores[id], entry)
	return func() {
		mu.Lock()
		defer mu.Unlock()
		stores[id] = slices.DeleteFunc(stores[id], func(s *Store) bool { return s == entry })
	}
}

// Find returns the store of an exporter, where it has opened one.
func Find(id string) (Store, bool) {
	mu.Lock()
	defer mu.Unlock()
	if all := stores[id]; len(all) > 0 {
		return *all[len(all)-1], true
	}
	return Store{}, false
}
