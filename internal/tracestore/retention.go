package tracestore

import (
	"context"
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
	// Others is what of Used others have, as far as that is known.
	Others int64
}

// tended is what retention needs of an engine.
type tended interface {
	database
	// size returns the size of the database.
	size(ctx context.Context) (Size, error)
	// readApart runs a query that may take long, without making a writer wait. It may
	// be called beside the other methods.
	readApart(ctx context.Context, s statement, each func(row []any) error) error
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
	foreign    foreign
	clock      ageClock
	sweep      sweep
	shrink     bool  // the size is being brought down to 90 %
	excess     int64 // bytes above those 90 %
	traces     pace
	logs       pace
	reclaiming bool // free pages are being given back
	toldWAL    bool
	toldFull   bool
	toldOthers bool
}

func newRetainer(o Options, db tended) *retainer {
	return &retainer{Retention: o.Retention.withDefaults(), db: db, notice: o.Notice, clock: ageClock{now: o.Now, uptime: o.Uptime}}
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
	if done.Size, err = r.size(ctx, at); err != nil {
		return false, false, err
	}
	r.watchWAL(done.Size.WAL)
	oldest, err := r.oldest(ctx)
	if err != nil {
		return false, false, err
	}
	done.Oldest = oldest.trace()
	if err := r.watchClock(ctx, oldest); err != nil {
		return false, false, err
	}
	shrinking, urgent := r.shrinking(at, done.Size.Used-done.Size.Others, oldest)
	if more, err := r.sweep.step(ctx, r.db, at, r.DeleteBatch); more || err != nil {
		return true, urgent, err
	}
	if b := r.aged(at, oldest); oldest.before(b.before) {
		return true, urgent, r.delete(ctx, b, oldest, done)
	}
	if shrinking {
		return true, urgent, r.shrinkStep(ctx, at, oldest, done)
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
	return r.reclaiming || r.shrink && r.foreign.waiting(), false, err
}

// size reads the size of the database.
func (r *retainer) size(ctx context.Context, at time.Time) (Size, error) {
	size, err := r.db.size(ctx)
	if err == nil && r.MaxSize > 0 {
		err = r.foreign.look(ctx, r.db, at, size.Used > r.MaxSize)
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
	b := bounds{rows: r.DeleteBatch}
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
	if r.MaxAge <= 0 {
		return nil
	}
	notice, err := r.clock.look(ctx, r.db, r.MaxAge)
	if err != nil {
		return err
	}
	for _, sentence := range []string{notice, r.clock.withheld(r.MaxAge, oldest.first())} {
		if sentence != "" {
			r.notice(sentence)
		}
	}
	return nil
}

// shrinking reports whether something has to go for the size, and whether that is
// urgent. Above the bound, the size is brought down to 90 %.
func (r *retainer) shrinking(at time.Time, used int64, oldest oldest) (yes, urgent bool) {
	if r.MaxSize <= 0 {
		return false, false
	}
	r.excess = used - (r.MaxSize - r.MaxSize/10)
	switch {
	case used > r.MaxSize:
		r.shrink = true
	case r.excess <= 0:
		r.shrink, r.traces, r.logs = false, pace{}, pace{}
	}
	if r.shrink && oldest.empty() {
		r.shrink = false
		if !r.toldFull {
			r.toldFull = true
			r.notice("retention::max_size is exceeded by what is no trace and no log record of this collector; give the traces a database of their own, or raise it")
		}
	}
	if !r.shrink || r.foreign.waiting() {
		return false, false
	}
	if r.foreign.beside && oldest.first() > r.clock.before(at, keptBesideOthers) {
		if !r.toldOthers {
			r.toldOthers = true
			r.notice("retention::max_size is exceeded although nothing is older than 10 minutes, and others store in the same database; give the traces one of their own, or raise it")
		}
		return false, false
	}
	return true, used > r.MaxSize+r.MaxSize/20
}

// pace is how many traces, or log records, a step for the size deletes.
type pace struct {
	take    int   // of the last step, at most
	rowSize int64 // bytes that one of them made free; 0: not known
}

// next is one, then twice as many in each further step, but no more than make up
// the excess.
func (p *pace) next(excess int64, most int) int {
	p.take = min(max(2*p.take, 1), most)
	if p.rowSize > 0 {
		p.take = int(min(int64(p.take), excess/p.rowSize+1))
	}
	return p.take
}

// shrinkStep deletes the oldest there is, whenever it was stored.
func (r *retainer) shrinkStep(ctx context.Context, at time.Time, oldest oldest, done *Tended) error {
	p, b := &r.traces, bounds{before: MaxInteger}
	if r.foreign.beside {
		b.before = r.clock.before(at, keptBesideOthers)
	}
	if oldest.isLog() {
		p = &r.logs
		if oldest.traceUS != 0 {
			b.before = min(b.before, oldest.traceUS)
		}
	}
	b.rows = p.next(r.excess, r.DeleteBatch)
	if err := r.delete(ctx, b, oldest, done); err != nil {
		return err
	}
	size, err := r.db.size(ctx)
	if err != nil {
		return err
	}
	if n := int64(done.DeletedTraces) + done.DeletedLogs; n > 0 {
		p.rowSize = (done.Size.Used - size.Used) / n
	}
	size.Others = done.Size.Others
	done.Size = size
	return nil
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

// pageSize reads the size of a database, which costs nothing.
func pageSize(ctx context.Context, db database) (s Size, err error) {
	err = db.query(ctx, statement{sql: `SELECT page_count, freelist_count, page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size`}, func(row []any) error {
		count, free, size := asInt(row[0]), asInt(row[1]), asInt(row[2])
		s = Size{Used: (count - free) * size, Free: free * size}
		return nil
	})
	return s, err
}
