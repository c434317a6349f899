package libsql

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
)

// killed is the folder of a collector that was killed after it had acknowledged traces.
func killed(t *testing.T, traces uint64) string {
	t.Helper()
	dir := t.TempDir()
	c := e2e.StartCollectorIn(t, dir)
	for n := range traces {
		send(t, c, smallTrace(n+1))
	}
	c.Kill()
	return dir
}

// copyOf is a copy of such a folder.
func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(to, "data"), os.DirFS(filepath.Join(dir, "data"))))
	return to
}

func change(t *testing.T, path string, f func([]byte) []byte) {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, f(content), 0o600))
}

func zeros(from, to func(n int) int) func([]byte) []byte {
	return func(b []byte) []byte {
		clear(b[from(len(b)):to(len(b))])
		return b
	}
}

func at(n int) func(int) int { return func(int) int { return n } }

func all(n int) int { return n }

// TestALogThatWasDamagedIsTold starts the built collector on what a kill has left and
// somebody has damaged since.
func TestALogThatWasDamagedIsTold(t *testing.T) {
	e2e.Binary(t)
	const traces = 5
	left := killed(t, traces)
	for name, test := range map[string]struct {
		damage func(t *testing.T, path string)
		want   string // "": nothing is lost
	}{
		"nothing":          {func(*testing.T, string) {}, ""},
		"the WAL is gone":  {func(t *testing.T, path string) { t.Helper(); require.NoError(t, os.Remove(path+"-wal")) }, "-wal is gone or empty"},
		"the WAL is empty": {func(t *testing.T, path string) { t.Helper(); require.NoError(t, os.Truncate(path+"-wal", 0)) }, "-wal is gone or empty"},
		"the WAL is cut": {func(t *testing.T, path string) {
			t.Helper()
			change(t, path+"-wal", func(b []byte) []byte { return b[:len(b)/2] })
		}, "-wal is damaged or truncated"},
		"zeros":             {func(t *testing.T, path string) { t.Helper(); change(t, path+"-wal", zeros(at(0), all)) }, "its header is damaged"},
		"zeros within":      {func(t *testing.T, path string) { t.Helper(); change(t, path+"-wal", zeros(at(40_000), at(50_000))) }, "-wal is damaged or truncated"},
		"the index is gone": {func(t *testing.T, path string) { t.Helper(); require.NoError(t, os.Remove(path+"-shm")) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := copyOf(t, left)
			test.damage(t, filepath.Join(dir, "data", "traces.db"))
			c := e2e.StartCollectorIn(t, dir)
			send(t, c, smallTrace(100))
			assert.Equal(t, min(1, len(test.want)), strings.Count(c.Log(), "may be lost"))
			assert.Contains(t, c.Log(), test.want)
			if test.want == "" {
				assert.Len(t, storedTraces(t, c.TracesDB()), traces+1)
			}
			require.NoError(t, c.Stop())
		})
	}
}

// TestADatabaseThatWasDamagedIsRefusedOrMovedAside starts the built collector on a
// damaged database.
func TestADatabaseThatWasDamagedIsRefusedOrMovedAside(t *testing.T) {
	e2e.Binary(t)
	left := t.TempDir()
	c := e2e.StartCollectorIn(t, left)
	for n := range uint64(20) {
		send(t, c, smallTrace(n+1))
	}
	require.NoError(t, c.Stop())
	config, err := filepath.Abs("../../config/local.yaml")
	require.NoError(t, err)
	quarantine := filepath.Join(t.TempDir(), "quarantine.yaml")
	require.NoError(t, os.WriteFile(quarantine, []byte("exporters:\n  libsql:\n    file: {on_corruption: quarantine}\n"), 0o600))
	for name, test := range map[string]struct {
		damage func([]byte) []byte
		want   string
	}{
		"cut":                      {func(b []byte) []byte { return b[:len(b)/2] }, "is damaged"},
		"the first page is zeroed": {zeros(at(0), at(4096)), "is not a SQLite database"},
		"a text of the schema": {func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte("CREATE TABLE otel_state"), []byte("CREATE \x01\x02\x03\x04\x05 otel_state"))
		}, "is damaged"},
		"pages in the middle": {zeros(func(n int) int { return n / 8192 * 4096 }, func(n int) int { return n/8192*4096 + 20_000 }), "is damaged"},
		"another file":        {func([]byte) []byte { return bytes.Repeat([]byte("a diary\n"), 5000) }, "is not a SQLite database"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := copyOf(t, left)
			path := filepath.Join(dir, "data", "traces.db")
			change(t, path, test.damage)
			output, err := e2e.RunBinary(t, dir, e2e.PortEnvironment(t), "--config", config)
			require.Error(t, err)
			assert.Contains(t, output, "url: "+path+" "+test.want)
			assert.NotContains(t, output, "RANDOM")
			assert.NotContains(t, output, "malformed")

			c := e2e.StartCollectorIn(t, dir, "--config", config, "--config", quarantine)
			send(t, c, smallTrace(100))
			assert.Contains(t, c.Log(), path+" was damaged; it is now "+path+".corrupt-")
			assert.Len(t, storedTraces(t, path), 1)
			require.NoError(t, c.Stop())
		})
	}
}

