package tracestore

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mountedPlaces is set for the child process of the test below, which mounts disks.
const mountedPlaces = "TRACESTORE_MOUNTED_PLACES"

// TestPlacesOnDisksOfTheirOwn runs TestMountedPlaces in a mount namespace that ends
// with it.
func TestPlacesOnDisksOfTheirOwn(t *testing.T) {
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMountedPlaces$", "-test.v")
	child.Env = append(os.Environ(), mountedPlaces+"=1")
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := child.CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Logf("a user may not mount a disk here: %v", err)
		return
	}
	require.NoError(t, err, string(out))
}

// mounted is a disk of a size.
func mounted(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, options))
	t.Cleanup(func() { assert.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	return dir
}

// storeAt makes a store with a span, and closes it.
func storeAt(t *testing.T, path string) {
	t.Helper()
	store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.NoError(t, err)
	_, err = store.Write(t.Context(), []Span{newSpan(1, 1, 0, 0)})
	require.NoError(t, err)
	require.NoError(t, store.Close(context.Background()))
}

func limit(t *testing.T, what int, to uint64) {
	t.Helper()
	var before syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(what, &before))
	require.NoError(t, syscall.Setrlimit(what, &syscall.Rlimit{Cur: to, Max: before.Max}))
	t.Cleanup(func() { assert.NoError(t, syscall.Setrlimit(what, &before)) })
}

func TestMountedPlaces(t *testing.T) {
	if os.Getenv(mountedPlaces) == "" {
		return // is run by TestPlacesOnDisksOfTheirOwn
	}
	for name, test := range map[string]struct {
		prepare func(t *testing.T) (path string, later func(*testing.T)) // later: while the store is open
		want    string
		failure failure
	}{
		"a full disk, a new file": {func(t *testing.T) (string, func(*testing.T)) {
			t.Helper()
			dir := mounted(t, "size=1m")
			fillDisk(t, filepath.Join(dir, "filler"))
			return filepath.Join(dir, "traces.db"), nil
		}, "no room for %s; free space", databaseFull},
		"a full disk, a store": {func(t *testing.T) (string, func(*testing.T)) {
			t.Helper()
			dir := mounted(t, "size=8m")
			storeAt(t, filepath.Join(dir, "traces.db"))
			fillDisk(t, filepath.Join(dir, "filler"))
			return filepath.Join(dir, "traces.db"), nil
		}, "no room for %s; free space", databaseFull},
		"a disk with room for a part": {func(t *testing.T) (string, func(*testing.T)) {
			t.Helper()
			return filepath.Join(mounted(t, "size=60k"), "traces.db"), nil
		}, "no room for %s; free space", databaseFull},
		"a disk that gets full": {func(t *testing.T) (string, func(*testing.T)) {
			t.Helper()
			dir := mounted(t, "size=8m")
			return filepath.Join(dir, "traces.db"), func(t *testing.T) { t.Helper(); fillDisk(t, filepath.Join(dir, "filler")) }
		}, "no room for %s; free space", databaseFull},
		"no more files": {func(t *testing.T) (string, func(*testing.T)) {
			t.Helper()
			return filepath.Join(mounted(t, "nr_inodes=1"), "traces.db"), nil
		}, "no room for %s; free space", databaseFull},
		"no more files for what lies beside": {func(t *testing.T) (string, func(*testing.T)) {
			t.Helper()
			dir := mounted(t, "nr_inodes=2")
			require.NoError(t, os.WriteFile(filepath.Join(dir, "traces.db"), nil, 0o600))
			return filepath.Join(dir, "traces.db"), nil
		}, "no room for %s; free space", databaseFull},
		"mounted read-only": {func(t *testing.T) (string, func(*testing.T)) {
			t.Helper()
			dir := mounted(t, "size=8m")
			storeAt(t, filepath.Join(dir, "traces.db"))
			require.NoError(t, syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
			return filepath.Join(dir, "traces.db"), nil
		}, "%s cannot be written: its file system is mounted read-only", notWritable},
		"mounted read-only, a new file": {func(t *testing.T) (string, func(*testing.T)) {
			t.Helper()
			dir := mounted(t, "size=8m")
			require.NoError(t, syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
			return filepath.Join(dir, "traces.db"), nil
		}, "%s cannot be written: its file system is mounted read-only", notWritable},
		"a limit of the size of files": {func(t *testing.T) (string, func(*testing.T)) {
			t.Helper()
			return filepath.Join(mounted(t, "size=8m"), "traces.db"), func(t *testing.T) { t.Helper(); limit(t, syscall.RLIMIT_FSIZE, 300_000) }
		}, "no room for %s: the process may not write files larger than 300000 bytes", databaseFull},
		"the same at the start": {func(t *testing.T) (string, func(*testing.T)) {
			t.Helper()
			limit(t, syscall.RLIMIT_FSIZE, 20_000)
			return filepath.Join(mounted(t, "size=8m"), "traces.db"), nil
		}, "no room for %s: the process may not write files larger than 20000 bytes", databaseFull},
	} {
		t.Run(name, func(t *testing.T) {
			path, later := test.prepare(t)
			store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
			if later != nil {
				require.NoError(t, err)
				later(t)
				for n := 0; n < 100 && err == nil; n++ {
					_, err = store.Write(t.Context(), []Span{newSpan(n, n+1, 0, n, withPayload(100_000))})
				}
				_ = store.Close(context.Background())
			}
			require.Error(t, err)
			assertSentence(t, err, test.want, path)
			assert.Equal(t, test.failure, failureOf(err))
		})
	}
}

// assertSentence wants one sentence with key, path and remedy, said once.
func assertSentence(t *testing.T, err error, want, path string) {
	t.Helper()
	text := err.Error()
	assert.Contains(t, text, "url: ")
	assert.Contains(t, text, replacePath(want, path))
	assertNoInternals(t, text)
}

func TestPlacesThatAreNoFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, syscall.Mkfifo(at("fifo"), 0o600))
	socket, err := net.Listen("unix", at("socket"))
	require.NoError(t, err)
	defer socket.Close()
	require.NoError(t, os.Mkdir(at("directory"), 0o700))
	require.NoError(t, os.Symlink(at("missing/traces.db"), at("dangling")))
	require.NoError(t, os.Symlink("elsewhere/traces.db", at("relative")))
	require.NoError(t, os.Symlink(at("loop"), at("loop")))
	require.NoError(t, os.Symlink(at("fifo"), at("link")))
	require.NoError(t, os.Symlink(at("new.db"), at("good link")))
	require.NoError(t, os.Mkdir(at("log.db-wal"), 0o700))
	require.NoError(t, os.Mkdir(at("index.db-shm"), 0o700))
	require.NoError(t, os.Mkdir(at("journal.db-journal"), 0o700))
	require.NoError(t, syscall.Mkfifo(at("fifo.db-wal"), 0o600))
	require.NoError(t, os.WriteFile(at("file"), nil, 0o600))
	for path, want := range map[string]string{
		at("fifo"):              "%s is a named pipe (FIFO); name a regular file",
		at("link"):              "%s is a named pipe (FIFO); name a regular file",
		at("socket"):            "%s is a socket; name a regular file",
		at("directory"):         "%s is a directory; name a file in it",
		"/dev/null":             "%s is a device; name a regular file",
		"/dev/full":             "%s is a device; name a regular file",
		at("dangling"):          "%s is a link to " + at("missing/traces.db") + ", where there is no directory for it",
		at("relative"):          "%s is a link to " + at("elsewhere/traces.db") + ", where there is no directory for it",
		at("loop"):              "cannot use %s: too many levels of symbolic links",
		at("log.db"):            "%s-wal, which SQLite keeps beside the database, is a directory; remove it",
		at("index.db"):          "%s-shm, which SQLite keeps beside the database, is a directory; remove it",
		at("journal.db"):        "%s-journal, which SQLite keeps beside the database, is a directory; remove it",
		at("fifo.db"):           "%s-wal, which SQLite keeps beside the database, is a named pipe (FIFO); remove it",
		at("file/traces.db"):    at("file") + " is not a directory",
		at("missing/traces.db"): "directory " + at("missing") + " does not exist; make it, or set file::create_directory: true",
		"/proc/self/traces.db":  "cannot create %s",
		"/proc/version":         "%s",
		at(nameOfLength(300)):   "file name too long",
		at("good link"):         "",
	} {
		t.Run(filepath.Base(path)[:min(20, len(filepath.Base(path)))], func(t *testing.T) {
			ended := make(chan error, 1)
			go func() {
				o := DefaultFileOptions(path)
				o.CreateDirectory = false
				store, err := OpenFile(context.Background(), o, Options{})
				if err == nil {
					err = store.Close(context.Background())
				}
				ended <- err
			}()
			select {
			case err := <-ended:
				if want == "" {
					require.NoError(t, err)
					return
				}
				require.Error(t, err)
				assertSentence(t, err, want, path)
			case <-time.After(30 * time.Second):
				t.Fatal("it hangs")
			}
		})
	}
}

