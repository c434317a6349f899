package otlpreceiver

import (
	"sync"
	"time"
)

// stopGrace is how long requests that are still coming have at a stop. Upstream waits
// for all of them, so that one slow client would hold up the process until it is ended
// (OTELCOL_STOP_TIMEOUT), with all that exporters have not stored yet.
const stopGrace = time.Second

// arrivals are the requests of which not all has come.
type arrivals struct {
	mu      sync.Mutex
	cuts    map[*func()]struct{}
	stopped bool
}

// add notes a request. cut ends its arrival, at a stop; done is called when it has
// come.
func (a *arrivals) add(cut func()) (done func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.cuts == nil {
		a.cuts = map[*func()]struct{}{}
	}
	key := &cut
	a.cuts[key] = struct{}{}
	if a.stopped {
		time.AfterFunc(stopGrace, a.cutAll)
	}
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.cuts, key)
	}
}

// stop gives what has not come yet stopGrace.
func (a *arrivals) stop() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.stopped {
		a.stopped = true
		time.AfterFunc(stopGrace, a.cutAll)
	}
}

func (a *arrivals) cutAll() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for cut := range a.cuts {
		(*cut)()
	}
}
