package tracestore

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrClosed is what Write returns once Close has been called.
var ErrClosed = errors.New("the trace store is closed")

// engine writes to one kind of database. All its methods are called from the
// writer's goroutine.
type engine interface {
	// write stores the spans of several callers in one transaction and returns
	// after its COMMIT. The results are in the order of the groups.
	write(ctx context.Context, groups [][]Span, at time.Time) ([]Result, error)
	// settleRoots gives traces that have waited long enough a root and reports
	// whether there may be more of them.
	settleRoots(ctx context.Context, at time.Time) (more bool, err error)
	// close ends the engine in an orderly way.
	close(ctx context.Context) error
}

// Store writes spans. One goroutine owns the database's only writing
// connection; callers of Write wait for it together, so that one COMMIT serves
// all who came in the meantime.
type Store struct {
	engine  engine
	options Options
	queue   chan *write
	done    chan struct{} // closed when the writer has ended

	mu     sync.RWMutex
	closed bool
}

// write is one call of Write on its way.
type write struct {
	spans  []Span
	result Result
	err    error
	ready  chan struct{}
}

const (
	defaultRootGrace           = 10 * time.Second
	defaultMaxTransactionSpans = 4096
)

// OpenFile opens the trace store in a file, which it creates or migrates where
// that is needed. Errors name the configuration key (url, file::…) and the
// remedy.
func OpenFile(ctx context.Context, file FileOptions, options Options) (*Store, error) {
	options = options.withDefaults()
	e, err := openFileEngine(ctx, file, options)
	if err != nil {
		return nil, err
	}
	return start(e, options), nil //nolint:contextcheck // a transaction belongs to no single caller
}

func (o Options) withDefaults() Options {
	if o.RootGrace <= 0 {
		o.RootGrace = defaultRootGrace
	}
	if o.MaxTransactionSpans <= 0 {
		o.MaxTransactionSpans = defaultMaxTransactionSpans
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	if o.Observe == nil {
		o.Observe = func(Transaction) {}
	}
	return o
}

func start(e engine, options Options) *Store {
	s := &Store{engine: e, options: options, queue: make(chan *write), done: make(chan struct{})}
	go s.run()
	return s
}

// Write stores spans and returns after the COMMIT that made them durable.
// Spans that are stored already count as duplicates and are left as they are.
// Spans that cannot be stored are counted and left out; they do not fail the
// others. On an error nothing of this Write is stored, unless ctx ended, when
// that is not known; writing the same spans again is harmless either way.
func (s *Store) Write(ctx context.Context, spans []Span) (Result, error) {
	if len(spans) == 0 {
		return Result{}, nil
	}
	w := &write{spans: spans, ready: make(chan struct{})}
	if err := s.offer(ctx, w); err != nil {
		return Result{}, err
	}
	select {
	case <-w.ready:
		return w.result, w.err
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

func (s *Store) offer(ctx context.Context, w *write) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return ErrClosed
	}
	select {
	case s.queue <- w:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close waits for the writes that have been accepted, and closes the database.
// It may be called more than once.
func (s *Store) Close(ctx context.Context) error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	s.mu.Unlock()
	if !first {
		<-s.done
		return nil
	}
	close(s.queue)
	<-s.done
	return s.engine.close(ctx)
}

// run is the writer.
func (s *Store) run() {
	defer close(s.done)
	// A trace waits a second longer than RootGrace at the most.
	settle := time.NewTicker(max(min(s.options.RootGrace/4, time.Second), time.Millisecond))
	defer settle.Stop()
	for {
		select {
		case w, open := <-s.queue:
			if !open {
				return
			}
			s.commit(s.collect(w))
		case <-settle.C:
			s.settle()
		}
	}
}

// collect takes what is waiting, up to the size of a transaction.
func (s *Store) collect(first *write) []*write {
	batch := []*write{first}
	for n := len(first.spans); n < s.options.MaxTransactionSpans; {
		select {
		case w, open := <-s.queue:
			if !open {
				return batch
			}
			batch = append(batch, w)
			n += len(w.spans)
		default:
			return batch
		}
	}
	return batch
}

func (s *Store) commit(batch []*write) {
	groups := make([][]Span, len(batch))
	for i, w := range batch {
		groups[i] = w.spans
	}
	began := s.options.Now()
	// No caller's context: the transaction belongs to all of them, and its
	// waits are bounded by the database's own timeouts.
	results, err := s.engine.write(context.Background(), groups, began)
	done := Transaction{Writes: len(batch), Duration: s.options.Now().Sub(began), Err: err}
	for i, w := range batch {
		w.err = err
		if err == nil {
			w.result = results[i]
			done.Result.add(results[i])
		}
	}
	// Before the callers go on, so that what is observed is never behind what is
	// acknowledged.
	s.options.Observe(done)
	for _, w := range batch {
		close(w.ready)
	}
}

// settle gives the traces that are due a root. An error is left to the next
// write, which will meet it too.
func (s *Store) settle() {
	for range 100 {
		more, err := s.engine.settleRoots(context.Background(), s.options.Now())
		if err != nil || !more {
			return
		}
	}
}
