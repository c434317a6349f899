package atomicqueue

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"
)

// disk fails operations of file_storage.
type disk struct {
	storage.Extension
	mu    sync.Mutex
	calls int // since it was told to fail
	fails func(call int, writes bool) verdict
}

// verdict is what becomes of an operation.
type verdict int

const (
	works      verdict = iota
	fails              // nothing is done
	failsAfter         // everything is done, and an error says that it is not
)

var errDisk = fmt.Errorf("write: %w", syscall.ENOSPC)

// set has operations fail from now on; nil is none.
func (d *disk) set(fails func(call int, writes bool) verdict) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls, d.fails = 0, fails
}

func (d *disk) do(writes bool, operation func() error) error {
	d.mu.Lock()
	what := works
	if d.fails != nil {
		what = d.fails(d.calls, writes)
		d.calls++
	}
	d.mu.Unlock()
	switch what {
	case fails:
		return errDisk
	case failsAfter:
		_ = operation()
		return errDisk
	}
	return operation()
}

// GetClient opens a file, which works where a disk is full.
func (d *disk) GetClient(ctx context.Context, kind component.Kind, id component.ID, name string) (client storage.Client, err error) {
	d.mu.Lock()
	gone := d.fails != nil && d.fails(d.calls, false) == fails
	d.calls++
	d.mu.Unlock()
	if gone {
		return nil, errDisk
	}
	client, err = d.Extension.GetClient(ctx, kind, id, name)
	if err != nil {
		return nil, err
	}
	return &diskClient{Client: client, disk: d}, nil
}

type diskClient struct {
	storage.Client
	disk *disk
}

func (c *diskClient) Get(ctx context.Context, key string) ([]byte, error) {
	op := storage.GetOperation(key)
	err := c.Batch(ctx, op)
	return op.Value, err
}

func (c *diskClient) Set(ctx context.Context, key string, value []byte) error {
	return c.Batch(ctx, storage.SetOperation(key, value))
}

func (c *diskClient) Delete(ctx context.Context, key string) error {
	return c.Batch(ctx, storage.DeleteOperation(key))
}

func (c *diskClient) Batch(ctx context.Context, ops ...*storage.Operation) error {
	writes := slices.ContainsFunc(ops, func(op *storage.Operation) bool { return op.Type != storage.Get })
	return c.disk.do(writes, func() error { return c.Client.Batch(ctx, ops...) })
}

func (c *diskClient) Walk(ctx context.Context, fn storage.WalkFunc) error {
	return c.disk.do(false, func() error { return c.Client.(storage.Walker).Walk(ctx, fn) })
}

func (c *diskClient) reserve() { c.Client.(reserver).reserve() }

func (c *diskClient) spare() bool { return c.Client.(reserver).spare() }

// faults are the ways in which a disk fails, by the call from which on it does.
var faults = map[string]func(from int) func(call int, writes bool) verdict{
	"full": func(from int) func(int, bool) verdict {
		return func(call int, writes bool) verdict {
			if call >= from && writes {
				return fails
			}
			return works
		}
	},
	"gone": func(from int) func(int, bool) verdict {
		return func(call int, _ bool) verdict {
			if call >= from {
				return fails
			}
			return works
		}
	},
	"full for a moment": func(from int) func(int, bool) verdict {
		return func(call int, writes bool) verdict {
			if call == from && writes {
				return fails
			}
			return works
		}
	},
	"gone for a moment": func(from int) func(int, bool) verdict {
		return func(call int, _ bool) verdict {
			if call == from {
				return fails
			}
			return works
		}
	},
	"unsure": func(from int) func(int, bool) verdict {
		return func(call int, writes bool) verdict {
			if call >= from && writes {
				return failsAfter
			}
			return works
		}
	},
	"every other call": func(from int) func(int, bool) verdict {
		return func(call int, _ bool) verdict {
			if (call+from)%2 == 0 {
				return fails
			}
			return works
		}
	},
}

// trial is the life of a queue on a disk that fails.
type trial struct {
	t            *testing.T
	dir          string
	acknowledged []string
	delivered    map[string]bool
}

func (l *trial) send(p *process, names ...string) {
	for _, name := range names {
		if p.send(name, 100) == nil {
			l.acknowledged = append(l.acknowledged, name)
		}
	}
}

// ends ends a process, so or so.
func (l *trial) ends(p *process, killed bool) {
	if killed {
		l.dir = p.kill()
	}
	p.stop()
	for _, name := range p.got() {
		l.delivered[name] = true
	}
}

