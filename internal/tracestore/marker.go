package tracestore

import (
	"context"
)

// A file that is in use says so in otel_state, in the database itself and not only
// in its WAL. Where it still says so when it is opened, and there is no WAL, the
// last user was killed and the WAL has gone since.
const (
	readInUse  = `SELECT value FROM otel_state WHERE key = 'in_use'`
	writeInUse = `INSERT INTO otel_state (key, value) VALUES ('in_use', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`
)

// inUse reports whether the last user of a file has not closed it.
func (c *connection) inUse(ctx context.Context) bool {
	used := false
	err := c.query(ctx, statement{sql: readInUse}, func(row []any) error {
		used = asInt(row[0]) == 1
		return nil
	})
	return err == nil && used
}

// markInUse notes that a file is in use, or no longer is. It does not wait for other
// processes, and reports whether it could.
func (c *connection) markInUse(ctx context.Context, o FileOptions, used int64) bool {
	if c.exec(ctx, statement{sql: "PRAGMA busy_timeout = 0"}) != nil {
		return false
	}
	err := c.apply(ctx, []statement{{sql: writeInUse, args: []any{used}}})
	if err == nil {
		err = c.exec(ctx, statement{sql: "PRAGMA wal_checkpoint(PASSIVE)"})
	}
	return c.exec(ctx, statement{sql: busyTimeout(o)}) == nil && err == nil
}
