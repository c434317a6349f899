package trial

import (
	"context"
	"sync"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/extension"
)

// watcherID is the extension that a trial adds to the configuration.
var watcherID = component.MustNewID("otelcol_llm_trial")

// watch adds the watcher. An error of an extension's start does not say whose it is;
// its status does.
func (t *try) watch(w *statusWatcher) {
	t.factories.Extensions[watcherID.Type()] = extension.NewFactory(watcherID.Type(),
		func() component.Config { return &struct{}{} },
		func(context.Context, extension.Settings, component.Config) (extension.Extension, error) {
			return w, nil
		},
		component.StabilityLevelDevelopment)
	t.Extensions[watcherID] = &struct{}{}
	t.Service.Extensions = append([]component.ID{watcherID}, t.Service.Extensions...)
}

// statusWatcher notes which component starts and which does not.
type statusWatcher struct {
	mu      sync.Mutex
	current *componentstatus.InstanceID
	broken  *componentstatus.InstanceID
}

func (*statusWatcher) Start(context.Context, component.Host) error { return nil }
func (*statusWatcher) Shutdown(context.Context) error              { return nil }

// ComponentStatusChanged is told by the service.
func (w *statusWatcher) ComponentStatusChanged(source *componentstatus.InstanceID, event *componentstatus.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch event.Status() {
	case componentstatus.StatusStarting:
		w.current = source
	case componentstatus.StatusPermanentError, componentstatus.StatusFatalError:
		if w.broken == nil {
			w.broken = source
		}
	default:
	}
}

func (w *statusWatcher) starting() *componentstatus.InstanceID {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.current
}

func (w *statusWatcher) failed() *componentstatus.InstanceID {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.broken
}
