package tracestore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
)

// ServerOptions say how a store on a libSQL server behaves.
type ServerOptions struct {
	// Client reaches the server.
	Client *hrana.Client
	// TokenMustServe makes the store not open where the server refuses the token;
	// otherwise it is a server that is away.
	TokenMustServe bool
	// MaxRequestBytes bounds the body of a request: what is longer is sent as
	// several, each a transaction. A server steals the lock of a transaction after
	// five seconds.
	MaxRequestBytes int
}

const defaultMaxRequestBytes = 4 << 20

// OpenServer opens the trace store on a libSQL server. The server need not be
// there yet: where it cannot be used, the schema is made before the first write.
// Errors are those of a database that is another's.
func OpenServer(ctx context.Context, server ServerOptions, options Options) (*Store, error) {
	options = options.withDefaults()
	if server.MaxRequestBytes <= 0 {
		server.MaxRequestBytes = defaultMaxRequestBytes
	}
	e := &serverEngine{client: server.Client, server: server, options: options, turn: make(chan struct{}, 1)}
	err := e.prepare(ctx)
	switch {
	case errors.Is(err, ErrNewerSchema), errors.Is(err, ErrOtherSchema), errors.Is(err, ErrSchemaMissing):
		return nil, fmt.Errorf("url: %w", err)
	case failureOf(err) == notAuthorized && server.TokenMustServe:
		return nil, explainServer(err)
	}
	options.Reached(explainServer(err))
	return start(e, options, true), nil
}

// serverEngine writes to a libSQL server. Its methods may be called at the same
// time.
type serverEngine struct {
	client   *hrana.Client
	server   ServerOptions
	options  Options
	requests sync.Pool // of *hrana.Request

	ready atomic.Bool   // the schema is up to date
	turn  chan struct{} // of size 1: who brings it up to date
}

func (e *serverEngine) prepare(ctx context.Context) error {
	if e.ready.Load() {
		return nil
	}
	// A server that is silent must not hold up those who want to give up.
	select {
	case e.turn <- struct{}{}:
		defer func() { <-e.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if e.ready.Load() {
		return nil
	}
	if err := bringUpToDate(ctx, e, e.options); err != nil {
		return err
	}
	e.ready.Store(true)
	return nil
}

// outdated says that the schema is not what it was.
func (e *serverEngine) outdated() { e.ready.Store(false) }

func (e *serverEngine) borrow() *hrana.Request {
	r, ok := e.requests.Get().(*hrana.Request)
	if !ok {
		r = new(hrana.Request)
	}
	r.Reset()
	return r
}

// query runs one statement.
func (e *serverEngine) query(ctx context.Context, s statement, each func(row []any) error) error {
	r := e.borrow()
	defer e.requests.Put(r)
	r.Execute(s.sql, s.args)
	return runQuery(ctx, e.client, r, each)
}

func runQuery(ctx context.Context, client *hrana.Client, r *hrana.Request, each func(row []any) error) error {
	answer, err := client.Do(ctx, r)
	if err != nil {
		return err
	}
	rows, err := answer.Rows(0)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := each(row); err != nil {
			return err
		}
	}
	return nil
}

// apply sends the statements as one transaction.
func (e *serverEngine) apply(ctx context.Context, statements []statement) error {
	t := e.begin()
	defer t.end()
	for _, s := range statements {
		t.run(s.sql, s.args)
	}
	_, err := t.commit(ctx)
	return err
}

func (e *serverEngine) write(ctx context.Context, groups []group, at time.Time) ([]Result, error) {
	results := make([]Result, len(groups))
	for i := range groups {
		var err error
		if results[i], err = e.writeGroup(ctx, groups[i], at); err != nil {
			return nil, explainServer(err)
		}
	}
	return results, nil
}

func (e *serverEngine) writeGroup(ctx context.Context, g group, at time.Time) (Result, error) {
	result, err := e.writeOnce(ctx, g, at)
	if failureOf(err) != schemaMissing {
		return result, err
	}
	// Somebody has dropped our tables: make them again, once.
	e.outdated()
	return e.writeOnce(ctx, g, at)
}

func (e *serverEngine) writeOnce(ctx context.Context, g group, at time.Time) (Result, error) {
	if err := e.prepare(ctx); err != nil {
		return Result{}, err
	}
	w := &serverWrite{engine: e, at: momentOf(at), graceEnd: at.Add(e.options.RootGrace).UnixMicro()}
	result, err := w.spans(ctx, inStorageOrder([]group{g}))
	if err != nil {
		return result, err
	}
	logs, err := w.logs(ctx, g.logs)
	result.add(logs)
	return result, err
}

func (e *serverEngine) settleRoots(ctx context.Context, at time.Time) (time.Time, error) {
	if err := e.prepare(ctx); err != nil {
		return time.Time{}, err
	}
	return settleRoots(ctx, e, at)
}

func (e *serverEngine) trouble(_ context.Context, err error) error { return explainServer(err) }

// tended is nil until the server can be used: that it cannot is told by those who
// settle roots.
func (e *serverEngine) tended() tended {
	if !e.ready.Load() {
		return nil
	}
	return serverTending{e}
}

// serverTending is a server's database as retention sees it: its file never
// shrinks, what is free is used again.
type serverTending struct{ *serverEngine }

func (s serverTending) size(ctx context.Context) (Size, error) {
	if err := s.prepare(ctx); err != nil {
		return Size{}, err
	}
	return pageSize(ctx, s)
}

func (s serverTending) readApart(ctx context.Context, st statement, each func(row []any) error) error {
	return s.query(ctx, st, each)
}

func (serverTending) vacuum(context.Context) (bool, error) { return false, nil }

func (serverTending) copyWAL(context.Context) error { return nil }

func (serverTending) trimWAL(context.Context, Size) (bool, error) { return false, nil }

func (serverTending) readers() string { return someReader }

// pressed is for files: a server knows its own disk.
func (e *serverEngine) pressed() bool { return false }

func (e *serverEngine) close(context.Context) error { return nil }
