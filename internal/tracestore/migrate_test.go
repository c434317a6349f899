package tracestore

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestANewFileHasExactlyTheColumnsAndIndexesOfMastra(t *testing.T) {
	s := openTestStore(t)
	var columns []string
	for _, row := range s.rows(`SELECT name, type, "notnull" FROM pragma_table_info('mastra_ai_spans') ORDER BY cid`) {
		column := row[0].(string) + " " + row[1].(string)
		if asInt(row[2]) == 1 {
			column += " NOT NULL"
		}
		columns = append(columns, column)
	}
	assert.Len(t, columns, 42)
	assert.Equal(t, []string{"traceId TEXT NOT NULL", "spanId TEXT NOT NULL", "name TEXT NOT NULL", "spanType TEXT NOT NULL", "isEvent INTEGER NOT NULL", "startedAt TEXT NOT NULL", "parentSpanId TEXT"}, columns[:7])
	assert.Equal(t, []string{"endedAt TEXT", "requestContext TEXT", "createdAt TEXT NOT NULL", "updatedAt TEXT"}, columns[38:])
	var indexes []string
	for _, row := range s.rows(`SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'mastra_ai_spans' ORDER BY name`) {
		indexes = append(indexes, row[0].(string))
	}
	assert.Equal(t, []string{"mastra_ai_spans_roots_started_at_idx", "mastra_ai_spans_spanid_traceid_idx", "mastra_ai_spans_trace_started_at_idx"}, indexes)
}

func TestOpeningAFileAgainKeepsWhatIsInIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.db")
	for i := range 3 {
		store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
		require.NoError(t, err)
		_, err = store.Write(t.Context(), []Span{newSpan(i, i, 0, 0)})
		require.NoError(t, err)
		require.NoError(t, store.Close(context.Background()))
	}
	assert.EqualValues(t, 3, queryFile(t, path, `SELECT count(*) FROM mastra_ai_spans`)[0][0])
	steps, err := migrations()
	require.NoError(t, err)
	assert.EqualValues(t, len(steps), queryFile(t, path, `SELECT count(*) FROM otelcol_schema_migrations`)[0][0])
}

func TestAFileOfANewerReleaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.db")
	store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.NoError(t, err)
	require.NoError(t, store.Close(context.Background()))
	queryFile(t, path, `INSERT INTO otelcol_schema_migrations VALUES ('tracestore', 996, '', '', 0), ('tracestore', 997, '', '', 0), ('tracestore', 998, '', '', 0), ('tracestore', 999, 'future', '', 0)`)
	_, err = OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.ErrorIs(t, err, ErrNewerSchema)
	assert.ErrorContains(t, err, "version 999")
}

func TestAFileOfADevelopmentBuildIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.db")
	store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.NoError(t, err)
	require.NoError(t, store.Close(context.Background()))
	queryFile(t, path, `UPDATE otelcol_schema_migrations SET checksum = 'x' WHERE version = 1`)
	_, err = OpenFile(t.Context(), DefaultFileOptions(path), Options{})
	require.ErrorIs(t, err, ErrOtherSchema)
	assert.ErrorContains(t, err, path)
}

func TestSeveralStoresMayOpenANewFileAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.db")
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			store, err := OpenFile(t.Context(), DefaultFileOptions(path), Options{})
			if !assert.NoError(t, err) {
				return
			}
			_, err = store.Write(t.Context(), []Span{newSpan(i, i, 0, 0)})
			assert.NoError(t, err)
			assert.NoError(t, store.Close(context.Background()))
		})
	}
	wg.Wait()
	assert.EqualValues(t, 4, queryFile(t, path, `SELECT count(*) FROM traces`)[0][0])
}

func TestEveryMigrationHasStatementsAndAnOrder(t *testing.T) {
	steps, err := migrations()
	require.NoError(t, err)
	for i, step := range steps {
		assert.EqualValues(t, i+1, step.version)
		assert.NotEmpty(t, step.sql, step.name)
		assert.NotEmpty(t, step.checksum)
	}
}

// newFileAtVersion makes a file as a version of the schema has left it.
func newFileAtVersion(t *testing.T, version int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "traces.db")
	pool, db, err := openConnection(t.Context(), DefaultFileOptions(path), true)
	require.NoError(t, err)
	require.NoError(t, takeOverMastra(t.Context(), db))
	require.NoError(t, db.apply(t.Context(), []statement{{sql: createMigrations}}))
	steps, err := migrations()
	require.NoError(t, err)
	for _, step := range steps[:version] {
		require.NoError(t, applyMigration(t.Context(), db, step, time.Now()))
	}
	require.NoError(t, errors.Join(db.close(), pool.Close()))
	return path
}

