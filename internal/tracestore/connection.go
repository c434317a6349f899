package tracestore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// connection is a connection to a file that never goes back to a pool. It
// speaks to the driver directly: database/sql would convert and check every
// argument of every row once more.
type connection struct {
	pinned *sql.Conn
}

// conn is what we use of the driver's connection.
type conn interface {
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
}

// raw calls f with the driver's connection.
func (c *connection) raw(f func(conn) error) error {
	return c.pinned.Raw(func(dc any) error {
		dc2, ok := dc.(conn)
		if !ok {
			return fmt.Errorf("driver connection %T lacks methods", dc)
		}
		return f(dc2)
	})
}

func (c *connection) exec(ctx context.Context, s statement) error {
	return c.raw(func(dc conn) error {
		_, err := dc.ExecContext(ctx, s.sql, named(s.args))
		return err
	})
}

func (c *connection) query(ctx context.Context, s statement, each func(row []any) error) error {
	return c.raw(func(dc conn) error { return queryConn(ctx, dc, s, each) })
}

func queryConn(ctx context.Context, dc conn, s statement, each func(row []any) error) error {
	rows, err := dc.QueryContext(ctx, s.sql, named(s.args))
	if err != nil {
		return err
	}
	return errors.Join(eachRow(rows, each), rows.Close())
}

func eachRow(rows driver.Rows, each func(row []any) error) error {
	values := make([]driver.Value, len(rows.Columns()))
	row := make([]any, len(values))
	for {
		if err := rows.Next(values); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		for i, v := range values {
			row[i] = v
		}
		if err := each(row); err != nil {
			return err
		}
	}
}

// apply runs the statements in one immediate transaction: a deferred one that
// is upgraded later can fail at once, without waiting for the lock.
func (c *connection) apply(ctx context.Context, statements []statement) error {
	return c.transaction(ctx, func(dc conn) error {
		for _, s := range statements {
			if _, err := dc.ExecContext(ctx, s.sql, named(s.args)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *connection) transaction(ctx context.Context, f func(conn) error) error {
	return c.raw(func(dc conn) error {
		if _, err := dc.ExecContext(ctx, "BEGIN IMMEDIATE", nil); err != nil {
			return err
		}
		err := f(dc)
		if err == nil {
			_, err = dc.ExecContext(ctx, "COMMIT", nil)
		}
		if err != nil {
			// SQLite has rolled back by itself after some errors, and says so here;
			// and the rollback must happen even where ctx is done.
			_, _ = dc.ExecContext(context.WithoutCancel(ctx), "ROLLBACK", nil)
		}
		return err
	})
}

// walState is what a checkpoint has found and done.
type walState struct {
	blocked        bool  // a reader or a writer was in the way
	frames, copied int64 // pages in the WAL, and those of them that are in the file
}

// walCheckpoint copies what is in the WAL into the file. PASSIVE never waits,
// TRUNCATE waits for readers for as long as the busy timeout says, and leaves a WAL
// without a byte.
func (c *connection) walCheckpoint(ctx context.Context, mode string) (w walState, err error) {
	err = c.query(ctx, statement{sql: "PRAGMA wal_checkpoint(" + mode + ")"}, func(row []any) error {
		w = walState{asInt(row[0]) != 0, max(asInt(row[1]), 0), max(asInt(row[2]), 0)}
		return nil
	})
	return w, err
}

// checkpoint is a passive one. What it leaves behind, where a reader is at work or
// the disk is full, is recovered by whoever opens the file next.
func (c *connection) checkpoint(ctx context.Context) error {
	_, err := c.walCheckpoint(ctx, "PASSIVE")
	if f := failureOf(err); f == databaseBusy || f == databaseFull {
		return nil
	}
	return err
}

func (c *connection) close() error { return c.pinned.Close() }

// prepared is a statement that runs again and again, with its arguments in
// place.
type prepared struct {
	stmt driver.StmtExecContext
	end  func() error
	args []driver.NamedValue
}

func prepare(ctx context.Context, dc conn, sql string, parameters int) (*prepared, error) {
	stmt, err := dc.PrepareContext(ctx, sql)
	if err != nil {
		return nil, err
	}
	exec, ok := stmt.(driver.StmtExecContext)
	if !ok {
		return nil, errors.Join(fmt.Errorf("driver statement %T lacks ExecContext", stmt), stmt.Close())
	}
	return &prepared{stmt: exec, end: stmt.Close, args: named(make([]any, parameters))}, nil
}

// run executes the statement with the arguments in p.args and returns how many
// rows it changed and the id of the last row it inserted.
func (p *prepared) run(ctx context.Context) (changed, id int64, err error) {
	result, err := p.stmt.ExecContext(ctx, p.args)
	if err != nil {
		return 0, 0, err
	}
	if changed, err = result.RowsAffected(); err != nil {
		return 0, 0, err
	}
	id, err = result.LastInsertId()
	return changed, id, err
}

func (p *prepared) close() error {
	if p == nil {
		return nil
	}
	return p.end()
}

func named(args []any) []driver.NamedValue {
	values := make([]driver.NamedValue, len(args))
	for i, v := range args {
		values[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return values
}

func isNotADatabase(err error) bool {
	fromSQLite, ok := errors.AsType[*sqlite.Error](err)
	return ok && fromSQLite.Code()&0xff == sqlite3.SQLITE_NOTADB
}
