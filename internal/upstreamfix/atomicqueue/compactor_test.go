package atomicqueue

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.uber.org/zap"
)

// TestALargeFileThatIsEmptyAgain becomes small, while requests come, and loses none.
func TestALargeFileThatIsEmptyAgain(t *testing.T) {
	dir := t.TempDir()
	p, err := start(t, dir, options{consumers: 2, change: func(c *filestorage.Config) {
		c.Compaction.OnRebound, c.Compaction.CheckInterval = true, 5*time.Millisecond
		c.Compaction.ReboundNeededThresholdMiB, c.Compaction.ReboundTriggerThresholdMiB = 2, 1
	}})
	require.NoError(t, err)
	size := func() int64 {
		info, err := os.Stat(filepath.Join(dir, queueFile))
		if err != nil {
			return 0
		}
		return info.Size()
	}
	for n := range 60 {
		require.NoError(t, p.send(fmt.Sprint("large", n), 100_000))
	}
	require.Greater(t, size(), int64(4*mebibyte))
	p.up()
	sent := 60
	p.eventually(func() bool {
		if p.send(fmt.Sprint("small", sent), 100) == nil {
			sent++
		}
		return size() < 2*mebibyte && size() > 0
	}, "it becomes small")
	p.eventually(func() bool { return len(p.got()) == sent }, "all arrive")
	require.NoError(t, p.send("after", 100))
	p.eventually(func() bool { return len(p.got()) == sent+1 }, "it goes on")
	entries, err := filepath.Glob(filepath.Join(dir, filestorage.TempDbPrefix+"*"))
	require.NoError(t, err)
	assert.Empty(t, entries)
	assert.Zero(t, p.log.FilterMessageSnippet("damaged").Len()+p.log.FilterMessageSnippet("replaced").Len())
}

// TestAFileThatIsClosed, as a compaction leaves it that cannot open its result because
// there are too many open files, is opened again.
func TestAFileThatIsClosed(t *testing.T) {
	made := openStorage(t, t.TempDir(), zap.NewNop(), options{}).(*queues).Extension
	client, err := made.GetClient(t.Context(), component.KindReceiver, exporterID, "")
	require.NoError(t, err)
	require.NoError(t, client.Set(t.Context(), "key", []byte("value")))
	require.NoError(t, client.(*file).client.Close(t.Context()))
	value, err := client.Get(t.Context(), "key")
	require.NoError(t, err)
	assert.Equal(t, "value", string(value))
	require.NoError(t, client.Close(t.Context()))
}
