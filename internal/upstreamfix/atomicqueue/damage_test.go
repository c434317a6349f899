package atomicqueue

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
)

// requests is how many a queue has whose file is damaged.
const requests = 40

// filled is a folder with a queue of requests, some of which are under way, and some
// of which have been delivered.
func filled(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	p, err := start(t, dir, options{consumers: 3})
	require.NoError(t, err)
	for n := range requests + 4 {
		require.NoError(t, p.send(fmt.Sprint("r", n), size))
	}
	p.eventually(func() bool { return p.under() == 3 }, "three are under way")
	for n := 0; len(p.got()) < 4; n++ {
		p.eventually(func() bool { return p.take(fmt.Sprint("r", n)) }, "%d comes", n)
	}
	p.eventually(func() bool { return p.under() == 3 && (&trial{t: t, dir: dir}).left() == requests }, "four are done")
	dir = p.kill()
	p.stop()
	return dir
}

func noise(n int, seed uint64) []byte {
	source := rand.New(rand.NewPCG(seed, 1))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(source.Uint32())
	}
	return b
}

const pageSize = 4096

// damages are what may have become of a file.
var damages = map[string]func(content []byte) []byte{
	"zeros":               func(b []byte) []byte { return make([]byte, len(b)) },
	"zeros at first":      func(b []byte) []byte { return over(b, 0, make([]byte, pageSize)) },
	"zeros at second":     func(b []byte) []byte { return over(b, pageSize, make([]byte, pageSize)) },
	"zeros at both":       func(b []byte) []byte { return over(b, 0, make([]byte, 2*pageSize)) },
	"noise":               func(b []byte) []byte { return noise(len(b), 1) },
	"noise at both":       func(b []byte) []byte { return over(b, 0, noise(2*pageSize, 2)) },
	"noise in the middle": func(b []byte) []byte { return over(b, len(b)/2, noise(len(b)/4, 3)) },
	"cut to a byte":       func(b []byte) []byte { return b[:1] },
	"cut to less":         func(b []byte) []byte { return b[:pageSize-1] },
	"cut to a page":       func(b []byte) []byte { return b[:pageSize] },
	"cut to two":          func(b []byte) []byte { return b[:2*pageSize] },
	"cut to four":         func(b []byte) []byte { return b[:4*pageSize] },
	"cut in the middle":   func(b []byte) []byte { return b[:len(b)/2+100] },
	"cut to a third":      func(b []byte) []byte { return b[:len(b)/3] },
	"empty":               func([]byte) []byte { return nil },
	"a text":              func([]byte) []byte { return []byte("This is no queue.\n") },
	"a long text":         func([]byte) []byte { return bytes.Repeat([]byte("This is no queue.\n"), 5000) },
	"a database":          func(b []byte) []byte { return over(b, 0, append([]byte("SQLite format 3\x00"), noise(84, 4)...)) },
	"another version":     func(b []byte) []byte { return over(over(b, 20, []byte{9}), pageSize+20, []byte{9}) },
	"moved by a byte":     func(b []byte) []byte { return append([]byte{0}, b...) },
	"twice":               func(b []byte) []byte { return append(bytes.Clone(b), b...) },
	"whole":               func(b []byte) []byte { return b },
}

func over(b []byte, at int, with []byte) []byte {
	b = bytes.Clone(b)
	copy(b[min(at, len(b)):], with)
	return b
}

// outcome has a process start on a damaged file, and says what arrives.
func outcome(t *testing.T, dir string, content []byte) (arrived map[string]bool, lines []string) {
	t.Helper()
	path := filepath.Join(dir, queueFile)
	require.NoError(t, os.WriteFile(path, content, 0o600))
	p, err := start(t, dir, options{consumers: 3})
	require.NoError(t, err)
	require.NoError(t, p.send("new", 100), "it goes on")
	p.up()
	p.eventually(func() bool { return (&trial{t: t, dir: dir}).left() == 0 }, "all is sent")
	p.stop()
	arrived = map[string]bool{}
	for _, name := range p.got() {
		arrived[name] = true
	}
	assert.True(t, arrived["new"], "what comes is sent")
	delete(arrived, "new")
	for _, entry := range p.log.All() {
		if entry.Level >= 1 {
			lines = append(lines, fmt.Sprint(entry.Message, entry.ContextMap()))
		}
	}
	return arrived, lines
}

// TestADamagedFile is moved aside, with a line that names it, and what can be read of
// it is sent. Nothing is lost without a line.
func TestADamagedFile(t *testing.T) {
	for _, size := range []int{10, 1000, 9000} {
		dir := filled(t, size)
		whole, err := os.ReadFile(filepath.Join(dir, queueFile))
		require.NoError(t, err)
		for name, damage := range damages {
			t.Run(fmt.Sprintf("%s, requests of %d bytes", name, size), func(t *testing.T) {
				dir := t.TempDir()
				arrived, lines := outcome(t, dir, damage(bytes.Clone(whole)))
				t.Logf("%d of %d arrive", len(arrived), requests)
				checkOutcome(t, dir, name, arrived, lines)
			})
		}
	}
}

