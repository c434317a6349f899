package queue

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// damagedFile is the queue of the first destination.
const damagedFile = "exporter_otlp_http_0_traces"

// TestADamagedQueue: the collector goes on, says which file was damaged and where it
// is now, and sends what could be read of it. The other queue is not concerned.
func TestADamagedQueue(t *testing.T) {
	const page = 4096
	noise := make([]byte, page)
	random := rand.New(rand.NewPCG(1, 1))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	for name, test := range map[string]struct {
		damage func(b []byte) []byte
		lost   int // at most, of 30
	}{
		"a page of noise at the beginning": {func(b []byte) []byte { copy(b, noise); return b }, 0},
		"a page of noise in the middle":    {func(b []byte) []byte { copy(b[len(b)/2/page*page:], noise); return b }, 4},
		"zeros":                            {func(b []byte) []byte { clear(b); return b }, 30},
		"cut":                              {func(b []byte) []byte { return b[:len(b)/2] }, 30},
		"another file":                     {func([]byte) []byte { return bytes.Repeat([]byte("no queue\n"), 1000) }, 30},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSystem(t)
			s.start()
			for range 30 {
				require.True(t, s.send(3000))
			}
			s.collector.Kill()
			path := filepath.Join(s.queue, damagedFile)
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, test.damage(content), 0o600))
			s.start()
			s.up()
			require.True(t, s.send(100), "it goes on")
			s.eventually(func() bool { return s.missing(0) <= test.lost && s.missing(1) == 0 }, "at most %d are lost", test.lost)
			moved, err := filepath.Glob(path + ".damaged-*")
			require.NoError(t, err)
			lines := 0
			for line := range strings.Lines(s.collector.Log()) {
				if strings.Contains(line, "is damaged") {
					lines++
					if len(moved) > 0 {
						assert.Contains(t, line, moved[0])
					}
				}
			}
			if name != "a page of noise in the middle" { // which may be one that is free
				assert.Len(t, moved, 1)
				assert.Equal(t, 1, lines)
			}
			require.NoError(t, s.collector.Stop())
		})
	}
}

// TestAQueueThatIsNotMoved: the collector ends with a sentence that names the file and
// the remedy, and touches nothing.
func TestAQueueThatIsNotMoved(t *testing.T) {
	s := newSystem(t)
	s.start()
	require.True(t, s.send(100))
	path := filepath.Join(s.queue, damagedFile)

	second := e2e.Launch(t, t.TempDir(), s.env(), s.args...)
	require.Error(t, second.Wait())
	for _, want := range []string{s.queue + "/exporter_otlp_http_", "is held by process", "(otelcol-llm", "OTELCOL_QUEUE_DIR"} {
		assert.Contains(t, second.Log(), want)
	}
	s.collector.Kill()

	require.NoError(t, os.Rename(path, path+".kept"))
	require.NoError(t, os.Mkdir(path, 0o700))
	second = e2e.Launch(t, t.TempDir(), s.env(), s.args...)
	require.Error(t, second.Wait())
	for _, want := range []string{path, "is not a file", "move it away"} {
		assert.Contains(t, second.Log(), want)
	}
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.Rename(path+".kept", path))
	s.start()
	s.up()
	s.assertAll()
	require.NoError(t, s.collector.Stop())
}

// TestAQueueThatIsCutWhileItIsUsed does not end the collector.
func TestAQueueThatIsCutWhileItIsUsed(t *testing.T) {
	s := newSystem(t)
	s.start()
	for range 30 {
		require.True(t, s.send(3000))
	}
	require.NoError(t, os.Truncate(filepath.Join(s.queue, damagedFile), 0))
	require.NoError(t, os.Remove(filepath.Join(s.queue, "exporter_otlp_http_1_traces")))
	before := len(s.acknowledged)
	for range 10 {
		require.True(t, s.send(3000))
	}
	s.up()
	s.eventually(func() bool { return s.missing(0) <= before && s.missing(1) == 0 }, "the second queue has been written again")
	assert.Contains(t, s.collector.Log(), "is damaged")
	assert.Contains(t, s.collector.Log(), "deleted or replaced")
	require.NoError(t, s.collector.Stop())
}
