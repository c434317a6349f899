package tracestore

import (
	"context"
	"encoding/json"
	"time"
)

// Retention says what is deleted, and how. The zero value deletes nothing.
type Retention struct {
	// MaxAge is how long a trace is kept after its newest span was stored, and a
	// log record after it was; 0 is for ever.
	MaxAge time.Duration
	// MaxSize bounds what is stored, in bytes of pages in use; 0 is no bound. What
	// another program had in the database before us is not counted. Above it the
	// oldest traces and log records go until 90 % are left.
	MaxSize int64
	// Interval is how often it is looked at. Size is looked at after writes too.
	Interval time.Duration
	// DeleteBatch is about how many spans or log records one transaction deletes:
	// what a writer may have to wait for.
	DeleteBatch int
	// Pause lies between two such transactions.
	Pause time.Duration
	// Reclaim gives free pages of a file back to the file system.
	Reclaim bool
}

const (
	defaultRetentionInterval = time.Minute
	defaultDeleteBatch       = 500
	defaultRetentionPause    = 20 * time.Millisecond
	// sizeCheck is how long after a write the size is looked at.
	sizeCheck = time.Second
	// vacuumSlice is how many pages one transaction gives back. 2,000 took up to 80
	// ms (libsql reference 4.5).
	vacuumSlice = 500
	// reclaimAbove is how much may be free in a file of any size, in bytes.
	reclaimAbove = 4 << 20
	// walNotice is the size of a WAL, in bytes, that is worth a sentence: a reader
	// with an open transaction keeps it from being used again.
	walNotice = 512 << 20
)

func (r Retention) on() bool { return r.MaxAge > 0 || r.MaxSize > 0 }

func (r Retention) withDefaults() Retention {
	if r.Interval <= 0 {
		r.Interval = defaultRetentionInterval
	}
	if r.DeleteBatch <= 0 {
		r.DeleteBatch = defaultDeleteBatch
	}
	if r.Pause <= 0 {
		r.Pause = defaultRetentionPause
	}
	return r
}

// Tended is what one look at the database, or one step of deleting, has found
// and done.
type Tended struct {
	DeletedTraces int
	DeletedSpans  int64 // those of whole traces, as their summaries count them
	DeletedLogs   int64
	Size          Size
	// Oldest is when the newest span of the oldest trace was stored; zero where
	// there is none, or it is being deleted.
	Oldest   time.Time
	Duration time.Duration
	Err      error
}

// Size is how large a database is, in bytes.
type Size struct {
	Used int64 // pages in use
	Free int64 // pages that will be used again
	WAL  int64 // of a file
}

// tended is what retention needs of an engine.
type tended interface {
	database
	// size returns the size of the database.
	size(ctx context.Context) (Size, error)
	// vacuum gives up to vacuumSlice free pages back. It reports false where the
	// database cannot.
	vacuum(ctx context.Context) (can bool, err error)
}

// retainer deletes in steps, each a transaction of its own, so that writers come
// in between.
type retainer struct {
	Retention
	db         tended
	notice     func(string)
	baseline   int64 // bytes that others had in the database before us; -1: not read yet
	shrink     bool  // the size is being brought down to 90 %
	reclaiming bool  // free pages are being given back
	toldWAL    bool
	toldFull   bool
}

func newRetainer(o Options) *retainer {
	return &retainer{Retention: o.Retention.withDefaults(), notice: o.Notice, baseline: -1}
}

// step does at most one transaction of work. It reports whether there is more to
// do, and whether that is urgent.
func (r *retainer) step(ctx context.Context, at time.Time) (done Tended, more, urgent bool) {
	began := time.Now()
	more, urgent, done.Err = r.work(ctx, at, &done)
	done.Duration = time.Since(began)
	return done, more, urgent
}

func (r *retainer) work(ctx context.Context, at time.Time, done *Tended) (more, urgent bool, err error) {
	if r.baseline < 0 {
		if r.baseline, err = readBaseline(ctx, r.db); err != nil {
			return false, false, err
		}
	}
	if done.Size, err = r.db.size(ctx); err != nil {
		return false, false, err
	}
	r.watchWAL(done.Size.WAL)
	oldest, err := r.oldest(ctx)
	if err != nil {
		return false, false, err
	}
	done.Oldest = oldest.trace()
	limit, urgent := r.limit(at, done.Size.Used-r.baseline, oldest)
	if limit > 0 && oldest.before(limit) {
		return true, urgent, r.delete(ctx, limit, oldest, done)
	}
	if !r.Reclaim {
		return false, false, nil
	}
	// Free pages are used again: only what a burst has left behind is given back.
	switch free, used := done.Size.Free, done.Size.Used; {
	case free > used/4+reclaimAbove:
		r.reclaiming = true
	case free <= used/8:
		r.reclaiming = false
	}
	if r.reclaiming {
		r.reclaiming, err = r.db.vacuum(ctx)
	}
	return r.reclaiming, false, err
}

