package libsqlexporter

import (
	"cmp"
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/otlp"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

const maxText = 1 << 20

// stored is a file with mapped spans in it.
type storedFile struct {
	t    *testing.T
	path string
}

// store maps each batch and writes it to a new file.
func store(t *testing.T, batches ...ptrace.Traces) *storedFile {
	t.Helper()
	f := &storedFile{t: t, path: filepath.Join(t.TempDir(), "traces.db")}
	s, err := tracestore.OpenFile(t.Context(), tracestore.DefaultFileOptions(f.path), tracestore.Options{RootGrace: time.Hour})
	require.NoError(t, err)
	m := newMappers(maxText, 0)
	for _, td := range batches {
		rows, _ := m.spans(td)
		result, err := s.Write(t.Context(), rows)
		require.NoError(t, err)
		require.Zero(t, result.Rejected)
	}
	require.NoError(t, s.Close(context.Background()))
	return f
}

func (f *storedFile) rows(query string, args ...any) [][]any {
	f.t.Helper()
	return queryFile(f.t, f.path, query, args...)
}

func (f *storedFile) strings(query string, args ...any) []string {
	f.t.Helper()
	var all []string
	for _, row := range f.rows(query, args...) {
		text, _ := row[0].(string)
		all = append(all, text)
	}
	return all
}

func (f *storedFile) reader() *tracestore.Reader {
	f.t.Helper()
	r, err := tracestore.OpenReader(f.t.Context(), f.path)
	require.NoError(f.t, err)
	f.t.Cleanup(func() { require.NoError(f.t, r.Close()) })
	return r
}

// query opens the file as the page does.
func (f *storedFile) query() *query.Store {
	f.t.Helper()
	s, err := query.Open(f.t.Context(), f.path)
	require.NoError(f.t, err)
	f.t.Cleanup(func() { require.NoError(f.t, s.Close()) })
	return s
}

// listed are its latest traces.
func (f *storedFile) listed() []query.TraceSummary {
	f.t.Helper()
	page, err := f.query().Traces(f.t.Context(), query.TraceFilter{})
	require.NoError(f.t, err)
	return page.Items
}

// traces reads everything back as OTLP.
func (f *storedFile) traces() ptrace.Traces {
	f.t.Helper()
	all := ptrace.NewTraces()
	for _, id := range f.strings(`SELECT trace_id FROM otel_traces`) {
		spans, err := f.reader().Spans(f.t.Context(), id)
		require.NoError(f.t, err)
		td, err := otlp.Traces(spans)
		require.NoError(f.t, err)
		td.ResourceSpans().MoveAndAppendTo(all.ResourceSpans())
	}
	return all
}

func queryFile(t *testing.T, path, query string, args ...any) [][]any {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	require.NoError(t, err)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), query, args...)
	require.NoError(t, err, query)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var all [][]any
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		require.NoError(t, rows.Scan(into...))
		all = append(all, row)
	}
	require.NoError(t, rows.Err())
	return all
}

// canonical brings traces into a form in which equal content has equal bytes:
// one line of wire format for each span with its resource and scope, sorted.
func canonical(t *testing.T, td ptrace.Traces) []string {
	t.Helper()
	var all []string
	for _, rs := range td.ResourceSpans().All() {
		for _, ss := range rs.ScopeSpans().All() {
			for _, span := range ss.Spans().All() {
				one := ptrace.NewTraces()
				toRS := one.ResourceSpans().AppendEmpty()
				rs.Resource().CopyTo(toRS.Resource())
				toRS.SetSchemaUrl(rs.SchemaUrl())
				toSS := toRS.ScopeSpans().AppendEmpty()
				ss.Scope().CopyTo(toSS.Scope())
				toSS.SetSchemaUrl(ss.SchemaUrl())
				span.CopyTo(toSS.Spans().AppendEmpty())
				raw, err := new(ptrace.JSONMarshaler).MarshalTraces(one)
				require.NoError(t, err)
				all = append(all, string(raw))
			}
		}
	}
	slices.SortFunc(all, cmp.Compare[string])
	return all
}

// spanBatch makes a batch of one span.
func spanBatch(change func(ptrace.Span)) ptrace.Traces {
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.Resource().Attributes().PutStr("service.name", "shop")
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("test")
	change(addSpan(ss, 1, 1, 0))
	return td
}

// addSpan adds a span of ten milliseconds; parent 0 is none.
func addSpan(ss ptrace.ScopeSpans, trace, id, parent byte) ptrace.Span {
	span := ss.Spans().AppendEmpty()
	span.SetTraceID(pcommon.TraceID{15: trace, 0: 0xa})
	span.SetSpanID(pcommon.SpanID{7: id, 0: 0xb})
	if parent != 0 {
		span.SetParentSpanID(pcommon.SpanID{7: parent, 0: 0xb})
	}
	start := time.Date(2026, 11, 22, 10, 0, 0, int(id)*1e6, time.UTC)
	span.SetStartTimestamp(pcommon.NewTimestampFromTime(start))
	span.SetEndTimestamp(pcommon.NewTimestampFromTime(start.Add(10 * time.Millisecond)))
	span.SetName("span")
	span.SetKind(ptrace.SpanKindInternal)
	return span
}

func noQueue() configoptional.Optional[exporterhelper.QueueBatchConfig] {
	return configoptional.None[exporterhelper.QueueBatchConfig]()
}