// TestEveryOlderSchemaIsUpgraded makes files as each earlier version has left
// them, with a trace in them.
func TestEveryOlderSchemaIsUpgraded(t *testing.T) {
	steps, err := migrations()
	require.NoError(t, err)
	for n := 1; n < len(steps); n++ {
		t.Run(fmt.Sprint("version ", n), func(t *testing.T) {
			path := newFileAtVersion(t, n)
			pool, db, err := openConnection(t.Context(), DefaultFileOptions(path), true)
			require.NoError(t, err)
			id := []any{traceID(1), spanID(1)}
			require.NoError(t, db.apply(t.Context(), []statement{
				{sql: `INSERT INTO otel_spans (trace_id, span_id, name, kind, start_us, end_us, start_ns_rem, end_ns_rem, duration_us, status_code, flags,
				  resource_id, scope_id, span_type, counted, accounting, roll_up, generated_id, inserted_us) VALUES (?, ?, 'old', 1, 1, 2, 0, 0, 1, 0, 0, 0, 0, 'generic', 0, 0, 0, 0, 1)`, args: id},
				{sql: `INSERT INTO otel_span_data (id, attributes, dropped_attributes, dropped_events, dropped_links) VALUES (1, '{"a":1}', 0, 0, 0)`},
				{sql: `INSERT INTO mastra_ai_spans (traceId, spanId, name, spanType, isEvent, startedAt, createdAt) VALUES (?, ?, 'old', 'generic', 0, '', '')`, args: id},
				{sql: `INSERT INTO otel_traces (trace_id, start_us, end_us, last_seen_us, root_span_id, root_name, root_start_us, span_count, error_count, model_calls, unpriced_calls, tool_calls,
				  input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, roll_ups) VALUES (?, 1, 2, 1, ?, 'old', 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)`, args: id},
			}))
			require.NoError(t, errors.Join(db.close(), pool.Close()))

			s := openTestStoreAt(t, path)
			s.write(newSpan(1, 2, 1, 1))
			trace := s.trace(1)
			assert.Equal(t, "old", trace.Name)
			assert.EqualValues(t, 2, trace.Spans)
			spans, err := s.reader().Spans(t.Context(), traceID(1))
			require.NoError(t, err)
			assert.Equal(t, JSON(`{"a":1}`), spans[0].Attributes)
			assert.EqualValues(t, len(steps), s.value(`SELECT count(*) FROM otelcol_schema_migrations`))
			for _, view := range []string{"cost_daily", "cost_by_model", "sessions"} {
				assert.Contains(t, s.value(`SELECT sql FROM sqlite_master WHERE type = 'view' AND name = ?`, view), "9007199254740991", view)
			}
		})
	}
}

// TestWhatOthersHaveUnderTheNameOfAViewStays has a table and a view of an
// application, with the names of views that a step replaces.
func TestWhatOthersHaveUnderTheNameOfAViewStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.db")
	db := lookAt(t, path)
	for _, sql := range []string{`CREATE TABLE sessions (token TEXT)`, `INSERT INTO sessions VALUES ('theirs')`, `CREATE VIEW cost_daily AS SELECT 'theirs' AS whose`} {
		_, err := db.ExecContext(t.Context(), sql)
		require.NoError(t, err)
	}
	s := openTestStoreAt(t, path)
	s.write(newSpan(1, 1, 0, 0, call(1, 1, 1)))
	assert.Equal(t, "theirs", s.value(`SELECT token FROM sessions`))
	assert.Equal(t, "theirs", s.value(`SELECT whose FROM cost_daily`))
	assert.EqualValues(t, 1, s.value(`SELECT input_tokens FROM cost_by_model`))
}

// TestEachStatementOfAMigrationIsOne: a server refuses several in one, which a file takes.
func TestEachStatementOfAMigrationIsOne(t *testing.T) {
	steps, err := migrations()
	require.NoError(t, err)
	comment := regexp.MustCompile(`--[^\n]*`)
	for _, step := range steps {
		for _, sql := range step.sql {
			assert.Equal(t, 1, strings.Count(comment.ReplaceAllString(sql, ""), ";"), "%d: %s", step.version, sql)
		}
	}
}
