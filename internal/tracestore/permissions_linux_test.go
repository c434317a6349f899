package tracestore

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func modesOf(t *testing.T, path string) map[string]fs.FileMode {
	t.Helper()
	modes := map[string]fs.FileMode{}
	for name, at := range map[string]string{"database": path, "-wal": path + "-wal", "-shm": path + "-shm", "directory": filepath.Dir(path)} {
		info, err := os.Stat(at)
		require.NoError(t, err)
		modes[name] = info.Mode().Perm()
	}
	return modes
}

// TestTheModeIsThatOfEveryFile has a umask that takes more away.
func TestTheModeIsThatOfEveryFile(t *testing.T) {
	before := syscall.Umask(0o077)
	defer syscall.Umask(before)
	for mode, directory := range map[uint32]fs.FileMode{0o600: 0o700, 0o640: 0o750, 0o660: 0o750, 0o644: 0o755, 0o604: 0o705} {
		t.Run(fmt.Sprintf("%o", mode), func(t *testing.T) {
			o := DefaultFileOptions(filepath.Join(t.TempDir(), "above", "data", "traces.db"))
			o.Permissions = mode
			store, err := OpenFile(t.Context(), o, Options{})
			require.NoError(t, err)
			defer func() { assert.NoError(t, store.Close(context.Background())) }()
			_, err = store.Write(t.Context(), []Span{newSpan(1, 1, 0, 0)})
			require.NoError(t, err)
			m := fs.FileMode(mode)
			assert.Equal(t, map[string]fs.FileMode{"database": m, "-wal": m, "-shm": m, "directory": directory}, modesOf(t, o.Path))
		})
	}
}

// TestAFileThatIsThereGetsTheRightsThatLack is an upgrade to a mode that a group reads.
func TestAFileThatIsThereGetsTheRightsThatLack(t *testing.T) {
	o := DefaultFileOptions(filepath.Join(t.TempDir(), "traces.db"))
	for _, step := range []struct{ configured, want uint32 }{{0o600, 0o600}, {0o640, 0o640}, {0o600, 0o640}, {0o604, 0o644}} {
		o.Permissions = step.configured
		store, err := OpenFile(t.Context(), o, Options{})
		require.NoError(t, err)
		_, err = store.Write(t.Context(), []Span{newSpan(1, 1, 0, 0)})
		require.NoError(t, err)
		modes := modesOf(t, o.Path)
		for _, name := range []string{"database", "-wal", "-shm"} {
			assert.Equal(t, fs.FileMode(step.want), modes[name], name)
		}
		require.NoError(t, store.Close(context.Background()))
	}
}

// TestAGroupReadsWhileTheStoreIsWrittenTo reads as another user of the file's group.
func TestAGroupReadsWhileTheStoreIsWrittenTo(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root becomes another user")
	}
	for mode, can := range map[uint32]bool{0o600: false, 0o640: true} {
		above := t.TempDir()
		require.NoError(t, os.Chmod(filepath.Dir(above), 0o755), "every user may look")
		require.NoError(t, os.Chmod(above, 0o755))
		o := DefaultFileOptions(filepath.Join(above, "data", "traces.db"))
		o.Permissions = mode
		store, err := OpenFile(t.Context(), o, Options{})
		require.NoError(t, err)
		_, err = store.Write(t.Context(), []Span{newSpan(1, 1, 0, 0)})
		require.NoError(t, err)
		t.Run(fmt.Sprintf("%o", mode), func(t *testing.T) {
			asOrdinaryUser(t) // of group 0 still
			raw, err := os.ReadFile(o.Path)
			if !can {
				require.ErrorIs(t, err, fs.ErrPermission)
				return
			}
			require.NoError(t, err)
			require.NotEmpty(t, raw)
			r, err := OpenReader(t.Context(), o.Path)
			require.NoError(t, err)
			list, err := latestTraces(t.Context(), r, 1)
			require.NoError(t, err)
			assert.Len(t, list, 1)
			require.NoError(t, r.Close())
		})
		require.NoError(t, store.Close(context.Background()))
	}
}
