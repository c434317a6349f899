package traceviewer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"

	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/mount"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/openstore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// source is the store that is shown. It is opened when it is first asked, and again where
// its file was moved aside or replaced. So many questions are asked at a time.
type source struct {
	locate  func() (openstore.Store, error)
	open    func(context.Context, openstore.Store) (query.Source, error)
	timeout time.Duration
	slots   chan struct{}
	logger  *zap.Logger
	isAway  atomic.Bool // as far as the log knows

	mu      sync.Mutex
	current *opened
	closed  bool
}

// opened is a store that is open as long as somebody uses it.
type opened struct {
	store query.Source
	where openstore.Store
	file  os.FileInfo // of a file
	users int         // the source itself is one
}

func newSource(locate func() (openstore.Store, error), queries int, timeout time.Duration) *source {
	return &source{locate: locate, open: openStore, timeout: timeout, slots: make(chan struct{}, queries), logger: zap.NewNop()}
}

func openStore(ctx context.Context, where openstore.Store) (query.Source, error) {
	if where.Client != nil {
		return query.NewServer(where.Client), nil
	}
	return query.Open(ctx, where.File)
}

// unready says that there is nothing to ask yet.
func unready(format string, args ...any) error {
	return mount.Unavailable{Sentence: fmt.Sprintf(format, args...)}
}

// use returns the store as it is now, and what gives it back.
func (s *source) use(ctx context.Context) (query.Source, func(), error) {
	where, err := s.locate()
	if err != nil {
		return nil, nil, err
	}
	var file os.FileInfo
	if where.Client == nil {
		if file, err = os.Stat(where.File); errors.Is(err, os.ErrNotExist) {
			return nil, nil, unready("the trace store %s does not exist yet", where.File)
		} else if err != nil {
			return nil, nil, unready("the trace store %s cannot be read; see its permissions", where.File)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, nil, unready("the collector is stopping")
	}
	if s.current == nil || s.current.where != where || file != nil && !os.SameFile(file, s.current.file) {
		store, err := s.open(ctx, where)
		if err != nil {
			return nil, nil, s.away(err)
		}
		s.drop()
		s.current = &opened{store: store, where: where, file: file, users: 1}
	}
	o := s.current
	o.users++
	return o.store, func() { s.release(o) }, nil
}

// release gives a store back.
func (s *source) release(o *opened) {
	s.mu.Lock()
	o.users--
	last := o.users == 0
	s.mu.Unlock()
	if last {
		_ = o.store.Close()
	}
}

// drop forgets the current store, which who uses it goes on using. s.mu is held.
func (s *source) drop() {
	if o := s.current; o != nil {
		s.current = nil
		if o.users--; o.users == 0 {
			_ = o.store.Close()
		}
	}
}

// Close closes the store after those who use it.
func (s *source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.drop()
	return nil
}

// errBusy says that others are asking.
var errBusy = mount.Unavailable{Sentence: "others are asking the store; try again"}

// ask asks a question when it is its turn.
func ask[T any](ctx context.Context, s *source, question func(context.Context, query.Source) (T, error)) (T, error) {
	var none T
	bounded, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-bounded.Done():
		if ctx.Err() != nil {
			return none, ctx.Err()
		}
		return none, errBusy
	}
	return askNow(bounded, s, question)
}

// askNow is ask without a turn, for the one poller of what is live.
func askNow[T any](ctx context.Context, s *source, question func(context.Context, query.Source) (T, error)) (T, error) {
	store, release, err := s.use(ctx)
	if err != nil {
		var none T
		return none, err
	}
	defer release()
	answer, err := question(ctx, store)
	return answer, s.away(err)
}

// away says of an error that passes that it does. Why, stands in the log, once until the
// store answers again.
func (s *source) away(err error) error {
	passes := tracestore.IsAway(err)
	if !passes {
		if err == nil {
			s.isAway.Store(false)
		}
		return err
	}
	if !s.isAway.Swap(true) {
		s.logger.Warn("The trace store does not answer, and is asked again", zap.Error(err))
	}
	return unready("the trace store does not answer at the moment; the collector's log says why")
}

var _ query.Source = (*source)(nil)

// Traces asks the store.
func (s *source) Traces(ctx context.Context, f query.TraceFilter) (query.Page[query.TraceSummary], error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) (query.Page[query.TraceSummary], error) {
		return q.Traces(ctx, f)
	})
}

// Stats asks the store.
func (s *source) Stats(ctx context.Context, f query.TraceFilter, zone string) (query.TraceStats, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) (query.TraceStats, error) { return q.Stats(ctx, f, zone) })
}

// Values asks the store.
func (s *source) Values(ctx context.Context, field, prefix string, f query.TraceFilter) ([]query.Value, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) ([]query.Value, error) {
		return q.Values(ctx, field, prefix, f)
	})
}

// Trace asks the store.
func (s *source) Trace(ctx context.Context, id string) (*query.Trace, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) (*query.Trace, error) { return q.Trace(ctx, id) })
}

