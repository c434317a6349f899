// Package trial starts a configuration without what a start would touch: its
// components listen on ports of loopback that nobody knows, write into a folder that
// is removed, and are given no telemetry. What fails there would end the collector
// at its start.
//
// A trial belongs into a process of its own, which ends with it. Components have
// global state (registries, gRPC's logger), may panic in goroutines of theirs, and
// may keep memory and goroutines after they are stopped.
package trial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componentstatus"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/service"
)

// Options say how a configuration is tried.
type Options struct {
	// Folder is where components may write during the trial. The caller removes it.
	Folder string
	// Holds reports whether the process that is to take over the configuration holds
	// a port that is taken. Where it is nil a port may be taken: by a collector that
	// runs with this configuration, for all that is known.
	Holds func(network, address string) bool
}

// stopLimit bounds how long the components of a trial may take to stop. They have
// nothing to do by then.
const stopLimit = 5 * time.Second

// Try starts what settings describe and stops it again. It returns what would keep
// the collector from starting; an error says that the configuration could not be
// read. What can be found without a start is returned together; a start ends with
// its first problem, and where ctx does.
func Try(ctx context.Context, settings otelcol.CollectorSettings, options Options) ([]Problem, error) {
	c, err := load(ctx, settings)
	if err != nil {
		return nil, err
	}
	t := &try{configuration: c, options: options}
	t.look() //nolint:contextcheck // what it waits for has bounds of its own
	if len(t.problems) > 0 {
		return t.problems, nil
	}
	if problem := t.start(ctx, settings); problem != nil {
		return []Problem{*problem}, nil
	}
	return nil, nil
}

// Folder makes a folder for a trial: in the system's for temporary files, or where
// that cannot be written, such as in a container without one, in memory.
func Folder() (string, error) {
	var errs []error
	for _, parent := range []string{os.TempDir(), "/dev/shm", "."} {
		folder, err := os.MkdirTemp(parent, ".otelcol-llm-trial-")
		if err == nil {
			return folder, nil
		}
		errs = append(errs, err)
	}
	return "", fmt.Errorf("no folder for temporary files can be written; set TMPDIR to one that can: %w", errors.Join(errs...))
}

// try is one trial.
type try struct {
	*configuration
	options   Options
	listeners []listener // of this configuration, so far
	moved     map[string]string
	problems  []Problem
}

// configuration is what the collector would start.
type configuration struct {
	*otelcol.Config
	factories otelcol.Factories
	conf      *confmap.Conf // the same, as it was written
}

func load(ctx context.Context, settings otelcol.CollectorSettings) (*configuration, error) {
	factories, err := settings.Factories()
	if err != nil {
		return nil, err
	}
	c := &configuration{factories: factories}
	resolver := settings.ConfigProviderSettings
	resolver.ResolverSettings.ConverterFactories = append(slices.Clone(resolver.ResolverSettings.ConverterFactories),
		confmap.NewConverterFactory(func(confmap.ConverterSettings) confmap.Converter { return keep{&c.conf} }))
	provider, err := otelcol.NewConfigProvider(resolver)
	if err != nil {
		return nil, err
	}
	c.Config, err = provider.Get(ctx, factories)
	if err = errors.Join(err, provider.Shutdown(ctx)); err != nil {
		return nil, err
	}
	return c, confmap.Validate(c.Config)
}

// keep keeps the configuration as it was resolved.
type keep struct{ conf **confmap.Conf }

func (k keep) Convert(_ context.Context, conf *confmap.Conf) error {
	*k.conf = confmap.NewFromStringMap(conf.ToStringMap())
	return nil
}

// start starts and stops the service with what look has changed.
func (t *try) start(ctx context.Context, settings otelcol.CollectorSettings) *Problem {
	watcher := &statusWatcher{}
	t.watch(watcher)
	failed := make(chan error, 1)
	go func() {
		defer func() {
			if reason := recover(); reason != nil {
				failed <- panicked{reason}
			}
		}()
		failed <- t.run(ctx, settings)
	}()
	select {
	case err := <-failed:
		if err == nil {
			return nil
		}
		source := watcher.failed()
		if errors.As(err, new(panicked)) {
			source = watcher.starting()
		}
		return t.explain(err, source)
	case <-ctx.Done():
		return &Problem{
			Key: keyOf(watcher.starting()), Text: "does not start in time",
			Remedy: "see what it waits for at the start, such as a destination or a lock, or give it a time limit",
		}
	}
}

// panicked is the panic of a component's start.
type panicked struct{ reason any }

// Error is what it says.
func (p panicked) Error() string { return fmt.Sprintf("panics: %v", p.reason) }

func (t *try) run(ctx context.Context, settings otelcol.CollectorSettings) error {
	s, err := service.New(ctx, service.Settings{
		BuildInfo:           settings.BuildInfo,
		ReceiversConfigs:    t.Receivers,
		ReceiversFactories:  t.factories.Receivers,
		ProcessorsConfigs:   t.Processors,
		ProcessorsFactories: t.factories.Processors,
		ExportersConfigs:    t.Exporters,
		ExportersFactories:  t.factories.Exporters,
		ConnectorsConfigs:   t.Connectors,
		ConnectorsFactories: t.factories.Connectors,
		ExtensionsConfigs:   t.Extensions,
		ExtensionsFactories: t.factories.Extensions,
		AsyncErrorChannel:   make(chan error, asyncErrors),
		TelemetryFactory:    quietTelemetry(t.factories.Telemetry),
	}, t.Service)
	if err != nil {
		return err
	}
	err = s.Start(ctx)
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
	defer cancel()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		defer func() { _ = recover() }() // of components that were started half
		_ = s.Shutdown(stopping)         // the trial is about the start
	}()
	select {
	case <-stopped:
	case <-stopping.Done():
	}
	return err
}

// asyncErrors is how many components may fail after their start, which is no matter
// of the trial's, without being held up by it.
const asyncErrors = 100

// used are the components that a start would start: those of pipelines and the
// extensions of the service.
func (t *try) used() map[component.Kind]map[component.ID]component.Config {
	used := map[component.Kind]map[component.ID]component.Config{}
	add := func(kind component.Kind, configs map[component.ID]component.Config, ids ...component.ID) {
		if used[kind] == nil {
			used[kind] = map[component.ID]component.Config{}
		}
		for _, id := range ids {
			if config, ok := configs[id]; ok {
				used[kind][id] = config
			}
		}
	}
	add(component.KindExtension, t.Extensions, t.Service.Extensions...)
	for _, pipeline := range t.Service.Pipelines {
		add(component.KindReceiver, t.Receivers, pipeline.Receivers...)
		add(component.KindProcessor, t.Processors, pipeline.Processors...)
		add(component.KindExporter, t.Exporters, pipeline.Exporters...)
		add(component.KindConnector, t.Connectors, pipeline.Exporters...)
	}
	return used
}

// keyOf is where a component's configuration stands.
func keyOf(source *componentstatus.InstanceID) string {
	if source == nil {
		return "service"
	}
	return sections[source.Kind()] + "::" + source.ComponentID().String()
}

// sections are the top-level keys of a configuration.
var sections = map[component.Kind]string{
	component.KindReceiver: "receivers", component.KindProcessor: "processors", component.KindExporter: "exporters",
	component.KindConnector: "connectors", component.KindExtension: "extensions",
}