// limit is the time, in microseconds, before which everything may go; 0 where
// nothing may.
func (r *retainer) limit(at time.Time, used int64, oldest oldest) (limit int64, urgent bool) {
	if r.MaxAge > 0 {
		limit = at.Add(-r.MaxAge).UnixMicro()
	}
	if oldest.traceUS == partingUS {
		limit = max(limit, 1)
	}
	if r.MaxSize <= 0 {
		return limit, false
	}
	switch {
	case used > r.MaxSize:
		r.shrink = true
	case used <= r.MaxSize-r.MaxSize/10:
		r.shrink = false
	}
	if !r.shrink {
		return limit, false
	}
	if oldest.empty() {
		r.shrink = false
		if !r.toldFull {
			r.toldFull = true
			r.notice("retention::max_size is exceeded by what is no trace and no log record of this collector; give the traces a database of their own, or raise it")
		}
		return limit, false
	}
	// The oldest there is, whenever it was stored.
	return max(limit, oldest.first()+1), used > r.MaxSize+r.MaxSize/20
}

func (r *retainer) watchWAL(size int64) {
	if size < walNotice {
		r.toldWAL = r.toldWAL && size > walNotice/2
		return
	}
	if !r.toldWAL {
		r.toldWAL = true
		r.notice("The file's -wal has grown beyond 512 MiB: another process keeps a read transaction open, end it")
	}
}

// oldest is when the oldest trace and the oldest log record were stored, in
// microseconds; 0 where there is none.
type oldest struct{ traceUS, logUS int64 }

func (o oldest) trace() time.Time {
	if o.traceUS <= 0 {
		return time.Time{}
	}
	return time.UnixMicro(o.traceUS)
}

func (o oldest) empty() bool { return o.traceUS == 0 && o.logUS == 0 }

// first is the older of the two that there are.
func (o oldest) first() int64 {
	if o.traceUS == 0 || o.logUS != 0 && o.logUS < o.traceUS {
		return o.logUS
	}
	return o.traceUS
}

// before reports whether either is older than a time.
func (o oldest) before(us int64) bool { return !o.empty() && o.first() < us }

// oldestQuery reads the ends of two indexes. Log records are taken by the time of
// their storage: their own times may be anything.
const oldestQuery = `SELECT
  (SELECT min(last_seen_us) FROM otel_traces),
  (SELECT min(inserted_us) FROM otel_logs)`

func (r *retainer) oldest(ctx context.Context) (o oldest, err error) {
	err = r.db.query(ctx, statement{sql: oldestQuery}, func(row []any) error {
		o = oldest{asInt(row[0]), asInt(row[1])}
		return nil
	})
	return o, err
}

// delete deletes a batch of the older of the two.
func (r *retainer) delete(ctx context.Context, limit int64, o oldest, done *Tended) error {
	if o.logUS != 0 && o.logUS == o.first() {
		return r.deleteLogs(ctx, limit, done)
	}
	return r.deleteTraces(ctx, limit, done)
}

const (
	countLogs  = `SELECT count(*) FROM (SELECT 1 FROM otel_logs WHERE inserted_us < ?2 LIMIT ?1)`
	deleteLogs = `DELETE FROM otel_logs WHERE id IN (SELECT id FROM otel_logs WHERE inserted_us < ?2 ORDER BY inserted_us LIMIT ?1)`
)

