package tracestore

import (
	"context"
	"errors"
	"time"
)

// Retention says what is deleted, and how. The zero value deletes nothing.
type Retention struct {
	// MaxAge is how long a trace is kept after its newest span was stored, and a
	// log record after it was; 0 is for ever.
	MaxAge time.Duration
	// Content is how long what the spans of a trace have said is kept after its newest
	// span was stored, and what a log record says: input, output, attributes, events. Their
	// numbers stay. 0 is as long as they do.
	Content time.Duration
	// Totals is how long otel_totals keeps a half hour; 0 is for ever.
	Totals time.Duration
	// TotalsMaxRows bounds its rows: above it the oldest half hours become days, and the
	// oldest days months. 0 is no bound.
	TotalsMaxRows int
	// MaxSize bounds what is stored, in bytes of pages in use; 0 is no bound. What
	// another program had in the database before us is not counted. Above it the
	// oldest traces and log records go until 90 % are left. The disk of a file bounds
	// it too: above what that has room for, the oldest go until 95 % of it are left.
	MaxSize int64
	// DiskWait is how long a disk that others have filled is waited for before anything
	// is deleted for it.
	DiskWait time.Duration
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
)

func (r Retention) on() bool {
	return r.MaxAge > 0 || r.MaxSize > 0 || r.Content > 0 || r.Totals > 0 || r.TotalsMaxRows > 0
}

// longest is the longest age after which something goes; 0 where nothing does for its age.
func (r Retention) longest() time.Duration { return max(r.MaxAge, r.Content, r.Totals) }

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

// deleted reports whether a step has come further: one that has not, because others
// were faster, leaves writers their turn.
func (t *Tended) deleted() bool {
	return t.DeletedTraces > 0 || t.DeletedSpans > 0 || t.DeletedLogs > 0
}

// Size is how large a database is, in bytes.
type Size struct {
	Used int64 // pages in use
	Free int64 // pages that will be used again
	WAL  int64 // of a file
	// Others is what of Used others have, as far as that is known.
	Others int64

	room  room // of a file, on its disk
	short bool // the disk is nearly full
	// walLimit is what a WAL may have without that something is done about it.
	walLimit int64
	lack     int64 // what the latest transaction lacked on it
}

// tended is what retention needs of an engine.
type tended interface {
	database
	// size returns the size of the database.
	size(ctx context.Context) (Size, error)
	// readApart runs a query that may take long, without making a writer wait. It may
	// be called beside the other methods.
	readApart(ctx context.Context, s statement, each func(row []any) error) error
	// copyWAL copies what is in the WAL into the file while there is room for that.
	copyWAL(ctx context.Context) error
	// trimWAL makes a WAL that is larger than it should be small again. It reports
	// whether a reader is in the way.
	trimWAL(ctx context.Context, size Size) (blocked bool, err error)
	// readers are the processes that keep it, in words.
	readers() string
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
	info       func(string)
	foreign    foreign
	clock      ageClock
	bound      sizeBound
	sweep      sweep
	deleted    [reasons]deletions
	batch      int   // rows that a transaction deletes; fewer after one that found no room
	shrink     bool  // the size is being brought down to its target
	excess     int64 // bytes above that
	traces     pace
	logs       pace
	reclaiming bool // free pages are being given back
	walWatch
	totalsNext time.Time // when totals are looked at again
	toldTotals time.Duration
	content    contentWalk
	contentDone
	toldFull   bool
	toldOthers bool
	toldWait   bool
	toldBound  int64
}

func newRetainer(o Options, db tended) *retainer {
	r := &retainer{
		Retention: o.Retention.withDefaults(), db: db, notice: o.Notice, info: o.Info,
		clock: ageClock{now: o.Now, uptime: o.Uptime},
	}
	r.bound = sizeBound{most: r.MaxSize, wait: r.DiskWait}
	r.batch = r.DeleteBatch
	return r
}

