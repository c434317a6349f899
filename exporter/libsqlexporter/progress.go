package libsqlexporter

import (
	"sync"
	"sync/atomic"
	"time"
)

// progress is when something was stored last.
type progress struct{ at atomic.Int64 } // nanoseconds since 1970

func (p *progress) made() { p.at.Store(time.Now().UnixNano()) }

// watched calls its function once when there is no progress for long enough.
type watched struct {
	mu    sync.Mutex
	timer *time.Timer
	ended bool
}

// watch begins with what is stored from now on.
func (p *progress) watch(limit time.Duration, stalled func()) *watched {
	w := &watched{}
	began := time.Now()
	var look func()
	look = func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.ended {
			return
		}
		last := time.Unix(0, p.at.Load())
		if last.Before(began) {
			last = began
		}
		if idle := time.Since(last); idle < limit {
			w.timer = time.AfterFunc(limit-idle, look)
			return
		}
		stalled()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(limit, look)
	return w
}

// Stop ends the watch.
func (w *watched) Stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	w.timer.Stop()
}
