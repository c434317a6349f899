package tracestore

import (
	"fmt"
	"regexp"
	"strings"
)

// A server gets a whole transaction at once, so that nothing in it can depend
// on what an earlier statement has answered. Which spans are new is looked up
// in the database instead: those above the id that markNew has noted.

// markNew notes the largest id of otel_spans before anything is stored.
const markNew = `INSERT INTO otel_state (key, value) SELECT 'since', coalesce(max(id), 0) FROM otel_spans WHERE true
ON CONFLICT (key) DO UPDATE SET value = excluded.value`

// newSince is that id.
const newSince = `(SELECT value FROM otel_state WHERE key = 'since')`

// rowsPerStatement is how many rows a statement inserts: more bring nothing
// (libsql reference 2.5).
const rowsPerStatement = 64

// forServer makes a statement that runs at the end of a transaction one for a
// server: its first argument is looked up.
func forServer(sql string) string { return strings.ReplaceAll(sql, "?1", newSince) }

// tuple is the placeholders of one row. Rows of origins are meant by hash.
func tuple[T any](columns []column[T]) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		switch c.name {
		case resourceColumn:
			parts[i] = "(SELECT id FROM otel_resources WHERE hash = ?)"
		case scopeColumn:
			parts[i] = "(SELECT id FROM otel_scopes WHERE hash = ?)"
		default:
			parts[i] = "?"
		}
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

func tuples(one string, n int) string {
	return strings.TrimSuffix(strings.Repeat(one+", ", n), ", ")
}

// afterValues splits a statement for one row around its list of values.
var afterValues = regexp.MustCompile(`(?s)^(INSERT.*? VALUES )\(.*?\)( ON CONFLICT.*)$`)

// manyRows makes a statement that inserts one row one for several.
func manyRows(sql, one string, n int) string {
	parts := afterValues.FindStringSubmatch(sql)
	return parts[1] + tuples(one, n) + parts[2]
}

func serverSpans(n int) string { return manyRows(spanInsert, tuple(spanColumns), n) }

func serverLogs(n int) string { return manyRows(logInsert, tuple(logColumns), n) }

// serverMastra replaces a row that is there only where the span is new to us: it
// is Mastra's own then. A retry changes nothing.
func serverMastra(n int) string {
	one := "(" + placeholders(len(mastraWritten)) + ")"
	return manyRows(mastraInsert, one, n) + ` WHERE EXISTS (
  SELECT 1 FROM otel_spans s WHERE s.trace_id = excluded."traceId" AND s.span_id = excluded."spanId" AND s.id > ` + newSince + `)`
}

// serverData finds the id of each row's span. A span that is not new has its
// row already.
func serverData(n int) string {
	names, values := []string{"id"}, []string{"s.id"}
	for i, c := range dataColumns[1:] {
		names = append(names, c.name)
		values = append(values, fmt.Sprintf("v.column%d", i+3))
	}
	one := "(" + placeholders(len(dataColumns)+1) + ")"
	return `INSERT OR REPLACE INTO otel_span_data (` + strings.Join(names, ", ") + `)
SELECT ` + strings.Join(values, ", ") + ` FROM (VALUES ` + tuples(one, n) + `) AS v
CROSS JOIN otel_spans s ON s.trace_id = v.column1 AND s.span_id = v.column2
WHERE s.id > ` + newSince
}

// serverFinish are the statements at the end of a transaction that has stored
// spans, with their arguments after the first. All of them run each time: those
// that find nothing to do cost little.
func serverFinish(at moment, graceEnd int64) []statement {
	return []statement{
		{sql: forServer(sumTraces), args: []any{nil, at.us, graceEnd}},
		{sql: forServer(setRoots)},
		{sql: forServer(classify)},
		{sql: forServer(recount)},
		{sql: forServer(rollUp), args: []any{nil, at.iso}},
		{sql: forServer(restoreParents), args: []any{nil, at.iso}},
		{sql: forServer(dismiss)},
		{sql: promote, args: []any{int64(0), at.iso}},
		{sql: appoint, args: []any{int64(0)}},
	}
}