func checkOutcome(t *testing.T, dir, name string, arrived map[string]bool, lines []string) {
	t.Helper()
	text := strings.Join(lines, "\n")
	moved, err := filepath.Glob(filepath.Join(dir, queueFile+".damaged-*"))
	require.NoError(t, err)
	switch name {
	case "whole", "twice":
		assert.Len(t, arrived, requests)
		assert.Empty(t, lines)
		assert.Empty(t, moved)
	case "noise in the middle": // of values or of free pages perhaps
		assert.True(t, len(arrived) == requests || len(lines) > 0)
	case "empty":
		assert.Contains(t, text, queueFile)
		assert.Empty(t, moved)
	default:
		if strings.HasPrefix(name, "cut") && len(arrived) == requests && len(lines) == 0 {
			return // behind all that it holds
		}
		require.Len(t, moved, 1)
		assert.Contains(t, text, moved[0])
		assert.Contains(t, text, "damaged")
	}
	switch name {
	case "zeros at first", "zeros at second", "zeros at both", "noise at both", "a database":
		assert.Len(t, arrived, requests, "the requests are whole")
	}
}

// TestADamagedPage: wherever it is, bbolt never sees it, and requests that are not on
// it arrive.
func TestADamagedPage(t *testing.T) {
	for _, size := range []int{1000, 9000} {
		dir := filled(t, size)
		whole, err := os.ReadFile(filepath.Join(dir, queueFile))
		require.NoError(t, err)
		for at := 0; at < len(whole); at += pageSize {
			arrived, lines := outcome(t, t.TempDir(), over(whole, at, noise(pageSize, uint64(at))))
			if len(arrived) < requests {
				assert.NotEmpty(t, lines, "the page at %d", at)
			}
			const onPage = 8 // of requests, at most
			assert.GreaterOrEqual(t, len(arrived), requests-onPage, "the page at %d: %v", at, lines)
		}
	}
}

// TestADamagedByte never ends the process and never changes a request.
func TestADamagedByte(t *testing.T) {
	dir := filled(t, 300)
	whole, err := os.ReadFile(filepath.Join(dir, queueFile))
	require.NoError(t, err)
	random := rand.New(rand.NewPCG(7, 7))
	for range 150 {
		at := random.IntN(len(whole))
		b := bytes.Clone(whole)
		b[at] ^= byte(1 + random.IntN(255))
		arrived, lines := outcome(t, t.TempDir(), b)
		for name := range arrived {
			var n int
			_, err := fmt.Sscanf(name, "r%d", &n)
			require.NoError(t, err, name)
		}
		if len(arrived) < requests {
			assert.NotEmpty(t, lines, "the byte at %d: %d arrive", at, len(arrived))
		}
	}
}

// TestWhatIsNotMoved: an error names the file and what to do.
func TestWhatIsNotMoved(t *testing.T) {
	for name, test := range map[string]struct {
		make func(t *testing.T, path string)
		want []string
	}{
		"a directory": {func(t *testing.T, path string) {
			t.Helper()
			require.NoError(t, os.Mkdir(path, 0o700))
		}, []string{"is not a file", "move it away"}},
		"a pipe": {func(t *testing.T, path string) {
			t.Helper()
			require.NoError(t, syscall.Mkfifo(path, 0o600))
		}, []string{"is not a file", "move it away"}},
		"a socket": {func(t *testing.T, path string) {
			t.Helper()
			listener, err := net.Listen("unix", path)
			require.NoError(t, err)
			t.Cleanup(func() { listener.Close() })
		}, []string{"is not a file", "move it away"}},
		"held": {func(t *testing.T, path string) {
			t.Helper()
			db, err := bbolt.Open(path, 0o600, nil)
			require.NoError(t, err)
			t.Cleanup(func() { db.Close() })
		}, []string{"is held by process " + strconv.Itoa(os.Getpid()), "stop it"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "q") //nolint:usetesting // a socket's path is short
			require.NoError(t, err)
			t.Cleanup(func() { os.RemoveAll(dir) })
			path := filepath.Join(dir, queueFile)
			test.make(t, path)
			_, err = start(t, dir, options{})
			require.Error(t, err)
			for _, want := range append(test.want, path) {
				assert.Contains(t, err.Error(), want)
			}
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			assert.Len(t, entries, 1, "nothing is moved")
		})
	}
}

// TestAFileOfAnotherUser is not moved: an error names it, the user and the remedy.
func TestAFileOfAnotherUser(t *testing.T) {
	dir := filled(t, 100)
	path := filepath.Join(dir, queueFile)
	require.NoError(t, os.Chmod(path, 0o400))
	asOrdinaryUser(t)
	_, err := start(t, dir, options{})
	require.Error(t, err)
	for _, want := range []string{path, "permission denied", "let the user of this process"} {
		assert.Contains(t, err.Error(), want)
	}
	moved, err := filepath.Glob(path + ".damaged-*")
	require.NoError(t, err)
	assert.Empty(t, moved)
}

// TestADamagedStoreOfAnotherKind keeps what can be read of it, whatever its keys are.
func TestADamagedStoreOfAnotherKind(t *testing.T) {
	for name, at := range map[string]int{"a header": 0, "the other header": pageSize} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			open := func() storage.Client {
				client, err := openStorage(t, dir, zap.NewNop(), options{}).GetClient(t.Context(), component.KindExporter, exporterID, "parts")
				require.NoError(t, err)
				return client
			}
			client := open()
			for n := range 30 {
				require.NoError(t, client.Set(t.Context(), fmt.Sprint("part_", n), bytes.Repeat([]byte{byte(n)}, 2000)))
			}
			require.NoError(t, client.Close(t.Context()))
			path := filepath.Join(dir, "exporter_test_one_parts")
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(path, over(content, at, noise(pageSize, 3)), 0o600))
			client = open()
			for n := range 30 {
				value, err := client.Get(t.Context(), fmt.Sprint("part_", n))
				require.NoError(t, err)
				require.Equal(t, bytes.Repeat([]byte{byte(n)}, 2000), value, n)
			}
			require.NoError(t, client.Close(t.Context()))
		})
	}
}
