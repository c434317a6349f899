// Package commands tests the commands that read traces, on the built binary.
package commands

import (
	"bytes"
	"database/sql"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/ptrace"
	_ "modernc.org/sqlite"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

// spansOf is how many spans a trace of the generator has.
const spansOf = 27

// start runs a collector and sends it some traces.
func start(t *testing.T, traces int) *e2e.Collector {
	t.Helper()
	c := e2e.StartCollector(t)
	send(t, c.HTTP, traces, 1)
	return c
}

func send(t *testing.T, endpoint string, traces int, seed uint64) {
	t.Helper()
	generator := traffic.New(traffic.Options{Seed: seed, TextSize: 500, ServiceName: "ticket-service"})
	sender, err := traffic.NewSender("http", endpoint, traffic.Connection{})
	require.NoError(t, err)
	defer sender.Close()
	for i := range traces {
		require.NoError(t, sender.Send(t.Context(), generator.Trace(time.Now().Add(time.Duration(i-traces)*time.Minute))))
	}
}

// database opens the store beside the collector.
func database(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return db
}

func one[T any](t *testing.T, db *sql.DB, statement string, args ...any) (value T) {
	t.Helper()
	require.NoError(t, db.QueryRowContext(t.Context(), statement, args...).Scan(&value))
	return value
}

// run runs a command beside the collector and returns its standard output.
func run(t *testing.T, c *e2e.Collector, args ...string) string {
	t.Helper()
	output, err := c.Run(t, args...)
	require.NoError(t, err, "%s: %s", strings.Join(args, " "), output)
	return output
}

func asJSON[T any](t *testing.T, c *e2e.Collector, args ...string) (value T) {
	t.Helper()
	output := run(t, c, append(args, "--json")...)
	require.NoError(t, json.Unmarshal([]byte(output), &value), output)
	return value
}

// TestListsSayWhatTheStoreHas to the cent.
func TestListsSayWhatTheStoreHas(t *testing.T) {
	t.Parallel()
	c := start(t, 25)
	db := database(t, c.TracesDB())

	page := asJSON[query.Page[query.TraceSummary]](t, c, "traces")
	require.Len(t, page.Items, 20)
	require.NotEmpty(t, page.Next)
	rest := asJSON[query.Page[query.TraceSummary]](t, c, "traces", "--cursor", page.Next)
	require.Len(t, rest.Items, 5)
	for _, trace := range append(page.Items, rest.Items...) {
		assert.InDelta(t, one[float64](t, db, "SELECT cost_usd FROM traces WHERE trace_id = ?", trace.TraceID), *trace.Cost.USD, 1e-9)
		assert.EqualValues(t, spansOf, trace.Spans)
		assert.Equal(t, query.Ended, trace.State)
		assert.NotEmpty(t, trace.Input)
	}
	assert.Empty(t, asJSON[query.Page[query.TraceSummary]](t, c, "traces", "--service", "other").Items)
	dearest := asJSON[query.Page[query.TraceSummary]](t, c, "traces", "--order", "cost", "--limit", "1").Items[0]
	assert.InDelta(t, one[float64](t, db, "SELECT max(cost_usd) FROM traces"), *dearest.Cost.USD, 1e-9)

	text := run(t, c, "traces")
	for _, want := range []string{"STARTED", "Today, ", "ticket-generation", "ticket-service", "20 rows; there are more"} {
		assert.Contains(t, text, want)
	}

	spend := asJSON[query.Spend](t, c, "spend", "all", "--by", "model")
	assert.InDelta(t, one[float64](t, db, "SELECT sum(cost_usd) FROM llm_calls"), *spend.Total.Cost.USD, 1e-9)
	assert.Len(t, spend.Rows, 2)
	for _, row := range spend.Rows {
		assert.InDelta(t, one[float64](t, db, "SELECT sum(cost_usd) FROM llm_calls WHERE model = ?", row.Keys["model"]), *row.Cost.USD, 1e-9)
	}
	assert.Contains(t, run(t, c, "spend"), "DAY")
	assert.Contains(t, run(t, c, "spend", "this-month", "--by", "model", "--by", "service"), "ticket-service")

	redacted := int64(0)
	for _, rule := range asJSON[[]query.Redactions](t, c, "report", "redactions") {
		redacted += rule.Count
	}
	assert.Equal(t, one[int64](t, db, "SELECT sum(redactions) FROM otel_traces"), redacted)
	assert.Contains(t, run(t, c, "report", "redactions"), "pii.email")
}

// TestATraceIsShown by its id, the beginning of it, and as the last one.
func TestATraceIsShown(t *testing.T) {
	t.Parallel()
	c := start(t, 3)
	db := database(t, c.TracesDB())
	id := one[string](t, db, "SELECT trace_id FROM traces ORDER BY started_at DESC LIMIT 1")
	for _, name := range []string{"last", id, id[:12]} {
		trace := asJSON[query.Trace](t, c, "trace", name)
		assert.Equal(t, id, trace.TraceID)
		assert.Len(t, trace.Spans, spansOf)
	}
	text := run(t, c, "trace", "last")
	assert.Contains(t, text, "├─ ")
	assert.Regexp(t, `Total: .* in 27 spans, 4 model calls, .* tokens in .*, \$0\.`, text)

	call := one[string](t, db, "SELECT span_id FROM llm_calls WHERE trace_id = ? ORDER BY started_at DESC LIMIT 1", id)
	span := asJSON[query.Span](t, c, "trace", "last", "--span", call)
	require.NotNil(t, span.Receipt)
	assert.InDelta(t, one[float64](t, db, "SELECT cost_usd FROM llm_calls WHERE span_id = ?", call), *span.Receipt.USD, 1e-12)
	shown := run(t, c, "trace", "last", "--span", call[:10])
	for _, want := range []string{"Cost", "/ M", "total", "Conversation", "Attributes", "Resource"} {
		assert.Contains(t, shown, want)
	}

	session := one[string](t, db, "SELECT session_id FROM sessions LIMIT 1")
	assert.NotEmpty(t, asJSON[query.Page[query.SessionSummary]](t, c, "sessions").Items)
	assert.Equal(t, session, asJSON[query.Session](t, c, "session", session).ID)
	assert.Contains(t, run(t, c, "session", session), session)

	hits := asJSON[query.Page[query.Hit]](t, c, "search", "preflight")
	require.NotEmpty(t, hits.Items)
	assert.Contains(t, run(t, c, "search", "preflight"), hits.Items[0].SpanID)
}

// TestWhatIsNotThereIsSaid in a sentence, and nothing is made.
func TestWhatIsNotThereIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, args := range [][]string{{"traces"}, {"trace", "last"}, {"spend"}, {"sessions"}, {"export"}, {"report", "redactions"}, {"search", "x"}, {"backup", "copy.db"}} {
		output, err := e2e.RunBinary(t, dir, []string{"OTELCOL_TRACES_DB="}, args...)
		require.Error(t, err, output)
		assert.Contains(t, output, "there is no trace store at data/traces.db", args)
		assert.Contains(t, output, "--url http://127.0.0.1:4319", args)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, entries)

	c := start(t, 1)
	for _, c2 := range []struct {
		args []string
		want string
	}{
		{[]string{"trace", "ffffffffffffffffffffffffffffffff"}, "no such trace"},
		{[]string{"trace", "last", "--span", "ffff"}, "no span of this trace begins with"},
		{[]string{"trace"}, "takes the id of a trace, or last"},
		{[]string{"traces", "--order", "fastest"}, "order"},
		{[]string{"traces", "--status", "fine"}, "status"},
		{[]string{"traces", "--since", "tomorrow"}, "write 24h, 7d"},
		{[]string{"traces", "--cursor", "x"}, "cursor"},
		{[]string{"traces", "--db", "a.db", "--url", "http://127.0.0.1:1"}, "--db and --url name two places"},
		{[]string{"traces", "--db", "postgres://x"}, `scheme "postgres" is not known`},
		{[]string{"spend", "someday"}, "the period \"someday\" is not known"},
		{[]string{"spend", "today", "--since", "24h"}, "give one"},
		{[]string{"spend", "--zone", "Mars/Base"}, "is not a zone"},
		{[]string{"spend", "--by", "colour"}, "colour"},
		{[]string{"session", "nobody"}, `no such session: "nobody"`},
		{[]string{"search", " "}, "the text to look for is empty"},
		{[]string{"report", "redaction"}, "unknown command"},
		{[]string{"export", "--format", "xml"}, "is not otlp, jsonl or csv"},
		{[]string{"export", "--trace", "ffff"}, "no such trace"},
		{[]string{"mcp", "--content", "all"}, "is not none, preview or full"},
	} {
		output, err := c.Run(t, c2.args...)
		require.Error(t, err, "%v: %s", c2.args, output)
		assert.Contains(t, output, c2.want, c2.args)
		assert.NotContains(t, output, "goroutine", c2.args)
	}
	assert.Contains(t, run(t, c, "traces", "--service", "nobody"), "No trace matches.")
}

