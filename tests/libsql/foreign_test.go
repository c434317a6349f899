package libsql

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

func TestAFileWithAVectorIndexIsShared(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory.db")
	var nothing any
	e2e.Node(t, nil, &nothing, "make.mjs", "vector", path)
	e := newExporter(t, componenttest.NewNopHost(), map[string]any{"url": "file:" + path})
	for n := range 20 {
		require.NoError(t, e.ConsumeTraces(t.Context(), numbered(n)))
	}
	shutdown(t, e)
	after := readWithNode(t, "file:"+path, "")
	assert.Len(t, after.Rows["memories"], 2)
	assert.Len(t, after.Rows["mastra_ai_spans"], 20)
	assert.Equal(t, []string{"ok"}, after.Integrity, "libSQL knows its own index")
}

func TestAFileWithRandomRowIDsIsRefusedAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory.db")
	var nothing any
	e2e.Node(t, nil, &nothing, "make.mjs", "random-rowid", path)
	file := tracestore.DefaultFileOptions(path)
	file.Quarantine = true
	_, err := tracestore.OpenFile(t.Context(), file, tracestore.Options{})
	require.ErrorContains(t, err, "SQL that only libSQL reads")
	require.ErrorContains(t, err, "give the traces a file of their own")
	assert.Len(t, readWithNode(t, "file:"+path, "").Rows["memories"], 1, "it is not moved aside: it is whole")
}

func TestRetentionDeletesOnAServer(t *testing.T) {
	s := startServer(t, false)
	e := newExporter(t, componenttest.NewNopHost(), map[string]any{
		"url": s.url, "retention": map[string]any{"max_age": "1ms", "interval": "10ms", "pause": "1ms", "delete_batch": 7},
	})
	for n := range 20 {
		require.NoError(t, e.ConsumeTraces(t.Context(), numbered(n)))
	}
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		rows, err := s.query("", `SELECT (SELECT count(*) FROM mastra_ai_spans) + (SELECT count(*) FROM otel_spans) + (SELECT count(*) FROM otel_span_data) + (SELECT count(*) FROM otel_traces)`)
		require.NoError(c, err)
		assert.EqualValues(c, 0, rows[0][0])
	}, 30*time.Second, 20*time.Millisecond)
	shutdown(t, e)
}

func TestSizeIsBoundedOnAServer(t *testing.T) {
	s := startServer(t, false)
	store, err := tracestore.OpenServer(t.Context(), tracestore.ServerOptions{Client: s.client("")}, tracestore.Options{
		Retention: tracestore.Retention{MaxSize: 2 << 20, Interval: 10 * time.Millisecond, Pause: time.Millisecond, DeleteBatch: 100},
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close(context.Background())) }()
	input := tracestore.JSON(`"` + strings.Repeat("x", 50_000) + `"`)
	for n := range 20 {
		var spans []tracestore.Span
		for i := range 10 {
			spans = append(spans, tracestore.Span{
				TraceID: fmt.Sprintf("%032x", 10*n+i+1), SpanID: fmt.Sprintf("%016x", 10*n+i+1), Name: "span", StartNanos: 1e18, EndNanos: 1e18,
				Resource: &tracestore.Resource{}, Scope: &tracestore.Scope{}, Facts: tracestore.Facts{Type: "generic"}, Mastra: tracestore.MastraRow{Name: "span", Input: input},
			})
		}
		_, err := store.Write(t.Context(), spans)
		require.NoError(t, err)
	}
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		rows, err := s.query("", `SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size`)
		require.NoError(c, err)
		assert.Less(c, rows[0][0], int64(2<<20))
	}, 30*time.Second, 20*time.Millisecond)
	rows, err := s.query("", `SELECT count(*), max(trace_id) FROM otel_traces`)
	require.NoError(t, err)
	assert.Greater(t, rows[0][0], int64(5))
	assert.Equal(t, fmt.Sprintf("%032x", 200), rows[0][1], "the newest are left")
}
