package atomicqueue

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configoptional"
	"go.opentelemetry.io/collector/config/configretry"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/exporter/exporterhelper"
	"go.opentelemetry.io/collector/exporter/exportertest"
	"go.opentelemetry.io/collector/extension/extensiontest"
	"go.opentelemetry.io/collector/extension/xextension/storage"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

const deadline = 30 * time.Second

var (
	storageID  = component.MustNewID("file_storage")
	exporterID = component.MustNewIDWithName("test", "one")
)

// queueFile is the file of the exporter.
const queueFile = "exporter_test_one_traces"

// process is a collector with one queue, as far as its queue is concerned.
type process struct {
	t        testing.TB
	dir      string
	exporter exporter.Traces
	log      *observer.ObservedLogs
	storage  storage.Extension
	end      context.CancelFunc
	ended    sync.Once

	mu      sync.Mutex
	release map[string]chan error // requests that the destination has and does not answer
	answer  bool                  // it answers
	taken   []string
}

// options are what differs between processes.
type options struct {
	wrap      func(storage.Extension) storage.Extension // around file_storage
	plain     bool                                      // upstream's alone
	consumers int
	items     int64 // that the queue may hold; 0 is the default
	change    func(*filestorage.Config)
}

// start starts a process on a folder.
func start(t testing.TB, dir string, o options) (*process, error) {
	t.Helper()
	p := &process{t: t, dir: dir, release: map[string]chan error{}}
	core, log := observer.New(zap.DebugLevel)
	p.log = log
	p.storage = openStorage(t, dir, zap.New(core), o)
	queue := exporterhelper.NewDefaultQueueConfig()
	queue.StorageID, queue.NumConsumers = &storageID, max(o.consumers, 1)
	if o.items > 0 {
		queue.Sizer, queue.QueueSize = exporterhelper.RequestSizerTypeItems, o.items
	}
	queue.Batch = configoptional.None[exporterhelper.BatchConfig]()
	var ctx context.Context
	ctx, p.end = context.WithCancel(context.Background())
	set := exportertest.NewNopSettings(exporterID.Type())
	set.ID, set.Logger = exporterID, zap.New(core)
	made, err := exporterhelper.NewTraces(ctx, set, &struct{}{},
		func(_ context.Context, td ptrace.Traces) error { return p.deliver(ctx, td) },
		exporterhelper.WithQueue(configoptional.Some(queue)), exporterhelper.WithRetry(configretry.NewDefaultBackOffConfig()), exporterhelper.WithTimeout(exporterhelper.TimeoutConfig{}))
	require.NoError(t, err)
	p.exporter = &tracesGate{Traces: made, gate: gate{inner: made, id: exporterID, signal: "traces"}}
	t.Cleanup(p.stop)
	return p, p.exporter.Start(ctx, host{componenttest.NewNopHost(), p.storage})
}

func openStorage(t testing.TB, dir string, logger *zap.Logger, o options) storage.Extension {
	t.Helper()
	factory := filestorage.NewFactory()
	config := factory.CreateDefaultConfig().(*filestorage.Config)
	config.Directory = dir
	config.Compaction.Directory = dir
	config.Timeout = 100 * time.Millisecond
	if o.change != nil {
		o.change(config)
	}
	set := extensiontest.NewNopSettings(factory.Type())
	set.Logger = logger
	if o.plain {
		made, err := factory.Create(t.Context(), set, config)
		require.NoError(t, err)
		return made.(storage.Extension)
	}
	made, err := (&storageFactory{factory}).Create(t.Context(), set, config)
	require.NoError(t, err)
	mended := made.(*queues)
	mended.patience = 2 * readPause
	if o.wrap != nil {
		mended.Extension = o.wrap(mended.Extension)
	}
	return mended
}

// host has the storage.
type host struct {
	component.Host
	storage storage.Extension
}

func (h host) GetExtensions() map[component.ID]component.Component {
	return map[component.ID]component.Component{storageID: h.storage}
}

func (p *process) deliver(ctx context.Context, td ptrace.Traces) error {
	if td.SpanCount() == 0 {
		return errors.New("an empty request")
	}
	name := td.ResourceSpans().At(0).ScopeSpans().At(0).Spans().At(0).Name()
	p.mu.Lock()
	if !p.answer {
		answered := make(chan error, 1)
		p.release[name] = answered
		p.mu.Unlock()
		select {
		case err := <-answered:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	p.taken = append(p.taken, name)
	p.mu.Unlock()
	return nil
}

// up has the destination answer from now on.
func (p *process) up() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = true
	for name, answered := range p.release {
		p.taken = append(p.taken, name)
		answered <- nil
	}
	clear(p.release)
}

// take has the destination answer one request.
func (p *process) take(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	answered, ok := p.release[name]
	if ok {
		delete(p.release, name)
		p.taken = append(p.taken, name)
		answered <- nil
	}
	return ok
}

// under is how many requests the destination has not answered.
func (p *process) under() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.release)
}

// got is what the destination has taken.
func (p *process) got() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.taken)
}

// send sends a request of a name, and about so many bytes; an error is not acknowledged.
func (p *process) send(name string, size int) error {
	traces := ptrace.NewTraces()
	span := traces.ResourceSpans().AppendEmpty().ScopeSpans().AppendEmpty().Spans().AppendEmpty()
	span.SetName(name)
	span.Attributes().PutStr("text", strings.Repeat("x", size))
	return p.exporter.ConsumeTraces(context.Background(), traces)
}

// stop ends the process with SIGTERM, as far as the queue notices.
func (p *process) stop() {
	p.ended.Do(func() {
		p.end()
		_ = p.exporter.Shutdown(context.Background())
	})
}

// kill is the folder as a process that is killed now leaves it.
func (p *process) kill() string {
	p.t.Helper()
	to := p.t.TempDir()
	copyFolder(p.t, p.dir, to)
	return to
}

func copyFolder(t testing.TB, from, to string) {
	t.Helper()
	entries, err := os.ReadDir(from)
	require.NoError(t, err)
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(from, entry.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // a reserve that was just given up
		}
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(to, entry.Name()), content, 0o600))
	}
}

func (p *process) eventually(condition func() bool, message string, args ...any) {
	p.t.Helper()
	for end := time.Now().Add(deadline); !condition(); <-time.After(time.Millisecond) {
		if time.Now().After(end) {
			require.Fail(p.t, "not in time", append([]any{message}, args...)...)
		}
	}
}
