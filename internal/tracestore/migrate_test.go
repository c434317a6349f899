package tracestore

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

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
	queryFile(t, path, `INSERT INTO otelcol_schema_migrations VALUES ('tracestore', 999, 'future', '', 0)`)
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
