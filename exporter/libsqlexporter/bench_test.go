package libsqlexporter

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// The benchmarks of this file compare sides of one run; see docs/storage.md for
// figures and how they were measured.

const benchBatch = 512

// benchTraces are a batch of model calls in the words of Mastra, eight spans a
// trace, with a payload of about size bytes each. generation makes the ids of
// one batch differ from those of another.
func benchTraces(generation, size int) ptrace.Traces {
	r := rand.New(rand.NewPCG(uint64(generation), 7))
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "bench")
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Spans().EnsureCapacity(benchBatch)
	var trace pcommon.TraceID
	var parent pcommon.SpanID
	start := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC).Add(time.Duration(generation) * time.Second)
	for i := range benchBatch {
		span := ss.Spans().AppendEmpty()
		if i%8 == 0 {
			trace, parent = pcommon.TraceID(randomBytes(r, 16)), pcommon.SpanID{}
		}
		span.SetTraceID(trace)
		span.SetSpanID(pcommon.SpanID(randomBytes(r, 8)))
		span.SetParentSpanID(parent)
		if i%8 == 0 {
			parent = span.SpanID()
		}
		at := start.Add(time.Duration(i) * time.Millisecond)
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(at))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(at.Add(700 * time.Millisecond)))
		span.SetName("chat gpt-4o-mini")
		span.SetKind(ptrace.SpanKindClient)
		span.Status().SetCode(ptrace.StatusCodeOk)
		benchAttributes(span.Attributes(), r, size)
	}
	return td
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func benchAttributes(a pcommon.Map, r *rand.Rand, size int) {
	a.EnsureCapacity(24)
	a.PutStr("gen_ai.operation.name", "chat")
	a.PutStr("mastra.span.type", "model_inference")
	a.PutStr("gen_ai.request.model", "gpt-4o-mini")
	a.PutStr("gen_ai.response.model", "gpt-4o-mini-2024-07-18")
	a.PutStr("gen_ai.provider.name", "openai")
	a.PutInt("gen_ai.usage.input_tokens", 1200)
	a.PutInt("gen_ai.usage.output_tokens", 80)
	a.PutInt("gen_ai.usage.cache_read.input_tokens", 1024)
	a.PutDouble("gen_ai.usage.cost", 0.000123)
	a.PutStr("llmcost.status", "priced")
	a.PutStr("gen_ai.agent.id", "assistant")
	a.PutStr("gen_ai.agent.name", "assistant")
	a.PutDouble("gen_ai.request.temperature", 0.2)
	a.PutStr("gen_ai.response.finish_reasons", `["stop"]`)
	a.PutStr("mastra.metadata.userId", "user-17")
	a.PutStr("mastra.metadata.sessionId", "sess-42")
	a.PutStr("mastra.metadata.threadId", "thread-7")
	a.PutStr("mastra.metadata.runId", "0b2de99e-c78f-4e35-a0af-2399c9d205e5")
	a.PutStr("gen_ai.input.messages", benchMessages(r, size*3/4))
	a.PutStr("gen_ai.output.messages", benchMessages(r, size/4))
}

var benchWords = strings.Fields("the checkout fails since last release because token rotation never finished, please look at auth and cart modules \"quoted\" <tag> über")

func benchMessages(r *rand.Rand, size int) string {
	var text strings.Builder
	for text.Len() < size-60 {
		text.WriteString(benchWords[r.IntN(len(benchWords))])
		text.WriteByte(' ')
	}
	out, err := json.Marshal([]map[string]any{{"role": "user", "parts": []map[string]any{{"type": "text", "content": text.String()}}}})
	if err != nil {
		panic(err)
	}
	return string(out)
}

// cpu is the processor time that this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// perSpan reports what a span has cost, in processor time and as a rate.
func perSpan(b *testing.B, spans int, used, wall time.Duration, bytes int64) {
	b.ReportMetric(float64(used.Microseconds())/float64(spans), "cpu-µs/span")
	b.ReportMetric(float64(spans)/wall.Seconds(), "spans/s")
	b.ReportMetric(float64(bytes)/wall.Seconds()/1e6, "MB/s")
}

