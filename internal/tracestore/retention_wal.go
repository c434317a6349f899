package tracestore

import (
	"context"
	"fmt"
	"time"
)

// A reader that keeps a transaction open keeps the WAL from being written from its
// begin again: it grows with each COMMIT, whatever is deleted. SQLite copies what
// that reader does not need; the rest waits until it has gone.

const (
	// walPatience is how long a reader may be in the way before the log names it, and
	// walSayEvery how often.
	walPatience = 5 * time.Second
	walSayEvery = 10 * time.Minute
	// walRetryMost lies between two attempts at most. Each waits a moment for readers.
	walRetryMost = 15 * time.Second
)

// walWatch is what is known of a WAL that does not get small.
type walWatch struct {
	walBlocked bool
	walSaid    bool
	walSince   time.Duration // of uptime
	walNext    time.Duration // not before
	walSayNext time.Duration
	walRetry   time.Duration
}

// watchWAL makes a WAL that has grown small again, or says what keeps it.
func (r *retainer) watchWAL(ctx context.Context, up time.Duration, size Size) error {
	w := &r.walWatch
	if size.WAL <= size.walLimit {
		if w.walSaid {
			r.info(fmt.Sprintf("The write-ahead log is small again, %d bytes", size.WAL))
		}
		*w = walWatch{}
		return nil
	}
	if up < w.walNext {
		return nil
	}
	blocked, err := r.db.trimWAL(ctx, size)
	if err != nil && !isNoRoom(err) {
		return err
	}
	if !blocked {
		w.walBlocked, w.walRetry, w.walNext = false, 0, 0
		return nil
	}
	if !w.walBlocked && w.walSince == 0 {
		w.walSince = up
	}
	w.walBlocked = true
	w.walRetry = min(max(2*w.walRetry, time.Second), walRetryMost)
	w.walNext = up + w.walRetry
	if up-w.walSince >= walPatience && up >= w.walSayNext {
		w.walSaid, w.walSayNext = true, up+walSayEvery
		r.notice(fmt.Sprintf("The write-ahead log (-wal) has grown to %d bytes and grows on: %s has had a transaction open for %v or longer; end that, and the log gets small again by itself",
			size.WAL, r.db.readers(), (up - w.walSince).Round(time.Second)))
	}
	return nil
}

// wake is when the next look is due where nothing is left to do.
func (r *retainer) wake() time.Duration {
	if r.walBlocked {
		return min(r.Interval, max(r.walRetry, time.Second))
	}
	return r.Interval
}
