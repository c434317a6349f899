package atomicqueue

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/otelcol"
	"go.uber.org/zap"
)

// Wrap mends the queues of all exporters that factories make, and the files of
// file_storage.
func Wrap(factories func() (otelcol.Factories, error)) func() (otelcol.Factories, error) {
	return func() (otelcol.Factories, error) {
		all, err := factories()
		for id, factory := range all.Extensions {
			all.Extensions[id] = &storageFactory{factory}
		}
		for id, factory := range all.Exporters {
			all.Exporters[id] = gated(factory)
		}
		return all, err
	}
}

type storageFactory struct{ extension.Factory }

// Create makes the extension. One that is a storage is mended.
func (f *storageFactory) Create(ctx context.Context, set extension.Settings, config component.Config) (extension.Extension, error) {
	files, ok := config.(*filestorage.Config)
	if !ok {
		made, err := f.Factory.Create(ctx, set, config)
		if s, ok := made.(storage.Extension); ok && err == nil {
			return &queues{Extension: s, logger: set.Logger, patience: readPatience}, nil
		}
		return made, err
	}
	mended := *files
	if mended.Compaction != nil {
		compaction := *mended.Compaction
		mended.Compaction = &compaction
	}
	made, err := f.Factory.Create(ctx, set, &mended)
	s, ok := made.(storage.Extension)
	if err != nil || !ok {
		return made, err
	}
	if mended.Compaction != nil {
		mended.Compaction.OnRebound = false // the folder has been made; compactor does the work
	}
	return &queues{Extension: &fileStorage{Extension: s, config: files, logger: set.Logger}, logger: set.Logger, patience: readPatience}, nil
}

// queues is a storage whose queues are mended.
type queues struct {
	storage.Extension
	logger   *zap.Logger
	patience time.Duration // see readPatience

	mu      sync.Mutex
	clients map[queueID]*client
}

// GetClient returns the client of a component.
func (q *queues) GetClient(ctx context.Context, kind component.Kind, id component.ID, name string) (storage.Client, error) {
	inner, err := q.Extension.GetClient(ctx, kind, id, name)
	if err != nil || !isQueue(kind, name) {
		return inner, err
	}
	c, err := newClient(ctx, inner, q.logger.With(zap.Stringer("exporter", id), zap.String("signal", name)))
	if err != nil {
		_ = inner.Close(ctx)
		return nil, err
	}
	c.patience = q.patience
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.clients == nil {
		q.clients = map[queueID]*client{}
	}
	q.clients[queueID{id, name}] = c
	return c, nil
}

// Ready tells a storage that watches them that the pipelines run.
func (q *queues) Ready() error {
	if watcher, ok := q.Extension.(pipelineWatcher); ok {
		return watcher.Ready()
	}
	return nil
}

// NotReady tells it that they are about to stop.
func (q *queues) NotReady() error {
	if watcher, ok := q.Extension.(pipelineWatcher); ok {
		return watcher.NotReady()
	}
	return nil
}

// pipelineWatcher is extensioncapabilities.PipelineWatcher.
type pipelineWatcher interface {
	Ready() error
	NotReady() error
}

// isQueue says whether a storage is that of an exporter's queue, which has the name of
// its signal.
func isQueue(kind component.Kind, name string) bool {
	return kind == component.KindExporter && slices.Contains([]string{"traces", "metrics", "logs", "profiles"}, name)
}
