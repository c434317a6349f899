package tracestore

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// ErrClosed is what Write returns once Close has been called.
var ErrClosed = errors.New("the trace store is closed")

// engine writes to one kind of database. All its methods are called from the
// writer's goroutine, unless the store is direct.
type engine interface {
	// write stores what several callers have in one transaction and returns after
	// its COMMIT. The results are in the order of the groups.
	write(ctx context.Context, groups []group, at time.Time) ([]Result, error)
	// settleRoots gives traces that have waited long enough a root. It returns
	// when the next is due, or the zero time where none waits.
	settleRoots(ctx context.Context, at time.Time) (next time.Time, err error)
	// tended is the database as retention sees it; nil while there is none.
	tended() tended
	// trouble is what an error of settleRoots or of tended means, in a sentence where
	// there is one. What can be mended, is.
	trouble(ctx context.Context, err error) error
	// pressed reports whether retention has to look at the size after each write.
	pressed() bool
	// close ends the engine in an orderly way.
	close(ctx context.Context) error
}

// group is what one caller wants to be stored: spans or log records.
type group struct {
	spans []Span
	logs  []Log
}

func (g *group) rows() int { return len(g.spans) + len(g.logs) }

// bytes is the length of the JSON in it.
func (g *group) bytes() (n int64) {
	for i := range g.spans {
		n += int64(spanBytes(&g.spans[i]))
	}
	for i := range g.logs {
		n += int64(logBytes(&g.logs[i]))
	}
	return n
}

// Store writes spans. For a file one goroutine owns the only writing connection;
// callers of Write wait for it together, so that one COMMIT serves all who came
// in the meantime. A server is written to by the callers themselves: it has a
// lock of its own, and what they send can be made while it is at work.
type Store struct {
	engine  engine
	options Options
	direct  bool
	settle  chan time.Time     // when a direct write may have left a trace without a root
	poke    chan chan struct{} // asks for a step of retention, and is told when it is done
	keep    *retainer
	urgent  bool        // there is more than may be stored
	noRoom  atomic.Bool // a transaction has found the disk full
	queue   chan *write
	done    chan struct{} // closed when the writer has ended

	// A transaction belongs to no single caller: it ends with the store.
	life context.Context
	end  context.CancelFunc

	mu     sync.RWMutex
	closed bool
}

// write is one call of Write or WriteLogs on its way.
type write struct {
	group
	since  time.Time
	result Result
	err    error
	ready  chan struct{}
}

const (
	defaultRootGrace          = 10 * time.Second
	defaultMaxTransactionRows = 4096
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
	return start(e, options, false), nil
}