// TestAPlaceThatIsNoFileIsNamed starts the built collector where it cannot store.
func TestAPlaceThatIsNoFileIsNamed(t *testing.T) {
	e2e.Binary(t)
	config, err := filepath.Abs("../../config/local.yaml")
	require.NoError(t, err)
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	dangling := filepath.Join(dir, "dangling")
	require.NoError(t, os.Symlink(filepath.Join(dir, "missing", "traces.db"), dangling))
	for path, want := range map[string]string{
		fifo:        "is a named pipe (FIFO); name a regular file",
		"/dev/full": "is a device; name a regular file",
		dir:         "is a directory; name a file in it",
		dangling:    "where there is no directory for it; make it, or choose another path",
	} {
		output, err := e2e.RunBinary(t, t.TempDir(), append(e2e.PortEnvironment(t), "OTELCOL_TRACES_DB=file:"+path), "--config", config)
		require.Error(t, err)
		assert.Contains(t, output, "url: "+path+" ")
		assert.Contains(t, output, want)
		assert.NotContains(t, output, "disk I/O error")
	}
}

// TestAFullDiskIsNamed starts the built collector on a full disk of its own.
func TestAFullDiskIsNamed(t *testing.T) {
	binary, err := filepath.Abs(e2e.Binary(t))
	require.NoError(t, err)
	config, err := filepath.Abs("../../config/local.yaml")
	require.NoError(t, err)
	for name, prepare := range map[string]string{
		"a new file": `mount -t tmpfs -o size=256k tmpfs disk && cat /dev/zero > disk/filler || true; exec "$@"`,
		"a store":    `mount -t tmpfs -o size=4m tmpfs disk && cp -r data/. disk/ && { cat /dev/zero > disk/filler || true; }; exec "$@"`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			c := e2e.StartCollectorIn(t, dir)
			send(t, c, smallTrace(1))
			require.NoError(t, c.Stop())
			require.NoError(t, os.Mkdir(filepath.Join(dir, "disk"), 0o700))
			cmd := exec.Command("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", prepare, "sh", binary, "--config", config)
			cmd.Dir = dir
			cmd.Env = append(append(os.Environ(), e2e.PortEnvironment(t)...), "OTELCOL_TRACES_DB=file:disk/traces.db")
			var output e2e.Output
			cmd.Stdout, cmd.Stderr = &output, &output
			if err := cmd.Start(); err != nil {
				e2e.Lacking(t, "unshare is missing: install util-linux")
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			select {
			case err := <-ended:
				require.Error(t, err)
			case <-time.After(time.Minute):
				_ = cmd.Process.Kill()
				t.Fatalf("it has not ended:\n%s", output.String())
			}
			if strings.Contains(output.String(), "unshare:") {
				t.Skip("a user may not mount a disk here")
			}
			assert.Contains(t, output.String(), "url: no room for "+filepath.Join(dir, "disk", "traces.db")+"; free space on its disk or choose another path")
			assert.NotContains(t, output.String(), "disk I/O error")
		})
	}
}

// TestAGroupReadsTheStore has the mode by the variable of the shipped files.
func TestAGroupReadsTheStore(t *testing.T) {
	e2e.Binary(t)
	config, err := filepath.Abs("../../config/local.yaml")
	require.NoError(t, err)
	before := syscall.Umask(0o077)
	defer syscall.Umask(before)
	c := e2e.StartCollectorWith(t, t.TempDir(), []string{"OTELCOL_TRACES_DB_PERMISSIONS=0640"}, "--config", config)
	send(t, c, smallTrace(1))
	for name, want := range map[string]os.FileMode{
		c.TracesDB(): 0o640, c.TracesDB() + "-wal": 0o640, c.TracesDB() + "-shm": 0o640, filepath.Dir(c.TracesDB()): 0o750,
	} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, want, info.Mode().Perm(), name)
	}
	require.NoError(t, c.Stop())
}

// TestAStoreThatIsTouchedWhileItIsOpenIsTold has another program at the files of the
// built collector.
func TestAStoreThatIsTouchedWhileItIsOpenIsTold(t *testing.T) {
	e2e.Binary(t)
	for name, test := range map[string]struct {
		do     func(path string) error
		want   string
		traces int // of two before and one after, at least
	}{
		"the WAL is cut":          {func(path string) error { return os.Truncate(path+"-wal", 0) }, "may be lost", 1},
		"the WAL is removed":      {func(path string) error { return os.Remove(path + "-wal") }, "opened anew, with what they held", 3},
		"the database is removed": {os.Remove, "was removed or replaced while it was in use", 1},
	} {
		t.Run(name, func(t *testing.T) {
			c := e2e.StartCollector(t)
			send(t, c, smallTrace(1))
			send(t, c, smallTrace(2))
			require.NoError(t, test.do(c.TracesDB()))
			send(t, c, smallTrace(3))
			assert.Contains(t, c.Log(), test.want)
			require.NoError(t, c.Stop())
			assert.GreaterOrEqual(t, len(storedTraces(t, c.TracesDB())), test.traces)
		})
	}
}
