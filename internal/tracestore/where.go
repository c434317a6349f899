package tracestore

import (
	"strings"
	"time"
)

// where gathers conditions.
type where struct {
	conditions []string
	args       []any
}

func (w *where) add(condition string, args ...any) {
	w.conditions = append(w.conditions, condition)
	w.args = append(w.args, args...)
}

// equal does not narrow where value is "".
func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = ?", value)
	}
}

// in takes one of the values; none do not narrow.
func (w *where) in(column string, values []string) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	w.add(column+" IN ("+placeholders(len(values))+")", args...)
}

// between takes what is since or later and before until, in microseconds; zero
// times do not narrow.
func (w *where) between(column string, since, until time.Time) {
	if !since.IsZero() {
		w.add(column+" >= ?", since.UnixMicro())
	}
	if !until.IsZero() {
		w.add(column+" < ?", until.UnixMicro())
	}
}

// defaultLimit is how long a list is where nobody says how long.
const defaultLimit = 100

func (w *where) statement(query, order string, limit int) statement {
	if len(w.conditions) > 0 {
		query += " WHERE " + strings.Join(w.conditions, " AND ")
	}
	if limit <= 0 {
		limit = defaultLimit
	}
	return statement{sql: query + " " + order + " LIMIT ?", args: append(w.args, int64(limit))}
}