// Span asks the store.
func (s *source) Span(ctx context.Context, traceID, spanID string, limit int) (*query.Span, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) (*query.Span, error) {
		return q.Span(ctx, traceID, spanID, limit)
	})
}

// OTLP asks the store.
func (s *source) OTLP(ctx context.Context, id string) (ptrace.Traces, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) (ptrace.Traces, error) { return q.OTLP(ctx, id) })
}

// Logs asks the store.
func (s *source) Logs(ctx context.Context, traceID string) ([]query.Log, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) ([]query.Log, error) { return q.Logs(ctx, traceID) })
}

// Sessions asks the store.
func (s *source) Sessions(ctx context.Context, f query.SessionFilter) (query.Page[query.SessionSummary], error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) (query.Page[query.SessionSummary], error) {
		return q.Sessions(ctx, f)
	})
}

// Session asks the store.
func (s *source) Session(ctx context.Context, id, cursor string, limit int) (*query.Session, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) (*query.Session, error) {
		return q.Session(ctx, id, cursor, limit)
	})
}

// Spend asks the store.
func (s *source) Spend(ctx context.Context, f query.SpendFilter) (*query.Spend, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) (*query.Spend, error) { return q.Spend(ctx, f) })
}

// UnpricedModels asks the store.
func (s *source) UnpricedModels(ctx context.Context, f query.SpendFilter) ([]query.Unpriced, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) ([]query.Unpriced, error) { return q.UnpricedModels(ctx, f) })
}

// Agents asks the store.
func (s *source) Agents(ctx context.Context, f query.RunFilter) ([]query.Runs, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) ([]query.Runs, error) { return q.Agents(ctx, f) })
}

// Tools asks the store.
func (s *source) Tools(ctx context.Context, f query.RunFilter) ([]query.Runs, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) ([]query.Runs, error) { return q.Tools(ctx, f) })
}

// Loops asks the store.
func (s *source) Loops(ctx context.Context, f query.RunFilter) ([]query.Loop, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) ([]query.Loop, error) { return q.Loops(ctx, f) })
}

// Search asks the store.
func (s *source) Search(ctx context.Context, text string, f query.SearchFilter) (query.Page[query.Hit], error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) (query.Page[query.Hit], error) {
		return q.Search(ctx, text, f)
	})
}

// Changes asks the store.
func (s *source) Changes(ctx context.Context, cursor string, f query.TraceFilter) (query.Changes, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) (query.Changes, error) { return q.Changes(ctx, cursor, f) })
}

// changesNow is Changes for the one poller of what is live, which waits for nobody.
func (s *source) changesNow(ctx context.Context, cursor string, f query.TraceFilter) (query.Changes, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return askNow(ctx, s, func(ctx context.Context, q query.Source) (query.Changes, error) { return q.Changes(ctx, cursor, f) })
}

// Redactions asks the store.
func (s *source) Redactions(ctx context.Context, f query.RunFilter) ([]query.Redactions, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) ([]query.Redactions, error) { return q.Redactions(ctx, f) })
}

// Store asks the store.
func (s *source) Store(ctx context.Context) (*query.StoreInfo, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) (*query.StoreInfo, error) { return q.Store(ctx) })
}

// mastra asks the store as Mastra's server is asked.
func mastra[T any](ctx context.Context, s *source, question func(context.Context, query.Mastra) (T, error)) (T, error) {
	return ask(ctx, s, func(ctx context.Context, q query.Source) (T, error) {
		m, ok := q.(query.Mastra)
		if !ok {
			var none T
			return none, unready("this store is not one that Mastra Studio can read")
		}
		return question(ctx, m)
	})
}

var _ query.Mastra = (*source)(nil)

// MastraRoots asks the store.
func (s *source) MastraRoots(ctx context.Context, f query.MastraFilter) (roots []query.MastraSpan, next string, err error) {
	roots, err = mastra(ctx, s, func(ctx context.Context, q query.Mastra) (found []query.MastraSpan, err error) {
		found, next, err = q.MastraRoots(ctx, f)
		return found, err
	})
	return roots, next, err
}

// MastraCount asks the store.
func (s *source) MastraCount(ctx context.Context, f query.MastraFilter) (int64, error) {
	return mastra(ctx, s, func(ctx context.Context, q query.Mastra) (int64, error) { return q.MastraCount(ctx, f) })
}

// MastraTrace asks the store.
func (s *source) MastraTrace(ctx context.Context, traceID string, limit int) ([]query.MastraSpan, error) {
	return mastra(ctx, s, func(ctx context.Context, q query.Mastra) ([]query.MastraSpan, error) {
		return q.MastraTrace(ctx, traceID, limit)
	})
}

// MastraSpan asks the store.
func (s *source) MastraSpan(ctx context.Context, traceID, spanID string) (query.MastraSpan, error) {
	return mastra(ctx, s, func(ctx context.Context, q query.Mastra) (query.MastraSpan, error) {
		return q.MastraSpan(ctx, traceID, spanID)
	})
}
