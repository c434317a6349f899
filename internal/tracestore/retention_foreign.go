package tracestore

import (
	"context"
	"time"
)

// What others have in the same database is neither deleted nor counted: what was
// there before our first start, and what their tables have grown by since. What
// they add to mastra_ai_spans cannot be told apart by size, so that beside others
// the latest traces are kept whatever the size.

// Keys of otel_state.
const (
	foreignBytes  = "foreign_bytes"  // size of the database before our first start
	foreignTables = "foreign_tables" // size of others' tables when that was measured first
)

const (
	loadState = `SELECT value FROM otel_state WHERE key = ?1`
	saveState = `INSERT INTO otel_state (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING`
	// emptySize is more than a new file has, in bytes.
	emptySize = 256 << 10
)

// theirs are the tables and indexes m that are not ours. Small ones of tools
// (sqlite_stat1, _litestream_seq) are nobody's.
const theirs = `FROM sqlite_master m WHERE m.rootpage > 0 AND m.tbl_name <> 'mastra_ai_spans'
  AND m.tbl_name NOT GLOB 'otel_*' AND m.tbl_name NOT GLOB 'otelcol_*'
  AND m.tbl_name NOT GLOB 'sqlite_*' AND m.tbl_name NOT GLOB 'libsql_*' AND m.tbl_name NOT GLOB '_*'`

// theirSize adds up their pages. It reads all of them.
const theirSize = `SELECT coalesce(sum((SELECT sum(d.pgsize) FROM dbstat d WHERE d.name = m.name AND d.aggregate = 1)), 0) ` + theirs

const (
	// measureEvery is how often others' tables are measured at most, and measureShare
	// how many times as long as that took lies in between at least.
	measureEvery = 10 * time.Minute
	measureShare = 100
	// keptBesideOthers is how long a trace is kept where the size may be others'.
	keptBesideOthers = 10 * time.Minute
)

// foreign is what others have in the database.
type foreign struct {
	loaded  bool
	before  int64     // before our first start
	tables  int64     // of that, what was in tables; -1: not known
	now     int64     // in tables, when it was measured last
	next    time.Time // when to measure again; zero: not measured
	beside  bool      // there are any
	running chan measurement
	stop    context.CancelFunc
}

type measurement struct {
	bytes int64
	took  time.Duration
	err   error
}

// bytes is what others have, as far as it is known.
func (f *foreign) bytes() int64 {
	if f.tables < 0 {
		return f.before
	}
	return max(f.before+f.now-f.tables, 0)
}

// waiting reports whether their tables are being measured.
func (f *foreign) waiting() bool { return f.running != nil }

// look brings what is known up to date, where it is old and wanted. Measuring goes
// on beside the writer.
func (f *foreign) look(ctx context.Context, db tended, at time.Time, wanted bool) error {
	if !f.loaded {
		if err := f.load(ctx, db); err != nil {
			return err
		}
	}
	select {
	case m := <-f.running:
		f.running = nil
		f.stop()
		f.next = at.Add(max(measureEvery, measureShare*m.took))
		if m.err == nil { // else what was known counts: not every server has dbstat
			return f.measured(ctx, db, m.bytes)
		}
		return nil
	default:
	}
	if f.running != nil || !f.next.IsZero() && (!wanted || at.Before(f.next)) {
		return nil
	}
	f.beside = f.before > 0
	err := db.query(ctx, statement{sql: `SELECT 1 ` + theirs + ` LIMIT 1`}, func([]any) error {
		f.beside = true
		return nil
	})
	if err != nil {
		return err
	}
	if !f.beside {
		f.now, f.next = 0, at.Add(measureEvery)
		return nil
	}
	f.start(ctx, db)
	return nil
}

func (f *foreign) load(ctx context.Context, db tended) error {
	f.tables = -1
	for key, to := range map[string]*int64{foreignBytes: &f.before, foreignTables: &f.tables} {
		err := db.query(ctx, statement{sql: loadState, args: []any{key}}, func(row []any) error {
			*to = asInt(row[0])
			return nil
		})
		if err != nil {
			return err
		}
	}
	if f.before == 0 {
		f.tables = 0 // they all came after us
	}
	f.loaded = true
	return nil
}

func (f *foreign) measured(ctx context.Context, db tended, bytes int64) error {
	f.now = bytes
	if f.tables >= 0 {
		return nil
	}
	f.tables = bytes
	return db.apply(ctx, []statement{{sql: saveState, args: []any{foreignTables, bytes}}})
}

func (f *foreign) start(ctx context.Context, db tended) {
	ctx, f.stop = context.WithCancel(ctx)
	running := make(chan measurement, 1)
	f.running = running
	go func() {
		var m measurement
		began := time.Now()
		m.err = db.readApart(ctx, statement{sql: theirSize}, func(row []any) error {
			m.bytes = asInt(row[0])
			return nil
		})
		m.took = time.Since(began)
		running <- m
	}()
}

// end waits for what is being measured, which it interrupts.
func (f *foreign) end() {
	if f.running != nil {
		f.stop()
		<-f.running
		f.running = nil
	}
}
