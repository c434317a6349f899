package tracestore

import (
	"context"
	"fmt"
	"time"
)

// boundSaved is the key of otel_state for how much the disk had room for, so that a
// start does not take what others have stored on it meanwhile for our own.
const boundSaved = "size_bound"

// watchDisk brings the bound up to date.
func (r *retainer) watchDisk(ctx context.Context, up time.Duration, size Size) error {
	if r.MaxSize <= 0 {
		return nil
	}
	b, fits, used := &r.bound, size.room.fits(), size.Used-size.Others
	if len(b.slots) == 0 {
		first := max(fits, min(used, r.MaxSize)) // what is there has had room
		err := r.db.query(ctx, statement{sql: loadState, args: []any{boundSaved}}, func(row []any) error {
			b.saved = asInt(row[0])
			first = b.saved
			return nil
		})
		if err != nil {
			return err
		}
		b.look(up, first)
	}
	b.look(up, fits)
	if d := b.limit - b.saved; size.room.known && (d > b.saved/16 || -d > b.saved/16) {
		if r.db.apply(ctx, []statement{{sql: setState, args: []any{boundSaved, b.limit}}}) == nil {
			b.saved = b.limit
		} // else the next look tries again
	}
	r.announceBound(fits, used, size.lack)
	return nil
}

// announceBound says when the disk bounds what is stored, and when others make it
// wait.
func (r *retainer) announceBound(fits, used, lack int64) {
	b := &r.bound
	waits := b.waits(fits) && (used > fits || lack > 0)
	if waits && !r.toldWait {
		r.notice(fmt.Sprintf("The disk has room for %d bytes of data only, because of what others store on it, and %d are stored: nothing is deleted for it within %v (retention::disk_wait), and what finds no room is refused, so that its sender sends it again; make room", fits, used, b.wait))
	}
	r.toldWait = waits || r.toldWait && b.waits(fits)
	switch told := r.toldBound; {
	case b.byDisk() && (told == 0 || b.limit < told-told/10 || b.limit > told+told/10):
		r.toldBound = b.limit
		r.notice(fmt.Sprintf("retention::max_size is more than its disk has room for: the oldest is deleted above %d bytes", b.limit))
	case !b.byDisk() && told != 0:
		r.toldBound = 0
		r.info(fmt.Sprintf("The disk has room for retention::max_size again, %d bytes", b.most))
	}
}

// shrinking reports whether something has to go for the size, and whether that is
// urgent.
func (r *retainer) shrinking(at time.Time, size Size, oldest oldest) (yes, urgent bool) {
	if r.MaxSize <= 0 {
		return false, false
	}
	used, limit := size.Used-size.Others, r.bound.limit
	r.excess = used - r.bound.target()
	r.shrink = used > limit || r.shrink && r.excess > 0
	// A transaction that found no room, and can have it.
	if lack := size.lack; lack > 0 && lack < limit/2 && !r.bound.waits(size.room.fits()) {
		r.shrink, r.excess = true, max(r.excess, lack)
	}
	if !r.shrink {
		r.traces, r.logs = pace{}, pace{}
		return false, false
	}
	if oldest.empty() {
		r.shrink = false
		if !r.toldFull {
			r.toldFull = true
			r.notice("retention::max_size is exceeded by data other than traces and log records of this collector; give the traces a database of their own, or raise it")
		}
	}
	if !r.shrink || r.foreign.waiting() {
		return false, false
	}
	if r.foreign.beside && oldest.first() >= r.clock.before(at, keptBesideOthers) {
		if !r.toldOthers {
			r.toldOthers = true
			r.notice("retention::max_size is exceeded although nothing is older than 10 minutes, and others store in the same database; give the traces one of their own, or raise it")
		}
		return false, false
	}
	return true, used > limit+limit/20 || size.lack > 0
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
		if oldest.traceUS != 0 { // one transaction stores both at one time
			b.before = min(b.before, oldest.traceUS+1)
		}
	}
	b.rows = p.next(r.excess, r.batch)
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

// reclaim gives free pages back, where a burst has left them behind, or the WAL has
// no room: others are used again.
func (r *retainer) reclaim(ctx context.Context, size Size) (more bool, err error) {
	if !r.Reclaim || r.walBlocked {
		return false, nil // through a WAL that cannot be copied, nothing gets smaller
	}
	switch {
	case size.Free > size.Used/4+reclaimAbove:
		r.reclaiming = true
	case size.Free <= size.Used/8:
		r.reclaiming = false
	}
	narrow := size.room.known && size.Free > 0 && size.room.free+size.WAL < size.walLimit/2
	if !r.reclaiming && !narrow {
		return false, nil
	}
	can, err := r.db.vacuum(ctx)
	r.reclaiming = r.reclaiming && can
	return can, err
}