func (o Options) withDefaults() Options {
	if o.RootGrace <= 0 {
		o.RootGrace = defaultRootGrace
	}
	if o.MaxTransactionRows <= 0 {
		o.MaxTransactionRows = defaultMaxTransactionRows
	}
	if o.Search.MaxChars <= 0 {
		o.Search.MaxChars = defaultSearchChars
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Uptime == nil {
		o.Uptime = machineUptime
	}
	if o.Notice == nil {
		o.Notice = func(string) {}
	}
	if o.Info == nil {
		o.Info = func(string) {}
	}
	if o.Tended == nil {
		o.Tended = func(Tended) {}
	}
	if o.Reached == nil {
		o.Reached = func(error) {}
	}
	if o.Observe == nil {
		o.Observe = func(Transaction) {}
	}
	return o
}

func start(e engine, options Options, direct bool) *Store {
	s := &Store{
		engine: e, options: options, direct: direct,
		settle: make(chan time.Time, 1), poke: make(chan chan struct{}), queue: make(chan *write), done: make(chan struct{}),
	}
	s.life, s.end = context.WithCancel(context.Background())
	go s.run()
	return s
}

// Write stores spans and returns after the COMMIT that made them durable.
// Spans that are stored already count as duplicates and are left as they are.
// Spans that cannot be stored are counted and left out; they do not fail the
// others. More than a transaction holds goes into several. On an error it is not
// known what is stored beyond the Result; writing the same spans again is harmless.
func (s *Store) Write(ctx context.Context, spans []Span) (Result, error) {
	return s.submit(ctx, group{spans: spans})
}

// WriteLogs stores log records as Write stores spans.
func (s *Store) WriteLogs(ctx context.Context, logs []Log) (Result, error) {
	return s.submit(ctx, group{logs: logs})
}

// submit stores what is larger than a transaction in several, between which others
// get their turn.
func (s *Store) submit(ctx context.Context, g group) (Result, error) {
	var sum Result
	for g.rows() > 0 {
		part := g
		if !s.direct { // a request to a server is bounded by its bytes
			part, g = g.cut(s.options.MaxTransactionRows)
		} else {
			g = group{}
		}
		result, err := s.submitPart(ctx, part)
		sum.add(result)
		if err != nil {
			return sum, err
		}
	}
	return sum, nil
}

// cut returns the first n rows and the rest.
func (g group) cut(n int) (first, rest group) {
	spans := min(n, len(g.spans))
	logs := min(n-spans, len(g.logs))
	return group{g.spans[:spans], g.logs[:logs]}, group{g.spans[spans:], g.logs[logs:]}
}

func (s *Store) submitPart(ctx context.Context, g group) (Result, error) {
	w := &write{group: g, since: s.options.Now(), ready: make(chan struct{})}
	if s.direct {
		return s.writeDirect(ctx, w)
	}
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

// writeDirect stores in the caller's own goroutine.
func (s *Store) writeDirect(ctx context.Context, w *write) (Result, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return Result{}, ErrClosed
	}
	s.commit(ctx, []*write{w})
	select {
	case s.settle <- s.options.Now().Add(s.options.RootGrace):
	default: // an earlier time waits to be noticed
	}
	return w.result, w.err
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
// When ctx ends, it interrupts what still waits for another process. It may be
// called more than once.
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
	stop := context.AfterFunc(ctx, s.end)
	defer stop()
	<-s.done
	defer s.end()
	return s.engine.close(context.WithoutCancel(ctx))
}

// run is the writer.
func (s *Store) run() {
	defer close(s.done)
	// What an earlier process has left is looked after at once.
	settle, tend, index := newAlarm(s.options.Now), newAlarm(s.options.Now), newAlarm(s.options.Now)
	defer settle.stop()
	defer tend.stop()
	defer index.stop()
	defer func() {
		if s.keep != nil {
			s.keep.foreign.end()
		}
	}()
	for {
		select {
		case w, open := <-s.queue:
			if !open {
				return
			}
			// No caller's context: the transaction belongs to all of them, and its waits
			// are bounded by the database's own timeouts.
			s.commit(s.life, s.collect(w))
			settle.by(s.options.Now().Add(s.options.RootGrace))
			index.by(s.options.Now().Add(indexDelay))
			s.tendAfterWrite(tend)
		case at := <-s.settle:
			settle.by(at)
			index.by(s.options.Now().Add(indexDelay))
			s.tendAfterWrite(tend)
		case <-index.C:
			index.rang()
			s.index(index)
		case <-tend.C:
			tend.rang()
			s.tend(tend)
		case poked := <-s.poke:
			s.tend(tend)
			close(poked)
		case <-settle.C:
			settle.rang()
			s.settleRoots(settle)
		}
	}
}

// collect takes what is waiting, up to the size of a transaction.
func (s *Store) collect(first *write) []*write {
	batch := []*write{first}
	for n := first.rows(); n < s.options.MaxTransactionRows; {
		select {
		case w, open := <-s.queue:
			if !open {
				return batch
			}
			batch = append(batch, w)
			n += w.rows()
		default:
			return batch
		}
	}
	return batch
}

// settlePause is how long the writer waits after a failure, which the next
// write will meet and report.
const settlePause = 5 * time.Second

// settleRoots gives the traces that are due a root.
func (s *Store) settleRoots(again *alarm) {
	now := s.options.Now()
	next, err := s.engine.settleRoots(s.life, now)
	if err == nil && s.direct {
		s.options.Reached(nil)
	}
	switch {
	case err != nil:
		if err := s.engine.trouble(s.life, err); s.direct {
			s.options.Reached(err)
		}
		again.by(now.Add(settlePause))
	case !next.IsZero():
		again.by(next)
	}
}

// index puts stored spans into the index of words.
func (s *Store) index(again *alarm) {
	db := s.engine.tended()
	if !s.options.Search.Enabled || db == nil {
		return // a write asks again
	}
	more, err := indexStep(s.life, db, s.options.Search.MaxChars)
	switch {
	case err != nil:
		_ = s.engine.trouble(s.life, err)
		again.by(s.options.Now().Add(settlePause))
	case more:
		again.by(s.options.Now().Add(indexPause))
	}
}

// stepsBetweenWrites is how many steps of deleting go between two transactions
// while there is more than may be stored: writers are slowed down to what can be
// deleted.
const stepsBetweenWrites = 3

func (s *Store) tendAfterWrite(again *alarm) {
	if s.noRoom.Swap(false) {
		s.tend(again) // what is due makes room
	}
	for range stepsBetweenWrites {
		if !s.urgent {
			break
		}
		s.tend(again)
	}
	if s.options.Retention.MaxSize > 0 {
		again.by(s.options.Now().Add(sizeCheck))
	}
}

// tend does one step of retention.
func (s *Store) tend(again *alarm) {
	if s.direct && !s.options.Retention.on() {
		return // a server is not asked for its size only
	}
	db := s.engine.tended()
	now := s.options.Now()
	if db == nil {
		again.by(now.Add(settlePause))
		return
	}
	if s.keep != nil && s.keep.db != db {
		s.keep.foreign.end() // another file has taken the place of the one that was
		s.keep = nil
	}
	if s.keep == nil {
		s.keep = newRetainer(s.options, db)
	}
	done, more, urgent := s.keep.step(s.life, now)
	s.urgent = urgent
	done.Err = s.engine.trouble(s.life, done.Err)
	s.options.Tended(done)
	switch {
	case done.Err != nil:
		again.by(now.Add(settlePause))
	case urgent:
		again.by(now)
	case more:
		again.by(now.Add(s.keep.Pause))
	default:
		again.by(now.Add(s.keep.wake()))
	}
}
