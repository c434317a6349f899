package tracestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// errDamaged says that quick_check has found something.
var errDamaged = errors.New("a check of its pages finds damage")

// checked runs f on a connection of its own that only reads: the last one that may
// write would empty the WAL as it closes, and the next start would take the damaged
// file for one that was closed.
func checked(ctx context.Context, path string, f func(*connection) error) error {
	pool, err := sql.Open("sqlite", dataSource(path, "mode=ro", "_pragma=busy_timeout(5000)"))
	if err != nil {
		return err
	}
	pinned, err := pool.Conn(ctx)
	if err != nil {
		return errors.Join(err, pool.Close())
	}
	c := &connection{pinned: pinned}
	return errors.Join(f(c), c.close(), pool.Close())
}

// checkFile looks for damage.
func checkFile(ctx context.Context, path string) error {
	return checked(ctx, path, func(c *connection) error { return c.check(ctx) })
}

const ourTables = `SELECT name FROM sqlite_master WHERE type = 'table' AND (name LIKE 'otel%' OR name = 'mastra_ai_spans')`

// check looks for damage in the schema, in what is free, and in our tables. Those of
// others may have what SQLite does not know, such as the vector indexes of libSQL.
func (c *connection) check(ctx context.Context) error {
	var tables []string
	err := c.query(ctx, statement{sql: ourTables}, func(row []any) error {
		tables = append(tables, asText(row[0]))
		return nil
	})
	if err != nil || len(tables) == 0 {
		return err
	}
	// The check of the schema's table is that of the free pages too.
	for _, table := range append(tables, "sqlite_master") {
		if err := c.quickCheck(ctx, table); err != nil {
			return err
		}
	}
	return nil
}

func (c *connection) quickCheck(ctx context.Context, table string) error {
	return c.query(ctx, statement{sql: fmt.Sprintf(`PRAGMA quick_check(%q)`, table)}, func(row []any) error {
		if isDamage(asText(row[0])) {
			return errDamaged
		}
		return nil
	})
}

// valueFindings begin what quick_check says of values that a column should not have,
// which another program can have written to a table that is whole
// (https://www.sqlite.org/pragma.html#pragma_integrity_check).
var valueFindings = []string{"ok", "NULL value in ", "NUMERIC value in ", "TEXT value in ", "CHECK constraint failed in ", "NON-"}

func isDamage(finding string) bool {
	return !slices.ContainsFunc(valueFindings, func(prefix string) bool { return strings.HasPrefix(finding, prefix) })
}

// schemaIsText reports whether the schema of a file, which SQLite cannot make sense
// of, is whole: its pages hold together, and its rows are CREATE statements.
func schemaIsText(ctx context.Context, path string) bool {
	err := checked(ctx, path, func(c *connection) error {
		// SQLite reads the table of the schema all the same.
		if err := c.exec(ctx, statement{sql: "PRAGMA writable_schema = ON"}); err != nil {
			return err
		}
		if err := c.quickCheck(ctx, "sqlite_master"); err != nil {
			return err
		}
		return c.query(ctx, statement{sql: `SELECT type, name, coalesce(sql, 'CREATE ') FROM sqlite_master`}, func(row []any) error {
			text := asText(row[2])
			known := slices.Contains([]string{"table", "index", "view", "trigger"}, asText(row[0]))
			if !known || !isPlain(asText(row[1])) || !isPlain(text) || !strings.HasPrefix(strings.ToUpper(text), "CREATE ") {
				return errDamaged
			}
			return nil
		})
	})
	return err == nil
}

func isPlain(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) })
}
