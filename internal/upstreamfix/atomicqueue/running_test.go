package atomicqueue

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// later changes a file until its time is another one.
func later(path string, change func() error) error {
	before, err := os.Stat(path)
	if err != nil {
		return err
	}
	for {
		if err := change(); err != nil {
			return err
		}
		now, err := os.Stat(path)
		if err != nil || !now.ModTime().Equal(before.ModTime()) {
			return err
		}
	}
}

// TestAFileThatChangesWhileItIsUsed: what somebody does to it does not end the process,
// and is a line in the log. Where bbolt still has the old file, nothing is lost.
func TestAFileThatChangesWhileItIsUsed(t *testing.T) {
	for name, test := range map[string]struct {
		change func(path string) error
		all    bool
		line   string
	}{
		"deleted": {os.Remove, true, "deleted or replaced"},
		"moved away": {func(path string) error {
			return os.Rename(path, path+".away")
		}, true, "deleted or replaced"},
		"replaced": {func(path string) error {
			if err := os.WriteFile(path+".other", []byte("This is no queue.\n"), 0o600); err != nil {
				return err
			}
			return os.Rename(path+".other", path)
		}, true, "deleted or replaced"},
		"overwritten": {func(path string) error {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return later(path, func() error { return os.WriteFile(path, noise(len(content), 5), 0o600) })
		}, false, "is damaged"},
		"written to without harm": {func(path string) error {
			return later(path, func() error { return os.Chtimes(path, time.Now(), time.Now()) })
		}, true, ""},
		"emptied": {func(path string) error { return os.Truncate(path, 0) }, false, "is damaged"},
		"cut": {func(path string) error {
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			return os.Truncate(path, info.Size()/2)
		}, false, "is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			p, err := start(t, dir, options{consumers: 3})
			require.NoError(t, err)
			for n := range 30 {
				require.NoError(t, p.send(fmt.Sprint("r", n), 5000))
			}
			p.eventually(func() bool { return p.under() == 3 }, "three are under way")
			require.NoError(t, test.change(filepath.Join(dir, queueFile)))
			for n := 30; n < 40; n++ {
				require.NoError(t, p.send(fmt.Sprint("r", n), 5000))
			}
			dir = p.kill()
			p.stop()
			if test.line == "" {
				test.line = "is damaged"
				require.Zero(t, p.log.FilterMessageSnippet(test.line).Len())
			} else {
				require.Equal(t, 1, p.log.FilterMessageSnippet(test.line).Len())
			}

			p, err = start(t, dir, options{})
			require.NoError(t, err)
			p.up()
			want := 10
			if test.all {
				want = 40
			}
			p.eventually(func() bool { return len(p.got()) >= want && (&trial{t: t, dir: dir}).left() == 0 }, "%d arrive", want)
			for n := 30; n < 40; n++ {
				assert.Contains(t, p.got(), fmt.Sprint("r", n), "what was acknowledged afterwards")
			}
		})
	}
}
