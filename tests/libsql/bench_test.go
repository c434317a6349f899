package libsql

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// BenchmarkStore sends ticket workflows (33 spans each) in batches of about 512
// spans, 4 KB each, through the exporter, from pdata to COMMIT: to a file from
// one goroutine, and to libsql-server on the same machine from two, as the
// exporter's queue does by default.
func BenchmarkStore(b *testing.B) {
	b.Run("file", func(b *testing.B) { benchmark(b, "file:"+filepath.Join(b.TempDir(), "traces.db"), nil, 1) })
	b.Run("server", func(b *testing.B) {
		s := startServer(b, false)
		benchmark(b, s.url, s, 2)
	})
}

// benchBatch is a batch of whole traces, of about 512 spans.
func benchBatch(generator *traffic.Generator) ptrace.Traces {
	batch := ptrace.NewTraces()
	for batch.SpanCount() < 500 {
		generator.Trace(time.Now()).ResourceSpans().MoveAndAppendTo(batch.ResourceSpans())
	}
	return batch
}

func benchmark(b *testing.B, url string, server *sqld, consumers int) {
	e := newExporter(b, componenttest.NewNopHost(), map[string]any{"url": url, "sending_queue": map[string]any{"enabled": false}})
	defer shutdown(b, e)
	generator := traffic.New(traffic.Options{Seed: 1, TextSize: 22_000, ServiceName: "bench"})
	var marshaler ptrace.ProtoMarshaler
	spans, bytes := 0, 0
	batches := make(chan ptrace.Traces, b.N)
	for range b.N {
		batch := benchBatch(generator)
		spans, bytes = spans+batch.SpanCount(), bytes+marshaler.TracesSize(batch)
		batches <- batch
	}
	close(batches)
	var used time.Duration
	if server != nil {
		used = server.cpu()
	}
	b.ResetTimer()
	var wg sync.WaitGroup
	for range consumers {
		wg.Go(func() {
			for batch := range batches {
				assert.NoError(b, e.ConsumeTraces(context.Background(), batch))
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(spans)/b.Elapsed().Seconds(), "spans/s")
	b.ReportMetric(float64(bytes)/float64(spans), "B/span")
	b.ReportMetric(float64(bytes)/b.Elapsed().Seconds()/1e6, "MB/s")
	if server != nil {
		b.ReportMetric(float64((server.cpu()-used).Microseconds())/float64(spans), "server-cpu-µs/span")
	}
}

// besideBatches is how many batches a round of BenchmarkBesideMastra stores.
const besideBatches = 20

// sideOfMastra is how long one way of writing took (write.mjs).
type sideOfMastra struct{ Milliseconds, CPU float64 }

func (s *sideOfMastra) add(other sideOfMastra) {
	s.Milliseconds += other.Milliseconds
	s.CPU += other.CPU
}

// BenchmarkBesideMastra stores the same spans on the same disk: through the
// exporter, from pdata to COMMIT, each of them synced; the same with pages of 16 KB
// (pages-16k); as rows of Mastra's table alone, through a prepared insert of the
// exporter's driver, synced as well (bare); and in two ways through the storage
// class of @mastra/libsql with its own settings (synchronous NORMAL): as Mastra's
// own exporter writes them by default, and inserted only. The first three end with
// a checkpoint, so that none leaves its work in the WAL.
//
// ratio is the spans a second beside the former of these two, insert-ratio beside
// the latter; cpu-ratio and insert-cpu-ratio are those of processor time, which
// other work on the machine changes less. Those of bare are what no exporter that
// uses the driver with pages of 4 KB can exceed.
func BenchmarkBesideMastra(b *testing.B) {
	var mastra, insert sideOfMastra
	ours := map[string]*sideOfMastra{"": {}, "pages-16k-": {}, "bare-": {}}
	spans := 0
	for round := 0; b.Loop(); round++ {
		dir := b.TempDir()
		from := filepath.Join(dir, "traces.db")
		generator := traffic.New(traffic.Options{Seed: uint64(round + 1), TextSize: 22_000, ServiceName: "bench"})
		batches, size := make([]ptrace.Traces, besideBatches), 0
		for i := range batches {
			batches[i] = benchBatch(generator)
			size += batches[i].SpanCount()
		}
		ours[""].add(storeBeside(b, from, 4096, batches))
		ours["pages-16k-"].add(storeBeside(b, filepath.Join(dir, "16k.db"), 16384, batches))
		ours["bare-"].add(insertBeside(b, from, filepath.Join(dir, "bare.db")))

		var wrote struct {
			Spans            int
			Exporter, Insert sideOfMastra
		}
		e2e.Node(b, nil, &wrote, filepath.Join("..", "clients", "mastra", "write.mjs"), "file:"+from, dir)
		require.Equal(b, size, wrote.Spans)
		mastra.add(wrote.Exporter)
		insert.add(wrote.Insert)
		spans += size
	}
	b.ReportMetric(float64(spans)/mastra.Milliseconds*1e3, "mastra-spans/s")
	b.ReportMetric(float64(spans)/insert.Milliseconds*1e3, "mastra-insert-spans/s")
	for name, side := range ours {
		b.ReportMetric(float64(spans)/side.Milliseconds*1e3, name+"spans/s")
		b.ReportMetric(mastra.Milliseconds/side.Milliseconds, name+"ratio")
		b.ReportMetric(insert.Milliseconds/side.Milliseconds, name+"insert-ratio")
		b.ReportMetric(mastra.CPU/side.CPU, name+"cpu-ratio")
		b.ReportMetric(insert.CPU/side.CPU, name+"insert-cpu-ratio")
	}
}

// storeBeside stores batches through the exporter.
func storeBeside(b *testing.B, path string, pageSize int, batches []ptrace.Traces) sideOfMastra {
	e := newExporter(b, componenttest.NewNopHost(), map[string]any{
		"url": "file:" + path, "sending_queue": map[string]any{"enabled": false}, "file": map[string]any{"page_size": pageSize},
	})
	return measured(func() {
		for _, batch := range batches {
			require.NoError(b, e.ConsumeTraces(context.Background(), batch))
		}
		shutdown(b, e)
	})
}

// insertBeside stores the rows of Mastra's table of one file in another, 512 in a
// transaction. Reading them is not measured.
func insertBeside(b *testing.B, from, to string) sideOfMastra {
	source, err := sql.Open("sqlite", "file:"+from+"?mode=ro")
	require.NoError(b, err)
	defer source.Close()
	// The driver's defaults aside, these are the settings of the exporter.
	target, err := sql.Open("sqlite", "file:"+to+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=cache_size(-16384)&_pragma=wal_autocheckpoint(4000)&_txlock=immediate")
	require.NoError(b, err)
	target.SetMaxOpenConns(1)
	for _, ddl := range query(b, source, "SELECT sql FROM sqlite_master WHERE tbl_name = 'mastra_ai_spans'") {
		_, err := target.ExecContext(b.Context(), ddl[0].(string))
		require.NoError(b, err)
	}
	rows := query(b, source, "SELECT * FROM mastra_ai_spans ORDER BY rowid")
	values := strings.TrimSuffix(strings.Repeat("?,", len(rows[0])), ",")
	insert, err := target.PrepareContext(b.Context(), "INSERT INTO mastra_ai_spans VALUES ("+values+")")
	require.NoError(b, err)
	return measured(func() {
		for batch := range slices.Chunk(rows, 512) {
			tx, err := target.BeginTx(b.Context(), nil)
			require.NoError(b, err)
			bound := tx.StmtContext(b.Context(), insert)
			for _, row := range batch {
				_, err := bound.ExecContext(b.Context(), row...)
				require.NoError(b, err)
			}
			require.NoError(b, tx.Commit())
		}
		require.NoError(b, insert.Close())
		require.NoError(b, target.Close())
	})
}

// query reads rows as the driver gives them.
func query(b *testing.B, db *sql.DB, text string) (all [][]any) {
	rows, err := db.QueryContext(b.Context(), text)
	require.NoError(b, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(b, err)
	for rows.Next() {
		row, at := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			at[i] = &row[i]
		}
		require.NoError(b, rows.Scan(at...))
		all = append(all, row)
	}
	require.NoError(b, rows.Err())
	return all
}

// measured runs store.
func measured(store func()) sideOfMastra {
	start, used := time.Now(), testCPU()
	store()
	return sideOfMastra{milliseconds(time.Since(start)), milliseconds(testCPU() - used)}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

// testCPU is the processor time that this process has used.
func testCPU() time.Duration {
	user, system := testutil.CPU()
	return user + system
}

// BenchmarkVisible sends a ticket workflow (33 spans, 4 KB each) every 33 ms, a
// thousand spans a second, to an exporter with its default queue, and reads each
// from another connection as soon as it is acknowledged. The store may have 16 MiB,
// so that after a few seconds retention deletes as much as comes in. An operation is
// a workflow: use -benchtime 1800x for a minute.
func BenchmarkVisible(b *testing.B) {
	path := filepath.Join(b.TempDir(), "traces.db")
	e := newExporter(b, componenttest.NewNopHost(), map[string]any{"url": "file:" + path, "retention": map[string]any{"max_size": 16 << 20}})
	defer shutdown(b, e)
	reader, err := tracestore.OpenReader(b.Context(), path)
	require.NoError(b, err)
	defer reader.Close()
	generator := traffic.New(traffic.Options{Seed: 1, TextSize: 22_000, ServiceName: "bench"})
	acknowledged, visible := make([]time.Duration, b.N), make([]time.Duration, b.N)
	ticks := time.NewTicker(33 * time.Millisecond)
	defer ticks.Stop()
	var wg sync.WaitGroup
	b.ResetTimer()
	for i := range b.N {
		<-ticks.C
		trace := generator.Trace(time.Now())
		id := trace.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).TraceID().String()
		wg.Go(func() {
			start := time.Now()
			assert.NoError(b, e.ConsumeTraces(context.Background(), trace))
			acknowledged[i] = time.Since(start)
			start = time.Now()
			for {
				if _, err := reader.Trace(b.Context(), id); err == nil {
					break
				} else if !assert.ErrorIs(b, err, tracestore.ErrNotFound) {
					break
				}
			}
			visible[i] = time.Since(start)
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N-len(traceIDs(b, reader))), "deleted-traces")
	for _, m := range []struct {
		name  string
		times []time.Duration
	}{{"sent-to-acknowledged", acknowledged}, {"acknowledged-to-visible", visible}} {
		slices.Sort(m.times)
		b.ReportMetric(float64(m.times[len(m.times)*99/100].Microseconds())/1e3, m.name+"-p99-ms")
	}
}