// TestTailShowsATraceOnce, as it ends.
func TestTailShowsATraceOnce(t *testing.T) {
	t.Parallel()
	c := start(t, 1)
	var out e2e.Output
	tail := exec.Command(e2e.Binary(t), "tail", "--db", c.TracesDB(), "--json")
	tail.Stdout, tail.Stderr = &out, &out
	require.NoError(t, tail.Start())
	t.Cleanup(func() { _ = tail.Process.Kill() })
	// It shows what ends from its first look on, which nothing announces.
	sent := uint64(1)
	eventually(t, func() bool {
		sent++
		send(t, c.HTTP, 1, sent)
		return strings.Contains(out.String(), "\n")
	})
	last := one[string](t, database(t, c.TracesDB()), "SELECT trace_id FROM otel_traces ORDER BY id DESC LIMIT 1")
	eventually(t, func() bool { return strings.Contains(out.String(), last) })
	require.NoError(t, tail.Process.Signal(os.Interrupt))
	require.NoError(t, tail.Wait())
	seen := map[string]int{}
	for line := range strings.SplitSeq(strings.TrimSpace(out.String()), "\n") {
		var trace query.TraceSummary
		require.NoError(t, json.Unmarshal([]byte(line), &trace), line)
		assert.Equal(t, query.Ended, trace.State)
		assert.EqualValues(t, spansOf, trace.Spans)
		seen[trace.TraceID]++
	}
	for id, n := range seen {
		assert.Equal(t, 1, n, id)
	}
}

