package tracestore

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkSearch fills a file with 10,000 spans of 4 KB of words, indexes them,
// and searches them for a word that 5 of them have, with the index and without. It
// reports what a transaction of the index takes at most, in milliseconds.
func BenchmarkSearch(b *testing.B) {
	const spans = 10_000
	random := rand.New(rand.NewPCG(1, 2))
	text := func() JSON {
		words := make([]string, 300)
		for i := range words {
			words[i] = fmt.Sprintf("w%dord", int(random.ExpFloat64()*2000))
		}
		return JSON(`[{"role":"user","parts":[{"type":"text","content":"` + strings.Join(words, " ") + `"}]}]`)
	}
	for range b.N {
		path := filepath.Join(b.TempDir(), "traces.db")
		store, err := OpenFile(b.Context(), DefaultFileOptions(path), Options{})
		require.NoError(b, err)
		began := time.Now()
		for n := 0; n < spans; n += 500 {
			batch := make([]Span, 500)
			for i := range batch {
				id := n + i + 1
				batch[i] = newSpan(id/4, id, 0, i, func(s *Span) { s.Mastra.Input, s.Mastra.Output = text(), text() })
				if id%2000 == 0 {
					batch[i].Mastra.Error = `"needle"`
				}
			}
			_, err := store.Write(b.Context(), batch)
			require.NoError(b, err)
		}
		b.ReportMetric(float64(time.Since(began).Microseconds())/spans, "write-µs/span")
		require.NoError(b, store.Close(context.Background()))
		reader, err := OpenReader(b.Context(), path)
		require.NoError(b, err)
		search := func(metric string) {
			began := time.Now()
			hits, err := searchAll(b.Context(), reader, "needle", SearchFilter{})
			require.NoError(b, err)
			require.Len(b, hits, spans/2000)
			b.ReportMetric(float64(time.Since(began).Microseconds())/1e3, metric)
		}
		size := func() int64 {
			var s Size
			s, err = pageSize(b.Context(), readOnly{reader.db})
			require.NoError(b, err)
			return s.Used
		}
		before := size()
		search("scan-ms")
		pool, db, err := openConnection(b.Context(), DefaultFileOptions(path), false)
		require.NoError(b, err)
		require.NoError(b, prepareIndex(b.Context(), db, Options{Search: SearchIndex{Enabled: true}}))
		var steps []time.Duration
		for more := true; more; {
			began := time.Now()
			more, err = indexStep(b.Context(), db, defaultSearchChars)
			require.NoError(b, err)
			steps = append(steps, time.Since(began))
		}
		var sum time.Duration
		for _, s := range steps {
			sum += s
		}
		b.ReportMetric(float64(sum.Microseconds())/spans, "index-µs/span")
		b.ReportMetric(float64(slices.Max(steps).Microseconds())/1e3, "index-step-max-ms")
		b.ReportMetric(100*float64(size()-before)/float64(before), "index-%-of-size")
		search("index-ms")
		require.NoError(b, db.close())
		require.NoError(b, pool.Close())
		require.NoError(b, reader.Close())
	}
}
