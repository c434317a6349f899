package tracestore

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestABackupIsConsistentWhileSpansAreWritten copies a store under load: each trace in
// the copy has all the spans that its summary counts.
func TestABackupIsConsistentWhileSpansAreWritten(t *testing.T) {
	s := openTestStore(t)
	s.write(newSpan(1, 1, 0, 0, call(10, 1, 0.5), secretive("before")))
	stop, written := make(chan struct{}), make(chan int)
	go func() {
		n := 2
		for ; ; n++ {
			select {
			case <-stop:
				written <- n
				return
			default:
			}
			if _, err := s.Write(context.Background(), []Span{newSpan(n, 10*n, 0, 0), newSpan(n, 10*n+1, 10*n, 1, call(10, 1, 0.25), withPayload(5000))}); err != nil {
				written <- -1
				return
			}
		}
	}()
	dir := t.TempDir()
	var copies []string
	for _, name := range []string{"a.db", "b copy?.db", "c#.db"} {
		path := filepath.Join(dir, name)
		require.NoError(t, s.reader().Backup(t.Context(), path))
		copies = append(copies, path)
	}
	close(stop)
	require.Positive(t, <-written)
	for _, path := range copies {
		info, err := os.Stat(path)
		require.NoError(t, err)
		assert.EqualValues(t, 0o600, info.Mode().Perm())
		assert.Equal(t, [][]any{{"ok"}}, queryFile(t, path, `PRAGMA integrity_check`))
		assert.Empty(t, queryFile(t, path, `SELECT trace_id FROM otel_traces t WHERE span_count <> (SELECT count(*) FROM otel_spans s WHERE s.trace_id = t.trace_id)`))
		assert.Equal(t, queryFile(t, path, `SELECT count(*), sum(cost_usd) FROM llm_calls`), queryFile(t, path, `SELECT sum(calls), sum(cost_usd) FROM otel_totals`))
		// It is a store as any other, and nobody has left it in use.
		var notices []string
		again, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{Notice: func(n string) { notices = append(notices, n) }})
		require.NoError(t, err)
		_, err = again.Write(t.Context(), []Span{newSpan(1, 1, 0, 0), newSpan(90_000, 900_000, 0, 0)})
		require.NoError(t, err)
		require.NoError(t, again.Close(t.Context()))
		assert.Empty(t, notices)
	}
}

func TestABackupOverwritesNothing(t *testing.T) {
	s := openTestStore(t)
	s.write(newSpan(1, 1, 0, 0))
	dir := t.TempDir()
	path := filepath.Join(dir, "there.db")
	require.NoError(t, os.WriteFile(path, []byte("mine"), 0o600))
	require.ErrorIs(t, s.reader().Backup(t.Context(), path), ErrBackupExists)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "mine", string(content))
	require.NoError(t, os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "link.db")))
	require.ErrorIs(t, s.reader().Backup(t.Context(), filepath.Join(dir, "link.db")), ErrBackupExists)
	require.Error(t, s.reader().Backup(t.Context(), filepath.Join(dir, "no", "folder.db")))

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.Error(t, s.reader().Backup(ended, filepath.Join(dir, "late.db")))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 2, "nothing unfinished is left")
}

func TestAServerIsNotCopiedThroughItsClients(t *testing.T) {
	s, _ := openTestServer(t)
	require.ErrorIs(t, s.reader().Backup(t.Context(), filepath.Join(t.TempDir(), "x.db")), ErrServerBackup)
}