// TestTailWaitsForACollectorThatIsAway: what ended meanwhile is shown when it is back.
func TestTailWaitsForACollectorThatIsAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := filepath.Join(dir, "traces.db")
	viewer := e2e.FreePorts(t, 1)[0]
	start := func() *e2e.Collector {
		return e2e.StartCollector(t, "--config", "mastra:env", "--set", "exporters.libsql.url=file:"+store, "--set", "extensions.trace_viewer.endpoint=127.0.0.1:"+viewer)
	}
	c := start()
	send(t, c.HTTP, 1, 1)
	var out, said e2e.Output
	tail := exec.Command(e2e.Binary(t), "tail", "--url", "http://127.0.0.1:"+viewer, "--json")
	tail.Stdout, tail.Stderr = &out, &said
	require.NoError(t, tail.Start())
	t.Cleanup(func() { _ = tail.Process.Kill() })
	sent := uint64(1)
	eventually(t, func() bool {
		sent++
		send(t, c.HTTP, 1, sent)
		return strings.Contains(out.String(), "\n")
	})
	require.NoError(t, c.Stop())
	eventually(t, func() bool { return strings.Contains(said.String(), "it is tried again") })
	c = start()
	send(t, c.HTTP, 1, 1000)
	last := one[string](t, database(t, store), "SELECT trace_id FROM otel_traces ORDER BY id DESC LIMIT 1")
	eventually(t, func() bool { return strings.Contains(out.String(), last) })
	assert.Equal(t, 1, strings.Count(said.String(), "it is tried again"))
}

func eventually(t *testing.T, done func() bool) {
	t.Helper()
	require.Eventually(t, done, 60*time.Second, 100*time.Millisecond)
}

// TestAnExportCanBeSentAgain: another collector stores the same from it.
func TestAnExportCanBeSentAgain(t *testing.T) {
	t.Parallel()
	c := start(t, 4)
	file := filepath.Join(t.TempDir(), "traces.json")
	run(t, c, "export", "--output", file)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	traces, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces(text)
	require.NoError(t, err)
	require.Equal(t, 4*spansOf, traces.SpanCount())
	output, err := c.Run(t, "export", "--output", file)
	require.Error(t, err)
	assert.Contains(t, output, "exists")

	other := e2e.StartCollector(t)
	sender, err := traffic.NewSender("http", other.HTTP, traffic.Connection{})
	require.NoError(t, err)
	defer sender.Close()
	require.NoError(t, sender.Send(t.Context(), traces))
	const sums = `SELECT group_concat(v, ' ') FROM (SELECT trace_id || ' ' || span_count || ' ' || input_tokens || ' ' || output_tokens || ' ' || round(cost_usd, 9) AS v FROM otel_traces ORDER BY trace_id)`
	assert.Equal(t, one[string](t, database(t, c.TracesDB()), sums), one[string](t, database(t, other.TracesDB()), sums))

	lines := strings.Split(strings.TrimSpace(run(t, c, "export", "--format", "jsonl", "--service", "ticket-service")), "\n")
	require.Len(t, lines, 4)
	for _, line := range lines {
		one, err := (&ptrace.JSONUnmarshaler{}).UnmarshalTraces([]byte(line))
		require.NoError(t, err)
		assert.Equal(t, spansOf, one.SpanCount())
	}
	rows, err := csv.NewReader(bytes.NewBufferString(run(t, c, "export", "--format", "csv", "--trace", "last"))).ReadAll()
	require.NoError(t, err)
	assert.Len(t, rows, spansOf+1)
	assert.JSONEq(t, `{"resourceSpans":[]}`, run(t, c, "export", "--status", "error"))
	assert.Len(t, strings.Split(strings.TrimSpace(run(t, c, "export", "--format", "jsonl", "--limit", "3")), "\n"), 3)
}

