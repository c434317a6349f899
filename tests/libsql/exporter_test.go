package libsql

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/pdata/ptrace"

	"github.com/otelcol-llm/otelcol-llm/exporter/libsqlexporter"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/storagetest"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/otlp"
	room "github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// newExporter makes and starts an exporter from its section of a YAML file.
func newExporter(t testing.TB, extensions component.Host, section map[string]any) exporter.Traces {
	t.Helper()
	factory := libsqlexporter.NewFactory()
	cfg := factory.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(section).Unmarshal(cfg))
	require.NoError(t, confmap.Validate(cfg))
	set := exportertest.NewNopSettings(factory.Type())
	set.ID = component.NewID(factory.Type()) // a queue on disk is found again by it
	e, err := factory.CreateTraces(context.Background(), set, cfg)
	require.NoError(t, err)
	require.NoError(t, e.Start(context.Background(), extensions))
	return e
}

func shutdown(t testing.TB, e exporter.Traces) {
	t.Helper()
	require.NoError(t, e.Shutdown(context.Background()))
}

// canonical is one line for each span with its resource and scope, sorted.
func canonical(t *testing.T, batches ...ptrace.Traces) []string {
	t.Helper()
	var all []string
	for _, td := range batches {
		for _, rs := range td.ResourceSpans().All() {
			for _, ss := range rs.ScopeSpans().All() {
				for _, span := range ss.Spans().All() {
					one := ptrace.NewTraces()
					to := one.ResourceSpans().AppendEmpty()
					rs.Resource().CopyTo(to.Resource())
					toScope := to.ScopeSpans().AppendEmpty()
					ss.Scope().CopyTo(toScope.Scope())
					span.CopyTo(toScope.Spans().AppendEmpty())
					raw, err := new(ptrace.JSONMarshaler).MarshalTraces(one)
					require.NoError(t, err)
					all = append(all, string(raw))
				}
			}
		}
	}
	slices.SortFunc(all, cmp.Compare[string])
	return all
}

// stored reads everything back as OTLP.
func stored(t *testing.T, r *tracestore.Reader) []ptrace.Traces {
	t.Helper()
	var all []ptrace.Traces
	for _, id := range traceIDs(t, r) {
		spans, err := r.Spans(t.Context(), id)
		require.NoError(t, err)
		td, err := otlp.Traces(spans)
		require.NoError(t, err)
		all = append(all, td)
	}
	return all
}

// traceIDs are the ids of all traces.
func traceIDs(t testing.TB, r *tracestore.Reader) (ids []string) {
	t.Helper()
	require.NoError(t, r.Query(context.Background(), "SELECT trace_id FROM otel_traces", nil, func(row []any) error {
		ids = append(ids, row[0].(string))
		return nil
	}))
	return ids
}

// seen is what read.mjs has read.
type seen struct {
	Rows   map[string][]map[string]any
	Checks map[string][]string
	// Integrity is the answer for a whole file.
	Integrity []string
}

// readWithNode reads a store with libSQL's own client.
func readWithNode(t *testing.T, url, token string) seen {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		e2e.Lacking(t, "Node.js is missing: install Node.js 20 or newer")
	}
	if _, err := os.Stat(filepath.Join("node_modules", "@libsql")); err != nil {
		e2e.Lacking(t, "npm packages are missing: run make node-packages")
	}
	args := []string{"read.mjs", url}
	if token != "" {
		args = append(args, token)
	}
	cmd := exec.CommandContext(t.Context(), node, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Run(), stderr.String())
	var s seen
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &s))
	return s
}

