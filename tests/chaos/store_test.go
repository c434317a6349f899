//go:build linux

package chaos

import (
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

// openStore opens a store file with SQLite, as other programs do.
func openStore(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?_pragma=busy_timeout(30000)")
	require.NoError(t, err)
	return db
}

// readStore counts the items of a store file. A damaged file and sums that count a
// span twice fail the test.
func readStore(t testing.TB, path string, y *tally) {
	t.Helper()
	db := openStore(t, path)
	defer db.Close()
	var integrity string
	require.NoError(t, db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&integrity))
	assert.Equal(t, "ok", integrity)
	require.NoError(t, countItems(t, db, y))
	for what, query := range map[string]string{
		"spans without a payload, or payloads without a span": `
			SELECT (SELECT count(*) FROM otel_spans) - (SELECT count(*) FROM mastra_ai_spans)`,
		"traces whose sums count other than their spans": `
			SELECT count(*) FROM otel_traces t
			WHERE span_count <> (SELECT count(*) FROM otel_spans s WHERE s.trace_id = t.trace_id)`,
	} {
		var n int
		require.NoError(t, db.QueryRowContext(t.Context(), query).Scan(&n), what)
		assert.Zero(t, n, what)
	}
}

// countItems counts all items of a store, or as many as can be read.
func countItems(t testing.TB, db *sql.DB, y *tally) error {
	t.Helper()
	return errors.Join(
		each(t, db, "SELECT traceId, spanId FROM mastra_ai_spans", func(trace, span string) { y.takeRow(trace, span, -1) }),
		each(t, db, "SELECT coalesce(trace_id, ''), coalesce(attributes, '') FROM otel_logs", func(trace, attributes string) {
			var of map[string]any
			_ = json.Unmarshal([]byte(attributes), &of)
			number, ok := of[numberKey].(float64)
			switch {
			case ok:
				y.takeRow(trace, "", int64(number))
			case !y.foreign:
				y.wrong("a log record without its number")
			}
		}))
}

func each(t testing.TB, db *sql.DB, query string, f func(a, b string)) error {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var a, b string
		if err := rows.Scan(&a, &b); err != nil {
			return err
		}
		f(a, b)
	}
	return rows.Err()
}

// takeRow counts a row by its span id, or by its number where it has that.
func (y *tally) takeRow(trace, span string, number int64) {
	id, err := hex.DecodeString(trace)
	if err == nil && number >= 0 {
		of := spanID(item(number))
		span = hex.EncodeToString(of[:])
	}
	spanBytes, err2 := hex.DecodeString(span)
	if err != nil || err2 != nil {
		y.wrong("a row with ids that are not hexadecimal")
		return
	}
	i, err := y.ledger.find(id, spanBytes)
	switch {
	case err == nil:
		y.came(i)
	case !y.foreign:
		y.wrong("%v", err)
	}
}