// TestABackupIsWhole while the collector writes.
func TestABackupIsWhole(t *testing.T) {
	t.Parallel()
	c := start(t, 5)
	copied := filepath.Join(t.TempDir(), "copy.db")
	backup := make(chan string, 1)
	go func() {
		output, err := c.Run(t, "backup", copied)
		if err != nil {
			output = "failed: " + output
		}
		backup <- output
	}()
	for seed, done := uint64(100), false; !done; seed++ {
		send(t, c.HTTP, 1, seed)
		select {
		case output := <-backup:
			require.Contains(t, output, "Copied to "+copied)
			done = true
		default:
		}
	}
	db := database(t, copied)
	assert.Equal(t, "ok", one[string](t, db, "PRAGMA integrity_check"))
	assert.GreaterOrEqual(t, one[int](t, db, "SELECT count(*) FROM otel_traces"), 5)
	assert.Zero(t, one[int](t, db, "SELECT count(*) FROM otel_traces WHERE span_count <> 27"))
	info, err := os.Stat(copied)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	output, err := c.Run(t, "backup", copied)
	require.Error(t, err, output)
	assert.Contains(t, output, "there is a file already")
	listed, err := e2e.RunBinary(t, t.TempDir(), nil, "traces", "--db", copied, "--json")
	require.NoError(t, err, listed)
}

// TestTheGuideRuns: each command of docs/commands.md, on a store with traces.
func TestTheGuideRuns(t *testing.T) {
	t.Parallel()
	c := start(t, 3)
	db := database(t, c.TracesDB())
	names := strings.NewReplacer(
		"SPAN", one[string](t, db, "SELECT span_id FROM llm_calls ORDER BY started_at DESC LIMIT 1"),
		"SESSION", one[string](t, db, "SELECT session_id FROM sessions LIMIT 1"))
	guide, err := os.ReadFile("../../docs/commands.md")
	require.NoError(t, err)
	ran := 0
	for line := range strings.SplitSeq(string(guide), "\n") {
		command, ok := strings.CutPrefix(line, "$ otelcol-llm ")
		if !ok || command == "tail" { // which has no end
			continue
		}
		shell := exec.Command("sh", "-c", names.Replace(e2e.Binary(t)+" "+command))
		shell.Dir = c.Dir
		output, err := shell.CombinedOutput()
		require.NoError(t, err, "%s: %s", command, output)
		assert.NotEmpty(t, output, command)
		ran++
	}
	assert.Greater(t, ran, 15)
}

// TestACollectorIsAskedTheSame: --url answers as --db does.
func TestACollectorIsAskedTheSame(t *testing.T) {
	t.Parallel()
	c := start(t, 4)
	for _, args := range [][]string{
		{"traces", "--limit", "2", "--order", "cost"}, {"trace", "last"}, {"sessions"}, {"spend", "all", "--by", "model"}, {"search", "preflight"}, {"report", "redactions"},
	} {
		args = append(args, "--json")
		assert.JSONEq(t, run(t, c, args...), run(t, c, append(args, "--url", c.Viewer)...), args)
	}
	assert.Equal(t, run(t, c, "export", "--trace", "last"), run(t, c, "export", "--trace", "last", "--url", c.Viewer))
	output, err := c.Run(t, "traces", "--url", "http://127.0.0.1:1")
	require.Error(t, err, output)
	output, err = c.Run(t, "backup", "copy.db", "--url", c.Viewer)
	require.Error(t, err)
	assert.Contains(t, output, "name it with --db")
}
