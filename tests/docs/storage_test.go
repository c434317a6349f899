// Package docs runs what the documents in docs/ show.
package docs

import (
	"bytes"
	"database/sql"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	_ "modernc.org/sqlite"

	"github.com/otelcol-llm/otelcol-llm/internal/testutil"
	"github.com/otelcol-llm/otelcol-llm/internal/testutil/e2e"
	"github.com/otelcol-llm/otelcol-llm/internal/traffic"
)

const storage = "../../docs/storage.md"

var update = flag.Bool("update", false, "write what the queries of the document answer into it")

// shown are a query of the document and the answer below it.
var shown = regexp.MustCompile("(?s)```sql\n(.*?)```\n\n```text\n(.*?)```")

// TestStorageQueries asks a store with the captured runs what docs/storage.md
// asks, and compares with the answers that it shows.
func TestStorageQueries(t *testing.T) {
	c := filled(t)
	db := open(t, c.TracesDB())
	document := read(t)
	queries := shown.FindAllStringSubmatch(document, -1)
	assert.GreaterOrEqual(t, len(queries), 10)
	require.Len(t, queries, strings.Count(document, "```sql\n"), "every query is followed by its answer")
	for _, q := range queries {
		answer := ask(t, db, q[1])
		assert.NotEqual(t, 2, strings.Count(answer, "\n"), "an answer without rows says nothing: %s", q[1])
		if *update {
			document = strings.Replace(document, q[0], "```sql\n"+q[1]+"```\n\n```text\n"+answer+"```", 1)
			continue
		}
		assert.Equal(t, q[2], answer, q[1])
	}
	if *update {
		require.NoError(t, os.WriteFile(storage, []byte(document), 0o644))
	}
	require.NoError(t, c.Stop())
}

// TestStorageBackup makes a copy as docs/storage.md says, of a store that the
// collector has open.
func TestStorageBackup(t *testing.T) {
	c := filled(t)
	require.Contains(t, read(t), "VACUUM INTO 'backup.db'")
	backup := filepath.Join(c.Dir, "backup.db")
	db := open(t, c.TracesDB())
	_, err := db.ExecContext(t.Context(), "VACUUM INTO '"+backup+"'")
	require.NoError(t, err)
	require.NoError(t, c.Stop())

	// The copy is a trace store: a collector goes on with it.
	t.Setenv("OTELCOL_TRACES_DB", "file:"+backup)
	again := e2e.StartCollector(t)
	assert.Equal(t, ask(t, db, "SELECT * FROM traces ORDER BY trace_id"), ask(t, open(t, backup), "SELECT * FROM traces ORDER BY trace_id"))
	require.NoError(t, again.Stop())
}

// TestStorageConfigurations validates every section of a configuration that
// docs/storage.md shows, on top of the embedded one.
func TestStorageConfigurations(t *testing.T) {
	t.Setenv("LIBSQL_TOKEN", "a-token")
	local, err := filepath.Abs("../../config/local.yaml")
	require.NoError(t, err)
	sections := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(read(t), -1)
	require.NotEmpty(t, sections)
	for i, section := range sections {
		file := filepath.Join(t.TempDir(), "section.yaml")
		require.NoError(t, os.WriteFile(file, []byte(section[1]), 0o600))
		output, err := e2e.RunBinary(t, t.TempDir(), nil, "validate", "--config", local, "--config", file)
		assert.NoError(t, err, "section %d\n%s\n%s", i+1, section[1], output)
	}
}

// TestStorageErrors looks for every message that docs/storage.md quotes in the
// sources that report it.
func TestStorageErrors(t *testing.T) {
	var sources strings.Builder
	for _, pattern := range []string{"../../internal/tracestore/*.go", "../../internal/hrana/*.go", "../../exporter/libsqlexporter/*.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			raw, err := os.ReadFile(file)
			require.NoError(t, err)
			sources.Write(raw)
		}
	}
	// What SQLite and Go say.
	foreign := []string{"database is locked", "database or disk is full", "connection refused", "deadline exceeded"}
	_, section, ok := strings.Cut(read(t), "\n## When something goes wrong\n")
	require.True(t, ok)
	quoted := 0
	for _, row := range regexp.MustCompile("(?m)^\\| (`.*?) \\|").FindAllStringSubmatch(section, -1) {
		for _, message := range regexp.MustCompile("`(.*?)`").FindAllStringSubmatch(row[1], -1) {
			for part := range strings.SplitSeq(message[1], "…") {
				quoted++
				if part = strings.TrimSpace(part); !slices.Contains(foreign, part) && !strings.Contains(sources.String(), part) {
					t.Errorf("no source says %q", part)
				}
			}
		}
	}
	assert.Greater(t, quoted, 15)
}

func read(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile(storage)
	require.NoError(t, err)
	return string(raw)
}

// filled is a collector that has stored the captured runs.
func filled(t *testing.T) *e2e.Collector {
	t.Helper()
	c := e2e.StartCollector(t)
	sender, err := traffic.NewSender("http", c.HTTP, traffic.Connection{})
	require.NoError(t, err)
	defer sender.Close()
	secrets := testutil.NewSecrets(48)
	require.NoError(t, sender.Send(t.Context(), testutil.CoverageRun(secrets)))
	require.NoError(t, sender.Send(t.Context(), testutil.TicketRun(secrets)))
	body, err := plogotlp.NewExportRequestFromLogs(testutil.TicketLogs(secrets)).MarshalProto()
	require.NoError(t, err)
	response, err := http.Post(c.HTTP+"/v1/logs", "application/x-protobuf", bytes.NewReader(body))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
	return c
}

func open(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return db
}

// ask runs a query and writes the answer as sqlite3 -header -column does.
func ask(t *testing.T, db *sql.DB, query string) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err, query)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	table := [][]string{columns, make([]string, len(columns))}
	values := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		require.NoError(t, rows.Scan(into...))
		row := make([]string, len(columns))
		for i, value := range values {
			row[i] = cell(value)
		}
		table = append(table, row)
	}
	require.NoError(t, rows.Err())
	return layout(table)
}

func cell(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

// layout aligns the columns of a table; its second row is the line under the
// names.
func layout(table [][]string) string {
	widths := make([]int, len(table[0]))
	for _, row := range table {
		for i, text := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	for i, width := range widths {
		table[1][i] = strings.Repeat("-", width)
	}
	var b strings.Builder
	for _, row := range table {
		var line strings.Builder
		for i, text := range row {
			line.WriteString(text + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}
