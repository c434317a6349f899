package traceviewer

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/otelcol-llm/otelcol-llm/extension/traceviewer/mount"
	"github.com/otelcol-llm/otelcol-llm/internal/hrana"
	"github.com/otelcol-llm/otelcol-llm/internal/hrana/hranatest"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/openstore"
	"github.com/otelcol-llm/otelcol-llm/internal/tracestore/query"
)

// counted is a store that counts who asks it and whether it is closed.
type counted struct {
	query.Source
	name   string
	gate   chan struct{} // closed when questions may end
	asking *atomic.Int32
	most   *atomic.Int32
	closed atomic.Bool
}

func (c *counted) Store(ctx context.Context) (*query.StoreInfo, error) {
	n := c.asking.Add(1)
	defer c.asking.Add(-1)
	for most := c.most.Load(); n > most && !c.most.CompareAndSwap(most, n); most = c.most.Load() {
	}
	select {
	case <-c.gate:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c.closed.Load() {
		return nil, errors.New("closed while it was asked")
	}
	return &query.StoreInfo{Place: c.name}, nil
}

func (c *counted) Changes(context.Context, string, query.TraceFilter) (query.Changes, error) {
	return query.Changes{Cursor: c.name}, nil
}

func (c *counted) Close() error { c.closed.Store(true); return nil }

type places struct {
	*source
	file         string
	gate         chan struct{}
	opened       []*counted
	asking, most atomic.Int32
}

func newPlaces(t *testing.T, queries int, timeout time.Duration) *places {
	t.Helper()
	p := &places{file: filepath.Join(t.TempDir(), "traces.db"), gate: make(chan struct{})}
	p.source = newSource(func() (openstore.Store, error) { return openstore.Store{File: p.file}, nil }, queries, timeout)
	p.open = func(_ context.Context, where openstore.Store) (query.Source, error) {
		content, err := os.ReadFile(where.File)
		if err != nil {
			return nil, err
		}
		c := &counted{name: string(content), gate: p.gate, asking: &p.asking, most: &p.most}
		p.opened = append(p.opened, c)
		return c, nil
	}
	return p
}

func TestAStoreIsOpenedWhenItIsThereAndAgainWhenItWasReplaced(t *testing.T) {
	p := newPlaces(t, 2, time.Minute)
	close(p.gate)
	_, err := p.Store(t.Context())
	var unavailable mount.Unavailable
	require.ErrorAs(t, err, &unavailable)
	assert.Contains(t, unavailable.Sentence, "does not exist yet")

	require.NoError(t, os.WriteFile(p.file, []byte("first"), 0o600))
	for range 3 {
		info, err := p.Store(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "first", info.Place)
	}
	require.Len(t, p.opened, 1)

	require.NoError(t, os.Rename(p.file, p.file+".damaged"))
	_, err = p.Store(t.Context())
	require.ErrorAs(t, err, &unavailable)
	require.NoError(t, os.WriteFile(p.file, []byte("second"), 0o600))
	info, err := p.Store(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "second", info.Place)
	assert.True(t, p.opened[0].closed.Load())

	require.NoError(t, p.Close())
	assert.True(t, p.opened[1].closed.Load())
	_, err = p.Store(t.Context())
	require.ErrorAs(t, err, &unavailable)
	assert.Contains(t, unavailable.Sentence, "stopping")
}

func TestAStoreIsClosedAfterTheLastQuestion(t *testing.T) {
	p := newPlaces(t, 4, time.Minute)
	require.NoError(t, os.WriteFile(p.file, []byte("first"), 0o600))
	answered := make(chan error, 1)
	go func() {
		_, err := p.Store(context.Background())
		answered <- err
	}()
	require.Eventually(t, func() bool { return p.asking.Load() == 1 }, time.Minute, time.Millisecond)
	require.NoError(t, os.Rename(p.file, p.file+".old"))
	require.NoError(t, os.WriteFile(p.file, []byte("second"), 0o600))
	_, err := p.changesNow(t.Context(), "", query.TraceFilter{})
	require.NoError(t, err)
	assert.False(t, p.opened[0].closed.Load(), "it is being asked")
	close(p.gate)
	require.NoError(t, <-answered)
	assert.True(t, p.opened[0].closed.Load())
	assert.False(t, p.opened[1].closed.Load())
}

func TestQuestionsAreAskedSoManyAtATimeAndNotForLong(t *testing.T) {
	p := newPlaces(t, 2, time.Minute)
	require.NoError(t, os.WriteFile(p.file, []byte("x"), 0o600))
	answered := make(chan error, 10)
	for range 10 {
		go func() {
			_, err := p.Store(context.Background())
			answered <- err
		}()
	}
	require.Eventually(t, func() bool { return p.asking.Load() == 2 }, time.Minute, time.Millisecond)
	changes, err := p.changesNow(t.Context(), "", query.TraceFilter{})
	require.NoError(t, err, "what is live waits for nobody")
	assert.Equal(t, "x", changes.Cursor)
	gone, leave := context.WithCancel(t.Context())
	leave()
	_, err = p.Store(gone)
	require.ErrorIs(t, err, context.Canceled, "who goes does not wait")
	close(p.gate)
	for range 10 {
		require.NoError(t, <-answered)
	}
	assert.EqualValues(t, 2, p.most.Load())

	short := newPlaces(t, 1, time.Millisecond)
	require.NoError(t, os.WriteFile(short.file, []byte("x"), 0o600))
	_, err = short.Store(t.Context())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	short.slots <- struct{}{}
	_, err = short.Store(t.Context())
	require.ErrorIs(t, err, errBusy)
}

// TestAStoreThatIsAwayIsAskedAgain: who listens keeps the place, and the log says why once.
func TestAStoreThatIsAwayIsAskedAgain(t *testing.T) {
	server := hranatest.New(t, filepath.Join(t.TempDir(), "server.db"))
	address, err := url.Parse(server.URL)
	require.NoError(t, err)
	client := hrana.New(hrana.Options{URL: address, HTTP: server.Client()})
	store, err := tracestore.OpenServer(t.Context(), tracestore.ServerOptions{Client: client}, tracestore.Options{RootGrace: time.Hour})
	require.NoError(t, err)
	require.NoError(t, store.Close(context.Background()))
	s := newSource(func() (openstore.Store, error) { return openstore.Store{Client: client}, nil }, 2, time.Minute)
	core, logs := observer.New(zap.WarnLevel)
	s.logger = zap.New(core)
	defer func() { require.NoError(t, s.Close()) }()
	ask := func() []error {
		_, first := s.Store(t.Context())
		_, second := s.changesNow(t.Context(), "", query.TraceFilter{})
		return []error{first, second}
	}
	unavailable := func(name string) {
		for _, err := range ask() {
			var sentence mount.Unavailable
			assert.ErrorAs(t, err, &sentence, name)
		}
		assert.Len(t, logs.TakeAll(), 1, name)
	}
	for name, fault := range map[string]hranatest.Fault{
		"503":       {Status: 503},
		"no answer": {Lose: true},
		"busy":      {Status: 500, Body: `{"error":{"message":"x","code":"SQLITE_BUSY"}}`},
	} {
		server.FailWith(func(int) hranatest.Fault { return fault })
		unavailable(name)
		server.FailWith(nil)
		for _, err := range ask() {
			require.NoError(t, err, name)
		}
	}
	server.FailWith(func(int) hranatest.Fault { return hranatest.Fault{Status: 401} })
	for _, err := range ask() {
		require.Error(t, err)
		assert.NotErrorAs(t, err, new(mount.Unavailable), "a token does not become right")
	}
	assert.Empty(t, logs.TakeAll())
	server.Close()
	unavailable("nobody listens")
}