func (r *retainer) deleteLogs(ctx context.Context, limit int64, done *Tended) error {
	args := []any{int64(r.DeleteBatch), limit}
	var n int64
	err := r.db.query(ctx, statement{sql: countLogs, args: args}, func(row []any) error {
		n = asInt(row[0])
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.db.apply(ctx, []statement{{sql: deleteLogs, args: args}}); err != nil {
		return err
	}
	done.DeletedLogs = n
	return nil
}

// expired are the traces that may go, the oldest first.
const expired = `SELECT trace_id, span_count FROM otel_traces WHERE last_seen_us < ?1 ORDER BY last_seen_us LIMIT ?2`

// doomed are those of ?1, a JSON list, that have still not been seen since ?2.
const doomed = `(SELECT t.trace_id FROM json_each(?1) j CROSS JOIN otel_traces t ON t.trace_id = j.value WHERE t.last_seen_us < ?2)`

// deleteWhole deletes whole traces, of mastra_ai_spans only what is ours. The spans,
// and then the summary, go last: the others ask for them.
var deleteWhole = []string{
	`DELETE FROM otel_span_data WHERE id IN (SELECT id FROM otel_spans WHERE trace_id IN ` + doomed + `)`,
	`DELETE FROM mastra_ai_spans WHERE (spanId, traceId) IN (SELECT span_id, trace_id FROM otel_spans WHERE trace_id IN ` + doomed + `)`,
	`DELETE FROM otel_spans WHERE trace_id IN ` + doomed,
	`DELETE FROM otel_traces WHERE trace_id IN ` + doomed,
}

// part are up to ?3 spans of one trace, ?1, the last stored first: the root of a
// trace that comes in many requests goes last.
const part = `(SELECT s.id FROM otel_traces t CROSS JOIN otel_spans s ON s.trace_id = t.trace_id
  WHERE t.trace_id = ?1 AND t.last_seen_us < ?2 ORDER BY s.id DESC LIMIT ?3)`

// parting stands in last_seen_us of a trace of which a part is deleted: half a trace
// has wrong totals, so that it goes to its end, before all others, whatever becomes of
// age and size, and with what comes of it meanwhile.
const (
	parting   = "-1"
	partingUS = -1
)

// deletePart deletes a part of a trace that is too large to go at once.
var deletePart = []string{
	`DELETE FROM otel_span_data WHERE id IN ` + part,
	`DELETE FROM mastra_ai_spans WHERE (spanId, traceId) IN (SELECT span_id, trace_id FROM otel_spans WHERE id IN ` + part + `)`,
	`DELETE FROM otel_spans WHERE id IN ` + part,
	`UPDATE otel_traces SET span_count = span_count - ?3, last_seen_us = ` + parting + ` WHERE trace_id = ?1 AND last_seen_us < ?2`,
}

func (r *retainer) deleteTraces(ctx context.Context, limit int64, done *Tended) error {
	var ids []string
	var spans int64
	full := false
	err := r.db.query(ctx, statement{sql: expired, args: []any{limit, int64(r.DeleteBatch)}}, func(row []any) error {
		n := asInt(row[1])
		if full = full || len(ids) > 0 && spans+n > int64(r.DeleteBatch); !full {
			ids = append(ids, asText(row[0]))
			spans += n
		}
		return nil
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	if spans > int64(r.DeleteBatch) {
		done.DeletedSpans = int64(r.DeleteBatch)
		return r.apply(ctx, deletePart, ids[0], limit, int64(r.DeleteBatch))
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	if err := r.apply(ctx, deleteWhole, string(list), limit); err != nil {
		return err
	}
	done.DeletedTraces, done.DeletedSpans = len(ids), spans
	return nil
}

func (r *retainer) apply(ctx context.Context, texts []string, args ...any) error {
	statements := make([]statement, len(texts))
	for i, sql := range texts {
		statements[i] = statement{sql: sql, args: args[:parameters(sql)]}
	}
	return r.db.apply(ctx, statements)
}

// A database that was not empty before us has its size then in otel_state.
const (
	loadBaseline = `SELECT value FROM otel_state WHERE key = 'foreign_bytes'`
	saveBaseline = `INSERT INTO otel_state (key, value) VALUES ('foreign_bytes', ?) ON CONFLICT (key) DO NOTHING`
	// emptySize is more than a new file has, in bytes.
	emptySize = 256 << 10
)

func readBaseline(ctx context.Context, db database) (n int64, err error) {
	err = db.query(ctx, statement{sql: loadBaseline}, func(row []any) error {
		n = asInt(row[0])
		return nil
	})
	return n, err
}

// pageSize reads the size of a database, which costs nothing.
func pageSize(ctx context.Context, db database) (s Size, err error) {
	err = db.query(ctx, statement{sql: `SELECT page_count, freelist_count, page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size`}, func(row []any) error {
		count, free, size := asInt(row[0]), asInt(row[1]), asInt(row[2])
		s = Size{Used: (count - free) * size, Free: free * size}
		return nil
	})
	return s, err
}