// BenchmarkLocal stores batches of 512 spans of 4.8 KB and of 100 KB.
//
//	exporter: from pdata to COMMIT, as a push does it
//	same rows: the same column values in the same tables through prepared
//	  statements of the driver, and nothing else
//	one table: the same payload as a single row of 24 columns, two indexes and a
//	  unique key
func BenchmarkLocal(b *testing.B) {
	for _, size := range []int{4 << 10, 100 << 10} {
		b.Run(fmt.Sprintf("exporter/%dKB", size>>10), func(b *testing.B) { benchExporter(b, size) })
		b.Run(fmt.Sprintf("one table/%dKB", size>>10), func(b *testing.B) { benchOneTable(b, size) })
	}
}

func benchExporter(b *testing.B, size int) {
	store, err := tracestore.OpenFile(b.Context(), tracestore.DefaultFileOptions(filepath.Join(b.TempDir(), "traces.db")), tracestore.Options{})
	require.NoError(b, err)
	defer func() { require.NoError(b, store.Close(context.Background())) }()
	m := newMappers(maxText, 0)
	var used, wall time.Duration
	spans, bytes, generation := 0, int64(0), 0
	for b.Loop() {
		b.StopTimer()
		td := benchTraces(generation, size)
		generation++
		c, w := cpu(), time.Now()
		b.StartTimer()
		rows, _ := m.spans(td)
		result, err := store.Write(b.Context(), rows)
		require.NoError(b, err)
		used, wall = used+cpu()-c, wall+time.Since(w)
		require.Equal(b, benchBatch, result.Inserted)
		spans += benchBatch
		bytes += int64(benchBatch * size)
	}
	perSpan(b, spans, used, wall, bytes)
}

func benchOneTable(b *testing.B, size int) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=cache_size(-16384)&_pragma=wal_autocheckpoint(4000)&_txlock=immediate")
	require.NoError(b, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	columns := strings.Split("trace_id,span_id,parent_span_id,name,kind,start_us,end_us,status,service,type,provider,model,input_tokens,output_tokens,cached,reasoning,cost,session,user,agent,attributes,resource,input,output", ",")
	_, err = db.ExecContext(b.Context(), "CREATE TABLE spans (id INTEGER PRIMARY KEY, "+strings.Join(columns, ",")+", UNIQUE (trace_id, span_id)); CREATE INDEX i1 ON spans (service, start_us); CREATE INDEX i2 ON spans (start_us)")
	require.NoError(b, err)
	insert, err := db.PrepareContext(b.Context(), "INSERT INTO spans ("+strings.Join(columns, ",")+") VALUES ("+strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",")+")")
	require.NoError(b, err)
	m := newMappers(maxText, 0)
	var used, wall time.Duration
	spans, bytes, generation := 0, int64(0), 0
	for b.Loop() {
		b.StopTimer()
		rows, _ := m.spans(benchTraces(generation, size))
		generation++
		c, w := cpu(), time.Now()
		b.StartTimer()
		tx, err := db.BeginTx(b.Context(), nil)
		require.NoError(b, err)
		bound := tx.StmtContext(b.Context(), insert)
		for i := range rows {
			s := &rows[i]
			_, err := bound.ExecContext(b.Context(), s.TraceID, s.SpanID, s.ParentSpanID, s.Name, s.Kind, int64(s.StartNanos/1000), int64(s.EndNanos/1000), s.StatusCode, s.Resource.ServiceName,
				s.Facts.Type, s.Facts.Provider, s.Facts.Model, s.Facts.InputTokens.N, s.Facts.OutputTokens.N, s.Facts.CacheReadTokens.N, s.Facts.ReasoningTokens.N, s.Facts.Cost.V,
				s.Facts.SessionID, s.Facts.UserID, s.Facts.AgentName, string(s.Attributes)+string(s.Mastra.Attributes)+string(s.Mastra.Metadata), string(s.Resource.Attributes), string(s.Mastra.Input), string(s.Mastra.Output))
			require.NoError(b, err)
		}
		require.NoError(b, tx.Commit())
		used, wall = used+cpu()-c, wall+time.Since(w)
		spans += benchBatch
		bytes += int64(benchBatch * size)
	}
	perSpan(b, spans, used, wall, bytes)
}

// BenchmarkMapping is the part of the exporter that makes rows.
func BenchmarkMapping(b *testing.B) {
	m := newMappers(maxText, 0)
	td := benchTraces(1, 4<<10)
	b.ReportAllocs()
	for b.Loop() {
		m.spans(td)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*benchBatch), "µs/span")
}
