package tracestore

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mastraFile makes the file that a version of Mastra has made.
func mastraFile(t *testing.T, version string) string {
	t.Helper()
	dump, err := os.ReadFile(filepath.Join("testdata", "mastra", version+".sql"))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "mastra.db")
	db, err := sql.Open("sqlite", dataSource(path))
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), string(dump))
	require.NoError(t, err)
	return path
}

func TestAFileOfMastraIsTakenOverWithoutLoss(t *testing.T) {
	// What Mastra's own columns hold, JSON as text whatever its storage class.
	const content = `SELECT traceId, spanId, parentSpanId, name, spanType, isEvent, startedAt, endedAt, createdAt, updatedAt,
		CASE typeof(attributes) WHEN 'blob' THEN json(attributes) ELSE attributes END, metadata, hex(input), hex(output), hex(error)
		FROM mastra_ai_spans WHERE traceId LIKE 'fff%' ORDER BY spanId`
	for _, version := range []string{"0.16.4", "1.0.0", "1.23.1"} {
		t.Run(version, func(t *testing.T) {
			path := mastraFile(t, version)
			before := queryFile(t, path, content)
			require.Len(t, before, 2)
			tables := queryFile(t, path, `SELECT name, sql FROM sqlite_master WHERE tbl_name NOT LIKE 'mastra_ai_spans' AND type = 'table' ORDER BY name`)

			s := openTestStoreAt(t, path)
			full := func(s *Span) {
				s.Mastra.Input, s.Mastra.Metadata, s.Mastra.Tags, s.Mastra.EntityType, s.Mastra.ExperimentID = `{"a":1}`, `{"b":2}`, `["t"]`, "agent", "x"
			}
			assert.Equal(t, Result{Inserted: 2}, s.write(newSpan(1, 1, 0, 0, full), newSpan(1, 2, 1, 1)))
			assert.Equal(t, Result{Duplicates: 1}, s.write(newSpan(1, 1, 0, 0)))
			// A span that Mastra has written too is ours from then on.
			again := newSpan(1, 3, 0, 0, full)
			again.TraceID, again.SpanID = before[0][0].(string), before[0][1].(string)
			assert.Equal(t, Result{Inserted: 1}, s.write(again))

			assert.Equal(t, before[1:], queryFile(t, path, content)[1:])
			assert.Equal(t, [][]any{{"span 3", `{"a":1}`}}, s.rows(`SELECT name, input FROM mastra_ai_spans WHERE spanId = ?`, again.SpanID))
			assert.EqualValues(t, 4, s.value(`SELECT count(*) FROM mastra_ai_spans`))
			assert.Equal(t, tables, queryFile(t, path, `SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'mastra_%' AND name <> 'mastra_ai_spans' ORDER BY name`))
			have, err := tableColumns(t.Context(), s.engine.(*fileEngine).db, mastraTable)
			require.NoError(t, err)
			assert.Len(t, have, len(mastraColumns))
			for _, index := range []string{"mastra_ai_spans_roots_started_at_idx", "mastra_ai_spans_spanid_traceid_idx", "mastra_ai_spans_trace_started_at_idx"} {
				assert.EqualValues(t, 1, s.value(`SELECT count(*) FROM sqlite_master WHERE name = ?`, index))
			}
			spans, err := s.reader().Spans(t.Context(), traceID(1))
			require.NoError(t, err)
			assert.Equal(t, JSON(`{"a":1}`), spans[0].Mastra.Input)
		})
	}
}

func TestATableWithTheSameSpanTwiceIsRefusedWithTheRemedy(t *testing.T) {
	path := mastraFile(t, "1.0.0")
	queryFile(t, path, `DROP TABLE mastra_ai_spans`)
	queryFile(t, path, `CREATE TABLE mastra_ai_spans (traceId TEXT, spanId TEXT, name TEXT, spanType TEXT, isEvent INTEGER, startedAt TEXT, createdAt TEXT)`)
	for range 2 {
		queryFile(t, path, `INSERT INTO mastra_ai_spans VALUES ('t', 's', 'n', 'generic', 0, '', '')`)
	}
	_, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.ErrorContains(t, err, "npx mastra migrate")
	assert.EqualValues(t, 2, queryFile(t, path, `SELECT count(*) FROM mastra_ai_spans`)[0][0])
}

func TestTheColumnsAreThoseOfTheNewestMastra(t *testing.T) {
	path := mastraFile(t, "1.23.1")
	var want, got []string
	for _, row := range queryFile(t, path, `SELECT name || ' ' || type || ' ' || "notnull" FROM pragma_table_info('mastra_ai_spans') ORDER BY cid`) {
		want = append(want, row[0].(string))
	}
	s := openTestStore(t)
	for _, row := range s.rows(`SELECT name || ' ' || type || ' ' || "notnull" FROM pragma_table_info('mastra_ai_spans') ORDER BY cid`) {
		got = append(got, row[0].(string))
	}
	assert.Equal(t, want, got)
}
