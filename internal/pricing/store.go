package pricing

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// StoreConfig says which price lists to use and how to keep them fresh.
type StoreConfig struct {
	// WithoutEmbedded leaves the lists in the binary out, for operators who price everything themselves.
	WithoutEmbedded bool
	// File is the path of a price list of the operator's own, JSON or YAML. Empty is none.
	File string
	// ReloadInterval is how often File is looked at; zero or less never. The content decides, not the time of
	// modification, so that a Kubernetes ConfigMap works.
	ReloadInterval time.Duration
	// Remote is a price list on the network. The zero Remote is none.
	Remote Remote
	// Settings are the aliases and overrides of the configuration.
	Settings Settings
}

// Event says what became of a price list. It is reported when something changed and when something went wrong.
type Event struct {
	// Source is the list.
	Source Source
	// Changed says that a new catalogue is in use.
	Changed bool
	// Err is what went wrong. Without a change the catalogue stays as it was; with one, the list is in use and could not
	// be written to the cache file.
	Err error
	// Warnings lists entries of a changed list that were left out.
	Warnings []string
}

// maxFileSize bounds a price file. The embedded list has a quarter of a megabyte.
const maxFileSize = 64 << 20

// Store holds the catalogue that is in use and replaces it when a price list changes. Reading it is one atomic load.
type Store struct {
	config   StoreConfig
	embedded []*Layer
	settings *Layer
	current  atomic.Pointer[Catalog]

	mu       sync.Mutex // guards what follows; only loading takes it
	file     *Layer
	fileHash [sha256.Size]byte
	fileErr  string
	remote   remoteState
}

// OpenStore reads every list that is on this machine. A mistake in the file or in the settings is an error that names
// the entry. The network is not touched: a list that was fetched before is read from the cache file, and [Store.Run]
// or [Store.Refresh] fetch it anew.
func OpenStore(config StoreConfig) (*Store, error) {
	s := &Store{config: config}
	if err := config.Remote.validate(); err != nil {
		return nil, err
	}
	var err error
	if !config.WithoutEmbedded {
		if s.embedded, err = EmbeddedLayers(); err != nil {
			return nil, err
		}
	}
	if s.settings, err = config.Settings.Layer(); err != nil {
		return nil, err
	}
	if config.File != "" {
		if s.file, s.fileHash, err = readFile(config.File); err != nil {
			return nil, fmt.Errorf("prices_file: %w", err)
		}
	}
	s.remote.restore(&config.Remote)
	catalog, err := Build(s.layers()...)
	if err != nil && s.remote.layer != nil {
		s.remote.layer = nil // a list from the cache must not keep the collector from starting
		catalog, err = Build(s.layers()...)
	}
	if err != nil {
		return nil, err
	}
	s.current.Store(catalog)
	return s, nil
}

// Catalog returns the catalogue in use. It is never nil.
func (s *Store) Catalog() *Catalog { return s.current.Load() }

// layers lists what there is, the weakest first.
func (s *Store) layers() []*Layer {
	layers := append([]*Layer{}, s.embedded...)
	if s.remote.layer != nil {
		layers = append(layers, s.remote.layer)
	}
	if s.file != nil {
		layers = append(layers, s.file)
	}
	return append(layers, s.settings)
}

func readFile(path string) (*Layer, [sha256.Size]byte, error) {
	var hash [sha256.Size]byte
	f, err := os.Open(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, hash, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err != nil {
		return nil, hash, err
	}
	if len(data) > maxFileSize {
		return nil, hash, fmt.Errorf("%s is larger than %d bytes", path, maxFileSize)
	}
	hash = sha256.Sum256(data)
	layer, err := ParseLayer(data, SourceFile)
	if err != nil {
		return nil, hash, fmt.Errorf("%s: %w", path, err)
	}
	if layer.Version == "" {
		layer.Version = fmt.Sprintf("file-%x", hash[:4])
	}
	return layer, hash, nil
}

// Reload reads the price file again and, when its content changed, replaces the catalogue. On any error the catalogue
// stays as it was. The same error is returned once: changed is false and err nil until the file changes again.
func (s *Store) Reload() (changed bool, err error) {
	if s.config.File == "" {
		return false, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	layer, hash, err := readFile(s.config.File)
	if hash == s.fileHash && hash != ([sha256.Size]byte{}) {
		return false, nil
	}
	if err == nil {
		err = s.swap(func() { s.file = layer })
	}
	if err != nil {
		err = fmt.Errorf("prices_file: %w", err)
		s.fileHash = hash
		if err.Error() == s.fileErr {
			return false, nil
		}
		s.fileErr = err.Error()
		return false, err
	}
	s.fileHash, s.fileErr = hash, ""
	return true, nil
}

// swap builds a catalogue with a change and puts it into use; when it cannot be built, the change is undone.
func (s *Store) swap(change func()) error {
	file, remote := s.file, s.remote.layer
	change()
	catalog, err := Build(s.layers()...)
	if err != nil {
		s.file, s.remote.layer = file, remote
		return err
	}
	s.current.Store(catalog)
	return nil
}

// Run keeps the lists fresh until the context ends. report is called from one goroutine, for every change and every
// error that is new.
func (s *Store) Run(ctx context.Context, report func(Event)) {
	reload, stopReload := ticker(s.config.File != "", s.config.ReloadInterval)
	defer stopReload()
	refresh, stopRefresh := ticker(s.config.Remote.URL != "", s.config.Remote.Interval)
	defer stopRefresh()
	fetch := func() {
		changed, warnings, err := s.Refresh(ctx)
		if changed || err != nil && ctx.Err() == nil {
			report(Event{Source: SourceURL, Changed: changed, Err: err, Warnings: warnings})
		}
	}
	if s.config.Remote.URL != "" {
		fetch()
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-reload:
			if changed, err := s.Reload(); changed || err != nil {
				report(Event{Source: SourceFile, Changed: changed, Err: err})
			}
		case <-refresh:
			fetch()
		}
	}
}

func ticker(wanted bool, every time.Duration) (<-chan time.Time, func()) {
	if !wanted || every <= 0 {
		return nil, func() {}
	}
	t := time.NewTicker(every)
	return t.C, t.Stop
}

// Age returns how old the newest list of prices is: the embedded one, or one of the network. An operator's file and
// the overlay do not count, because they hold corrections; without any other list the file counts. known is false when
// no list has a date.
func (c *Catalog) Age(now time.Time) (age time.Duration, known bool) {
	var newest, file time.Time
	for _, l := range c.layers {
		switch l.Source {
		case SourceEmbedded, SourceURL:
			newest = later(newest, l.Published)
		case SourceFile:
			file = later(file, l.Published)
		}
	}
	if newest.IsZero() {
		newest = file
	}
	if newest.IsZero() {
		return 0, false
	}
	return max(now.Sub(newest), 0), true
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
