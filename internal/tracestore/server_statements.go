package tracestore

import (
	"slices"
	"strconv"
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

// markNewLogs is markNew for log records.
var markNewLogs = strings.NewReplacer("'since'", "'since_log'", "otel_spans", "otel_logs").Replace(markNew)

// forServer makes a statement that runs at the end of a transaction one for a
// server: its first argument is looked up.
func forServer(sql string) string { return strings.ReplaceAll(sql, "?1", newSince) }

// removeStrays makes room where somebody has deleted spans by hand, and their
// ids are given out again.
const removeStrays = `DELETE FROM otel_span_data WHERE id > ` + newSince

// insertion is how rows of one table are sent. A row has a value for each
// column. A server's time goes with the number of arguments: columns that are
// NULL in all rows of a batch are left out, and a number that is the same in all
// of them stands in the text.
type insertion struct {
	id      int // of its text on the server's stream
	columns []string
	// build makes the statement for some of the columns, and the list of rows as
	// placeholders.
	build func(columns []string, rows string) string
}

// removeForeign makes room for new spans where Mastra itself has written them.
// An upsert for each row would cost more than this for all of them.
const removeForeign = `DELETE FROM mastra_ai_spans WHERE (spanId, traceId) IN (
  SELECT span_id, trace_id FROM otel_spans NOT INDEXED WHERE id > ` + newSince + `)`

// Insertions say OR ROLLBACK, so that SQLite need not remember how to undo one
// of many rows: the transaction is given up as a whole anyway.

// argsPerStatement and rowsPerStatement bound one statement: beyond a few hundred
// arguments, or a few dozen rows, a server takes ever longer for each.
const (
	argsPerStatement = 400
	rowsPerStatement = 32
)

var (
	spanInsertion = &insertion{id: 1, columns: columnNames(spanColumns), build: func(columns []string, rows string) string {
		return "INSERT OR ROLLBACK INTO otel_spans (" + strings.Join(columns, ", ") + ") VALUES " + rows + " ON CONFLICT (trace_id, span_id) DO NOTHING"
	}}
	logInsertion = &insertion{id: 1, columns: columnNames(logColumns), build: func(columns []string, rows string) string {
		return "INSERT OR ROLLBACK INTO otel_logs (" + strings.Join(columns, ", ") + ") VALUES " + rows + " ON CONFLICT (key) DO NOTHING"
	}}
	// A row that is there already is ours, see removeForeign.
	mastraInsertion = &insertion{id: 2, columns: columnNames(mastraWritten), build: func(columns []string, rows string) string {
		return `INSERT OR ROLLBACK INTO mastra_ai_spans ("` + strings.Join(columns, `", "`) + `") VALUES ` + rows + ` ON CONFLICT ("spanId", "traceId") DO NOTHING`
	}}
	// The id of a row is that of its span. A span that is not new has its row
	// already.
	dataInsertion = &insertion{id: 3, columns: append([]string{"trace_id", "span_id"}, columnNames(dataColumns)[1:]...), build: func(columns []string, rows string) string {
		values := make([]string, 0, len(columns))
		for i := range columns[2:] {
			values = append(values, "v.column"+strconv.Itoa(i+3))
		}
		return "INSERT OR ROLLBACK INTO otel_span_data (id, " + strings.Join(columns[2:], ", ") + ") SELECT s.id, " + strings.Join(values, ", ") +
			" FROM (VALUES " + rows + ") AS v CROSS JOIN otel_spans s ON s.trace_id = v.column1 AND s.span_id = v.column2 WHERE s.id > " + newSince
	}}
)

func columnNames[T any](columns []column[T]) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.name
	}
	return names
}

// rows are values for an insertion, row after row.
type rows struct {
	*insertion
	values []any
	used   []int         // columns that have a value in any row
	same   map[int]int64 // columns with the same number in all rows, which stands in the text
	args   int           // arguments of a row
}

func newRows(i *insertion, n int) *rows {
	return &rows{insertion: i, values: make([]any, 0, n*len(i.columns))}
}

func (r *rows) len() int { return len(r.values) / len(r.columns) }

// seal must be called when all values are in.
func (r *rows) seal() {
	r.same = map[int]int64{}
	for c := range r.columns {
		used, same := false, true
		first, isNumber := int64(0), false
		if len(r.values) > 0 {
			first, isNumber = r.values[c].(int64)
		}
		for at := c; at < len(r.values); at += len(r.columns) {
			used = used || r.values[at] != nil
			same = same && isNumber && r.values[at] == any(first)
		}
		if !used {
			continue
		}
		r.used = append(r.used, c)
		if same {
			r.same[c] = first
		} else {
			r.args++
		}
	}
}

// perStatement is how many rows a statement has.
func (r *rows) perStatement() int {
	return max(1, min(rowsPerStatement, argsPerStatement/max(1, r.args)))
}

// statement is the text for so many rows.
func (r *rows) statement(n int) string {
	names, parts := make([]string, len(r.used)), make([]string, len(r.used))
	for i, c := range r.used {
		names[i], parts[i] = r.columns[c], "?"
		if n, ok := r.same[c]; ok {
			parts[i] = strconv.FormatInt(n, 10)
		}
	}
	one := "(" + strings.Join(parts, ", ") + "), "
	return r.build(names, strings.TrimSuffix(strings.Repeat(one, n), ", "))
}

// serverFinish are the statements at the end of a transaction that has stored
// spans, with their arguments after the first. All of them run each time: those
// that find nothing to do cost little.
func serverFinish(at moment, graceEnd int64) []statement {
	all := []statement{
		{sql: forServer(sumTraces), args: []any{nil, at.us, graceEnd}},
		{sql: forServer(setRoots)},
	}
	for _, sql := range slices.Concat(countOnce, totalsOfSpans) {
		all = append(all, statement{sql: forServer(sql)})
	}
	return append(all,
		statement{sql: forServer(rollUp), args: []any{nil, at.iso}},
		statement{sql: forServer(restoreParents), args: []any{nil, at.iso}},
		statement{sql: forServer(dismiss)},
		statement{sql: promote, args: []any{int64(0), at.iso}},
		statement{sql: appoint, args: []any{int64(0)}},
	)
}
