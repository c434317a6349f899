package libsqlexporter

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

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
	user, system := testutil.CPU()
	return user + system
}

// side is one way of storing a batch. Its prepare makes what store is given, and
// is not measured.
type side struct {
	name    string
	prepare func(generation, size int) (store func())

	cpu, wall time.Duration
}

// run stores a batch and adds up what that took.
func (s *side) run(generation, size int) {
	store := s.prepare(generation, size)
	used, start := cpu(), time.Now()
	store()
	s.cpu, s.wall = s.cpu+cpu()-used, s.wall+time.Since(start)
}

// BenchmarkLocal stores batches of 512 spans with a payload of 4 KB and of 100 KB
// in turn through two sides:
//
//	exporter: from pdata to COMMIT, as a push does it
//	bare: the same payload as a row of 24 columns in one table with two indexes and
//	  a unique key, through a prepared statement of the same driver, with the same
//	  settings. What it binds has been made before.
//
// cpu-ratio is the processor time of the first over that of the second.
func BenchmarkLocal(b *testing.B) {
	for _, size := range []int{4 << 10, 100 << 10} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			ours, bare := exporterSide(b), bareSide(b)
			spans := 0
			for b.Loop() {
				ours.run(spans/benchBatch, size)
				bare.run(spans/benchBatch, size)
				spans += benchBatch
			}
			for _, s := range []*side{ours, bare} {
				b.ReportMetric(float64(s.cpu.Microseconds())/float64(spans), s.name+"-cpu-µs/span")
				b.ReportMetric(float64(spans)/s.wall.Seconds(), s.name+"-spans/s")
				b.ReportMetric(float64(spans*size)/s.wall.Seconds()/1e6, s.name+"-MB/s")
			}
			b.ReportMetric(float64(ours.cpu)/float64(bare.cpu), "cpu-ratio")
		})
	}
}

func exporterSide(b *testing.B) *side {
	store, err := tracestore.OpenFile(b.Context(), tracestore.DefaultFileOptions(filepath.Join(b.TempDir(), "traces.db")), tracestore.Options{})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, store.Close(context.Background())) })
	m := newMappers(maxText, 0)
	return &side{name: "exporter", prepare: func(generation, size int) func() {
		batch := benchTraces(generation, size)
		return func() {
			rows, _ := m.spans(batch)
			result, err := store.Write(b.Context(), rows)
			require.NoError(b, err)
			require.Equal(b, benchBatch, result.Inserted)
		}
	}}
}

func bareSide(b *testing.B) *side {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=cache_size(-16384)&_pragma=wal_autocheckpoint(4000)&_txlock=immediate")
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	db.SetMaxOpenConns(1)
	columns := strings.Split("trace_id,span_id,parent_span_id,name,kind,start_us,end_us,status,service,type,provider,model,input_tokens,output_tokens,cached,reasoning,cost,session,user,agent,attributes,resource,input,output", ",")
	_, err = db.ExecContext(b.Context(), "CREATE TABLE spans (id INTEGER PRIMARY KEY, "+strings.Join(columns, ",")+", UNIQUE (trace_id, span_id)); CREATE INDEX i1 ON spans (service, start_us); CREATE INDEX i2 ON spans (start_us)")
	require.NoError(b, err)
	insert, err := db.PrepareContext(b.Context(), "INSERT INTO spans ("+strings.Join(columns, ",")+") VALUES ("+strings.TrimSuffix(strings.Repeat("?,", len(columns)), ",")+")")
	require.NoError(b, err)
	m := newMappers(maxText, 0)
	return &side{name: "bare", prepare: func(generation, size int) func() {
		spans, _ := m.spans(benchTraces(generation, size))
		rows := make([][]any, len(spans))
		for i := range spans {
			rows[i] = bareRow(&spans[i])
		}
		return func() {
			tx, err := db.BeginTx(b.Context(), nil)
			require.NoError(b, err)
			bound := tx.StmtContext(b.Context(), insert)
			for _, row := range rows {
				_, err := bound.ExecContext(b.Context(), row...)
				require.NoError(b, err)
			}
			require.NoError(b, tx.Commit())
		}
	}}
}

func bareRow(s *tracestore.Span) []any {
	f := &s.Facts
	return []any{
		s.TraceID, s.SpanID, s.ParentSpanID, s.Name, s.Kind, int64(s.StartNanos / 1000), int64(s.EndNanos / 1000), s.StatusCode, s.Resource.ServiceName,
		f.Type, f.Provider, f.Model, f.InputTokens.N, f.OutputTokens.N, f.CacheReadTokens.N, f.ReasoningTokens.N, f.Cost.V, f.SessionID, f.UserID, f.AgentName,
		string(s.Attributes) + string(s.Mastra.Attributes) + string(s.Mastra.Metadata), string(s.Resource.Attributes), string(s.Mastra.Input), string(s.Mastra.Output),
	}
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
