package tracestore

import (
	"fmt"
	"time"
)

// reason is why something was deleted.
type reason uint8

const (
	tooOld reason = iota
	tooLarge
	diskFull
	reasons
)

// reported are the words for each, and how often the log has them while it goes on.
var reported = [reasons]struct {
	words string
	every time.Duration
	warn  bool
}{
	tooOld:   {"was stored longer ago than retention::max_age", time.Hour, false},
	tooLarge: {"is more than retention::max_size", time.Hour, false},
	diskFull: {"finds no room on the disk, which is too small for retention::max_size", time.Minute, true},
}

// deletions are what was deleted for one reason and is not in the log yet.
type deletions struct {
	traces      int
	spans, logs int64
	since, next time.Duration // of uptime: when the first was, and not before when it is said
}

func (d *deletions) empty() bool { return d.traces == 0 && d.spans == 0 && d.logs == 0 }

// reportPatience is how long an end is waited for, so that the log has one line.
const reportPatience = time.Minute

// count adds what a step has deleted.
func (r *retainer) count(why reason, up time.Duration, done *Tended) {
	d := &r.deleted[why]
	if d.empty() {
		d.since = up
	}
	d.traces += done.DeletedTraces
	d.spans += done.DeletedSpans
	d.logs += done.DeletedLogs
}

// report puts into the log what was deleted: once nothing more is to be deleted, and
// every so often.
func (r *retainer) report(up time.Duration, size Size, idle bool) {
	for why := range r.deleted {
		d, as := &r.deleted[why], reported[why]
		if d.empty() || up < d.next || !idle && up < d.since+reportPatience {
			continue
		}
		say := r.info
		if as.warn {
			say = r.notice
		}
		bound := ""
		if r.MaxSize > 0 {
			bound = fmt.Sprintf(", at most %d", r.bound.limit)
		}
		say(fmt.Sprintf("Deleted the oldest %d traces (%d spans) and %d log records: it %s; %d bytes are in use%s",
			d.traces, d.spans, d.logs, as.words, size.Used-size.Others, bound))
		*d = deletions{next: up + as.every}
	}
}
