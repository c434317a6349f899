//go:build linux

package chaos

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
)

// scanner looks for planted secrets in whatever leaves the collector, and in what it
// keeps.
type scanner struct {
	needles map[string][]byte

	mu     sync.Mutex
	bytes  int64
	places map[string]int64 // bytes that were looked at, by kind of place
	found  map[string]int   // findings, by secret and place
}

func newScanner(secrets testutil.Secrets) *scanner {
	s := &scanner{needles: map[string][]byte{}, places: map[string]int64{}, found: map[string]int{}}
	for name, needle := range secrets.Needles() {
		s.needles[name] = []byte(needle)
	}
	return s
}

// scan looks at one text.
func (s *scanner) scan(place string, text []byte) {
	var names []string
	for name, needle := range s.needles {
		if bytes.Contains(text, needle) {
			names = append(names, name)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes += int64(len(text))
	s.places[place] += int64(len(text))
	for _, name := range names {
		s.found[name+" in "+place]++
	}
}

// scanFolder looks at every byte of every file: store, write-ahead log, queues.
func (s *scanner) scanFolder(t testing.TB, folder string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(file)
		if os.IsNotExist(err) {
			return nil // a temporary file
		}
		place := filepath.Base(file)
		if filepath.Base(filepath.Dir(file)) == "queue" {
			place = "queue files"
		}
		s.scan(place, raw)
		return err
	}))
}

// scanURL looks at what a page shows, if it answers.
func (s *scanner) scanURL(place, url string) {
	response, err := http.Get(url)
	if err != nil {
		return
	}
	defer response.Body.Close()
	if raw, err := io.ReadAll(response.Body); err == nil {
		s.scan(place, raw)
	}
}

func (s *scanner) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("secrets out: %d, in %d kinds of place, %.1f MB", len(s.found), len(s.places), float64(s.bytes)/1e6)
}

func (s *scanner) findings() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return sentences(s.found)
}

// TestTheScannerFinds: each needle is found where it stands, and its value is not
// repeated.
func TestTheScannerFinds(t *testing.T) {
	secrets := testutil.NewSecrets(3)
	s := newScanner(secrets)
	folder := filepath.Join(t.TempDir(), "queue")
	require.NoError(t, os.Mkdir(folder, 0o700))
	for name, needle := range secrets {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("\x00\x01 "+needle+"\xff"), 0o600))
	}
	s.scanFolder(t, folder)
	assert.GreaterOrEqual(t, len(s.findings()), len(secrets))
	for _, finding := range s.findings() {
		assert.Contains(t, finding, "in queue files")
		for _, needle := range secrets {
			assert.NotContains(t, finding, needle)
		}
	}
	assert.Positive(t, s.bytes)
}
