package query

import (
	"fmt"
	"strings"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
)

// sqlText is a statement in the making with its arguments, in the order in which their
// question marks stand in it.
type sqlText struct {
	strings.Builder
	args []any
}

// add appends text, and the arguments of its question marks.
func (q *sqlText) add(text string, args ...any) *sqlText {
	q.WriteString(text)
	q.args = append(q.args, args...)
	return q
}

// conditions are joined by AND.
type conditions struct {
	all  []string
	args []any
}

func (c *conditions) add(condition string, args ...any) {
	c.all = append(c.all, condition)
	c.args = append(c.args, args...)
}

// in narrows a column to some values; none do not narrow. "" is a column without one.
func (c *conditions) in(column string, values []string) {
	if len(values) > 0 {
		c.add("coalesce("+column+", '') IN ("+marks(len(values))+")", texts(values)...)
	}
}

// named is in for a column that has an index: "" is not asked for.
func (c *conditions) named(column string, values []string) {
	if len(values) > 0 {
		c.add(column+" IN ("+marks(len(values))+")", texts(values)...)
	}
}

// between narrows a column of microseconds. Zero times do not narrow.
func (c *conditions) between(column string, since, until time.Time) {
	if !since.IsZero() {
		c.add(column+" >= ?", since.UnixMicro())
	}
	if !until.IsZero() {
		c.add(column+" < ?", until.UnixMicro())
	}
}

// to appends the conditions after a word, WHERE or AND; nothing where there are none.
func (c *conditions) to(q *sqlText, word string) *sqlText {
	if len(c.all) > 0 {
		q.add(" "+word+" "+strings.Join(c.all, " AND "), c.args...)
	}
	return q
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

func texts(values []string) []any {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return args
}

// row reads the columns of a row one after the other. NULL is zero.
type row struct {
	values []any
	at     int
}

func (r *row) next() any {
	v := r.values[r.at]
	r.at++
	return v
}

func (r *row) text() string {
	switch v := r.next().(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	default:
		return fmt.Sprint(v)
	}
}

func (r *row) int() int64 {
	switch v := r.next().(type) {
	case int64:
		return v
	case float64: // a total
		return int64(min(v, tracestore.MaxInteger))
	}
	return 0
}

func (r *row) bool() bool { return r.int() != 0 }

func (r *row) float() *float64 {
	switch v := r.next().(type) {
	case float64:
		return &v
	case int64:
		f := float64(v)
		return &f
	}
	return nil
}

func (r *row) time() time.Time { return time.UnixMicro(r.int()).UTC() }

// tokens reads tokenColumns.
func (r *row) tokens() Tokens {
	return Tokens{Input: r.int(), Output: r.int(), CacheRead: r.int(), CacheWrite: r.int(), Reasoning: r.int()}
}

// add stops where a column of integers does.
func (t *Tokens) add(other Tokens) {
	for _, sum := range []struct {
		to   *int64
		more int64
	}{{&t.Input, other.Input}, {&t.Output, other.Output}, {&t.CacheRead, other.CacheRead}, {&t.CacheWrite, other.CacheWrite}, {&t.Reasoning, other.Reasoning}} {
		*sum.to = min(*sum.to+sum.more, tracestore.MaxInteger)
	}
}

// tokenColumns are the columns of Tokens in their order.
var tokenColumns = []string{"input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens"}

// tokenSums adds up tokens of rows, as far as a column of integers goes: a sum of integers fails beyond 64
// bits.
func tokenSums() string {
	sums := make([]string, len(tokenColumns))
	for i, column := range tokenColumns {
		sums[i] = "CAST(min(total(" + column + "), 9007199254740991) AS INTEGER)"
	}
	return strings.Join(sums, ", ")
}

// like is a pattern of LIKE ... ESCAPE '\' for what has a text in it.
func like(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}
