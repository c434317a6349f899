package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"go.opentelemetry.io/collector/confmap"
)

// reload bounds what SIGHUP begins. Upstream's collector stops all components, reads
// the configuration, and starts new ones; stopping has no bound of its own (see
// boundStop), and meanwhile nothing is accepted. After the limit the process puts
// itself in its own place, with the same arguments, environment and id: as a stop
// that is not done in time and a start after it.
type reload struct {
	limit time.Duration
	start func() // in the place of this process; returns where that fails

	mu      sync.Mutex
	pending *time.Timer // nil: no reload is stopping components
	read    time.Time   // when the configuration was last read
}

// justRead is for how long after a configuration was read a signal may be the one
// that it was read for, noticed late. Such a reload is not bounded.
const justRead = time.Second

// asked is called when SIGHUP comes. One that comes during a reload has the reload
// after it begin, which is not bounded.
func (r *reload) asked() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pending == nil && time.Since(r.read) > justRead {
		r.pending = time.AfterFunc(r.limit, r.expired)
	}
}

// reading is called when a part of the configuration is read, which upstream does
// after it has stopped everything.
func (r *reload) reading() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.read = time.Now()
	if r.pending != nil {
		r.pending.Stop()
		r.pending = nil
	}
}

func (r *reload) expired() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pending != nil { // else it was read in the meantime
		r.start()
	}
}

// bound bounds the reloads of this process.
func (r *reload) bound(limit time.Duration, out io.Writer) {
	r.limit = limit
	r.start = func() {
		fmt.Fprintf(out, "Not stopped within %v (%s) for a reload: starting anew. What queues on disk hold is sent; what waited in memory is lost.\n", limit, stopVariable)
		path, err := os.Executable()
		if err == nil {
			err = syscall.Exec(path, os.Args, os.Environ()) //nolint:gosec // this program, as it was called
		}
		fmt.Fprintf(out, "Cannot start anew: %v. The reload goes on.\n", err)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		for range signals {
			r.asked()
		}
	}()
}

// noticed are providers that tell r when they are read.
func (r *reload) noticed(factories []confmap.ProviderFactory) []confmap.ProviderFactory {
	noticed := make([]confmap.ProviderFactory, len(factories))
	for i, factory := range factories {
		noticed[i] = confmap.NewProviderFactory(func(set confmap.ProviderSettings) confmap.Provider {
			return noticedProvider{factory.Create(set), r}
		})
	}
	return noticed
}

type noticedProvider struct {
	confmap.Provider
	reload *reload
}

func (p noticedProvider) Retrieve(ctx context.Context, uri string, watch confmap.WatcherFunc) (*confmap.Retrieved, error) {
	p.reload.reading()
	return p.Provider.Retrieve(ctx, uri, watch)
}