// run has a queue with requests under way and waiting meet a fault at a call, and
// demands that it all comes out in the end.
func (l *trial) run(fault func(int, bool) verdict, killed bool) {
	t := l.t
	d := &disk{}
	o := options{consumers: 3, wrap: func(e storage.Extension) storage.Extension { d.Extension = e; return d }}
	p, err := start(t, l.dir, o)
	require.NoError(t, err)
	l.send(p, "a", "b", "c", "d", "e", "f")
	p.eventually(func() bool { return p.under() == 3 }, "three are under way")

	d.set(fault)
	l.send(p, "g", "h")
	p.take("b")
	p.take("a")
	p.eventually(func() bool { return p.under() >= 1 }, "others come")
	l.send(p, "i")
	l.ends(p, killed)
	for range 2 { // starts while the disk fails
		d.set(fault)
		p, err = start(t, l.dir, o)
		if err == nil {
			l.send(p, "j", "k")
			p.take("c")
		}
		l.ends(p, killed)
	}
	d.set(nil)
	p, err = start(t, l.dir, o)
	require.NoError(t, err, "it starts where there is room")
	l.send(p, "l")
	p.up()
	p.eventually(func() bool {
		for _, name := range p.got() {
			l.delivered[name] = true
		}
		return !slices.ContainsFunc(l.acknowledged, func(name string) bool { return !l.delivered[name] })
	}, "acknowledged: %v, delivered: %v", l.acknowledged, l.delivered)
	p.eventually(func() bool { return l.left() == 0 }, "requests stay in the file")
}

// left is how many requests the file has.
func (l *trial) left() int {
	file, err := os.Open(filepath.Join(l.dir, queueFile))
	require.NoError(l.t, err)
	defer file.Close()
	info, err := file.Stat()
	require.NoError(l.t, err)
	f, err := openBolt(file, info.Size())
	if err != nil {
		return -1 // being written
	}
	n := 0
	tree := &tree{boltFile: f, seen: map[uint64]struct{}{}, item: func(_ *page, e element) {
		if _, request := indexOf(string(e.key)); request {
			n++
		}
	}}
	if tree.walk(f.root, nil, nil) != nil {
		return -1
	}
	return n
}

// TestNothingAcknowledgedIsLost, whichever operation of the queue's is the first that
// fails, in whichever way, and whether the process is stopped or killed.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	const calls = 24
	for name, fault := range faults {
		for _, killed := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, killed %v", name, killed), func(t *testing.T) {
				t.Parallel()
				for from := range calls {
					l := &trial{t: t, dir: t.TempDir(), delivered: map[string]bool{}}
					l.run(fault(from), killed)
					assert.GreaterOrEqual(t, len(l.acknowledged), 7)
				}
			})
		}
	}
}

// TestADeletionOnAFullDisk takes the room that is kept for it, and keeps new room when
// there is some.
func TestADeletionOnAFullDisk(t *testing.T) {
	l := &trial{t: t, dir: t.TempDir(), delivered: map[string]bool{}}
	d := &disk{}
	p, err := start(t, l.dir, options{consumers: 1, wrap: func(e storage.Extension) storage.Extension { d.Extension = e; return d }})
	require.NoError(t, err)
	reserve := filepath.Join(l.dir, queueFile+reserveSuffix)
	require.FileExists(t, reserve)
	l.send(p, "a")
	p.eventually(func() bool { return p.under() == 1 }, "it is under way")
	d.set(func(_ int, writes bool) verdict {
		if _, err := os.Stat(reserve); err == nil && writes {
			return fails
		}
		return works
	})
	require.Error(t, p.send("b", 100))
	require.True(t, p.take("a"))
	p.eventually(func() bool { return l.left() == 0 }, "it is deleted")
	require.NoFileExists(t, reserve)
	d.set(nil)
	p.eventually(func() bool { return p.send("c", 100) == nil }, "there is room")
	require.FileExists(t, reserve)
}

// TestADiskThatWasFull leaves no queue that counts what it refused: there is room again
// as soon as the disk has some, while the destination is still away.
func TestADiskThatWasFull(t *testing.T) {
	d := &disk{}
	dir := t.TempDir()
	p, err := start(t, dir, options{items: 20, wrap: func(e storage.Extension) storage.Extension { d.Extension = e; return d }})
	require.NoError(t, err)
	require.NoError(t, p.send("a", 100))
	d.set(faults["full"](0))
	for range 200 {
		require.ErrorContains(t, p.send("b", 100), "no space left")
	}
	d.set(nil)
	p.eventually(func() bool { return p.send("c", 100) == nil }, "there is room")
	for range 10 {
		require.NoError(t, p.send("d", 100))
	}
	dir = p.kill()
	p.stop()
	p, err = start(t, dir, options{items: 20})
	require.NoError(t, err)
	for range 8 {
		require.NoError(t, p.send("e", 100), "the file has the right size")
	}
	require.ErrorContains(t, p.send("f", 100), "queue is full")
}
