package atomicqueue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.uber.org/zap"
)

// readPatience is how long a request that cannot be read is tried again, while the
// queue waits. Then it stays in the file, for the next start.
const readPatience = 5 * time.Second

// readPause is between two attempts at reading.
const readPause = 50 * time.Millisecond

// deletesAtOnce bounds a transaction that deletes what could not be deleted before: it
// has to fit into a reserve.
const deletesAtOnce = 16

var (
	errMissing = errors.New("the file has no such request")
	errDamaged = errors.New("the request is not as it was written")
)

// client is the storage of an exporter. Until a queue asks for its metadata it passes
// everything on, and so it does for exporters that keep something else.
type client struct {
	storage.Client
	logger   *zap.Logger
	patience time.Duration

	mu     sync.Mutex
	ledger *ledger
	active bool // a queue has asked for its metadata
	behind bool // the file's metadata is older than upstream's
	legacy bool // the file has metadata of an older version, not of this one

	full    atomic.Bool // the last request could not be written
	refusal error       // why
	size    int         // its size in bytes
	asks    time.Time   // when the disk is asked for room again
}

// newClient reads what a queue has left in its file. It writes nothing.
func newClient(ctx context.Context, inner storage.Client, logger *zap.Logger) (*client, error) {
	c := &client{Client: inner, logger: logger}
	found, err := survey(ctx, inner)
	if err != nil {
		return nil, err
	}
	c.legacy = found.legacy
	on, err := found.metadata()
	if err != nil {
		logger.Error("The metadata of a queue on disk cannot be read: it is made anew from the requests that are there.",
			zap.Int("requests", len(found.indexes)))
	}
	c.ledger = newLedger(on, found.indexes)
	if n := found.unlisted(on); err == nil && n > 0 {
		logger.Warn("A queue on disk has requests that it does not list: they are sent, some perhaps a second time.",
			zap.Int("requests", n))
	}
	return c, nil
}

// Get reads.
func (c *client) Get(ctx context.Context, key string) ([]byte, error) {
	op := storage.GetOperation(key)
	err := c.Batch(ctx, op)
	return op.Value, err
}

// Set writes.
func (c *client) Set(ctx context.Context, key string, value []byte) error {
	return c.Batch(ctx, storage.SetOperation(key, value))
}

// Delete deletes.
func (c *client) Delete(ctx context.Context, key string) error {
	return c.Batch(ctx, storage.DeleteOperation(key))
}

// Batch does operations together: those that the queue does when it starts, puts a
// request, reads one, or is done with one. Only a put and a read may fail.
func (c *client) Batch(ctx context.Context, ops ...*storage.Operation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(ops) == 1 && ops[0].Type == storage.Get && ops[0].Key == metadataKey {
		c.active = true
		if ops[0].Value = c.ledger.upstream.encode(); len(ops[0].Value) == 0 {
			ops[0].Value = nil
		}
		return nil
	}
	if !c.active {
		return c.Client.Batch(ctx, ops...)
	}
	c.settle(ctx)
	s, err := c.translate(ops)
	if err != nil {
		return err
	}
	return c.do(ctx, s)
}

// step is a batch of upstream's, in the file's words.
type step struct {
	ops     []*storage.Operation
	before  metadata // upstream's, before this step
	states  bool     // it has metadata
	puts    []uint64
	size    int // of them in bytes
	deletes []uint64
	reads   []read
}

// read is a request that upstream wants to have.
type read struct {
	index    uint64
	from, to *storage.Operation
}

func (c *client) translate(ops []*storage.Operation) (step, error) {
	s := step{before: c.ledger.upstream}
	for _, op := range ops {
		place, request := indexOf(op.Key)
		index := c.ledger.index(place)
		switch {
		case op.Key == metadataKey && op.Type == storage.Set:
			now, err := parseMetadata(op.Value)
			if err != nil {
				return step{}, err // upstream writes something that its tests here do not know
			}
			c.ledger.update(now)
			s.states = true
		case !request:
			s.ops = append(s.ops, op)
		case op.Type == storage.Set:
			s.puts = append(s.puts, index)
			s.size += len(op.Value)
			s.ops = append(s.ops, storage.SetOperation(keyOf(index), seal(op.Value)))
		case op.Type == storage.Get:
			from := storage.GetOperation(keyOf(index))
			s.reads = append(s.reads, read{index: index, from: from, to: op})
			s.ops = append(s.ops, from)
		default:
			if _, stays := c.ledger.kept[index]; !stays {
				s.deletes = append(s.deletes, index)
				s.ops = append(s.ops, storage.DeleteOperation(keyOf(index)))
			}
		}
	}
	return s, nil
}