func TestCapturesAreStoredAndReadBackEverywhere(t *testing.T) {
	secrets := testutil.NewSecrets(7)
	sent := []ptrace.Traces{testutil.TicketRun(secrets), testutil.CoverageRun(secrets)}
	for name, open := range map[string]func(*testing.T) (section map[string]any, r func() *tracestore.Reader, url, token string){
		"a file": func(t *testing.T) (map[string]any, func() *tracestore.Reader, string, string) {
			t.Helper()
			url := "file:" + filepath.Join(t.TempDir(), "traces.db")
			return map[string]any{"url": url, "full_text_search": map[string]any{"enabled": true}}, func() *tracestore.Reader {
				r, err := tracestore.OpenReader(t.Context(), strings.TrimPrefix(url, "file:"))
				require.NoError(t, err)
				return r
			}, url, ""
		},
		"a server": func(t *testing.T) (map[string]any, func() *tracestore.Reader, string, string) {
			t.Helper()
			s := startServer(t, false)
			return map[string]any{"url": s.url, "full_text_search": map[string]any{"enabled": true}}, func() *tracestore.Reader { return tracestore.NewServerReader(s.client("")) }, s.url, ""
		},
		"a server that wants tokens": func(t *testing.T) (map[string]any, func() *tracestore.Reader, string, string) {
			t.Helper()
			s := startServer(t, true)
			token := s.token("rw", time.Hour)
			return map[string]any{"url": strings.Replace(s.url, "http://", "libsql://", 1) + "?tls=0", "auth_token": s.token("rw", time.Hour)},
				func() *tracestore.Reader { return tracestore.NewServerReader(s.client(token)) }, s.url, token
		},
	} {
		t.Run(name, func(t *testing.T) {
			section, reader, url, token := open(t)
			e := newExporter(t, componenttest.NewNopHost(), section)
			for range 2 { // the second time as if the answer had been lost
				for _, td := range sent {
					copied := ptrace.NewTraces()
					td.CopyTo(copied)
					require.NoError(t, e.ConsumeTraces(t.Context(), copied))
				}
			}
			r := reader()
			defer func() { assert.NoError(t, r.Close()) }()
			assert.Equal(t, canonical(t, sent...), canonical(t, stored(t, r)...))
			asked, err := room.OpenURL(t.Context(), url, token, http.DefaultClient)
			require.NoError(t, err)
			defer func() { assert.NoError(t, asked.Close()) }()
			if section["full_text_search"] != nil {
				require.EventuallyWithT(t, func(c *assert.CollectT) {
					hits, err := asked.Search(t.Context(), "which tenant: is affected", room.SearchFilter{Limit: 3})
					require.NoError(c, err)
					assert.Len(c, hits.Items, 3, "only the index overlooks the colon")
				}, 20*time.Second, 50*time.Millisecond)
			}
			got := readWithNode(t, url, token)
			assert.Len(t, got.Rows["mastra_ai_spans"], 137)
			assert.Len(t, got.Rows["traces"], 9)
			assert.Len(t, got.Rows["llm_calls"], 14)
			for table, check := range got.Checks {
				assert.Equal(t, []string{"ok"}, check, table)
			}
			total := 0.0
			for _, row := range got.Rows["traces"] {
				total += row["input_tokens"].(float64)
			}
			spend, err := asked.Spend(t.Context(), room.SpendFilter{})
			require.NoError(t, err)
			assert.EqualValues(t, spend.Total.Tokens.Input, total)
			assert.Positive(t, total)
			shutdown(t, e)
		})
	}
}

func numbered(n int) ptrace.Traces {
	td := ptrace.NewTraces()
	span := td.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetTraceID([16]byte{1, byte(n >> 8), byte(n)})
	span.SetSpanID([8]byte{1, byte(n >> 8), byte(n)})
	span.SetName(fmt.Sprint("span ", n))
	span.SetStartTimestamp(1_795_345_569_000_000_000)
	span.SetEndTimestamp(1_795_345_569_000_000_000)
	return td
}

// clockLeeway is how long a server honours an expired token, for differing
// clocks.
const clockLeeway = time.Minute

func TestTokensThatDoNotServe(t *testing.T) {
	s := startServer(t, true)
	shutdown(t, newExporter(t, componenttest.NewNopHost(), map[string]any{"url": s.url, "auth_token": s.token("rw", time.Hour)})) // makes the schema
	for name, token := range map[string]string{"read only": s.token("ro", time.Hour), "expires": s.token("rw", 3*time.Second-clockLeeway)} {
		t.Run(name, func(t *testing.T) {
			e := newExporter(t, componenttest.NewNopHost(), map[string]any{"url": s.url, "auth_token": token, "auth_retry": false, "create_schema": name == "expires"})
			defer shutdown(t, e)
			if name == "expires" {
				require.NoError(t, e.ConsumeTraces(t.Context(), numbered(1)))
				require.Eventually(t, func() bool {
					_, err := s.query(token, "SELECT 1")
					return err != nil
				}, time.Minute, 100*time.Millisecond)
			}
			err := e.ConsumeTraces(t.Context(), numbered(2))
			require.ErrorContains(t, err, "auth_token: the server refuses it")
			assert.True(t, consumererror.IsPermanent(err))
		})
	}
	factory := libsqlexporter.NewFactory()
	cfg := factory.CreateDefaultConfig()
	require.NoError(t, confmap.NewFromStringMap(map[string]any{"url": s.url, "auth_token": "nonsense", "auth_retry": false}).Unmarshal(cfg))
	e, err := factory.CreateTraces(t.Context(), exportertest.NewNopSettings(factory.Type()), cfg)
	require.NoError(t, err)
	require.ErrorContains(t, e.Start(t.Context(), componenttest.NewNopHost()), "auth_token: the server refuses it")
}