// step does at most one transaction of work. It reports whether there is more to
// do, and whether that is urgent.
func (r *retainer) step(ctx context.Context, at time.Time) (done Tended, more, urgent bool) {
	began := time.Now()
	more, urgent, done.Err = r.work(ctx, at, &done)
	done.Duration = time.Since(began)
	switch {
	case isNoRoom(done.Err):
		r.batch = max(r.batch/4, 1)
		r.traces.take, r.logs.take = 0, 0
	case done.Err == nil:
		r.batch = min(2*r.batch, r.DeleteBatch)
	}
	up, _ := r.clock.uptime()
	r.report(up, done.Size, !more)
	return done, more, urgent
}

func (r *retainer) work(ctx context.Context, at time.Time, done *Tended) (more, urgent bool, err error) {
	if done.Size, err = r.size(ctx, at); err != nil {
		return false, false, err
	}
	up, _ := r.clock.uptime()
	if err := r.watchWAL(ctx, up, done.Size); err != nil {
		return false, false, err
	}
	oldest, err := r.oldest(ctx)
	if err != nil {
		return false, false, err
	}
	done.Oldest = oldest.trace()
	if err := errors.Join(r.watchClock(ctx, oldest), r.watchDisk(ctx, up, done.Size)); err != nil {
		return false, false, err
	}
	shrinking, urgent := r.shrinking(at, done.Size, oldest)
	if more, err := r.sweep.step(ctx, r.db, at, r.batch); more || err != nil && !isNoRoom(err) {
		return true, urgent, err
	}
	if b := r.aged(at, oldest); oldest.before(b.before) {
		err := r.delete(ctx, b, oldest, done)
		r.count(tooOld, up, done)
		return true, urgent && (err != nil || done.deleted()), err
	}
	if shrinking {
		err := r.shrinkStep(ctx, at, oldest, done)
		r.count(r.whyShrink(), up, done)
		return true, urgent && (err != nil || done.deleted()), err
	}
	for _, step := range []func(context.Context, time.Time) (bool, error){r.stripContent, r.keepTotals} {
		if more, err = step(ctx, at); more || err != nil {
			return more, false, err
		}
	}
	if more, err = r.reclaim(ctx, done.Size); more || err != nil {
		return more, false, err
	}
	if !r.walBlocked {
		err = r.db.copyWAL(ctx)
	}
	return r.shrink && r.foreign.waiting(), false, err
}

// whyShrink is why something goes for the size.
func (r *retainer) whyShrink() reason {
	if r.bound.byDisk() {
		return diskFull
	}
	return tooLarge
}

// size reads the size of the database.
func (r *retainer) size(ctx context.Context, at time.Time) (Size, error) {
	size, err := r.db.size(ctx)
	if err == nil && r.MaxSize > 0 {
		err = r.foreign.look(ctx, r.db, at, size.Used > min(r.MaxSize, size.room.fits()))
	}
	size.Others = r.foreign.bytes()
	return size, err
}

// bounds is what one step may delete: what was stored before a time, in
// microseconds, and so many traces or log records at most.
type bounds struct {
	before int64
	rows   int
}

// aged is what may go for its age, or because it is begun.
func (r *retainer) aged(at time.Time, oldest oldest) bounds {
	b := bounds{rows: r.batch}
	if r.MaxAge > 0 {
		b.before = r.clock.before(at, r.MaxAge)
	}
	if oldest.traceUS == partingUS {
		b.before = max(b.before, 1)
	}
	return b
}

// watchClock compares the clocks, where something goes for its age.
func (r *retainer) watchClock(ctx context.Context, oldest oldest) error {
	age := r.longest()
	if age <= 0 {
		return nil
	}
	notice, err := r.clock.look(ctx, r.db, age)
	if err != nil {
		return err
	}
	withheld := ""
	if r.MaxAge > 0 {
		withheld = r.clock.withheld(r.MaxAge, oldest.first())
	}
	for _, sentence := range []string{notice, withheld} {
		if sentence != "" {
			r.notice(sentence)
		}
	}
	return nil
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
