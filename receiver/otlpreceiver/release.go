package otlpreceiver

import (
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

const (
	// largeBytes is what a request takes after which memory is given back.
	largeBytes = 32 * mib
	// quietTime is how long nothing large has come then.
	quietTime = 10 * time.Second
)

// memoryReturn returns memory to the system when large requests have been answered. Go
// collects what they leave when the heap has doubled, or after two minutes, and
// memory_limiter above its limit only: until then a quiet collector would keep all that
// a burst took.
type memoryReturn struct {
	quiet time.Duration
	free  func()

	mu    sync.Mutex
	timer *time.Timer
}

func (b *memoryReturn) after(bytes int64) {
	if bytes < largeBytes {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.timer == nil {
		b.timer = time.AfterFunc(b.quiet, b.free)
		return
	}
	b.timer.Reset(b.quiet)
}

func (b *memoryReturn) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.timer != nil {
		b.timer.Stop()
	}
}

// freeMemory collects twice: gRPC's buffers are in pools, which a collection empties only
// when the one before it did not find them used (https://pkg.go.dev/sync#Pool).
func freeMemory() {
	runtime.GC()
	debug.FreeOSMemory()
}