// TestWhatTakesThePlaceOfAnOpenFileIsNamed puts something else where the file was.
func TestWhatTakesThePlaceOfAnOpenFileIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.db")
	store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.NoError(t, err)
	defer func() { assert.NoError(t, store.Close(context.Background())) }()
	write := func(n int) error {
		_, err := store.Write(t.Context(), []Span{newSpan(n, n+1, 0, 0)})
		return err
	}
	require.NoError(t, write(1))
	require.NoError(t, os.Rename(path, path+".moved"))
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	for range 2 {
		err := write(2)
		require.ErrorContains(t, err, "url: "+path+" is a named pipe (FIFO); name a regular file")
		assert.False(t, IsPermanent(err))
	}
	require.NoError(t, os.Remove(path))
	require.NoError(t, write(2), "what waited is stored")
	require.NoError(t, os.RemoveAll(filepath.Dir(path)))
	require.NoError(t, write(3), "the directory is made again")
}

// TestWhatCannotBeReadIsNamed has readers: the page and the commands.
func TestWhatCannotBeReadIsNamed(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, syscall.Mkfifo(at("fifo"), 0o600))
	require.NoError(t, os.WriteFile(at("diary"), []byte(strings.Repeat("a diary\n", 1000)), 0o600))
	whole := damagedStore(t)
	require.NoError(t, os.WriteFile(at("cut"), whole[:len(whole)/2], 0o600))
	for name, want := range map[string]string{
		"fifo":    "is a named pipe (FIFO)",
		"diary":   readsNoDatabase,
		"cut":     readsDamage,
		"missing": readsNothing,
	} {
		ended := make(chan error, 1)
		go func() {
			_, err := OpenReader(context.Background(), at(name))
			ended <- err
		}()
		select {
		case err := <-ended:
			require.ErrorContains(t, err, "cannot read "+at(name)+" as a trace store: ")
			require.ErrorContains(t, err, want)
			assert.NotContains(t, err.Error(), "url:")
			assertNoInternals(t, err.Error())
		case <-time.After(30 * time.Second):
			t.Fatal("it hangs")
		}
	}
}

func nameOfLength(n int) string { return strings.Repeat("x", n) }

func replacePath(text, path string) string { return strings.ReplaceAll(text, "%s", path) }
