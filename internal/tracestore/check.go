package tracestore

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// errDamaged says that quick_check has found something.
var errDamaged = errors.New("quick_check of its tables finds damage")

// uncleanly reports whether the last user of a file has not closed it, and it is
// small enough to be looked at: a WAL that holds something is left over. It must be
// asked before the file is opened.
func uncleanly(o FileOptions) bool {
	wal, err := os.Stat(o.Path + "-wal")
	if err != nil || wal.Size() == 0 {
		return false
	}
	file, err := os.Stat(o.Path)
	return err == nil && file.Size() <= o.CheckMaxSize
}

const ourTables = `SELECT name FROM sqlite_master WHERE type = 'table' AND (name LIKE 'otel%' OR name = 'mastra_ai_spans')`

// check looks for damage in our tables. Those of others may have what SQLite does
// not know, such as the vector indexes of libSQL.
func (c *connection) check(ctx context.Context) error {
	var tables []string
	err := c.query(ctx, statement{sql: ourTables}, func(row []any) error {
		tables = append(tables, asText(row[0]))
		return nil
	})
	if err != nil {
		return err
	}
	for _, table := range tables {
		err := c.query(ctx, statement{sql: fmt.Sprintf(`PRAGMA quick_check(%q)`, table)}, func(row []any) error {
			if asText(row[0]) != "ok" {
				return fmt.Errorf("%w, first in %s", errDamaged, table)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
