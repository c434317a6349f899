package tracestore

import (
	"context"
	"database/sql"
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

// checkFile looks for damage through a connection of its own that only reads: the
// last one that may write would empty the WAL as it closes, and the next start would
// take the damaged file for one that was closed.
func checkFile(ctx context.Context, path string) error {
	pool, err := sql.Open("sqlite", dataSource(path, "mode=ro", "_pragma=busy_timeout(5000)"))
	if err != nil {
		return err
	}
	pinned, err := pool.Conn(ctx)
	if err != nil {
		return errors.Join(err, pool.Close())
	}
	c := &connection{pinned: pinned}
	return errors.Join(c.check(ctx), c.close(), pool.Close())
}

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
