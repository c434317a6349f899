package tracestore

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkWritingWhileRetentionDeletes fills a file with 20,000 spans of 5 KB,
// all of which are too old, and writes and reads while they are deleted and their
// pages given back. It reports what a step of deleting, a writer of 128 spans and
// a reader of the list take at most, in milliseconds.
func BenchmarkWritingWhileRetentionDeletes(b *testing.B) {
	for range b.N {
		path := filepath.Join(b.TempDir(), "traces.db")
		old, err := OpenFile(b.Context(), DefaultFileOptions(path), Options{Now: func() time.Time { return time.Now().Add(-48 * time.Hour) }})
		require.NoError(b, err)
		for n := range 40 {
			_, err := old.Write(b.Context(), benchSpans(n, 500))
			require.NoError(b, err)
		}
		require.NoError(b, old.Close(context.Background()))

		var mu sync.Mutex
		var steps, writes, reads []time.Duration
		idle := make(chan struct{})
		var once sync.Once
		store, err := OpenFile(b.Context(), DefaultFileOptions(path), Options{
			Retention: Retention{MaxAge: 24 * time.Hour, Reclaim: true},
			Tended: func(t Tended) {
				mu.Lock()
				defer mu.Unlock()
				steps = append(steps, t.Duration)
				if t.DeletedSpans == 0 && t.Size.Free <= t.Size.Used/4+reclaimAbove {
					once.Do(func() { close(idle) })
				}
			},
		})
		require.NoError(b, err)
		reader, err := OpenReader(b.Context(), path)
		require.NoError(b, err)
		done := false
		for n := 100; !done; n++ {
			select {
			case <-idle:
				done = true
			default:
			}
			spans := benchSpans(n, 128)
			began := time.Now()
			_, err := store.Write(b.Context(), spans)
			require.NoError(b, err)
			writes = append(writes, time.Since(began))
			began = time.Now()
			_, err = latestTraces(b.Context(), reader, 100)
			require.NoError(b, err)
			reads = append(reads, time.Since(began))
		}
		require.NoError(b, reader.Close())
		require.NoError(b, store.Close(context.Background()))
		for name, all := range map[string][]time.Duration{"step": steps, "write": writes, "read": reads} {
			slices.Sort(all)
			b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, name+"-p50-ms")
			b.ReportMetric(float64(all[len(all)-1].Microseconds())/1000, name+"-max-ms")
		}
	}
}

// benchSpans are traces of four spans.
func benchSpans(batch, n int) []Span {
	spans := make([]Span, n)
	for i := range spans {
		id := batch*1000 + i
		spans[i] = newSpan(id/4, id+1, 0, i, withPayload(5000))
	}
	return spans
}