func TestAServerThatIsAwayCostsNothing(t *testing.T) {
	s := startServer(t, false)
	e := newExporter(t, componenttest.NewNopHost(), map[string]any{"url": s.url, "retry_on_failure": map[string]any{"initial_interval": "10ms", "max_interval": "100ms"}})
	require.NoError(t, e.ConsumeTraces(t.Context(), numbered(1)))
	s.stop()
	done := make(chan error, 1)
	go func() { done <- e.ConsumeTraces(context.Background(), numbered(2)) }()
	require.Never(t, func() bool { return len(done) > 0 }, 500*time.Millisecond, 100*time.Millisecond)
	s.start()
	require.NoError(t, <-done)
	rows, err := s.query("", "SELECT count(*) FROM mastra_ai_spans")
	require.NoError(t, err)
	assert.Equal(t, [][]any{{int64(2)}}, rows)
	shutdown(t, e)
}

func TestAQueueOnDiskOutlivesServerAndCollector(t *testing.T) {
	s := startServer(t, false)
	shutdown(t, newExporter(t, componenttest.NewNopHost(), map[string]any{"url": s.url}))
	dir := t.TempDir()
	section := map[string]any{"url": s.url, "sending_queue": map[string]any{"storage": "file_storage"}}

	s.stop()
	extensions, end := storagetest.Start(t, dir)
	e := newExporter(t, extensions, section)
	const spans = 500
	for n := range spans {
		require.NoError(t, e.ConsumeTraces(t.Context(), numbered(n)), "acknowledged when it is on the disk")
	}
	shutdown(t, e)
	end()

	s.start()
	extensions, end = storagetest.Start(t, dir)
	defer end()
	e = newExporter(t, extensions, section)
	defer shutdown(t, e)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		rows, err := s.query("", "SELECT count(*), sum(span_count) FROM mastra_ai_spans, (SELECT sum(span_count) AS span_count FROM otel_traces)")
		require.NoError(c, err)
		assert.EqualValues(c, spans, rows[0][0])
	}, 30*time.Second, 50*time.Millisecond)
}

func TestAnAbandonedTransactionIsOutwaited(t *testing.T) {
	s := startServer(t, false)
	e := newExporter(t, componenttest.NewNopHost(), map[string]any{"url": s.url})
	defer shutdown(t, e)
	require.NoError(t, e.ConsumeTraces(t.Context(), numbered(1)))
	// A client that takes the lock and is never heard of again. The server gives
	// it five seconds.
	response, err := http.Post(s.url+"/v3/pipeline", "application/json", strings.NewReader(
		`{"baton":null,"requests":[{"type":"execute","stmt":{"sql":"BEGIN IMMEDIATE"}},{"type":"execute","stmt":{"sql":"DELETE FROM otel_spans"}}]}`))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.NoError(t, response.Body.Close())
	require.NoError(t, e.ConsumeTraces(t.Context(), numbered(2)))
	rows, err := s.query("", "SELECT count(*) FROM otel_spans")
	require.NoError(t, err)
	assert.Equal(t, [][]any{{int64(2)}}, rows)
}

func TestWhatAServerCannotHoldIsCut(t *testing.T) {
	s := startServer(t, false)
	e := newExporter(t, componenttest.NewNopHost(), map[string]any{"url": s.url, "limits": map[string]any{"max_value_bytes": 4_000_000}})
	defer shutdown(t, e)
	wide, deep := numbered(1), numbered(2)
	attributes := wide.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes()
	for n := range 20 {
		attributes.PutStr(fmt.Sprint("attribute ", n), strings.Repeat("x", 1<<20))
	}
	many := deep.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Attributes()
	for n := range 10_000 {
		many.PutStr(fmt.Sprintf("an attribute %d with a long name%s", n, strings.Repeat(" ", 600)), "x")
	}
	require.NoError(t, e.ConsumeTraces(t.Context(), wide))
	require.NoError(t, e.ConsumeTraces(t.Context(), deep))
	rows, err := s.query("", "SELECT s.name, length(m.attributes) > 1000000, d.dropped_attributes FROM otel_spans s JOIN mastra_ai_spans m ON m.spanId = s.span_id LEFT JOIN otel_span_data d ON d.id = s.id ORDER BY s.id")
	require.NoError(t, err)
	assert.Equal(t, [][]any{{"span 1", int64(1), nil}, {"span 2", nil, int64(10_000)}}, rows)
}
