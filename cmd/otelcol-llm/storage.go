package main

import (
	"context"
	"slices"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/otelcol"
)

// wholeStorages makes the storages of factories safe for queues whose process ends
// while they start. An upstream queue that starts reads the requests that were on
// their way when the process ended, deletes all of them, and writes one after the
// other anew. A process that is killed in between, such as one that needs too much
// memory as often as it starts, loses what it has not come to; for a queue of
// thousands of spans that takes half a second.
func wholeStorages(factories func() (otelcol.Factories, error)) func() (otelcol.Factories, error) {
	return func() (otelcol.Factories, error) {
		all, err := factories()
		for id, factory := range all.Extensions {
			all.Extensions[id] = &wholeFactory{factory}
		}
		return all, err
	}
}

type wholeFactory struct{ extension.Factory }

// Create makes the extension, whole where it is a storage.
func (f *wholeFactory) Create(ctx context.Context, set extension.Settings, config component.Config) (extension.Extension, error) {
	made, err := f.Factory.Create(ctx, set, config)
	if s, ok := made.(storage.Extension); ok && err == nil {
		return &wholeStorage{s}, nil
	}
	return made, err
}

type wholeStorage struct{ storage.Extension }

// GetClient returns the client of a component.
func (s *wholeStorage) GetClient(ctx context.Context, kind component.Kind, id component.ID, name string) (storage.Client, error) {
	client, err := s.Extension.GetClient(ctx, kind, id, name)
	if err != nil || kind != component.KindExporter {
		return client, err
	}
	return &wholeClient{Client: client}, nil
}

// wholeClient makes one step of a queue's reading of many keys, its deleting of the
// same, and as many writings as there were values. Until the last of them nothing
// has changed.
type wholeClient struct {
	storage.Client
	mu    sync.Mutex
	read  []string // keys of the last batch of readings
	found int      // of them
	held  []*storage.Operation
	wait  int // how many writings are to come
}

// Batch does operations together, those of a queue's start with the ones before.
func (c *wholeClient) Batch(ctx context.Context, ops ...*storage.Operation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.wait > 0 && all(ops, storage.Set):
		c.held = append(c.held, ops...)
		if c.wait--; c.wait > 0 {
			return nil
		}
		return c.release(ctx)
	case c.wait > 0: // fewer than were read: some could not be understood
		if err := c.release(ctx); err != nil {
			return err
		}
	case c.found > 0 && all(ops, storage.Delete) && slices.Equal(keys(ops), c.read):
		c.held, c.wait = slices.Clone(ops), c.found
		c.read, c.found = nil, 0
		return nil
	}
	err := c.Client.Batch(ctx, ops...)
	c.read, c.found = nil, 0
	if err == nil && all(ops, storage.Get) {
		c.read = keys(ops)
		for _, op := range ops {
			if op.Value != nil {
				c.found++
			}
		}
	}
	return err
}

// release does what is held, if anything is.
func (c *wholeClient) release(ctx context.Context) error {
	if len(c.held) == 0 {
		return nil
	}
	held := c.held
	c.held, c.wait = nil, 0
	return c.Client.Batch(ctx, held...)
}

// Get reads, after what was held.
func (c *wholeClient) Get(ctx context.Context, key string) ([]byte, error) {
	op := storage.GetOperation(key)
	err := c.Batch(ctx, op)
	return op.Value, err
}

// Set writes, after what was held.
func (c *wholeClient) Set(ctx context.Context, key string, value []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.release(ctx); err != nil {
		return err
	}
	return c.Client.Set(ctx, key, value)
}

// Delete deletes, after what was held.
func (c *wholeClient) Delete(ctx context.Context, key string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.release(ctx); err != nil {
		return err
	}
	return c.Client.Delete(ctx, key)
}

// all reports whether there are operations, all of a kind.
func all(ops []*storage.Operation, kind storage.OpType) bool {
	return len(ops) > 0 && !slices.ContainsFunc(ops, func(op *storage.Operation) bool { return op.Type != kind })
}

func keys(ops []*storage.Operation) []string {
	out := make([]string, len(ops))
	for i, op := range ops {
		out[i] = op.Key
	}
	return out
}