// do does a step, or what of it can be done.
func (c *client) do(ctx context.Context, s step) error {
	ops := s.ops
	if s.states || c.behind {
		ops = append(c.statement(), ops...)
	}
	if len(ops) == 0 {
		return nil
	}
	err := c.Client.Batch(ctx, ops...)
	switch {
	case err == nil:
		c.written(len(s.puts) > 0)
		return c.hand(s)
	case len(s.puts) > 0:
		if !c.full.Load() {
			c.logger.Error("A queue on disk takes no requests: clients are told to send them again.", zap.Error(err))
		}
		c.behind = true
		c.ledger.refused(s.before)
		c.refusal, c.size = fmt.Errorf("the queue on disk does not take it: %w", err), s.size
		c.full.Store(true)
		return c.refusal
	case len(s.reads) > 0:
		c.behind = true
		return c.readAlone(ctx, s, err)
	}
	if c.spare() && c.Client.Batch(ctx, ops...) == nil {
		c.written(false)
		return nil
	}
	if !c.behind {
		c.logger.Warn("What a destination has taken cannot be deleted from the queue on disk yet; it is tried again.", zap.Error(err))
	}
	c.behind = true
	for _, index := range s.deletes {
		c.ledger.owe(index)
	}
	return nil
}

// statement is what writes the metadata of the file.
func (c *client) statement(without ...uint64) []*storage.Operation {
	ops := []*storage.Operation{storage.SetOperation(metadataKey, c.ledger.file(without...).encode())}
	if c.legacy {
		for _, key := range []string{legacyReadKey, legacyWriteKey, legacyDispatchedKey} {
			ops = append(ops, storage.DeleteOperation(key))
		}
	}
	return ops
}

func (c *client) written(put bool) {
	c.behind, c.legacy = false, false
	if put && c.full.Load() {
		c.hasRoom()
	}
}

// hasRoom ends what began with a request that could not be written.
func (c *client) hasRoom() {
	c.full.Store(false)
	c.logger.Info("The queue on disk takes requests again.")
	if r, ok := c.Client.(reserver); ok {
		r.reserve()
	}
}

// reserver has a reserve on its disk.
type reserver interface {
	reserve()
	spare() bool
}

// spare gives up the reserve, and says whether there was one.
func (c *client) spare() bool {
	r, ok := c.Client.(reserver)
	return ok && r.spare()
}

// readAlone reads without writing anything, again and again for a while.
func (c *client) readAlone(ctx context.Context, s step, cause error) error {
	var ops []*storage.Operation
	for _, r := range s.reads {
		ops = append(ops, r.from)
	}
	for end := time.Now().Add(c.patience); ; {
		err := c.Client.Batch(ctx, ops...)
		if err == nil {
			return c.hand(s)
		}
		if ctx.Err() != nil || time.Now().After(end) {
			break
		}
		time.Sleep(readPause)
	}
	for _, r := range s.reads {
		c.ledger.keep(r.index)
	}
	c.logger.Error("A request of a queue on disk cannot be read. It stays there, and is tried again after the next start.", zap.Error(cause))
	return cause
}

// hand gives upstream the requests that have been read.
func (c *client) hand(s step) error {
	for _, r := range s.reads {
		if r.from.Value == nil {
			return errMissing // was refused when it came, or has been reported by salvage
		}
		value, state := unseal(r.from.Value)
		r.to.Value = value
		if state == whole {
			continue
		}
		c.logger.Error("A request of a queue on disk is damaged: what it held is lost.",
			zap.Uint64("request", r.index), zap.Int("bytes", len(value)))
		if state == damaged {
			return errDamaged
		} // what has no checksum is upstream's to judge
	}
	return nil
}

// settle deletes what could not be deleted before, if there is room by now.
func (c *client) settle(ctx context.Context) {
	for len(c.ledger.owed) > 0 {
		n := min(len(c.ledger.owed), deletesAtOnce)
		owed := c.ledger.owed[:n]
		ops := c.statement(owed...)
		for _, index := range owed {
			ops = append(ops, storage.DeleteOperation(keyOf(index)))
		}
		if c.Client.Batch(ctx, ops...) != nil && (!c.spare() || c.Client.Batch(ctx, ops...) != nil) {
			return
		}
		c.ledger.paid(n)
		c.written(false)
	}
}

// Close writes what could not be written before, and closes the file.
func (c *client) Close(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.active {
		c.settle(ctx)
		if c.behind {
			if err := c.Client.Batch(ctx, c.statement()...); err != nil {
				c.logger.Warn("The state of a queue on disk cannot be written: some requests are sent a second time after the next start.", zap.Error(err))
			}
		}
	}
	return c.Client.Close(ctx)
}

// found is what a file has.
type found struct {
	indexes  []uint64
	metadata func() (metadata, error)
	legacy   bool
}

// unlisted is how many requests are there that the metadata does not know.
func (f found) unlisted(on metadata) int {
	n := 0
	for _, index := range f.indexes {
		if index >= on.write || index < on.read && !slices.Contains(on.dispatched, index) {
			n++
		}
	}
	return n
}
